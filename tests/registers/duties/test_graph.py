"""Edges join what may be joined, can be walked both ways, and say of each right what is known and what is not."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from everychild.catalogue.countries import country
from everychild.registers.duties import actions, queries
from everychild.registers.duties.models import Edge
from everychild.registers.duties.nodes import nodes
from everychild.registers.loading import load_pack
from everychild.registers.refusals import Refused
from tests.registers.made import Desk

ENDS = {"from_kind": "indicator", "from_code": "violent_discipline", "relation": "measures", "to_kind": "article",
        "to_code": "19"}  # fmt: skip
ABOUT = {"strength": "some", "evidence": "Its definition", "source": "MICS", "verified": "yes"}


def joined(desk: Desk, **more: str) -> Edge:
    return actions.join(
        by=desk.person("contributor"), body=desk.bodies["ministry"], ends={**ENDS, **more}, about=ABOUT, reason="read"
    )


class TestEdges:
    def test_an_edge_is_found_from_both_ends(self, desk: Desk) -> None:
        edge = joined(desk)
        for kind, code in (("indicator", "violent_discipline"), ("article", "19")):
            found = queries.neighbourhood(kind, code)
            assert [step.edge for step in found.steps] == [edge]
        from_article = queries.neighbourhood("article", "19").steps[0]
        assert not from_article.forward
        assert from_article.relation.back["en"] == "is measured by"

    @pytest.mark.parametrize(
        ("more", "rule"),
        [
            ({"relation": "pays_for"}, "edge_relation_does_not_join"),
            ({"relation": "likes"}, "edge_relation_does_not_join"),
            ({"to_code": "99"}, "edge_node_unknown"),
            ({"from_code": "no_such_indicator"}, "edge_node_unknown"),
        ],
    )
    def test_what_cannot_be_joined_is_refused_by_name(self, desk: Desk, more: dict[str, str], rule: str) -> None:
        with pytest.raises(Refused) as refused:
            joined(desk, **more)
        assert [finding.rule for finding in refused.value.findings] == [rule]
        assert not Edge.objects.exists()

    def test_an_edge_is_drawn_once(self, desk: Desk) -> None:
        joined(desk)
        with pytest.raises(Refused):
            joined(desk)

    def test_an_edge_taken_away_leaves_its_trace(self, desk: Desk) -> None:
        from everychild.registers.audit.models import AuditEvent

        actions.part(by=desk.person("contributor"), edge=joined(desk), reason="a mistake")
        assert not Edge.objects.exists()
        assert AuditEvent.objects.order_by("-number").first().action == "duties.part"

    def test_bodies_keep_their_own_edges(self, desk: Desk) -> None:
        from everychild.registers.refusals import NotPermitted

        edge = joined(desk)
        with pytest.raises(NotPermitted):
            actions.part(by=desk.person("contributor", "ngo"), edge=edge, reason="not ours")


class TestKazakhstan:
    @pytest.fixture(autouse=True)
    def _loaded(self, db: None) -> None:
        load_pack(country("KAZ"))

    def test_loading_twice_is_loading_once(self) -> None:
        from everychild.registers.audit.queries import stamp

        before, count = stamp(), Edge.objects.count()
        load_pack(country("KAZ"))
        assert (stamp(), Edge.objects.count()) == (before, count)

    def test_every_edge_of_the_pack_is_allowed(self) -> None:
        for edge in Edge.objects.filter(origin="pack"):
            edge.clean()

    @pytest.mark.parametrize(
        ("start", "through", "end"),
        [
            (("article", "19"), ("act", "KZ-LAW-40"), ("recommendation", "KZ-REC-31")),
            (("recommendation", "KZ-REC-31"), ("recommendation", "KZ-REC-16"), ("recommendation", "KZ-REC-01")),
            (("recommendation", "KZ-REC-46"), ("recommendation", "KZ-REC-20"), ("recommendation", "KZ-REC-10")),
            (("recommendation", "KZ-REC-46"), ("act", "KZ-LAW-42"), ("article", "20")),
        ],
    )
    def test_the_threads_can_be_walked(
        self, start: tuple[str, str], through: tuple[str, str], end: tuple[str, str]
    ) -> None:
        found = queries.neighbourhood(*start)
        assert found.distance[through] == 1
        assert found.distance[end] <= 2
        back = queries.neighbourhood(*end)
        assert back.distance[start] <= 2

    def test_chains_say_what_is_known_and_what_is_not(self) -> None:
        chains = queries.chains()
        violence = chains["19"]
        assert violence["law"].count >= 10
        assert 0 < violence["law"].verified < violence["law"].count
        assert "voice" not in violence, "nobody has published what children say of it: no information is a state"
        slow = [
            edge for edge in Edge.objects.all()
            if (edge.to_kind, edge.to_code) == ("article", "19") and edge.from_kind in ("act", "provision")
        ]  # fmt: skip
        assert violence["law"].count == len(slow)


class TestSize:
    def test_a_neighbourhood_takes_few_queries_whatever_its_size(self, desk: Desk) -> None:
        rows = [
            Edge(from_kind="act", from_code=f"ACT-{n}", relation="gives_effect_to", to_kind="article",
                 to_code=str(n % 42 + 1), origin="record")
            for n in range(3000)
        ]  # fmt: skip
        actions.load_edges(by=desk.system, edges=[
            {name: getattr(row, name) for name in (*actions.ENDS, "origin", "strength")} for row in rows
        ])  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            found = queries.neighbourhood("article", "7")
        assert len(asked) <= 8
        assert found.more[("article", "7")] == 3000 // 42 + (1 if 6 < 3000 % 42 else 0) - queries.MOST
        assert len(found.steps) == queries.MOST


def test_a_node_nobody_keeps_has_its_code_for_a_title(db: None) -> None:
    found = nodes([("poll", "P-1"), ("article", "12")])
    assert found["poll", "P-1"].title["en"] == "P-1"
    assert found["article", "12"].page == "right"
