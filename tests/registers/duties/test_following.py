"""Edges that are records already: they come, change and go with the record, under the same event."""

from __future__ import annotations

from decimal import Decimal

import pytest

from everychild.registers.audit.actions import restore
from everychild.registers.audit.models import AuditEvent
from everychild.registers.budget import actions as budget
from everychild.registers.duties import actions, queries
from everychild.registers.duties.models import Edge
from everychild.registers.laws import actions as laws
from everychild.registers.recommendations import actions as recommendations
from everychild.registers.recommendations.models import Recommendation
from everychild.registers.refusals import Refused
from tests.registers.made import Desk

MARK = {"source": "made", "verified": "yes"}


def made(desk: Desk, code: str, adopted: str, articles: str = "19") -> Recommendation:
    values = {
        "mechanism": "CRC",
        "document": "D",
        "adopted": adopted,
        "text_en": f"Demand {code}",
        "articles": articles,
    }
    return recommendations.add(by=desk.person("reviewer"), code=code, values={**values, **MARK})


def ends(origin: str = "record") -> set[tuple[str, ...]]:
    from_articles = Edge.objects.filter(origin=origin).exclude(from_kind="indicator")
    return set(from_articles.values_list("from_code", "relation", "to_code"))


def test_an_article_of_a_record_is_an_edge_and_goes_with_it(desk: Desk) -> None:
    first = made(desk, "r1", "2003")
    assert ends() == {("r1", "concerns", "19")}
    assert queries.neighbourhood("article", "19").distance["recommendation", "r1"] == 1
    recommendations.amend(
        by=desk.person("reviewer"), recommendation=first, values={"articles": "20;28"}, reason="read again"
    )
    assert ends() == {("r1", "concerns", "20"), ("r1", "concerns", "28")}


def test_a_repeat_is_an_edge_under_the_event_of_its_action(desk: Desk) -> None:
    first, later = made(desk, "r1", "2003", ""), made(desk, "r2", "2007", "")
    repeat = recommendations.link_repeat(
        by=desk.person("reviewer"), earlier=first, later=later, kind="repeated", mark=MARK
    )
    assert ends() == {("r2", "repeats", "r1")}
    event = AuditEvent.objects.order_by("-number").first()
    assert event.action == "recommendations.link_repeat"
    assert [change["kind"] for change in event.changes] == ["recommendations.repeat", "duties.edge"]
    recommendations.unlink_repeat(by=desk.person("reviewer"), repeat=repeat, reason="another demand")
    assert ends() == set()


def test_an_edge_of_a_record_is_not_parted_but_may_become_a_persons_own(desk: Desk) -> None:
    made(desk, "r1", "2003")
    edge = Edge.objects.get(from_code="r1")
    with pytest.raises(Refused) as refused:
        actions.part(by=desk.person("reviewer"), edge=edge, reason="no")
    assert [f.rule for f in refused.value.findings] == ["edge_of_a_record"]
    actions.mend(by=desk.person("reviewer"), edge=edge, about={"evidence": "Read twice"}, reason="told")
    made(desk, "r2", "2007")
    assert Edge.objects.get(from_code="r1").evidence == "Read twice"
    assert ends("person") == {("r1", "concerns", "19")}


def test_turning_an_event_back_turns_its_edges_back(desk: Desk) -> None:
    act = laws.add_act(by=desk.person("reviewer"), code="a1", values={
        "kind": "law", "status": "in_force", "articles": "19",
        "title_en": "Act", "title_ru": "Закон", "title_kk": "Заң", **MARK})  # fmt: skip
    assert ends() == {("a1", "gives_effect_to", "19")}
    laws.amend_act(by=desk.person("reviewer"), act=act, values={"articles": "37"}, reason="slip")
    event = AuditEvent.objects.order_by("-number").first()
    restore(by=desk.system, event=event, reason="it was right")
    assert ends() == {("a1", "gives_effect_to", "19")}


def test_a_budget_line_that_names_an_article_is_joined_to_it_and_the_others_are_not(desk: Desk) -> None:
    line = {"year": 2024, "level": "regional", "region": "KZ-43", "cofog": "09.1", "title_kk": "Мектеп",
            "title_ru": "Школа", "title_en": "School", "unit": "thousand", "planned": Decimal(5), "revised": None,
            "executed": None, "transfer": None, "programme_area": None}  # fmt: skip
    rows = [{**line, "row": 2, "programme": "261.010", "article": "28"},
            {**line, "row": 3, "programme": "261.011", "article": None}]  # fmt: skip
    budget.hand_in_lines(by=desk.person("contributor"), body=desk.bodies["ministry"], rows=rows, mark=MARK)
    assert ends() == {("KAZ-2024-regional-KZ-43-261.010", "concerns", "28")}
