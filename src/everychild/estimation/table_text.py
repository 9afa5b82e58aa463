"""A table of estimates as lines of a terminal: every indicator under its own name, every group whole."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from everychild.estimation.presentation import COLUMNS, cells, shown_rows
from everychild.estimation.table_notes import not_computed, notes, signs
from everychild.vocabulary.command_words import say
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.estimates import Estimates

WIDEST: Final = 100
"""Longer lines of prose tire the eye; rows of a table may be longer."""
NARROWEST: Final = 16
"""Letters that the names of groups have at least, however narrow the terminal."""
BETWEEN: Final = "  "


def table_text(
    estimates: Estimates, title: str, language: Language, width: int, *, hidden: bool = False,
    first: int | None = None, reasons: int | None = None,
) -> str:  # fmt: skip
    """The title, the rows, and what stands below them, in lines of at most `width` letters.

    `first` and `reasons`: so many rows and reasons only; `hidden=True` shows the numbers of small cells.
    """
    rows = shown_rows(estimates, hidden=hidden)
    told = [cells(estimates, row, language) for row in rows.head(first or rows.height).iter_rows(named=True)]
    parts = ["\n".join(filled(line, width) for line in title.splitlines())]
    if told:
        parts.append("\n".join(_grid(told, language, width)))
    if first is not None and rows.height > first:
        more = format_number(rows.height - first, language)
        parts.append(say("estimate.more_rows", language, more))
    below = signs(estimates, language, hidden=hidden)
    parts.append(foot_text(estimates, language, width, hidden=hidden, above=below, reasons=reasons))
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def foot_text(
    estimates: Estimates, language: Language, width: int, *, hidden: bool = False, above: Sequence[str] = (),
    reasons: int | None = None,
) -> str:  # fmt: skip
    """What stands under the rows, after the lines of `above`; empty where there is nothing to say."""
    told = [*above, *notes(estimates, language, hidden=hidden)]
    parts = ["\n".join(filled(note, width) for note in told)] if told else []
    left = not_computed(estimates, language, reasons)
    if left:
        lines = [left[0], *(filled(reason, width, "  ", "    ") for reason in left[1:])]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n" if parts else ""


def filled(text: str, width: int, first: str = "", further: str = "  ") -> str:
    """Prose in lines; a path or an option that is longer than a line stays whole, to be copied."""
    return textwrap.fill(
        text, min(width, WIDEST), initial_indent=first, subsequent_indent=further, break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip


def _grid(rows: Sequence[list[str]], language: Language, width: int) -> list[str]:
    """Every indicator under its own name, because the longest names fill a line by themselves. The name of a group
    takes what its numbers leave of the line, and goes on in the next line where that is too little: cut names of
    crossed groups would read alike."""
    titles = [say(f"estimate.head.{column}", language) for column in COLUMNS[1:]]
    widths = [max(len(title), *(len(row[at]) for row in rows)) for at, title in enumerate(titles, start=1)]
    taken = sum(len(BETWEEN) + letters for letters in widths[1:])
    widths[0] = min(widths[0], max(width - taken - len(BETWEEN), NARROWEST))
    lines = [
        *_row(titles, widths),
        BETWEEN + BETWEEN.join("─" * letters for letters in widths),
    ]
    last = ""
    for indicator, *row in rows:
        if indicator != last:
            lines += [""] if last else []
            lines += filled(indicator, width).splitlines()
            last = indicator
        lines += _row(row, widths)
    return lines


def _row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The line of a group with its numbers, and the lines in which its name goes on."""
    name = textwrap.wrap(row[0], widths[0], subsequent_indent=BETWEEN, break_on_hyphens=False)
    numbers = [cell.rjust(letters) for cell, letters in zip(row[1:], widths[1:], strict=True)]
    whole = BETWEEN + BETWEEN.join([name[0].ljust(widths[0]), *numbers])
    return [whole.rstrip(), *(BETWEEN + line for line in name[1:])]
