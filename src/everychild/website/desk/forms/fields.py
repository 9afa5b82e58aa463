"""The fields of a form, from its declaration and the columns of the record it makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import models

from everychild.catalogue.catalogue import catalogue
from everychild.registers.dates import PartialDateField
from everychild.registers.people.models import Account, Body
from everychild.registers.people.queries import bodies
from everychild.registers.records import kind_of
from everychild.vocabulary.language import Language
from everychild.website.desk.forms.allowed import bodies_for
from everychild.website.desk.forms.declared import Ask, Asked, Form, Kind
from everychild.website.desk.forms.words import SEVERAL, Codes, codes_of, column_of, label_of
from everychild.website.texts import say

WHY: Final = "reason_given"
"""The reason that goes to the audit; columns of records are called `reason`, too."""
BODY: Final = "body"
PEOPLE: Final = "people.body"
LONGEST_REASON: Final = 500
HINTS: Final = {"date": "desk.fill.hint.date", "record": "desk.fill.hint.record"}
HINTS_OF: Final = {"unreviewed": "desk.fill.hint.unreviewed", "code": "desk.fill.hint.code",
                   "groups": "desk.fill.hint.list", "sdg_targets": "desk.fill.hint.list",
                   "low": "desk.fill.hint.share", "share": "desk.fill.hint.share", "high": "desk.fill.hint.share",
                   "to_code": "desk.fill.hint.node", "from_code": "desk.fill.hint.node"}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field. `into`: the parameter whose mapping takes it, "" when it is a parameter itself.

    `of`, `column`: the column it is like. `suggested`: values a person may type or choose. `whole`: a choice whose
    codes are whole numbers.
    """

    name: str
    into: str
    kind: Kind
    label: str
    required: bool
    of: str
    column: str
    hint: str = ""
    codes: Codes = ()
    suggested: Codes = ()
    longest: int | None = None
    whole: bool = False
    refers: str = ""
    ask: Ask | None = None
    parts: tuple[Field, ...] = ()


def fields_of(form: Form, account: Account) -> tuple[Field, ...]:
    """All fields, in the order of the declaration; the reason last."""
    language: Language = account.language  # type: ignore[assignment]
    found: list[Field] = []
    if form.for_a_body:
        own = tuple((body.code, body.name[language]) for body in bodies_for(account, form))
        found.append(Field(BODY, "", "body", say("desk.fill.body", language), True, form.makes, "", codes=own))
    found += [_field(asked, "", form.makes, language) for asked in form.own]
    for group, columns in form.groups.items():
        fields = [_field(asked, group, form.makes, language) for asked in columns]
        found += _with_unreviewed(fields, group, form.makes, language)
    if form.reason:
        why = say("desk.reason", language)
        hint = say("desk.fill.hint.reason", language)
        required = form.reason == "required"
        found.append(Field(WHY, "", "line", why, required, form.makes, "", hint, longest=LONGEST_REASON))
    return tuple(found)


def _with_unreviewed(fields: list[Field], group: str, of: str, language: Language) -> list[Field]:
    """After the last text of a group that a record takes: which languages no native speaker has read."""
    texts = [number for number, field in enumerate(fields) if field.kind == "texts" and field.name != group]
    if not texts:
        return fields
    after = texts[-1] + 1
    return [*fields[:after], _field("unreviewed", group, of, language), *fields[after:]]


def _field(asked: Asked, into: str, of: str, language: Language) -> Field:
    ask = Ask(asked) if isinstance(asked, str) else asked
    if ask.kind == "parts":
        inside = tuple(_field(part, "", ask.refers or of, language) for part in ask.parts)
        return Field(ask.name, into, "parts", say(ask.label, language), True, of, "", ask=ask, parts=inside)
    name = ask.column or ask.name
    column = column_of(of, name)
    field = _like(column, name, of, language) if ask.kind is None else _plain(ask.kind, of, name)
    hint = ask.hint or HINTS_OF.get(name) or HINTS.get(field.kind, "")
    return replace(
        field, name=ask.name, into=into, ask=ask,
        label=say(ask.label, language) if ask.label else label_of(of, _own_text(field, language), language),
        required=field.required if ask.required is None else ask.required,
        hint=say(hint, language) if hint else "",
        codes=_chosen(ask, field, language), refers=ask.refers or field.refers,
    )  # fmt: skip


def _own_text(field: Field, language: Language) -> str:
    """A text in three languages is called by its column in the reader's own."""
    return f"{field.column}_{language}" if field.kind == "texts" else field.column


def _plain(kind: Kind, of: str, name: str) -> Field:
    return Field(name, "", kind, "", False, of, name)


def _chosen(ask: Ask, field: Field, language: Language) -> Codes:
    if ask.words:
        return tuple((code, say(f"{ask.words}.{code}", language)) for code in ask.codes)
    return tuple(pair for pair in field.codes if not ask.codes or pair[0] in ask.codes)


def _like(column: models.Field[Any, Any] | None, name: str, of: str, language: Language) -> Field:
    """What a column asks for by itself."""
    if column is None:
        english = column_of(of, f"{name}_en")
        assert english is not None, f"{of} has no column {name}"
        return Field(name, "", "texts", "", not english.blank, of, name)
    codes = codes_of(of, name, language)
    unset = column.default is models.NOT_PROVIDED or isinstance(column, PartialDateField)
    required = not column.blank and (unset or bool(codes))
    field = Field(name, "", _kind(column), "", required, of, name, longest=getattr(column, "max_length", None))
    if isinstance(column, models.ForeignKey):
        model: Any = column.related_model
        if model is Body:
            own = tuple((body.code, body.name[language]) for body in bodies() if body.is_active)
            return replace(field, kind="choice", refers=PEOPLE, codes=own)
        return replace(field, refers=kind_of(model))
    if name in SEVERAL:
        return replace(field, kind="codes", codes=codes)
    if codes and not isinstance(column, models.BooleanField):
        return replace(field, kind="choice", codes=codes, whole=isinstance(column, models.IntegerField))
    if name == "indicator":
        known = tuple((code, one.name[language]) for code, one in catalogue().indicators.items())
        return replace(field, suggested=known)
    return field


def _kind(column: models.Field[Any, Any]) -> Kind:
    kinds: Iterator[tuple[type[models.Field[Any, Any]], Kind]] = iter((
        (models.ForeignKey, "record"), (PartialDateField, "date"), (models.DateField, "day"),
        (models.BooleanField, "yes_no"), (models.IntegerField, "whole"), (models.DecimalField, "number"),
        (models.TextField, "long"),
    ))  # fmt: skip
    return next((kind for base, kind in kinds if isinstance(column, base)), "line")
