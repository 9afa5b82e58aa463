"""One node of the graph of duties with what it is joined to, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString, mark_safe

from everychild.registers.duties import queries
from everychild.registers.duties.nodes import Node, exists
from everychild.registers.duties.queries import Neighbourhood, Step
from everychild.registers.duties.relations import NODE_KINDS
from everychild.vocabulary.language import Language, LocalText
from everychild.website.charts.neighbourhood import Box, Picture, render_neighbourhood
from everychild.website.rows import address
from everychild.website.texts import say

ARGUMENTS = {"right": "number"}
"""What the address of a page calls the code; all others call it `code`."""


@dataclass(frozen=True)
class Line:
    """One edge in words, as the page lists it."""

    relation: LocalText
    node: Node
    href: str
    page: str
    strength: str
    evidence: str
    when: str
    verified: str
    source: str
    note: str


def graph(request: HttpRequest, language: Language, kind: str, code: str) -> HttpResponse:
    if kind not in NODE_KINDS or not exists(kind, code):
        raise Http404(code)
    found = queries.neighbourhood(kind, code)
    centre = found.nodes[kind, code]
    groups = [
        (kind_of_node, [line(step, found, language) for step in steps]) for kind_of_node, steps in found.near().items()
    ]
    return render(
        request,
        "everychild/graph.html",
        {
            "page": "graph", "kind": kind, "node": centre, "home": page_of(centre, language), "groups": groups,
            "wide": picture(found, language, 720), "narrow": picture(found, language, 340),
            "more": found.more.get((kind, code), 0),
        },
    )  # fmt: skip


def line(step: Step, found: Neighbourhood, language: Language) -> Line:
    node, edge, relation = found.nodes[step.there], step.edge, step.relation
    return Line(
        relation.name if step.forward else relation.back, node, graph_of(node, language), page_of(node, language),
        edge.strength, edge.evidence, edge.on, edge.verified, edge.source, edge.note,
    )  # fmt: skip


def graph_of(node: Node, language: Language) -> str:
    return address("graph", language, kind=node.kind, code=node.code)


def page_of(node: Node, language: Language) -> str:
    """The node's own page; "" where it has none yet."""
    if not node.page:
        return ""
    try:
        return address(node.page, language, **{ARGUMENTS.get(node.page, "code"): node.code})
    except NoReverseMatch:
        return ""


def mixed(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """One node of each kind in turn, so that thirty indicators do not hide the one law."""
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        by_kind.setdefault(name[0], []).append(name)
    return [name for turn in zip_longest(*by_kind.values()) for name in turn if name is not None]


def picture(found: Neighbourhood, language: Language, width: float) -> SafeString:
    """The neighbourhood as SVG, with the nodes nearest to the evidence first."""
    parents: dict[tuple[str, str], list[str]] = {}
    for step in found.steps:
        nearer, farther = (step.here, step.there)
        if found.distance[farther] < found.distance[nearer]:
            nearer, farther = farther, nearer
        if found.distance[farther] == found.distance[nearer] + 1:
            parents.setdefault(farther, []).append(":".join(nearer))

    def box(name: tuple[str, str]) -> Box:
        node = found.nodes[name]
        words = say(f"node.{node.kind}", language)
        return Box(node.name, words, node.title[language], graph_of(node, language), tuple(parents.get(name, ())))

    rings = [
        [box(name) for name in mixed(name for name, at in found.distance.items() if at == depth)] for depth in (1, 2)
    ]
    centre = box(found.centre)
    title = say("graph.picture", language, name=centre.title)
    told = say("graph.picture.about", language, first=len(rings[0]), second=len(rings[1]))
    svg = render_neighbourhood(Picture(title, told, centre, *rings), f"graph{width:.0f}", width)
    return mark_safe(svg)  # noqa: S308 - drawing escapes every text
