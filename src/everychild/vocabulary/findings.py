"""What was found in data: one finding is one place, one rule, one severity; its words exist in three languages.

A finding stores the rule's code and the values to put into its sentence, never the sentence itself: the same ledger is
read by a statistician in Kazakh and by an auditor in English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

import polars as pl

from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.errors import DefinitionError, EverychildError, Place, WrongDefinition
from everychild.vocabulary.language import Language, LocalText
from everychild.vocabulary.tables import definitions_folder, read_table

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
LEDGER_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "parameters": pl.String,
}
"""Columns of a ledger; `parameters` is a JSON object of further values for the sentences of the rule."""


@dataclass(frozen=True)
class Rule:
    """A rule that data can break: what it says, and what to do about it, with `{places}` for values."""

    code: str
    severity: Severity
    message: LocalText
    suggestion: LocalText


@dataclass(frozen=True)
class Finding:
    """One place in a file that breaks a rule. `row` is 1-based in the file as opened (header = 1)."""

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    severity: Severity = "error"
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ValueError(f"severity {self.severity!r} is none of {', '.join(SEVERITIES)}")
        if self.row is not None and self.row < 1:
            raise ValueError("rows of a file are counted from 1")

    @property
    def place(self) -> str:
        """`ch.sav, chweight, row 4`, as far as it is known; in English, for errors of programs."""
        row = "" if self.row is None else f"row {self.row}"
        return ", ".join(part for part in (self.file, self.column, row) if part)

    def message(self, language: Language) -> str:
        return _fill(rules()[self.rule].message[language], self, language)

    def suggestion(self, language: Language) -> str:
        return _fill(rules()[self.rule].suggestion[language], self, language)

    def as_row(self) -> dict[str, object]:
        return {
            "file": self.file, "row": self.row, "column": self.column, "value": self.value,
            "rule": self.rule, "severity": self.severity,
            "parameters": json.dumps(dict(self.parameters), ensure_ascii=False, sort_keys=True),
        }  # fmt: skip


class _Places(dict[str, str]):
    """Values of a sentence; a place without a value stays visible as `…` instead of failing the whole ledger."""

    def __missing__(self, key: str) -> str:
        return "…"


WORDED: Final[Mapping[str, str]] = {
    "meaning": "column_role", "needed": "value_kind", "given": "value_kind", "beside": "value_kind",
}  # fmt: skip
"""Parameters that hold a code of a list, whose name in the reader's language is shown; others are shown as they are."""


AREAS: Final = frozenset({"areas", "near_area", "described", "meant"})
"""Parameters that hold codes of areas; each is shown with the name that it has in the reader's language."""
_AREA: Final = re.compile(r"\b[A-Z]{2,3}-[A-Z0-9]{1,4}\b")


def _with_name(code: str, language: Language) -> str:
    from everychild.vocabulary.areas import gazetteer  # not before a finding names an area

    return f"{code} {gazetteer()[code].name[language]}" if code in gazetteer() else code


def _fill(template: str, finding: Finding, language: Language) -> str:
    places = _Places(finding.parameters)
    for name in WORDED.keys() & finding.parameters.keys():
        if (code := finding.parameters[name]) in (known := code_list(WORDED[name])):
            places[name] = known.label(code, language)
    for name, text in finding.parameters.items():
        if name.endswith(f"_{language}"):  # told in every language: named_kk, named_ru, named_en fill {named}
            places[name.removesuffix(f"_{language}")] = text
    for name in AREAS & finding.parameters.keys():
        places[name] = _AREA.sub(lambda code: _with_name(code.group(), language), finding.parameters[name])
    places.update(
        file=finding.file,
        row="" if finding.row is None else str(finding.row),
        column=finding.column,
        value=finding.value,
    )
    return template.format_map(places)


def ledger(findings: Iterable[Finding]) -> pl.DataFrame:
    """Findings as a table of LEDGER_SCHEMA, in the order given."""
    return pl.DataFrame([finding.as_row() for finding in findings], schema=LEDGER_SCHEMA)


def empty_ledger() -> pl.DataFrame:
    return pl.DataFrame(schema=LEDGER_SCHEMA)


def findings_of(table: pl.DataFrame) -> list[Finding]:
    """The findings of a ledger table, in its order."""
    return [
        Finding(
            r["file"],
            r["row"],
            r["column"],
            r["value"],
            r["rule"],
            r["severity"],
            json.loads(r["parameters"]),
        )
        for r in table.iter_rows(named=True)
    ]


class DataRefused(EverychildError):  # noqa: N818 - what happened, in the words of the person who sent the data
    """Nothing could be loaded; carries the findings that say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{f.place}: {f.message('en')}".removeprefix(": ") for f in self.findings[:3]))


class OwnDefinitionRefused(WrongDefinition, DataRefused):
    """A definition that a person wrote for this work (a description, a map, recipes) cannot be used; carries its
    finding, or all of a table in which every row is looked at."""

    def __init__(self, place: Place, rule: str, value: object = "", **values: object) -> None:
        WrongDefinition.__init__(self, place, rule, value, **values)
        self.findings = (self.finding,)


@cache
def rules() -> Mapping[str, Rule]:
    """All rules, read from `definitions/rules.csv`."""
    found: dict[str, Rule] = {}
    columns = (
        "rule",
        "severity",
        *(f"{stem}_{lang}" for stem in ("message", "suggestion") for lang in ("en", "ru", "kk")),
    )
    for place, row in read_table(definitions_folder() / "rules.csv", (*columns, "unreviewed")):
        if row["rule"] in found:
            raise DefinitionError(place, f"rule {row['rule']!r} stands twice")
        severity = next((s for s in SEVERITIES if s == row["severity"]), None)
        if severity is None:
            raise DefinitionError(place, f"severity {row['severity']!r} is none of {', '.join(SEVERITIES)}")
        try:
            message, suggestion = LocalText.from_row(row, "message"), LocalText.from_row(row, "suggestion")
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
        found[row["rule"]] = Rule(row["rule"], severity, message, suggestion)
    return found
