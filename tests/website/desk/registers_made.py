"""Records of every register for tests of the desk, made as they are needed; forms filled in as a browser does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from everychild.registers.budget import actions as budget
from everychild.registers.budget.models import Line, RuleSet
from everychild.registers.duties import actions as duties
from everychild.registers.laws import actions as laws
from everychild.registers.laws.models import Act, Cell, Obligation, Provision
from everychild.registers.people.models import Account
from everychild.registers.programmes import actions as programmes
from everychild.registers.programmes.models import Partner, Pilot, Programme, Result
from everychild.registers.recommendations import actions as recommendations
from everychild.registers.recommendations.models import Recommendation
from everychild.registers.voices import actions as voices
from everychild.registers.voices.models import Comment, Poll
from everychild.vocabulary.language import LocalText
from tests.registers.made import Desk

MARK = {"source": "a gazette", "verified": "yes"}


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


def texts(name: str, word: str = "Words") -> dict[str, str]:
    return {f"{name}_kk": f"{word} kk", f"{name}_ru": f"{word} ru", f"{name}_en": word}


@dataclass
class World:
    """Records by what they are; the ministry's contributor has handed in what somebody had to."""

    desk: Desk
    kept: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self.kept:
            self.kept[name] = getattr(self, f"_{name}")()
        return type(self.kept[name])._default_manager.get(pk=self.kept[name].pk)

    def by(self, role: str, body: str = "ministry") -> Account:
        return self.desk.person(role, body)

    def _act(self) -> Act:
        return self.added_act("ACT-1")

    def _other_act(self) -> Act:
        return self.added_act("ACT-2")

    def added_act(self, code: str) -> Act:
        values = {"title": text(f"Law {code}"), "kind": "law", "adopted": "2009", "status": "in_force", **MARK}
        return laws.add_act(by=self.by("reviewer"), code=code, values=values)

    def _provision(self) -> Provision:
        return laws.add_provision(by=self.by("reviewer"), act=self.act, code="ACT-1:1", values={"label": text("One")})

    def _obligation(self) -> Obligation:
        values = {"duty": text("Protect"), "criteria": text("Says so")}
        return laws.add_obligation(by=self.by("publisher"), code="CRC-19-1", instrument="CRC", article="19",
                                   values=values)  # fmt: skip

    def _cell(self) -> Cell:
        return laws.open_cell(by=self.by("reviewer"), obligation=self.obligation, provision=self.provision)

    def hand_in(self, verdict: str, body: str = "ministry", role: str = "contributor", why: str = "Because.") -> Any:
        return laws.hand_in_reading(by=self.by(role, body), body=self.desk.bodies[body], cell=self.cell,
                                    verdict=verdict, reading=why, quotation="Thou shalt.")  # type: ignore[arg-type] # fmt: skip

    def _disputed(self) -> Cell:
        self.hand_in("aligned")
        self.hand_in("partly", "ngo")
        return Cell.objects.get()

    def _recommendation(self) -> Recommendation:
        return self.recommended("R-1", responsible=self.desk.bodies["ministry"])

    def _other_recommendation(self) -> Recommendation:
        return self.recommended("R-0", adopted="2007")

    def recommended(self, code: str, **more: object) -> Recommendation:
        values = {"mechanism": "CRC", "document": "CRC/C/X", "adopted": "2015-10-30", "text": text(f"Ban it {code}"),
                  **MARK, **more}  # fmt: skip
        return recommendations.add(by=self.by("reviewer"), code=code, values=values)

    def _repeat(self) -> Any:
        return recommendations.link_repeat(by=self.by("reviewer"), earlier=self.other_recommendation,
                                           later=self.recommendation, kind="repeated", mark=MARK)  # fmt: skip

    def _measure(self) -> Any:
        return recommendations.plan_action(
            by=self.by("contributor"), body=self.desk.bodies["ministry"], recommendation=self.recommendation,
            code="M-1", values={"title": text("Do")},
        )  # fmt: skip

    def _evidence(self) -> Any:
        return recommendations.bring_evidence(
            by=self.by("contributor"), body=self.desk.bodies["ministry"], recommendation=self.recommendation,
            values={"kind": "document", "on": "2021", "says": text("It shows"), "source": "a gazette"},
        )  # fmt: skip

    def _programme(self) -> Programme:
        values = {"kind": "country_programme", "title": text("Programme"), "begins": "2021",
                  "responsible": self.desk.bodies["ministry"], **MARK}  # fmt: skip
        return programmes.add(by=self.by("reviewer"), code="P-1", values=values)

    def _partner(self) -> Partner:
        return programmes.add_partner(
            by=self.by("reviewer"), code="W-1", values={"kind": "ngo", "name": text("Friends")}
        )

    def _partnership(self) -> Any:
        return programmes.join_partner(by=self.by("contributor"), programme=self.programme, partner=self.partner,
                                       role="funds", values={})  # fmt: skip

    def _result(self) -> Result:
        return programmes.add_result(by=self.by("contributor"), programme=self.programme, code="O-1",
                                     values={"level": "outcome", "title": text("Better")})  # fmt: skip

    def _use(self) -> Any:
        return programmes.use_indicator(by=self.by("contributor"), result=self.result, indicator="u5mr",
                                        values={"area": "KAZ", "target": 8, "target_period": "2030"})  # fmt: skip

    def _pilot(self) -> Pilot:
        return programmes.add_pilot(by=self.by("contributor"), programme=self.programme, code="I-1",
                                    values={"title": text("Visits"), "scope": "local", "places": "KZ-43"})  # fmt: skip

    def _step(self) -> Any:
        return programmes.report_step(by=self.by("contributor"), pilot=self.pilot, values={
            "stage": "piloted", "on": "2023", "evidence_kind": "document", "evidence": text("A report")})  # fmt: skip

    def _line(self) -> Line:
        row = {"year": 2025, "level": "central", "region": "KAZ", "programme": "261.010", "cofog": "09.1",
               "title_en": "x", "title_ru": "x", "title_kk": "x", "planned": 10, "revised": None,
               "executed": None, "transfer": False, "article": "", "programme_area": "", "unit": "one"}  # fmt: skip
        budget.hand_in_lines(by=self.by("contributor"), body=self.desk.bodies["ministry"], rows=[row], mark=MARK)
        return Line.objects.get()

    def _rule_set(self) -> RuleSet:
        return budget.add_rule_set(by=self.by("publisher"), code="own-rules", values={"name": text("Own")})

    def _poll(self) -> Poll:
        values = {"title": text("Safe?"), "kind": "opt_in", "began": "2025", "how": text("How"), "missed": text("Who"),
                  **MARK}  # fmt: skip
        return voices.add_poll(by=self.by("contributor"), body=self.desk.bodies["ministry"], code="safe", values=values)

    def _answered(self) -> Poll:
        by, poll = self.by("contributor"), self.poll
        voices.add_question(by=by, poll=poll, code="q1", values={"text": text("Safe?")},
                            choices=[("q1-yes", text("Yes"))])  # fmt: skip
        group = {"age_group": "15-17", "sex": "F", "region": "KAZ", "people": 50}
        voices.hand_in_respondents(by=by, poll=poll, rows=[group])
        voices.hand_in_answers(by=by, poll=poll, rows=[{**group, "choice": "q1-yes"}])
        return poll

    def _published(self) -> Poll:
        return voices.publish_poll(by=self.by("publisher", "ngo"), poll=self.answered)

    def _comment(self) -> Comment:
        return voices.submit_comment(by=self.by("contributor"), body=self.desk.bodies["ministry"], poll=self.poll,
                                     language="en", text="More light in the street.")  # fmt: skip

    def _edge(self) -> Any:
        ends = {"from_kind": "act", "from_code": self.act.code, "relation": "gives_effect_to", "to_kind": "article",
                "to_code": "19"}  # fmt: skip
        return duties.join(by=self.by("contributor"), body=self.desk.bodies["ministry"], ends=ends, about={})


class _Form(HTMLParser):
    """The fields of the page's last form with what a browser would send of them."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.select, self.area, self.choice = "", "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.sent = {}
        elif tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.sent.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select":
            self.select, self.choice = name, ""
            self.first: str | None = None
        elif tag == "option" and self.select:
            value = given.get("value", "")
            self.first = value if self.first is None else self.first
            self.choice = value if "selected" in given else self.choice
        elif tag == "textarea":
            self.area = name
            self.sent[name] = [""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select:
            self.sent[self.select] = [self.choice or self.first or ""]
            self.select = ""
        elif tag == "textarea":
            self.sent[self.area][0] = self.sent[self.area][0].removeprefix("\n")
            self.area = ""


def filled(page: str, **typed: Any) -> dict[str, Any]:
    """What a browser sends when a person types `typed` into the form of the page and leaves the rest."""
    form = _Form()
    form.feed(page)
    unknown = set(typed) - set(form.sent)
    assert not {name for name in unknown if f'name="{name}"' not in page}, unknown
    return {**form.sent, **typed}
