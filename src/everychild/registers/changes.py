"""What a running action has changed so far. Outside an action there is nothing running, and nothing can be written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

Values = Mapping[str, object]
MAX_LISTED: Final = 1_000
"""Rows of one bulk load that the audit event repeats one by one; of more it keeps their number and checksum."""


@dataclass(frozen=True)
class Change:
    """One record before and after; None where it did not exist. `rows` > 1 is a bulk load of that many."""

    kind: str
    key: str
    before: Values | None
    after: Values | None

    def as_json(self) -> dict[str, object]:
        return {"kind": self.kind, "key": self.key, "before": self.before, "after": self.after}


@dataclass
class Changes:
    """Changes by record, in the order of their first touch."""

    by_record: dict[tuple[str, str], Change] = field(default_factory=dict)

    def add(self, kind: str, key: str, before: Values | None, after: Values | None) -> None:
        """A record that is written twice in one action keeps its first `before` and its last `after`."""
        earlier = self.by_record.get((kind, key))
        self.by_record[kind, key] = Change(kind, key, earlier.before if earlier else before, after)

    def add_many(self, kind: str, keys: Sequence[str], rows: Sequence[Values]) -> None:
        if len(rows) <= MAX_LISTED:
            for key, row in zip(keys, rows, strict=True):
                self.add(kind, key, None, row)
            return
        digest = hashlib.sha256(canonical(rows).encode()).hexdigest()
        summary = {"rows": len(rows), "first": keys[0], "last": keys[-1], "sha256": digest}
        self.add(kind, f"{keys[0]}…{keys[-1]}", None, summary)

    def effective(self) -> list[Change]:
        """Changes that changed something: a record amended and amended back is none."""
        return [change for change in self.by_record.values() if change.before != change.after]


def canonical(value: object) -> str:
    """JSON with one spelling for one value: sorted keys, no spaces. What is hashed is text, never a parsed value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class WriteOutsideAction(RuntimeError):  # noqa: N818 - what happened
    """Program code tried to write to a register without a named action: a mistake of the program, not of a person."""


_RUNNING: ContextVar[Changes | None] = ContextVar("running_action", default=None)


def running() -> Changes:
    """The changes of the action that runs. Raises WriteOutsideAction when none does."""
    changes = _RUNNING.get()
    if changes is None:
        raise WriteOutsideAction("registers are written by named actions only (docs/decisions/0005-registers.md)")
    return changes


@contextmanager
def collecting() -> Iterator[Changes]:
    """Raises RuntimeError inside another action: two events for one deed would tell two stories."""
    if _RUNNING.get() is not None:
        raise RuntimeError("an action never calls another; let both call the plain function they share")
    changes = Changes()
    token = _RUNNING.set(changes)
    try:
        yield changes
    finally:
        _RUNNING.reset(token)
