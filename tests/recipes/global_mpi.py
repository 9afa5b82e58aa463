"""The global MPI of a household in plain Python, written from docs/methods/deprivation.md and not from the recipe: one
household, one indicator, one member at a time. True: deprived; False: not deprived; None: not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

Row = dict[str, float | None]
"""Variable → code; None is an empty cell."""
ENTRY_AGE, PRIMARY_GRADES, LOWER_GRADES, UPPER_GRADES = 7, 4, 5, 2
"""Kazakhstan's schools: the parameters of the shipped recipes."""
IMPROVED_WATER: Final = (11, 12, 13, 14, 21, 31, 41, 51, 61, 71, 72, 91, 92)
IMPROVED_TOILETS: Final = (11, 12, 13, 18, 21, 22, 31)
SMALL_ASSETS: Final = (
    ("HC7B",), ("HC7A", "HC12"), ("HC9A",), ("HC9B",), ("HC10B",), ("HC10C",), ("HC10D",), ("HC11",),
)  # fmt: skip
"""Either sort of telephone is one asset."""
CAR: Final = "HC10E"


@dataclass(frozen=True)
class Household:
    """Its row of the household file, its members, and the rows of its women and of its children under five."""

    answers: Row
    members: Sequence[Row]
    women: Sequence[Row]
    children: Sequence[Row]


def at_least(value: float | None, limit: float) -> bool:
    return value is not None and value >= limit


def electricity(home: Household) -> bool | None:
    return {1: False, 2: False, 3: True}.get(home.answers["HC8"] or 0)


def sanitation(home: Household) -> bool | None:
    toilet = home.answers["WS11"]
    if toilet is None or toilet >= 99:
        return None
    return toilet not in IMPROVED_TOILETS or home.answers["WS15"] == 1


def water(home: Household) -> bool | None:
    source, minutes = home.answers["WS1"], home.answers["WS4"]
    if source is None or source >= 99:
        return None
    far = minutes is not None and minutes not in (998, 999) and minutes >= 30
    return source not in IMPROVED_WATER or far


def housing(home: Household) -> bool | None:
    """Floor: natural is 11-19. Roof and walls: natural 11-19, rudimentary 21-29. 96 is another material."""
    found = []
    for name, worst in (("HC4", 19), ("HC5", 29), ("HC6", 29)):
        material = home.answers[name]
        found.append(None if material is None or material >= 99 else 11 <= material <= worst or material == 96)
    if True in found:
        return True
    return False if False in found else None


def fuel(home: Household) -> bool | None:
    stove, burnt = home.answers["EU1"], home.answers["EU4"]
    if stove in (1, 2, 3, 4, 5) or stove == 97:
        return False
    if burnt in (1, 2, 3):
        return False
    if burnt is not None and 4 <= burnt <= 11:
        return True
    return {6: False, 7: True, 8: True, 9: True}.get(stove or 0)


def assets(home: Household) -> bool | None:
    owned = [any(home.answers[name] == 1 for name in names) for names in SMALL_ASSETS]
    if home.answers[CAR] == 1 or sum(owned) > 1:
        return False
    asked = [name for names in SMALL_ASSETS for name in names] + [CAR]
    return True if any(home.answers[name] in (1, 2) for name in asked) else None


def years_of_school(member: Row) -> float | None:
    """Completed years; None when they are not known, or are as many as the years of life."""
    level, grade = member["ED5A"], member["ED5B"]
    if member["ED4"] == 2 or level == 0:
        years: float | None = 0
    elif level not in (1, 2, 3, 4):
        years = None
    else:
        before = {1: 0, 2: PRIMARY_GRADES, 3: PRIMARY_GRADES + LOWER_GRADES}.get(
            int(level), PRIMARY_GRADES + LOWER_GRADES + UPPER_GRADES
        )
        if grade is not None and grade < 97:
            years = before + (grade - 1 if member["ED6"] == 2 and grade >= 1 else grade)
        else:  # four grades of primary school never make six years, upper secondary comes after nine
            years = None if level == 2 else before
    age = member["HL6"]
    return years if years is not None and age is not None and years < age else None


def two_thirds(known: Iterable[bool]) -> bool:
    told = list(known)
    return Fraction(sum(told)) >= Fraction(2, 3) * len(told)


def schooling(home: Household) -> bool | None:
    grown = [years_of_school(member) for member in home.members if at_least(member["HL6"], 10)]
    if any(at_least(years, 6) for years in grown):
        return False
    return True if two_thirds(years is not None for years in grown) else None


def attendance(home: Household) -> bool | None:
    pupils = [m for m in home.members if m["schage"] is not None and ENTRY_AGE <= m["schage"] <= ENTRY_AGE + 8]
    if any(pupil["ED4"] == 2 or pupil["ED9"] == 2 for pupil in pupils):
        return True
    return False if two_thirds(pupil["ED9"] == 1 for pupil in pupils) else None


def nutrition(home: Household) -> bool | None:
    scores = [
        [child[z] if child[flag] == 0 else None for z, flag in (("HAZ2", "HAZFLAG"), ("WAZ2", "WAZFLAG"))]
        for child in home.children
    ]
    if any(score is not None and score < -2 for pair in scores for score in pair):
        return True
    if any(None not in pair for pair in scores):
        return False
    return None if any(m["HL6"] is not None and m["HL6"] < 5 for m in home.members) else False


def child_death(home: Household) -> bool | None:
    if any(woman["CM8"] == 1 for woman in home.women):
        return True
    if any(woman["CM8"] == 2 or woman["CM1"] == 2 for woman in home.women):
        return False
    women = [m for m in home.members if m["HL4"] == 2 and m["HL6"] is not None and 15 <= m["HL6"] <= 49]
    return None if women else False


SIXTH, EIGHTEENTH = Fraction(1, 6), Fraction(1, 18)
INDICATORS: Final[dict[Callable[[Household], bool | None], Fraction]] = {
    nutrition: SIXTH, child_death: SIXTH, schooling: SIXTH, attendance: SIXTH, electricity: EIGHTEENTH,
    sanitation: EIGHTEENTH, water: EIGHTEENTH, housing: EIGHTEENTH, fuel: EIGHTEENTH, assets: EIGHTEENTH,
}  # fmt: skip


def score(home: Household) -> Fraction | None:
    """The weighted sum of deprivations, 0 to 1; None when one of the ten indicators is not known."""
    found = {indicator(home): Fraction(0) for indicator in INDICATORS}
    if None in found:
        return None
    return sum((weight for indicator, weight in INDICATORS.items() if indicator(home)), Fraction(0))


def is_poor(home: Household) -> bool | None:
    total = score(home)
    return None if total is None else total >= Fraction(1, 3)
