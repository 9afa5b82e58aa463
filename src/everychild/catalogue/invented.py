"""What is invented stays apart: figures of an invented country are shown on its own site, and there no others.

The area decides, not the flag `invented` of a figure: that flag also marks a survey that was tried out on the regions
of a real country, and such a figure is shown there with its mark.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from everychild.catalogue.countries import invented_countries
from everychild.vocabulary.areas import gazetteer


def is_invented(country: str) -> bool:
    return country in invented_countries()


def is_apart(country: str, site: str) -> bool:
    """Whether nothing of that country may be counted or listed on the site of the other."""
    return country != site and bool({country, site} & invented_countries())


def figures_for(site: str, figures: pl.DataFrame) -> pl.DataFrame:
    """The rows that the site of a country may show: an invented one its own areas, a real one all that exist."""
    if is_invented(site):
        return figures.filter(pl.col("area").is_in(list(areas_of(site))))
    return figures.filter(~pl.col("area").is_in(invented_areas()))


@cache
def invented_areas() -> tuple[str, ...]:
    """All areas of all invented countries, in order."""
    return tuple(sorted(area for code in invented_countries() for area in areas_of(code)))


@cache
def areas_of(country: str) -> frozenset[str]:
    """The country with every area below it."""
    found, level = {country}, {country}
    while level:
        level = {area.code for area in gazetteer() if area.parent in level} - found
        found |= level
    return frozenset(found)
