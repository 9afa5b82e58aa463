"""Prevalences of growth: against plain sums over rows, and what oedema, flags and missing children do to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from everychild.estimation.child_growth import ChildGrowth, Options, child_growth
from everychild.estimation.growth_quality import measure_name, quality
from everychild.microdata.child_clusters import clusters_without_children
from everychild.microdata.child_measurements import ChildFile, read_children
from everychild.microdata.growth_layouts import read_growth_layout
from everychild.microdata.reading import read_file
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import LANGUAGES

MAP = """
children:
  sex: SEX
  age_days: DAYS
  weight: KG
  length: CM
  position: HOW
  oedema: SWOLLEN
  arm: {column: ARM, divide: 10}
  sampling_weight: W
  psu: CLUSTER
  stratum: STRATUM
  team: TEAM
"""
N = 600
CLUSTERS = 30


def made_children(seed: int = 4) -> dict[str, Any]:
    """Children of 30 clusters in 5 strata, thinner and shorter in some clusters than in others."""
    draw = np.random.default_rng(seed)
    days = draw.integers(0, 1826, N)
    cluster = np.repeat(np.arange(CLUSTERS), N // CLUSTERS)
    away = draw.normal(-1.0, 0.5, CLUSTERS)[cluster]
    length = 49 + days**0.62 * 0.55 + 3.6 * (away + draw.normal(0, 1, N))
    length = np.clip(length, 45, 119)
    weight = 16.2 * (length / 100) ** 2 * np.exp(0.1 * (draw.normal(0, 1, N) + 0.3 * away))
    return {
        "SEX": draw.integers(1, 3, N), "DAYS": days, "KG": weight.round(1), "CM": length.round(1),
        "HOW": np.where(days < 731, "l", "h"), "SWOLLEN": np.where(draw.random(N) < 0.03, "y", "n"),
        "ARM": np.round(120 + 12 * draw.random(N) + days / 80, 0), "W": (0.4 + draw.random(N)).round(3),
        "CLUSTER": cluster, "STRATUM": cluster % 5, "TEAM": cluster % 3,
    }  # fmt: skip


def read(folder: Path, *by: str, layout: str = MAP, **changed: Any) -> ChildFile:
    pl.DataFrame({**made_children(), **changed}).write_csv(folder / "children.csv")
    (folder / "map.yaml").write_text(layout, encoding="utf-8")
    return read_children(folder / "children.csv", read_growth_layout(folder / "map.yaml"), by)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> ChildGrowth:
    return child_growth(read(tmp_path_factory.mktemp("growth"), "sex", "sex:age_group", "STRATUM"))


def cell(found: ChildGrowth, indicator: str, breakdown: str = "total", group: str = "_T") -> dict[str, Any]:
    return found.rows.filter(indicator=indicator, breakdown=breakdown, group=group).row(0, named=True)


def taylor(y: Any, d: Any, file: ChildFile) -> tuple[float, float]:
    """A ratio and its error by the textbook formula, cluster by cluster."""
    w = file.weight
    ratio = (w * y).sum() / (w * d).sum()
    z = w * (y - ratio * d)
    strata, clusters = file.stratum.to_numpy(), file.psu.to_numpy()
    variance = 0.0
    for stratum in np.unique(strata):
        sums = np.array([z[clusters == c].sum() for c in np.unique(clusters[strata == stratum])])
        variance += sums.size / (sums.size - 1) * ((sums - sums.mean()) ** 2).sum()
    return ratio, float(np.sqrt(variance) / (w * d).sum())


@pytest.mark.parametrize(
    ("indicator", "index", "limit"),
    [("stunting_moderate_severe", "haz", -2), ("stunting_severe", "haz", -3), ("wasting_moderate_severe", "whz", -2),
     ("wasting_severe", "whz", -3), ("underweight_moderate_severe", "waz", -2), ("underweight_severe", "waz", -3),
     ("overweight_moderate_severe", "whz", 2), ("overweight_severe", "whz", 3)],
)  # fmt: skip
def test_shares_and_errors_are_those_of_plain_sums(found: ChildGrowth, indicator: str, index: Any, limit: int) -> None:
    file = found.scored.file
    for breakdown, group, inside in (("total", "_T", file.counted), ("sex_child", "F", file.children.sex == 2)):
        z = found.scored.usable(index)
        swollen = file.children.oedema & (index != "haz")
        denominator = (~np.isnan(z) | swollen) & inside
        low = (np.nan_to_num(z) < limit) | swollen
        numerator = (low if limit < 0 else np.nan_to_num(z) > limit) & denominator
        value, error = taylor(numerator.astype(float), denominator.astype(float), file)
        row = cell(found, indicator, breakdown, group)
        assert row["value"] == pytest.approx(100 * value, rel=1e-9)
        assert row["se"] == pytest.approx(100 * error, rel=1e-9)
        assert row["n"] == denominator.sum()
        assert row["lower"] <= row["value"] <= row["upper"]


def test_means_leave_oedema_out_and_spreads_have_errors(found: ChildGrowth) -> None:
    file, z = found.scored.file, found.scored.usable("whz")
    known = ~np.isnan(z)
    assert not (known & file.children.oedema).any()
    y = np.nan_to_num(z)
    mean, error = taylor(y * known, known.astype(float), file)
    row = cell(found, "mean_whz")
    assert (row["value"], row["se"]) == (pytest.approx(mean, rel=1e-9), pytest.approx(error, rel=1e-9))
    square, _ = taylor(y**2 * known, known.astype(float), file)
    n = known.sum()
    spread = np.sqrt((square - mean**2) * n / (n - 1))
    # the error of a spread: that of the mean of (z - mean)^2, divided by twice the spread
    _, of_square = taylor((y - mean) ** 2 * known, known.astype(float), file)
    row = cell(found, "sd_whz")
    assert row["value"] == pytest.approx(spread, rel=1e-9)
    assert row["se"] == pytest.approx(of_square / (2 * spread), rel=1e-6)


def test_arm_circumference_counts_from_six_months(found: ChildGrowth) -> None:
    file = found.scored.file
    assert cell(found, "muac_severe")["n"] == (file.ages.months >= 6).sum()
    thin = (file.ages.months >= 6) & ((file.children.arm < 12.5) | file.children.oedema)  # type: ignore[operator]
    share = 100 * file.weight[thin].sum() / file.weight[file.ages.months >= 6].sum()
    assert cell(found, "muac_moderate_severe")["value"] == pytest.approx(share, rel=1e-9)


def test_groups_add_up_to_the_total(found: ChildGrowth) -> None:
    parts = found.rows.filter(indicator="stunting_severe", breakdown="sex_child:age_months_u5")
    assert parts.height == 12
    assert parts["n"].sum() == cell(found, "stunting_severe")["n"]
    assert parts["weighted_n"].sum() == pytest.approx(cell(found, "stunting_severe")["weighted_n"])


def test_small_groups_are_hidden(found: ChildGrowth) -> None:
    small = found.shown().filter(pl.col("n") < 25)
    assert small.height
    assert small["value"].null_count() == small.height
    assert found.shown(hidden=True).filter(pl.col("n") < 25)["value"].null_count() < small.height


def test_nobody_is_zero_with_an_interval(tmp_path: Path) -> None:
    row = cell(child_growth(read(tmp_path, SWOLLEN=["n"] * N)), "oedema")
    assert (row["value"], row["se"], row["lower"]) == (0.0, 0.0, 0.0)
    assert 0 < row["upper"] < 5


def test_the_rule_of_dhs_removes_the_whole_child(tmp_path: Path) -> None:
    heights = made_children()["CM"].copy()
    heights[:40] = 119.9  # far too tall for most ages: haz flagged, waz sound
    who = child_growth(read(tmp_path, CM=heights))
    dhs = child_growth(read(tmp_path, CM=heights), Options(flags="dhs"))
    assert cell(dhs, "underweight_severe")["n"] < cell(who, "underweight_severe")["n"]
    n = {cell(dhs, f"mean_{index}")["n"] for index in ("haz", "waz", "whz", "baz")}
    assert len(n) == 1


def test_too_many_children_without_scores_are_said_and_then_refused(tmp_path: Path) -> None:
    heights = made_children()["CM"]
    some = child_growth(read(tmp_path, CM=[None] * 90 + list(heights[90:])))
    told = [f for f in some.findings if f.rule == "growth_unmeasured"]
    assert [f.parameters["index"] for f in told] == ["HAZ", "WHZ"]
    lacking = np.isnan(some.scored.usable("haz")).sum()
    assert (told[0].row, told[0].column, told[0].parameters["count"]) == (2, "CM", str(lacking))
    half = read(tmp_path, CM=[None] * 320 + list(heights[320:]))
    with pytest.raises(DataRefused) as refused:
        child_growth(half)
    assert [f.rule for f in refused.value.findings[:2]] == ["growth_unmeasured_many"] * 2
    nevertheless = child_growth(half, Options(leave_out=("growth_unmeasured_many",)))
    assert cell(nevertheless, "stunting_severe")["n"] < N / 2


def test_flagged_children_are_said_with_their_place(tmp_path: Path) -> None:
    heights = made_children()["CM"].copy()
    heights[7] = 45.0
    days = made_children()["DAYS"].copy()
    days[7] = 1500
    file = read(tmp_path, CM=heights, DAYS=days)
    told = next(f for f in child_growth(file).findings if f.rule == "growth_flagged")
    assert (told.file, told.row, told.column, told.parameters["index"]) == ("children.csv", 9, "CM", "HAZ")
    assert float(told.value) < -6


def test_scores_of_the_file_are_taken_as_they_are(tmp_path: Path) -> None:
    own = MAP + "  haz: {column: HAZ, divide: 100, to: 9989}\n"
    z = np.where(np.arange(N) % 10 < 3, -250, 50)
    z[-20:] = 9998
    pl.DataFrame({**made_children(), "HAZ": z, "W": [1.0] * N}).write_csv(tmp_path / "children.csv")
    (tmp_path / "map.yaml").write_text(own, encoding="utf-8")
    file = read_children(tmp_path / "children.csv", read_growth_layout(tmp_path / "map.yaml"), scores_only=True)
    found = child_growth(file, Options(scores="file"))
    row = cell(found, "stunting_moderate_severe")
    assert (row["n"], row["value"]) == (580, pytest.approx(30.0))
    assert "wasting_severe" not in found.rows["indicator"].to_list()


def test_without_clusters_the_errors_are_those_of_children(tmp_path: Path) -> None:
    bare = MAP.replace("  psu: CLUSTER\n  stratum: STRATUM\n", "")
    found = child_growth(read(tmp_path, layout=bare, W=[1.0] * N, SWOLLEN=["n"] * N))
    row = cell(found, "stunting_moderate_severe")
    n, p = row["n"], row["value"] / 100
    of_sample = len(found.scored.file) / (len(found.scored.file) - 1)
    assert row["se"] / 100 == pytest.approx(np.sqrt(p * (1 - p) / n * of_sample), rel=1e-9)


def test_quality_is_measured_and_flagged(found: ChildGrowth) -> None:
    table = {row["measure"]: row for row in quality(found).iter_rows(named=True)}
    file = found.scored.file
    heights = np.rint(file.children.length * 10) % 5 == 0
    assert table["heaped_length"]["value"] == pytest.approx(100 * heights.mean())
    assert table["missing_weight"]["value"] == 0
    assert table["sd_haz"]["value"] == cell(found, "sd_haz")["value"]
    assert table["sex_ratio"]["n"] == N
    assert table["team_sd_haz"]["n"] >= 30
    for row in table.values():
        low, high = row["low"], row["high"]
        outside = (low is not None and row["value"] < low) or (high is not None and row["value"] > high)
        assert row["flag"] == int(outside), row
        assert all(measure_name(row["measure"], language) for language in LANGUAGES)


def test_heaping_is_flagged(tmp_path: Path) -> None:
    whole = np.rint(made_children()["KG"])
    table = quality(child_growth(read(tmp_path, KG=whole)))
    row = table.filter(measure="heaped_weight").row(0, named=True)
    assert (row["value"], row["flag"]) == (100.0, 1)


def test_children_are_told_one_by_one(found: ChildGrowth) -> None:
    table = found.scored.table()
    assert table.height == N
    assert table["row"][0] == 2  # of the CSV file, whose header is row 1
    first = table.row(0, named=True)
    assert first["haz"] == pytest.approx(round(first["haz_unrounded"], 2))
    assert first["sex"] == made_children()["SEX"][0]
    assert table["whz"].null_count() >= table["oedema"].sum()


def test_clusters_without_children_count_in_the_errors(tmp_path: Path) -> None:
    """Two more clusters in the first stratum: their zeros stand in its variance."""
    file = read(tmp_path)
    places = [*range(CLUSTERS), 100, 105, 100]
    layers = [0 if place >= 100 else place % 5 for place in places]
    pl.DataFrame({"PLACE": places, "LAYER": layers}).write_csv(tmp_path / "households.csv")
    empty = clusters_without_children(read_file(tmp_path / "households.csv"), ["PLACE"], ["LAYER"], file)
    assert empty.rows() == [("0", "100"), ("0", "105")]
    plain, whole = child_growth(file), child_growth(file, empty=empty)
    one, other = cell(plain, "stunting_severe"), cell(whole, "stunting_severe")
    assert (one["value"], one["n"], one["psus"]) == (other["value"], other["n"], other["psus"])
    z = np.nan_to_num(plain.scored.usable("haz"))
    known = ~np.isnan(plain.scored.usable("haz"))
    ratio = other["value"] / 100
    total = file.weight * (((z < -3) & known) - ratio * known)
    variance = 0.0
    for stratum in range(5):
        inside = file.stratum.to_numpy() == str(stratum)
        psus = file.psu.to_numpy()
        sums = [total[inside & (psus == c)].sum() for c in np.unique(psus[inside])] + [0.0, 0.0] * (stratum == 0)
        variance += len(sums) / (len(sums) - 1) * ((np.array(sums) - np.mean(sums)) ** 2).sum()
    assert other["se"] == pytest.approx(100 * np.sqrt(variance) / (file.weight * known).sum(), rel=1e-9)
    assert other["se"] != pytest.approx(one["se"], rel=1e-6)
