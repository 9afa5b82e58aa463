"""Country packs: a folder of tables with everything the project knows about one country."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from everychild.catalogue import registers
from everychild.catalogue.registers import Fact, Law, Programme, Recommendation, SeedClaim, Source, Tile
from everychild.vocabulary.errors import DefinitionError, EverychildError, Place
from everychild.vocabulary.language import LANGUAGES, LocalText
from everychild.vocabulary.observations import conform
from everychild.vocabulary.tables import definitions_folder


class UnknownCountry(EverychildError):  # noqa: N818 - the sentence says it
    """No pack has that code."""


@dataclass(frozen=True)
class CountryPack:
    """One country's tables, read when asked for and kept."""

    code: str
    folder: Path
    dataset: str
    name: LocalText
    title: LocalText
    neighbours: tuple[str, ...]
    aggregates: tuple[str, ...]
    helpline: str

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        return registers.read_sources(self.folder / "sources.csv")

    @cached_property
    def laws(self) -> tuple[Law, ...]:
        return registers.read_laws(self.folder / "laws.csv")

    @cached_property
    def recommendations(self) -> tuple[Recommendation, ...]:
        return registers.read_recommendations(self.folder / "recommendations.csv")

    @cached_property
    def programmes(self) -> tuple[Programme, ...]:
        return registers.read_programmes(self.folder / "programmes.csv")

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        return registers.read_facts(self.folder / "facts.csv")

    @cached_property
    def seed_claims(self) -> tuple[SeedClaim, ...]:
        return registers.read_seed_claims(self.folder / "seed_claims.csv")

    @cached_property
    def tile_map(self) -> tuple[Tile, ...]:
        return registers.read_tile_map(self.folder / "tile_map.csv")

    def figures(self) -> pl.DataFrame:
        """Figures of the pack in the observation schema; `row` is the row of figures.csv they stand in.

        Not kept: only publishing reads them.
        """
        path = self.folder / "figures.csv"
        frame = pl.read_csv(path, infer_schema=False)
        numbers = [pl.col(c).cast(pl.Float64) for c in ("value", "lower", "upper")]
        return conform(frame.with_columns(*numbers, pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row")))

    def source_records(self) -> list[dict[str, str]]:
        """Sources as a release's manifest keeps them."""
        columns = ("code", "organisation", "publication", "year", "licence", "url")
        return [{c: str(getattr(source, c)) for c in columns} for source in self.sources.values()]

    def content_checksum(self) -> str:
        """SHA-256 over names and contents of the pack's figures and sources: equal when a release would be."""
        digest = hashlib.sha256()
        for name in ("figures.csv", "sources.csv", "country.yaml"):
            digest.update(name.encode() + b"\0" + (self.folder / name).read_bytes() + b"\0")
        return digest.hexdigest()


def read_country_file(folder: Path) -> dict[str, Any]:
    path = folder / "country.yaml"
    if not path.is_file():
        raise DefinitionError(Place(f"{folder.name}/country.yaml"), "the pack has no country.yaml")
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(loaded, dict) or "code" not in loaded:
        raise DefinitionError(Place(f"{folder.name}/country.yaml"), "the pack does not say which country it is for")
    return loaded


@cache
def country(code: str) -> CountryPack:
    """The pack of a country by its ISO 3166-1 alpha-3 code."""
    packs = {str(about["code"]): (folder, about) for folder, about in _packs()}
    if code not in packs:
        raise UnknownCountry(f"there is no country pack {code!r}; packs: {', '.join(sorted(packs))}")
    folder, about = packs[code]
    texts = {f"{stem}_{lang}": str(about[f"{stem}_{lang}"]) for stem in ("name", "title") for lang in LANGUAGES}
    texts["unreviewed"] = str(about.get("unreviewed", ""))
    return CountryPack(
        code=code,
        folder=folder,
        dataset=str(about["dataset"]),
        name=LocalText.from_row(texts),
        title=LocalText.from_row(texts, "title"),
        neighbours=tuple(about.get("neighbours", ())),
        aggregates=tuple(about.get("aggregates", ())),
        helpline=str(about.get("helpline", "")),
    )


def _packs() -> list[tuple[Path, dict[str, Any]]]:
    folders = sorted(path.parent for path in (definitions_folder() / "countries").glob("*/country.yaml"))
    return [(folder, read_country_file(folder)) for folder in folders]
