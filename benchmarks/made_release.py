"""A release of one million made observations, for measuring pages; its values mean nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import country
from everychild.findings.builders import BUILDERS
from everychild.releases.reading import derive
from everychild.releases.store import Store
from everychild.vocabulary.areas import UNCLEAR, gazetteer
from everychild.vocabulary.findings import empty_ledger
from everychild.vocabulary.observations import conform

ROWS = 1_000_000
FIRST_YEAR, LAST_YEAR = 2008, 2024
SEXES, RESIDENCES = ("_T", "F", "M"), ("_T", "U", "R")


def made_observations(rows: int = ROWS) -> pl.DataFrame:
    """`rows` figures of indicators × areas × years × sex × residence, in the schema."""
    areas = gazetteer()
    codes = ["KAZ", *(a.code for a in areas if a.parent == "KAZ")]
    changed = [code for code in codes if areas[code].has_changed]
    frames = [
        pl.DataFrame({"indicator": list(catalogue().indicators)}),
        pl.DataFrame({"area": codes}),
        pl.DataFrame({"period": [str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]}),
        pl.DataFrame({"sex": SEXES}),
        pl.DataFrame({"residence": RESIDENCES}),
    ]
    crossed = frames[0]
    for frame in frames[1:]:
        crossed = crossed.join(frame, how="cross")
    number = pl.int_range(pl.len(), dtype=pl.Int64)
    return conform(
        crossed.head(rows).with_columns(
            (20 + (number * 7919 % 6007) / 100).alias("value"),
            pl.when(pl.col("area").is_in(changed)).then(pl.lit(UNCLEAR)).otherwise(pl.lit("")).alias("area_version"),
            pl.lit("percent").alias("unit"),
            pl.lit("official").alias("quality"),
            pl.lit("KAZSTAT_SDG").alias("source"),
            pl.lit("made.csv").alias("file"),
            (number + 2).alias("row"),
        )
    )


def publish_made(folder: Path, rows: int = ROWS) -> str:
    """Publish the made observations in a data folder with all findings; returns the release."""
    store = Store(folder)
    made = dict.fromkeys(("kk", "ru", "en"), "Made observations for measuring")
    manifest = store.write(
        made_observations(rows),
        empty_ledger(),
        dataset="made",
        country="KAZ",
        title=made,
        producer="benchmarks",
        sources=country("KAZ").source_records(),
        inputs=[],
        by="benchmarks",
    )
    store.publish(manifest.release, "benchmarks")
    derive(store, BUILDERS)
    return manifest.release
