"""Comparison of releases, judged by a dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.releases.comparison import COLUMNS, WATCHED, Summary, compare, summary
from everychild.releases.content import canonical
from everychild.releases.store import Store
from everychild.vocabulary.observations import SCHEMA, conform
from tests.releases.made import figures, only_row, write

FIGURE = st.fixed_dictionaries(
    {
        "value": st.none() | st.sampled_from([0.0, 1.0, 2.5, -3.0]),
        "lower": st.none() | st.sampled_from([0.0, 1.0]),
        "unit": st.sampled_from(["percent", "persons"]),
        "status": st.sampled_from(["A", "O"]),
        "flag": st.sampled_from(["", "suspect"]),
        "note": st.sampled_from(["", "moved"]),
    }
)
SIDE = st.dictionaries(st.sampled_from([str(year) for year in range(2000, 2008)]), FIGURE)


def frame(side: dict[str, dict[str, Any]]) -> pl.DataFrame:
    rows = [
        {**row, "indicator": "u5mr", "area": "KAZ", "period": period, "source": "MADE"} for period, row in side.items()
    ]
    kinds = {name: kind for name, kind in SCHEMA.items() if not rows or name in rows[0]}
    return conform(pl.DataFrame(rows, schema=kinds))


def slow(first: pl.DataFrame, second: pl.DataFrame) -> list[dict[str, Any]]:
    a = {row["key"]: row for row in canonical(first).iter_rows(named=True)}
    b = {row["key"]: row for row in canonical(second).iter_rows(named=True)}
    found = []
    for key in sorted(a.keys() | b.keys()):
        left, right = a.get(key), b.get(key)
        changed = [c for c in WATCHED if left and right and left[c] != right[c]]
        if left and right and not changed:
            continue
        entry: dict[str, Any] = {"key": key, "columns": "|".join(changed), "difference": None, "ratio": None}
        entry["change"] = "changed" if left and right else "removed" if left else "added"
        for name in COLUMNS:
            if name.endswith(("_a", "_b")):
                side = left if name.endswith("_a") else right
                entry[name] = side[name[:-2]] if side else None
        x, y = entry["value_a"], entry["value_b"]
        if x is not None and y is not None and entry["unit_a"] == entry["unit_b"]:
            entry["difference"] = y - x
            entry["ratio"] = y / x if x else None
        found.append({name: entry[name] for name in COLUMNS})
    return found


@given(SIDE, SIDE)
@settings(max_examples=80, deadline=None)
def test_against_a_dictionary(first: dict[str, Any], second: dict[str, Any]) -> None:
    a, b = frame(first), frame(second)
    found = compare(a, b)
    assert found.to_dicts() == slow(a, b)
    assert compare(canonical(a), canonical(b)).equals(found)
    counts = summary(found, a.height)
    assert counts.removed + counts.changed + counts.unchanged == a.height
    assert counts.added + counts.changed + counts.unchanged == b.height


def test_a_moved_row_or_note_is_no_change() -> None:
    assert compare(figures(), figures(note="moved", row=9)).is_empty()


def test_units_that_differ_give_no_difference() -> None:
    row = only_row(compare(figures(1, value=5.0, unit="percent"), figures(1, value=500.0, unit="persons")))
    assert (row["difference"], row["ratio"], row["columns"]) == (None, None, "value|unit")


def test_releases_of_different_datasets_compare(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second = write(store), write(store, figures(5, shift=1), dataset="other")
    found = store.compare(first.release, second.release)
    assert summary(found, first.rows) == Summary(added=1, removed=0, changed=4, unchanged=0)
    assert found.columns == list(COLUMNS)
    assert found.filter(pl.col("key") == "mmr:KAZ:2001:MADE").row(0, named=True)["ratio"] == pytest.approx(2.0)
