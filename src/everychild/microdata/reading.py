"""Data files of other programs as Polars frames, values as they stand: .sav, .zsav, .dta, .csv, .parquet."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild.microdata import spss_labels
from everychild.microdata.csv_rows import refuse_repeated, refuse_uneven, separator_of
from everychild.microdata.letters import KeptLetters, Letters, StataLetters, companion
from everychild.microdata.spss import BrokenFile, opened_with_codes_kept
from everychild.microdata.variables import MissingRange, VariableWords

SUFFIXES: Final = (".sav", ".zsav", ".dta", ".csv", ".parquet")
SIGNS_OF_AN_END: Final = ("failed to fill whole buffer", "unexpected end", "end of file", "out of specification")
"""What the readers of SPSS, Stata and Parquet files say of a file that was cut off."""
PIECE: Final = 1 << 20
WORDS_KEY: Final = "everychild.variables"
STATA_MISSING: Final = "MISSING_"


@dataclass(frozen=True)
class DataFile:
    """One file of a survey: `frame` yields the rows in the order of the file; texts are stripped of blanks, numbers
    are as stored; `words` tell what the file itself says of its variables."""

    path: Path
    frame: pl.LazyFrame
    words: Mapping[str, VariableWords]
    letters: Letters | None = None
    """Which of Stata's missing values stood where `frame` has none; None for files of other programs."""

    def with_letters(self, variables: Sequence[str]) -> pl.LazyFrame:
        """`frame` with the companions of variables (`letters.companion`) that a Stata file has."""
        return self.frame if self.letters is None else _mended(self.letters.beside(variables), self.path)

    @property
    def columns(self) -> Mapping[str, str]:
        """Lower-case name → name as the file spells it."""
        return {name.lower(): name for name in self.frame.collect_schema().names()}


def read_file(path: Path) -> DataFile:
    """Open a data file. Raises BrokenFile when it cannot be read as what its name says."""
    if path.is_dir():
        raise BrokenFile(path, "survey_file_is_folder", value=path.name)
    if not path.is_file():
        raise BrokenFile(path, "survey_file_not_found")
    reader = {
        ".sav": _spss, ".zsav": _spss, ".dta": _stata, ".csv": _csv, ".parquet": _parquet,
    }.get(path.suffix.lower())  # fmt: skip
    if reader is None:
        raise BrokenFile(path, "survey_file_kind", known=", ".join(SUFFIXES))
    if not path.stat().st_size:
        raise BrokenFile(path, "survey_file_empty")
    try:
        file = _plain(reader(path))
        _told_apart(path, file.frame.collect_schema().names())
        return file
    except BrokenFile:
        raise
    except Exception as problem:  # the readers raise types of their own, and bare Exceptions from Rust
        raise unreadable(path, problem) from problem


def unreadable(path: Path, problem: Exception) -> BrokenFile:
    """What a reader of another library said, as a finding. Such a reader meets the end of a file where it expects
    more, and says so in words of its own."""
    text = _first_line(problem)
    if any(sign in text.lower() for sign in SIGNS_OF_AN_END):
        return BrokenFile(path, "survey_file_cut_off_unseen", problem=text)
    return BrokenFile(path, "survey_file_broken", problem=text)


def _told_apart(path: Path, columns: list[str]) -> None:
    """Recipes do not look at the case of letters: of HAZ2 and haz2 they would read one, nobody knows which."""
    seen: dict[str, str] = {}
    for column in columns:
        first = seen.setdefault(column.lower(), column)
        if first != column:
            raise BrokenFile(path, "survey_columns_alike", value=column, first=first)


def _plain(file: DataFile) -> DataFile:
    """Categories as texts, texts without blanks at the ends, columns that hold nothing as numbers, and "no number" as
    missing: it is above every number for a comparison, and would count as "more than two"."""
    return replace(file, frame=_mended(file.frame, file.path))


def _mended(frame: pl.LazyFrame, path: Path) -> pl.LazyFrame:
    schema = frame.collect_schema()
    mended = []
    for name, kind in schema.items():
        if isinstance(kind, pl.Categorical | pl.Enum | pl.String):
            mended.append(pl.col(name).cast(pl.String).str.strip_chars())
        elif isinstance(kind, pl.Null):
            mended.append(pl.col(name).cast(pl.Float64))
        elif isinstance(kind, pl.Boolean):
            mended.append(pl.col(name).cast(pl.Int8))
        elif kind.is_float() and path.suffix.lower() in (".csv", ".parquet"):
            mended.append(pl.col(name).fill_nan(None))
    return frame.with_columns(mended) if mended else frame


def _spss(path: Path) -> DataFile:
    from polars_readstat import ScanReadstat, scan_readstat

    readable, content = opened_with_codes_kept(path)
    told = ScanReadstat(str(path)).metadata
    frame = scan_readstat(str(readable), preserve_order=True, data=content)
    rows = told.get("row_count")
    if isinstance(rows, int) and rows >= 0:
        _whole(path, frame, rows)
    variables = spss_labels.mended(path, told) if spss_labels.damaged(told) else told["variables"]
    return DataFile(path, frame, {v["name"]: _spss_words(v) for v in variables})


def _whole(path: Path, frame: pl.LazyFrame, rows: int) -> None:
    """A file that was cut off has fewer rows than its header says; some readers say nothing."""
    first = frame.collect_schema().names()[0]
    try:
        found = frame.select(first).collect().height
    except Exception as problem:
        raise unreadable(path, problem) from problem
    if found != rows:
        raise BrokenFile(path, "survey_file_cut_off", expected=rows, found=found)


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
        values = {_stata_code(code): text for code, text in labels.items()}
        words[v["name"]] = VariableWords(v.get("label") or "", values)
    return DataFile(path, frame, words, StataLetters(path))


def _stata_code(text: str) -> float | str:
    """A labelled code: a number, or `.a`, which the reader calls MISSING_a."""
    letter = text.removeprefix(STATA_MISSING)
    return float(text) if letter == text else f".{letter}"


def _csv(path: Path) -> DataFile:
    """UTF-8 with commas, or with semicolons as spreadsheets of countries with a decimal comma write them. Types are
    told from all rows, not the first ones, since a rare code may stand last."""
    separator = separator_of(path, _in_utf8(path))
    refuse_repeated(path, separator)
    refuse_uneven(path, separator)
    frame = pl.scan_csv(path, infer_schema_length=None, separator=separator)
    empty = frame.select(pl.all().is_not_null().any()).collect().row(0)
    schema = frame.collect_schema()
    nothing = [name for name, some in zip(schema.names(), empty, strict=True) if not some]
    return DataFile(path, frame.with_columns(pl.col(nothing).cast(pl.Float64)) if nothing else frame, {})


def _in_utf8(path: Path) -> str:
    """The first line of a text file; BrokenFile names the row of the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as content:
        try:
            while chunk := content.read(PIECE):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise _not_utf8(path) from None
        content.seek(0)
        return content.readline().decode("utf-8")


def _not_utf8(path: Path) -> BrokenFile:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as problem:
                byte = f"0x{line[problem.start]:02X}"
                return BrokenFile(path, "survey_file_encoding", number, byte, place=problem.start + 1)
    return BrokenFile(path, "survey_file_encoding")


def _parquet(path: Path) -> DataFile:
    from everychild.microdata.dictionary import words_from_json

    kept = pl.read_parquet_metadata(path).get(WORDS_KEY)
    if not kept:
        return DataFile(path, pl.scan_parquet(path), {})
    letters = KeptLetters(path)
    frame, held = pl.scan_parquet(path), letters.variables()
    return DataFile(path, frame.drop(map(companion, held)) if held else frame, words_from_json(kept), letters)


def _code(text: object, numeric: bool) -> float | str:
    return float(str(text)) if numeric else str(text).strip()


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]
