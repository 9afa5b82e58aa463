"""Rules that look at one row of an Open SDG repository, in the words of its file.

Frames here hold the cells of all mapped files as text, one column a role (`area`, `sex`, `value` …), with `file` and
`row`; a rule returns ledger entries and decides nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from everychild.exchange.cells import odd_numbers, shown_cell
from everychild.exchange.ledger import entries
from everychild.exchange.mapping import BREAKDOWNS
from everychild.vocabulary.findings import empty_ledger
from everychild.vocabulary.periods import is_period

_NUMBER: Final = r"^-?[0-9]+([.,][0-9]+)?$"
Columns = Mapping[str, str]
"""Role → how the repository most often calls the column, for findings."""


def value_in_other_column(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """A number in a breakdown column while the figure is empty: 4.c.1.2 national (REF_AREA), 8.6.1 (SEX = 18.8)."""
    found = [empty_ledger()]
    for role in BREAKDOWNS:
        rows = cells.filter((pl.col("value") == "") & pl.col(role).str.contains(_NUMBER))
        found.append(entries(rows, "value_in_other_column", columns[role], pl.col(role)))
    return pl.concat(found)


def value_missing(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """An empty figure whose status does not say why."""
    rows = cells.filter((pl.col("value") == "") & ~pl.col("status").is_in(["O", "L", "M", "Q"]))
    return entries(rows, "empty_value", columns["value"], pl.lit(""))


def value_not_a_number(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """`12,5`, `2O15`, dashes, units: see numerals."""
    return pl.concat([empty_ledger(), *odd_numbers(cells, "value", named=columns["value"])])


def period_not_a_period(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """A year that is none."""
    bad = [text for text in cells["period"].unique() if not is_period(text)]
    return entries(cells.filter(pl.col("period").is_in(bad)), "bad_period", columns["period"], shown_cell("period"))


def code_in_other_column(cells: pl.DataFrame, columns: Columns, known: Callable[[str, str, str], bool]) -> pl.DataFrame:
    """A code of one breakdown in the column of another: 8.7.1 KZMAN 2020 has R (rural) under SEX."""
    found = [empty_ledger()]
    for role in BREAKDOWNS:
        for file, code in _unknown_cells(cells, role, known):
            other = next((r for r in BREAKDOWNS if r != role and known(r, file, code)), "")
            if other:
                rows = cells.filter((pl.col("file") == file) & (pl.col(role) == code))
                more = {"other": pl.lit(columns[other])}
                found.append(entries(rows, "code_in_other_column", columns[role], shown_cell(role), more))
    return pl.concat(found)


def unknown_code(cells: pl.DataFrame, columns: Columns, known: Callable[[str, str, str], bool]) -> pl.DataFrame:
    """A cell that no code table explains; without its meaning the row would pass for a total."""
    found = [empty_ledger()]
    for role in BREAKDOWNS:
        rule = "unknown_area" if role == "area" else "unknown_breakdown"
        for file, code in _unknown_cells(cells, role, known):
            if any(known(r, file, code) for r in BREAKDOWNS if r != role):
                continue
            rows = cells.filter((pl.col("file") == file) & (pl.col(role) == code))
            rows = rows.filter(~((pl.col("value") == "") & pl.col(role).str.contains(_NUMBER)))
            found.append(entries(rows, rule, columns[role], shown_cell(role)))
    return pl.concat(found)


def _unknown_cells(cells: pl.DataFrame, role: str, known: Callable[[str, str, str], bool]) -> list[tuple[str, str]]:
    pairs = cells.filter(pl.col(role) != "").select("file", role).unique(maintain_order=True)
    return [(file, code) for file, code in pairs.iter_rows() if not known(role, file, code)]


def stray_breakdown(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """A cell in a column that the mapping does not know: the row is of some group, but of which?"""
    rows = cells.filter(pl.col("stray") != "")
    head, cell = pl.col("stray").str.extract("^(.*?)=", 1), pl.col("stray").str.extract("=(?s)(.*)$", 1)
    found = entries(rows, "unknown_breakdown", "", cell)
    return found.with_columns(rows.select(head.fill_null("").alias("column"))["column"]) if rows.height else found


def ambiguous_series(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """A series code that stands for several indicators: SKILL_MATH of 4.1.1 is PISA, TIMSS and PIRLS."""
    rows = cells.filter(pl.col("matches") > 1)
    return entries(rows, "ambiguous_series", columns["series"], pl.col("series"), {"indicators": pl.col("candidates")})


def label_against_block(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Boys and girls labelled as another series than the total right above them, which then has no parts and they no
    total: 4.1.1, maths blocks of 2015 and 2018 (SE_TOT_PRFL inside SKILL_MATH)."""
    same_place = [pl.col(c) == pl.col(c).shift(1) for c in ("file", "period", "area", "residence", "age")]
    starts = (~pl.all_horizontal(same_place)).fill_null(True) | (pl.col("sex") == "")
    blocks = cells.sort("file", "row", maintain_order=True).with_columns(starts.cum_sum().alias("block"))
    first = [
        pl.col("series").first().over("block").alias("head"),
        (pl.col("sex").first().over("block") == "").alias("led"),
    ]
    blocks = blocks.with_columns(first)
    key = ["file", "period", "area", "series"]
    totals = blocks.filter(pl.col("sex") == "").select(key).unique().with_columns(pl.lit(True).alias("has_total"))
    rows = blocks.join(totals, on=key, how="left", maintain_order="left").filter(
        pl.col("led") & (pl.col("sex") != "") & (pl.col("series") != pl.col("head")) & (pl.col("head") != "")
    )
    parts = blocks.filter(pl.col("sex") != "").select(*key[:3], pl.col("series").alias("head")).unique()
    lonely = rows.join(parts, on=[*key[:3], "head"], how="anti")
    orphans = (
        pl.concat([lonely, rows.filter(pl.col("has_total").is_null())]).unique(["file", "row"]).sort("file", "row")
    )
    return entries(orphans, "label_against_block", columns["series"], pl.col("series"), {"block": pl.col("head")})


def unknown_multiplier(cells: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """UNIT_MULT that would change the figures: 3 (thousands) fits only a unit in thousands; 0 and empty fit all."""
    thousands = pl.col("map_unit").str.starts_with("thousand")
    fits = pl.col("multiplier").is_in(["", "0"]) | ((pl.col("multiplier") == "3") & thousands)
    return entries(cells.filter(~fits), "unknown_multiplier", columns["multiplier"], pl.col("multiplier"),
                   {"unit": pl.col("map_unit")})  # fmt: skip
