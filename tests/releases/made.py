"""Made observations and stores for the tests of releases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from everychild.releases.manifest import Manifest
from everychild.releases.store import Store
from everychild.vocabulary.findings import Finding, ledger
from everychild.vocabulary.observations import conform

INPUTS = [{"file": "made.csv", "sha256": "0" * 64}]
LEDGER = ledger([Finding("made.csv", 7, "value", "2O15", "not_finite")])


def figures(count: int = 4, shift: float = 0.0, **cells: object) -> pl.DataFrame:
    """`count` figures of two indicators over years from 2001 on; `cells` are the same in every row."""
    rows = [
        {
            "indicator": ("u5mr", "mmr")[number % 2],
            "area": "KAZ",
            "period": str(2001 + number // 2),
            "value": number + shift,
            "unit": "per_1000",
            "quality": "official",
            "source": "MADE",
            "file": "made.csv",
            "row": number + 2,
            **cells,
        }
        for number in range(count)
    ]
    return conform(pl.DataFrame(rows)) if rows else conform(pl.DataFrame(schema={"indicator": pl.String}))


def write(
    store: Store,
    observations: pl.DataFrame | None = None,
    *,
    dataset: str = "made",
    entries: pl.DataFrame = LEDGER,
    inputs: Sequence[dict[str, str]] = INPUTS,
    set_aside: pl.DataFrame | None = None,
) -> Manifest:
    return store.write(
        figures() if observations is None else observations,
        entries,
        dataset=dataset,
        country="KAZ",
        title={"en": "Made", "ru": "Выдумано", "kk": "Ойдан"},
        producer="tests",
        sources=[{"code": "MADE", "organisation": "Nobody", "publication": "Nothing", "licence": "", "url": ""}],
        inputs=inputs,
        by="tester",
        set_aside=set_aside,
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def only_row(frame: pl.DataFrame) -> dict[str, Any]:
    assert frame.height == 1
    return frame.row(0, named=True)
