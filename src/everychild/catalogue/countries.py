"""Country packs: a folder of tables with everything the project knows about one country."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild.catalogue import registers
from everychild.catalogue.country_file import read_country_file
from everychild.catalogue.indicators import Indicator, read_definitions, read_indicators
from everychild.catalogue.registers import (
    Fact,
    Law,
    LeftOut,
    OwnGroup,
    Programme,
    Recommendation,
    SeedClaim,
    SetAside,
    Source,
    Tile,
)
from everychild.vocabulary.errors import DefinitionError, EverychildError, Place
from everychild.vocabulary.language import LANGUAGES, LocalText
from everychild.vocabulary.observations import SCHEMA, conform
from everychild.vocabulary.tables import definitions_folder, read_table

FIGURES: Final = "figures.csv"
COUNTRY_VARIABLE: Final = "EVERYCHILD_COUNTRY"
_NUMBERS: Final = ("value", "lower", "upper", "se", "n")


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
    invented: bool = False
    """Whether there is no such country: its figures stand on its own site alone."""

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

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """The country's own indicators by code."""
        definitions = read_definitions(definitions_folder() / "indicator_definitions.csv")
        return {i.code: i for i in read_indicators(self.folder / "indicators.csv", definitions, self.code)}

    @cached_property
    def own_groups(self) -> tuple[OwnGroup, ...]:
        return registers.read_own_groups(self.folder / "own_groups.csv")

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        return registers.read_left_out(self.folder / "left_out.csv")

    @cached_property
    def set_aside(self) -> tuple[SetAside, ...]:
        return registers.read_set_aside(self.folder / "set_aside.csv")

    @cached_property
    def open_sdg_map(self) -> tuple[Mapping[str, str], ...]:
        """Rows of the table that maps the statistics office's own files and series to indicators."""
        return tuple(row for _, row in read_table(self.folder / "open_sdg_map.csv", ("file", "indicator")))

    def figures(self) -> pl.DataFrame:
        """Figures of the pack in the observation schema.

        `file` is the producer's file where that is known; its row is not, so `row` is null there rather than a number
        that would point to the wrong line. For all others `file` and `row` are those of the pack's own table.

        Not kept: only publishing reads them. Raises DefinitionError for a table that is missing, cut short or holds
        something that is no number.
        """
        own = pl.col("file") == ""
        placed = self.figure_rows().with_columns(
            file=pl.when(own).then(pl.lit(self.place(FIGURES))).otherwise(pl.col("file")),
            row=pl.when(own).then(pl.col("row")),
        )
        return conform(placed)

    def figure_rows(self) -> pl.DataFrame:
        """The table of figures as it stands, with `row` (header = 1), numbers as numbers."""
        frame = _read_texts(self.folder / FIGURES, self.place(FIGURES))
        numbers = [column for column in _NUMBERS if column in frame.columns]
        for column in numbers:
            _refuse_words(frame[column], Place(self.place(FIGURES), column=column))
        return frame.with_columns(
            *[pl.col(column).cast(SCHEMA[column]) for column in numbers],
            pl.col("file").fill_null(""),
            pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("row"),
        )

    def place(self, table: str) -> str:
        """How a table of this pack is called in findings and errors."""
        return f"countries/{self.folder.name}/{table}"

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


def _read_texts(path: Path, name: str) -> pl.DataFrame:
    if not path.is_file():
        raise DefinitionError(Place(name), "this table of the definitions is missing")
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as problem:
        raise DefinitionError(Place(name), f"not a table: {problem}") from problem
    missing = [c for c in ("indicator", "area", "period", "value", "unit", "source", "file") if c not in frame.columns]
    if missing:
        raise DefinitionError(Place(name, 1), f"missing column: {', '.join(missing)}")
    return frame


def _refuse_words(texts: pl.Series, place: Place) -> None:
    wrong = (texts.is_not_null() & texts.cast(pl.Float64, strict=False).is_null()).arg_true()
    if wrong.len():
        row = int(wrong[0])
        raise DefinitionError(Place(place.file, row + 2, place.column), f"{texts[row]!r} is not a number")


def site_country() -> str:
    """The country that this installation is for: EVERYCHILD_COUNTRY, else Kazakhstan."""
    return os.environ.get(COUNTRY_VARIABLE, "KAZ")


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
        invented=about.get("invented") is True,
    )


@cache
def invented_countries() -> frozenset[str]:
    """Codes of the packs whose country does not exist."""
    return frozenset(str(about["code"]) for _, about in _packs() if about.get("invented") is True)


def _packs() -> list[tuple[Path, dict[str, Any]]]:
    folders = sorted(path.parent for path in (definitions_folder() / "countries").glob("*/country.yaml"))
    return [(folder, read_country_file(folder)) for folder in folders]
