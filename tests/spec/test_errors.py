"""How sure an estimate is: clusters, strata, small numbers of both. All tables are invented.

The expected numbers are worked out in the text, from V(R) = Σ_h n_h/(n_h − 1) · Σ_i (z_hi − z̄_h)², z = (N − R·D)/ΣD.
"""

from __future__ import annotations

from math import sqrt

import pytest
from scipy import stats

from everychild.estimation.survey import Options
from tests.spec.small_surveys import COUNTED, Small, either_engine, group

STUNTING = "stunting_moderate_severe"


def test_what_varies_is_the_cluster(small: Small) -> None:
    """Two clusters of 20 with 5 and 15 stunted: R = 1/2, z = (5 − 10)/40 = −1/8 and +1/8, so V = 2/1 · 2/64 = 1/16 and
    the error is 25 percentage points, however alike the children of a cluster are. One degree of freedom."""
    found = small.row(
        STUNTING,
        ch="""
        n   cluster  HAZ2
        5         1  -2.5
        15        1  -1.0
        15        2  -2.5
        5         2  -1.0
        """,
    )
    assert found["value"] == 50.0
    assert found["se"] == pytest.approx(25.0)
    assert (found["df"], found["psus"]) == (1, 2)


def test_differences_between_strata_are_no_error(small: Small) -> None:
    """All clusters of a stratum alike, the strata unlike: the sample was bound to find this, and the error is 0."""
    found = small.row(
        STUNTING,
        ch="""
        n   stratum  cluster  HAZ2
        20        1        1  -2.5
        20        1        2  -2.5
        20        2        3  -1.0
        20        2        4  -1.0
        """,
    )
    assert (found["value"], found["se"], found["df"]) == (50.0, 0.0, 2)


def test_children_who_are_drawn_one_by_one_have_a_design_effect_of_one(small: Small) -> None:
    """Each child a cluster of its own, weights equal: exactly as sure as a simple random sample."""
    lines = "\n".join("1  -2.5" if at < 12 else "1  -1.0" for at in range(48))
    found = small.row(STUNTING, ch=f"n  HAZ2\n{lines}")
    assert found["deff"] == pytest.approx(1.0)
    assert found["se"] == pytest.approx(100 * sqrt(0.25 * 0.75 / 47))


def test_clusters_of_alike_children_have_a_large_design_effect(small: Small) -> None:
    """Six clusters of ten children who are all alike: worth as much as six children, less one."""
    found = small.row(
        STUNTING,
        ch="\n".join(["n  cluster  HAZ2", *(f"10  {at}  {'-2.5' if at < 3 else '-1.0'}" for at in range(6))]),
    )
    assert found["deff"] == pytest.approx(59 / 5)


THREE_CLUSTERS = """
    n  household  cluster
    1         91        1
    1         92        2
    1         93        3
    """
TWO_WITH_CHILDREN = """
    n   cluster  HAZ2
    5         1  -2.5
    15        1  -1.0
    15        2  -2.5
    5         2  -1.0
    """


@either_engine
def test_a_cluster_without_children_counts_in_the_design(small: Small) -> None:
    """Cluster 3 was drawn and has no child under five. It is a PSU of the stratum whose total is 0: n_h = 3, so that
    V = 3/2 · 2/64 instead of 2/1 · 2/64."""
    found = small.row(STUNTING, hh=THREE_CLUSTERS, ch=TWO_WITH_CHILDREN)
    assert found["se"] == pytest.approx(100 * sqrt(3 / 2 * 2 / 64))
    assert found["psus"] == 2


def test_reports_that_leave_such_clusters_out_can_be_reproduced(small: Small) -> None:
    """`psus: file` takes the clusters that the analysed file has rows of, as SPSS and most reports do."""
    found = small.row(STUNTING, Options(psus="file"), hh=THREE_CLUSTERS, ch=TWO_WITH_CHILDREN)
    assert found["se"] == pytest.approx(25.0)


def test_a_group_keeps_the_clusters_it_has_no_member_in(small: Small) -> None:
    """Girls live in clusters 1 and 2 of three: the third counts with a total of 0, and lends no degree of freedom."""
    found = small.estimates(
        STUNTING,
        ["sex_child"],
        ch="""
        n   cluster  HL4  HAZ2
        5         1    2  -2.5
        15        1    2  -1.0
        15        2    2  -2.5
        5         2    2  -1.0
        30        3    1  -1.0
        """,
    )
    girls = group(found, "female")
    assert girls["se"] == pytest.approx(100 * sqrt(3 / 2 * 2 / 64))
    assert (girls["psus"], girls["df"]) == (2, 1)


def test_a_group_in_one_cluster_has_no_error(small: Small) -> None:
    """One cluster tells nothing of how clusters vary: no error, no interval; the number stands in parentheses."""
    found = small.estimates(
        STUNTING,
        ["sex_child"],
        ch="""
        n   cluster  HL4  HAZ2
        30        1    2  -2.5
        30        1    2  -1.0
        30        2    1  -1.0
        """,
    )
    girls = group(found, "female")
    assert (girls["value"], girls["se"], girls["lower"], girls["status"]) == (50.0, None, None, "U")


@pytest.mark.parametrize(
    ("lonely", "variance"),
    [("certainty", 2 * 2 / 144), ("adjust", 2 * 2 / 144), ("average", 2 * 2 * 2 / 144)],
)
def test_a_stratum_with_one_cluster_is_a_stated_choice(small: Small, lonely: str, variance: float) -> None:
    """Stratum 1: clusters with 5 and 15 of 20 stunted; stratum 2: one cluster with 10 of 20. R = 1/2, z = ∓5/60 and 0.
    Its own contribution is nothing (certainty), its squared distance from 0, which is nothing here (adjust, the
    default), or as much as the other stratum gives: 2 · 2/144 (average). How many there are is told beside it."""
    found = small.row(
        STUNTING,
        Options(lonely=lonely),  # type: ignore[arg-type]
        ch="""
        n   stratum  cluster  HAZ2
        5         1        1  -2.5
        15        1        1  -1.0
        15        1        2  -2.5
        5         1        2  -1.0
        10        2        3  -2.5
        10        2        3  -1.0
        """,
    )
    assert found["se"] == pytest.approx(100 * sqrt(variance))
    assert (found["lonely"], found["df"]) == (1, 1)


def test_the_distance_of_a_lonely_cluster_counts(small: Small) -> None:
    """Stratum 2 has one cluster with 20 of 20 stunted; stratum 1 two with 5 of 20 each. R = 30/60; z of the lonely one
    is (20 − 10)/60 = 1/6, and V = 1/36 by `adjust`, where stratum 1 gives nothing."""
    found = small.row(
        STUNTING,
        ch="""
        n   stratum  cluster  HAZ2
        5         1        1  -2.5
        15        1        1  -1.0
        5         1        2  -2.5
        15        1        2  -1.0
        20        2        3  -2.5
        """,
    )
    assert found["se"] == pytest.approx(100 / 6)


def test_an_interval_stays_between_none_and_all(small: Small) -> None:
    """2 percent with a large error: the limits are those of the logit, with t on the degrees of freedom."""
    found = small.row(
        STUNTING,
        ch="""
        n   cluster  HAZ2
        1         1  -2.5
        24        1  -1.0
        25        2  -1.0
        """,
    )
    p, se = 0.02, found["se"] / 100
    assert se == pytest.approx(0.02)
    half = stats.t.ppf(0.975, 1) * se / (p * (1 - p))
    assert found["lower"] == pytest.approx(100 / (1 + (1 - p) / p * 2.718281828459045**half))
    assert 0 < found["lower"] < 2 < found["upper"] < 100


def test_nobody_among_many_is_not_never(small: Small) -> None:
    """0 of 60: the error is 0, but the interval is not. Its upper limit is 1 − 0.025^(1/n'), where n' is 60 made
    smaller by the square of t(59)/t(2), since three clusters vouch for less than sixty children."""
    found = small.row(
        STUNTING,
        ch="""
        n   cluster  HAZ2
        20        1  -1.0
        20        2  -1.0
        20        3  -1.0
        """,
    )
    assert (found["value"], found["se"], found["lower"]) == (0.0, 0.0, 0.0)
    effective = 60 * (stats.t.ppf(0.975, 59) / stats.t.ppf(0.975, 2)) ** 2
    assert found["upper"] == pytest.approx(100 * (1 - 0.025 ** (1 / effective)))


@either_engine
def test_groups_that_share_clusters_are_compared_with_their_covariance(small: Small) -> None:
    """Clusters differ, and boys and girls do not within any of them: the difference is 0 and it is sure."""
    found = small.estimates(
        STUNTING,
        ["sex_child"],
        ch="""
        n   cluster  HL4  HAZ2
        5         1    1  -2.5
        15        1    1  -1.0
        5         1    2  -2.5
        15        1    2  -1.0
        15        2    1  -2.5
        5         2    1  -1.0
        15        2    2  -2.5
        5         2    2  -1.0
        """,
    )
    assert group(found, "male")["se"] == pytest.approx(25.0)
    gap = found.difference(STUNTING, "sex_child", "female", "male")
    assert gap.value == pytest.approx(0.0)
    assert gap.se == pytest.approx(0.0, abs=1e-6)


def test_a_register_has_no_sampling_error(small: Small) -> None:
    """Every case is counted and weighs 1: what is left is the chance of small numbers (Clopper and Pearson)."""
    survey = small.survey(
        "register: true\n",
        design=COUNTED,
        ch="""
        n   HAZ2  chweight
        3   -2.5         7
        57  -1.0         2
        """,
    )
    found = group(survey.estimate([STUNTING]), "total")
    assert (found["value"], found["n"]) == (5.0, 60)
    assert found["se"] is None
    exact = stats.binomtest(3, 60).proportion_ci(method="exact")
    assert found["lower"] == pytest.approx(100 * exact.low)
    assert found["upper"] == pytest.approx(100 * exact.high)
