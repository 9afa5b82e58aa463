"""What the findings need to know beside the figures: directions, ranks of sources, borders, articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from everychild.vocabulary.areas import UNCLEAR, Gazetteer, gazetteer

if TYPE_CHECKING:
    from everychild.catalogue.catalogue import Catalogue
    from everychild.catalogue.countries import CountryPack

RANK_OF_QUALITY: Final[dict[str, int]] = {"official": 10, "survey": 20, "un_estimate": 30}
"""Rank of a source that the country's register does not know, by the quality of its figure."""
LAST_RANK: Final = 90
MONEY_UNITS: Final = (
    "percent_of_gdp", "percent_of_government_expenditure", "percent_of_state_budget", "percent_of_approved_budget",
    "percent_of_total_health_spending",
)  # fmt: skip
"""Shares of money: what is spent on a right, not what children get of it."""


@dataclass(frozen=True)
class Setting:
    """One country seen from its catalogue.

    `directions`: indicator → up_is_better, down_is_better or neutral. `units`: indicator → unit.
    `ranks`: source → rank, 1 first.
    `articles`: number of an article → codes of the indicators that speak about it, empty when none does.
    """

    country: str
    directions: Mapping[str, str]
    units: Mapping[str, str]
    ranks: Mapping[str, int]
    articles: Mapping[str, tuple[str, ...]]
    areas: Gazetteer
    today: date | None = None
    """The day that parts figures from forecasts; None is the day of asking, so that no process keeps an old one."""

    @property
    def day(self) -> date:
        return self.today or date.today()

    @classmethod
    def of(cls, catalogue: Catalogue, country: CountryPack) -> Setting:
        own = ("", country.code)
        return cls(
            country=country.code,
            directions={i.code: i.direction for i in catalogue.indicators.values()},
            units={i.code: i.unit for i in catalogue.indicators.values()},
            ranks={code: source.rank for code, source in country.sources.items()},
            articles={
                number: tuple(i.code for i in catalogue.indicators_of_article(number) if i.country in own)
                for number in catalogue.articles
                if is_substantive(number)
            },
            areas=gazetteer(),
        )

    @cached_property
    def region_codes(self) -> tuple[str, ...]:
        """Regions of the country, those of former times with them."""
        return tuple(area.code for area in self.areas if area.parent == self.country)

    @cached_property
    def directions_frame(self) -> pl.DataFrame:
        return pl.DataFrame(
            {"indicator": list(self.directions), "direction": list(self.directions.values())},
            schema={"indicator": pl.String, "direction": pl.String},
        )

    @cached_property
    def divisions(self) -> tuple[date, ...]:
        """One day for each successive division of the country into regions: the eve of the first change, then the
        days of change. On each of them the regions that exist cover the country once."""
        extents = [extent for code in self.region_codes for extent in self.areas[code].extents]
        changes = sorted({e.valid_from for e in extents} & {e.valid_to for e in extents if e.valid_to})
        return (changes[0] - timedelta(days=1), *changes) if changes else (date.max - timedelta(days=1),)

    @cached_property
    def division_frame(self) -> pl.DataFrame:
        """Which extents stand in which division: area, area_version, division (its number), size (its regions).

        `unclear` stands in none. The version "" is the area's newest extent, as in the gazetteer.
        """
        rows: list[tuple[str, str, int]] = []
        for number, day in enumerate(self.divisions):
            for code in self.region_codes:
                extents = self.areas[code].extents
                for extent in extents:
                    if extent.valid_from <= day and (extent.valid_to is None or day < extent.valid_to):
                        rows.append((code, extent.version, number))
                        rows.extend([(code, "", number)] if extent is extents[-1] else [])
        schema = {"area": pl.String, "area_version": pl.String, "division": pl.Int32}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        return frame.join(frame.group_by("division").agg(size=pl.col("area").n_unique().cast(pl.Int64)), on="division")

    @cached_property
    def today_frame(self) -> pl.DataFrame:
        """The regions of the newest division: area, area_version (its first day, and "" for the same)."""
        newest = pl.col("division") == pl.col("division").max()
        return self.division_frame.filter(newest).select("area", "area_version")

    def extent(self, area: str, version: str) -> str | None:
        """The name of the territory of a figure; two figures are comparable when theirs are equal and not None."""
        if version == UNCLEAR:
            return None
        if area not in self.areas:
            return version
        return version or self.areas[area].extents[-1].version

    def is_current(self, area: str, version: str) -> bool:
        """Whether the figure speaks of the area's newest borders."""
        return area not in self.areas or self.extent(area, version) == self.areas[area].extents[-1].version


def is_substantive(number: str) -> bool:
    """Articles 1 to 42 and the optional protocols promise something to children; 43 to 54 are procedure."""
    return not number.isdigit() or int(number) <= 42
