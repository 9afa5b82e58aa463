"""How a table of estimates reads in words: in a notebook, on a terminal, in the language of its reader."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.command_words import say
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.estimates import Estimates

FIRST: Final = 60
"""Rows that a notebook shows; a table of all indicators by ten breakdowns would fill it."""
REASONS: Final = 5
"""Reasons why something was not computed that a notebook shows."""
COLUMNS: Final = ("indicator", "group", "value", "interval", "n")
NUMBERS: Final = ' style="text-align: right; white-space: nowrap"'


class Notebook:
    """Shows a table with names instead of codes, small cells hidden or in parentheses: in a notebook and as text."""

    def text(self: Any, language: Language = "en") -> str:
        """The first rows as lines of a terminal, what the signs mean, and what a reader has to know."""
        from everychild.estimation.table_text import table_text

        width = shutil.get_terminal_size((100, 24)).columns
        return table_text(self, heading(self, language), language, width, first=FIRST, reasons=REASONS).rstrip("\n")

    def html(self: Any, language: Language = "en") -> str:
        """The same as a table of HTML."""
        return _html(self, language)

    def in_language(self: Any, language: Language) -> InLanguage:
        """The table as a notebook shows it in a language: `table.in_language("kk")` as the last line of a cell."""
        return InLanguage(self, language)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()


@dataclass(frozen=True, repr=False)
class InLanguage:
    """A table that shows itself in one language."""

    estimates: Estimates
    language: Language

    def __repr__(self) -> str:
        return self.estimates.text(self.language)

    def _repr_html_(self) -> str:
        return self.estimates.html(self.language)


def heading(estimates: Estimates, language: Language) -> str:
    """The title of the survey, with a warning where it is invented."""
    description = estimates.files.description
    title = description.title[language]
    return f"{title}\n{say('estimate.invented', language)}" if description.invented else title


def _html(estimates: Estimates, language: Language) -> str:
    from everychild.estimation.table_notes import not_computed, notes, signs

    rows = shown_rows(estimates)
    head = "".join(
        f"<th{NUMBERS if column in COLUMNS[2:] else ''}>{say(f'estimate.head.{column}', language)}</th>"
        for column in COLUMNS
    )
    body = "".join(_html_row(cells(estimates, row, language)) for row in rows.head(FIRST).iter_rows(named=True))
    below = [*signs(estimates, language), *notes(estimates, language)]
    if rows.height > FIRST:
        below.insert(0, say("estimate.more_rows", language, format_number(rows.height - FIRST, language)))
    left = not_computed(estimates, language, REASONS)
    foot = "".join(f"<p>{escape(note)}</p>" for note in below)
    if left:
        foot += f"<p>{escape(left[0])}</p><ul>{''.join(f'<li>{escape(reason)}</li>' for reason in left[1:])}</ul>"
    title = escape(heading(estimates, language).replace("\n", " – "))
    return (
        f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"
    )  # fmt: skip


def _html_row(row: list[str]) -> str:
    told = (f"<td{NUMBERS if at > 1 else ''}>{escape(cell)}</td>" for at, cell in enumerate(row))
    return f"<tr>{''.join(told)}</tr>"


def shown_rows(estimates: Estimates, *, hidden: bool = False) -> pl.DataFrame:
    """Rows that have a case, as they may be shown; `hidden=True` keeps the numbers of small cells."""
    return estimates.shown(hidden=hidden).filter(pl.col("n") > 0)


def cells(estimates: Estimates, row: dict[str, Any], language: Language) -> list[str]:
    """Indicator with its unit, group, value, interval and n of a row, in words. A cell with few cases stands in
    parentheses, one that is hidden is an asterisk: the signs of MICS reports."""
    return [
        f"{indicator_name(row['indicator'], language)}, {code_list('unit')[row['unit']].name[language]}",
        group_name(estimates, row, language),
        _value(row, language),
        _interval(row, language),
        format_number(row["n"], language),
    ]


def indicator_name(code: str, language: Language) -> str:
    known = catalogue().indicators.get(code)
    return known.name[language] if known is not None else code


def group_name(estimates: Estimates, row: dict[str, Any], language: Language) -> str:
    found = estimates.levels(row["indicator"], row["breakdown"], row["group"])
    return ", ".join(level.name[language] for level in found) or say("estimate.total", language)


def _value(row: dict[str, Any], language: Language) -> str:
    """A hidden cell is `(*)`; where the survey team asked to see it, its number has an asterisk."""
    if row["value"] is None:
        return "(*)" if row["status"] == "Q" and row["n"] else ""
    text = format_number(row["value"], language, _decimals(row))
    return {"U": f"({text})", "Q": f"{text}*"}.get(row["status"], text)


def _interval(row: dict[str, Any], language: Language) -> str:
    if row["lower"] is None:
        return ""
    limits = (format_number(row[end], language, _decimals(row)) for end in ("lower", "upper"))
    return " – ".join(limits)


def _decimals(row: dict[str, Any]) -> int:
    if row["unit"] == "count":
        return 0
    return 1 if row["unit"].startswith("percent") else 2
