"""A line of progress on standard error, only before a person's eyes, gone when the work is done."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final

OFTEN: Final = 0.1
"""Seconds between two drawings."""
BAR: Final = 24


class ProgressLine:
    """`with ProgressLine(steps) as line: line.step("women"); line.rows(1000)`."""

    def __init__(self, steps: int = 0) -> None:
        self.steps, self.done, self.label, self.count = steps, 0, "", 0
        self.drawn, self.last = False, 0.0
        self.seen = sys.stderr.isatty()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.drawn:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def step(self, label: str) -> None:
        """The next piece of work begins."""
        if label != self.label:
            self.done += 1 if self.label else 0
            self.label, self.count = label, 0
            self._draw(always=True)

    def rows(self, label: str, rows: int) -> None:
        """Further rows of a piece of work are done."""
        self.step(label)
        self.count += rows
        self._draw()

    def _draw(self, *, always: bool = False) -> None:
        now = time.monotonic()
        if not self.seen or (not always and now - self.last < OFTEN):
            return
        share = min(self.done / self.steps, 1.0) if self.steps else 0.0
        bar = "█" * round(share * BAR) + "░" * (BAR - round(share * BAR)) if self.steps else "…"
        rows = f" {self.count:,}" if self.count else ""
        sys.stderr.write(f"\r\033[K{bar} {self.label}{rows}")
        sys.stderr.flush()
        self.drawn, self.last = True, now
