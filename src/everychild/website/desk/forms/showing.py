"""Fields as a page shows them: names, values, choices, what is wrong and what somebody else wrote meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from everychild.registers.people.models import Account
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.desk.forms.declared import MARK
from everychild.website.desk.forms.fields import WHY, Field
from everychild.website.desk.forms.reading import WHOLE, Typed, nearly
from everychild.website.desk.forms.words import label_of, name_of
from everychild.website.texts import say

FEW: Final = 300
"""Records that a field may list to choose from; of more only what was searched for."""
SUGGESTED: Final = 8


@dataclass(frozen=True)
class Choice:
    code: str
    word: str
    chosen: bool


@dataclass(frozen=True)
class Input:
    """One input of a field: a field has three of them for a text in three languages."""

    id: str
    name: str
    label: str
    value: str
    required: bool
    problems: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Shown:
    """A field on the page. `kept`: it names the record and is not changed. `now`: what stands there since the form was
    opened, where that differs from what was typed."""

    field: Field
    inputs: tuple[Input, ...]
    choices: tuple[Choice, ...] = ()
    found: tuple[str, ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()
    kept: bool = False
    now: str = ""

    @property
    def kind(self) -> str:
        return "kept" if self.kept else self.field.kind

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(problem for one in self.inputs for problem in one.problems)


class Page:
    """Shows the fields of one form; `findings` are those of the last try."""

    def __init__(self, account: Account, subject: Any, findings: Sequence[Finding], now: Mapping[str, str]) -> None:
        self.account, self.subject, self.now = account, subject, now
        self.language: Language = account.language  # type: ignore[assignment]
        self.findings = findings

    def shown(self, fields: Sequence[Field], typed: Typed, kept: Sequence[str] = ()) -> list[Shown]:
        return [self._shown(field, typed[field.name], field.name, field.name in kept) for field in fields]

    def _shown(self, field: Field, typed: Any, name: str, kept: bool = False) -> Shown:
        problems = self._problems(field, name)
        now = self.now.get(name, "")
        if field.kind == "parts":
            rows = tuple(
                tuple(self._shown(part, row[part.name], f"{name}-{number}-{part.name}") for part in field.parts)
                for number, row in enumerate(typed)
            )
            return Shown(field, (self._input(field, name, str(len(typed)), problems),), rows=rows)
        if field.kind == "texts":
            return Shown(field, self._texts(field, typed, name), now=now)
        if field.kind in ("codes", "records"):
            return Shown(field, (self._input(field, name, "", problems),), self._several(field, typed), now=now)
        found = self._found(field, typed, bool(problems))
        one = self._input(field, name, typed, problems)
        return Shown(field, (one,), self._choices(field, typed), found, kept=kept, now=now)

    def _input(self, field: Field, name: str, value: str, problems: tuple[str, ...]) -> Input:
        return Input(f"field-{name}", name, field.label, value, field.required, problems)

    def _texts(self, field: Field, typed: Mapping[str, str], name: str) -> tuple[Input, ...]:
        found = []
        for language in LANGUAGES:
            label = label_of(field.of, f"{field.column}_{language}", self.language)
            problems = self._problems(field, f"{name}_{language}")
            required = field.required and language == "en"
            found.append(Input(f"field-{name}_{language}", f"{name}_{language}", label, typed[language], required,
                               problems, language))  # fmt: skip
        return tuple(found)

    def _problems(self, field: Field, name: str) -> tuple[str, ...]:
        return tuple(
            sentence(finding, self._label(field, name), self.language)
            for finding in self.findings if finding.column in spellings(field, name)
        )  # fmt: skip

    def _label(self, field: Field, name: str) -> str:
        language = next((k for k in LANGUAGES if field.kind == "texts" and name.endswith(f"_{k}")), "")
        return label_of(field.of, f"{field.column}_{language}", self.language) if language else field.label

    def _choices(self, field: Field, typed: str) -> tuple[Choice, ...]:
        codes = field.codes
        if field.column == "verified" and typed != "seed":  # the mark of the page of 2009, which nobody sets here
            codes = tuple(pair for pair in codes if pair[0] != "seed")
        return tuple(Choice(code, word, code == typed) for code, word in codes)

    def _several(self, field: Field, typed: Sequence[str]) -> tuple[Choice, ...]:
        if field.kind == "codes":
            unknown = tuple((code, code) for code in typed if code not in dict(field.codes))
            return tuple(Choice(code, word, code in typed) for code, word in (*field.codes, *unknown))
        among = field.ask.among(self.subject) if field.ask and field.ask.among else ()
        whole = Choice(WHOLE, say("desk.fill.whole", self.language), WHOLE in typed)
        return (whole, *(Choice(one.code, name_of(one, self.language), one.code in typed) for one in among))

    def _found(self, field: Field, typed: str, wrong: bool) -> tuple[str, ...]:
        """What a reference may name: all of few, else what the words that were typed are found in."""
        if field.suggested:
            return tuple(f"{code} · {word}" for code, word in field.suggested)
        if field.kind != "record":
            return ()
        if wrong:
            return tuple(
                name_of(one, self.language) for one in nearly(field, self.account, self.subject, typed, SUGGESTED)
            )
        few = nearly(field, self.account, self.subject, "", FEW + 1)
        return tuple(name_of(one, self.language) for one in few) if len(few) <= FEW else ()


def spellings(field: Field, name: str) -> tuple[str, ...]:
    """Names under which a finding may speak of an input: its own, and that of the record's column."""
    language = next((k for k in LANGUAGES if name == f"{field.name}_{k}"), "")
    column = f"{field.column}_{language}" if language else field.column
    if field.name == WHY:
        return (name, "reason")
    if name in (field.name, f"{field.name}_{language}"):
        return (name, column)
    return (name,)


def sentence(finding: Finding, label: str, language: Language) -> str:
    """A finding with the label of the field for its column, and what to do about it."""
    told = replace(finding, column=label) if finding.column else finding
    if told.rule == "empty_cell":  # which speaks of a table
        told = replace(told, rule="field_empty")
    return f"{told.message(language)}. {told.suggestion(language)}."


def told_elsewhere(findings: Sequence[Finding], shown: Sequence[Shown], language: Language) -> list[str]:
    """Findings that stand beside no field, for the top of the page."""
    beside = {problem for one in _all(shown) for problem in one.problems}
    texts = [(finding, sentence(finding, finding.column, language)) for finding in findings]
    columns = {name for one in _all(shown) for each in one.inputs for name in spellings(one.field, each.name)}
    return [text for finding, text in texts if text not in beside and finding.column not in columns]


def _all(shown: Sequence[Shown]) -> list[Shown]:
    return [inner for one in shown for inner in (one, *(part for row in one.rows for part in row))]


def in_groups(shown: Sequence[Shown]) -> list[tuple[str, list[Shown]]]:
    """Fields in their order, what is repeated after them, source and mark under a heading of their own, reason last."""
    plain = [one for one in shown if one.field.name not in (*MARK, WHY)]
    plain.sort(key=lambda one: one.field.kind == "parts")
    mark = [one for one in shown if one.field.name in MARK]
    why = [one for one in shown if one.field.name == WHY]
    return [(name, fields) for name, fields in (("", plain), ("desk.fill.mark", mark), ("", why)) if fields]
