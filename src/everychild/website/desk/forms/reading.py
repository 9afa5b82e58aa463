"""What was typed into a form, as it was typed and as the action takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.http import QueryDict

from everychild.registers.columns import CellRefused, Column
from everychild.registers.people.models import Account, Body
from everychild.registers.personal_data import contains_personal_number, looks_like_a_name
from everychild.registers.records import Record
from everychild.registers.refusals import problem
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import LANGUAGES
from everychild.website.desk.forms.declared import Form
from everychild.website.desk.forms.fields import PEOPLE, WHY, Field
from everychild.website.desk.forms.kinds import KINDS, found, one, seen

Typed = dict[str, Any]
"""By field name: a text; of three languages a mapping; of several codes a list; of parts a list of mappings."""
MOST_PARTS: Final = 40
WHOLE: Final = "*"
"""Chosen instead of records one by one: all that belong to the subject."""
_DAY: Final = re.compile(r"(?:(\d{1,2})\.)?(\d{1,2})\.(\d{4})", re.ASCII)


def typed_in(fields: Sequence[Field], post: QueryDict, prefix: str = "") -> Typed:
    """Everything as it was typed, without idle spaces at the ends."""
    return {field.name: _typed(field, post, f"{prefix}{field.name}") for field in fields}


def _typed(field: Field, post: QueryDict, name: str) -> Any:
    if field.kind == "texts":
        return {language: _text(post.get(f"{name}_{language}")) for language in LANGUAGES}
    if field.kind in ("codes", "records"):
        return [_text(code) for code in post.getlist(name)]
    if field.kind == "parts":
        told = post.get(f"{name}-rows", "")
        rows = min(int(told), MOST_PARTS) if told.isascii() and told.isdecimal() and len(told) < 4 else 0
        return [typed_in(field.parts, post, f"{name}-{row}-") for row in range(rows)]
    return _text(post.get(name))


def _text(value: str | None) -> str:
    """Browsers send CR LF for a new line; no database keeps a NUL."""
    return (value or "").replace("\r\n", "\n").replace("\0", "").strip()


def stored_in(fields: Sequence[Field], record: Any) -> Typed:
    """What a record says, as it would be typed; of a new one its defaults."""
    return {field.name: _stored(field, record) for field in fields}


def _stored(field: Field, record: Any) -> Any:
    if field.kind == "texts":
        return {language: _text(getattr(record, f"{field.column}_{language}", "")) for language in LANGUAGES}
    if field.kind == "parts":
        return [stored_in(field.parts, None) for _ in range(2)]
    if field.kind == "records":
        return [WHOLE]
    value = getattr(record, field.column, None) if field.column and _is_set(field, record) else None
    if field.kind == "codes":
        return [code for code in str(value or "").split(";") if code]
    return _as_typed(value)


def _is_set(field: Field, record: Any) -> bool:
    """A reference that a new record lacks raises instead of giving None."""
    return not field.refers or getattr(record, f"{field.column}_id", None) is not None


def _as_typed(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Record):
        return str(getattr(value, "code", value.pk))
    return _text(str(value))


@dataclass(frozen=True)
class Given:
    """What an action is called with, and what stands in its way."""

    arguments: dict[str, Any]
    findings: tuple[Finding, ...]
    changes: bool


def read(form: Form, fields: Sequence[Field], typed: Typed, before: Typed | None, subject: Any, by: Account) -> Given:
    """The arguments of the action. `before`: what the record to correct says; only what differs is passed on.

    An amended due date, say, is a person's from then on, so a form that repeats it must not pass for an amendment.
    """
    reader = _Reader(form.makes, subject, by)
    arguments: dict[str, Any] = {"by": by, **{group: {} for group in form.groups}}
    if form.on:
        arguments[form.on] = subject
    changes = False
    for field in fields:
        changed = before is None or typed[field.name] != before.get(field.name)
        changes |= changed and field.name != WHY
        value = reader.value(field, typed[field.name], field.name)
        if not field.into:
            arguments["reason" if field.name == WHY else field.name] = value
        elif field.name == field.into:
            arguments[field.into] = {language: text for language, text in value.items() if text}
        elif changed:
            was = before.get(field.name) if before is not None else None
            arguments[field.into].update(_cells(field, value, was))
    if form.country:
        place = arguments if form.country == "own" else arguments[form.country]
        place["country"] = settings.COUNTRY
    if not reader.findings and form.shape:
        arguments = form.shape(arguments)
    return Given(arguments, tuple(reader.findings), changes)


def _cells(field: Field, value: Any, was: Any) -> Mapping[str, object]:
    """Columns of a group; of a new record what is empty is left to the record's own defaults."""
    if field.kind == "texts":
        before = was or dict.fromkeys(LANGUAGES, "")
        return {f"{field.name}_{k}": text for k, text in value.items() if text != before[k]}
    return {field.name: value} if was is not None or value not in ("", None) else {}


class _Reader:
    """Values of fields; what does not hold is collected under the name of its input."""

    def __init__(self, kind: str, subject: Any, by: Account) -> None:
        self.kind, self.subject, self.by = kind, subject, by
        self.findings: list[Finding] = []

    def value(self, field: Field, typed: Any, name: str) -> Any:
        """None where it does not hold."""
        for place, text in _texts(field, typed, name):
            if contains_personal_number(text):
                self.findings.append(problem(self.kind, "personal_number", place))
                return typed if field.kind == "texts" else None
            if looks_like_a_name(text):
                self.findings.append(problem(self.kind, "personal_name", place))
                return typed if field.kind == "texts" else None
        try:
            return self._value(field, typed, name)
        except CellRefused as refused:
            shown = typed[:120] if isinstance(typed, str) else ""
            self.findings.append(problem(self.kind, refused.rule, name, shown, None, **refused.more))
            return None

    def _value(self, field: Field, typed: Any, name: str) -> Any:
        if field.kind == "texts":
            if field.required and not typed["en"]:
                self.findings.append(problem(self.kind, "empty_cell", f"{name}_en"))
            return typed
        if field.kind == "parts":
            if not any(_is_filled(row) for row in typed):
                raise CellRefused("empty_cell")
            return [self._part(field, row, f"{name}-{number}-") for number, row in enumerate(typed) if _is_filled(row)]
        if field.kind == "records":
            return self._several(field, typed)
        if not typed:
            if field.required:
                raise CellRefused("empty_cell")
            return _nothing(field)
        return self._of_text(field, typed)

    def _part(self, field: Field, row: Typed, prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in field.parts:
            value = self.value(part, row[part.name], f"{prefix}{part.name}")
            if part.kind == "texts":
                found |= {f"{part.name}_{language}": text for language, text in (value or {}).items()}
            elif value not in ("", None):
                found[part.name] = value
        return found

    def _of_text(self, field: Field, text: Any) -> Any:
        if field.kind == "codes":
            return ";".join(text)
        if field.kind in ("choice", "body"):
            return self._choice(field, text)
        if field.kind == "record":
            return self._record(field, text)
        if field.kind == "date":
            return _date(text)
        if field.kind == "day":
            return Column(field.name, "date").parse(text)
        if field.kind in ("number", "whole"):
            return Column(field.name, "number" if field.kind == "number" else "whole").parse(text)
        return text == "1" if field.kind == "yes_no" else text

    def _choice(self, field: Field, code: str) -> Any:
        words = dict(field.codes)
        if code not in words:
            raise CellRefused("field_not_a_choice", choices=", ".join(list(words.values())[:12]))
        if field.kind == "body" or field.refers == PEOPLE:
            return Body.objects.get(code=code)
        return int(code) if field.whole else code

    def _record(self, field: Field, code: str) -> Any:
        found = one(KINDS[field.refers], self.by, code.partition(" · ")[0])
        if found is None or not _belongs(field, found, self.subject):
            raise CellRefused("record_not_found")
        return found

    def _several(self, field: Field, codes: list[str]) -> list[Record] | None:
        if WHOLE in codes or field.ask is None or field.ask.among is None:
            return None
        return list(field.ask.among(self.subject).filter(code__in=codes))


def _belongs(field: Field, record: Record, subject: Any) -> bool:
    among = field.ask.among if field.ask else None
    return among is None or subject is None or among(subject).filter(pk=record.pk).exists()


def _nothing(field: Field) -> Any:
    if field.kind == "yes_no":
        return False
    return None if field.kind in ("record", "number", "whole", "day") or field.refers or field.whole else ""


def _is_filled(row: Typed) -> bool:
    """Whether anything was typed into a part; an empty one is passed over."""
    return any(any(value.values()) if isinstance(value, dict) else value for value in row.values())


def _texts(field: Field, typed: Any, name: str) -> Iterator[tuple[str, str]]:
    """What was typed as free text, with the name of its input; twelve digits of an amount are no person's number."""
    if field.kind == "texts":
        yield from ((f"{name}_{language}", text) for language, text in typed.items())
    elif field.kind in ("line", "long", "date", "record") and field.column != "indicator":
        yield name, typed


def _date(text: str) -> str:
    """`2015-10`, `10.2015`, `30.10.2015`: as the registers write it; what is no date the record refuses."""
    match = _DAY.fullmatch(text)
    if not match:
        return text
    day, month, year = match.groups()
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def nearly(field: Field, by: Account, subject: Any, words: str, most: int) -> list[Record]:
    """Records that a wrong code may have meant: those with the words in code or title."""
    rows = found(KINDS[field.refers], by, words) if words else seen(KINDS[field.refers], by)
    among = field.ask.among if field.ask else None
    if among is not None and subject is not None:
        rows = rows.filter(pk__in=among(subject).order_by().values("pk"))
    return list(rows[:most])
