"""The rules that README.md states for R's survey package, applied here in numpy, give the figures that R gave.

Two things are guarded: that the committed references belong to the committed files, and that what is written about R
(which PSUs count, what a lonely PSU adds, where "average" scales) is so. The engine itself is tested elsewhere.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

HERE = Path(__file__).resolve().parent
RULES = ("adjust", "average", "certainty", "remove", "adjust+domain", "average+domain")
INDICATORS = ("common", "second", "rare", "never", "always", "limited", "one_psu", "two_strata", "lonely")
DOMAINS = ("total", "sex", "residence", "region", "wealth", "ethnicity", "sex_residence")
NOISE = 1e-12
"""R leaves 1e-17 where the true standard error is zero."""


@cache
def reference() -> dict[tuple[str, str, str, str, str], float]:
    with (HERE / "engine_cases_reference.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return {(r["case"], r["statistic"], r["domain"], r["group"], r["option"]): float(r["value"]) for r in rows}


@cache
def cases() -> pl.DataFrame:
    rows = pl.read_csv(HERE / "engine_cases.csv", schema_overrides={"wealth": pl.String}, infer_schema_length=None)
    return rows.with_columns(
        pl.lit("total").alias("total"),
        pl.concat_str("sex", "residence", separator=" / ").alias("sex_residence"),
        pl.lit(1.0).alias("one"),
        (pl.col("stratum") * 100 + pl.col("psu")).alias("unit"),
    )


def variance(contribution: np.ndarray, rows: pl.DataFrame, rule: str) -> float:
    """Sum over the strata with rows in the domain; PSUs without rows there are zeros, a zero-weight PSU is a PSU."""
    name, by_domain = rule.removesuffix("+domain"), rule.endswith("+domain")
    everywhere = cases().group_by("stratum").agg(pl.col("unit").n_unique()).rows_by_key("stratum", unique=True)
    parts: list[float] = []
    for stratum in np.unique(rows["stratum"]):
        inside = rows["stratum"].to_numpy() == stratum
        units = rows["unit"].to_numpy()[inside]
        sums = np.array([contribution[inside][units == unit].sum() for unit in np.unique(units)])
        count = everywhere[stratum][0]
        alone = count == 1 or (by_domain and len(sums) == 1)
        if alone and name == "average":
            parts.append(np.nan)
        elif count == 1:
            parts.append(float(sums[0] ** 2) if name == "adjust" else 0.0)
        else:
            padded = np.concatenate([sums, np.zeros(count - len(sums))])
            centre = 0.0 if alone else padded.mean()
            parts.append(count / (count - 1) * float(((padded - centre) ** 2).sum()))
    kept = [v for v in parts if not np.isnan(v)]
    return sum(kept) * len(parts) / len(kept) if kept else np.nan


def domain_rows(domain: str, group: str, known: list[str]) -> pl.DataFrame:
    return cases().filter((pl.col(domain) == group) & pl.all_horizontal(pl.col(known).is_not_null()))


def ratio(rows: pl.DataFrame, numerator: str, denominator: str) -> tuple[float, np.ndarray]:
    """The ratio and the weighted contribution of every row to its linear approximation."""
    w, y, x = (rows[name].to_numpy() for name in ("weight", numerator, denominator))
    r = (w @ y) / (w @ x)
    return float(r), w * (y - r * x) / (w @ x)


def cells(case: str, statistic: str, option: str) -> list[tuple[str, str]]:
    return [(k[2], k[3]) for k in reference() if (k[0], k[1], k[4]) == (case, statistic, option)]


RATIOS = [(f"proportion:{name}", name, "one") for name in INDICATORS]
RATIOS += [(f"mean:{name}", name, "one") for name in ("score", "meals", "visits", "months")]
RATIOS += [("ratio:visits/months", "visits", "months"), ("ratio:score/visits", "score", "visits")]


@pytest.mark.parametrize(("case", "numerator", "denominator"), RATIOS)
def test_linearisation_counts_every_psu_of_the_file(case: str, numerator: str, denominator: str) -> None:
    found = cells(case, "estimate", "")
    assert found
    for domain, group in found:
        rows = domain_rows(domain, group, [numerator, denominator])
        r, contribution = ratio(rows, numerator, denominator)
        assert r == pytest.approx(reference()[case, "estimate", domain, group, ""], rel=1e-12, abs=1e-15)
        total = rows["weight"].to_numpy() * rows[numerator].to_numpy()
        for rule in RULES:
            for statistic, parts in (("se", contribution), ("total_se", total)):
                expected = reference()[case, statistic, domain, group, rule]
                value = np.sqrt(variance(parts, rows, rule))
                assert value == pytest.approx(expected, rel=1e-10, abs=NOISE, nan_ok=True), (domain, group, rule)


@pytest.mark.parametrize("name", INDICATORS)
def test_degrees_of_freedom_and_counts_leave_out_zero_weights(name: str) -> None:
    for domain, group in cells(f"proportion:{name}", "df", ""):
        rows = domain_rows(domain, group, [name]).filter(pl.col("weight") > 0)
        key = (f"proportion:{name}", "df", domain, group, "")
        assert rows["unit"].n_unique() - rows["stratum"].n_unique() == reference()[key]
        assert rows.height == reference()[f"proportion:{name}", "n", domain, group, ""]


def interval(name: str, p: float, se: float, rows: pl.DataFrame, level: float, zero_weights_count: bool) -> list[float]:
    """Logit or beta limits; the beta limits shrink n by the t quantiles of its rows and of the design."""
    positive = rows.filter(pl.col("weight") > 0)
    df = positive["unit"].n_unique() - positive["stratum"].n_unique()
    tail = (1 - level) / 2
    if name == "xlogit":
        half = stats.t.ppf(1 - tail, df) * se / (p * (1 - p))
        return [float(1 / (1 + np.exp(-(np.log(p / (1 - p)) + sign * half)))) for sign in (-1, 1)]
    n = rows.height if zero_weights_count else positive.height
    size = p * (1 - p) / se**2 * (stats.t.ppf(tail, n - 1) / stats.t.ppf(tail, df)) ** 2
    low = stats.beta.ppf(tail, size * p, size * (1 - p) + 1)
    return [float(low), float(stats.beta.ppf(1 - tail, size * p + 1, size * (1 - p)))]


@pytest.mark.parametrize("name", ["common", "second", "rare", "limited"])
@pytest.mark.parametrize("method", ["xlogit", "beta", "beta weight>0"])
def test_intervals(name: str, method: str) -> None:
    found = cells(f"interval:{name}", "low", f"{method} 95")
    assert found
    for domain, group in found:
        rows = domain_rows(domain, group, [name])
        p, contribution = ratio(rows, name, "one")
        se = float(np.sqrt(variance(contribution, rows, "adjust")))
        limits = interval(method.split(" ")[0], p, se, rows, 0.95, method == "beta")
        expected = [reference()[f"interval:{name}", end, domain, group, f"{method} 95"] for end in ("low", "high")]
        assert limits == pytest.approx(expected, rel=1e-9), (domain, group)


def quantile(rows: pl.DataFrame, name: str, p: float) -> float:
    """The rule "math" (and "hf1"): the smallest value whose share of the weight at or below it is at least p."""
    ordered = rows.filter(pl.col("weight") > 0).sort(name)
    share = ordered["weight"].cum_sum().to_numpy() / ordered["weight"].sum()
    return float(ordered[name][int(np.searchsorted(share, p - 1e-12))])


@pytest.mark.parametrize("name", ["score", "meals", "months"])
def test_quantiles_and_woodruff_limits(name: str) -> None:
    found = cells(f"quantile:{name}", "q0.5", "math")
    assert found
    for domain, group in found:
        rows = domain_rows(domain, group, [name])
        for p in (0.1, 0.25, 0.5, 0.75):
            q = quantile(rows, name, p)
            assert q == reference()[f"quantile:{name}", f"q{p}", domain, group, "math"]
            key = (f"quantile:{name}", f"q{p}_low", domain, group, "math mean")
            if key not in reference():
                continue
            below = rows.with_columns((pl.col(name) <= q).cast(pl.Float64).alias("below"))
            share, contribution = ratio(below, "below", "one")
            positive = rows.filter(pl.col("weight") > 0)
            df = positive["unit"].n_unique() - positive["stratum"].n_unique()
            half = stats.t.ppf(0.975, df) * np.sqrt(variance(contribution, rows, "adjust"))
            limits = [quantile(rows, name, share + sign * half) for sign in (-1, 1)]
            assert limits == [reference()[(key[0], f"q{p}_{end}", *key[2:])] for end in ("low", "high")]
            se = reference()[(key[0], f"q{p}_se", *key[2:])]
            assert (limits[1] - limits[0]) / (2 * stats.t.ppf(0.975, df)) == pytest.approx(se, rel=1e-12, abs=1e-15)


def test_a_difference_takes_the_covariance_of_the_groups() -> None:
    rows = cases()
    parts, estimates = [], []
    for group in ("female", "male"):
        w = rows["weight"].to_numpy() * (rows["sex"] == group).to_numpy()
        r = float((w @ rows["common"].to_numpy()) / w.sum())
        estimates.append(r)
        parts.append(w * (rows["common"].to_numpy() - r) / w.sum())
    for rule in ("adjust", "average", "certainty", "remove"):
        expected = reference()["difference:common", "difference_se", "sex", "female - male", rule]
        assert np.sqrt(variance(parts[0] - parts[1], rows, rule)) == pytest.approx(expected, rel=1e-11)
    gap = reference()["difference:common", "difference", "sex", "female - male", ""]
    assert estimates[0] - estimates[1] == pytest.approx(gap, rel=1e-12)


@pytest.mark.parametrize("centre", ["around the estimate", "around the mean of the replicates"])
@pytest.mark.parametrize("scales", ["scale 1/24", "scale 1/24 rscales 0.5..1.5"])
def test_replicates_of_the_user(centre: str, scales: str) -> None:
    factors = cases().join(pl.read_csv(HERE / "engine_replicates.csv"), on=["stratum", "psu"], maintain_order="left")
    rscales = np.linspace(0.5, 1.5, 24) if "rscales" in scales else np.ones(24)
    w, y = factors["weight"].to_numpy(), factors["common"].to_numpy()
    repeated = np.array([((w * f) @ y) / (w @ f) for f in (factors[f"r{r}"].to_numpy() for r in range(1, 25))])
    middle = (w @ y) / w.sum() if centre == "around the estimate" else repeated.mean()
    expected = reference()["replicates:other", "common_se", "total", "total", f"{scales}; {centre}"]
    assert np.sqrt((rscales * (repeated - middle) ** 2).sum() / 24) == pytest.approx(expected, rel=1e-11)
