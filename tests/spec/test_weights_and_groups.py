"""Weights, groups, and what is not there. All tables are invented."""

from __future__ import annotations

import pytest

from everychild.vocabulary.findings import DataRefused
from tests.spec.small_surveys import Small, either_engine, group

STUNTING = "stunting_moderate_severe"


@either_engine
def test_weights_count_and_rows_do_not(small: Small) -> None:
    """10 stunted children who stand for three each, among 40 who stand for one: 30 of 70, n is 50."""
    found = small.row(
        STUNTING,
        ch="""
        n   HAZ2  chweight
        10  -2.5         3
        40  -1.0         1
        """,
    )
    assert found["value"] == pytest.approx(100 * 30 / 70)
    assert found["n"] == 50


def test_only_the_proportions_of_weights_matter(small: Small) -> None:
    """All weights times a thousand: the same share, error, interval, n and design effect."""
    table = """
        n   HAZ2  cluster  chweight
        10  -2.5        1  3{0}
        20  -1.0        1  1{0}
        10  -2.5        2  1{0}
        20  -1.0        2  2{0}
        20  -1.0        3  1{0}
        """
    first, second = (small.row(STUNTING, ch=table.format(zeros)) for zeros in ("", "000"))
    for name in ("value", "se", "lower", "upper", "deff"):
        assert first[name] == pytest.approx(second[name], rel=1e-12)
    assert first["n"] == second["n"] == 80


def test_a_weight_of_zero_makes_no_case(small: Small) -> None:
    """Rows of weight 0 add nothing, and are not counted in n, on which it depends whether a figure is shown."""
    found = small.row(
        STUNTING,
        ch="""
        n   HAZ2  chweight
        15  -2.5         1
        15  -1.0         1
        90  -2.5         0
        """,
    )
    assert (found["value"], found["n"]) == (50.0, 30)


@either_engine
@pytest.mark.parametrize(("weight", "told"), [(".", "missing"), ("-1", "negative")])
def test_a_weight_that_is_missing_or_negative_is_refused(small: Small, weight: str, told: str) -> None:
    """It is never taken as 0 or as 1: the file, the row and the column are named, and nothing is computed."""
    with pytest.raises(DataRefused) as refusal:
        small.row(
            STUNTING,
            ch=f"""
            n   HAZ2  chweight
            30  -2.5         1
            1   -2.5  {weight}
            """,
        )
    first = refusal.value.findings[0]
    assert (first.file, first.row, first.column) == ("ch.parquet", 31, "chweight"), told


def test_a_group_is_a_total_of_its_own_members(small: Small) -> None:
    """Urban 10 of 40, rural 30 of 40, together 40 of 80."""
    found = small.estimates(
        STUNTING,
        ["residence"],
        ch="""
        n   HAZ2  HH6
        10  -2.5    1
        30  -1.0    1
        30  -2.5    2
        10  -1.0    2
        """,
    )
    assert [group(found, name)["value"] for name in ("total", "urban", "rural")] == [50.0, 25.0, 75.0]


@either_engine
def test_who_belongs_to_no_group_is_in_the_total_all_the_same(small: Small) -> None:
    """The mother's education of 10 children is not known (9): they are in the total and in no group."""
    found = small.estimates(
        STUNTING,
        ["education_mother"],
        ch="""
        n   HAZ2  melevel
        30  -1.0        1
        10  -2.5        9
        """,
    )
    assert (group(found, "total")["value"], group(found, "total")["n"]) == (25.0, 40)
    groups = found.rows.filter(breakdown="education_mother")
    assert groups["n"].sum() == 30
    assert groups.filter(group="primary")["value"].item() == 0.0


@either_engine
def test_groups_cross(small: Small) -> None:
    """Rural girls are a group of the crossing of residence and sex."""
    found = small.estimates(
        STUNTING,
        ["residence:sex_child"],
        ch="""
        n   HAZ2  HH6  HL4
        30  -2.5    2    2
        30  -1.0    2    1
        30  -1.0    1    2
        30  -1.0    1    1
        """,
    )
    assert group(found, "rural:female")["value"] == 100.0
    assert group(found, "rural:male")["value"] == group(found, "urban:female")["value"] == 0.0


def test_a_group_without_a_member_has_no_value(small: Small) -> None:
    """No rural child was measured: its share is not 0, it does not exist. It is listed with n = 0."""
    found = small.estimates(
        STUNTING,
        ["residence"],
        ch="""
        n   HAZ2  HH6
        30  -2.5    1
        30     .    2
        """,
    )
    rural = group(found, "rural")
    assert (rural["value"], rural["se"], rural["lower"], rural["upper"], rural["n"]) == (None, None, None, None, 0)


def test_a_denominator_of_nobody_gives_no_estimate(small: Small) -> None:
    """Low birth weight where no child was weighed (9.999 for all): no number at all."""
    found = small.row(
        "low_birth_weight",
        wm="""
        n    MN34
        40  9.999
        """,
    )
    assert (found["value"], found["n"]) == (None, 0)


def test_a_quotient_by_a_rate_of_zero_does_not_exist(small: Small) -> None:
    """No boy attends: the parity index of girls to boys has no value; it is not infinite."""
    found = small.row(
        "gpi_primary",
        hl="""
        n   HL4  schage  ED9  ED10A
        30    2       8    1      1
        30    1       8    2      .
        """,
    )
    assert (found["value"], found["se"]) == (None, None)


def test_a_variable_that_was_not_asked_is_a_reason_and_not_a_zero(small: Small) -> None:
    """Without the question on registrars (BR2) the indicator is not computed, and the reason names the variable."""
    found = small.estimates(
        "birth_registration",
        ch="""
        n   BR1
        30    1
        """,
    )
    assert found.rows.is_empty()
    assert [each.reason for each in found.not_computed] == ["birth_registration: not computed, file ch has no BR2"]


def test_a_variable_that_the_survey_says_it_did_not_ask_is_missing_everywhere(small: Small) -> None:
    """`absent: {ch: [BR2]}`: somebody looked and decided that the question was not put; all answers are missing."""
    survey = small.survey(
        "absent: {ch: [BR2]}\n",
        ch="""
        n   BR1
        30    1
        10    3
        """,
    )
    assert group(survey.estimate(["birth_registration"]), "total")["value"] == 75.0


def test_school_ages_are_parameters_of_the_survey(small: Small) -> None:
    """Where primary school starts at 6, a child of 6 is of school age; the definition stays one and the same."""
    table = """
        n   schage  ED9  ED10A
        30       6    2      .
        30       8    1      1
        """
    asked = ["anar_primary"]
    assert group(small.survey(hl=table).estimate(asked), "total")["value"] == 100.0
    told = 'parameters: {P_PRIMARY_ENTRY_AGE: "6"}\n'
    assert group(small.survey(told, hl=table).estimate(asked), "total")["value"] == 50.0
