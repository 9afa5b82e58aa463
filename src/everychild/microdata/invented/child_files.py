"""The files of children under five (ch) and of one child aged 5 to 17 in each household (fs)."""

from __future__ import annotations

from typing import Final

import numpy as np

from everychild.microdata.invented.answers import Answers
from everychild.microdata.invented.conditions import Values
from everychild.microdata.invented.fieldwork import (
    COMPLETED,
    PERSON_RESPONSE,
    Fieldwork,
    birth_day,
    blanked,
    month_of,
    results,
    year_of,
)
from everychild.microdata.invented.frame import Floats, Whole
from everychild.microdata.invented.household_files import rows_of
from everychild.microdata.invented.measures import weight_for_age
from everychild.microdata.invented.vaccinations import vaccinations

_SHARED: Final = frozenset(
    {"HH1", "HH2", "LN", "HH6", "HH7", "PSU", "stratum", "INVENTED", "wscore", "windex5", "windex10", "windex5u",
     "windex5r", "HL4"}
)  # fmt: skip
_KEPT_UNDER_FIVE: Final = _SHARED | {"UF17", "chweight"}
_KEPT_FIVE_AND_OVER: Final = _SHARED | {"FS17", "fsweight", "fshweight", "CB3"}


def under_five_columns(work: Fieldwork, rng: np.random.Generator) -> dict[str, Values]:
    """ch: children under five."""
    rows, household, known = rows_of(work, work.roster.attributes["AGE"] < 5)
    answers = Answers("ch", known, work.person_covariates("ch", household, known), rng)
    answers.draw()
    result = results(rows.size, PERSON_RESPONSE, rng)
    answered = result == COMPLETED
    interview = work.interview(household)
    born = interview - known["MONTHS"]
    drawn = {name: answers.numbers(name) for name in ("CARD", "VACCINES", "BCG", "HEPB0", "PENTA", "POLIO", "PCV",
                                                      "ROTA", "IPV", "MCV", "IM17")}  # fmt: skip
    found = {name: values for name, values in answers.columns.items() if name not in known}
    day = birth_day(known["MONTHS"], known["CAGE"], work.sample.day[household], rng)
    found |= work.identity(household) | vaccinations(drawn, (born, day), rng) | {
        "LN": work.roster.line[rows].astype(np.float64), "UF17": result, "HL4": known["HL4"],
        "UB1D": day, "UB1M": month_of(born),
        "UB1Y": year_of(born), "UB2": known["AGE"], "CAGE": known["CAGE"], "CDOB": born, "CDOI": interview,
        "cdisability": np.where(known["AGE"] >= 2, answers.numbers("DIFFICULTY"), np.nan),
        "caretakerdis": answers.numbers("CARETAKER"), "melevel": known["CARE"],
        "WAZ2": weight_for_age(answers.numbers("HAZ2"), answers.numbers("WHZ2"), rng),
        "chweight": work.person_weights(household, answered),
    }  # fmt: skip
    return blanked(found, ~answered, _KEPT_UNDER_FIVE)


def five_and_over_columns(work: Fieldwork, members: dict[str, Values], rng: np.random.Generator) -> dict[str, Values]:
    """fs: one child aged 5 to 17 in each household, drawn at random, so that children of large families weigh more.

    As in MICS6, `fshweight` averages one and `fsweight` is that times the number of children: a child of this file then
    stands for as many as one of the file of children under five, and the two can be put together.
    """
    age = work.roster.attributes["AGE"]
    eligible = (age >= 5) & (age < 18)
    chosen, number = _one_of_each(work, eligible, rng)
    rows, household, known = rows_of(work, chosen)
    school = {name: np.asarray(members[name], dtype=np.float64)[rows] for name in ("ED4", "ED9")}
    answers = Answers("fs", known | school, work.person_covariates("fs", household, known), rng)
    answers.draw()
    result = results(rows.size, PERSON_RESPONSE, rng)
    answered = result == COMPLETED
    weight = work.person_weights(household, answered)
    found = {name: values for name, values in answers.columns.items() if name not in known}
    found |= work.identity(household) | {
        "LN": work.roster.line[rows].astype(np.float64), "FS17": result, "HL4": known["HL4"], "CB3": known["AGE"],
        "CB4": school["ED4"], "CB7": school["ED9"], "caretakerdis": answers.numbers("CARETAKER"),
        "fsdisability": answers.numbers("DIFFICULTY"), "melevel": known["CARE"],
        "fsweight": number[household] * weight, "fshweight": weight,
    }  # fmt: skip
    return blanked(found, ~answered, _KEPT_FIVE_AND_OVER)


def _one_of_each(
    work: Fieldwork, eligible: np.typing.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[np.typing.NDArray[np.bool_], Floats]:
    """Whether each member is the child that was drawn, and how many children each household had to draw from."""
    household = work.roster.household
    number: Whole = np.bincount(household[eligible], minlength=work.completed.size)
    rows = np.flatnonzero(eligible)
    draw = rng.random(rows.size)
    order = np.lexsort((draw, household[rows]))
    first = np.r_[True, np.diff(household[rows][order]) != 0] if rows.size else np.zeros(0, dtype=np.bool_)
    chosen = np.zeros(eligible.size, dtype=np.bool_)
    chosen[rows[order[first]]] = True
    return chosen, number.astype(np.float64)
