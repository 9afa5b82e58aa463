"""The files of women (wm), men (mn) and of the births of women (bh)."""

from __future__ import annotations

from dataclasses import dataclass
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
from everychild.microdata.invented.patterns import patterns

_SHARED: Final = frozenset(
    {"HH1", "HH2", "LN", "HH6", "HH7", "PSU", "stratum", "INVENTED", "wscore", "windex5", "windex10", "windex5u",
     "windex5r"}
)  # fmt: skip
_KEPT_OF_WOMEN: Final = _SHARED | {"WM17", "wmweight"}
_KEPT_OF_MEN: Final = _SHARED | {"MWM17", "mnweight"}
_NOT_ASKED: Final = frozenset({"MA1", "MA5", "WAGEM"})
"""Attributes that are columns of the women's file as they are; men's have an M before."""


@dataclass(frozen=True)
class Interviewed:
    """Women of the file: rows of the roster, whether each was interviewed, and her weight."""

    rows: Whole
    answered: np.typing.NDArray[np.bool_]
    weight: Floats


def woman_columns(work: Fieldwork, rng: np.random.Generator) -> tuple[dict[str, Values], Interviewed]:
    """wm: women aged 15 to 49."""
    known = work.roster.attributes
    rows, household, known = rows_of(work, (known["HL4"] == 2) & (known["AGE"] >= 15) & (known["AGE"] < 50))
    answers = Answers("wm", known, work.person_covariates("wm", household, known), rng)
    answers.draw()
    result = results(rows.size, PERSON_RESPONSE, rng)
    answered = result == COMPLETED
    weight = work.person_weights(household, answered)
    interview = work.interview(household)
    born = interview - known["MONTHS"]
    parity = known["PARITY"]
    mother = parity > 0
    dead = _dead(work)[rows]
    first = known["MONTHS"] - known["FIRSTAGE"]
    found = {name: values for name, values in answers.columns.items() if name not in known or name in _NOT_ASKED}
    found |= work.identity(household) | _schooled(known, "W") | {
        "LN": work.roster.line[rows].astype(np.float64), "WM17": result, "WDOI": interview, "WDOB": born,
        "WB4": known["AGE"], "CM1": np.where(mother, 1.0, 2.0), "CM8": np.where(dead > 0, 1.0, 2.0),
        "CM17": np.where(mother, np.where(known["LASTBIRTH"] < 24, 1.0, 2.0), np.nan), "CEB": parity,
        "CDEAD": dead, "CSURV": parity - dead, "WDOBFC": np.where(mother, interview - first, np.nan),
        "WDOBLC": np.where(mother, interview - known["LASTBIRTH"], np.nan),
        "MA2": np.where(known["MA1"] <= 2, np.clip(known["AGE"] + answers.numbers("GAP"), 15, 95), np.nan),
        "WDOM": born + known["UNIONAGE"], "disability": _adult(known, answers.numbers("DISABLED")),
        "welevel": known["EDUCATION"], "wmweight": weight,
    }  # fmt: skip
    return blanked(found, ~answered, _KEPT_OF_WOMEN), Interviewed(rows, answered, weight)


def man_columns(work: Fieldwork, rng: np.random.Generator) -> dict[str, Values]:
    """mn: men aged 15 to 49."""
    known = work.roster.attributes
    rows, household, known = rows_of(work, (known["HL4"] == 1) & (known["AGE"] >= 15) & (known["AGE"] < 50))
    answers = Answers("mn", known, work.person_covariates("mn", household, known), rng)
    answers.draw()
    result = results(rows.size, PERSON_RESPONSE, rng)
    answered = result == COMPLETED
    interview = work.interview(household)
    born = interview - known["MONTHS"]
    found = {name: values for name, values in answers.columns.items() if name not in known}
    found |= work.identity(household) | _schooled(known, "MW") | {
        "LN": work.roster.line[rows].astype(np.float64), "MWM17": result, "MWDOI": interview, "MWDOB": born,
        "MWB4": known["AGE"], "MMA1": known["MA1"], "MMA5": known["MA5"], "MWDOM": born + known["UNIONAGE"],
        "MWAGEM": known["WAGEM"], "mdisability": _adult(known, answers.numbers("DISABLED")),
        "mwelevel": known["EDUCATION"], "mnweight": work.person_weights(household, answered),
    }  # fmt: skip
    return blanked(found, ~answered, _KEPT_OF_MEN)


def _schooled(known: dict[str, Floats], prefix: str) -> dict[str, Values]:
    schooled = known["EDUCATION"] > 0
    return {
        f"{prefix}B5": np.where(schooled, 1.0, 2.0),
        f"{prefix}B6A": np.where(schooled, known["EDUCATION"], np.nan),
    }


def _adult(known: dict[str, Floats], disabled: Floats) -> Floats:
    return np.where(known["AGE"] >= 18, disabled, np.nan)


def _dead(work: Fieldwork) -> Floats:
    """Children who died, by row of the roster."""
    died = work.history.mother[~np.isnan(work.history.died)]
    return np.bincount(died, minlength=work.roster.line.size).astype(np.float64)


def birth_columns(work: Fieldwork, women: Interviewed, rng: np.random.Generator) -> dict[str, Values]:
    """bh: all births of the women who were interviewed, the eldest first."""
    place = np.full(work.roster.line.size, -1)
    place[women.rows[women.answered]] = np.flatnonzero(women.answered)
    rows = np.flatnonzero(place[work.history.mother] >= 0)
    mother, child, died = work.history.mother[rows], work.history.child[rows], work.history.died[rows]
    births, birth = patterns().births, work.history.birth[rows]
    household = work.roster.household[mother]
    interview = work.interview(household)
    months, age = births.months[birth].astype(np.float64), births.age[birth].astype(np.float64)
    born = interview - months
    woman_born = interview - work.roster.attributes["MONTHS"][mother]
    alive = np.isnan(died)
    home = alive & (child >= 0)
    unit, number = _age_at_death(died, rng)
    order = births.order[birth]
    gap = np.where(order > 1, np.diff(born, prepend=np.nan), np.nan)
    return work.identity(household) | {
        "LN": work.roster.line[mother].astype(np.float64), "WDOI": interview, "WDOB": woman_born,
        "BHLN": order.astype(np.float64), "BH2": births.twin[birth] + 1.0, "BH3": births.sex[birth].astype(np.float64),
        "BH4D": birth_day(months, age, work.sample.day[household], rng), "BH4M": month_of(born), "BH4Y": year_of(born),
        "BH4C": born, "BH5": np.where(alive, 1.0, 2.0), "BH6": np.where(alive, age // 12, np.nan),
        "BH7": np.where(alive, np.where(home, 1.0, 2.0), np.nan),
        "BH8": np.where(home, work.roster.line[np.maximum(child, 0)], np.where(alive, 0.0, np.nan)),
        "BH9U": unit, "BH9N": number, "BH9C": died, "brthord": order.astype(np.float64), "birthint": gap,
        "magebrt": (born - woman_born) // 12, "welevel": work.roster.attributes["EDUCATION"][mother],
        "wmweight": women.weight[place[mother]],
    }  # fmt: skip


def _age_at_death(died: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Unit and number as mothers say them: days in the first month, months under two years, then years."""
    unit = np.where(died < 1, 1.0, np.where(died < 24, 2.0, np.where(died >= 24, 3.0, np.nan)))
    days = np.floor(28 * rng.random(died.size) ** 2)
    return unit, np.select([unit == 1, unit == 2, unit == 3], [days, died, died // 12], np.nan)
