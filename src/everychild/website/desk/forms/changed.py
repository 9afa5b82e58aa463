"""What somebody else has written to a record since a form was opened, and what of the form follows it."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from everychild.registers.audit.models import AuditEvent
from everychild.registers.records import Record, kind_of
from everychild.vocabulary.language import Language
from everychild.website.desk.forms.fields import Field
from everychild.website.desk.forms.reading import Typed, stored_in
from everychild.website.desk.forms.words import column_of
from everychild.website.desk.told import Cell, Names, column_word, value_word


def last_event(record: Record) -> int:
    """The number of the last event that touched a record; a form carries it beside the revision."""
    return _events(record, 0).order_by("-number").values_list("number", flat=True).first() or 0


def _events(record: Record, since: int) -> Any:
    return AuditEvent.objects.filter(touched__kind=kind_of(record), touched__key=record.key, number__gt=since)


def before(record: Record, since: int) -> Mapping[str, Any]:
    """Columns that changed after that event, as they were then."""
    found: dict[str, Any] = {}
    for event in _events(record, since).order_by("number"):
        for change in event.changes:
            if (change["kind"], change["key"]) == (kind_of(record), record.key) and change["before"]:
                now = change["after"] or {}
                for name, value in change["before"].items():
                    if value != now.get(name):
                        found.setdefault(name, value)
    return found


def cells(record: Record, was: Mapping[str, Any], language: Language) -> list[Cell]:
    """Each changed column before and now, in words; who did it the trail says to those who may read it."""
    kind, now = kind_of(record), record.values()
    change = {"kind": kind, "before": dict(was), "after": {name: now.get(name) for name in was}}
    names = Names([change], language)
    return [
        Cell(column_word(kind, name, language), value_word(kind, name, value, language, names),
             value_word(kind, name, now.get(name), language, names))
        for name, value in was.items() if value != now.get(name)
    ]  # fmt: skip


def merged(
    fields: Sequence[Field], typed: Typed, record: Record, was: Mapping[str, Any]
) -> tuple[Typed, dict[str, str]]:
    """What to show: fields that the person left alone follow the other's change; of those that both have changed, what
    she typed stays, and what stands in the register is told beside it."""
    then = copy.copy(record)
    for name, value in was.items():
        column = column_of(kind_of(record), name)
        if column is not None:
            setattr(then, column.attname, column.to_python(value))
    first, now = stored_in(fields, then), stored_in(fields, record)
    shown, beside = dict(typed), {}
    for field in fields:
        if not field.column or first[field.name] == now[field.name]:
            continue
        if typed[field.name] == first[field.name]:
            shown[field.name] = now[field.name]
        elif typed[field.name] != now[field.name]:
            beside[field.name] = _words(now[field.name])
    return shown, beside


def _words(typed: Any) -> str:
    if isinstance(typed, dict):
        return " · ".join(f"{language}: {text}" for language, text in typed.items() if text)
    return "; ".join(typed) if isinstance(typed, list) else str(typed)
