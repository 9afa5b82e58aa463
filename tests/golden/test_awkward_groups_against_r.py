"""Comparisons and limits at awkward groups are those of R's survey package.

Reference: `Rscript tests/golden/r_survey/awkward_groups.R`, R 4.2.2 with survey 4.1-1, 2026-11-27; the script makes the
same rows. Reason: strata of one PSU that have no case of the outcome, a parity whose sides lie in different strata, and
a quantile whose limit no value has stood in none of the other references.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from everychild.estimation.survey import Options, Survey
from everychild.recipes.recipe import COLUMNS

CLOSE = 1e-12
OWN = (
    "middle,1,mean,ch,1,x,1,,w,,unverified,,,\n"
    "gap,1,parity,ch,1,s = 2,s = 1,middle,,,unverified,,,\n"
    "half,1,quantile,ch,1,z,1,,w,,unverified,,,\n"
    "most,1,quantile:0.9,ch,1,z,1,,w,,unverified,,,\n"
)
DESCRIPTION = """\
survey: AWKWARD_2026
title: {en: Groups, ru: Группы, kk: Топтар}
country: XEX
layout: mics6
period: "2026"
source: XEX_INVENTED_SURVEY
invented: true
files: {ch: ch.parquet}
design: {psu: psu, stratum: stratum, household: row}
psus: file
breakdowns:
  side:
    variable: g
    levels:
      1: {code: "one", en: "one", ru: "один", kk: "бір"}
      2: {code: "two", en: "two", ru: "два", kk: "екі"}
"""
Cell = Callable[[int, int, int], float | None]


def survey(folder: Path, strata: list[int], x: Cell, s: Cell) -> Survey:
    rows = [
        (h, p, 1 + (k + p) % 3 / 4, x(h, p, k), 12 * p + k + h / 10, 1 + k % 2, s(h, p, k))
        for h, psus in enumerate(strata, start=1)
        for p in range(1, psus + 1)
        for k in range(12)
    ]
    frame = pl.DataFrame(rows, schema=["stratum", "psu", "w", "x", "z", "g", "s"], orient="row").with_row_index("row")
    frame.write_parquet(folder / "ch.parquet")
    (folder / "survey.yaml").write_text(DESCRIPTION, encoding="utf-8")
    (folder / "own.csv").write_text(",".join(COLUMNS) + "\n" + OWN, encoding="utf-8")
    return Survey.open(folder / "survey.yaml", recipes=folder / "own.csv")


def outcome(h: int, p: int, k: int) -> float:
    return (k * k + 3 * p + h) % 9


def test_average_counts_the_strata_of_the_groups_compared(tmp_path: Path) -> None:
    """Two strata of one PSU, in which the outcome was not asked, were counted for differences and parities."""
    lone = survey(
        tmp_path, [3, 3, 1, 1], lambda h, p, k: None if h > 2 else outcome(h, p, k), lambda h, p, k: 1 + k // 2 % 2
    )
    found = lone.estimate(["middle", "gap"], ["side"], Options(lonely="average"))
    own = found.rows.filter(indicator="middle", breakdown="side")["se"].to_list()
    assert own == pytest.approx([0.491501855616104, 0.372180760543205], rel=CLOSE)
    assert found.difference("middle", "side", "one", "two").se == pytest.approx(0.373050488093323, rel=CLOSE)
    parity = found.rows.filter(indicator="gap", breakdown="total").row(0, named=True)
    assert (parity["value"], parity["se"]) == pytest.approx((1.0234375, 0.221328011070731), rel=CLOSE)
    _, matrix = found.covariance("middle", "side")
    assert [matrix[k, k] ** 0.5 for k in (0, 1)] == pytest.approx(own, rel=CLOSE)


def test_the_degrees_of_freedom_of_a_parity_are_those_of_both_sides(tmp_path: Path) -> None:
    apart = survey(tmp_path, [6, 6], outcome, lambda h, p, k: h)
    row = apart.estimate(["gap"]).rows.row(0, named=True)
    assert (row["df"], row["psus"]) == (10, 12)
    found = [row[name] for name in ("value", "se", "lower", "upper")]
    wanted = [0.8111888111888113, 0.0936751820940737, 0.6271575859373827, 1.0492216025967298]
    assert found == pytest.approx(wanted, rel=CLOSE)


def test_a_limit_that_no_value_has_is_missing(tmp_path: Path) -> None:
    """The largest value in its place made the error of the ninth decile too small."""
    apart = survey(tmp_path, [6, 6], outcome, lambda h, p, k: h)
    half, most = apart.estimate(["half", "most"]).rows.iter_rows(named=True)
    told = [half[name] for name in ("value", "lower", "upper", "se")]
    assert told == pytest.approx([47.2, 22.2, 73.2, 11.444529131238], rel=1e-11)
    assert [most[name] for name in ("value", "lower", "upper", "se")] == [
        pytest.approx(76.2),
        pytest.approx(65.1),
        None,
        None,
    ]
    assert most["status"] == "U", "of low reliability, for its error cannot be told"
