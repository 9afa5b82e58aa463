"""Tidy tables: one row is one figure, columns are named as in the observation schema (CSV with , ; or tab, or XLSX)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import CountryPack, country
from everychild.exchange.cells import PLAIN_COUNT, PLAIN_NUMBER, odd_numbers, shown_cell
from everychild.exchange.delimited import Block, Broken, open_delimited
from everychild.exchange.duplicates import Duplicates
from everychild.exchange.ledger import entries, finding, whole_ledger
from everychild.exchange.limits import MAX_FILE
from everychild.exchange.loaded import Loaded
from everychild.exchange.numerals import judge_number
from everychild.exchange.workbooks import read_workbook
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import DataRefused, Finding, findings_of
from everychild.vocabulary.observations import COLUMNS, NUMBERS, SCHEMA, Known, conform, validate
from everychild.vocabulary.periods import is_period, parse_period

REQUIRED: Final = ("indicator", "area", "period", "value")
UNSTATED: Final = "UNSTATED"
"""Source of figures whose file names none; such figures count as not verified."""
_UNSTATED_RECORD: Final = {
    "code": UNSTATED, "organisation": "not stated", "publication": "", "year": "", "licence": "not stated", "url": "",
}  # fmt: skip
_QUALITY_OF_RANK: Final = {10: "official", 20: "survey", 30: "un_estimate", 80: "seed_claim"}
_PLACE: Final = ("file", "row")
_OURS: Final = frozenset({"key", "release"})
"""Further columns of our own downloads, read past without a word."""
CODES_SHEET: Final = "everychild codes"
"""The sheet of codes in the template that bodies fill in: it holds no figures and is read past without a word."""
_TEXTS: Final = tuple(name for name, kind in SCHEMA.items() if kind is pl.String and name not in _PLACE)


@dataclass
class _Table:
    """An opened table whatever its format."""

    name: str
    header: Sequence[str]
    blocks: Iterator[Block]
    findings: list[Finding] = field(default_factory=list)
    sha256: str = ""
    empty_rows: int = 0


@dataclass
class _Collector:
    """Good and bad rows of all blocks. Texts are kept as categories: a million rows have a few hundred."""

    columns: Mapping[str, int]
    header: Sequence[str]
    good: list[pl.DataFrame] = field(default_factory=list)
    bad: list[pl.DataFrame] = field(default_factory=list)
    ledgers: list[pl.DataFrame] = field(default_factory=list)
    rows_read: int = 0


def load_tidy(path: Path, country_code: str, progress: Callable[[int], None]) -> Loaded:
    """Load a tidy table; `progress` is told the rows read so far.

    Raises DataRefused when the file cannot be read or no row of it holds.
    """
    pack = country(country_code)
    table = _open(path)
    columns = _columns(table)
    reader = _Reader(table.name, pack, columns)
    collected = _Collector(columns, table.header)
    for block in table.blocks:
        reader.take(block, collected)
        progress(collected.rows_read)
    return _finish(path, table, collected, pack)


def _finish(path: Path, table: _Table, collected: _Collector, pack: CountryPack) -> Loaded:
    good = _whole(collected.good)
    if table.empty_rows:
        table.findings.append(finding(table.name, "empty_rows", value=str(table.empty_rows)))
    unstated = int((good["source"] == UNSTATED).sum())
    if unstated:
        table.findings.append(finding(table.name, "source_unstated", column="source", value=str(unstated)))
    ledger = whole_ledger(table.findings, collected.ledgers)
    if good.is_empty():
        raise _refused(table.name, ledger)
    used = set(good["source"].unique())
    return Loaded(
        observations=good,
        set_aside=_set_aside(collected, ledger),
        ledger=ledger,
        inputs=[{"file": table.name, "sha256": table.sha256}],
        dataset=_dataset(path),
        title={"en": f"File {table.name}", "ru": f"Файл {table.name}", "kk": f"{table.name} файлы"},
        sources=[record for record in [*pack.source_records(), _UNSTATED_RECORD] if record["code"] in used],
        rows_read=collected.rows_read,
    )


def _refused(name: str, ledger: pl.DataFrame) -> DataRefused:
    return DataRefused([finding(name, "no_figures", value=name), *findings_of(ledger)])


def _whole(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """All good rows in the schema; a column of one value is written as that value once."""
    if not frames:
        return pl.DataFrame(schema=SCHEMA)
    joined = pl.concat(frames)
    columns: list[pl.Expr] = []
    for name, kind in SCHEMA.items():
        if kind is pl.String and joined[name].n_unique() == 1:
            columns.append(pl.lit(str(joined[name][0]), dtype=pl.String).alias(name))
        else:
            columns.append(pl.col(name).cast(kind))
    return joined.select(columns) if joined.height else pl.DataFrame(schema=SCHEMA)


def _set_aside(collected: _Collector, ledger: pl.DataFrame) -> pl.DataFrame:
    """Bad rows as they stood, with the codes of the rules they break."""
    names = [*_PLACE, "rules", *_raw_names(collected.header)]
    if not collected.bad:
        return pl.DataFrame(schema={name: pl.Int64 if name == "row" else pl.String for name in names})
    broken = ledger.filter((pl.col("severity") == "error") & pl.col("row").is_not_null())
    rules = broken.group_by("row").agg(pl.col("rule").unique().sort().str.join("|").alias("rules"))
    rows = pl.concat(collected.bad).join(rules, on="row", how="left", maintain_order="left")
    return rows.with_columns(pl.col("rules").fill_null("")).select(names).sort("row")


def _raw_names(header: Sequence[str]) -> list[str]:
    """Names for the raw cells that do not clash with ours or each other."""
    taken, names = {*_PLACE, "rules"}, []
    for number, name in enumerate(header, 1):
        plain = name or f"column {number}"
        while plain in taken:
            plain += " (file)"
        taken.add(plain)
        names.append(plain)
    return names


def _dataset(path: Path) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:40]
    return f"tidy-{slug}" if slug else "tidy-file"


# ---------------------------------------------------------------------- opening


def _open(path: Path) -> _Table:
    name = path.name
    try:
        if not path.is_file():
            raise DataRefused([finding(name, "file_unreadable", value=_why_no_file(path))])
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".xlsb"):
            return _open_workbook(path, name)
        return _open_text(path, name)
    except OSError as problem:
        raise DataRefused([finding(name, "file_unreadable", value=problem.strerror or str(problem))]) from problem


def _why_no_file(path: Path) -> str:
    return "is a folder" if path.is_dir() else "does not exist"


def _open_workbook(path: Path, name: str) -> _Table:
    sheet = read_workbook(path, name)
    further = [title for title in sheet.further_sheets if title != CODES_SHEET]
    found = [finding(name, "further_sheets", value=", ".join(further))] if further else []
    header = list(sheet.header)
    cells = sheet.cells
    while header and not header[-1] and (cells[str(len(header) - 1)].str.strip_chars() == "").all():
        header.pop()
        cells = cells.drop(str(len(header)))
    blocks = iter([Block(cells, sheet.rows, ())] if cells.height else [])
    return _Table(name, header, blocks, found, sheet.sha256, sheet.empty_rows)


def _open_text(path: Path, name: str) -> _Table:
    opened = open_delimited(path, name, frozenset(COLUMNS), MAX_FILE)
    table = _Table(name, opened.header, iter(()))

    def blocks() -> Iterator[Block]:
        yield from opened.blocks()
        table.sha256, table.empty_rows = opened.sha256, opened.empty_rows

    table.blocks = blocks()
    return table


def _columns(table: _Table) -> dict[str, int]:
    """Where each column of the schema stands; DataRefused when a needed one is missing or one stands twice."""
    names = [name.lower() for name in table.header]
    wrong = [finding(table.name, "missing_column", 1, name, name) for name in REQUIRED if name not in names]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    wrong += [finding(table.name, "repeated_column", 1, name, name) for name in repeated]
    if wrong:
        raise DataRefused(wrong)
    empty = names.count("")
    if empty:
        table.findings.append(finding(table.name, "empty_header", 1, value=str(empty)))
    for name in names:
        if name in _PLACE:
            table.findings.append(finding(table.name, "column_of_place", 1, name, name))
        elif name and name not in SCHEMA and name not in _OURS:
            table.findings.append(finding(table.name, "unknown_column", 1, name, name))
    return {name: i for i, name in enumerate(names) if name in SCHEMA and name not in _PLACE}


# ---------------------------------------------------------------------- rows


@dataclass
class _Reader:
    """Turns blocks of text cells into figures and set-aside rows."""

    name: str
    pack: CountryPack
    columns: Mapping[str, int]
    duplicates: Duplicates = field(default_factory=Duplicates)

    @cached_property
    def known(self) -> Known:
        return Known(catalogue().indicators, {*self.pack.sources, UNSTATED}, gazetteer())

    @cached_property
    def unit_of(self) -> Mapping[str, str]:
        return {code: indicator.unit for code, indicator in catalogue().indicators.items()}

    @cached_property
    def quality_of(self) -> Mapping[str, str]:
        return {code: _QUALITY_OF_RANK.get(s.rank, "unverified") for code, s in self.pack.sources.items()}

    def take(self, block: Block, into: _Collector) -> None:
        """Judge the rows of one block and add them to the collected ones."""
        into.rows_read += block.cells.height + len(block.broken)
        self._take_broken(block, into)
        raw = block.cells.with_columns(pl.lit(self.name).alias("file"), block.rows.alias("row"))
        texts = raw.select(
            [pl.col(str(i)).str.strip_chars(" \t\u00a0\ufeff").alias(name) for name, i in self.columns.items()]
            + [pl.col("file"), pl.col("row")]
        )
        wrong = self._numbers_wrong(texts) + self._stray_cells(raw, into.header)
        bad = _rows_of(wrong)
        figures = self._figures(_without(texts, bad))
        failures = _better_periods(self._failures(figures))
        kept, repeats, conflicts = self.duplicates.resolve(_without(figures, failures["row"]))
        bad = pl.concat([bad, failures["row"], repeats["row"]]).unique()
        into.ledgers += [frame for frame in (*wrong, failures, conflicts) if frame.height]
        into.good.append(kept.with_columns(pl.col(*_TEXTS, "file").cast(pl.Categorical)))
        if bad.len():
            into.bad.append(_named(raw.filter(pl.col("row").is_in(bad.implode())), into.header))

    def _failures(self, figures: pl.DataFrame) -> pl.DataFrame:
        """What the schema refuses, without what only follows: an unknown indicator has no unit, repeats come later."""
        found = validate(figures, self.known, repeats=False)
        if found.is_empty():
            return found
        follows = (pl.col("rule") == "unknown_code") & (pl.col("column") == "unit") & (pl.col("value") == "")
        unknown = found.filter(pl.col("rule") == "unknown_indicator")["row"].implode()
        return found.filter(~(follows & pl.col("row").is_in(unknown)))

    def _take_broken(self, block: Block, into: _Collector) -> None:
        if not block.broken:
            return
        into.ledgers.append(whole_ledger([_broken(self.name, b, len(into.header)) for b in block.broken], []))
        rows = [{"file": self.name, "row": b.row, _raw_names(into.header)[0]: b.text} for b in block.broken]
        schema = {"file": pl.String, "row": pl.Int64, **dict.fromkeys(_raw_names(into.header), pl.String)}
        into.bad.append(pl.DataFrame(rows, schema=schema).with_columns(pl.col(pl.String).fill_null("")))

    def _numbers_wrong(self, texts: pl.DataFrame) -> list[pl.DataFrame]:
        """Cells of number columns that hold no plain number."""
        found = []
        for name in NUMBERS:
            if name in texts.columns:
                found += odd_numbers(texts, name, PLAIN_COUNT if name == "n" else PLAIN_NUMBER)
        if "status" not in texts.columns:
            found.append(entries(texts.filter(pl.col("value") == ""), "empty_value", "value", pl.lit("")))
        return found

    def _stray_cells(self, raw: pl.DataFrame, header: Sequence[str]) -> list[pl.DataFrame]:
        """Cells with something in them under no name."""
        nameless = [str(i) for i, name in enumerate(header) if not name]
        return [
            entries(
                raw.filter(pl.col(i).str.strip_chars() != ""), "cells_without_header", str(int(i) + 1), shown_cell(i)
            )
            for i in nameless
        ]

    def _figures(self, texts: pl.DataFrame) -> pl.DataFrame:
        """The schema with what the file leaves out filled from the catalogue, the register and the gazetteer."""
        numbers = [pl.col(n).replace("", None).cast(SCHEMA[n]) for n in NUMBERS if n in texts.columns]
        empty = [pl.lit("").alias(n) for n in ("unit", "source", "quality", "area_version") if n not in texts.columns]
        frame = texts.with_columns(*numbers, *empty)
        frame = frame.with_columns(_or("source", pl.lit(UNSTATED)))
        frame = frame.with_columns(
            _or("unit", pl.col("indicator").replace_strict(self.unit_of, default="")),
            _or("quality", pl.col("source").replace_strict(self.quality_of, default="unverified")),
        )
        return conform(with_versions(frame))


def with_versions(frame: pl.DataFrame) -> pl.DataFrame:
    """Fill an empty `area_version` as the gazetteer says for the period."""
    areas = gazetteer()
    pairs = frame.filter(pl.col("area_version") == "").select("area", "period").unique()
    found = [
        (area, period, areas.version_for(area, parse_period(period)))
        for area, period in pairs.iter_rows()
        if area in areas and areas[area].has_changed and is_period(period)
    ]
    if not found:
        return frame
    schema = {"area": pl.String, "period": pl.String, "version": pl.String}
    versions = pl.DataFrame(found, schema=schema, orient="row")
    joined = frame.join(versions, on=["area", "period"], how="left", maintain_order="left")
    return joined.with_columns(_or("area_version", pl.col("version").fill_null(""))).drop("version")


def _or(column: str, otherwise: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(column) == "").then(otherwise).otherwise(pl.col(column)).alias(column)


def _rows_of(ledgers: Sequence[pl.DataFrame]) -> pl.Series:
    rows = [frame["row"] for frame in ledgers]
    return pl.concat(rows).unique() if rows else pl.Series("row", [], dtype=pl.Int64)


def _without(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    return frame if rows.is_empty() else frame.filter(~pl.col("row").is_in(rows.unique().implode()))


def _named(rows: pl.DataFrame, header: Sequence[str]) -> pl.DataFrame:
    names = _raw_names(header)
    return rows.select("file", "row", *[pl.col(str(i)).alias(name) for i, name in enumerate(names)])


def _broken(name: str, record: Broken, width: int) -> Finding:
    more = {"cells": str(record.cells), "expected": str(width)} if record.cells else {}
    return finding(name, record.rule, record.row, "", record.text, **more)


def _better_periods(failures: pl.DataFrame) -> pl.DataFrame:
    """A period such as `2O15` is a number with a letter; say so and what was meant."""
    bad = failures.filter(pl.col("rule") == "bad_period")
    if bad.is_empty():
        return failures
    meant = {text: judge_number(text) for text in bad["value"].unique()}
    better = {
        t: j.meant for t, j in meant.items() if j.rule in ("letter_in_number", "foreign_digits") and is_period(j.meant)
    }
    swapped = [
        entries(bad.filter(pl.col("value") == text), meant[text].rule, "period", pl.col("value"), {"meant": pl.lit(m)})
        for text, m in better.items()
    ]
    rest = failures.filter(~((pl.col("rule") == "bad_period") & pl.col("value").is_in(list(better))))
    return pl.concat([rest, *swapped])
