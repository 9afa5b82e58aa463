"""What every chart shares: the words it needs, the states of a figure, and the table beside the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Final, Literal, NamedTuple

State = Literal["value", "missing", "not_applicable", "suppressed", "few_cases"]
STATES: Final[tuple[State, ...]] = ("value", "missing", "not_applicable", "suppressed", "few_cases")
STATE_SIGNS: Final[dict[State, str]] = {
    "value": "", "missing": "—", "not_applicable": "∅", "suppressed": "▒", "few_cases": "(*)",
}  # fmt: skip
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
    few_cases: str
    unverified: str
    low_reliability: str
    series_break: str
    no_data: str
    period: str
    area: str
    group: str
    series: str
    note: str
    cases: str

    def state(self, state: State) -> str:
        return {
            "value": self.value,
            "missing": self.missing,
            "not_applicable": self.not_applicable,
            "suppressed": self.suppressed,
            "few_cases": self.few_cases,
        }[state]


def check_figure(
    where: str, value: float | None, lower: float | None, upper: float | None, state: State, text: str
) -> None:
    """A figure has a finite value and its words, or a state that says why not; never both, never neither."""
    if state not in STATES:
        raise ValueError(f"{where}: {state!r} is no state of a figure")
    if (value is None) == (state == "value"):
        raise ValueError(f"{where}: value {value!r} does not go with state {state!r}")
    if value is not None and not text:
        raise ValueError(f"{where}: value {value!r} has no words")
    for number in (value, lower, upper):
        if number is not None and not math.isfinite(number):
            raise ValueError(f"{where}: {number!r} is no number")
    if lower is not None and upper is not None and lower > upper:
        raise ValueError(f"{where}: interval from {lower!r} to {upper!r}")


class Cell(NamedTuple):
    """A cell of the table; with a link it leads to the figure's own page. A plain tuple: pages make thousands."""

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
    """A picture with its table, which is made when it is first asked for: of two drawings a page shows one table."""

    svg: str
    make_table: Callable[[], Table]
    title: str
    description: str

    @cached_property
    def table(self) -> Table:
        return self.make_table()


@dataclass(frozen=True)
class Point:
    """One figure in time. `x` is a decimal year; `breaks` says why the line must not come from the point before."""

    x: float
    period: str
    value: float | None
    text: str
    lower: float | None = None
    upper: float | None = None
    state: State = "value"
    mark: str = ""
    cases: str = ""
    href: str = ""
    breaks: str = ""
    joined: bool = True
    """False: the figure before it is too far away in time to be joined by a line."""

    def __post_init__(self) -> None:
        check_figure(self.period, self.value, self.lower, self.upper, self.state, self.text)


@dataclass(frozen=True)
class Series:
    """The figures of one source in order of time."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class LineChart:
    """`target` is a value with its words, drawn across the whole width."""

    title: str
    description: str
    unit: str
    series: Sequence[Series]
    words: Words
    format_number: NumberFormat
    target: tuple[float, str] | None = None


def filled(header: Sequence[str], rows: Sequence[Sequence[Cell]], always: int) -> Table:
    """A table without the columns beyond the first `always` in which no row says anything."""
    kept = [at for at in range(len(header)) if at < always or any(row[at].text for row in rows)]
    return Table([header[at] for at in kept], [[row[at] for at in kept] for row in rows])


def table_html(table: Table, caption: str) -> str:
    """The table as HTML; the first cell of a row is its header."""
    head = "".join(_head(text, table.rows[0][at] if table.rows else Cell("")) for at, text in enumerate(table.header))
    body = "".join(f"<tr>{''.join(_cell(c, first=not i) for i, c in enumerate(row))}</tr>" for row in table.rows)
    return (
        f'<div class="table-box" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(text: str, below: Cell) -> str:
    """The head of a column of numbers stands at the right as they do."""
    class_ = ' class="num"' if below.number else ""
    return f'<th scope="col"{class_}>{escape(text)}</th>'


def _cell(cell: Cell, *, first: bool) -> str:
    text = escape(cell.text)
    inner = f'<a class="fig" href="{escape(cell.href)}">{text}</a>' if cell.href else text
    if first:
        return f'<th scope="row">{inner}</th>'
    return f'<td class="num">{inner}</td>' if cell.number else f"<td>{inner}</td>"
