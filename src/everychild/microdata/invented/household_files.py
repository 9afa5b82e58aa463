"""The files of households (hh) and their members (hl)."""

from __future__ import annotations

from typing import Final

import numpy as np

from everychild.microdata.invented.answers import Answers
from everychild.microdata.invented.conditions import Values
from everychild.microdata.invented.fieldwork import COMPLETED, Fieldwork, blanked, mean_one, month_of, results, year_of
from everychild.microdata.invented.frame import Floats, Whole
from everychild.microdata.invented.patterns import patterns
from everychild.microdata.invented.schooling import schooling

OLDEST: Final = 95.0
WATER_TESTED: Final = 0.2
"""Share of households whose water is tested."""
_NO_INTERVIEW: Final = (np.nan, np.nan, 2.0, 4.0, np.nan, np.nan, 7.0)
"""Codes of a household without an interview (no one at home, refused, other) in the place of those of a person."""
_ALWAYS: Final = frozenset(
    {"HH1", "HH2", "HH46", "HH5D", "HH5M", "HH5Y", "HH6", "HH7", "PSU", "stratum", "INVENTED", "hhweight", "wqsweight",
     "wqhweight", "wscore", "windex5", "windex10", "windex5u", "windex5r"}
)  # fmt: skip


def member_columns(work: Fieldwork, rng: np.random.Generator) -> dict[str, Values]:
    """hl: members of completed households, with what the household questionnaire asks of each."""
    roster, household = work.roster, work.roster.household
    known = roster.attributes
    answers = Answers("hl", known, work.person_covariates("hl", household, known), rng)
    answers.draw()
    born = work.interview(household) - known["MONTHS"]
    child, younger = known["AGE"] < 18, known["AGE"] < 15
    found = {name: values for name, values in answers.columns.items() if name not in known}
    drawn = {name: answers.numbers(name) for name in ("ED4", "ED9", "DONE", "REPEAT", "BEFORE")}
    found |= schooling(known | drawn)
    relation = patterns().persons.relation[roster.person].astype(np.float64)
    found |= work.identity(household) | {
        "HL1": roster.line.astype(np.float64), "HL3": relation, "HL4": known["HL4"], "HL5M": month_of(born),
        "HL5Y": year_of(born), "HL6": np.minimum(known["AGE"], OLDEST),
        "HL14": np.where(child, roster.lines_of(roster.mother), np.nan),
        "HL18": np.where(child, roster.lines_of(roster.father), np.nan),
        "HL20": np.where(younger, roster.lines_of(roster.caretaker), np.nan),
        "schage": np.where(known["AGE"] < 25, known["SCHAGE"], np.nan), "helevel": head_education(work)[household],
        "melevel": np.where(child, known["CARE"], np.nan),
        "hhweight": mean_one(work.weight, work.completed)[household],
    }  # fmt: skip
    return found


def head_education(work: Fieldwork) -> Floats:
    """Education of the head by household of the sample; NaN where nobody was interviewed."""
    head = work.roster.line == 1
    levels = np.full(work.completed.size, np.nan)
    levels[work.roster.household[head]] = work.roster.attributes["EDUCATION"][head]
    return levels


def household_columns(work: Fieldwork, rng: np.random.Generator) -> dict[str, Values]:
    """hh: all households of the sample; the answers of those that were interviewed."""
    household = np.arange(work.completed.size)
    answers = Answers("hh", {}, work.household_covariates(household), rng)
    answers.draw()
    tested = work.completed & (rng.random(household.size) < WATER_TESTED)
    result = results(household.size, 0.97, rng)
    measured = tested & (result == COMPLETED)
    weight = mean_one(work.weight, work.completed)
    water = mean_one(work.weight, measured)
    interview = work.interview(household)
    no_interview = np.array(_NO_INTERVIEW)[results(household.size, 0.0, rng).astype(np.int64)]
    found = answers.columns | work.identity(household) | _counts(work) | {
        "HH46": np.where(work.completed, COMPLETED, no_interview), "HH5D": work.sample.day.astype(np.float64),
        "HH5M": month_of(interview), "HH5Y": year_of(interview), "helevel": head_education(work), "hhweight": weight,
        "WQ31": np.where(tested, result, np.nan), "wqsweight": water, "wqhweight": water,
    }  # fmt: skip
    for name in ("WQ26", "WQ27"):
        found[name] = np.where(measured, answers.numbers(name), np.nan)
    return blanked(found, ~work.completed, _ALWAYS)


def _counts(work: Fieldwork) -> dict[str, Values]:
    """Members by age, and sex and age of the head."""
    roster, known = work.roster, work.roster.attributes
    age, woman = known["AGE"], known["HL4"] == 2
    adult = (age >= 15) & (age < 50)

    def count(who: np.typing.NDArray[np.bool_]) -> Floats:
        return np.bincount(roster.household[who], minlength=work.completed.size).astype(np.float64)

    head = roster.line == 1
    of_head = {name: np.full(work.completed.size, np.nan) for name in ("HL4", "AGE")}
    for name, values in of_head.items():
        values[roster.household[head]] = known[name][head]
    everybody = np.ones(age.size, dtype=np.bool_)
    return {
        "HH48": count(everybody), "HH49": count(adult & woman), "HH50": count(adult & ~woman), "HH51": count(age < 5),
        "HH52": count((age >= 5) & (age < 18)), "HHSEX": of_head["HL4"], "HHAGE": np.minimum(of_head["AGE"], OLDEST),
    }  # fmt: skip


def rows_of(work: Fieldwork, who: np.typing.NDArray[np.bool_]) -> tuple[Whole, Whole, dict[str, Floats]]:
    """Rows of the roster, their households and their attributes."""
    rows = np.flatnonzero(who)
    return rows, work.roster.household[rows], {n: values[rows] for n, values in work.roster.attributes.items()}
