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


class Notebook:
    """Gives `_repr_html_`: a small table with names instead of codes, small cells hidden or in parentheses."""

    def _repr_html_(self: Any) -> str:
        rows: pl.DataFrame = self.shown()
        head = "".join(f"<th>{title}</th>" for title in ("Indicator", "Group", "Value", "95 % interval", "n"))
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells(self, row, "en")) + "</tr>"
            for row in rows.head(FIRST).iter_rows(named=True)
        )
        more = rows.height - FIRST
        tail = f"<p>… and {more} more rows</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{tail}"


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
