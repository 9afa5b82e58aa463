"""Walking the graph both ways, and what it says of each right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from everychild.registers.duties.models import Edge
from everychild.registers.duties.nodes import Node, nodes
from everychild.registers.duties.relations import LINKS, STRENGTHS, Relation, relations

Name = tuple[str, str]
FEW: Final = 400
"""Names in one query: SQLite takes no more than some 900 values, two for each."""
MOST: Final = 40
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


def strongest(names: Iterable[Name]) -> Iterator[tuple[Name, Edge, int]]:
    """At each of these nodes its MOST best-evidenced edges from either end, and how many edges that end has in all.

    Ranked in the database: of an article with a thousand acts forty are read.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, code in names:
        by_kind[kind].append(code)
    for kind, codes in by_kind.items():
        for start in range(0, len(codes), FEW):
            for end in ("from", "to"):
                yield from _strongest_at(end, kind, codes[start : start + FEW])


_AT: Final = """
    SELECT * FROM (
        SELECT {table}.*,
            ROW_NUMBER() OVER (PARTITION BY {end}_code ORDER BY {order}, id) AS place,
            COUNT(*) OVER (PARTITION BY {end}_code) AS of
        FROM {table} WHERE {end}_kind = %s AND {end}_code IN ({codes})
    ) AS ranked WHERE place <= %s ORDER BY {end}_code, place
"""
"""Written out, because building the same from Django's window expressions takes three times as long as running it."""
_ORDER: Final = "CASE strength " + " ".join(f"WHEN '{s}' THEN {-n}" for n, s in enumerate(STRENGTHS)) + " END"


def _strongest_at(end: str, kind: str, codes: list[str]) -> Iterator[tuple[Name, Edge, int]]:
    places = ", ".join(["%s"] * len(codes))
    asked = _AT.format(table=Edge._meta.db_table, end=end, order=_ORDER, codes=places)
    for edge in Edge.objects.raw(asked, [kind, *codes, MOST]):
        yield (kind, getattr(edge, f"{end}_code")), edge, edge.of


def neighbourhood(kind: str, code: str, steps: int = 2) -> Neighbourhood:
    """What can be reached in so many steps; of a node with very many edges the strongest MOST are followed."""
    centre = (kind, code)
    distance: dict[Name, int] = {centre: 0}
    more: dict[Name, int] = {}
    taken: dict[int, Step] = {}
    ring: set[Name] = {centre}
    for depth in range(1, steps + 1):
        at: dict[Name, list[Step]] = defaultdict(list)
        whole: Counter[Name] = Counter()
        for here, edge, of in strongest(ring):
            ends = ((edge.from_kind, edge.from_code), (edge.to_kind, edge.to_code))
            if not at[here] or (ends[0] == here) != at[here][-1].forward:
                whole[here] += of
            at[here].append(Step(edge, here, ends[1] if ends[0] == here else ends[0]))
        reached: set[Name] = set()
        for here, found in at.items():
            found.sort(key=lambda step: -STRENGTHS.index(step.edge.strength))
            if whole[here] > MOST:
                more[here] = whole[here] - MOST
            for step in found[:MOST]:
                taken.setdefault(step.edge.pk, step)
                if step.there not in distance:
                    distance[step.there] = depth
                    reached.add(step.there)
        ring = reached
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
