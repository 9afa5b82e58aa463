"""How a table of estimates shows itself in a notebook and on a terminal."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.estimates import Estimates

FIRST = 60


INVENTED: dict[Language, str] = {
    "en": "INVENTED DATA: no real country or person",
    "ru": "ВЫМЫШЛЕННЫЕ ДАННЫЕ: не о реальной стране и не о реальных людях",
    "kk": "ОЙДАН ШЫҒАРЫЛҒАН ДЕРЕК: нақты ел де, нақты адам да емес",
}
TITLES = ("Indicator", "Group", "Value", "95 % interval", "n")


class Notebook:
    """Shows a table with names instead of codes, small cells hidden or in parentheses: in a notebook and as text."""

    def _heading(self: Any) -> str:
        description = self.files.description
        title: str = description.title["en"]
        return f"{title} – {INVENTED['en']}" if description.invented else title

    def _first(self: Any) -> tuple[list[list[str]], int]:
        """Cells of the first rows, and how many rows follow them."""
        rows: pl.DataFrame = self.shown()
        return [cells(self, row, "en") for row in rows.head(FIRST).iter_rows(named=True)], max(rows.height - FIRST, 0)

    def __repr__(self) -> str:
        shown, more = self._first()
        lines = [list(TITLES), *shown]
        widths = [max(len(line[i]) for line in lines) for i in range(len(TITLES))]
        text = [
            "  ".join(c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
            for line in lines
        ]
        return "\n".join([self._heading(), *text, *([f"… and {more} more rows"] if more else [])])

    def _repr_html_(self) -> str:
        shown, more = self._first()
        head = "".join(f"<th>{title}</th>" for title in TITLES)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in shown)
        tail = f"<p>… and {more} more rows</p>" if more else ""
        caption = f"<caption>{escape(self._heading())}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{tail}"


def cells(estimates: Estimates, row: dict[str, Any], language: Language) -> list[str]:
    """Indicator, group, value, interval and n of a row, in words. A cell with few cases stands in parentheses, one
    that is hidden is an asterisk: the signs of MICS reports."""
    return [
        indicator_name(row["indicator"], language),
        group_name(estimates, row, language),
        _value(row, language),
        _interval(row, language),
        format_number(row["n"], language),
    ]


def indicator_name(code: str, language: Language) -> str:
    known = catalogue().indicators.get(code)
    return known.name[language] if known is not None else code


TOTAL: dict[Language, str] = {"en": "Total", "ru": "Всего", "kk": "Барлығы"}


def group_name(estimates: Estimates, row: dict[str, Any], language: Language) -> str:
    found = estimates.levels(row["indicator"], row["breakdown"], row["group"])
    return ", ".join(level.name[language] for level in found) or TOTAL[language]


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
    return 1 if row["unit"].startswith("percent") else 2
