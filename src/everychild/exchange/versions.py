"""Which extent of a changed area a figure of a repository has: from the gazetteer, and from the regions beside it.

A file that publishes Jetisu for 2022 has Almaty region without it; a file of 2023 without Jetisu may have either.
"""

from __future__ import annotations

import polars as pl

from everychild.exchange.ledger import finding
from everychild.vocabulary.areas import UNCLEAR, Gazetteer
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.periods import Period, is_period, parse_period


def with_regional_versions(figures: pl.DataFrame, areas: Gazetteer) -> tuple[pl.DataFrame, list[Finding]]:
    """Fill `area_version`; the findings name the files whose new regions are absent (columns file, area, period)."""
    here = figures.select("file", "area", "period").unique(maintain_order=True)
    present: dict[tuple[str, str], set[str]] = {}
    for file, area, period in here.iter_rows():
        present.setdefault((file, period), set()).add(area)
    versions: list[tuple[str, str, str, str]] = []
    absent: dict[str, dict[str, set[str]]] = {}
    for file, area, period in here.iter_rows():
        if area not in areas or not areas[area].has_changed or not is_period(period):
            continue
        version, missing = _version(areas, area, parse_period(period), present[file, period])
        versions.append((file, area, period, version))
        for code in missing:
            absent.setdefault(file, {}).setdefault(code, set()).add(area)
    schema = {"file": pl.String, "area": pl.String, "period": pl.String, "version": pl.String}
    table = pl.DataFrame(versions, schema=schema, orient="row")
    joined = figures.join(table, on=["file", "area", "period"], how="left", maintain_order="left")
    filled = joined.with_columns(pl.col("version").fill_null("").alias("area_version")).drop("version")
    return filled, [_absent(areas, file, codes) for file, codes in absent.items()]


def _version(areas: Gazetteer, area: str, period: Period, beside: set[str]) -> tuple[str, set[str]]:
    """The extent, and the new regions that would have told it but are not in the file."""
    for old, new in zip(areas[area].extents, areas[area].extents[1:], strict=False):
        if not (new.touches(period)):
            continue
        born = {code for code in old.successors if code != area}
        if born & beside:
            return new.version, set()
        if born:
            return UNCLEAR, born
    return areas.version_for(area, period), set()


def _absent(areas: Gazetteer, file: str, codes: dict[str, set[str]]) -> Finding:
    since = min(areas[code].extents[0].version for code in codes)
    parents = sorted({area for found in codes.values() for area in found})
    return finding(
        file, "new_regions_absent", column="area", value=", ".join(sorted(codes)), areas=", ".join(parents), since=since
    )
