"""The journal: who wrote, published or withdrew what, when and why. Lines are only ever added.

A line comes before the step it speaks of (write-ahead), so nothing ever happens unrecorded. A process killed between
the two leaves a last line whose step never happened; it is told from the others by looking whether the step took
effect. Readers are shown such an event as `interrupted`, and the next writer adds a line that says so for good.
Only the last line can be in doubt: writers hold the lock, and each settles the line before its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from everychild.releases.storage import append_line

FIELDS: Final = ("at", "action", "release", "by", "reason")
STEPS: Final = ("write", "publish", "withdraw")
INTERRUPTED: Final = "interrupted"
TORN: Final = "torn"
_SHOWN: Final = 80

Event = dict[str, str]
TookEffect = Callable[[Mapping[str, str]], bool]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Journal:
    """The events of one data folder; `took_effect` tells whether the step of an event has happened.

    Call both methods with the lock of the folder held, or a step under way may be taken for an interrupted one.
    """

    def __init__(self, path: Path, took_effect: TookEffect) -> None:
        self.path = path
        self._took_effect = took_effect

    def announce(self, action: str, release: str, by: str, reason: str, at: str) -> None:
        """Record a step that is about to happen."""
        if action not in STEPS:
            raise ValueError(f"{action!r} is none of {', '.join(STEPS)}")
        last = self._lines()[-1:]
        if last and self._in_doubt(last[0]):
            self._append({**last[0], "at": now(), "action": INTERRUPTED, "of": last[0]["at"]})
        self._append({"at": at, "action": action, "release": release, "by": by, "reason": reason})

    def events(self) -> list[Event]:
        """Events from the oldest on, with FIELDS.

        A step that never happened has the action `interrupted` and what was meant in `meant`; a line torn by a kill
        has the action `torn` and its remains as the reason.
        """
        lines = self._lines()
        interrupted = {line["of"] for line in lines if line["action"] == INTERRUPTED and "of" in line}
        if lines and self._in_doubt(lines[-1]):
            interrupted.add(lines[-1]["at"])
        kept = [line for line in lines if line["action"] != INTERRUPTED]
        return [_interrupted(line) if line["at"] in interrupted and line["at"] else line for line in kept]

    def _in_doubt(self, line: Event) -> bool:
        return line["action"] in STEPS and not self._took_effect(line)

    def _append(self, event: Event) -> None:
        append_line(self.path, json.dumps(event, ensure_ascii=False).encode())

    def _lines(self) -> list[Event]:
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        return [_event(line) for line in lines if line.strip()]


def _event(line: bytes) -> Event:
    try:
        loaded: Any = json.loads(line)
    except ValueError:
        loaded = None
    if not isinstance(loaded, dict) or not set(FIELDS) <= set(loaded):
        remains = line[:_SHOWN].decode(errors="replace")
        return {"at": "", "action": TORN, "release": "", "by": "", "reason": remains}
    return {str(key): str(value) for key, value in loaded.items()}


def _interrupted(event: Event) -> Event:
    return {**event, "action": INTERRUPTED, "meant": event["action"]}
