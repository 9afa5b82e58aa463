"""Recommendations for tests, made by the actions that everybody uses."""

from __future__ import annotations

from everychild.registers.laws.actions import add_act
from everychild.registers.laws.models import Act
from everychild.registers.recommendations import actions
from everychild.registers.recommendations.models import Evidence, Recommendation, StatusReport
from everychild.vocabulary.language import LocalText
from tests.registers.made import Desk

MARK = {"source": "a document", "verified": "yes"}


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


def made(desk: Desk, code: str = "R-1", **more: object) -> Recommendation:
    values = {"mechanism": "CRC", "document": "CRC/C/X/CO/1", "paragraph": "29", "adopted": "2015-10-30",
              "text": text(f"Ban it {code}"), "articles": "19;37", **MARK, **more}  # fmt: skip
    return actions.add(by=desk.person("reviewer"), code=code, values=values)


def made_act(desk: Desk, code: str = "A-1", **more: object) -> Act:
    values = {"title": text(code), "kind": "law", "adopted": "2020", "status": "in_force", **MARK, **more}
    return add_act(by=desk.person("reviewer"), code=code, values=values)


def report(
    desk: Desk, recommendation: Recommendation, status: str, on: str = "2020", body: str = "ministry"
) -> StatusReport:
    return actions.report_status(
        by=desk.person("contributor", body), body=desk.bodies[body], recommendation=recommendation, status=status,
        on=on, because={"en": "Because so."}, mark=MARK,
    )  # fmt: skip


def bring(desk: Desk, recommendation: Recommendation, checked: str = "yes", **values: object) -> Evidence:
    """Evidence of the ministry, checked by the reviewer of the other body."""
    given = {"on": "2021", "says": text("It shows"), "source": "a gazette", **values}
    brought = actions.bring_evidence(
        by=desk.person("contributor"), body=desk.bodies["ministry"], recommendation=recommendation, values=given
    )
    if checked == "no":
        return brought
    return actions.check_evidence(
        by=desk.person("reviewer", "ngo"), evidence=brought, verified=checked, reason="has read it"
    )
