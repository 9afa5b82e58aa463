"""Home: the rights grid, what changed, who is furthest behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.catalogue.rights import Article, Cluster
from everychild.findings.grid import OUTCOME_OF_REASON
from everychild.registers.duties.queries import ChainLink, chains
from everychild.vocabulary.language import Language
from everychild.website.observatory import Observatory, Row, observatory
from everychild.website.pages.left_behind import behind_rows
from everychild.website.texts import say

LINKS = ("law", "money", "action", "voice")
"""Columns of the chain that the graph of duties fills; the outcome column is filled from figures."""
EVIDENCE_MARKS = {"strong": 3, "some": 2, "weak": 1, "none": 0}
SHOWN_CHANGES = 5


@dataclass(frozen=True)
class Link:
    """One link of a right's chain in words. `marks`: 3 strong, 2 some, 1 weak evidence, 0 no information."""

    name: str
    marks: int
    count: int
    word: str
    reason: str


@dataclass(frozen=True)
class GridRow:
    """One right: its article and the state of its outcome column."""

    article: Article
    outcome: str
    word: str
    evidence: int
    evidence_word: str
    reason: str
    links: Mapping[str, Link]
    """law, money, action and voice: what the graph of duties knows."""


def home(request: HttpRequest, language: Language) -> HttpResponse:
    site = observatory()
    clusters = grid(site, language)
    states: Counter[str] = Counter(row.outcome for _, rows in clusters for row in rows)
    return render(
        request,
        "everychild/home.html",
        {
            "page": "home",
            "clusters": clusters,
            "states": tally(states),
            "rights_counted": sum(states.values()),
            "better": changes(site, language, "better"),
            "worse": changes(site, language, "worse"),
            "behind": behind_rows(site, language, verified=True, limit=SHOWN_CHANGES),
            "indicators_with_figures": len(site.national_indicators),
        },
    )


def tally(states: Counter[str]) -> dict[str, int]:
    """How many rights stand in each state, 0 where none does, and `worse_or_mixed`: worse and mixed together."""
    counted = {state: states[state] for state in OUTCOME_OF_REASON.values()}
    return counted | {"worse_or_mixed": states["worse"] + states["mixed"]}


def grid(site: Observatory, language: Language) -> list[tuple[Cluster, list[GridRow]]]:
    """Articles by reporting cluster, each with its outcome state; procedure (cluster 0) has no children's outcome."""
    known = chains()
    clusters = {number: (cluster, []) for number, cluster in sorted(site.catalogue.clusters.items()) if number != 0}
    for number, row in site.grid.items():
        article = site.catalogue.articles[number]
        if article.cluster in clusters:
            clusters[article.cluster][1].append(grid_row(article, row, language, known.get(number, {})))
    return [(cluster, rows) for cluster, rows in clusters.values() if rows]


def links_of(known: Mapping[str, ChainLink], language: Language) -> dict[str, Link]:
    found = {}
    for name in LINKS:
        link = known.get(name)
        strength = link.strength if link else "none"
        reason = say(f"chain.{name}.{'some' if link else 'none'}", language, count=link.count if link else 0,
                     verified=link.verified if link else 0)  # fmt: skip
        found[name] = Link(
            name, EVIDENCE_MARKS[strength], link.count if link else 0, say(f"strength.{strength}", language), reason
        )
    return found


def grid_row(
    article: Article, row: Row, language: Language, known: Mapping[str, ChainLink] = MappingProxyType({})
) -> GridRow:
    counts = {name: row[name] for name in ("indicators", "with_figures", "better", "worse", "unchanged")}
    reason = say(
        "grid.reason" if row["with_figures"] else "grid.reason.none",
        language,
        **counts,
        newest=row["newest_period"] or "",
    )
    return GridRow(
        article=article,
        outcome=row["outcome"],
        word=say(f"outcome.{row['outcome']}", language),
        evidence=EVIDENCE_MARKS[row["evidence"]],
        evidence_word=say(f"evidence.{row['evidence']}", language),
        reason=reason,
        links=links_of(known, language),
    )


@dataclass(frozen=True)
class Change:
    """A national indicator that moved, with its first and latest comparable figures."""

    indicator: object
    first: object
    last: object
    row: Row


def changes(site: Observatory, language: Language, direction: str) -> list[Change]:
    found = [row for row in site.changes if row["trend"] == direction]
    return [change(row, language, site) for row in found[:SHOWN_CHANGES]]


def change(row: Row, language: Language, site: Observatory) -> Change:
    return Change(
        indicator=site.catalogue.indicators[row["indicator"]],
        first=site.shown(row["first_release"], row["first_key"], language),
        last=site.shown(row["release"], row["key"], language),
        row=row,
    )
