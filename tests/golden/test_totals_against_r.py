"""Weighted totals and their errors are those of R's svytotal (r_survey/README.md says how R was asked)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from everychild.engines.replicates import replicate_rows
from everychild.estimation.domains import domain_totals
from everychild.estimation.survey import Options, Survey
from everychild.estimation.tables import TableOfEstimates, tables
from everychild.methods.sampling.taylor import LonelyPsu, covariance, total_variance
from tests.golden.test_engine_against_r import CLOSE, FOLDER, GROUPS, NAMES, case, cells, levels, reference, rows

FURTHER = FOLDER / "totals_and_degrees_reference.csv"
OWN_TOTALS = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source,round_differences,notes\n"
    "common_total,1,total,ch,common IS NOT NULL,common = 1,1,,weight,,unverified,,,\n"
    "limited_total,1,total,ch,limited IS NOT NULL,limited = 1,1,,weight,,unverified,,,\n"
    "score_total,1,total,ch,1,score,1,,weight,,unverified,,,\n"
)
DESCRIPTION = """\
survey: CASES_2026
title: {en: Cases, ru: Случаи, kk: Жағдайлар}
country: XEX
layout: mics6
period: "2026"
source: XEX_INVENTED_SURVEY
invented: true
files: {ch: ch.parquet}
design: {ch: {psu: psu, stratum: stratum, household: row}}
psus: file
breakdowns:
"""


@cache
def further() -> dict[tuple[str, str, str, str, str], float]:
    """(case, statistic, domain, group, option) → what R printed."""
    table = pl.read_csv(FURTHER, schema_overrides={"group": pl.String})
    return {row[:5]: row[5] for row in table.iter_rows()}  # type: ignore[misc]


def parts(table: TableOfEstimates, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Totals of a numerator by PSU and group, and where there are members."""
    plan, columns, totals = case()
    numerator, members = (
        domain_totals(totals, plan, table.table, c) for c in (columns[k].numerator, columns[k].members)
    )
    return numerator, members > 0


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty"])
def test_standard_errors_under_every_rule_for_single_psus(lonely: LonelyPsu) -> None:
    """Also of domains in one PSU, and of the stratum whose only PSU has the whole of a total."""
    _, _, totals = case()
    compared = 0
    for name, domain, group, table, row, k in cells(lonely):
        told = reference().get((name, "total_se", domain, group, lonely))
        if told is None or (lonely == "average" and table.strata[row, k] == table.lonely[row, k]):
            continue
        z, members = parts(table, k)
        found = total_variance(z, members, totals.psus.stratum, totals.psus.psus_of_stratum, lonely)
        assert np.sqrt(found[row]) == pytest.approx(told, **CLOSE), (name, domain, group)
        assert z[:, row].sum() == pytest.approx(reference()[name, "total", domain, group, ""], **CLOSE)
        compared += 1
    assert compared >= 280


def test_covariances_and_differences_of_groups() -> None:
    plan, columns, totals = case()
    compared = 0
    for (key, statistic, domain, group, rule), told in further().items():
        if not key.startswith("total:") or statistic == "difference":
            continue
        name = key.removeprefix("total:")
        k = next(i for i, each in enumerate(NAMES) if each in (f"proportion:{name}", f"mean:{name}"))
        z = domain_totals(totals, plan, (domain,), columns[k].numerator)
        matrix = covariance(z, totals.psus.stratum, totals.psus.psus_of_stratum, rule)  # type: ignore[arg-type]
        one, two = (levels()[domain].index(part) for part in group.split(" - "))
        scale = np.sqrt(matrix[one, one] * matrix[two, two])
        if statistic == "covariance":
            assert matrix[one, two] == pytest.approx(told, abs=1e-12 * scale), (key, group, rule)
        else:
            both = matrix[one, one] + matrix[two, two] - 2 * matrix[one, two]
            assert np.sqrt(both) == pytest.approx(told, **CLOSE), (key, group, rule)
        compared += 1
    assert compared == 216


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """The invented cases as a file of a survey, with R's replicate weights multiplied into the weight."""
    folder: Path = tmp_path_factory.mktemp("cases")
    factors = pl.read_csv(FOLDER / "engine_replicates.csv")
    names = [c for c in factors.columns if c.startswith("r")]
    joined = rows().join(factors, on=["stratum", "psu"], how="left", maintain_order="left")
    coded = [
        pl.col(g).cast(pl.String).replace_strict({v: i + 1 for i, v in enumerate(levels()[g])}, default=None)
        for g in GROUPS
    ]
    joined.with_columns(*coded, *(pl.col(c) * pl.col("weight") for c in names)).write_parquet(folder / "ch.parquet")
    told = DESCRIPTION
    for g in GROUPS:
        named = ", ".join(
            f"{i + 1}: {{code: '{v}', en: '{v}', ru: '{v}', kk: '{v}'}}" for i, v in enumerate(levels()[g])
        )
        told += f"  own_{g}: {{variable: {g}, dimension: other, levels: {{{named}}}}}\n"
    told += f"replicates: {{ch: {{columns: [r1-r{len(names)}], scale: {1 / 23!r}}}}}\n"
    (folder / "survey.yaml").write_text(told, encoding="utf-8")
    (folder / "own.csv").write_text(OWN_TOTALS, encoding="utf-8")
    return Survey.open(folder / "survey.yaml", recipes=folder / "own.csv")


def answers(survey: Survey, **options: str) -> Iterator[tuple[str, str, str, dict[str, float]]]:
    """(indicator, domain, group, row) of everything estimated."""
    codes = ["common_total", "limited_total", "score_total"]
    found = survey.estimate(codes, [f"own_{g}" for g in GROUPS], Options(**options))  # type: ignore[arg-type]
    for row in found.rows.iter_rows(named=True):
        yield row["indicator"].removesuffix("_total"), row["breakdown"].removeprefix("own_"), row["group"], row


def test_totals_of_a_recipe_are_those_of_r(survey: Survey) -> None:
    """From a description and a table of recipes to value, error, n, degrees of freedom and interval."""
    compared = 0
    for name, domain, group, row in answers(survey):
        key = next(k for k in (f"proportion:{name}", f"mean:{name}") if k in NAMES)
        told = {s: reference()[key, s, domain, group, ""] for s in ("total", "n", "df")}
        assert row["value"] == pytest.approx(told["total"], **CLOSE)
        assert row["se"] == pytest.approx(reference()[key, "total_se", domain, group, "adjust"], **CLOSE)
        assert (row["n"], row["df"], row["unit"], row["deff"]) == (told["n"], told["df"], "count", None)
        assert (row["lower"] is None) == (row["df"] == 0)
        compared += 1
    assert compared == 3 * (1 + sum(map(len, levels().values())))


@pytest.mark.parametrize(
    ("errors", "key", "option"),
    [
        ("jk1", "replicates:jk1", "around the estimate"),
        ("jkn", "replicates:jkn", "certainty; around the estimate"),
        ("replicates", "replicates:bootstrap", "around the estimate"),
    ],
)
def test_errors_by_replication_are_those_of_r(survey: Survey, errors: str, key: str, option: str) -> None:
    compared = 0
    for name, domain, group, row in answers(survey, errors=errors):
        told = reference().get((key, f"{name}_total_se", domain, group, option))
        if told is not None:
            assert row["se"] == pytest.approx(told, **CLOSE), (name, domain, group)
            compared += 1
    assert compared == 3 * 8


def test_the_reference_belongs_to_the_weights_of_the_file() -> None:
    """The stored replicate weights give the totals of the whole sample on average: they are of this sample."""
    plan, columns, totals = case()
    factors = pl.read_csv(FOLDER / "engine_replicates.csv")
    names = [c for c in factors.columns if c.startswith("r")]
    joined = rows().join(factors, on=["stratum", "psu"], how="left", maintain_order="left")
    frame = joined.with_columns(pl.col(c) * pl.col("weight") for c in names).lazy()
    sums = replicate_rows(frame, plan, names).sums(())[:, 0, columns[0].numerator]
    whole = next(iter(tables(totals, plan, columns)))
    assert sums.mean() == pytest.approx(whole.value[0, 0] * whole.weight[0, 0], rel=0.05)
