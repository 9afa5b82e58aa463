"""Acts and what follows them; cells read twice, decided when they differ, opened again when the law changes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import pytest

from everychild.catalogue.countries import country
from everychild.registers.audit.queries import events_of, stamp
from everychild.registers.laws import actions, queries
from everychild.registers.laws.models import Act, Cell, Obligation, Provision, Reading
from everychild.registers.loading import load_pack
from everychild.registers.open_files import OPEN_FILES, lines
from everychild.registers.people.models import Account
from everychild.registers.refusals import NotPermitted, Refused
from everychild.vocabulary.language import LocalText
from tests.registers.made import Desk

MARK = {"source": "a gazette", "verified": "yes"}


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


@dataclass(frozen=True)
class Law:
    """One act with one provision, one duty, one cell of the two."""

    desk: Desk
    act: Act
    provision: Provision
    obligation: Obligation
    cell: Cell

    def hand_in(
        self, coder: str, verdict: str, cell: Cell | None = None, quotation: str = "The law says so."
    ) -> Reading:
        body, _, role = coder.partition(" ")
        return actions.hand_in_reading(
            by=self.desk.person(role, body), body=self.desk.bodies[body], cell=cell or self.cell, verdict=verdict,
            reading="Because the law says so.", quotation=quotation,
        )  # fmt: skip

    def now(self) -> tuple[str, str, int]:
        cell = Cell.objects.get(pk=self.cell.pk)
        return cell.state, cell.outcome, cell.round


def made_act(desk: Desk, code: str, **more: object) -> Act:
    values = {"title": text(code), "kind": "law", "adopted": "2009-12-04", "status": "in_force", **MARK, **more}
    return actions.add_act(by=desk.person("reviewer"), code=code, values=values)


@pytest.fixture
def law(desk: Desk) -> Law:
    reviewer, publisher = desk.person("reviewer"), desk.person("publisher")
    act = made_act(desk, "A-1", articles="19;37")
    provision = actions.add_provision(
        by=reviewer, act=act, code="A-1/10", values={"label": text("article 10"), "text_kk": "Мәтін", **MARK}
    )
    obligation = actions.add_obligation(
        by=publisher, code="CRC-19-1", instrument="CRC", article="19",
        values={"duty": text("Ban violence"), "criteria": text("Names every setting"), "order": 1, **MARK},
    )  # fmt: skip
    cell = actions.open_cell(by=reviewer, obligation=obligation, provision=provision)
    return Law(desk, act, provision, obligation, cell)


def rule_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.findings[0].rule


class TestActs:
    def test_are_found_by_article_status_and_words_of_any_language(self, law: Law) -> None:
        made_act(law.desk, "A-2", articles="1;9", title=LocalText(en="On Bail", ru="О бытовом насилии", kk="Тұрмыстық"))
        assert [a.code for a in queries.acts("KAZ", article="19")] == ["A-1"]
        assert [a.code for a in queries.acts("KAZ", article="9")] == ["A-2"]
        assert [a.code for a in queries.acts("KAZ", words="bail")] == ["A-2"]
        assert [a.code for a in queries.acts("KAZ", words="бытовом")] == ["A-2"]
        assert [a.code for a in queries.acts("KAZ", words="тұрмыстық")] == ["A-2"]
        assert [a.code for a in queries.acts("KAZ", status="repealed")] == []
        assert [a.code for a in queries.acts("UZB")] == []

    @pytest.mark.parametrize(
        ("values", "rule"),
        [
            ({"articles": "19;55"}, "unknown_article"),
            ({"adopted": "2011-02-30"}, "bad_date"),
            ({"ended": "2001", "status": "repealed"}, "act_ended_before_it_began"),
            ({"ended": "2020"}, "act_ended_and_in_force"),
            ({"verified": "maybe"}, "field_not_a_choice"),
            ({"code": "B"}, "field_not_changed_here"),
            ({"title": {"kk": "", "ru": "", "en": ""}}, "empty_cell"),
        ],
    )
    def test_what_does_not_hold_is_refused(self, law: Law, values: dict[str, object], rule: str) -> None:
        with pytest.raises(Refused) as refused:
            actions.amend_act(by=law.desk.person("reviewer"), act=law.act, values=values, reason="a trial")
        assert rule_of(refused) == rule

    def test_a_missing_language_is_shown_in_another_and_marked(self, law: Law) -> None:
        made = made_act(law.desk, "A-3", title={"kk": "", "ru": "", "en": "Only English"})
        assert made.title["kk"] == "Only English"
        assert not made.title.is_reviewed("kk")
        assert made.title.is_reviewed("en")

    def test_a_repealed_act_ends_and_is_followed(self, law: Law) -> None:
        later = made_act(law.desk, "A-9", adopted="2024")
        actions.record_succession(by=law.desk.person("reviewer"), earlier=law.act, later=later, kind="repeals",
                                  on="2024-06-16", mark=MARK)  # fmt: skip
        act = queries.act("A-1")
        assert act is not None
        assert (act.status, act.ended) == ("repealed", "2024-06-16")
        assert [s.later.code for s in act.followed_by.all()] == ["A-9"]
        with pytest.raises(Refused) as refused:
            actions.record_succession(by=law.desk.person("reviewer"), earlier=later, later=later, kind="amends", on="",
                                      mark=MARK)  # fmt: skip
        assert rule_of(refused) == "act_follows_itself"


class TestCells:
    def test_two_who_agree_settle_it(self, law: Law) -> None:
        law.hand_in("ministry contributor", "partly")
        assert law.now() == ("open", "not_assessed", 1)
        law.hand_in("ngo contributor", "partly")
        assert law.now() == ("agreed", "partly", 1)

    def test_two_who_differ_leave_it_to_a_third_and_the_difference_stays(self, law: Law) -> None:
        law.hand_in("ministry contributor", "aligned")
        law.hand_in("ngo publisher", "not_aligned")
        assert law.now() == ("disputed", "not_assessed", 1)
        with pytest.raises(Refused) as refused:
            actions.adjudicate(by=law.desk.person("publisher", "ngo"), cell=law.cell, verdict="aligned", reason="mine")
        assert rule_of(refused) == "read_by_yourself"
        actions.adjudicate(by=law.desk.person("publisher"), cell=law.cell, verdict="partly", reason="An exception.")
        assert law.now() == ("adjudicated", "partly", 1)
        [cell] = queries.disputed("KAZ")
        assert [(r.body.code, r.verdict) for r in cell.readings.all()] == [
            ("ministry", "aligned"),
            ("ngo", "not_aligned"),
        ]
        with pytest.raises(Refused) as refused:
            actions.adjudicate(by=law.desk.person("publisher"), cell=law.cell, verdict="aligned", reason="again")
        assert rule_of(refused) == "cell_not_disputed"

    def test_nobody_reads_twice_and_nobody_third(self, law: Law) -> None:
        law.hand_in("ministry contributor", "partly")
        with pytest.raises(Refused) as refused:
            law.hand_in("ministry contributor", "aligned")
        assert rule_of(refused) == "read_by_yourself"
        law.hand_in("ngo contributor", "partly")
        with pytest.raises(Refused) as refused:
            law.hand_in("ngo reviewer", "partly")
        assert rule_of(refused) == "cell_not_open"

    def test_a_judgement_of_a_provision_quotes_it(self, law: Law) -> None:
        with pytest.raises(Refused) as refused:
            law.hand_in("ministry contributor", "aligned", quotation=" ")
        assert rule_of(refused) == "quotation_required"
        law.hand_in("ministry contributor", "not_applicable", quotation="")

    def test_one_hands_in_for_ones_own_body(self, law: Law) -> None:
        with pytest.raises(NotPermitted):
            actions.hand_in_reading(by=law.desk.person("contributor"), body=law.desk.bodies["ngo"], cell=law.cell,
                                    verdict="aligned", reading="x", quotation="y")  # fmt: skip

    def test_the_second_does_not_see_the_first_before_handing_in(self, law: Law) -> None:
        first, second = law.desk.person("contributor"), law.desk.person("contributor", "ngo")

        def seen(account: Account | None) -> list[str]:
            return [r.body.code for r in queries.readings_for(law.cell, account)]

        def exported() -> int:
            return len(list(lines(OPEN_FILES["laws", "readings"]))) - 1

        law.hand_in("ministry contributor", "aligned")
        assert [seen(first), seen(second), seen(law.desk.person("publisher")), seen(None)] == [["ministry"], [], [], []]
        assert exported() == 0
        law.hand_in("ngo contributor", "aligned")
        assert [seen(first), seen(second), seen(None)] == [["ministry", "ngo"]] * 3
        assert exported() == 2

    def test_open_cells_to_read_leave_out_ones_own(self, law: Law) -> None:
        coder = law.desk.person("contributor")
        assert list(queries.to_read(coder, "KAZ")) == [law.cell]
        law.hand_in("ministry contributor", "partly")
        assert list(queries.to_read(coder, "KAZ")) == []
        assert list(queries.to_read(law.desk.person("contributor", "ngo"), "KAZ")) == [law.cell]

    def test_a_pair_is_asked_about_once(self, law: Law) -> None:
        reviewer = law.desk.person("reviewer")
        with pytest.raises(Refused):
            actions.open_cell(by=reviewer, obligation=law.obligation, provision=law.provision)
        actions.open_cell(by=reviewer, obligation=law.obligation, provision=None)
        with pytest.raises(Refused):
            actions.open_cell(by=reviewer, obligation=law.obligation, provision=None)


class TestReopening:
    def settle(self, law: Law) -> None:
        for coder in ("ministry contributor", "ngo contributor"):
            law.hand_in(coder, "aligned", Cell.objects.get(pk=law.cell.pk))

    def amend(self, law: Law, provisions: list[Provision] | None) -> None:
        later = made_act(law.desk, "A-40", kind="amending_law", adopted="2024-04-15")
        actions.add_version(by=law.desk.person("reviewer"), act=law.act, in_force_from="2024-06-16", amended_by=later,
                            provisions=provisions, mark=MARK, reason="amended")  # fmt: skip

    def test_an_amendment_opens_the_cells_of_its_provisions(self, law: Law) -> None:
        self.settle(law)
        self.amend(law, [law.provision])
        assert law.now() == ("open", "not_assessed", 2)
        assert "2024-06-16" in Cell.objects.get(pk=law.cell.pk).opened_because

    def test_an_amendment_elsewhere_in_the_act_leaves_them(self, law: Law) -> None:
        self.settle(law)
        self.amend(law, [])
        assert law.now() == ("agreed", "aligned", 1)

    def test_the_old_round_stays_to_be_seen_and_a_half_read_one_begins_again(self, law: Law) -> None:
        law.hand_in("ministry contributor", "aligned")
        self.amend(law, None)
        assert law.now() == ("open", "not_assessed", 2)
        assert [r.round for r in queries.readings_for(law.cell, None)] == [1]
        self.settle(law)
        assert law.now() == ("agreed", "aligned", 2)

    def test_an_unread_cell_simply_stays_open(self, law: Law) -> None:
        self.amend(law, None)
        assert law.now() == ("open", "not_assessed", 1)

    def test_other_criteria_and_another_text_are_another_question(self, law: Law) -> None:
        self.settle(law)
        actions.amend_obligation(by=law.desk.person("publisher"), obligation=law.obligation,
                                 values={"criteria": text("Also at home")}, reason="too weak")  # fmt: skip
        assert law.now() == ("open", "not_assessed", 2)
        self.settle(law)
        actions.amend_provision(by=law.desk.person("reviewer"), provision=law.provision, values={"note": "checked"},
                                reason="a note")  # fmt: skip
        assert law.now()[2] == 2
        actions.amend_provision(by=law.desk.person("reviewer"), provision=law.provision, values={"text_kk": "Басқа"},
                                reason="misread")  # fmt: skip
        assert law.now() == ("open", "not_assessed", 3)

    def test_a_repeal_opens_them(self, law: Law) -> None:
        self.settle(law)
        later = made_act(law.desk, "A-9", adopted="2024")
        actions.record_succession(by=law.desk.person("reviewer"), earlier=law.act, later=later, kind="replaces",
                                  on="2024-06-16", mark=MARK)  # fmt: skip
        assert law.now() == ("open", "not_assessed", 2)


class TestAlignmentAndAgreement:
    def test_a_duty_nobody_asked_about_is_not_assessed(self, law: Law) -> None:
        actions.add_obligation(by=law.desk.person("publisher"), code="CRC-12-1", instrument="CRC", article="12",
                               values={"duty": text("Hear"), "criteria": text("At any age")})  # fmt: skip
        law.hand_in("ministry contributor", "aligned")
        law.hand_in("ngo contributor", "aligned")
        whole = queries.alignment("KAZ")
        assert (whole["aligned"], whole["not_assessed"]) == (1, 1)
        assert (whole.aligned_of_assessed, whole.assessed_of_applicable, whole.bounds) == (100, 50, (50, 100))
        by_article = queries.alignment_by_article("KAZ")
        assert {article: found.assessed for article, found in by_article.items()} == {"19": 1, "12": 0}
        for article, found in by_article.items():
            assert found == queries.alignment("KAZ", article=article)

    def test_kappa_over_the_newest_complete_round_of_each_cell(self, law: Law) -> None:
        reviewer = law.desk.person("reviewer")
        pairs = [("aligned", "aligned"), ("aligned", "partly"), ("silent", "not_aligned"), ("partly", "partly"),
                 ("not_applicable", "silent")]  # fmt: skip
        cells = [law.cell]
        for number in range(2, len(pairs) + 1):
            provision = actions.add_provision(by=reviewer, act=law.act, code=f"A-1/{number}",
                                              values={"label": text("article")})  # fmt: skip
            cells.append(actions.open_cell(by=reviewer, obligation=law.obligation, provision=provision))
        for cell, (one, other) in zip(cells, pairs, strict=True):
            law.hand_in("ministry contributor", one, cell)
            law.hand_in("ngo contributor", other, cell)
        found = queries.agreement("KAZ")
        assert (found.plain.items, found.weighted.items, found.off_the_scale) == (5, 4, 1)
        assert found.plain.agreement == pytest.approx(2 / 5)
        # on the scale: (2,2) (2,1) (0,0) (1,1): po = 1 - 0.5/4; pe from the margins 2:2 1:1 0:1 and 2:1 1:2 0:1
        po, pe = 0.875, 1 - (2 * 2 * 0.5 + 2 * 1 * 1 + 1 * 1 * 0.5 + 1 * 1 * 0.5 + 1 * 2 * 0.5 + 1 * 1 * 1) / 16
        assert found.weighted.value == pytest.approx((po - pe) / (1 - pe))

    def test_without_readings_there_is_no_agreement(self, law: Law) -> None:
        assert math.isnan(queries.agreement("KAZ").plain.value)


@pytest.mark.django_db
class TestThePack:
    def test_is_loaded_once_however_often(self) -> None:
        pack = country("KAZ")
        load_pack(pack)
        once = stamp()
        load_pack(pack)
        assert stamp() == once
        assert Act.objects.count() == len(pack.laws)
        assert {act.verified for act in Act.objects.all()} == {law.verified for law in pack.laws}
        assert not Act.objects.filter(status="unknown").exists()

    def test_keeps_marks_sources_and_what_followed(self) -> None:
        load_pack(country("KAZ"))
        act = queries.act("KZ-LAW-39")
        assert act is not None
        assert (act.verified, act.crc_articles) == ("yes", ("19",))
        assert [(s.later.code, s.verified) for s in act.followed_by.all()] == [("KZ-LAW-40", "partly")]
        iodine = queries.act("KZ-LAW-28")
        assert iodine is not None
        assert (iodine.status, iodine.ended) == ("repealed", "2020-07-19")

    def test_leaves_alone_what_a_person_has_written(self, desk: Desk) -> None:
        load_pack(country("KAZ"))
        act = Act.objects.get(code="KZ-LAW-43")
        actions.amend_act(
            by=desk.person("reviewer"), act=act, values={"number": "999-VIII"}, reason="found in a gazette"
        )
        load_pack(country("KAZ"))
        assert Act.objects.get(code="KZ-LAW-43").number == "999-VIII"
        assert [event.action for event in events_of(act)] == ["laws.load_pack", "laws.amend_act"]

    def test_duties_stand_before_any_judgement(self) -> None:
        """Nothing of Kazakhstan's law has been judged: every duty is open, and no share is shown for none."""
        load_pack(country("KAZ"))
        found = queries.alignment("KAZ")
        assert found["not_assessed"] == Obligation.objects.count() > 50
        assert (found.assessed, found.assessed_of_applicable, found.bounds) == (0, 0, (0, 100))
        assert math.isnan(found.aligned_of_assessed)
        for obligation in Obligation.objects.all():
            assert obligation.criteria["en"] != obligation.duty["en"]
            assert not obligation.duty.is_reviewed("kk")
            assert re.search("[әғқңөұүһі]", obligation.duty_kk + obligation.criteria_kk, re.IGNORECASE)
