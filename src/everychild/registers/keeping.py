"""Plain functions that actions share: take over given values, bring a table up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from everychild.registers.records import Record, kind_of
from everychild.registers.refusals import Refused, problem
from everychild.vocabulary.language import LANGUAGES

Kept = TypeVar("Kept", bound=Record)


def assign(record: Record, values: Mapping[str, object], allowed: Collection[str]) -> None:
    """Set the attributes of a record; `title` in `allowed` stands for title_kk, title_ru and title_en, too.

    Raises Refused for one that may not be changed this way.
    """
    one_language = {f"{name}_{language}" for name in allowed for language in LANGUAGES}
    for name, value in values.items():
        if name not in allowed and name not in one_language and name != "unreviewed":
            raise Refused([problem(kind_of(record), "field_not_changed_here", name)])
        setattr(record, name, value)


def bring_up_to_date(
    model: type[Kept], rows: Iterable[Mapping[str, Any]], *, key: str = "code", leave: Collection[str] = ()
) -> int:
    """Save each row as the record of that key, new or changed; records whose keys (`Record.key`) are in `leave` stay.

    Called inside an action. Nothing is removed: what a pack no longer says may be cited. Returns how many were written.
    """
    stored = {getattr(record, key): record for record in model.objects.all()}
    written = 0
    for row in rows:
        record = stored.get(row[key]) or model()
        if record.key in leave:
            continue
        before = None if record._state.adding else record.values()
        for name, value in row.items():
            setattr(record, name, value)
        if record.values() != before:
            record.save()
            stored[row[key]] = record
            written += 1
    return written
