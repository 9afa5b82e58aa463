"""Differences, covariances and quotients of groups by replication, beside the jackknife done by leaving rows out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from everychild.estimation.estimates import Estimates
from everychild.estimation.survey import Errors, Options, Survey
from tests.microdata import made_survey as made

CODE = "registered_own"
OWN = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source,round_differences,notes\n"
    f"{CODE},1,proportion,ch,UF17 = 1,BR1 < 3,1,,chweight,,unverified,,,\n"
    f"parity_own,1,parity,ch,,HL4 = 2,HL4 = 1,{CODE},,,unverified,,,\n"
)
PSUS = tuple(made.CLUSTERS)
REPLICATES = f"replicates: {{ch: {{columns: [rw1-rw{len(PSUS)}], scale: {(len(PSUS) - 1) / len(PSUS)}}}}}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made survey with a replicate weight for each cluster that is left out: JK1 as weights of a file."""

    def change(tables: dict[str, pl.DataFrame]) -> None:
        left_out = [((pl.col("HH1") != psu) * pl.col("chweight")).alias(f"rw{psu}") for psu in PSUS]
        tables["ch"] = tables["ch"].with_columns(left_out)

    folder = made.write(tmp_path_factory.mktemp("made"), "sav", change, made.DESCRIPTION + REPLICATES).parent
    (folder / "own.csv").write_text(OWN, encoding="utf-8")
    return folder


def estimates(folder: Path, errors: Errors) -> Estimates:
    survey = Survey.open(folder / "survey.yaml", recipes=folder / "own.csv")
    return survey.estimate([CODE, "parity_own"], ["residence", "sex_child"], Options(errors=errors, psus="file"))


def share(rows: pl.DataFrame, weight: pl.Expr) -> float:
    done = rows.filter(pl.col("UF17") == 1)
    return 100 * done.filter(pl.col("BR1") < 3).select(weight.sum()).item() / done.select(weight.sum()).item()


def gap(rows: pl.DataFrame, weight: pl.Expr) -> float:
    return share(rows.filter(pl.col("HH6") == 2), weight) - share(rows.filter(pl.col("HH6") == 1), weight)


def parity(rows: pl.DataFrame, weight: pl.Expr) -> float:
    return share(rows.filter(pl.col("HL4") == 2), weight) / share(rows.filter(pl.col("HL4") == 1), weight)


def by_hand(statistic: Callable[[pl.DataFrame, pl.Expr], float], errors: Errors) -> float:
    """The jackknife, cluster by cluster, from the rows."""
    rows, weight = made.children(), pl.col("chweight")
    whole, variance = statistic(rows, weight), 0.0
    for psu, stratum in made.CLUSTERS.items():
        others = sum(of == stratum for of in made.CLUSTERS.values())
        factor = pl.when(pl.col("stratum") == stratum).then(others / (others - 1)).otherwise(1.0)
        replicate = statistic(rows.filter(pl.col("HH1") != psu), weight * factor if errors == "jkn" else weight)
        scale = (others - 1) / others if errors == "jkn" else (len(PSUS) - 1) / len(PSUS)
        variance += scale * (replicate - whole) ** 2
    return float(np.sqrt(variance))


@pytest.mark.parametrize("errors", ["jk1", "jkn"])
def test_a_difference_has_the_error_of_the_jackknife(folder: Path, errors: Errors) -> None:
    found = estimates(folder, errors).difference(CODE, "residence", "rural", "urban")
    assert found.value == pytest.approx(gap(made.children(), pl.col("chweight")), rel=1e-12)
    assert found.se == pytest.approx(by_hand(gap, errors), rel=1e-9)
    linear = estimates(folder, "taylor").difference(CODE, "residence", "rural", "urban")
    assert found.se != pytest.approx(linear.se, rel=1e-6)
    assert found.value == linear.value
    assert found.df == (len(PSUS) - 1 if errors == "jk1" else linear.df)


@pytest.mark.parametrize("errors", ["jk1", "jkn"])
def test_a_quotient_of_groups_has_the_error_of_the_jackknife(folder: Path, errors: Errors) -> None:
    row = estimates(folder, errors).rows.filter(indicator="parity_own", breakdown="total").row(0, named=True)
    assert row["value"] == pytest.approx(parity(made.children(), pl.col("chweight")), rel=1e-12)
    assert row["se"] == pytest.approx(by_hand(parity, errors), rel=1e-9)


@pytest.mark.parametrize(("code", "breakdown"), [(CODE, "residence"), (CODE, "sex_child"), ("parity_own", "residence")])
def test_weights_of_the_file_that_leave_clusters_out_give_the_same(folder: Path, code: str, breakdown: str) -> None:
    ours, given = estimates(folder, "jk1"), estimates(folder, "replicates")
    groups, matrix = ours.covariance(code, breakdown)
    assert given.covariance(code, breakdown)[0] == groups
    assert given.covariance(code, breakdown)[1] == pytest.approx(matrix, rel=1e-9, abs=1e-15)
    errors = ours.rows.filter(indicator=code, breakdown=breakdown)["se"].to_list()
    assert np.sqrt(np.diag(matrix)) == pytest.approx(errors, rel=1e-12)
