"""What every chart shares: the words it needs, the states of a figure, and the table beside the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

State = Literal["value", "missing", "not_applicable", "suppressed"]
STATES: Final[tuple[State, ...]] = ("value", "missing", "not_applicable", "suppressed")
STATE_SIGNS: Final[dict[State, str]] = {"value": "", "missing": "—", "not_applicable": "∅", "suppressed": "▒"}
NumberFormat = Callable[[float], str]


@dataclass(frozen=True)
class Words:
    """The few fixed words of a chart in the reader's language."""

    value: str
    lower: str
    upper: str
    missing: str
    not_applicable: str
    suppressed: str
    unverified: str
    series_break: str
    no_data: str
    period: str
    area: str
    group: str
    series: str
    note: str

    def state(self, state: State) -> str:
        return {
            "value": self.value,
            "missing": self.missing,
            "not_applicable": self.not_applicable,
            "suppressed": self.suppressed,
        }[state]


@dataclass(frozen=True)
class Cell:
    """A cell of the table; with a link it leads to the figure's own page."""

    text: str
    href: str = ""
    number: bool = False


@dataclass(frozen=True)
class Table:
    """The same numbers as the picture."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Rendered:
    """A picture with its table."""

    svg: str
    table: Table
    title: str
    description: str


def table_html(table: Table, caption: str) -> str:
    """The table as HTML; the first cell of a row is its header."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.header)
    body = "".join(f"<tr>{''.join(_cell(c, first=not i) for i, c in enumerate(row))}</tr>" for row in table.rows)
    return (
        f'<div class="table-box" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(cell: Cell, *, first: bool) -> str:
    text = escape(cell.text)
    inner = f'<a class="fig" href="{escape(cell.href)}">{text}</a>' if cell.href else text
    if first:
        return f'<th scope="row">{inner}</th>'
    return f'<td class="num">{inner}</td>' if cell.number else f"<td>{inner}</td>"
