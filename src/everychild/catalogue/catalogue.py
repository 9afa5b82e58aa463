"""The whole catalogue: indicators of all countries, rights, domains, programme areas, breakdowns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from everychild.catalogue.breakdowns import Breakdown, read_breakdowns
from everychild.catalogue.country_file import read_country_file
from everychild.catalogue.indicators import Indicator, read_definitions, read_indicators
from everychild.catalogue.rights import Article, Cluster, Named, read_articles, read_clusters, read_named
from everychild.vocabulary.errors import DefinitionError, Place
from everychild.vocabulary.tables import definitions_folder


@dataclass(frozen=True)
class Catalogue:
    """Frozen once loaded; look-ups by code."""

    indicators: Mapping[str, Indicator]
    articles: Mapping[str, Article]
    clusters: Mapping[int, Cluster]
    programme_areas: Mapping[str, Named]
    domains: Mapping[str, Named]
    subdomains: Mapping[str, Named]
    breakdowns: Mapping[str, Breakdown]

    @cached_property
    def _by_article(self) -> Mapping[str, tuple[Indicator, ...]]:
        found: dict[str, list[Indicator]] = defaultdict(list)
        for indicator in self.indicators.values():
            for number in indicator.crc_articles:
                found[number].append(indicator)
        return {number: tuple(indicators) for number, indicators in found.items()}

    def indicators_of_article(self, number: str) -> tuple[Indicator, ...]:
        """Indicators that speak about an article, in order of the catalogue; empty when none does."""
        return self._by_article.get(number, ())


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue, loaded on first use."""
    return load(definitions_folder())


def load(folder: Path) -> Catalogue:
    """Load a folder of definitions; DefinitionError names file and row of the first mistake."""
    definitions = read_definitions(folder / "indicator_definitions.csv")
    indicators = {i.code: i for i in read_indicators(folder / "indicators.csv", definitions)}
    for path in sorted((folder / "countries").glob("*/indicators.csv")):
        for row, indicator in enumerate(read_indicators(path, definitions, _country_code(path)), start=2):
            if indicator.code in indicators:
                place = Place(f"countries/{path.parent.name}/{path.name}", row, "code")
                raise DefinitionError(place, f"indicator {indicator.code!r} is already in the catalogue")
            indicators[indicator.code] = indicator
    return Catalogue(
        indicators=MappingProxyType(indicators),
        articles=read_articles(folder),
        clusters=read_clusters(folder),
        programme_areas=read_named(folder / "programme_areas.csv"),
        domains=read_named(folder / "domains.csv"),
        subdomains=read_named(folder / "subdomains.csv"),
        breakdowns=read_breakdowns(folder / "breakdowns.csv"),
    )


def _country_code(path: Path) -> str:
    return str(read_country_file(path.parent)["code"])
