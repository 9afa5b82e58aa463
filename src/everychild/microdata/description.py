"""The description of one survey: which files, which design, what differs from the standard of its kind.

What distinguishes one round or country from another is data in this file, never a branch in the code: names that
changed (`rename`), labels that stand where codes should (`labels`), variables that were not asked (`absent`), school
ages and vaccine schedules (`parameters`), codes of regions (`breakdowns`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from string import ascii_lowercase
from typing import Any, Final, Literal

from everychild.microdata.located_yaml import LocatedYaml, WrongDescription, read_yaml, wrong
from everychild.recipes.groups import Level
from everychild.recipes.recipe import LAYOUTS, Layout
from everychild.vocabulary.language import LANGUAGES, LocalText

PsuSource = Literal["survey", "file"]
KEYS: Final = frozenset(
    {
        "survey", "title", "country", "layout", "period", "source", "invented", "files", "design", "psus", "rename",
        "labels", "absent", "missing_codes", "parameters", "breakdowns", "area", "left_out",
        "register", "replicates", "only",
    }
)  # fmt: skip
HOUSEHOLD_FILES: Final = ("hh", "HR", "hl", "PR")
"""Files with rows of every household, the first that there is counts; from them the PSUs of the survey are known."""
DESIGN_KEYS: Final = frozenset({"psu", "stratum", "household", "line"})
STATA_LETTERS: Final = tuple(f".{letter}" for letter in ascii_lowercase)
BY_LABEL: Final = "by label"
DIMENSIONS: Final = ("area", "sex", "age", "residence", "wealth", "education", "disability", "ethnicity", "other")
"""Columns of the cube of observations in which the code of a group can stand."""


@dataclass(frozen=True)
class SurveyDesign:
    """Names of the design variables on one file."""

    stratum: tuple[str, ...]
    psu: tuple[str, ...]
    household: tuple[str, ...]
    line: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReplicateWeights:
    """Replicate weights of a file: their columns, and V = scale · Σ (θ_r − θ)². `centre` is estimate or replicates.
    Each stands in the place of the variable `weight`, in its unit; empty where recipes use one weight of the file."""

    columns: tuple[str, ...]
    scale: float
    centre: Literal["estimate", "replicates"]
    weight: str = ""


@dataclass(frozen=True)
class OwnBreakdown:
    """A breakdown whose codes are the survey's own: regions, ethnic groups. `variable` by file; `levels` by code."""

    code: str
    name: LocalText | None
    variable: Mapping[str, str]
    levels: tuple[tuple[str, Level], ...]
    by_label: bool = False
    """The levels are the regions that the labels of a file name (region_labels); here there are none yet."""


@dataclass(frozen=True)
class SurveyDescription:
    """A survey as its description says it is; see docs/how-to/survey.md for the form."""

    path: Path
    survey: str
    title: LocalText
    country: str
    layout: Layout
    period: str
    source: str
    invented: bool
    files: Mapping[str, str]
    design: Mapping[str, SurveyDesign]
    psus: PsuSource = "survey"
    area: str = ""
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels: Path | None = None
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing_codes: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    """File → variable, as the file spells it → letter of Stata (`.a`) → the code that recipes know it by."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    breakdowns: tuple[OwnBreakdown, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    """The recipes that may be computed, where others would read variables of another meaning; empty: all."""
    register: bool = False
    """Every row is a case of its own and weighs 1; there is no sampling error."""
    replicates: Mapping[str, ReplicateWeights] = field(default_factory=dict)

    @property
    def household_file(self) -> str:
        """The file of the households or their members, from which the PSUs of the whole survey are known; empty when
        the survey has none, for any other file may lack PSUs that another has."""
        return next((file for file in HOUSEHOLD_FILES if file in self.files), "")

    def design_of(self, file: str) -> SurveyDesign:
        return self.design.get(file) or self.design["*"]


def read_description(path: Path) -> SurveyDescription:
    """Read a description; WrongDescription names the line and the key of the first mistake."""
    return _Reader(path, read_yaml(path)).description()


def _waits(text: str) -> bool:
    return text.startswith("<") and text.endswith(">")


def _waiting(told: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Keys such as `title.kk` whose text is still that of a template."""
    for key, value in told.items():
        if isinstance(value, Mapping):
            yield from _waiting(value, f"{above}{key}.")
        elif isinstance(value, str) and _waits(value):
            yield f"{above}{key}", value


class _Reader:
    def __init__(self, path: Path, told: LocatedYaml) -> None:
        self.path, self.lines, self.told = path, told, told.content

    def fail(self, key: str, rule: str, value: object = "", **parameters: object) -> WrongDescription:
        return wrong(self.path, self.lines.line(key), key, value, rule, **parameters)

    def form(self, key: str, needed: str, told: object) -> WrongDescription:
        return self.fail(key, "description_form", told, needed=needed)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.told.get(key, default)
        if isinstance(value, dict | list):
            raise self.form(key, "text", value)
        if value is None or not str(value).strip():
            raise self.fail(key, "description_key_missing")
        return self.filled(key, str(value))

    def filled(self, key: str, text: str) -> str:
        """A text without the marks of a template, < and >, that wait for an answer; all that wait are named at once."""
        if not _waits(text):
            return text
        refused = self.fail(key, "description_not_filled", text)
        waiting = [self.fail(one, "description_not_filled", told).finding for one, told in _waiting(self.told)]
        refused.findings = tuple(waiting) or refused.findings
        raise refused

    def one_of(self, key: str, known: Sequence[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in known:
            raise self.fail(key, "description_value_unknown", value, known=", ".join(known))
        return value

    def flag(self, key: str) -> bool:
        value = self.told.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(key, "description_value_unknown", value, known="true, false")
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.told.get(key) or {}
        if not isinstance(value, dict):
            raise self.form(key, "pairs", value)
        return value

    def known(self, key: str, told: Mapping[str, Any], known: Iterable[str]) -> None:
        """Refuse names that are none of the known ones."""
        names = sorted(known)
        for name in map(str, told):
            if name not in names:
                near = ", ".join(get_close_matches(name, names, n=2)) or "–"
                inside = f"{key}.{name}" if key else name
                raise self.fail(inside, "description_key_unknown", near=near, known=", ".join(names))

    def by_file(self, key: str, files: Mapping[str, str], *every: str) -> Mapping[str, Any]:
        """Names and values by file; a file that the description does not name is refused."""
        told = self.mapping(key)
        self.known(key, told, (*files, *every))
        return told

    def description(self) -> SurveyDescription:
        self.known("", self.told, KEYS)
        layout = next(known for known in LAYOUTS if known == self.one_of("layout", LAYOUTS))
        files = {str(name): str(file) for name, file in self.mapping("files").items()}
        if not files:
            raise self.fail("files", "description_key_missing")
        labels = self.told.get("labels")
        return SurveyDescription(
            path=self.path,
            survey=self.text("survey"),
            title=self.local("title", self.told.get("title")),
            country=self.text("country"),
            layout=layout,
            period=self.text("period"),
            source=self.text("source"),
            invented=self.flag("invented"),
            files=files,
            design=self.designs(files),
            psus="file" if self.one_of("psus", ("survey", "file"), "survey") == "file" else "survey",
            area=self.text("area", self.text("country")),
            rename={file: self.names(f"rename.{file}", names) for file, names in self.by_file("rename", files).items()},
            labels=self.path.parent / str(labels) if labels else None,
            absent={
                file: self.listed(f"absent.{file}", names) for file, names in self.by_file("absent", files).items()
            },
            missing_codes={
                file: self.letters(f"missing_codes.{file}", told)
                for file, told in self.by_file("missing_codes", files).items()
            },
            parameters={str(name): str(text) for name, text in self.mapping("parameters").items()},
            breakdowns=tuple(self.breakdown(str(code), own, files) for code, own in self.mapping("breakdowns").items()),
            left_out={str(code): str(why) for code, why in self.mapping("left_out").items()},
            only=self.listed("only", self.told.get("only")),
            register=self.flag("register"),
            replicates={
                str(file): self.replicate(file, own) for file, own in self.by_file("replicates", files).items()
            },
        )

    def names(self, key: str, told: object) -> Mapping[str, str]:
        if not isinstance(told, dict):
            raise self.form(key, "renaming", told)
        return {str(own): str(standard) for own, standard in told.items()}

    def listed(self, key: str, told: object) -> tuple[str, ...]:
        """One name or a list of names."""
        if told is None:
            return ()
        if isinstance(told, dict):
            raise self.form(key, "[A, B, …]", told)
        return tuple(map(str, told)) if isinstance(told, list) else (str(told),)

    def letters(self, key: str, told: object) -> Mapping[str, Mapping[str, float]]:
        """`{HA1: {.a: 8, .b: 9}}`."""
        if not isinstance(told, dict):
            raise self.form(key, "HA1: {.a: 8}", told)
        for variable, codes in told.items():
            inside = f"{key}.{variable}"
            if not isinstance(codes, dict) or not codes:
                raise self.form(inside, "{.a: 8}", codes)
            self.known(inside, codes, STATA_LETTERS)
            for letter, code in codes.items():
                if isinstance(code, bool) or not isinstance(code, int | float):
                    raise self.form(f"{inside}.{letter}", "number", code)
        return {str(v): {str(letter): float(code) for letter, code in codes.items()} for v, codes in told.items()}

    def local(self, key: str, told: object) -> LocalText:
        if not isinstance(told, dict):
            raise self.form(key, "{kk: …, ru: …, en: …}", told or "")
        for language in LANGUAGES:
            if not str(told.get(language) or "").strip():
                raise self.fail(f"{key}.{language}", "description_key_missing")
            self.filled(f"{key}.{language}", str(told[language]))
        return LocalText(
            en=str(told["en"]), ru=str(told["ru"]), kk=str(told["kk"]),
            unreviewed=frozenset({"ru", "kk"}) if told.get("unreviewed", True) else frozenset(),
        )  # fmt: skip

    def designs(self, files: Mapping[str, str]) -> Mapping[str, SurveyDesign]:
        told = self.mapping("design")
        every = bool(set(told) & DESIGN_KEYS)
        if not told:
            raise self.fail("design", "description_key_missing")
        if not every:
            self.known("design", told, (*files, "*"))
            bare = next((file for file in files if file not in told and "*" not in told), None)
            if bare is not None:
                raise self.fail(f"design.{bare}", "description_key_missing")
        return {
            str(file): self.design("design" if every else f"design.{file}", one)
            for file, one in ({"*": told} if every else told).items()
        }

    def design(self, key: str, told: object) -> SurveyDesign:
        if not isinstance(told, dict):
            raise self.form(key, "psu, stratum, household", told)
        self.known(key, told, DESIGN_KEYS)
        unclustered = self.told.get("register") or self.told.get("replicates")  # clusters are withheld in many files
        needed = ("household",) if unclustered else ("psu", "household")
        for name in needed:
            if not told.get(name):
                raise self.fail(f"{key}.{name}", "description_key_missing")
        return SurveyDesign(*(self.listed(f"{key}.{n}", told.get(n)) for n in ("stratum", "psu", "household", "line")))

    def replicate(self, file: str, told: object) -> ReplicateWeights:
        key = f"replicates.{file}"
        if not isinstance(told, dict):
            raise self.form(key, "columns, scale", told)
        self.known(key, told, ("columns", "scale", "centre", "weight"))
        for name in ("columns", "scale"):
            if not told.get(name):
                raise self.fail(f"{key}.{name}", "description_key_missing")
        if isinstance(told["scale"], bool) or not isinstance(told["scale"], int | float):
            raise self.form(f"{key}.scale", "number", told["scale"])
        centre = told.get("centre", "estimate")
        if centre not in ("estimate", "replicates"):
            raise self.fail(f"{key}.centre", "description_value_unknown", centre, known="estimate, replicates")
        columns = tuple(_spread(self.listed(f"{key}.columns", told["columns"])))
        return ReplicateWeights(columns, float(told["scale"]), centre, str(told.get("weight") or ""))

    def breakdown(self, code: str, told: object, files: Mapping[str, str]) -> OwnBreakdown:
        key = f"breakdowns.{code}"
        if not isinstance(told, dict):
            raise self.form(key, "variable, levels", told)
        self.known(key, told, ("name", "variable", "dimension", "levels"))
        for name in ("variable", "levels"):
            if not told.get(name):
                raise self.fail(f"{key}.{name}", "description_key_missing")
        variable, levels = told["variable"], told["levels"]
        by_label = levels == BY_LABEL
        if not by_label and not isinstance(levels, dict):
            raise self.form(f"{key}.levels", "CODE: {code, kk, ru, en}", levels)
        if isinstance(variable, dict):
            self.known(f"{key}.variable", variable, (*files, "*"))
        by_file = {str(f): str(v) for f, v in variable.items()} if isinstance(variable, dict) else {"*": str(variable)}
        dimension = str(told.get("dimension", "other"))
        if dimension not in DIMENSIONS:
            known = ", ".join(DIMENSIONS)
            raise self.fail(f"{key}.dimension", "description_value_unknown", dimension, known=known)
        own = self.local(f"{key}.name", told["name"]) if "name" in told else None
        if by_label:
            if dimension != "area":
                raise self.fail(f"{key}.dimension", "description_value_unknown", dimension, known="area")
            return OwnBreakdown(code, own, by_file, (), by_label=True)
        found = tuple(
            (str(value), self.level(f"{key}.levels.{value}", one, dimension)) for value, one in levels.items()
        )
        return OwnBreakdown(code, own, by_file, found)

    def level(self, key: str, told: object, dimension: str) -> Level:
        if not isinstance(told, dict):
            raise self.form(key, "{code, kk, ru, en}", told)
        self.known(key, told, ("code", "unreviewed", *LANGUAGES))
        if not told.get("code"):
            raise self.fail(f"{key}.code", "description_key_missing")
        self.filled(f"{key}.code", str(told["code"]))
        return Level(str(told["code"]), self.local(key, told), dimension, str(told["code"]))


MOST: Final = 10_000
"""Replicate weights of a survey; bootstraps have a thousand."""


def _spread(names: Sequence[str]) -> Iterator[str]:
    """`rw1-rw24` → rw1, rw2, …, rw24. A row of more than MOST names stays as it is written, and is no variable."""
    for name in names:
        found = re.fullmatch(r"([A-Za-z_]+)(\d+)-\1(\d+)", name)
        if found is None or int(found[3]) - int(found[2]) >= MOST:
            yield name
        else:
            yield from (f"{found[1]}{number}" for number in range(int(found[2]), int(found[3]) + 1))


__all__ = ["SurveyDescription", "SurveyDesign", "WrongDescription", "read_description"]
