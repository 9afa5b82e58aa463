"""Events of the audit in words: which deed, to which record, and each column before and after."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.utils import timezone

from everychild.registers.audit.models import AuditEvent
from everychild.registers.columns import labels
from everychild.registers.people.models import SYSTEM
from everychild.registers.records import SECRET
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LANGUAGES, Language, LocalText, format_date
from everychild.website.texts import interface_texts, say

NOTHING: Final = "–"
UNSAID: Final = frozenset({"id", "revision"})
"""Columns that tell a reader nothing."""
_NAMES: Final = ("title", "name", "label", "duty", "text")
_PLAIN_NAMES: Final = ("code", "email", "number", "sent_name")
_LONGEST_NAME: Final = 100


@dataclass(frozen=True)
class Cell:
    """One column of a record in words, before and after."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class ToldChange:
    """What became of one record. `deed` is added, changed, removed or, of a bulk load, many."""

    kind: str
    key: str
    word: str
    name: str
    deed: str
    cells: tuple[Cell, ...]
    bulk: Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """An event for a page; `more` counts the records that are not repeated here."""

    event: AuditEvent
    words: str
    when: str
    who: str
    changes: tuple[ToldChange, ...]
    more: int


def tell(
    events: Iterable[AuditEvent], language: Language, most: int, longest: int = 0, only: tuple[str, str] | None = None
) -> list[Told]:
    """Each event with at most `most` of its records, or with the `only` one of that kind and key.

    Texts are cut after `longest` characters (0: never).
    """
    known = [(event, [c for c in event.changes if only in (None, (c["kind"], c["key"]))]) for event in events]
    names = Names([change for _, changes in known for change in changes[:most]], language)
    return [
        Told(
            event, action_word(event.action, language), moment(event.at, language),
            say("role.system", language) if event.account.email == SYSTEM else event.account.email,
            tuple(_told(change, language, names, longest) for change in changes[:most]),
            max(0, len(changes) - most),
        )
        for event, changes in known
    ]  # fmt: skip


def action_word(action: str, language: Language) -> str:
    return _word(f"desk.action.{action}", action, language)


def kind_word(kind: str, language: Language) -> str:
    return _word(f"desk.kind.{kind}", kind, language)


def _word(key: str, otherwise: str, language: Language) -> str:
    """A new action of a register is shown by its name until its words are written."""
    return say(key, language) if key in interface_texts() else otherwise


def moment(at: datetime, language: Language) -> str:
    try:
        local = timezone.localtime(at)
    except OverflowError:  # the last day of all calendars has no later hour elsewhere
        local = at
    return f"{format_date(local.date(), language)}, {local:%H:%M}"


def name_of(values: Mapping[str, Any], key: str, language: Language) -> str:
    """What the event itself calls the record: a removed one has no other name left."""
    titles = [values.get(f"{stem}_{k}") for stem in _NAMES for k in (language, *LANGUAGES)]
    found = next((str(v) for v in [*titles, *(values.get(n) for n in _PLAIN_NAMES)] if v), f"№ {key}")
    return found if len(found) <= _LONGEST_NAME else f"{found[:_LONGEST_NAME]}…"


class Names:
    """Names of the records that changes refer to, asked once for each kind."""

    def __init__(self, changes: Sequence[Mapping[str, Any]], language: Language) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for change in changes:
            for name, value in ((change["before"] or {}) | (change["after"] or {})).items():
                self._want(change["kind"], name, value, wanted)
            for name, value in (change["before"] or {}).items():
                self._want(change["kind"], name, value, wanted)
        self._names = {
            (model, record.pk): _called(record, language)
            for model, keys in wanted.items()
            for record in model._default_manager.filter(pk__in=keys)
        }

    def _want(self, kind: str, name: str, value: Any, wanted: dict[type[models.Model], set[Any]]) -> None:
        field = field_of(kind, name)
        if field is not None and field.related_model and value is not None:
            wanted[field.related_model].add(value)  # type: ignore[index]

    def of(self, model: Any, key: Any) -> str:
        return self._names.get((model, key), f"№ {key}")


def _called(record: Any, language: Language) -> str:
    text = getattr(record, "title", None) or getattr(record, "name", None)
    return text[language] if isinstance(text, LocalText) else str(record)


def field_of(kind: str, attname: str) -> models.Field[Any, Any] | None:
    """The column of a kind of record; None for one that a later version of the register no longer has."""
    try:
        model = apps.get_model(kind)
    except LookupError:
        return None
    return next((field for field in model._meta.concrete_fields if field.attname == attname), None)


def _told(change: Mapping[str, Any], language: Language, names: Names, longest: int) -> ToldChange:
    before, after = change["before"], change["after"]
    kind, key = change["kind"], change["key"]
    bulk = after if after and "sha256" in after and "rows" in after else {}
    deed = "many" if bulk else "added" if before is None else "removed" if after is None else "changed"
    cells = () if bulk else tuple(_cells(kind, before or {}, after or {}, language, names, longest))
    name = "" if bulk else name_of(after or before or {}, key, language)
    return ToldChange(kind, key, kind_word(kind, language), name, deed, cells, bulk)


def _cells(
    kind: str, before: Mapping[str, Any], after: Mapping[str, Any], language: Language, names: Names, longest: int
) -> Iterable[Cell]:
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if name in UNSAID or old == new or (old in (None, "") and new in (None, "")):
            continue
        texts = [value_word(kind, name, value, language, names) for value in (old, new)]
        yield Cell(column_word(kind, name, language), *(_cut(text, longest) for text in texts))


def _cut(text: str, longest: int) -> str:
    return text if not longest or len(text) <= longest else f"{text[:longest]}…"


def column_word(kind: str, attname: str, language: Language) -> str:
    """The label of a column: of its table's open file, else the desk's own word, else its name."""
    register, _, model = kind.partition(".")
    field = field_of(kind, attname)
    name = field.name if field is not None else attname
    if (own := f"desk.column.{kind}.{name}") in interface_texts():  # where an open file says it of published rows only
        return say(own, language)
    spellings = (name, f"{name}__code", f"{name}__email", f"{name}_code")
    found = [(table, text) for (table, column), text in _labels(register).items() if column in spellings]
    found.sort(key=lambda row: row[0].removesuffix("s") not in model)  # the record's own table first
    if found:
        return found[0][1][language]
    stem, _, last = name.rpartition("_")
    if stem and last in LANGUAGES and f"desk.column.{stem}" in interface_texts():
        return f"{say(f'desk.column.{stem}', language)} ({last})"
    return _word(f"desk.column.{name}", name, language)


def _labels(register: str) -> Mapping[tuple[str, str], Any]:
    try:
        return labels(register)
    except DefinitionError:  # a register without open files has no table of labels
        return {}


def value_word(kind: str, attname: str, value: Any, language: Language, names: Names) -> str:
    """A value as a reader says it; codes without a word stay as they are."""
    if value in (None, ""):
        return NOTHING
    if isinstance(value, bool):
        return say("desk.yes" if value else "desk.no", language)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    field, text = field_of(kind, attname), str(value)
    if text.startswith(SECRET):
        return say("desk.trail.secret", language)
    if field is None:
        return text
    if field.related_model:
        return names.of(field.related_model, value)
    if isinstance(field, models.DateTimeField):
        return moment(datetime.fromisoformat(text), language)
    if isinstance(field, models.DateField):
        return format_date(date.fromisoformat(text), language)
    words = (
        f"word.{field.name}.{text}",
        f"{field.name}.{text}",
        f"desk.{field.name}.{text}",
        f"{kind.rpartition('.')[2]}.{text}",
    )
    return next((say(word, language) for word in words if field.choices and word in interface_texts()), text)
