"""Walking the graph both ways, and what it says of each right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from everychild.registers.duties.models import Edge
from everychild.registers.duties.nodes import Node, nodes
from everychild.registers.duties.relations import LINKS, STRENGTHS, Relation, relations

Name = tuple[str, str]
FEW: Final = 400
"""Names in one query: SQLite takes no more than some 900 values, two for each."""
MOST: Final = 60
"""Edges of one node that are followed further; an article with a thousand acts would be no neighbourhood."""


@dataclass(frozen=True)
class Step:
    """An edge as seen from one of its ends."""

    edge: Edge
    here: Name
    there: Name

    @property
    def relation(self) -> Relation:
        return relations()[self.edge.relation]

    @property
    def forward(self) -> bool:
        return (self.edge.from_kind, self.edge.from_code) == self.here


@dataclass(frozen=True)
class Neighbourhood:
    """A node, its neighbours and theirs. `steps`: each edge once, from the nearer end; `distance`: steps to the centre;
    `more`: how many further edges of a node are not shown."""

    centre: Name
    steps: tuple[Step, ...]
    nodes: Mapping[Name, Node]
    distance: Mapping[Name, int]
    more: Mapping[Name, int] = field(default_factory=dict)

    def near(self) -> dict[str, list[Step]]:
        """The steps from the centre by the kind of the other end, in the order of the chain."""
        found: dict[str, list[Step]] = defaultdict(list)
        for step in self.steps:
            if step.here == self.centre:
                found[step.there[0]].append(step)
        order = list(LINKS)
        return dict(sorted(found.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else -1))


def edges_of(names: Iterable[Name]) -> list[Edge]:
    """All edges at these nodes, from either end, in two indexed look-ups a kind."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, code in names:
        by_kind[kind].append(code)
    found: dict[int, Edge] = {}
    for kind, codes in by_kind.items():
        for start in range(0, len(codes), FEW):
            some = codes[start : start + FEW]
            for end in ("from", "to"):
                rows = Edge.objects.filter(**{f"{end}_kind": kind, f"{end}_code__in": some}).order_by("pk")
                found.update((edge.pk, edge) for edge in rows)
    return list(found.values())


def neighbourhood(kind: str, code: str, steps: int = 2) -> Neighbourhood:
    """What can be reached in so many steps; of a node with very many edges the strongest MOST are followed."""
    centre = (kind, code)
    distance: dict[Name, int] = {centre: 0}
    more: dict[Name, int] = {}
    taken: dict[int, Step] = {}
    edge_of_ring: set[Name] = {centre}
    for depth in range(1, steps + 1):
        at: dict[Name, list[Step]] = defaultdict(list)
        for edge in edges_of(edge_of_ring):
            ends = ((edge.from_kind, edge.from_code), (edge.to_kind, edge.to_code))
            for here, there in (ends, ends[::-1]):
                if here in edge_of_ring and edge.pk not in taken:
                    at[here].append(Step(edge, here, there))
        reached: set[Name] = set()
        for here, found in at.items():
            found.sort(key=lambda step: -STRENGTHS.index(step.edge.strength))
            if len(found) > MOST:
                more[here] = len(found) - MOST
            for step in found[:MOST]:
                taken.setdefault(step.edge.pk, step)
                if step.there not in distance:
                    distance[step.there] = depth
                    reached.add(step.there)
        edge_of_ring = reached
    ordered = tuple(sorted(taken.values(), key=lambda s: (distance[s.here], s.here, s.there)))
    return Neighbourhood(centre, ordered, nodes(distance), distance, more)


@dataclass(frozen=True)
class ChainLink:
    """One link of a right's chain. `strength` is that of its best edge, "none" without any; `verified` counts edges
    whose facts were read in their source. No information is a state, and a finding."""

    link: str
    count: int
    verified: int
    strength: str
    kinds: Mapping[str, int]


def chains() -> Mapping[str, Mapping[str, ChainLink]]:
    """Article → link (law, money, action, outcome, voice) → what is known; two queries for all articles.

    An obligation that nothing answers is no law, and a partner no deed: both are left out.
    """
    at_article = Edge.objects.filter(Q(to_kind="article") | Q(from_kind="article")).order_by().values_list(
        "from_kind", "from_code", "to_kind", "to_code", "strength", "verified"
    )  # fmt: skip
    found: dict[str, dict[str, list[tuple[str, str, str]]]] = defaultdict(lambda: defaultdict(list))
    for from_kind, from_code, to_kind, to_code, strength, verified in at_article:
        article, kind = (to_code, from_kind) if to_kind == "article" else (from_code, to_kind)
        link = LINKS.get(kind)
        if link and kind not in ("obligation", "partner"):
            found[article][link].append((kind, strength, verified))
    return {article: {link: _link(link, rows) for link, rows in links.items()} for article, links in found.items()}


def _link(link: str, rows: list[tuple[str, str, str]]) -> ChainLink:
    best = max((STRENGTHS.index(strength) for _, strength, _ in rows), default=-1)
    verified = sum(mark == "yes" for _, _, mark in rows)
    strength = STRENGTHS[best] if best >= 0 else "none"
    return ChainLink(link, len(rows), verified, strength, Counter(kind for kind, _, _ in rows))
