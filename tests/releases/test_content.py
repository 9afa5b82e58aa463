"""The content checksum and the canonical order, against slow versions that follow the definition word for word."""

from __future__ import annotations

import hashlib
import itertools
import math
import struct
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everychild.releases.content import ORDER, canonical, content_checksum, record_checksum
from everychild.vocabulary.findings import empty_ledger
from everychild.vocabulary.observations import SCHEMA
from tests.releases.made import LEDGER, figures

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "\\N", "a\nb", "\\", "1 a"]
)
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
KINDS = {pl.String: TEXT, pl.Float64: NUMBER, pl.Int64: st.none() | st.integers(-(2**63), 2**63 - 1)}
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROW = st.fixed_dictionaries({name: KINDS[kind] for name, kind in SCHEMA.items()})


@st.composite
def schema_frames(draw: st.DrawFn) -> pl.DataFrame:
    """Any rows of the schema whose keys differ (the number in `period` sees to that)."""
    rows = draw(st.lists(ROW, max_size=5))
    return pl.DataFrame([{**row, "period": str(at)} for at, row in enumerate(rows)], schema=SCHEMA)


def slow_cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, float):
        return str(struct.unpack("<Q", struct.pack("<d", value))[0])
    return str(value).replace("\\", "\\\\").replace("\n", "\\n")


def slow_checksum(frame: pl.DataFrame) -> str:
    lines = []
    for name in SCHEMA:
        lines.append(name)
        for cell, run in itertools.groupby(slow_cell(value) for value in frame[name].to_list()):
            lines.append(f"{len(list(run))} {cell}")
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


@given(schema_frames())
@settings(FEW)
def test_the_checksum_follows_its_definition(frame: pl.DataFrame) -> None:
    rows = canonical(frame)
    assert content_checksum(rows) == slow_checksum(rows)


def test_the_definition_never_changes() -> None:
    """Reference: computed by the slow version above on its first day; a change would break every stored release."""
    expected = slow_checksum(canonical(figures(3)))
    assert expected == "c16af4057bb4e662b52a52fc43365a9409286966a9f17bd4fef5d759b07390b6"
    assert content_checksum(canonical(figures(3))) == expected


@given(schema_frames(), st.randoms(use_true_random=False))
@settings(FEW)
def test_the_order_of_rows_does_not_matter(frame: pl.DataFrame, random: Any) -> None:
    order = list(range(frame.height))
    random.shuffle(order)
    assert content_checksum(canonical(frame[order])) == content_checksum(canonical(frame))


@given(schema_frames(), st.sampled_from(list(SCHEMA)), st.data())
@settings(FEW, max_examples=80)
def test_any_other_cell_is_other_content(frame: pl.DataFrame, column: str, data: st.DataObject) -> None:
    if not frame.height or column == "period":
        return
    row = data.draw(st.integers(0, frame.height - 1))
    value = data.draw(KINDS[SCHEMA[column]])
    cells = frame[column].to_list()
    changed = frame.with_columns(
        pl.Series(column, [value if at == row else cell for at, cell in enumerate(cells)], dtype=SCHEMA[column])
    )
    same = cells[row] == value
    assert (content_checksum(canonical(changed)) == content_checksum(canonical(frame))) == same


@given(schema_frames())
@settings(FEW)
def test_canonical_order_is_that_of_plain_tuples(frame: pl.DataFrame) -> None:
    rows = canonical(frame)
    keys = [tuple(text.encode() for text in row) for row in rows.select(ORDER).iter_rows()]
    assert keys == sorted(keys)


@pytest.mark.parametrize("cells", [[-0.0], [-0.0, 1.0], [None, 0.0, -0.0], [0.0, -0.0, None]])
def test_minus_zero_is_zero(cells: list[float | None]) -> None:
    rows = figures(len(cells)).with_columns(pl.Series("upper", cells, dtype=pl.Float64))
    plain = rows.with_columns(pl.Series("upper", [abs(cell) if cell else 0.0 if cell == 0 else cell for cell in cells]))
    found = canonical(rows)
    assert all(math.copysign(1, cell) == 1 for cell in found["upper"].drop_nulls())
    assert content_checksum(found) == slow_checksum(found) == content_checksum(canonical(plain))


@pytest.mark.parametrize("column", ["value", "lower", "upper", "se"])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused(column: str, number: float) -> None:
    with pytest.raises(ValueError, match=f"{column} is not a finite number"):
        canonical(figures(**{column: number}))


def test_null_texts_other_columns_and_repeated_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="note is null"):
        canonical(figures().with_columns(pl.lit(None, pl.String).alias("note")))
    with pytest.raises(ValueError, match="not of the schema"):
        canonical(figures().drop("note"))
    with pytest.raises(ValueError, match="not of the schema"):
        canonical(figures().select(pl.col("area"), pl.all().exclude("area")))
    with pytest.raises(ValueError, match="share the key u5mr:KAZ:2001:MADE"):
        canonical(pl.concat([figures(2), figures(1)]))


def test_the_record_counts_all_that_a_write_brings() -> None:
    aside = pl.DataFrame({"file": ["made.csv"], "value": [None]}, schema={"file": pl.String, "value": pl.String})
    records = [
        record_checksum("c", LEDGER, None, []),
        record_checksum("d", LEDGER, None, []),
        record_checksum("c", empty_ledger(), None, []),
        record_checksum("c", LEDGER, aside, []),
        record_checksum("c", LEDGER, aside.with_columns(pl.lit("").alias("value")), []),
        record_checksum("c", LEDGER, None, [{"file": "other.csv"}]),
    ]
    assert len(set(records)) == len(records)
    assert record_checksum("c", LEDGER, aside.clear(), []) == records[0]
    assert record_checksum("c", pl.concat([LEDGER, LEDGER]), None, []) != records[0]
