"""Articles of the Convention on the Rights of the Child, their reporting clusters, and programme areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import read_table


@dataclass(frozen=True)
class Cluster:
    """One of the nine clusters under which States report to the Committee; 0 holds articles of procedure."""

    number: int
    name: LocalText

    def __post_init__(self) -> None:
        if not 0 <= self.number <= 9:
            raise ValueError(f"cluster {self.number} lies outside 0 to 9")


@dataclass(frozen=True)
class Article:
    """An article of the Convention (`1` to `54`) or an optional protocol (`OPAC`, `OPSC`, `OPIC`)."""

    number: str
    part: str
    cluster: int
    further_clusters: tuple[int, ...]
    general_principle: bool
    title: LocalText
    summary: LocalText


@dataclass(frozen=True)
class Named:
    """A domain, a subdomain or a programme area: a code with its name."""

    code: str
    name: LocalText


def read_clusters(folder: Path) -> Mapping[int, Cluster]:
    found: dict[int, Cluster] = {}
    for place, row in read_table(
        folder / "crc_clusters.csv", ("number", "name_en", "name_ru", "name_kk", "unreviewed")
    ):
        try:
            cluster = Cluster(int(row["number"]), LocalText.from_row(row))
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
        if cluster.number in found:
            raise DefinitionError(place, f"cluster {cluster.number} stands twice")
        found[cluster.number] = cluster
    return found


_ARTICLE_COLUMNS = (
    "number", "part", "cluster", "further_clusters", "general_principle", "title_en", "title_ru", "title_kk",
    "summary_en", "summary_ru", "summary_kk", "unreviewed",
)  # fmt: skip


def read_articles(folder: Path) -> Mapping[str, Article]:
    found: dict[str, Article] = {}
    for place, row in read_table(folder / "crc_articles.csv", _ARTICLE_COLUMNS):
        try:
            article = _article(row)
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
        if article.number in found:
            raise DefinitionError(place, f"article {article.number} stands twice")
        found[article.number] = article
    return found


def _article(row: dict[str, str]) -> Article:
    return Article(
        number=row["number"],
        part=row["part"],
        cluster=int(row["cluster"]),
        further_clusters=tuple(int(part) for part in row["further_clusters"].split(";") if part),
        general_principle=row["general_principle"] == "yes",
        title=LocalText.from_row(row, "title"),
        summary=LocalText.from_row(row, "summary"),
    )


def read_named(path: Path) -> Mapping[str, Named]:
    """A table of codes with names, in the order to show them."""
    found: dict[str, Named] = {}
    for place, row in read_table(path, ("code", "name_en", "name_ru", "name_kk", "unreviewed")):
        if row["code"] in found:
            raise DefinitionError(place, f"code {row['code']!r} stands twice")
        try:
            found[row["code"]] = Named(row["code"], LocalText.from_row(row))
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
    return found
