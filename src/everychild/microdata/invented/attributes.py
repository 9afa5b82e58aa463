"""What the patterns know of a person, under the names that conditions and files use."""

from __future__ import annotations

from typing import Final

import numpy as np

from everychild.microdata.invented.frame import Floats, Whole
from everychild.microdata.invented.patterns import FORMER, NEVER, SCHOOL_ENTRY, patterns

LOWER_ENTRY: Final = SCHOOL_ENTRY + 4
UPPER_ENTRY: Final = SCHOOL_ENTRY + 9
SCHOOL_END: Final = SCHOOL_ENTRY + 11


def attributes(person: Whole, delay: Whole | int) -> dict[str, Floats]:
    """Attributes of members (places in the patterns) interviewed `delay` months after September.

    AGE in completed years, CAGE in completed months, MONTHS as difference of century months, SCHAGE the age in
    September, STAGE that age less LAG, the years behind; EDUCATION and CARE the levels 0-4 of the person and of the
    caretaker, UNION as in `patterns`, MA1 and MA5 as asked, WAGEM in years, UNIONAGE, UNIONMONTHS (since
    the union began), FIRSTAGE and LASTBIRTH in months, PARITY, MOTHERHERE and FATHERHERE 0 or 1.
    """
    members = patterns().persons
    months, union = members.months[person], members.union[person]
    wed, last, first = (column[person] for column in (members.union_age, members.last, members.first))
    found = {
        "HL4": members.sex[person],
        "AGE": members.age[person] // 12,
        "CAGE": members.age[person],
        "MONTHS": months,
        "SCHAGE": (months - delay) // 12,
        "STAGE": stage(person, delay),
        "LAG": members.lag[person],
        "EDUCATION": own_education(person, delay),
        "CARE": own_education(members.caretaker[person], delay),
        "UNION": union,
        "MA1": np.where(union <= 2, union, 3),
        "MA5": np.where(union == FORMER, 1.0, np.where(union == NEVER, 3.0, np.nan)),
        "WAGEM": wed // 12,
        "UNIONAGE": wed,
        "UNIONMONTHS": months - wed,
        "PARITY": members.parity[person],
        "FIRSTAGE": months - first,
        "LASTBIRTH": last,
        "MOTHERHERE": members.mother[person] >= 0,
        "FATHERHERE": members.father[person] >= 0,
    }
    return {name: np.asarray(values, dtype=np.float64) for name, values in found.items()}


def stage(person: Whole, delay: Whole | int) -> Whole:
    """Age in September less the years behind: 7 is the first class, from 18 on school is over."""
    members = patterns().persons
    found: Whole = (members.months[person] - delay) // 12 - members.lag[person]
    return found


def own_education(person: Whole, delay: Whole | int) -> Whole:
    """Highest level 0-4; the unmarried of school age are where their stage puts them, nobody is beyond it."""
    members = patterns().persons
    reached = stage(person, delay)
    level: Whole = np.searchsorted([SCHOOL_ENTRY, LOWER_ENTRY, UPPER_ENTRY, SCHOOL_END], reached, side="right")
    pupil = (reached < SCHOOL_END) & (members.union[person] == NEVER)
    return np.where(pupil, level, np.minimum(members.education[person], level))


def answering_education(file: str, columns: dict[str, Floats]) -> Whole:
    """The education on which answers of a file depend: of the caretaker for children, else the person's own."""
    if file in ("ch", "fs"):
        return columns["CARE"].astype(np.int64)
    if file == "hl":
        return np.where(columns["AGE"] < 18, columns["CARE"], columns["EDUCATION"]).astype(np.int64)
    return columns["EDUCATION"].astype(np.int64)
