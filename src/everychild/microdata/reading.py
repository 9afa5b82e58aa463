"""Data files of other programs as Polars frames, values as they stand: .sav, .zsav, .dta, .csv, .parquet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild.microdata.spss import BrokenFile, opened_with_codes_kept
from everychild.microdata.variables import MissingRange, VariableWords

SUFFIXES: Final = (".sav", ".zsav", ".dta", ".csv", ".parquet")
WORDS_KEY: Final = "everychild.variables"


@dataclass(frozen=True)
class DataFile:
    """One file of a survey: `frame` yields the rows in the order of the file; texts are stripped of blanks, numbers
    are as stored; `words` tell what the file itself says of its variables."""

    path: Path
    frame: pl.LazyFrame
    words: Mapping[str, VariableWords]

    @property
    def columns(self) -> Mapping[str, str]:
        """Lower-case name → name as the file spells it."""
        return {name.lower(): name for name in self.frame.collect_schema().names()}


def read_file(path: Path) -> DataFile:
    """Open a data file. Raises BrokenFile when it cannot be read as what its name says."""
    if not path.is_file():
        raise BrokenFile(path, "there is no such file")
    reader = {
        ".sav": _spss, ".zsav": _spss, ".dta": _stata, ".csv": _csv, ".parquet": _parquet,
    }.get(path.suffix.lower())  # fmt: skip
    if reader is None:
        raise BrokenFile(path, f"files of this kind are not read; known are {', '.join(SUFFIXES)}")
    try:
        return _plain(reader(path))
    except BrokenFile:
        raise
    except UnicodeDecodeError as problem:
        raise BrokenFile(path, f"the text is not in UTF-8 (byte {problem.start})") from problem
    except Exception as problem:  # the readers raise types of their own, and bare Exceptions from Rust
        raise BrokenFile(path, f"the file cannot be read: {_first_line(problem)}") from problem


def _plain(file: DataFile) -> DataFile:
    """Categories as texts, texts without blanks at the ends, columns that hold nothing as numbers."""
    schema = file.frame.collect_schema()
    mended = []
    for name, kind in schema.items():
        if isinstance(kind, pl.Categorical | pl.Enum | pl.String):
            mended.append(pl.col(name).cast(pl.String).str.strip_chars())
        elif isinstance(kind, pl.Null):
            mended.append(pl.col(name).cast(pl.Float64))
        elif isinstance(kind, pl.Boolean):
            mended.append(pl.col(name).cast(pl.Int8))
    return DataFile(file.path, file.frame.with_columns(mended) if mended else file.frame, file.words)


def _spss(path: Path) -> DataFile:
    from polars_readstat import ScanReadstat, scan_readstat

    readable, content = opened_with_codes_kept(path)
    told = ScanReadstat(str(path)).metadata
    frame = scan_readstat(str(readable), preserve_order=True, data=content)
    rows = told.get("row_count")
    if isinstance(rows, int) and rows >= 0:
        _whole(path, frame, rows)
    return DataFile(path, frame, {v["name"]: _spss_words(v) for v in told["variables"]})


def _whole(path: Path, frame: pl.LazyFrame, rows: int) -> None:
    """A file that was cut off has fewer rows than its header says; some readers say nothing."""
    first = frame.collect_schema().names()[0]
    found = frame.select(first).collect().height
    if found != rows:
        raise BrokenFile(path, f"the file is cut off: its header announces {rows} rows, and {found} are there")


def _spss_words(told: Mapping[str, Any]) -> VariableWords:
    numeric = told["type"] == "Numeric"
    values = {_code(code, numeric): label for code, label in (told.get("value_labels") or {}).items()}
    doubles = list(told.get("missing_doubles") or ())
    if told.get("missing_range") and len(doubles) >= 2:
        low, high, *single = doubles
        return VariableWords(told.get("label") or "", values, tuple(single), MissingRange(low, high))
    texts = tuple(text.strip() for text in told.get("missing_strings") or ())
    return VariableWords(told.get("label") or "", values, (*doubles, *texts))


def _stata(path: Path) -> DataFile:
    from polars_readstat import ScanReadstat, scan_readstat

    told = ScanReadstat(str(path)).metadata
    frame = scan_readstat(str(path), preserve_order=True)
    words = {}
    for v in told["variables"]:
        labels = v.get("value_labels") or {}
        words[v["name"]] = VariableWords(v.get("label") or "", {_code(c, True): text for c, text in labels.items()})
    return DataFile(path, frame, words)


def _csv(path: Path) -> DataFile:
    """Comma-separated UTF-8; types are told from all rows, not the first ones, since a rare code may stand last."""
    path.read_bytes()[:1_000_000].decode("utf-8", errors="strict")
    frame = pl.scan_csv(path, infer_schema_length=None)
    empty = frame.select(pl.all().is_not_null().any()).collect().row(0)
    schema = frame.collect_schema()
    nothing = [name for name, some in zip(schema.names(), empty, strict=True) if not some]
    return DataFile(path, frame.with_columns(pl.col(nothing).cast(pl.Float64)) if nothing else frame, {})


def _parquet(path: Path) -> DataFile:
    from everychild.microdata.dictionary import words_from_json

    kept = pl.read_parquet_metadata(path).get(WORDS_KEY)
    return DataFile(path, pl.scan_parquet(path), words_from_json(kept) if kept else {})


def _code(text: object, numeric: bool) -> float | str:
    return float(str(text)) if numeric else str(text).strip()


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]
