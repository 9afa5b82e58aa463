"""The work on a table that was sent: its check, then its writing, in the request when small, else in a thread.

A thread of the worker and not a queue of jobs: an installation is one machine, and what breaks off is seen by its
silence (`looked_at.Look.silent`) and can be sent again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from django.db import connections

from everychild.registers.audit import queries as audit
from everychild.registers.people import queries as people
from everychild.registers.people.models import Account
from everychild.registers.refusals import Refused
from everychild.registers.voices import queries as voices
from everychild.website.desk import looked_at
from everychild.website.desk.looked_at import Look
from everychild.website.desk.table_kinds import TABLES, Checked, Chosen, Table

SMALL_FILE: Final = 100 * 1024
"""Bytes of a file that is checked within the request; about a second's work at most."""
SMALL_TABLE: Final = 500
"""Rows that are written within the request."""
PATIENCE: Final = 0.8
"""Seconds a request waits for the thread, so that most people never see a page of progress."""
TELL_EVERY: Final = 0.25


def chosen_of(table: Table, given: Mapping[str, str]) -> Chosen:
    """What stands in the form, as the actions take it. Raises ValueError for a body or poll that is gone."""
    body, poll = people.body(given.get("body", "")), voices.draft(given.get("poll", ""))
    if (table.asks == "body" and body is None) or (table.asks == "poll" and poll is None):
        raise ValueError("no such body or poll")
    mark: dict[str, object] = {}
    if table.marked:
        mark = {name: given[name] for name in ("source", "verified", "note")}
        mark["retrieved"] = date.fromisoformat(given["retrieved"])
    return Chosen(body if table.asks == "body" else None, poll if table.asks == "poll" else None, mark, given["reason"])


def begin_check(look: Look) -> Look:
    """Check a file that was received; returns its state as far as it is known in time."""
    small = look.path.stat().st_size <= SMALL_FILE
    return _run(look, _check, in_background=not small)


def begin_keeping(look: Look) -> Look:
    """Write a table that was checked. Only the first request that asks does it."""
    if not looked_at.take(look):
        return looked_at.read(look.token) or look
    keeping = looked_at.write(replace(look, stage="keeping", refused=()))
    return _run(keeping, _keep, in_background=look.rows > SMALL_TABLE)


def _run(look: Look, work: Callable[[Look], None], *, in_background: bool) -> Look:
    if in_background:
        thread = threading.Thread(target=_apart, args=(look, work), name=f"table-{look.token[:8]}", daemon=True)
        thread.start()
        thread.join(PATIENCE)
    else:
        _guarded(look, work)
    return looked_at.read(look.token) or look


def _apart(look: Look, work: Callable[[Look], None]) -> None:
    try:
        _guarded(look, work)
    finally:
        connections.close_all()


def _guarded(look: Look, work: Callable[[Look], None]) -> None:
    """A fault of ours must not leave somebody waiting: it is logged as any other, and the page says so."""
    try:
        work(look)
    except Exception:
        logging.getLogger(__name__).exception("table %s/%s", look.register, look.table)
        looked_at.forget_file(look)
        looked_at.write(replace(look, stage="failed"))


def _check(look: Look) -> None:
    checked = _checked(look)
    told = replace(look, stage="checked", rows=len(checked.rows), new=checked.compared.new,
                   changed=checked.compared.changed, unchanged=checked.compared.unchanged)  # fmt: skip
    told = told.with_findings(checked.findings)
    if checked.refused:
        looked_at.forget_file(look)
    looked_at.write(told)


def _checked(look: Look) -> Checked:
    table = TABLES[look.register, look.table]
    return table.check(look.path, look.name, chosen_of(table, look.given), _Teller(look))


class _Teller:
    """Writes how far the check is, a few times a second at most."""

    def __init__(self, look: Look) -> None:
        self._look, self._last = look, 0.0

    def __call__(self, done: int, of: int) -> None:
        if time.monotonic() - self._last >= TELL_EVERY:
            self._last = time.monotonic()
            looked_at.write(replace(self._look, done=done, of=of))


def _keep(look: Look) -> None:
    """Check once more, because the register may have changed since, and write; the action asks for the permission."""
    table = TABLES[look.register, look.table]
    account = Account.objects.get(pk=look.account)
    if not looked_at.is_whole(look):
        raise FileNotFoundError(look.path)
    checked = table.check(look.path, look.name, chosen_of(table, look.given), lambda done, of: None)
    if checked.refused:
        looked_at.forget_file(look)
        looked_at.write(replace(look, stage="checked").with_findings(checked.findings))
        return
    before = audit.last_number()
    try:
        written = table.keep(account, checked.rows, chosen_of(table, look.given))
    except Refused as refused:
        looked_at.write(replace(look, stage="checked", refused=tuple(refused.findings)))
        looked_at.give_back(look)
        return
    looked_at.forget_file(look)
    event = audit.event_since(before, account, table.action)
    looked_at.write(replace(look, stage="kept", written=written, event=event.number if event else 0))
