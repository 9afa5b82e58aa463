"""Which column of a file holds what: the layouts of DHS and MICS6, and those that a user writes for any other file.

A layout is a YAML file of four parts, `births`, `women`, `siblings` and `breakdowns`; see docs/how-to/mortality.md.
Names are matched without regard to capitals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from everychild.microdata.description import SurveyDescription
from everychild.microdata.located_yaml import LocatedYaml, WrongDescription, read_yaml, wrong
from everychild.recipes.groups import Level
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.tables import definitions_folder

Code = float | str
BIRTHS: Final = (
    "interview", "birth", "alive", "age_at_death", "weight", "psu", "stratum", "mother", "mother_birth", "sex",
    "age_in_days", "birth_date_complete", "age_at_death_sound",
)  # fmt: skip
NEEDED: Final = ("interview", "birth", "alive", "age_at_death", "weight", "psu")
WOMEN: Final = ("key", "birth", "interview", "weight", "psu", "stratum", "factor", "ever_born", "dead")
WOMEN_NEEDED: Final = ("birth", "interview", "weight", "psu")
SIBLINGS: Final = ("sex", "alive", "birth", "death", "pregnancy")
KEYS: Final = frozenset({"layout", "groups", "births", "women", "siblings", "breakdowns"})
DIMENSION_KEYS: Final = frozenset({"column", "columns", "months", "classes", "codes", "dimension"})
SOURCE_KEYS: Final = frozenset(
    {"column", "columns", "yes", "no", "male", "female", "divide", "less", "from", "to", "when", "is", "year", "month",
     "missing"}
)  # fmt: skip
TRUE_KEYS: Final = ("yes", "male")
FALSE_KEYS: Final = ("no", "female")


@dataclass(frozen=True)
class Source:
    """Where a value comes from.

    `columns`: one column, several that form a key together, or several that are added (`dead: [v206, v207]`).
    `true`, `false`: codes that mean so. The value is (column - less) / divide within [low, high], missing at the
    codes of `missing`, and where the column `when` is none of `equals`. `year`, `month`: a date in two columns.
    """

    columns: tuple[str, ...]
    true: tuple[Code, ...] = ()
    false: tuple[Code, ...] = ()
    divide: float = 1.0
    less: float = 0.0
    low: float | None = None
    high: float | None = None
    when: str = ""
    equals: tuple[Code, ...] = ()
    missing: tuple[Code, ...] = ()
    dated: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        return (*self.columns, self.when) if self.when else self.columns


@dataclass(frozen=True)
class Classes:
    """A breakdown that a layout defines: classes of a column, of months between two dates, or codes of a dimension."""

    columns: tuple[str, ...] = ()
    months: tuple[str, str] | None = None
    ranges: tuple[tuple[str, float, float], ...] = ()
    codes: tuple[tuple[Code, str], ...] = ()
    dimension: str = "other"
    levels: tuple[tuple[str, Level], ...] = ()
    """Codes or ranges of codes (`5-9`) with their levels, as the description of a survey gives them."""


@dataclass(frozen=True)
class Layout:
    """What a kind of file calls its columns. `groups`: recipe layout, and its name for births and for women."""

    name: str
    births: Mapping[str, Source]
    women: Mapping[str, Source]
    siblings: Mapping[str, Source]
    breakdowns: Mapping[str, Classes]
    groups: Mapping[str, str] = field(default_factory=dict)

    def part(self, part: str) -> Mapping[str, Source]:
        return {"births": self.births, "women": self.women, "siblings": self.siblings}[part]


def with_survey(layout: Layout, description: SurveyDescription, part: str = "births") -> Layout:
    """The layout with the breakdowns that the description of a survey defines for that file: regions, ethnic groups."""
    file = layout.groups.get(part, "")
    own = {
        each.code: Classes((each.variable.get(file) or each.variable["*"],), levels=each.levels)
        for each in description.breakdowns
        if file in each.variable or "*" in each.variable
    }
    return replace(layout, breakdowns={**layout.breakdowns, **own})


def shipped() -> tuple[str, ...]:
    """Names of the layouts that come with the project."""
    return tuple(sorted(path.stem for path in (definitions_folder() / "layouts").glob("*.yaml")))


def read_layout(name: str | Path) -> Layout:
    """A shipped layout by name, or the one in a YAML file. Raises WrongDefinition with key and line."""
    path = definitions_folder() / "layouts" / f"{name}.yaml" if str(name) in shipped() else Path(name)
    if not path.is_file():
        raise WrongDefinition(Place(""), "layout_absent", name, known=", ".join(shipped()))
    return LayoutReader(path, read_yaml(path)).layout()


def with_words(told: Any) -> Any:
    """YAML reads the bare words yes and no as truth values; a file that holds them holds text, and so do our keys."""
    if isinstance(told, bool):
        return "yes" if told else "no"
    if isinstance(told, dict):
        return {with_words(key): with_words(value) for key, value in told.items()}
    if isinstance(told, list):
        return [with_words(value) for value in told]
    return told


class LayoutReader:
    def __init__(self, path: Path, told: LocatedYaml) -> None:
        self.path, self.lines, self.told = path, told, with_words(told.content)

    def fail(self, key: str, rule: str, value: object = "", **values: object) -> WrongDescription:
        return wrong(self.path, self.lines.line(key), key, value, rule, **values)

    def form(self, key: str, needed: str, told: object) -> WrongDescription:
        """Something of another kind stands there; `needed` is a code of `value_kind` or an example."""
        return self.fail(key, "layout_form", "" if told is None else told, needed=needed)

    def known(self, key: str, told: Mapping[str, Any], names: Sequence[str]) -> None:
        for name in told:
            if str(name) not in names:
                near = ", ".join(get_close_matches(str(name), names, n=2)) or "–"
                inside = f"{key}.{name}".lstrip(".")
                raise self.fail(inside, "description_key_unknown", near=near, known=", ".join(names))

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.told.get(key) or {}
        if not isinstance(value, dict):
            raise self.form(key, "pairs", value)
        return value

    def layout(self) -> Layout:
        self.known("", self.told, sorted(KEYS))
        parts: dict[str, dict[str, Source]] = {}
        known: tuple[tuple[str, tuple[str, ...]], ...] = (("births", BIRTHS), ("women", WOMEN), ("siblings", SIBLINGS))
        needed: tuple[tuple[str, tuple[str, ...]], ...] = (("births", NEEDED), ("women", WOMEN_NEEDED))
        for part, names in known:
            told = self.mapping(part)
            self.known(part, told, names)
            parts[part] = {name: self.source(f"{part}.{name}", value) for name, value in told.items()}
        if not parts["births"] and not parts["women"]:
            raise self.fail("births", "layout_empty")
        for part, names in needed:
            lacking = [name for name in names if parts[part] and name not in parts[part]]
            if lacking:
                raise self.fail(f"{part}.{lacking[0]}", "layout_key_missing")
        self.truths(parts)
        breakdowns = {
            str(name): self.classes(f"breakdowns.{name}", v) for name, v in self.mapping("breakdowns").items()
        }
        groups = {str(name): str(value) for name, value in self.mapping("groups").items()}
        name = str(self.told.get("layout", self.path.stem))
        return Layout(name, parts["births"], parts["women"], parts["siblings"], breakdowns, groups)

    def truths(self, parts: Mapping[str, Mapping[str, Source]]) -> None:
        """Codes of survival must be told: DHS has 1 and 0, MICS 1 and 2, and a wrong guess makes the dead alive."""
        for part, name in (("births", "alive"), ("siblings", "alive"), ("siblings", "sex"), ("births", "sex")):
            source = parts[part].get(name)
            if source is not None and not (source.true and source.false):
                words = ("male", "female") if name == "sex" else ("yes", "no")
                example = f"{{column: …, {words[0]}: [1], {words[1]}: [2]}}"
                raise self.fail(f"{part}.{name}", "layout_codes", example=example)

    def source(self, key: str, told: object) -> Source:
        if isinstance(told, str | list):
            return Source(self.names(key, told))
        if not isinstance(told, dict):
            raise self.form(key, "column", told)
        self.known(key, told, sorted(SOURCE_KEYS))
        if "year" in told or "month" in told:
            for part in ("year", "month"):
                if part not in told:
                    raise self.fail(f"{key}.{part}", "layout_key_missing")
            return Source((str(told["year"]), str(told["month"])), dated=True)
        columns = self.names(key, told.get("columns", told.get("column")))
        return Source(
            columns,
            self.codes(key, next((told[k] for k in TRUE_KEYS if k in told), ())),
            self.codes(key, next((told[k] for k in FALSE_KEYS if k in told), ())),
            self.number(key, told.get("divide", 1)) or 1.0,
            self.number(key, told.get("less", 0)) or 0.0,
            self.number(key, told.get("from")),
            self.number(key, told.get("to")),
            str(told.get("when", "")),
            self.codes(key, told.get("is", ())),
            self.codes(key, told.get("missing", ())),
        )

    def names(self, key: str, told: object) -> tuple[str, ...]:
        if isinstance(told, str) and told:
            return (told,)
        if isinstance(told, list) and told and all(isinstance(name, str) for name in told):
            return tuple(told)
        raise self.form(key, "column", told)

    def number(self, key: str, told: object) -> float | None:
        if told is None:
            return None
        if not isinstance(told, int | float):
            raise self.form(key, "number", told)
        return float(told)

    def codes(self, key: str, told: object) -> tuple[Code, ...]:
        listed = told if isinstance(told, list | tuple) else [told]
        found: list[Code] = []
        for code in listed:
            if isinstance(code, int | float):
                found.append(float(code))
            elif isinstance(code, str):
                found.append(code)
            else:
                raise self.form(key, "number_or_text", code)
        return tuple(found)

    def classes(self, key: str, told: object) -> Classes:
        if isinstance(told, str):
            return Classes((told,))
        if not isinstance(told, dict):
            raise self.form(key, "column", told)
        self.known(key, told, sorted(DIMENSION_KEYS))
        if "months" in told:
            months = self.names(f"{key}.months", told["months"])
            if len(months) != 2 or not set(months) <= set(BIRTHS):
                raise self.form(f"{key}.months", "[birth, mother_birth]", told["months"])
            between: tuple[str, str] | None = (months[0], months[1])
            columns: tuple[str, ...] = ()
        else:
            between, columns = None, self.names(key, told.get("columns", told.get("column")))
        return Classes(
            columns, between, self.ranges(key, told), self.levels(key, told), str(told.get("dimension", "other"))
        )

    def ranges(self, key: str, told: Mapping[str, Any]) -> tuple[tuple[str, float, float], ...]:
        found = []
        for label, limits in (told.get("classes") or {}).items():
            if not (isinstance(limits, list) and len(limits) == 2):
                raise self.form(f"{key}.{label}", "[0, 239]", limits)
            low, high = (self.number(f"{key}.{label}", limit) for limit in limits)
            if low is None or high is None or high < low:
                raise self.fail(f"{key}.{label}", "range_reversed", limits)
            found.append((str(label), low, high))
        return tuple(found)

    def levels(self, key: str, told: Mapping[str, Any]) -> tuple[tuple[Code, str], ...]:
        return tuple((self.codes(key, [code])[0], str(level)) for code, level in (told.get("codes") or {}).items())
