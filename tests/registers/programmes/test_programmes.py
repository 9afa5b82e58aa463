"""Programmes: results and the use of indicators, pilots step by step with evidence, partners, the country pack."""

from __future__ import annotations

import pytest

from everychild.catalogue.countries import country
from everychild.registers.audit.queries import stamp
from everychild.registers.laws.actions import add_act, record_succession
from everychild.registers.loading import load_pack
from everychild.registers.open_files import OPEN_FILES, lines
from everychild.registers.programmes import actions, queries
from everychild.registers.programmes.models import IndicatorUse, Pilot, Programme, Result, Step
from everychild.registers.programmes.vocabulary import STAGE_EVIDENCE, STAGES, WANTED
from everychild.registers.refusals import NotPermitted, Refused
from everychild.vocabulary.language import LocalText
from tests.registers.made import Desk

MARK = {"source": "a report", "verified": "yes"}


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


def made(desk: Desk, code: str = "P-1", **more: object) -> Programme:
    """A programme that the ministry answers for."""
    values = {"kind": "country_programme", "title": text(f"Programme {code}"), "begins": "2021", "ends": "2025",
              "programme_areas": "child_health;hiv_aids", "places": "KAZ", "responsible": desk.bodies["ministry"],
              **MARK, **more}  # fmt: skip
    return actions.add(by=desk.person("reviewer"), code=code, values=values)


def made_pilot(desk: Desk, programme: Programme | None = None, code: str = "I-1", **more: object) -> Pilot:
    values = {"title": text("Home visits"), "scope": "local", "places": "KZ-43", **MARK, **more}
    return actions.add_pilot(by=desk.person("contributor"), programme=programme or made(desk), code=code, values=values)


def step(desk: Desk, pilot: Pilot, stage: str, kind: str, checked: str = "yes", **more: object) -> Step:
    values = {"stage": stage, "on": "2023", "evidence_kind": kind, "evidence": text("It says so"), **more}
    reported = actions.report_step(by=desk.person("contributor"), pilot=pilot, values=values)
    if checked == "no":
        return reported
    return actions.check_step(by=desk.person("publisher", "ngo"), step=reported, verified=checked, reason="read")


def rule_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.findings[0].rule


class TestProgrammes:
    @pytest.mark.parametrize(
        ("values", "rule"),
        [
            ({"ends": "2019"}, "period_ends_before_it_begins"),
            ({"articles": "99"}, "unknown_article"),
            ({"programme_areas": "space"}, "field_not_a_choice"),
            ({"places": "KZ-99"}, "unknown_area"),
            ({"responsible": None}, "field_not_changed_here"),
        ],
    )
    def test_what_does_not_hold_is_refused(self, desk: Desk, values: dict[str, object], rule: str) -> None:
        with pytest.raises(Refused) as refused:
            actions.amend(by=desk.person("contributor"), programme=made(desk), values=values, reason="a trial")
        assert rule_of(refused) == rule

    def test_are_found_by_area_place_partner_and_words(self, desk: Desk) -> None:
        first = made(desk)
        made(desk, "P-2", programme_areas="social_policy", places="KZ-43;KZ-63", title=LocalText(
            en="Budget", ru="Бюджет для детей", kk="Балалар бюджеті"))  # fmt: skip
        partner = actions.add_partner(by=desk.person("reviewer"), code="who", values={
            "kind": "un_agency", "name": text("WHO"), **MARK})  # fmt: skip
        actions.join_partner(
            by=desk.person("contributor"), programme=first, partner=partner, role="advises", values=MARK
        )
        found = {
            "area": [p.code for p in queries.programmes("KAZ", area="hiv_aids")],
            "place": [p.code for p in queries.programmes("KAZ", place="KZ-63")],
            "partner": [p.code for p in queries.programmes("KAZ", partner="who")],
            "words": [p.code for p in queries.programmes("KAZ", words="бюджет")],
            "kind": [p.code for p in queries.programmes("KAZ", kind="pilot")],
        }
        assert found == {"area": ["P-1"], "place": ["P-2"], "partner": ["P-1"], "words": ["P-2"], "kind": []}

    def test_who_answers_for_something_says_for_what(self, desk: Desk) -> None:
        partner = actions.add_partner(by=desk.person("reviewer"), code="moh", values={
            "kind": "government", "name": text("Ministry"), **MARK})  # fmt: skip
        programme, by = made(desk), desk.person("contributor")
        with pytest.raises(Refused) as refused:
            actions.join_partner(by=by, programme=programme, partner=partner, role="answers_for", values=MARK)
        assert rule_of(refused) == "empty_cell"
        actions.join_partner(by=by, programme=programme, partner=partner, role="answers_for",
                             values={"answers_for": text("training"), **MARK})  # fmt: skip

    def test_another_bodys_programme_is_left_alone(self, desk: Desk) -> None:
        programme = made(desk)
        with pytest.raises(NotPermitted):
            actions.amend(by=desk.person("contributor", "ngo"), programme=programme, values={}, reason="x")
        actions.entrust(
            by=desk.person("publisher"), programme=programme, responsible=desk.bodies["ngo"], reason="moved"
        )
        actions.amend(by=desk.person("contributor", "ngo"), programme=programme, values={"detail": "ours"}, reason="x")


class TestResults:
    @pytest.fixture
    def result(self, desk: Desk) -> Result:
        return actions.add_result(by=desk.person("contributor"), programme=made(desk), code="O-1", values={
            "level": "outcome", "title": text("Fewer deaths"), "programme_area": "child_health", **MARK})  # fmt: skip

    def use(self, desk: Desk, result: Result, indicator: str = "u5mr", **more: object) -> IndicatorUse:
        values = {"area": "KAZ", "baseline": "12", "baseline_period": "2019", "target": "9", "target_period": "2025",
                  **MARK, **more}  # fmt: skip
        return actions.use_indicator(by=desk.person("contributor"), result=result, indicator=indicator, values=values)

    def test_one_indicator_is_used_by_two_results_each_with_its_own_target(self, desk: Desk, result: Result) -> None:
        other = actions.add_result(by=desk.person("contributor"), programme=result.programme, code="O-2", values={
            "level": "output", "title": text("Visits"), "parent": result, **MARK})  # fmt: skip
        self.use(desk, result)
        self.use(desk, other, area="KZ-43", target="7")
        assert sorted(IndicatorUse.objects.values_list("result__code", "area", "target")) == [
            ("O-1", "KAZ", 9), ("O-2", "KZ-43", 7),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("indicator", "values", "rule"),
        [
            ("happiness", {}, "unknown_indicator"),
            ("u5mr", {"area": "KZ-99"}, "unknown_area"),
            ("u5mr", {"target": "13"}, "target_goes_back"),
            ("birth_registration", {"target": "11"}, "target_goes_back"),
            ("u5mr", {"baseline_period": ""}, "value_without_period"),
            ("u5mr", {"target_period": "2019"}, "period_ends_before_it_begins"),
        ],
    )
    def test_a_use_that_does_not_hold_is_refused(
        self, desk: Desk, result: Result, indicator: str, values: dict[str, object], rule: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            self.use(desk, result, indicator, **values)
        assert rule_of(refused) == rule

    def test_a_result_stands_under_a_higher_one_of_its_programme(self, desk: Desk, result: Result) -> None:
        elsewhere = made(desk, "P-2")
        for programme, level in ((result.programme, "impact"), (result.programme, "outcome"), (elsewhere, "output")):
            with pytest.raises(Refused) as refused:
                actions.add_result(by=desk.person("contributor"), programme=programme, code="O-9", values={
                    "level": level, "title": text("x"), "parent": result})  # fmt: skip
            assert rule_of(refused) == "result_under_a_lower_one"


class TestPilots:
    def states(self, pilot: Pilot) -> dict[str, str]:
        return {stage.stage: stage.state for stage in queries.ways([pilot])[pilot.pk].stages}

    def test_steps_are_shown_claimed_or_unknown_each_by_itself(self, desk: Desk) -> None:
        pilot = made_pilot(desk)
        step(desk, pilot, "piloted", "document")
        step(desk, pilot, "evaluated", "evaluation", "no")
        step(desk, pilot, "scaled", "statement")
        assert self.states(pilot) == {
            "designed": "no_information", "piloted": "shown", "evaluated": "claimed", "costed": "no_information",
            "scaled": "claimed", "in_law": "no_information",
        }  # fmt: skip
        way = queries.ways([pilot])[pilot.pk]
        assert (way.reached, way.claimed, way.skipped) == ("piloted", "scaled", ("designed", "costed"))

    def test_a_pilot_nobody_speaks_of_has_reached_nothing(self, desk: Desk) -> None:
        pilot = made_pilot(desk)
        way = queries.ways([pilot])[pilot.pk]
        assert (way.reached, way.claimed, way.skipped) == ("", "", ())

    def test_in_law_while_the_act_is_in_force(self, desk: Desk) -> None:
        values = {"title": text("A"), "kind": "law", "adopted": "2003", "status": "in_force", **MARK}
        act, later = (add_act(by=desk.person("reviewer"), code=code, values=values) for code in ("A-1", "A-2"))
        pilot = made_pilot(desk)
        step(desk, pilot, "in_law", "act", act=act)
        assert self.states(pilot)["in_law"] == "shown"
        record_succession(by=desk.person("reviewer"), earlier=act, later=later, kind="repeals", on="2020", mark=MARK)
        assert self.states(pilot)["in_law"] == "claimed"

    def test_evidence_of_the_wrong_kind_shows_nothing(self, desk: Desk) -> None:
        pilot = made_pilot(desk)
        step(desk, pilot, "costed", "evaluation")
        assert self.states(pilot)["costed"] == "claimed"
        assert all("statement" not in kinds and set(kinds) <= set(STAGE_EVIDENCE) for kinds in WANTED.values())
        assert set(WANTED) == set(STAGES)

    @pytest.mark.parametrize(
        ("values", "rule"),
        [
            ({"scope": "national"}, "scope_and_places_differ"),
            ({"places": "KAZ"}, "scope_and_places_differ"),
            ({"places": "KZ-99"}, "unknown_area"),
            ({"places": ""}, "empty_cell"),
        ],
    )
    def test_places_fit_the_scope(self, desk: Desk, values: dict[str, object], rule: str) -> None:
        with pytest.raises(Refused) as refused:
            made_pilot(desk, **values)
        assert rule_of(refused) == rule

    def test_an_act_is_named_where_an_act_is_the_evidence(self, desk: Desk) -> None:
        pilot = made_pilot(desk)
        with pytest.raises(Refused) as refused:
            step(desk, pilot, "in_law", "act", "no")
        assert rule_of(refused) == "evidence_incomplete"

    def test_nobody_checks_what_they_reported(self, desk: Desk) -> None:
        from everychild.registers.people.actions import entrust_role
        from everychild.registers.people.models import Account

        reported = step(desk, made_pilot(desk), "piloted", "document", "no")
        both = desk.person("contributor")
        entrust_role(by=desk.system, account=both, body=desk.bodies["ministry"], role="publisher")
        with pytest.raises(Refused) as refused:
            actions.check_step(by=Account.objects.get(pk=both.pk), step=reported, verified="yes", reason="mine")
        assert rule_of(refused) == "evidence_of_your_own"


class TestCountryPack:
    @pytest.fixture
    def pack(self, db: None) -> None:
        load_pack(country("KAZ"))

    def test_loading_twice_is_loading_once(self, pack: None) -> None:
        before = stamp()
        load_pack(country("KAZ"))
        assert stamp() == before

    def test_every_programme_is_there_with_its_mark_and_years(self, pack: None) -> None:
        stored = {(p.code, p.verified, p.begins, p.ends) for p in Programme.objects.all()}
        assert stored == {(p.code, p.verified, p.start, p.end) for p in country("KAZ").programmes}

    def test_the_programme_of_2005_names_the_five_areas(self, pack: None) -> None:
        assert Programme.objects.get(code="KZ-PRG-03").areas == (
            "child_health", "child_protection", "young_people", "hiv_aids", "social_policy",
        )  # fmt: skip

    def test_salt_iodisation_lost_its_law(self, pack: None) -> None:
        [way] = queries.ways([Pilot.objects.get(code="KZ-PIL-17")]).values()
        assert {stage.stage: stage.state for stage in way.stages}["in_law"] == "claimed"

    def test_home_visiting_was_evaluated_where_it_was_tried_and_its_scale_is_a_claim(self, pack: None) -> None:
        local, national = (queries.ways([Pilot.objects.get(code=code)]) for code in ("KZ-PIL-14", "KZ-PIL-14N"))
        [way], [wide] = local.values(), national.values()
        assert (way.reached, wide.reached, wide.claimed) == ("evaluated", "", "scaled")

    def test_open_files_hold_it_all(self, pack: None) -> None:
        for table in ("programmes", "partners", "partnerships", "results", "uses", "pilots", "steps"):
            rows = list(lines(OPEN_FILES["programmes", table]))
            assert len(rows) > 1 or table in ("results", "uses")
            assert next(iter(lines(OPEN_FILES["programmes", table], "ru")))
