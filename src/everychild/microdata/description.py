"""The description of one survey: which files, which design, what differs from the standard of its kind.

What distinguishes one round or country from another is data in this file, never a branch in the code: names that
changed (`rename`), labels that stand where codes should (`labels`), variables that were not asked (`absent`), school
ages and vaccine schedules (`parameters`), codes of regions (`breakdowns`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from everychild.recipes.groups import Level
from everychild.recipes.recipe import LAYOUTS, Layout
from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.language import LocalText

PsuSource = Literal["survey", "file"]
KEYS: Final = frozenset(
    {
        "survey", "title", "country", "layout", "period", "source", "invented", "files", "design", "psus", "rename",
        "labels", "absent", "parameters", "breakdowns", "area", "left_out",
        "register", "replicates",
    }
)  # fmt: skip


@dataclass(frozen=True)
class SurveyDesign:
    """Names of the design variables on one file."""

    stratum: tuple[str, ...]
    psu: tuple[str, ...]
    household: tuple[str, ...]
    line: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReplicateWeights:
    """Replicate weights of a file: their columns, and V = scale · Σ (θ_r − θ)². `centre` is estimate or replicates."""

    columns: tuple[str, ...]
    scale: float
    centre: Literal["estimate", "replicates"]


@dataclass(frozen=True)
class OwnBreakdown:
    """A breakdown whose codes are the survey's own: regions, ethnic groups. `variable` by file; `levels` by code."""

    code: str
    name: LocalText | None
    variable: Mapping[str, str]
    levels: tuple[tuple[str, Level], ...]


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
    parameters: Mapping[str, str] = field(default_factory=dict)
    breakdowns: tuple[OwnBreakdown, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    register: bool = False
    """Every row is a case of its own and weighs 1; there is no sampling error."""
    replicates: Mapping[str, ReplicateWeights] = field(default_factory=dict)

    @property
    def household_file(self) -> str:
        """The file with one row for each household, from which the PSUs of the whole survey are known."""
        return next((file for file in ("hh", "HR", "hl", "PR") if file in self.files), next(iter(self.files)))

    def design_of(self, file: str) -> SurveyDesign:
        return self.design.get(file) or self.design["*"]


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader is eight times faster; PyYAML has it on most machines."""


def read_description(path: Path) -> SurveyDescription:
    """Read a description; DefinitionError names the key of the first mistake."""
    if not path.is_file():
        raise DefinitionError(Place(path.name), "there is no such description of a survey")
    try:
        told = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader, either way
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise DefinitionError(
            Place(path.name), f"this is no YAML in UTF-8: {str(problem).splitlines()[0]}"
        ) from problem
    if not isinstance(told, dict):
        raise DefinitionError(Place(path.name), "a description is a list of keys and values")
    return _Reader(path, told).description()


class _Reader:
    def __init__(self, path: Path, told: Mapping[str, Any]) -> None:
        self.path, self.told = path, told

    def fail(self, key: str, problem: str) -> DefinitionError:
        return DefinitionError(Place(self.path.name, column=key), problem)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.told.get(key, default)
        if value is None or isinstance(value, dict | list):
            raise self.fail(key, "this key is missing" if value is None else "a text is needed here")
        return str(value)

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.told.get(key) or {}
        if not isinstance(value, dict):
            raise self.fail(key, "names and values are needed here")
        return value

    def description(self) -> SurveyDescription:
        unknown = sorted(set(self.told) - KEYS)
        if unknown:
            raise self.fail(unknown[0], f"unknown key; known are {', '.join(sorted(KEYS))}")
        layout = next((known for known in LAYOUTS if known == self.text("layout")), None)
        if layout is None:
            raise self.fail("layout", f"{self.text('layout')!r} is none of {', '.join(LAYOUTS)}")
        files = {str(name): str(file) for name, file in self.mapping("files").items()}
        if not files:
            raise self.fail("files", "no file is named")
        labels = self.told.get("labels")
        psus = self.text("psus", "survey")
        return SurveyDescription(
            path=self.path,
            survey=self.text("survey"),
            title=self.local("title", self.told.get("title")),
            country=self.text("country"),
            layout=layout,
            period=self.text("period"),
            source=self.text("source"),
            invented=bool(self.told.get("invented", False)),
            files=files,
            design=self.designs(),
            psus="file" if psus == "file" else "survey",
            area=self.text("area", self.text("country")),
            rename={file: dict(names) for file, names in self.mapping("rename").items()},
            labels=self.path.parent / str(labels) if labels else None,
            absent={file: tuple(map(str, names)) for file, names in self.mapping("absent").items()},
            parameters={str(name): str(text) for name, text in self.mapping("parameters").items()},
            breakdowns=tuple(self.breakdown(str(code), own) for code, own in self.mapping("breakdowns").items()),
            left_out={str(code): str(why) for code, why in self.mapping("left_out").items()},
            register=bool(self.told.get("register", False)),
            replicates={str(file): self.replicate(str(file), own) for file, own in self.mapping("replicates").items()},
        )

    def local(self, key: str, told: object) -> LocalText:
        if not isinstance(told, dict):
            raise self.fail(key, "a text in kk, ru and en is needed here")
        try:
            return LocalText(
                en=str(told.get("en", "")), ru=str(told.get("ru", "")), kk=str(told.get("kk", "")),
                unreviewed=frozenset({"ru", "kk"}) if told.get("unreviewed", True) else frozenset(),
            )  # fmt: skip
        except ValueError as problem:
            raise self.fail(key, str(problem)) from problem

    def designs(self) -> Mapping[str, SurveyDesign]:
        told = self.mapping("design")
        if "psu" in told or (self.told.get("register") and "household" in told):
            told = {"*": told}
        if not told:
            raise self.fail("design", "the sampling design is missing (psu, stratum, household)")
        found = {}
        for file, design in told.items():
            if not isinstance(design, dict) or "household" not in design:
                raise self.fail("design", "psu, stratum and household are needed here")
            found[str(file)] = SurveyDesign(
                _names(design.get("stratum")), _names(design.get("psu")), _names(design["household"]),
                _names(design.get("line")),
            )  # fmt: skip
        return found

    def replicate(self, file: str, told: object) -> ReplicateWeights:
        key = f"replicates.{file}"
        if not isinstance(told, dict) or "columns" not in told or "scale" not in told:
            raise self.fail(key, "columns and scale are needed here")
        centre = told.get("centre", "estimate")
        if centre not in ("estimate", "replicates"):
            raise self.fail(f"{key}.centre", f"{centre!r} is none of estimate, replicates")
        return ReplicateWeights(tuple(_spread(_names(told["columns"]))), float(told["scale"]), centre)

    def breakdown(self, code: str, told: object) -> OwnBreakdown:
        key = f"breakdowns.{code}"
        if not isinstance(told, dict) or "variable" not in told or not isinstance(told.get("levels"), dict):
            raise self.fail(key, "variable and levels are needed here")
        variable = told["variable"]
        by_file = {str(f): str(v) for f, v in variable.items()} if isinstance(variable, dict) else {"*": str(variable)}
        dimension = str(told.get("dimension", "other"))
        levels = []
        for value, level in told["levels"].items():
            if not isinstance(level, dict) or "code" not in level:
                raise self.fail(f"{key}.{value}", "code and name are needed here")
            name = self.local(f"{key}.{value}", level)
            levels.append((str(value), Level(str(level["code"]), name, dimension, str(level["code"]))))
        own = self.local(key, told["name"]) if "name" in told else None
        return OwnBreakdown(code, own, by_file, tuple(levels))


def _spread(names: Sequence[str]) -> Iterator[str]:
    """`rw1-rw24` → rw1, rw2, …, rw24."""
    for name in names:
        found = re.fullmatch(r"([A-Za-z_]+)(\d+)-\1(\d+)", name)
        if found is None:
            yield name
        else:
            yield from (f"{found[1]}{number}" for number in range(int(found[2]), int(found[3]) + 1))


def _names(told: object) -> tuple[str, ...]:
    if told is None:
        return ()
    if isinstance(told, str):
        return (told,)
    assert isinstance(told, Sequence)
    return tuple(map(str, told))
