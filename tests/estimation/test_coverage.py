"""95 % intervals hold the true value in 95 % of samples: many surveys of a country whose true values are known.

Each sample is drawn by the simulator's own sampling (clusters with replacement, unequal chances, households inside
clusters) and goes through the engine and the intervals that a published figure goes through. Answers are those of the
household questionnaire, and one for members, because they need no further files.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from everychild.engines.plan import DesignColumns, Grouping, Plan
from everychild.engines.polars_engine import psu_totals
from everychild.estimation.columns import ColumnBook, settled
from everychild.estimation.domains import domain_totals
from everychild.estimation.tables import tables
from everychild.methods.sampling import intervals
from everychild.methods.sampling.taylor import covariance, linearised
from everychild.microdata.invented.frame import frame
from everychild.microdata.invented.sampling import Sample, draw_sample
from everychild.recipes.groups import level_code
from everychild.recipes.parsing import condition, parse
from everychild.recipes.recipe import Part
from everychild.vocabulary.errors import Place

HERE = Place("the simulation")
SAMPLES = 1500
HOUSEHOLDS, CLUSTERS = 2000, 100
"""Small surveys: with more clusters intervals only get better."""
WANTED = (0.93, 0.97)
CHANCE = 0.001
"""With a true coverage at the edge of WANTED, the share that is seen in 1,500 samples stays inside the limits of
`test_limits_are_wide_enough_for_chance_alone`."""


@cache
def truth() -> dict[str, float]:
    """Exact means over the frame: the scores of wealth inside a cluster are its centre plus a logistic deviate."""
    country = frame()
    weight, centre = country.households, country.wealth
    chance = _chance(centre)
    rural = country.rural == 1
    small = country.region == 9
    share = {name: np.average(chance[who], weights=weight[who]) for name, who in
             (("urban", ~rural), ("rural", rural), ("small", small))}  # fmt: skip
    return {
        "proportion": float(np.average(chance, weights=weight)), "mean": float(np.average(centre, weights=weight)),
        "difference": float(share["rural"] - share["urban"]), "small domain": float(share["small"]),
    }  # fmt: skip


def _chance(centre: np.ndarray) -> np.ndarray:
    """Whether a household has what was asked for: rarer in poor clusters, and the same for all inside one."""
    return 1 / (1 + np.exp(-(-0.9 + 0.8 * centre)))


def rows_of(sample: Sample, rng: np.random.Generator) -> pl.DataFrame:
    has = rng.random(sample.psu.size) < _chance(frame().wealth[sample.cluster])
    return pl.DataFrame(
        {"stratum": sample.stratum, "psu": sample.psu, "w": sample.weight, "has": has.astype(np.int8),
         "score": sample.score, "residence": sample.rural + 1, "region": sample.region + 1}
    )  # fmt: skip


@cache
def plan() -> tuple[Plan, tuple]:  # type: ignore[type-arg]
    book, one, weight = ColumnBook(), condition(parse("1", HERE), HERE, "1"), parse("w", HERE)
    everyone = parse("1 = 1", HERE)
    found = [
        book.add(Part("hh", everyone, parse("has = 1", HERE), one, weight), "proportion"),
        book.add(Part("hh", everyone, parse("score", HERE), parse("score IS NOT NULL", HERE), weight), "mean"),
    ]
    groupings = tuple(
        Grouping(name, level_code(name, [(str(i), str(i), i) for i in range(1, levels + 1)]), levels)
        for name, levels in (("residence", 2), ("region", 10))
    )
    made = Plan(DesignColumns(("stratum",), ("psu",)), weight, groupings, ((), ("residence",), ("region",)),
                tuple(book.conditions), tuple(book.values))  # fmt: skip
    return made, tuple(settled(book, found))


def one_sample(seed: int) -> dict[str, tuple[float, float]]:
    """The intervals of one survey."""
    rng = np.random.default_rng((20261126, seed))
    made, columns = plan()
    totals = psu_totals(rows_of(draw_sample(HOUSEHOLDS, CLUSTERS, rng), rng).lazy(), made)
    total, _, region = tables(totals, made, columns)
    se, df = np.sqrt(total.variance[0]), total.psus[0] - total.strata[0]
    found = {"proportion": intervals.logit(total.value[0, 0], se[0], df[0]),
             "mean": intervals.linear(total.value[0, 1], se[1], df[1])}  # fmt: skip
    at = 9
    small_df = region.psus[at, 0] - region.strata[at, 0]
    found["small domain"] = intervals.logit(region.value[at, 0], np.sqrt(region.variance[at, 0]), small_df)
    numerator, denominator = (
        domain_totals(totals, made, ("residence",), c) for c in (columns[0].numerator, columns[0].denominator)
    )
    matrix = covariance(linearised(numerator, denominator), totals.psus.stratum, totals.psus.psus_of_stratum)
    urban, rural = numerator.sum(axis=0) / denominator.sum(axis=0)
    spread = np.sqrt(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1])
    found["difference"] = intervals.linear(rural - urban, spread, df[0])
    return {name: (float(low), float(high)) for name, (low, high) in found.items()}


@cache
def coverage() -> dict[str, float]:
    held = dict.fromkeys(truth(), 0)
    for seed in range(SAMPLES):
        for name, (low, high) in one_sample(seed).items():
            held[name] += low <= truth()[name] <= high
    return {name: count / SAMPLES for name, count in held.items()}


@pytest.mark.parametrize("what", ["proportion", "mean", "difference", "small domain"])
def test_intervals_hold_the_true_value_in_95_of_100_samples(what: str) -> None:
    assert WANTED[0] <= coverage()[what] <= WANTED[1]


def test_limits_are_wide_enough_for_chance_alone() -> None:
    """If coverage were exactly 95 %, fewer than one run in a thousand would leave the limits; if it were 91 or 98.5 %,
    the test would nearly always fail: it can tell."""
    low, high = (round(SAMPLES * limit) for limit in WANTED)
    assert binom.cdf(low - 1, SAMPLES, 0.95) + binom.sf(high, SAMPLES, 0.95) < CHANCE
    assert binom.cdf(low - 1, SAMPLES, 0.91) > 0.99
    assert binom.sf(high, SAMPLES, 0.985) > 0.99


def test_intervals_that_ignore_the_clusters_would_not_hold() -> None:
    """The same samples, each household taken for a cluster of its own: far fewer than 93 %, so the design matters."""
    held = 0
    for seed in range(200):
        rng = np.random.default_rng((20261126, seed))
        rows = rows_of(draw_sample(HOUSEHOLDS, CLUSTERS, rng), rng).with_columns(pl.int_range(pl.len()).alias("psu"))
        made, columns = plan()
        total = tables(psu_totals(rows.lazy(), made), made, columns)[0]
        low, high = intervals.linear(total.value[0, 1], np.sqrt(total.variance[0, 1]), 1e6)
        held += low <= truth()["mean"] <= high
    assert held / 200 < 0.8
