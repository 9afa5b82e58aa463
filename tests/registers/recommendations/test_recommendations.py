"""Demands, what each party says of them, and the rule that nothing is done before it is shown."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from everychild.catalogue.countries import country
from everychild.registers.audit.queries import stamp
from everychild.registers.laws.actions import record_succession
from everychild.registers.loading import load_pack
from everychild.registers.open_files import OPEN_FILES, lines
from everychild.registers.people.actions import add_body
from everychild.registers.recommendations import actions, measures, queries
from everychild.registers.recommendations.models import Recommendation, Repeat, StatusReport
from everychild.registers.recommendations.proof import reads
from everychild.registers.recommendations.rhythms import due_by_rhythm, rhythms
from everychild.registers.recommendations.vocabulary import MECHANISMS, PARTY_OF_KIND
from everychild.registers.refusals import NotPermitted, Refused
from tests.registers.made import Desk, made_body, made_person
from tests.registers.recommendations.made import MARK, bring, made, made_act, report, text


def rule_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.findings[0].rule


def readings(recommendation: Recommendation) -> dict[str, list[str]]:
    beside = queries.side_by_side([recommendation])[recommendation.pk]
    return {voice.party: [said.reads for said in voice.said] for voice in beside.voices}


class TestDemands:
    @pytest.mark.parametrize(
        ("values", "rule"),
        [
            ({"articles": "19;55"}, "unknown_article"),
            ({"adopted": "2015-13"}, "bad_date"),
            ({"mechanism": "XYZ"}, "field_not_a_choice"),
            ({"upr_position": "supported"}, "position_outside_upr"),
            ({"proofs": "a promise"}, "field_not_a_choice"),
            ({"due": "2014"}, "due_before_adopted"),
            ({"text": {"kk": "", "ru": "", "en": " "}}, "empty_cell"),
            ({"text": {"kk": "", "ru": "", "en": ""}}, "empty_cell"),
            ({"country": "UZB"}, "field_not_changed_here"),
        ],
    )
    def test_what_does_not_hold_is_refused(self, desk: Desk, values: dict[str, object], rule: str) -> None:
        one = made(desk)
        with pytest.raises(Refused) as refused:
            actions.amend(by=desk.person("reviewer"), recommendation=one, values=values, reason="a trial")
        assert rule_of(refused) == rule

    def test_are_found_by_article_year_mechanism_and_words_of_any_language(self, desk: Desk) -> None:
        made(desk, "R-1", articles="1;9")
        made(desk, "R-2", articles="19", mechanism="CRPD", document="CRPD/C/X", adopted="2024", text={
            "en": "Leave institutions", "ru": "Забрать детей", "kk": "Балаларды шығару"})  # fmt: skip
        found = {
            "article": [r.code for r in queries.recommendations("KAZ", article="9")],
            "year": [r.code for r in queries.recommendations("KAZ", year="2024")],
            "mechanism": [r.code for r in queries.recommendations("KAZ", mechanism="CRPD")],
            "words": [r.code for r in queries.recommendations("KAZ", words="забрать institutions")],
            "document": [r.code for r in queries.recommendations("KAZ", words="crpd/c/x")],
            "elsewhere": [r.code for r in queries.recommendations("UZB")],
        }
        assert found == {"article": ["R-1"], "year": ["R-2"], "mechanism": ["R-2"], "words": ["R-2"],
                         "document": ["R-2"], "elsewhere": []}  # fmt: skip

    def test_a_paragraph_is_split_once_and_its_parts_are_followed_up(self, desk: Desk) -> None:
        whole, by = made(desk), desk.person("reviewer")
        with pytest.raises(Refused) as refused:
            actions.split(by=by, recommendation=whole, parts=[{"text": text("one")}], reason="two demands")
        assert rule_of(refused) == "split_into_one"
        parts = actions.split(
            by=by, recommendation=whole, reason="two demands",
            parts=[{"text": text("ban"), "paragraph": "29(a)"}, {"text": text("teach"), "articles": "28"}],
        )  # fmt: skip
        assert [(p.code, p.paragraph, p.articles, p.document) for p in parts] == [
            ("R-1-1", "29(a)", "", "CRC/C/X/CO/1"), ("R-1-2", "29", "28", "CRC/C/X/CO/1"),
        ]  # fmt: skip
        for code, deed in (
            ("split_already", lambda: actions.split(by=by, recommendation=whole, parts=[{}, {}], reason="again")),
            ("status_of_a_split", lambda: report(desk, whole, "planned")),
        ):
            with pytest.raises(Refused) as refused:
                deed()
            assert rule_of(refused) == code
        assert {r.code for r in measures.demands("KAZ")} == {"R-1-1", "R-1-2"}
        with pytest.raises(Refused) as refused:
            actions.split(by=by, recommendation=parts[0], parts=[{"text": text("a")}, {"text": text("b")}],
                          reason="too fine")  # fmt: skip
        assert rule_of(refused) == "part_of_a_part"


class TestDueDates:
    @pytest.mark.parametrize(
        ("mechanism", "adopted", "due"),
        [
            ("CRC", "2015-10-30", "2020-10-30"),
            ("CRC", "2015-10", "2020-10"),
            ("CRC", "2015", "2020"),
            ("CRPD", "2020-02-29", "2024-02-29"),
            ("CEDAW", "2019-02-28", "2023-02-28"),
            ("CERD", "2022-12-31", "2024-12-31"),
            ("ILO CEACR", "2023-11-30", "2026-11-30"),
            ("SP", "2023", ""),
        ],
    )
    def test_follow_from_the_rhythm_as_far_as_the_day_is_known(self, mechanism: str, adopted: str, due: str) -> None:
        assert due_by_rhythm(mechanism, adopted) == due

    def test_every_mechanism_has_a_row(self) -> None:
        assert set(rhythms()) == set(MECHANISMS)

    def test_move_with_the_day_of_adoption_unless_somebody_set_them(self, desk: Desk) -> None:
        one, by = made(desk), desk.person("reviewer")
        assert (one.due, one.due_set_by) == ("2020-10-30", "rhythm")
        actions.amend(by=by, recommendation=one, values={"adopted": "2016"}, reason="misread")
        assert one.due == "2021"
        actions.amend(by=by, recommendation=one, values={"due": "2018-03-10"}, reason="paragraph 71 says so")
        actions.amend(by=by, recommendation=one, values={"adopted": "2015"}, reason="misread")
        assert (one.due, one.due_set_by) == ("2018-03-10", "person")
        actions.amend(by=by, recommendation=one, values={"due": ""}, reason="back to the rhythm")
        assert (one.due, one.due_set_by) == ("2020", "rhythm")

    def test_overdue_is_what_is_certainly_over(self, desk: Desk) -> None:
        for number, due in enumerate(("2025", "2026", "2026-11", "2026-10", "2026-11-25", "2026-11-26"), 1):
            made(desk, f"R-{number}", due=due)
        found = {r.code for r in queries.overdue("KAZ", date(2026, 11, 26))}
        assert found == {"R-1", "R-4", "R-5"}


class TestStatuses:
    def test_of_all_parties_stand_side_by_side_and_silence_is_a_state(self, desk: Desk) -> None:
        one = made(desk)
        report(desk, one, "in_progress")
        report(desk, one, "not_started", body="ngo")
        assert readings(one) == {
            "government": ["in_progress"], "institution": [], "civil_society": ["not_started"], "committee": [],
        }  # fmt: skip

    def test_two_bodies_of_one_party_may_differ(self, desk: Desk) -> None:
        one = made(desk)
        other = made_body("akimat", "local_authority")
        by = made_person(other, "contributor")
        report(desk, one, "planned")
        actions.report_status(by=by, body=other, recommendation=one, status="not_started", on="2020",
                              because={"kk": "Себебі бар."}, mark=MARK)  # fmt: skip
        assert readings(one)["government"] == ["not_started", "planned"]

    def test_the_last_of_a_body_stands_and_the_earlier_stay(self, desk: Desk) -> None:
        one = made(desk)
        report(desk, one, "in_progress", "2021")
        report(desk, one, "planned", "2019")
        report(desk, one, "partially_implemented", "2021")
        assert readings(one)["government"] == ["partially_implemented"]
        assert [r.status for r in queries.reports_of(one)] == ["partially_implemented", "in_progress", "planned"]
        assert [r.code for r in queries.recommendations("KAZ", status="in_progress")] == []
        assert [r.code for r in queries.recommendations("KAZ", status="partially_implemented")] == ["R-1"]

    def test_are_filtered_by_party_and_by_silence(self, desk: Desk) -> None:
        one, other = made(desk), made(desk, "R-2")
        report(desk, one, "planned")
        report(desk, other, "no_information", body="ngo")

        def found(status: str, party: str = "") -> list[str]:
            return [r.code for r in queries.recommendations("KAZ", status=status, party=party)]

        assert found("planned") == found("planned", "government") == ["R-1"]
        assert found("planned", "civil_society") == []
        assert found("no_information") == ["R-2"]
        assert found("no_information", "civil_society") == ["R-1", "R-2"]

    @pytest.mark.parametrize(
        ("status", "on", "because", "rule"),
        [
            ("planned", "2020", {"en": ""}, "status_without_reason"),
            ("planned", "2014", {"en": "why"}, "status_before_adopted"),
            ("claimed", "2020", {"en": "why"}, "field_not_a_choice"),
            ("planned", "soon", {"en": "why"}, "bad_date"),
        ],
    )
    def test_without_reason_or_of_a_wrong_day_are_refused(
        self, desk: Desk, status: str, on: str, because: dict[str, str], rule: str
    ) -> None:
        one = made(desk)
        with pytest.raises(Refused) as refused:
            actions.report_status(by=desk.person("contributor"), body=desk.bodies["ministry"], recommendation=one,
                                  status=status, on=on, because=because, mark=MARK)  # fmt: skip
        assert rule_of(refused) == rule

    def test_one_speaks_for_ones_own_body(self, desk: Desk) -> None:
        one = made(desk)
        with pytest.raises(NotPermitted):
            actions.report_status(by=desk.person("contributor"), body=desk.bodies["ngo"], recommendation=one,
                                  status="planned", on="2020", because={"en": "x"}, mark=MARK)  # fmt: skip

    def test_every_kind_of_body_is_of_a_party(self, desk: Desk) -> None:
        from everychild.registers.people.models import BODY_KINDS

        assert set(PARTY_OF_KIND) == set(BODY_KINDS)


class TestProof:
    """`implemented` reads as claimed until checked evidence of the right kind is there."""

    def said(self, one: Recommendation) -> str:
        [said] = readings(one)["government"]
        return said

    @pytest.fixture
    def one(self, desk: Desk) -> Recommendation:
        one = made(desk)
        report(desk, one, "implemented")
        return one

    def test_a_word_alone_is_a_claim(self, desk: Desk, one: Recommendation) -> None:
        assert self.said(one) == "claimed"
        bring(desk, one, kind="document")
        bring(desk, one, kind="statement")
        assert self.said(one) == "claimed"

    def test_an_act_proves_while_it_is_in_force(self, desk: Desk, one: Recommendation) -> None:
        act, later = made_act(desk), made_act(desk, "A-2", adopted="2024")
        bring(desk, one, kind="act_in_force", act=act)
        assert self.said(one) == "implemented"
        record_succession(by=desk.person("reviewer"), earlier=act, later=later, kind="repeals", on="2024", mark=MARK)
        assert self.said(one) == "claimed"

    def test_a_draft_proves_nothing(self, desk: Desk, one: Recommendation) -> None:
        bring(desk, one, kind="act_in_force", act=made_act(desk, status="draft"))
        assert self.said(one) == "claimed"

    def test_money_proves_when_it_was_spent(self, desk: Desk, one: Recommendation) -> None:
        bring(desk, one, kind="money_spent", amount="1200.5", year=2024)
        assert self.said(one) == "implemented"

    @pytest.mark.parametrize(
        ("indicator", "before", "after", "reading"),
        [
            ("u5mr", "20", "11", "implemented"),
            ("u5mr", "11", "20", "claimed"),
            ("u5mr", "11", "11", "claimed"),
            ("birth_registration", "90", "99", "implemented"),
            ("birth_registration", "99", "90", "claimed"),
        ],
    )
    def test_a_value_proves_when_it_moved_the_better_way(
        self, desk: Desk, one: Recommendation, indicator: str, before: str, after: str, reading: str
    ) -> None:
        bring(desk, one, kind="value_moved", indicator=indicator, value_before=before, period_before="2015",
              value_after=after, period_after="2024")  # fmt: skip
        assert self.said(one) == reading

    def test_the_kind_must_be_the_one_the_demand_wants(self, desk: Desk) -> None:
        one = made(desk, "R-2", proofs="value_moved")
        report(desk, one, "implemented")
        bring(desk, one, kind="act_in_force", act=made_act(desk))
        assert self.said(one) == "claimed"

    @pytest.mark.parametrize("checked", ["no", "partly"])
    def test_unchecked_evidence_proves_nothing(self, desk: Desk, one: Recommendation, checked: str) -> None:
        bring(desk, one, checked, kind="act_in_force", act=made_act(desk))
        assert self.said(one) == "claimed"

    def test_nobody_checks_their_own_nor_their_bodys(self, desk: Desk, one: Recommendation) -> None:
        brought = bring(desk, one, "no", kind="document")
        with pytest.raises(Refused) as refused:
            actions.check_evidence(by=desk.person("reviewer"), evidence=brought, verified="yes", reason="fine")
        assert rule_of(refused) == "evidence_of_your_own"
        with pytest.raises(NotPermitted):
            actions.check_evidence(by=desk.person("contributor", "ngo"), evidence=brought, verified="yes", reason="x")

    @pytest.mark.parametrize(
        ("values", "rule"),
        [
            ({"kind": "act_in_force"}, "evidence_incomplete"),
            ({"kind": "money_spent", "amount": "5"}, "evidence_incomplete"),
            ({"kind": "money_spent", "amount": "-5", "year": 2024}, "number_too_small"),
            ({"kind": "document", "says": {"en": "", "ru": "", "kk": ""}}, "empty_cell"),
            ({"kind": "document", "verified": "yes"}, "field_not_changed_here"),
            ({"kind": "document", "indicator": "happiness"}, "unknown_indicator"),
        ],
    )
    def test_incomplete_evidence_is_refused(
        self, desk: Desk, one: Recommendation, values: dict[str, object], rule: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            bring(desk, one, "no", **values)
        assert rule_of(refused) == rule

    def test_no_other_status_is_read_differently(self) -> None:
        assert reads("implemented", False) == "claimed"
        assert [reads(status, False) for status in ("planned", "partially_implemented", "no_information")] == [
            "planned", "partially_implemented", "no_information",
        ]  # fmt: skip

    def test_withdrawn_evidence_proves_no_more(self, desk: Desk, one: Recommendation) -> None:
        brought = bring(desk, one, kind="money_spent", amount="5", year=2024)
        actions.withdraw_evidence(by=desk.person("contributor"), evidence=brought, reason="another programme")
        assert self.said(one) == "claimed"


class TestRepeats:
    def link(self, desk: Desk, earlier: Recommendation, later: Recommendation, kind: str = "repeated") -> Repeat:
        return actions.link_repeat(by=desk.person("reviewer"), earlier=earlier, later=later, kind=kind, mark=MARK)

    def test_a_later_cycle_asks_again(self, desk: Desk) -> None:
        first, second = made(desk, adopted="2007", document="CO/3"), made(desk, "R-2")
        self.link(desk, first, second)
        assert [r.code for r in queries.recommendations("KAZ", repeated=True)] == ["R-1"]
        found = queries.recommendation("R-1")
        assert found is not None
        assert [repeat.later.code for repeat in found.repeated_by.all()] == ["R-2"]

    def test_what_cannot_repeat_is_refused(self, desk: Desk) -> None:
        first, second = made(desk, adopted="2007"), made(desk, "R-2")
        other = made(desk, "R-3", mechanism="CRPD", adopted="2024")
        for earlier, later, rule in (
            (first, first, "repeats_itself"),
            (second, first, "repeat_before_the_first"),
            (first, other, "repeated_by_another_body"),
        ):
            with pytest.raises(Refused) as refused:
                self.link(desk, earlier, later)
            assert rule_of(refused) == rule
        self.link(desk, first, other, "same_issue")
        assert [r.code for r in queries.recommendations("KAZ", repeated=True)] == []


class TestMeasures:
    def test_by_hand(self, desk: Desk) -> None:
        """Four demands: 2007 twice (one asked for again in 2015), 2015 twice; praise is not counted."""
        on = date(2026, 7, 2)
        first = made(desk, "R-1", adopted="2007", document="CO/3")
        second = made(desk, "R-2", adopted="2007", document="CO/3")
        third, fourth = made(desk, "R-3", adopted="2015"), made(desk, "R-4", adopted="2015")
        made(desk, "R-5", kind="noted", adopted="2015")
        actions.link_repeat(by=desk.person("reviewer"), earlier=first, later=third, kind="repeated", mark=MARK)
        bring(desk, second, "no", kind="document", on="2025")
        bring(desk, third, "no", kind="document", on="2024")
        report(desk, fourth, "planned")
        report(desk, first, "no_information")
        for code, recommendation, begins in (("F-1", first, "2009"), ("F-2", first, "2012"), ("F-3", third, "2019")):
            values = {"title": text("Do"), "begins": begins}
            actions.plan_action(by=desk.person("contributor"), body=desk.bodies["ministry"], code=code,
                                recommendation=recommendation, values=values)  # fmt: skip
        actions.plan_action(by=desk.person("contributor"), body=desk.bodies["ministry"], code="F-4",
                            recommendation=third, values={"title": text("Do it one day")})  # fmt: skip
        found = measures.measures("KAZ", on)
        assert (found.demands, found.fresh.part, found.reported.part) == (4, 1, 1)
        assert (found.repeated.part, found.repeated.whole) == (1, 2)
        assert found.repeated.percent == 50
        assert found.time_to_action == 3.0  # the median of 2009 - 2007 and 2019 - 2015
        assert found.age == pytest.approx((2026.5 - 2007.5 + 2026.5 - 2015.5) / 2, abs=0.01)
        assert measures.counts_by_status("KAZ")["government"]["planned"] == 1

    def test_of_nothing_are_none(self, db: None) -> None:
        found = measures.measures("KAZ", date(2026, 1, 1))
        assert (found.demands, found.age, found.time_to_action, found.fresh.percent) == (0, None, None, None)

    @pytest.mark.parametrize(
        ("day", "moment"), [("2015", 2015.5), ("2015-01", 2015 + 0.5 / 12), ("2015-01-01", 2015.0)]
    )
    def test_a_date_stands_in_the_middle_of_what_is_known(self, day: str, moment: float) -> None:
        assert measures.moment(day) == pytest.approx(moment)


class TestCountryPack:
    @pytest.fixture
    def pack(self, db: None) -> None:
        load_pack(country("KAZ"))

    def test_loading_twice_is_loading_once(self, pack: None) -> None:
        before = stamp()
        load_pack(country("KAZ"))
        assert stamp() == before

    def test_every_recommendation_of_the_pack_is_there_with_its_mark(self, pack: None) -> None:
        stored = {r.code: r for r in Recommendation.objects.all()}
        asked = country("KAZ").recommendations
        assert {r.code for r in asked} <= set(stored)
        assert {(r.code, r.verified) for r in asked} == {(r.code, stored[r.code].verified) for r in asked}

    def test_the_ratified_convention_is_borne_out_and_no_other_is_done(self, pack: None) -> None:
        beside = queries.side_by_side(list(Recommendation.objects.all()))
        read = {StatusReport.objects.get(pk=said.report.pk).recommendation.code: said.reads
                for one in beside.values() for voice in one.voices for said in voice.said}  # fmt: skip
        assert read == {"KZ-REC-09": "implemented", "KZ-REC-19": "implemented"}

    def test_the_thread_of_violence_is_repeated_through_three_cycles(self, pack: None) -> None:
        pairs = set(Repeat.objects.values_list("earlier__code", "later__code"))
        assert {("KZ-REC-01", "KZ-REC-16"), ("KZ-REC-16", "KZ-REC-31")} <= pairs

    def test_what_a_person_amended_stays(self, pack: None, desk: Desk) -> None:
        one = Recommendation.objects.get(code="KZ-REC-31")
        actions.amend(by=desk.person("reviewer"), recommendation=one, values={"theme": "a ban"}, reason="clearer")
        load_pack(country("KAZ"))
        assert Recommendation.objects.get(code="KZ-REC-31").theme == "a ban"

    def test_open_files_hold_it_all(self, pack: None) -> None:
        rows = list(lines(OPEN_FILES["recommendations", "recommendations"]))
        assert len(rows) == Recommendation.objects.count() + 1
        assert "brought_by" not in rows[0] + "".join(lines(OPEN_FILES["recommendations", "evidence"]))


def test_a_page_of_statuses_takes_three_queries(desk: Desk) -> None:
    several = [made(desk, f"R-{number}") for number in range(5)]
    for one in several:
        report(desk, one, "planned")
        bring(desk, one, "no", kind="document")
    with CaptureQueriesContext(
        connection,
    ) as queried:
        queries.side_by_side(several)
    assert len(queried) == 3


def test_a_body_that_is_no_party_cannot_be(desk: Desk) -> None:
    with pytest.raises(Refused):
        add_body(by=desk.system, code="nobody", kind="party", name=text("No party"))
