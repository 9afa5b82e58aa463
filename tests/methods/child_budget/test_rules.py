"""Which rule sets the share of a line, and what is no rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.child_budget.classification import NOT_CLASSIFIED, classify
from everychild.methods.child_budget.rules import Condition, Rule, RuleSet, above_population
from everychild.methods.child_budget.shares import WHOLE, Share, of_population, of_sample, of_users
from everychild.methods.errors import MethodError
from tests.methods.child_budget.budgets import WORKED, rule

THIRD = Share("expanded", 4, 0.3, 0.2, 0.4)


def placed(rules: tuple[Rule, ...], codes: dict[str, str], year: int = 2024) -> str | None:
    found = classify(RuleSet("set", rules), [codes], [year]).rule_of(0)
    return found.code if found else None


def test_a_code_holds_for_itself_and_what_lies_below() -> None:
    condition = Condition("cofog", "09.1")
    assert [condition.holds(code) for code in ("09.1", "09.1.2", "09.10", "09", None)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_most_specific_rule_wins_wherever_it_stands() -> None:
    wide, narrow, local = (
        rule("wide", THIRD, "cofog=09"),
        rule("narrow", WHOLE, "cofog=09.1"),
        rule("local", of_users("expanded", 9, 10), "cofog=09.1", "region=KZ-75"),
    )
    for rules in ((wide, narrow, local), (local, narrow, wide)):
        assert placed(rules, {"cofog": "09.4"}) == "wide"
        assert placed(rules, {"cofog": "09.1.1"}) == "narrow"
        assert placed(rules, {"cofog": "09.1.1", "region": "KZ-75"}) == "local"
        assert placed(rules, {"cofog": "07.3"}) is None
        assert placed(rules, {}) is None


def test_two_rules_that_hold_equally_are_refused_by_name() -> None:
    by_function, by_programme = rule("by function", WHOLE, "cofog=09"), rule("by programme", THIRD, "programme=261")
    with pytest.raises(
        MethodError, match=r"by function, by programme of set .* cofog 09, programme 261 of 2024"
    ) as found:
        placed((by_function, by_programme), {"cofog": "09", "programme": "261"})
    assert (found.value.rule, found.value.values["year"]) == ("budget_rules_tie", "2024")


def test_a_rule_holds_in_its_years() -> None:
    old = Rule("old", THIRD, (Condition("cofog", "10"),), last_year=2019)
    new = Rule("new", WHOLE, (Condition("cofog", "10"),), first_year=2020)
    assert [placed((old, new), {"cofog": "10"}, year) for year in (2019, 2020)] == ["old", "new"]


def test_a_line_without_a_rule_is_no_zero() -> None:
    found = classify(WORKED, [{"cofog": "03.1"}, {"cofog": "09.1"}], [2024, 2024])
    assert found.rule.tolist() == [NOT_CLASSIFIED, 0]
    assert found.central[0] != found.central[0]
    assert found.central[1] == 1


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Share("expanded", 2, 0.3, 0.4, 0.5), "budget_share_order"),
        (lambda: Share("expanded", 2, 1.2, 0.4, 1.5), "budget_share_order"),
        (lambda: Share("expanded", 2, float("nan"), 0, 1), "budget_share_order"),
        (lambda: Share("direct", 1, 0.9, 0.9, 0.9), "budget_share_fixed"),
        (lambda: Share("none", 1, 0.1, 0.1, 0.1), "budget_share_fixed"),
        (lambda: Share("expanded", 5, 0.1, 0.1, 0.1), "budget_share_kind"),  # type: ignore[arg-type]
        (lambda: of_users("expanded", 11, 10), "budget_share_of_users"),
        (lambda: of_users("expanded", 0, 0), "budget_share_of_users"),
        (lambda: Rule("all", WHOLE, ()), "budget_rule_empty"),
        (lambda: RuleSet("set", (rule("a", WHOLE, "c=1"), rule("a", WHOLE, "c=2"))), "budget_rule_twice"),
    ],
)
def test_what_is_no_rule(make: object, code: str) -> None:
    with pytest.raises(MethodError) as found:
        make()  # type: ignore[operator]
    assert found.value.rule == code


def test_a_sample_has_a_range_and_a_count_has_none() -> None:
    """R 4.2.2, binom.test(12, 40)$conf.int, as in the reference cases 035 and 036 of the notes."""
    assert of_users("expanded", 12, 40) == Share("expanded", 1, 0.3, 0.3, 0.3)
    sample = of_sample("expanded", 12, 40)
    assert (sample.low, sample.high) == pytest.approx((0.165627204393, 0.465316285254), abs=1e-9)


def test_the_national_share_is_varied_by_a_fifth() -> None:
    found = of_population("expanded", 34, 100, 4)
    assert (found.low, found.central, found.high) == pytest.approx((0.272, 0.34, 0.408))
    assert of_population("public_good", 9, 10, 4).high == 1
    assert of_population("public_good", 34, 100, 3).high == 0.34


def test_shares_above_the_population_without_evidence_are_named() -> None:
    rules = (
        rule("guess", Share("expanded", 4, 0.5, 0.4, 0.6), "c=1"),
        rule("counted", of_users("expanded", 1, 2), "c=2"),
    )
    assert [found.code for found in above_population(RuleSet("set", rules), 0.34)] == ["guess"]
    assert above_population(RuleSet("set", rules), 0.5) == ()


@given(st.lists(st.sampled_from(["1", "1.1", "1.2", "1.1.1", "2", "3.1"]), max_size=30))
def test_lines_are_classified_one_by_one_or_together(codes: list[str]) -> None:
    rules = RuleSet("set", (rule("a", WHOLE, "c=1"), rule("b", THIRD, "c=1.1"), rule("d", THIRD, "c=3")))
    together = classify(rules, [{"c": code} for code in codes], [2024] * len(codes))
    alone = [int(classify(rules, [{"c": code}], [2024]).rule[0]) for code in codes]
    assert together.rule.tolist() == alone
