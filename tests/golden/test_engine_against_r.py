"""The survey engine gives what R's survey package gives, to twelve digits (r_survey/README.md says how R was asked)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from everychild.engines.plan import DesignColumns, Grouping, Plan
from everychild.engines.polars_engine import psu_totals
from everychild.engines.replicates import replicate_rows
from everychild.engines.totals import PsuTotals
from everychild.estimation.columns import ColumnBook, IndicatorColumns, settled
from everychild.estimation.domains import domain_totals
from everychild.estimation.quantiles import Source, quantile_block
from everychild.estimation.tables import TableOfEstimates, tables
from everychild.methods.sampling import intervals
from everychild.methods.sampling.replication import jackknife_1, jackknife_n, replicate_variance
from everychild.methods.sampling.taylor import covariance, linearised
from everychild.recipes.groups import level_code
from everychild.recipes.parsing import condition, parse
from everychild.recipes.recipe import Part
from everychild.vocabulary.errors import Place

FOLDER = Path(__file__).parent / "r_survey"
HERE = Place("the cases")
PROPORTIONS = (
    "common", "second", "rare", "never", "always", "limited", "one_psu", "two_strata", "lonely", "weightless", "empty",
)  # fmt: skip
MEANS = ("score", "meals", "visits", "months")
RATIOS = ("score/visits", "visits/months")
NAMES = (
    *(f"proportion:{name}" for name in PROPORTIONS),
    *(f"mean:{name}" for name in MEANS),
    *(f"ratio:{name}" for name in RATIOS),
)
GROUPS = ("residence", "region", "sex", "wealth", "ethnicity")
CLOSE = {"rel": 1e-12, "abs": 1e-13}
R_AT_ZERO = 1e-14
"""R leaves rounding noise where an error is zero; ours is zero, or missing where nothing can be told."""


@cache
def rows() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "engine_cases.csv", infer_schema_length=None).with_columns(
        pl.col("empty").cast(pl.Float64)
    )


@cache
def reference() -> dict[tuple[str, str, str, str, str], float | None]:
    """(case, statistic, domain, group, option) → what R printed; None for R's NaN and NA."""
    table = pl.read_csv(FOLDER / "engine_cases_reference.csv", infer_schema_length=0)
    return {
        (case, statistic, domain, group, option or ""): None if value in (None, "NaN", "NA") else float(value)
        for case, statistic, domain, group, option, value in table.select(
            "case", "statistic", "domain", "group", "option", "value"
        ).iter_rows()
    }


@cache
def levels() -> dict[str, list[str]]:
    return {name: sorted(str(v) for v in rows()[name].unique().drop_nulls()) for name in GROUPS}


@cache
def case() -> tuple[Plan, tuple[IndicatorColumns, ...], PsuTotals]:
    book, one, weight = ColumnBook(), condition(parse("1", HERE), HERE, "1"), parse("weight", HERE)
    everyone = parse("1 = 1", HERE)
    found = [
        book.add(Part("f", parse(f"{n} IS NOT NULL", HERE), parse(f"{n} = 1", HERE), one, weight), "proportion")
        for n in PROPORTIONS
    ]
    found += [
        book.add(Part("f", everyone, parse(n, HERE), parse(f"{n} IS NOT NULL", HERE), weight), "mean") for n in MEANS
    ]
    for ratio in RATIOS:
        above, below = (parse(name, HERE) for name in ratio.split("/"))
        found.append(book.add(Part("f", everyone, above, below, weight), "ratio"))
    groupings = tuple(
        Grouping(name, level_code(name, [(v, v, i + 1) for i, v in enumerate(found)]), len(found))
        for name, found in levels().items()
    )
    plan = Plan(
        DesignColumns(("stratum",), ("psu",)), weight, groupings,
        ((), *((name,) for name in GROUPS), ("sex", "residence")), tuple(book.conditions), tuple(book.values),
    )  # fmt: skip
    return plan, tuple(settled(book, found)), psu_totals(rows().lazy(), plan)


def group_name(table: TableOfEstimates, row: int) -> str:
    parts = [levels()[name][level - 1] for name, level in zip(table.table, table.levels[row], strict=True)]
    return " / ".join(parts) or "total"


def cells(lonely: str):  # type: ignore[no-untyped-def]
    """Every cell of every table: (case, domain, group, table, row, column)."""
    plan, columns, totals = case()
    for table in tables(totals, plan, columns, lonely):  # type: ignore[arg-type]
        domain = "_".join(table.table) or "total"
        for row in range(len(table.levels)):
            for k, name in enumerate(NAMES):
                yield name, domain, group_name(table, row), table, row, k


def test_estimates_n_and_degrees_of_freedom() -> None:
    compared = 0
    for name, domain, group, table, row, k in cells("adjust"):
        told = {s: reference().get((name, s, domain, group, "")) for s in ("estimate", "n", "df", "total")}
        if told["n"] is None:
            continue
        assert table.n[row, k] == told["n"]
        if told["estimate"] is not None:
            assert table.value[row, k] == pytest.approx(told["estimate"], **CLOSE)
            assert table.psus[row, k] - table.strata[row, k] == told["df"]
            assert table.value[row, k] * table.weight[row, k] == pytest.approx(told["total"], **CLOSE)
            compared += 1
    assert compared >= 260


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty"])
def test_standard_errors_under_every_rule_for_single_psus(lonely: str) -> None:
    compared = 0
    for name, domain, group, table, row, k in cells(lonely):
        told = reference().get((name, "se", domain, group, lonely))
        if told is None:
            continue
        ours = np.sqrt(table.variance[row, k])
        if table.psus[row, k] == 1:  # all members in one PSU: R prints noise around zero, we say that nothing is known
            assert np.isnan(ours)
            assert told < R_AT_ZERO
            continue
        if table.strata[row, k] == table.lonely[row, k] and lonely == "average":
            continue
        assert ours == pytest.approx(told, **CLOSE), (name, domain, group)
        compared += 1
    assert compared >= 260


def test_design_effects() -> None:
    compared = 0
    for name, domain, group, table, row, k in cells("adjust"):
        told = reference().get((f"deff:{name.partition(':')[2]}", "deff", domain, group, "replace"))
        if told is not None and name.partition(":")[0] != "ratio":
            assert table.deff[row, k] == pytest.approx(told, rel=1e-11)
            compared += 1
    assert compared >= 40


@pytest.mark.parametrize("level", [95, 90])
def test_intervals(level: int) -> None:
    compared = 0
    for name, domain, group, table, row, k in cells("adjust"):
        key = f"interval:{name.partition(':')[2]}"
        if name.startswith("ratio") or (key, "low", domain, group, f"mean {level}") not in reference():
            continue
        value, se = table.value[row, k], np.sqrt(table.variance[row, k])
        df = table.psus[row, k] - table.strata[row, k]
        made = {f"mean {level}": intervals.linear(value, se, df, level / 100)}
        if 0 < value < 1 and name.startswith("proportion"):
            made[f"xlogit {level}"] = intervals.logit(value, se, df, level / 100)
            made[f"beta weight>0 {level}"] = intervals.korn_graubard(value, table.n[row, k], se**2, df, level / 100)
        for option, (low, high) in made.items():
            for side, ours in (("low", low), ("high", high)):
                told = reference().get((key, side, domain, group, option))
                if told is not None and not (option.startswith("beta") and _capped(table, row, k, df, level)):
                    assert float(ours) == pytest.approx(told, rel=1e-9), (key, domain, group, option)
                    compared += 1
    assert compared >= 120


def _capped(table: TableOfEstimates, row: int, k: int, df: int, level: int) -> bool:
    """Where the effective sample size would exceed n; R takes it as it comes, we never claim more than n."""
    ratio = intervals.quantile_t(table.n[row, k] - 1, level / 100) / intervals.quantile_t(df, level / 100)
    share = table.value[row, k]
    return bool(share * (1 - share) / table.variance[row, k] * ratio**2 > table.n[row, k])


def test_differences_of_groups() -> None:
    plan, columns, totals = case()
    compared = 0
    for (key, statistic, domain, group, option), told in reference().items():
        if not key.startswith("difference") or statistic != "difference_se" or option not in ("adjust", "certainty"):
            continue
        if domain not in GROUPS or told is None:
            continue
        indicator = key.partition(":")[2]
        k = next(i for i, name in enumerate(NAMES) if name in (f"proportion:{indicator}", f"mean:{indicator}"))
        numerator, denominator = (
            domain_totals(totals, plan, (domain,), c) for c in (columns[k].numerator, columns[k].denominator)
        )
        at = [levels()[domain].index(part) for part in group.split(" - ")]
        z = linearised(numerator[:, at], denominator[:, at])
        matrix = covariance(z, totals.psus.stratum, totals.psus.psus_of_stratum, option)  # type: ignore[arg-type]
        se = np.sqrt(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1])
        assert se == pytest.approx(told, **CLOSE), (key, group, option)
        compared += 1
    assert compared >= 48


def test_jackknives_from_the_psu_totals() -> None:
    plan, columns, totals = case()
    psus = totals.psus
    compared = 0
    for domain in ("total", "sex", "wealth"):
        table = () if domain == "total" else (domain,)
        for name in ("common", "second", "limited", "score"):
            k = next(i for i, n in enumerate(NAMES) if n in (f"proportion:{name}", f"mean:{name}"))
            above, below = (
                domain_totals(totals, plan, table, c) for c in (columns[k].numerator, columns[k].denominator)
            )
            one = jackknife_1(above, below, "replicates")
            many = jackknife_n(above, below, psus.stratum, psus.psus_of_stratum, "replicates")
            for row, group in enumerate(["total"] if not table else levels()[domain]):
                about = "around the mean of the replicates"
                told = reference().get(("replicates:jk1", f"{name}_se", domain, group, about))
                assert np.sqrt(one[row]) == pytest.approx(told, **CLOSE)
                told = reference().get(("replicates:jkn", f"{name}_se", domain, group, f"certainty; {about}"))
                if told is not None:
                    assert np.sqrt(many[row]) == pytest.approx(told, **CLOSE)
                    compared += 1
    assert compared >= 8


def test_replicate_weights_that_come_with_a_file() -> None:
    factors = pl.read_csv(FOLDER / "engine_replicates.csv")
    names = [c for c in factors.columns if c.startswith("r")]
    joined = rows().join(factors, on=["stratum", "psu"], how="left", maintain_order="left")
    frame = joined.with_columns(pl.col(c) * pl.col("weight") for c in names).lazy()
    plan, columns, totals = case()
    options = {key[4] for key in reference() if key[0] == "replicates:bootstrap"}
    compared = 0
    for domain in ("total", "sex", "wealth"):
        table = () if domain == "total" else (domain,)
        sums = replicate_rows(frame, plan, names).sums(table)
        for name in ("common", "second", "limited", "score"):
            k = next(i for i, n in enumerate(NAMES) if n in (f"proportion:{name}", f"mean:{name}"))
            rates = sums[:, :, columns[k].numerator] / sums[:, :, columns[k].denominator]
            value = np.array(next(t.value[:, k] for t in tables(totals, plan, columns) if t.table == table))
            for centre, about in (
                ("estimate", "around the estimate"),
                ("replicates", "around the mean of the replicates"),
            ):
                found = [o for o in options if o.endswith(about)]
                variance = replicate_variance(value, rates, 1 / (len(names) - 1), np.ones(len(names)), centre)  # type: ignore[arg-type]
                for row, group in enumerate(["total"] if not table else levels()[domain]):
                    for option in found:
                        told = reference().get(("replicates:bootstrap", f"{name}_se", domain, group, option))
                        if told is not None:
                            assert np.sqrt(variance[row]) == pytest.approx(told, **CLOSE), option
                            compared += 1
    assert compared >= 32


def test_quantiles_and_woodruff_intervals() -> None:
    plan, _, _ = case()
    compared = 0
    for name in ("score", "months"):
        part = Part("f", parse("1 = 1", HERE), parse(name, HERE), parse(f"{name} IS NOT NULL", HERE), plan.weight)
        for domain in ("total", "sex", "wealth"):
            plan_, columns, totals = case()
            wanted = () if domain == "total" else (domain,)
            table = next(t for t in tables(totals, plan_, columns) if t.table == wanted)
            for share in (0.25, 0.5, 0.75):
                block = quantile_block([Source(rows().lazy(), plan, part)], share, table, "adjust")
                for row in range(len(table.levels)):
                    group = group_name(table, row)
                    keys = {"": ("value", "math"), "_low": ("lower", "math mean"), "_high": ("upper", "math mean"),
                            "_se": ("se", "math mean")}  # fmt: skip
                    for suffix, (ours, option) in keys.items():
                        told = reference().get((f"quantile:{name}", f"q{share:g}{suffix}", domain, group, option))
                        if told is not None:
                            assert block[ours][row] == pytest.approx(told, **CLOSE), (
                                name,
                                domain,
                                group,
                                share,
                                suffix,
                            )
                            compared += 1
    assert compared >= 90


def test_exact_intervals_of_counts() -> None:
    compared = 0
    for (key, side, domain, group, option), told in reference().items():
        if side not in ("low", "high") or told is None or not option.startswith("two-sided"):
            continue
        level = float(option.split()[-1]) / 100
        if key == "exact:poisson" and domain == "events":
            low, high = intervals.exact_rate(float(group), 1.0, level)
        elif key == "exact:poisson rate":
            events, exposure = map(float, group.split(" / "))
            low, high = intervals.exact_rate(events, exposure, level)
        elif key == "exact:binomial":
            events, trials = map(float, group.split(" / "))
            low, high = intervals.exact_share(events, trials, level)
        else:
            continue
        assert float(low if side == "low" else high) == pytest.approx(told, rel=1e-10, abs=1e-15)
        compared += 1
    assert compared > 50
