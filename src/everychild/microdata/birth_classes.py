"""Classes of births and of women: breakdowns of the catalogue, of a layout, or any column with its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from typing import Final

import numpy as np
import polars as pl

from everychild.methods.mortality import Breakdown
from everychild.microdata.column_values import ColumnValues, Whole
from everychild.microdata.layouts import Classes, Code, Layout, Source
from everychild.microdata.reading import DataFile
from everychild.recipes.groups import FileBreakdown, Level, file_breakdowns
from everychild.recipes.sql import to_sql
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.observations import DIMENSIONS

CROSS: Final = ":"
MOST_CLASSES: Final = 200
UNSAFE: Final = str.maketrans({"=": "-", ";": ",", ":": "-"})


class UnknownClass(EverychildError):  # noqa: N818 - says what is the case
    """A breakdown that the file does not have, or that has too many values to be one."""


@dataclass(frozen=True, eq=False)
class Classified:
    """A breakdown of rows with what its classes are called: `levels[i]` are those of class i (two when crossed)."""

    breakdown: Breakdown
    levels: tuple[tuple[Level, ...], ...]


def columns_of(by: Sequence[str], layout: Layout, file: DataFile, part: str) -> list[str]:
    """The columns that breakdowns need. A name that stands for nothing is taken as a column, which may be absent."""
    return [column for code in by for single in code.split(CROSS) for column in _columns(single, layout, file, part)]


def _columns(code: str, layout: Layout, file: DataFile, part: str) -> Iterator[str]:
    own, shipped = layout.breakdowns.get(code), _shipped(layout, part).get(code)
    if own is not None:
        yield from own.columns
        for role in own.months or ():
            source = layout.part(part).get(role)
            if source is None:
                raise UnknownClass(f"{code} needs {role.replace('_', ' ')}, which the layout does not name for {part}")
            yield from source.columns
    elif shipped is not None:
        yield shipped.variable
    elif code.lower() in file.columns:
        yield code
    else:
        known = [*layout.breakdowns, *_shipped(layout, part), *file.columns.values()]
        near = get_close_matches(code, known, n=3, cutoff=0.6)
        named = ", ".join((*layout.breakdowns, *_shipped(layout, part))) or "none"
        raise UnknownClass(
            f"{file.path.name} has no column and no breakdown {code!r}"
            + (f"; did you mean {', '.join(near)}?" if near else f"; breakdowns are {named}, or any column")
        )


def classified(code: str, layout: Layout, values: ColumnValues, part: str) -> Classified:
    """The classes of a breakdown on the rows of a file. Raises UnknownClass for a column of more than 200 values."""
    singles = [_single(single, layout, values, part) for single in code.split(CROSS)]
    return singles[0] if len(singles) == 1 else _crossed(code, singles)


def _single(code: str, layout: Layout, values: ColumnValues, part: str) -> Classified:
    own, shipped = layout.breakdowns.get(code), _shipped(layout, part).get(code)
    if own is not None:
        return _of_layout(code, own, layout.part(part), values)
    if shipped is not None:
        return _of_catalogue(code, shipped, values)
    return _of_column(code, values)


def _shipped(layout: Layout, part: str) -> Mapping[str, FileBreakdown]:
    if part not in layout.groups:
        return {}
    return file_breakdowns(layout.groups["layout"], layout.groups[part])


def _of_catalogue(code: str, found: FileBreakdown, values: ColumnValues) -> Classified:
    column = values.series(found.variable)
    numbers = values.number(Source((found.variable,)))  # words instead of codes are a finding
    spelled = {found.variable: column.name}
    table = pl.DataFrame({column.name: pl.Series(numbers, nan_to_null=True)})
    level = table.select(pl.sql_expr(to_sql(found.code, spelled))).to_series().cast(pl.Int64).fill_null(0)
    return _classes(code, level.to_numpy() - 1, tuple((each,) for each in found.levels))


def _of_layout(code: str, own: Classes, sources: Mapping[str, Source], values: ColumnValues) -> Classified:
    if own.months is not None:
        later, earlier = (values.months(sources[name]) for name in own.months)
        return _ranges(code, own, later - earlier)
    if own.ranges:
        return _ranges(code, own, values.number(Source(own.columns)))
    if own.levels:
        return _levelled(code, own, values)
    if own.codes:
        return _coded(code, own, values)
    return _of_column(own.columns[0], values, code)


def _ranges(code: str, own: Classes, numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Classified:
    codes = np.full(numbers.size, -1, dtype=np.int64)
    for place, (_, low, high) in enumerate(own.ranges):
        codes[(numbers >= low) & (numbers <= high)] = place
    return _classes(code, codes, tuple((_other(code, label),) for label, _, _ in own.ranges))


def _coded(code: str, own: Classes, values: ColumnValues) -> Classified:
    dimension = code if own.dimension == "other" and code in DIMENSIONS else own.dimension
    names = list(dict.fromkeys(level for _, level in own.codes))
    codes = np.full(values.table.height, -1, dtype=np.int64)
    for value, level in own.codes:
        codes[values.equal(own.columns[0], (value,))] = names.index(level)
    return _classes(code, codes, tuple((_level(dimension, code, name),) for name in names))


def _levelled(code: str, own: Classes, values: ColumnValues) -> Classified:
    numbers = values.number(Source(own.columns))
    levels = tuple(dict.fromkeys(level for _, level in own.levels))
    codes = np.full(numbers.size, -1, dtype=np.int64)
    for value, level in own.levels:
        low, dash, high = value.partition("-")
        codes[(numbers >= float(low)) & (numbers <= float(high if dash else low))] = levels.index(level)
    return _classes(code, codes, tuple((level,) for level in levels))


def _level(dimension: str, code: str, name: str) -> Level:
    if dimension in DIMENSIONS and dimension != "age" and name in code_list(dimension):
        return Level(name, code_list(dimension)[name].name, dimension, name)
    return _other(code, name) if dimension == "other" else Level(name, _plain(name), dimension, name)


def _of_column(column: str, values: ColumnValues, code: str = "") -> Classified:
    """Values of a column in their order, under the labels of the file; declared missing codes are no class."""
    found = values.series(column)
    keys = values.key([column])
    distinct = keys.drop_nulls().unique()
    if len(distinct) > MOST_CLASSES:
        raise UnknownClass(f"{column} has {len(distinct):,} different values; a breakdown has at most {MOST_CLASSES}")
    ordered = sorted(distinct.to_list(), key=_order)
    labels = values.words(column).values
    shown = [_label(key, labels, found.dtype.is_numeric()) for key in ordered]
    place = {key: i for i, key in enumerate(ordered)}
    codes = (
        keys.replace_strict(place, default=-1, return_dtype=pl.Int64) if place else keys.is_null().cast(pl.Int64) - 2
    )
    name = code or column
    return _classes(name, codes.fill_null(-1).to_numpy(), tuple((_other(name.lower(), label),) for label in shown))


def _order(key: str) -> tuple[float, str]:
    try:
        return float(key), key
    except ValueError:
        return float("inf"), key


def _label(key: str, labels: Mapping[Code, str], numeric: bool) -> str:
    code: Code = float(key) if numeric else key
    return labels.get(code) or key


def _other(code: str, label: str) -> Level:
    pair = f"{code}={label.translate(UNSAFE).strip()}"
    known = code_list("other")
    return Level(label, known[pair].name if pair in known else _plain(label), "other", pair)


def _plain(text: str) -> LocalText:
    shown = text.strip() or "?"
    return LocalText(shown, shown, shown)


def _crossed(code: str, singles: Sequence[Classified]) -> Classified:
    shape = [len(each.levels) for each in singles]
    codes = np.zeros(singles[0].breakdown.codes.size, dtype=np.int64)
    outside = np.zeros(codes.size, dtype=np.bool_)
    for each, size in zip(singles, shape, strict=True):
        codes = codes * size + np.maximum(each.breakdown.codes, 0)
        outside |= each.breakdown.codes < 0
    codes[outside] = -1
    levels = tuple(tuple(level for part in parts for level in part) for parts in product(*(s.levels for s in singles)))
    return _classes(code, codes, levels)


def _classes(code: str, codes: Whole, levels: tuple[tuple[Level, ...], ...]) -> Classified:
    labels = tuple(", ".join(level.level for level in each) for each in levels)
    return Classified(Breakdown(code, labels, codes.astype(np.int64)), levels)
