"""Which groups of an indicator stand beside each other: of one source and one period, as the findings chose them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from everychild.findings.series import names_definition
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.observations import DIMENSIONS, TOTAL
from everychild.vocabulary.periods import parse_period
from everychild.website.observatory import Observatory, Row

FEWEST_YEARS, FEWEST_REGIONS = 3, 5
MOST_YEARS = 12
"""The newest periods that a grid of regions and years has room for."""


@dataclass(frozen=True)
class Groups:
    """Rows of one kind of breakdown (`region`, a dimension, or a key of `other`), with the country's own figure."""

    kind: str
    source: str
    period: str
    rows: Sequence[Row]
    reference: Row | None
    missing: Sequence[str]
    name: str = ""
    """What tells it from other groups of the page, the kind unless said."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.kind)

    @staticmethod
    def code(row: Row, kind: str) -> str:
        """The code of a row's group within its kind."""
        if kind == "region":
            return str(row["area"])
        if kind in DIMENSIONS:
            return str(row[kind])
        return dict(part.split("=", 1) for part in str(row["other"]).split(";"))[kind]


def groups_of(site: Observatory, code: str, rows: pl.DataFrame) -> Iterator[Groups]:
    """One set of groups for every kind the findings compared; then what they compared nothing of.

    They compare neither groups that are all alike nor those of few cases, and pass over indicators without a better or
    worse side; a published figure stands on the page all the same, beside a comparison that is older than its survey.
    """
    chosen = site.worst_off_by_kind.get(code, [])
    divided = _Divided(rows.filter(pl.col("area") == site.country_code), _regional(site, rows))
    for finding in chosen:
        found = divided.rows(finding["kind"], finding["source"], finding["period"])
        if len(found) > 1:
            yield Groups(
                finding["kind"],
                finding["source"],
                finding["period"],
                found,
                site.figure(finding["reference_release"], finding["reference_key"])
                if finding["reference_key"]
                else None,
                finding["groups_missing"] if finding["kind"] == "region" else (),
            )
    compared = {finding["kind"]: parse_period(finding["period"]).end for finding in chosen}
    surveys = divided.of_surveys() if compared else divided
    for kind in divided.kinds():
        newest = _newest(site, surveys if kind in compared else divided, kind)
        if newest and kind not in compared:
            yield newest
        elif newest and parse_period(newest.period).end > compared[kind]:
            yield replace(newest, name=f"{kind}-newer")


@dataclass(frozen=True)
class _Divided:
    """Rows of the country itself, and totals of its regions: looked for once, and asked many times."""

    national: pl.DataFrame
    regional: pl.DataFrame

    def of(self, kind: str) -> pl.DataFrame:
        return self.regional if kind == "region" else self.national

    def of_surveys(self) -> _Divided:
        of_survey = pl.col("quality") == "survey"
        return _Divided(self.national.filter(of_survey), self.regional.filter(of_survey))

    def kinds(self) -> list[str]:
        """By what rows are divided: the region, dimensions, keys of `other`."""
        divided = self.national.select((pl.col(d) != TOTAL).any() for d in DIMENSIONS).row(0)
        found = [dimension for dimension, occurs in zip(DIMENSIONS, divided, strict=True) if occurs]
        if self.regional.height:
            found.insert(0, "region")
        keys = {part.split("=")[0] for text in self.national["other"].unique() for part in text.split(";") if part}
        return [*found, *sorted(key for key in keys if key != "conflict" and not names_definition(key))]

    def rows(self, kind: str, source: str, period: str) -> list[Row]:
        """Rows of one source and period that differ from the total in this kind only."""
        wanted = [pl.col("source") == source, pl.col("period") == period]
        if kind != "region":
            wanted += [pl.col(d) == TOTAL for d in DIMENSIONS if d != kind]
            if kind in DIMENSIONS:
                wanted += [pl.col(kind) != TOTAL, pl.col("other") == ""]
            else:
                wanted += [pl.col("other").str.starts_with(f"{kind}="), ~pl.col("other").str.contains(";")]
        return self.of(kind).filter(*wanted).to_dicts()


def _newest(site: Observatory, divided: _Divided, kind: str) -> Groups | None:
    """Groups of the newest period of one source: of a survey however few it has, of others two or more; where no
    period has two, the newest with one."""
    pairs = divided.of(kind).select("source", "period").unique().rows()
    ranks = {code: source.rank for code, source in site.country.sources.items()}
    single = None
    for source, period in sorted(pairs, key=lambda p: (parse_period(p[1]), -ranks.get(p[0], 99)), reverse=True):
        found = divided.rows(kind, source, period)
        if len(found) > 1 or any(row["quality"] == "survey" for row in found):
            return Groups(kind, source, period, found, None, ())
        single = single or (Groups(kind, source, period, found, None, ()) if found else None)
    return single


@cache
def regions_of(country_code: str) -> tuple[str, ...]:
    """Codes of a country's regions, those of former times too."""
    return tuple(area.code for area in gazetteer() if area.parent == country_code)


def _regional(site: Observatory, rows: pl.DataFrame) -> pl.DataFrame:
    """Totals of the country's regions."""
    return rows.filter(
        pl.col("area").is_in(regions_of(site.country_code)),
        pl.col("other") == "",
        *(pl.col(d) == TOTAL for d in DIMENSIONS),
    )


def worst_first(rows: Sequence[Row], direction: str) -> list[Row]:
    """Known figures from the worst to the best (without a direction: from the highest), then the unknown ones."""
    known = [row for row in rows if row["value"] is not None]
    known.sort(key=lambda row: row["value"], reverse=direction != "up_is_better")
    return known + [row for row in rows if row["value"] is None]


@dataclass(frozen=True)
class RegionYears:
    """Figures of regions over periods, all of one source."""

    source: str
    areas: Sequence[str]
    periods: Sequence[str]
    cells: Mapping[tuple[str, str], Row]


def region_years(site: Observatory, rows: pl.DataFrame) -> RegionYears | None:
    """Totals of regions from the source with most of them; None where there are too few regions or years."""
    regional = _regional(site, rows)
    if not regional.height:
        return None
    source = regional.group_by("source").len().sort("len", "source", descending=[True, False])["source"][0]
    own = regional.filter(pl.col("source") == source)
    areas, periods = own["area"].unique().to_list(), sorted(own["period"].unique(), key=parse_period)
    if len(areas) < FEWEST_REGIONS or len(periods) < FEWEST_YEARS:
        return None
    shown = periods[-MOST_YEARS:]
    rows_shown = own.filter(pl.col("period").is_in(shown)).drop("note", "file", "row", "n", "se")
    cells = {(row["area"], row["period"]): row for row in rows_shown.iter_rows(named=True)}
    return RegionYears(str(source), areas, shown, cells)
