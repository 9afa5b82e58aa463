"""Where children live, by type, and which numbers of children may be added.

Formal care is residential (in institutions of any size) or family-based. Boarding schools whose pupils go home,
informal kinship care, adoption and detention are not formal care, and "without parental care" is a status in law
wherever a child lives. UNICEF/Better Care Network, Manual for the Measurement of Indicators for Children in Formal Care
(2009); UNICEF's regional office for Europe and Central Asia, definitions of TransMonEE.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal, get_args

from everychild.methods.errors import MethodError

Residential = Literal["large_institution", "small_group_home", "infant_home", "disability_home", "transit_shelter"]
FamilyBased = Literal["foster", "guardianship", "formal_kinship", "family_home"]
Outside = Literal["boarding_school", "sanatorium", "informal_kinship", "adopted", "detention"]
Status = Literal["without_parental_care", "orphan"]
Setting = Residential | FamilyBased | Outside | Status
Group = Literal["residential", "family_based", "formal_care", "outside", "status"]

SETTINGS: Final[dict[Group, tuple[Setting, ...]]] = {
    "residential": get_args(Residential),
    "family_based": get_args(FamilyBased),
    "outside": get_args(Outside),
    "status": get_args(Status),
}
WHY_APART: Final[dict[Setting, str]] = {
    "boarding_school": "pupils of boarding schools go home and are in their parents' care",
    "sanatorium": "a stay for treatment is no placement in care",
    "informal_kinship": "no authority placed children in informal kinship care",
    "adopted": "adoption ends care",
    "detention": "detention is a measure of justice, not of care",
    "without_parental_care": "being without parental care is a status in law, wherever a child lives",
    "orphan": "being an orphan is a status, wherever a child lives",
}
Measure = Literal["stock", "entries", "exits"]
LAST_AGE: Final = 17


@dataclass(frozen=True)
class Count:
    """Children of given settings, at a date (stock) or in a period (entries, exits), in one territory.

    `ages` are the first and last full year of age; `sex` is F, M or _T; `definition` the source's own name for what it
    counts. Raises MethodError for a negative count or ages that are none.
    """

    children: int
    settings: frozenset[Setting]
    measure: Measure
    when: str
    area: str
    extent: str = ""
    ages: tuple[int, int] = (0, LAST_AGE)
    sex: Literal["F", "M", "_T"] = "_T"
    definition: str = ""

    def __post_init__(self) -> None:
        if self.children < 0:
            raise MethodError("care_negative", f"{self.children} children is no count", value=str(self.children))
        if not 0 <= self.ages[0] <= self.ages[1]:
            raise MethodError("care_ages", f"{self.ages} are no ages", value=str(self.ages))

    @property
    def group(self) -> Group:
        """Formal care where residential and family-based settings are counted together."""
        found = {group_of(setting) for setting in self.settings}
        return "formal_care" if found == {"residential", "family_based"} else found.pop()

    @property
    def not_counted(self) -> tuple[Setting, ...]:
        """Settings of the same group that this number leaves out: a sum of two kinds of institution is not "all"."""
        parts: tuple[Group, ...] = ("residential", "family_based") if self.group == "formal_care" else (self.group,)
        return tuple(setting for part in parts for setting in SETTINGS[part] if setting not in self.settings)


def group_of(setting: Setting) -> Group:
    return next(group for group, settings in SETTINGS.items() if setting in settings)


def join(counts: Sequence[Count], over: Literal["settings", "ages", "sex"]) -> Count:
    """Add numbers that differ in one respect only and do not overlap in it.

    Sums over areas belong to the register, which knows whether all regions of a territory have reported. Raises
    MethodError, saying why, where numbers of different meaning would be added: stocks and flows, two dates, two
    territories, placements and a status, formal care and what is outside it, or the same children twice.
    """
    if not counts:
        raise MethodError("care_nothing", "there is nothing to add")
    for other in counts[1:]:
        _same_but(counts[0], other, over)
    total = sum(count.children for count in counts)
    name = " + ".join(dict.fromkeys(count.definition for count in counts if count.definition))
    first = replace(counts[0], children=total, definition=name)
    if over == "settings":
        return replace(first, settings=_joined_settings(counts))
    if over == "ages":
        return replace(first, ages=_joined_ages(counts))
    if sorted(count.sex for count in counts) != ["F", "M"]:
        told = ", ".join(count.sex for count in counts)
        raise MethodError("care_sexes", f"girls and boys make all children, not {told}", value=told)
    return replace(first, sex="_T")


def require_comparable(counts: Iterable[Count]) -> None:
    """Raises MethodError unless the numbers differ in nothing but their date: only then is a change a change."""
    ordered = list(counts)
    for other in ordered[1:]:
        _same_but(ordered[0], other, "when")
        if other.definition != ordered[0].definition:
            raise _differ("definition", ordered[0].definition, other.definition)


def _same_but(one: Count, other: Count, respect: str) -> None:
    for name in ("measure", "when", "area", "extent", "settings", "ages", "sex"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if name != respect and mine != theirs:
            raise _differ(name, _told(mine), _told(theirs))


def _differ(name: str, one: str, other: str) -> MethodError:
    return MethodError(
        "care_differ", f"numbers of unlike {name} are not joined: {one} and {other}", respect=name, one=one, other=other
    )


def _told(value: object) -> str:
    return " + ".join(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)


def _joined_settings(counts: Sequence[Count]) -> frozenset[Setting]:
    found: set[Setting] = set()
    for count in counts:
        if twice := found & count.settings:
            name = _told(frozenset(twice))
            raise MethodError("care_overlap", f"{name} would be counted twice", setting=name)
        found |= count.settings
    groups = {group_of(setting) for setting in found}
    if len(found) > 1 and not groups <= {"residential", "family_based"}:
        apart = next(setting for setting in sorted(found) if setting in WHY_APART)
        rest = _told(frozenset(found - {apart}))
        raise MethodError(
            "care_apart", f"{apart} is not added to {rest}: {WHY_APART[apart]}", setting=apart, others=rest
        )
    return frozenset(found)


def _joined_ages(counts: Sequence[Count]) -> tuple[int, int]:
    ordered = sorted(count.ages for count in counts)
    for (_, last), (first, _) in pairwise(ordered):
        if first != last + 1:
            told = f"to {last} and from {first}"
            problem = "overlap" if first <= last else "leave a gap"
            raise MethodError("care_ages", f"ages {told} {problem}", value=told)
    return ordered[0][0], ordered[-1][1]
