"""How many there are: weighted totals of cases and of values. All tables are invented.

The expected numbers are worked out in the text, from V = Σ_h n_h/(n_h − 1) · Σ_i (z_hi − z̄_h)², z_hi the weighted
total of cluster i.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import pytest

from everychild.estimation.estimates import Estimates
from everychild.estimation.survey import Options, Survey
from everychild.methods.sampling.intervals import exact_rate, quantile_t
from tests.spec.small_surveys import CLUSTERED, COUNTED, Small, either_engine, group

HEADER: Final = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,"
    "source,round_differences,notes\n"
)
STUNTED: Final = "found,1,total,ch,UF17 = 1,HAZ2 < -2,1,,chweight,,unverified,,,\n"
VISITS: Final = "found,1,total,ch,UF17 = 1,visits,1,,chweight,,unverified,,,\n"
OF_BOTH_FILES: Final = (
    "found,1,total,ch,UF17 = 1,HL4 = 1,1,,chweight,,unverified,,,\n"
    "found,2,total,fs,FS17 = 1,HL4 = 1,1,,fsweight,,unverified,,,\n"
)


def totals(
    small: Small, recipe: str, by: tuple[str, ...] = (), options: Options | None = None, *, design: str = CLUSTERED,
    told: str = "", **tables: str,
) -> Estimates:  # fmt: skip
    small.survey(told=told, design=design, **tables)
    (small.folder / "own.csv").write_text(HEADER + recipe, encoding="utf-8")
    survey = Survey.open(small.folder / "survey.yaml", engine=small.engine, recipes=small.folder / "own.csv")
    return survey.estimate(["found"], by, options)


@either_engine
def test_weights_are_added_up_and_clusters_vary(small: Small) -> None:
    """Each child stands for 10: clusters of 50 and 150 stunted children make 200. z̄ = 100, so that
    V = 2/1 · (50² + 50²) = 10,000 and the error is 100; with one degree of freedom t = 12.7."""
    found = group(
        totals(small, STUNTED, ch="""
        n   cluster  HAZ2  chweight
        5         1  -2.5        10
        15        1  -1.0        10
        15        2  -2.5        10
        5         2  -1.0        10
        """),
        "total",
    )  # fmt: skip
    assert (found["value"], found["unit"]) == (200.0, "count")
    assert found["se"] == pytest.approx(100.0, rel=1e-12)
    assert (found["n"], found["psus"], found["df"], found["deff"]) == (40, 2, 1, None)
    half = float(quantile_t(1)) * 100
    assert (found["lower"], found["upper"]) == pytest.approx((200 - half, 200 + half))


@either_engine
def test_values_are_summed_and_unknown_ones_add_nothing(small: Small) -> None:
    """20 children with 3 visits stand for 2 each, so do 10 with 1 in the other cluster: 120 + 20; V = 2 · 2 · 50²."""
    found = group(
        totals(small, VISITS, ch="""
        n   cluster  visits  chweight
        20        1       3         2
        10        2       1         2
        40        2       .         2
        """),
        "total",
    )  # fmt: skip
    assert (found["value"], found["n"]) == (140.0, 30)
    assert found["se"] == pytest.approx(sqrt(2 * 2 * 50**2), rel=1e-12)


@either_engine
def test_totals_of_groups_add_up_and_are_compared_with_their_covariance(small: Small) -> None:
    """Boys: 30 and 10 stunted in the two clusters, girls 10 and 30. They vary against each other: the total of both is
    40 in either cluster and has no error, the difference varies by 2 · (20² + 20²) = 1,600."""
    table = totals(small, STUNTED, ("sex_child",), ch="""
        n   cluster  HL4  HAZ2
        30        1    1  -2.5
        10        1    2  -2.5
        10        2    1  -2.5
        30        2    2  -2.5
        """)  # fmt: skip
    assert [group(table, g)["value"] for g in ("total", "male", "female")] == [80.0, 40.0, 40.0]
    assert group(table, "total")["se"] == 0.0
    gap = table.difference("found", "sex_child", "male", "female")
    assert (gap.value, gap.df) == (0.0, 1)
    assert gap.se == pytest.approx(sqrt(2 * (20**2 + 20**2)), rel=1e-12)


@either_engine
def test_cases_of_two_files_are_one_total(small: Small) -> None:
    """25 boys under five and 15 of 5 to 17 in cluster 1, 25 and 35 in cluster 2: 40 and 60, V = 2 · 2 · 10²."""
    households = "\n".join(["n household cluster", "1 91 1", "1 92 2"])
    found = group(
        totals(
            small, OF_BOTH_FILES, hh=households,
            ch="n cluster HL4\n25 1 1\n25 2 1\n30 2 2", fs="n cluster HL4\n15 1 1\n35 2 1",
        ),
        "total",
    )  # fmt: skip
    assert (found["value"], found["n"]) == (100.0, 130)
    assert found["se"] == pytest.approx(20.0, rel=1e-12)


@pytest.mark.parametrize(("lonely", "alone"), [("adjust", 40**2), ("certainty", 0), ("average", 2 * 2 * 10**2)])
def test_a_stratum_with_one_cluster(small: Small, lonely: str, alone: float) -> None:
    """Stratum 1: 30 and 50 stunted, V = 2 · 2 · 10². Stratum 2: one cluster with 40, which adds the square of its
    total, nothing, or as much as the other."""
    found = group(
        totals(small, STUNTED, (), Options(lonely=lonely), ch="""
        n   stratum  cluster  HAZ2
        30        1        1  -2.5
        50        1        2  -2.5
        40        2        3  -2.5
        """),  # type: ignore[arg-type]
        "total",
    )  # fmt: skip
    assert found["se"] == pytest.approx(sqrt(2 * 2 * 10**2 + alone), rel=1e-12)


def test_a_group_in_one_cluster_has_an_error_and_no_interval(small: Small) -> None:
    """Another sample would have had no such cluster, or two: the total of 30 girls is 0 or 30 by cluster, and
    V = 2 · 2 · 15². Without a degree of freedom there is no interval."""
    girls = group(
        totals(small, STUNTED, ("sex_child",), ch="n cluster HL4 HAZ2\n30 1 2 -2.5\n30 2 1 -2.5"), "female"
    )  # fmt: skip
    assert girls["se"] == pytest.approx(30.0, rel=1e-12)
    assert (girls["df"], girls["lower"], girls["upper"]) == (0, None, None)


def test_a_register_counts_without_sampling_error(small: Small) -> None:
    found = totals(small, STUNTED, design=COUNTED, told="register: true\n", ch="n HAZ2\n40 -2.5\n160 -1.0")
    row = group(found, "total")
    assert (row["value"], row["n"], row["se"], row["df"], row["psus"]) == (40.0, 200, None, None, None)
    assert (row["lower"], row["upper"]) == pytest.approx([float(x) for x in exact_rate(40, 1)], rel=1e-12)
    sums = group(totals(small, VISITS, design=COUNTED, told="register: true\n", ch="n visits\n30 2"), "total")
    assert (sums["value"], sums["se"], sums["lower"]) == (60.0, None, None)
