"""Delimited text (CSV with comma, semicolon or tab) taken apart strictly and in bounded memory.

A general CSV reader repairs: short rows are filled up, an unclosed quote swallows the rest of the file, a wrong
encoding becomes question marks. Here every record is counted; one that does not hold is handed over whole as broken.
Blocks of some megabytes are split by polars; Python looks only at records that contain a quote (15 times slower).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from everychild.exchange.ledger import finding
from everychild.exchange.limits import BLOCK, MAX_LINE
from everychild.vocabulary.findings import DataRefused

SEPARATORS: Final = (",", ";", "\t")
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""First bytes of .xlsx (a zip) and of old .xls and encrypted .xlsx (OLE)."""


@dataclass(frozen=True)
class Broken:
    """A record that cannot be taken apart, whole."""

    row: int
    rule: str
    text: str
    cells: int = 0


@dataclass(frozen=True)
class Block:
    """Cells as text (columns `0`, `1`, …) with the number of each record, and the broken records between them."""

    cells: pl.DataFrame
    rows: pl.Series
    broken: tuple[Broken, ...]


@dataclass
class Delimited:
    """An opened file: `header` at once, records through `blocks()`, `sha256` when all blocks were read."""

    name: str
    header: list[str]
    separator: str
    rest: Iterator[str]
    digest: hashlib._Hash
    empty_rows: int = field(default=0)

    @property
    def sha256(self) -> str:
        return self.digest.hexdigest()

    def blocks(self) -> Iterator[Block]:
        """Blocks of records in the order of the file. Raises DataRefused at a place where the file stops being text."""
        row, pending = 2, None
        for text in self.rest:
            if pending is not None:
                block, row = self._block(pending, row, last=False)
                yield block
            pending = text
        if pending:
            yield self._block(pending, row, last=True)[0]

    def _block(self, text: str, first: int, *, last: bool) -> tuple[Block, int]:
        """Take one block apart; returns it and the number of the next record."""
        records = _without_plain_quotes(_records(text), self.separator) if '"' in text else _records(text)
        records = records.with_columns(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("row"))
        width = len(self.header)
        counts = pl.col("record").str.count_matches(self.separator, literal=True) + 1
        state = (
            pl.when(pl.col("record").str.strip_chars(f" {self.separator}\t\"") == "").then(pl.lit("empty"))
            .when(pl.col("record").str.contains("\0", literal=True)).then(pl.lit("nul_byte"))
            .when(pl.col("record").str.contains('"', literal=True)).then(pl.lit("quoted"))
            .when(counts == width).then(pl.lit("good"))
            .otherwise(pl.lit("wrong_cell_count"))
        )  # fmt: skip
        records = records.with_columns(state.alias("state"))
        parts = {str(key[0]): part for key, part in records.partition_by("state", as_dict=True).items()}
        if "empty" in parts:
            self.empty_rows += parts["empty"].height
        broken = [Broken(row, "nul_byte", text) for row, text in _pairs(parts, "nul_byte")]
        broken += [
            Broken(row, "wrong_cell_count", text, text.count(self.separator) + 1)
            for row, text in _pairs(parts, "wrong_cell_count")
        ]
        frames = [_split(parts["good"], self.separator, width)] if "good" in parts else []
        if "quoted" in parts:
            cells, failed = _unquote(parts["quoted"], self.separator, width)
            frames.append(cells)
            broken += failed
        cells = pl.concat(frames) if frames else _no_cells(width)
        if len(frames) > 1:
            cells = cells.sort("row")
        if last and broken:
            broken = _name_the_cut(broken, int(records["row"][-1]))
        return Block(
            cells.drop("row"), cells["row"], tuple(sorted(broken, key=lambda b: b.row))
        ), first + records.height


def _pairs(parts: dict[str, pl.DataFrame], state: str) -> list[tuple[int, str]]:
    """Number and text of the records in that state."""
    return [(row, text) for row, text in parts[state].select("row", "record").iter_rows()] if state in parts else []


def _no_cells(width: int) -> pl.DataFrame:
    return pl.DataFrame(schema={**{str(i): pl.String for i in range(width)}, "row": pl.Int64})


def _split(records: pl.DataFrame, separator: str, width: int) -> pl.DataFrame:
    """Records without quotes, all of the right number of cells: the fast parser cannot go wrong on them."""
    text = records["record"].str.join("\n")[0]
    cells = pl.read_csv(
        io.BytesIO(str(text).encode()),
        has_header=False,
        separator=separator,
        quote_char=None,
        infer_schema=False,
        new_columns=[str(i) for i in range(width)],
    )
    return cells.select(pl.all().fill_null("")).with_columns(records["row"].alias("row"))


def _unquote(records: pl.DataFrame, separator: str, width: int) -> tuple[pl.DataFrame, list[Broken]]:
    found: list[list[object]] = []
    broken: list[Broken] = []
    for text, row in records.select("record", "row").iter_rows():
        try:
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        except (csv.Error, StopIteration):
            broken.append(Broken(row, "unclosed_quote" if text.count('"') % 2 else "bad_quotes", text))
            continue
        if len(cells) == width:
            found.append([*cells, row])
        else:
            broken.append(Broken(row, "wrong_cell_count", text, len(cells)))
    schema = {**{str(i): pl.String for i in range(width)}, "row": pl.Int64}
    return pl.DataFrame(found, schema=schema, orient="row"), broken


def _records(text: str) -> pl.DataFrame:
    """Lines, joined where a quoted cell runs over the end of its line.

    A joined record is believed only when the quotes close again in the block; a quote that never closes stays in the
    record of its own line, and the lines behind it are read as if it were not there.
    """
    lines = pl.Series("record", [text]).str.split("\n").explode().to_frame()
    if '"' not in text:
        return lines
    quotes = pl.col("record").str.count_matches('"', literal=True)
    open_before = (quotes.cum_sum().shift(1, fill_value=0) % 2 == 1).alias("open")
    if text.count('"') % 2:
        last_odd = int(lines.select((quotes % 2 == 1).arg_true().last()).item())
        position = pl.int_range(pl.len())
        quotes = pl.when(position == last_odd).then(quotes - 1).otherwise(quotes)
        open_before = (quotes.cum_sum().shift(1, fill_value=0) % 2 == 1).alias("open")
    lines = lines.with_columns(open_before)
    if not lines["open"].any():
        return lines.drop("open")
    return (
        lines.group_by((~pl.col("open")).cum_sum().alias("number"), maintain_order=True)
        .agg(pl.col("record").str.join("\n"))
        .drop("number")
    )


def _without_plain_quotes(records: pl.DataFrame, separator: str) -> pl.DataFrame:
    """Take the quotes off records whose quoted cells hold neither quote, separator nor line end: most of them."""
    plain = f'(?:[^"{separator}\n]*|"[^"{separator}\n]*")'
    held = pl.col("record").str.contains(f"^{plain}(?:{separator}{plain})*$")
    bare = pl.col("record").str.replace_all('"', "", literal=True)
    return records.with_columns(pl.when(held).then(bare).otherwise("record").alias("record"))


def _name_the_cut(broken: list[Broken], last: int) -> list[Broken]:
    """A short last record is the mark of a file that was cut off."""
    return [Broken(b.row, "cut_row", b.text, b.cells) if b.row == last and b.rule in _CUT else b for b in broken]


_CUT: Final = frozenset({"wrong_cell_count", "unclosed_quote"})


def open_delimited(path: Path, name: str, known: Collection[str], limit: int) -> Delimited:
    """Open a text file and read its header; `known` are the column names (lower case) that tell the separator.

    Raises DataRefused for a file that is no text, is too large, is of another encoding or has no usable header; OSError
    when it cannot be read.
    """
    if path.stat().st_size > limit:
        raise DataRefused([finding(name, "file_too_large", value=str(path.stat().st_size), limit=str(limit))])
    digest = hashlib.sha256()
    stream = path.open("rb")
    texts = _texts(stream, name, digest)
    first = next(texts, "")
    head, _, rest = first.partition("\n")
    if not head.strip():
        raise DataRefused([finding(name, "empty_file")])
    separator = _separator(head, name, known)
    header = _cells_of(head, separator)
    if header is None:
        raise DataRefused([finding(name, "bad_quotes", 1, "", head)])
    return Delimited(name, header, separator, _chain(rest, texts), digest)


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _separator(head: str, name: str, known: Collection[str]) -> str:
    """The separator under which the header has the most names that we know; refused when none has one."""
    scores = {s: sum(cell.lower() in known for cell in _cells_of(head, s) or []) for s in SEPARATORS}
    best = max(scores, key=lambda s: scores[s])
    if not scores[best]:
        raise DataRefused([finding(name, "unknown_header", 1, "", head)])
    return best


def _cells_of(head: str, separator: str) -> list[str] | None:
    """Names of a header, or None when its quotes do not hold."""
    try:
        return [cell.strip() for cell in next(csv.reader([head], delimiter=separator, strict=True))]
    except (csv.Error, StopIteration):
        return None


def _texts(stream: BinaryIO, name: str, digest: hashlib._Hash) -> Iterator[str]:
    """The file as blocks of whole lines, decoded; lines longer than MAX_LINE are refused before they are read in."""
    with stream:
        carried, row, first = b"", 1, True
        while block := stream.read(BLOCK):
            digest.update(block)
            if first:
                block, first = _without_bom(block, name), False
            block = block.replace(b"\r\n", b"\n")
            if b"\n" not in block and b"\r" in block:
                block = block.replace(b"\r", b"\n")
            _refuse_long_lines(carried, block, name, row)
            cut = block.rfind(b"\n")
            if cut < 0:
                carried += block
                continue
            whole, carried = carried + block[:cut], block[cut + 1 :]
            whole, row_after = whole.removesuffix(b"\r"), row + whole.count(b"\n") + 1
            yield _decode(whole, name, row)
            row = row_after
        if carried:
            yield _decode(carried.removesuffix(b"\r"), name, row)


def _without_bom(block: bytes, name: str) -> bytes:
    if block.startswith(_UTF16_BOMS) or block[:4096].count(0) * 5 > len(block[:4096]):
        raise DataRefused([finding(name, "utf16")])
    if block.startswith(_WORKBOOKS):
        raise DataRefused([finding(name, "workbook_not_text")])
    return block.removeprefix(_UTF8_BOM)


def _refuse_long_lines(carried: bytes, block: bytes, name: str, row: int) -> None:
    """A line is longer than the limit exactly when some stretch of that length has no line end."""
    start = -len(carried)
    while True:
        end = block.find(b"\n", max(start, 0))
        stop = len(block) if end < 0 else end
        if stop - start > MAX_LINE:
            long = row + block[: max(start, 0)].count(b"\n")
            raise DataRefused([finding(name, "line_too_long", long, limit=str(MAX_LINE))])
        if end < 0 or len(block) - end <= MAX_LINE:
            return
        start = block.rfind(b"\n", end, end + MAX_LINE + 1) + 1


def _decode(block: bytes, name: str, row: int) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as problem:
        place = row + block[: problem.start].count(b"\n")
        line = block[block.rfind(b"\n", 0, problem.start) + 1 :].split(b"\n", 1)[0]
        rule = "windows_1251" if _is_windows_1251(block) else "wrong_encoding"
        text = line.decode("cp1251", errors="replace") if rule == "windows_1251" else line.decode(errors="replace")
        raise DataRefused([finding(name, rule, place, "", text)]) from problem


def _is_windows_1251(block: bytes) -> bool:
    """Bytes above 127 that stand in words of two letters and more of the Cyrillic half of the code page."""
    high = [byte for byte in block[:65536] if byte >= 128]
    letters = sum(byte >= 0xC0 or byte in (0xA8, 0xB8) for byte in high)
    return bool(high) and letters >= 0.8 * len(high)
