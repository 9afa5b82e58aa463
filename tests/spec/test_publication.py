"""What may be published of an estimate, and what is said with it. All tables are invented."""

from __future__ import annotations

import pytest

from everychild.estimation.observations import observations
from everychild.vocabulary.computations import computation_of
from tests.spec.small_surveys import Small, group

STUNTING = "stunting_moderate_severe"


def clusters(cases: int) -> str:
    """That many measured children in three clusters."""
    third = cases // 3
    lines = (f"{n}  {at}  -1.0" for at, n in enumerate((third, third, cases - 2 * third), start=1))
    return "\n".join(["n  cluster  HAZ2", *lines])


@pytest.mark.parametrize(("cases", "status"), [(24, "Q"), (25, "U"), (49, "U"), (50, "A")])
def test_fewer_than_25_cases_are_hidden_and_fewer_than_50_are_doubtful(small: Small, cases: int, status: str) -> None:
    """The rule of MICS reports, on unweighted cases of the denominator: 24 are not shown, 25 to 49 in parentheses."""
    assert small.row(STUNTING, ch=clusters(cases))["status"] == status


def test_a_hidden_number_is_gone_with_everything_it_could_be_told_from(small: Small) -> None:
    """Not only the value: error, limits, design effect and coefficient of variation would give it away. n stays."""
    shown = small.estimates(STUNTING, ch=clusters(24)).shown().row(0, named=True)
    assert {shown[name] for name in ("value", "se", "lower", "upper", "deff", "cv")} == {None}
    assert shown["n"] == 24


def test_a_hidden_figure_is_published_as_suppressed_and_not_as_missing(small: Small) -> None:
    """Known but not shown is another thing than not known: status Q, without a value."""
    row = observations(small.estimates(STUNTING, ch=clusters(24))).row(0, named=True)
    assert (row["status"], row["value"], row["lower"], row["n"]) == ("Q", None, None, 24)


def test_a_group_without_a_case_is_not_published(small: Small) -> None:
    """The rural group has nobody in it: there is no figure, not even an empty one."""
    made = observations(small.estimates(STUNTING, ["residence"], ch=clusters(60)))
    assert made["residence"].to_list() == ["_T", "U"]


def test_a_figure_says_how_sure_it_is_and_how_it_was_made(small: Small) -> None:
    """Interval with its level, cases, survey year and source, design effect, version and check mark of the recipe."""
    table = "n  cluster  HAZ2\n10  1  -2.5\n20  1  -1.0\n20  2  -2.5\n10  2  -1.0"
    found = small.estimates(STUNTING, ch=table)
    row = observations(found).row(0, named=True)
    version = group(found, "total")["recipe"]
    assert (row["value"], row["n"], row["period"], row["interval"]) == (50.0, 60, "2024", "CI95")
    assert row["lower"] < 50 < row["upper"]
    told = computation_of(row["note"])
    assert told is not None
    assert (told.recipe, told.version, told.checked, told.lonely) == (STUNTING, version, "verified_syntax", 0)
    assert told.deff == pytest.approx(group(found, "total")["deff"], abs=5e-5)
    assert told.df == group(found, "total")["df"]


def test_every_number_of_an_invented_survey_says_that_it_is_invented(small: Small) -> None:
    """The mark goes with the figure, wherever it goes."""
    made = observations(small.estimates(STUNTING, ["residence", "sex_child"], ch=clusters(60)))
    assert made.height > 2
    assert made["flag"].str.contains("invented").all()


def test_a_definition_that_nobody_has_checked_marks_its_figures(small: Small) -> None:
    """Low birth weight is written from memory: its figures carry `recipe_unverified`; those of stunting do not."""
    unsure = observations(small.estimates("low_birth_weight", wm="n  MN34\n25  2.4\n25  3.1"))
    assert "recipe_unverified" in unsure["flag"].item()
    sure = observations(small.estimates(STUNTING, ch=clusters(60)))
    assert "unverified" not in sure["flag"].item()
