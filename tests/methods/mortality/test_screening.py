"""Bad births: each rule found at its rows, refused or left out aloud, never computed over in silence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from everychild.methods.mortality import (
    ROW_RULES,
    BirthHistories,
    Breakdown,
    MortalityInputRefused,
    SampleDesign,
    early_childhood_mortality,
    years_before_interview,
)
from everychild.methods.mortality.screening import screen

DESIGN = SampleDesign(np.array([0, 0, 1]))
FIVE_YEARS = [years_before_interview(0, 4)]


def good(count: int = 6) -> BirthHistories:
    """Six births; the second, of CMC 1350, died at 3 months."""
    age = np.full(count, np.nan)
    age[1] = 3
    return BirthHistories(
        np.full(count, 1350.0),
        np.full(count, 1390.0),
        np.isnan(age),
        age,
        np.ones(count),
        np.arange(count) % 3,
        np.zeros(count, dtype=np.bool_),
    )


def with_value(column: str, row: int, value: float) -> BirthHistories:
    births = good()
    changed = getattr(births, column).copy()
    changed[row] = value
    return replace(births, **{column: changed})


BROKEN = (
    ("birth_date_missing", "birth", 2, np.nan),
    ("weight_missing", "weight", 2, np.nan),
    ("weight_missing", "weight", 2, np.inf),
    ("weight_zero", "weight", 2, 0),
    ("weight_negative", "weight", 2, -1),
    ("interview_date_missing", "interview", 2, np.nan),
    ("birth_after_interview", "birth", 2, 1391),
    ("survival_unknown", "survival_unknown", 2, True),
    ("survival_unknown", "survival_unknown", 1, True),
    ("death_without_age", "age_at_death", 1, np.nan),
    ("age_at_death_of_living_child", "age_at_death", 2, 5),
    ("death_before_birth", "age_at_death", 1, -1),
    ("death_after_interview", "age_at_death", 1, 41),
    ("psu_missing", "psu", 2, -1),
    ("psu_missing", "psu", 2, 3),
)


@pytest.mark.parametrize(("rule", "column", "row", "value"), BROKEN)
def test_a_broken_rule_is_found_at_its_row(rule: str, column: str, row: int, value: float) -> None:
    births = with_value(column, row, value)
    severity, treatment = ROW_RULES[rule]
    if treatment == "refuse":
        with pytest.raises(MortalityInputRefused, match=rf"{rule} \(1 rows\)") as refused:
            early_childhood_mortality(births, DESIGN, FIVE_YEARS)
        findings = refused.value.findings
    else:
        findings = screen(births, DESIGN).findings
    assert [(f.rule, f.severity, f.rows.tolist()) for f in findings] == [(rule, severity, [row])]


@pytest.mark.parametrize(("rule", "column", "row", "value"), BROKEN)
def test_rows_left_out_by_name_are_out_and_found(rule: str, column: str, row: int, value: float) -> None:
    found = early_childhood_mortality(
        with_value(column, row, value), DESIGN, FIVE_YEARS, treatments={rule: "leave_out"}, methods=()
    )
    others = np.delete(np.arange(6), row)
    assert next((f.rule, f.treatment, f.rows.tolist()) for f in found.findings) == (rule, "leave_out", [row])
    births = good()
    columns = ("birth", "interview", "alive", "age_at_death", "weight", "psu")
    rest = BirthHistories(*(getattr(births, name)[others] for name in columns))
    expected = early_childhood_mortality(rest, DESIGN, FIVE_YEARS, methods=())
    assert found.deaths.tobytes() == expected.deaths.tobytes()
    assert found.exposure.tobytes() == expected.exposure.tobytes()
    assert found.children.tobytes() == expected.children.tobytes()


def test_every_rule_has_its_case() -> None:
    assert {rule for rule, *_ in BROKEN} == set(ROW_RULES)


def test_good_births_have_no_findings() -> None:
    assert screen(good(), DESIGN).findings == ()
    assert screen(good(), DESIGN).rows is None


def test_a_death_in_the_month_of_interview_is_possible() -> None:
    assert screen(with_value("age_at_death", 1, 40), DESIGN).findings == ()


def test_a_death_dated_after_the_interview_can_be_kept() -> None:
    births = with_value("age_at_death", 1, 41)
    kept = screen(births, DESIGN, {"death_after_interview": "keep"})
    assert kept.rows is None
    assert kept.death_segment[1] == 6
    assert [(f.rule, f.treatment) for f in kept.findings] == [("death_after_interview", "keep")]


@pytest.mark.parametrize(
    ("treatments", "message"),
    [({"twins": "keep"}, "no rule 'twins'"), ({"psu_missing": "keep"}, "'psu_missing' cannot be kept")],
)
def test_treatments_that_make_no_sense(treatments: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        screen(good(), DESIGN, treatments)  # type: ignore[arg-type]


def test_dates_are_whole_months() -> None:
    with pytest.raises(ValueError, match="whole months"):
        screen(with_value("birth", 0, 1350.5), DESIGN)


def test_births_without_a_class_count_in_the_total_only() -> None:
    codes = np.array([0, 0, 1, 1, -1, -1])
    births = with_value("weight", 0, 0)
    found = early_childhood_mortality(
        births, DESIGN, FIVE_YEARS, [Breakdown("sex", ("boy", "girl"), codes)], methods=()
    )
    assert found.children[:, 0, 4].tolist() == [2.5, 0.5, 1.0]
    missing = next(f for f in found.findings if f.rule == "class_missing")
    assert (missing.rows.tolist(), missing.subject) == ([4, 5], ("sex",))


def test_a_class_within_one_psu_is_named() -> None:
    codes = np.array([0, 1, 1, 0, 1, 1])
    found = early_childhood_mortality(
        good(), DESIGN, FIVE_YEARS, [Breakdown("sex", ("boy", "girl"), codes)], methods=()
    )
    assert [f.subject for f in found.findings if f.rule == "class_in_one_psu"] == [("sex", "boy")]


def test_strata_with_one_psu_are_named_with_stratum_and_psu() -> None:
    found = early_childhood_mortality(good(), DESIGN, FIVE_YEARS, methods=())
    assert [f.subject for f in found.findings if f.rule == "single_psu_stratum"] == [("1", "2")]


def test_no_births_at_all_give_no_rates() -> None:
    none = np.zeros(0)
    nothing = BirthHistories(none, none, np.zeros(0, dtype=np.bool_), none, none, np.zeros(0, dtype=np.int64))
    found = early_childhood_mortality(nothing, DESIGN, FIVE_YEARS)
    assert np.isnan(found.values).all()
    assert np.isnan(found.errors["jk1"].standard_errors).all()
