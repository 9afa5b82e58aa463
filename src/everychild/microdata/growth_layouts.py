"""Which column of a file of children holds what: layouts of DHS, MICS6 and SMART, and a user's own MAP.yaml.

A layout is a YAML file of `children`, and if need be `breakdowns`, `groups` and `flags`; see docs/how-to/growth.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from everychild.methods.anthropometry import FLAG_RULES, FlagRule
from everychild.microdata.layouts import Classes, Layout, LayoutReader, Source
from everychild.microdata.located_yaml import read_yaml
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.tables import definitions_folder

DATES: Final = ("born", "measured")
SCORES: Final = ("haz", "waz", "whz", "baz")
ROLES: Final = (
    "sex", "age_days", "age_months", "weight", "length", "position", "oedema", "head", "arm", "sampling_weight", "psu",
    "stratum", "child", "counted", "team", *SCORES,
)  # fmt: skip
KEYS: Final = ("layout", "groups", "flags", "children", "breakdowns")
CODES: Final[Mapping[str, tuple[tuple[str | float, ...], tuple[str | float, ...]]]] = {
    "sex": ((1.0, "m", "M", "male", "Male"), (2.0, "f", "F", "female", "Female")),
    "position": ((2.0, "h", "H", "s", "S", "standing"), (1.0, "l", "L", "r", "R", "lying")),
    "oedema": ((1.0, "y", "Y", "yes", "Yes"), (0.0, 2.0, "n", "N", "no", "No")),
}
"""Codes of yes and no that WHO's, DHS's, MICS's and SMART's files share; a layout may name its own."""
WORDS_OF: Final = {"standing": "yes", "lying": "no"}


@dataclass(frozen=True)
class DateColumns:
    """A date in columns of day, month and year, or one column of dates; no `day` means the middle of the month."""

    column: str = ""
    day: str = ""
    month: str = ""
    year: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.column, self.day, self.month, self.year) if name)


@dataclass(frozen=True)
class GrowthLayout:
    """What a kind of file calls its columns. `roles`: alternatives in order, the first that the file has holds."""

    name: str
    roles: Mapping[str, tuple[Source, ...]]
    dates: Mapping[str, DateColumns]
    breakdowns: Mapping[str, Classes]
    groups: Mapping[str, str]
    flags: FlagRule

    @property
    def file(self) -> str:
        """Name of the file of children in the description of a survey."""
        return self.groups.get("children", "children")

    @property
    def for_groups(self) -> Layout:
        """The form in which microdata.birth_classes reads breakdowns: the children are its births."""
        groups = {"layout": self.groups["layout"], "births": self.file} if "layout" in self.groups else {}
        return Layout(self.name, {}, {}, {}, self.breakdowns, groups)

    def sources(self, columns: Mapping[str, str]) -> Mapping[str, Source]:
        """Role → the alternative whose columns (lower case) are there, else the first."""
        return {
            role: next((s for s in found if all(c.lower() in columns for c in s.needed)), found[0])
            for role, found in self.roles.items()
        }


def shipped_growth() -> tuple[str, ...]:
    """Names of the layouts of children that come with the project."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def _folder() -> Path:
    return definitions_folder() / "layouts" / "growth"


def read_growth_layout(name: str | Path) -> GrowthLayout:
    """A shipped layout by name, or the one in a YAML file. Raises WrongDefinition with key and line."""
    path = _folder() / f"{name}.yaml" if str(name) in shipped_growth() else Path(name)
    if not path.is_file():
        raise WrongDefinition(Place(""), "layout_absent", name, known=", ".join(shipped_growth()))
    return _GrowthReader(path, read_yaml(path)).growth()


class _GrowthReader(LayoutReader):
    def growth(self) -> GrowthLayout:
        self.known("", self.told, KEYS)
        children = self.mapping("children")
        self.known("children", children, (*ROLES, *DATES))
        if not children:
            raise self.fail("children", "layout_key_missing")
        roles = {r: self.either(r, told) for r, told in children.items() if r not in DATES}
        dates = {r: self.date(f"children.{r}", told) for r, told in children.items() if r in DATES}
        self.enough(roles, dates)
        breakdowns = {str(n): self.classes(f"breakdowns.{n}", v) for n, v in self.mapping("breakdowns").items()}
        groups = {str(n): str(v) for n, v in self.mapping("groups").items()}
        name = str(self.told.get("layout", self.path.stem))
        return GrowthLayout(name, roles, dates, breakdowns, groups, self.flags())

    def flags(self) -> FlagRule:
        told = str(self.told.get("flags", "who"))
        rule = next((known for known in FLAG_RULES if known == told), None)
        if rule is None:
            raise self.fail("flags", "description_value_unknown", told, known=", ".join(FLAG_RULES))
        return rule

    def enough(self, roles: Mapping[str, object], dates: Mapping[str, object]) -> None:
        """A map that lacks what every z-score needs would leave all of them missing."""
        if "sex" not in roles:
            raise self.fail("children.sex", "layout_key_missing")
        if not {"age_days", "age_months"} & set(roles) and set(dates) != set(DATES):
            raise self.fail("children.age_months", "layout_age")
        if not {"weight", "length", "arm", "head", *SCORES} & set(roles):
            raise self.fail("children.weight", "layout_measure")

    def either(self, role: str, told: object) -> tuple[Source, ...]:
        key = f"children.{role}"
        listed = told["either"] if isinstance(told, dict) and set(told) == {"either"} else [told]
        if not isinstance(listed, list) or not listed:
            raise self.form(f"{key}.either", "[A, B, …]", listed)
        return tuple(self.with_codes(role, self.source(key, self.words(role, each))) for each in listed)

    def words(self, role: str, told: Any) -> Any:
        if role != "position" or not isinstance(told, dict):
            return told
        return {WORDS_OF.get(str(key), key): value for key, value in told.items()}

    def with_codes(self, role: str, source: Source) -> Source:
        if role not in CODES or source.true or source.false:
            return source
        yes, no = CODES[role]
        return Source(source.columns, true=yes, false=no)

    def date(self, key: str, told: object) -> DateColumns:
        if isinstance(told, str):
            return DateColumns(column=told)
        if not isinstance(told, dict):
            raise self.form(key, "{day: …, month: …, year: …}", told)
        self.known(key, told, ("day", "month", "year"))
        lacking = [part for part in ("month", "year") if part not in told]
        if lacking:
            raise self.fail(f"{key}.{lacking[0]}", "layout_key_missing")
        return DateColumns(**{part: str(name) for part, name in told.items()})


def named(columns: Sequence[str]) -> str:
    """Columns as a finding names them."""
    return ", ".join(columns)
