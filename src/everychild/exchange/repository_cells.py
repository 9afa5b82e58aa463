"""Files of an Open SDG repository as one frame of texts: a column a role, with the indicator of each row."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from everychild.exchange import rules_files
from everychild.exchange.delimited import Broken, Delimited, open_delimited
from everychild.exchange.ledger import finding
from everychild.exchange.limits import MAX_REPOSITORY_FILE
from everychild.exchange.mapping import NOTHING, ROLES, Mapped, RepositoryMapping
from everychild.exchange.repository import Repository
from everychild.vocabulary.findings import DataRefused, Finding

_TEXTS: Final = dict.fromkeys(("file", *ROLES, "stray", "indicator", "map_unit", "candidates"), pl.String)
CELLS: Final = {**_TEXTS, "row": pl.Int64, "matches": pl.Int64}


@dataclass
class Read:
    """What was read from the files before any figure is made of it."""

    cells: list[pl.DataFrame] = field(default_factory=list)
    raw: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    broken: list[tuple[str, int]] = field(default_factory=list)
    ledgers: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0
    not_mapped: int = 0


@dataclass
class RepositoryReader:
    """Reads mapped files into `read`; findings go to the repository."""

    repository: Repository
    tables: RepositoryMapping
    read: Read = field(default_factory=Read)

    def read_file(self, path: Path) -> None:
        """Read a mapped file into cells; only count the rows of any other."""
        name = self.repository.name(path)
        wanted = [m for m in self.tables.files.get(name, ()) if m.indicator]
        if not wanted:
            rows = self.repository.count_rows(path)
            if rows:
                self._note(finding(name, "file_not_mapped", rows=str(rows)))
            return
        try:
            opened = open_delimited(path, name, self.tables.roles.keys(), MAX_REPOSITORY_FILE)
            errors = rules_files.header_errors(name, opened.header, self.tables.roles)
            if errors:
                raise DataRefused(errors)
            blocks = list(opened.blocks())
        except DataRefused as refused:
            self.repository.findings.extend(refused.findings)
            return
        except OSError as problem:
            self._note(finding(name, "file_unreadable", value=problem.strerror or str(problem)))
            return
        self.repository.inputs.append({"file": name, "sha256": opened.sha256})
        self._note(*rules_files.header_defects(name, opened.header))
        self._note(*rules_files.unit_absent(name, opened.header, self.tables.roles, (m.unit for m in wanted)))
        meta, fields = self.repository.metadata(name)
        units = {unit: frozenset(target.split("|")) for unit, target in self.tables.codes_of("unit", "").items()}
        self._note(*rules_files.unit_of_metadata(meta, fields, (m.unit for m in wanted), units))
        for block in blocks:
            raw = block.cells.with_columns(pl.all().str.strip_chars(" \t\u00a0\ufeff"), block.rows.alias("row"))
            self._keep(name, opened, raw, block.broken)
            self.read.cells.append(self._mapped(self._cells(name, opened.header, raw), raw, opened.header, wanted))

    def _note(self, *findings: Finding) -> None:
        self.repository.findings.extend(findings)

    def _keep(self, name: str, opened: Delimited, raw: pl.DataFrame, broken: tuple[Broken, ...]) -> None:
        """Remember rows as they stood, for those that will be set aside."""
        header = [column or f"column {i}" for i, column in enumerate(opened.header, 1)]
        for *cells, row in raw.iter_rows():
            self.read.raw[name, row] = dict(zip(header, cells, strict=True))
        for record in broken:
            self.read.raw[name, record.row] = {header[0]: record.text}
            self.read.broken.append((name, record.row))
            more = {"cells": str(record.cells), "expected": str(len(header))} if record.cells else {}
            self._note(finding(name, record.rule, record.row, "", record.text, **more))
        self.read.rows += raw.height + len(broken)

    def _cells(self, name: str, header: list[str], raw: pl.DataFrame) -> pl.DataFrame:
        """Columns of roles; what stands in columns without a role goes to `stray` as `column=cell`."""
        by_role: dict[str, list[str]] = {role: [] for role in ROLES}
        stray = []
        for i, column in enumerate(header):
            role = self.tables.roles.get(column.lower(), "")
            if role in by_role:
                by_role[role].append(str(i))
            elif role != NOTHING:
                label = column or f"column {i + 1}"
                filled = pl.concat_str(pl.lit(f"{label}="), pl.col(str(i)))
                stray.append(pl.when(pl.col(str(i)) != "").then(filled))
        roles = [
            (pl.concat_str([pl.col(i) for i in found]) if found else pl.lit("")).alias(role)
            for role, found in by_role.items()
        ]
        strays = pl.concat_str(stray, ignore_nulls=True) if stray else pl.lit("")
        return raw.select(pl.lit(name).alias("file"), pl.col("row"), *roles, strays.alias("stray"))

    def _mapped(self, cells: pl.DataFrame, raw: pl.DataFrame, header: list[str], wanted: list[Mapped]) -> pl.DataFrame:
        """Add the indicator of each row: how many rows of the mapping fit it, which, and the unit.

        Cells that chose the indicator (a level of education, a kind of spending) are no breakdowns of it any more.
        """
        both = cells.hstack(raw.drop("row").rename({str(i): f"cell {i}" for i in range(len(header))}))
        fits = list(zip(wanted, [_fits(m, wanted, header) for m in wanted], strict=True))
        codes = pl.concat_list([pl.when(fit).then(pl.lit(m.indicator)) for m, fit in fits]).list.drop_nulls()
        units = pl.coalesce([pl.when(fit).then(pl.lit(m.unit)) for m, fit in fits])
        chosen = {self.tables.roles.get(column.lower(), "") for m in wanted for column, _ in m.where}
        if any(m.series for m in wanted) and not _has_role(header, self.tables, "series"):
            chosen.add("composite")
        return both.with_columns(codes.list.unique(maintain_order=True).alias("codes")).select(
            *[
                pl.when(pl.col("codes").list.len() > 0).then(pl.lit("")).otherwise(pl.col(c)).alias(c)
                if c in chosen & {"education", "composite"} else pl.col(c)
                for c in cells.columns
            ],
            pl.col("codes").list.first().fill_null("").alias("indicator"),
            units.fill_null("").alias("map_unit"),
            pl.col("codes").list.join(", ").alias("candidates"),
            pl.col("codes").list.len().cast(pl.Int64).alias("matches"),
        ).select([pl.col(c).cast(kind) for c, kind in CELLS.items()])  # fmt: skip


def _has_role(header: list[str], tables: RepositoryMapping, role: str) -> bool:
    return any(tables.roles.get(column.lower()) == role for column in header)


def _fits(m: Mapped, wanted: list[Mapped], header: list[str]) -> pl.Expr:
    """Whether a row is of the series and the `where` of a mapping row.

    A mapping without a series takes every row of a file that has no series of interest, else only rows without one.
    """
    series = pl.when(pl.col("series") != "").then(pl.col("series")).otherwise(pl.col("composite"))
    if m.series:
        fit = series == m.series
    elif any(other.series for other in wanted):
        fit = pl.col("series") == ""
    else:
        fit = pl.lit(True)
    for column, code in m.where:
        fit = fit & (pl.col(f"cell {header.index(column)}") == code if column in header else pl.lit(code == ""))
    return fit
