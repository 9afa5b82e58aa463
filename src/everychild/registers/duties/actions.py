"""Joining and parting nodes of the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.db.models import Q

from everychild.registers.actions import FOLLOWERS, action
from everychild.registers.audit.queries import kept_by_people
from everychild.registers.changes import Changes
from everychild.registers.duties.joined_records import families_of
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
    """Change what is said of an edge: its strength, evidence, day or mark. From then on it is the person's."""
    assign(edge, about, ABOUT)
    edge.origin = "person"
    edge.save()
    return edge


@action("duties.part", on="edge")
def part(*, by: Account, edge: Edge, reason: str) -> None:
    """Take an edge away. The audit keeps it, and `audit.actions.restore` brings it back.

    Raises Refused for one that follows from a record: it would come back with the record's next change.
    """
    if edge.origin == "record":
        raise Refused([problem(kind_of(edge), "edge_of_a_record", value=str(edge))])
    edge.delete()


@action("duties.load_edges")
def load_edges(*, by: Account, edges: Iterable[Mapping[str, Any]]) -> int:
    """Bring the edges of records and of the country pack up to date; those that people wrote to are left alone.

    An edge that no record and no pack says any more goes. Returns how many were written.
    """
    return _bring_up_to_date(edges, Edge.objects.exclude(origin="person"), kept_by_people(Edge))


def follow_records(changes: Changes) -> None:
    """Keep the edges that follow from records in step with them, whoever changes one."""
    for family in families_of(kind for kind, _ in changes.by_record):
        shapes = Q()
        for from_kind, relation, to_kind in family.shapes:
            shapes |= Q(from_kind=from_kind, relation=relation, to_kind=to_kind)
        standing = Edge.objects.filter(shapes)
        drawn = set(standing.exclude(origin="record").values_list(*ENDS))
        edges = (row for row in family.edges() if tuple(row[name] for name in ENDS) not in drawn)
        _bring_up_to_date(edges, standing.filter(origin="record"))


FOLLOWERS.append(follow_records)


def _bring_up_to_date(edges: Iterable[Mapping[str, Any]], standing: Iterable[Edge], kept: Collection[str] = ()) -> int:
    """Write what differs. `kept` are keys of edges that stay as they are; one of a record always follows the record."""
    wanted = {tuple(row[name] for name in ENDS): row for row in edges}
    seen = set(Edge.objects.filter(origin="person").values_list(*ENDS))
    written = 0
    for edge in standing:
        key = tuple(getattr(edge, name) for name in ENDS)
        seen.add(key)
        if edge.origin != "record" and edge.key in kept:
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
    new = []
    for key, row in wanted.items():
        if key not in seen:
            edge = Edge()
            _take(edge, row)
            edge.clean()
            new.append(edge)
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
