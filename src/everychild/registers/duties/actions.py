"""Joining and parting nodes of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from everychild.registers.actions import action
from everychild.registers.audit.queries import kept_by_people
from everychild.registers.duties.models import Edge
from everychild.registers.duties.nodes import exists
from everychild.registers.keeping import assign
from everychild.registers.people.models import Account, Body
from everychild.registers.records import kind_of
from everychild.registers.refusals import Refused, problem

ENDS: Final = ("from_kind", "from_code", "relation", "to_kind", "to_code")
ABOUT: Final = ("strength", "evidence", "on", "source", "retrieved", "verified", "note")


@action("duties.join", on="body")
def join(*, by: Account, body: Body, ends: Mapping[str, str], about: Mapping[str, object], reason: str = "") -> Edge:
    """Draw an edge on behalf of a body; both nodes have to exist."""
    edge = Edge(body=body, origin="person")
    assign(edge, ends, ENDS)
    assign(edge, about, ABOUT)
    _refuse_unknown_nodes(edge)
    edge.save()
    return edge


@action("duties.mend", on="edge")
def mend(*, by: Account, edge: Edge, about: Mapping[str, object], reason: str) -> Edge:
    """Change what is said of an edge: its strength, evidence, day or mark."""
    assign(edge, about, ABOUT)
    edge.save()
    return edge


@action("duties.part", on="edge")
def part(*, by: Account, edge: Edge, reason: str) -> None:
    """Take an edge away. The audit keeps it, and `audit.actions.restore` brings it back."""
    edge.delete()


@action("duties.load_edges")
def load_edges(*, by: Account, edges: Iterable[Mapping[str, Any]]) -> int:
    """Bring the edges of records and of the country pack up to date; those that people wrote to are left alone.

    An edge that no record and no pack says any more goes. Returns how many were written.
    """
    wanted = {tuple(row[name] for name in ENDS): row for row in edges}
    kept, written, seen = kept_by_people(Edge), 0, set()
    for edge in Edge.objects.exclude(origin="person"):
        key = tuple(getattr(edge, name) for name in ENDS)
        seen.add(key)
        if edge.key in kept:
            continue
        row = wanted.get(key)
        if row is None:
            edge.delete()
            written += 1
            continue
        before = edge.values()
        _take(edge, row)
        if edge.values() != before:
            edge.save()
            written += 1
    new = [Edge() for _ in range(sum(key not in seen for key in wanted))]
    for edge, row in zip(new, (row for key, row in wanted.items() if key not in seen), strict=True):
        _take(edge, row)
        edge.clean()
    Edge.objects.bulk_create(new)
    return written + len(new)


def _take(edge: Edge, row: Mapping[str, Any]) -> None:
    for name in (*ENDS, *ABOUT, "origin"):
        if name in row:
            setattr(edge, name, row[name])


def _refuse_unknown_nodes(edge: Edge) -> None:
    for end in ("from", "to"):
        kind, code = getattr(edge, f"{end}_kind"), getattr(edge, f"{end}_code")
        if not exists(kind, code):
            raise Refused([problem(kind_of(edge), "edge_node_unknown", f"{end}_code", code, kind=kind)])
