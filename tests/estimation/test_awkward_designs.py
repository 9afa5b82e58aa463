"""Where no error can be told, none is; and whose clusters count does not hang on the order of files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from everychild.estimation.survey import Options, Survey
from everychild.recipes.parsing import parse
from everychild.recipes.recipe import COLUMNS, Part, Recipe
from everychild.vocabulary.errors import Place
from everychild.vocabulary.findings import DataRefused

OWN = (
    'share,1,proportion,ch,"s IN (1, 2)",y = 1,1,,w,,unverified,,,\n',
    "gap,1,parity,ch,1,s = 2,s = 1,share,,,unverified,,,\n",
    "middle,1,mean,ch,1,x,1,,w,,unverified,,,\n",
    "sum,1,total,ch,1,x,1,,w,,unverified,,,\n",
    "women,1,mean,wm,1,x,1,,w,,unverified,,,\n",
    "women_sum,1,total,wm,1,x,1,,w,,unverified,,,\n",
    "both,1,proportion,ch,1,y = 1,1,,w,,unverified,,,\n",
    "both,2,proportion,wm,1,y = 1,1,,w,,unverified,,,\n",
)
DESCRIPTION = """\
survey: AWKWARD_2026
title: {{en: Designs, ru: Схемы, kk: Сызбалар}}
country: XEX
layout: mics6
period: "2026"
source: XEX_INVENTED_SURVEY
invented: true
files: {{{files}}}
design: {{psu: psu, stratum: stratum, household: row}}
{more}
breakdowns:
  side:
    variable: g
    levels:
      1: {{code: "one", en: "one", ru: "один", kk: "бір"}}
      2: {{code: "two", en: "two", ru: "два", kk: "екі"}}
"""


def rows(psus: int = 5) -> pl.DataFrame:
    """Two strata; the base of the parity (s = 1) has its y in the first PSU of the first stratum alone, and so has
    the second group."""
    made = [
        (h, p, 1.0, float((k * k + p) % 7), float(k % 3 == 0 and (k % 2 == 1 or (h, p) == (1, 1))), 1 + k % 2,
         2 if (h, p) == (1, 1) and k < 6 else 1)
        for h in (1, 2) for p in range(1, psus + 1) for k in range(12)
    ]  # fmt: skip
    return pl.DataFrame(made, schema=["stratum", "psu", "w", "x", "y", "s", "g"], orient="row").with_row_index("row")


def survey(folder: Path, files: str = "ch: ch.parquet", more: str = "psus: file", **tables: pl.DataFrame) -> Survey:
    for name, table in (tables or {"ch": rows()}).items():
        table.write_parquet(folder / f"{name}.parquet")
    (folder / "survey.yaml").write_text(DESCRIPTION.format(files=files, more=more), encoding="utf-8")
    return with_recipes(folder, *(line for line in OWN if f"{line.split(',')[3]}: " in files))


def with_recipes(folder: Path, *lines: str) -> Survey:
    """The survey that is written there, asked by these recipes."""
    (folder / "own.csv").write_text(",".join(COLUMNS) + "\n" + "".join(lines), encoding="utf-8")
    return Survey.open(folder / "survey.yaml", recipes=folder / "own.csv")


@pytest.mark.parametrize("centre", ["estimate", "replicates"])
def test_a_parity_without_a_base_in_one_replicate_has_no_error_and_is_named(tmp_path: Path, centre: str) -> None:
    """Taken for "no deviation", and with the mean of the replicates as centre for an error of exactly 0."""
    table = rows()
    place = ((table["stratum"] - 1) * 5 + table["psu"] - 1).to_numpy()
    factors = np.where(np.eye(10) == 1, 0.0, 10 / 9)[place]
    table = table.with_columns(pl.Series(f"r{r}", factors[:, r]) for r in range(10))
    more = f"psus: file\nreplicates: {{ch: {{columns: [r0-r9], scale: 0.9, centre: {centre}}}}}"
    given = survey(tmp_path, more=more, ch=table)
    for errors in ("replicates", "jk1", "jkn"):
        found = given.estimate(["gap", "share"], options=Options(errors=errors))  # type: ignore[arg-type]
        gap, share = found.rows.iter_rows(named=True)
        assert (gap["se"], gap["lower"], gap["status"]) == (None, None, "U")
        assert gap["value"] is not None
        assert share["se"] > 0
        (told,) = [f for f in found.findings if f.rule == "estimate_replicate_without_cases"]
        assert told.value == "gap, total: total"
        for language in ("en", "ru", "kk"):
            assert "gap" in told.message(language)


def test_nothing_is_compared_with_a_group_whose_error_cannot_be_told(tmp_path: Path) -> None:
    """The second group lies in one PSU; its own error is missing, and it was taken for 0."""
    found = survey(tmp_path).estimate(["middle", "sum"], ["side"])
    one, two = found.rows.filter(indicator="middle", breakdown="side").iter_rows(named=True)
    assert (one["se"] > 0, two["se"]) == (True, None)
    gap = found.difference("middle", "side", "one", "two")
    assert np.isfinite(gap.value)
    assert np.isnan([gap.se, gap.lower, gap.upper]).all()
    _, matrix = found.covariance("middle", "side")
    assert np.isnan(matrix).tolist() == [[False, True], [True, True]]
    assert found.difference("sum", "side", "one", "two").se > 0, "that a total lies in one PSU is chance as well"


@pytest.mark.parametrize(
    "files", ["ch: ch.parquet, wm: wm.parquet", "wm: wm.parquet, ch: ch.parquet", "wm: wm.parquet"]
)
def test_without_a_household_file_each_file_counts_its_own_clusters(tmp_path: Path, files: str) -> None:
    """Whichever file was named first was taken for that of the households, and the note said the opposite."""
    women = rows().filter(pl.col("psu") <= 3)
    asked = survey(tmp_path, files, more="", ch=rows(), wm=women).estimate(["women", "women_sum"])
    assert "estimate_clusters_of_file" in {f.rule for f in asked.findings}
    alone = survey(tmp_path, "wm: wm.parquet", wm=women).estimate(["women", "women_sum"])
    assert asked.rows.select("value", "se", "df").rows() == alone.rows.select("value", "se", "df").rows()


def test_files_put_under_each_other_count_the_clusters_of_both(tmp_path: Path) -> None:
    fewer, other = rows().filter(pl.col("psu") != 2), rows().filter(pl.col("psu") != 3)
    asked = survey(tmp_path, "ch: ch.parquet, wm: wm.parquet", ch=fewer, wm=other)
    found = asked.estimate(["both"]).rows.row(0, named=True)
    whole = pl.concat([fewer, other])
    y = whole.group_by("stratum", "psu").agg(n=pl.col("y").sum(), d=pl.len()).sort("stratum", "psu")
    value = y["n"].sum() / y["d"].sum()
    z = ((y["n"] - value * y["d"]) / y["d"].sum()).to_numpy().reshape(2, 5)
    variance = (5 / 4 * (z - z.mean(axis=1, keepdims=True)) ** 2).sum()
    assert (found["value"], found["se"]) == pytest.approx((100 * value, 100 * variance**0.5), rel=1e-12)
    assert (found["psus"], found["df"]) == (10, 8)


def test_a_group_may_be_of_whole_clusters_in_one_file_alone(tmp_path: Path) -> None:
    """One child whose residence is not known ended in "only totals over the same PSUs and groups can be added"."""
    table = rows().with_columns(g=1 + pl.col("psu") % 2)
    unknown = table.with_columns(g=pl.when(pl.col("row") != 7).then(pl.col("g")))
    for ch, wm in ((unknown, table), (table, unknown)):
        found = survey(tmp_path, "ch: ch.parquet, wm: wm.parquet", ch=ch, wm=wm).estimate(["both"], ["side"]).rows
        for level, name in enumerate(("one", "two"), start=1):
            row = found.filter(breakdown="side", group=name).row(0, named=True)
            of_group = pl.concat([ch, wm]).filter(g=level)
            y = of_group.group_by("stratum", "psu").agg(n=pl.col("y").sum(), d=pl.len()).sort("stratum", "psu")
            value = y["n"].sum() / y["d"].sum()
            told = y.with_columns(z=(pl.col("n") - value * pl.col("d")) / y["d"].sum())
            squares = told.group_by("stratum").agg(v=5 / 4 * ((pl.col("z") ** 2).sum() - pl.col("z").sum() ** 2 / 5))
            assert (row["value"], row["n"]) == (pytest.approx(100 * value), of_group.height)
            assert row["se"] == pytest.approx(100 * squares["v"].sum() ** 0.5, rel=1e-12)


def test_rows_outside_the_universe_need_no_weight(tmp_path: Path) -> None:
    """A share forgave them, a mean, a total of values and a quantile did not."""
    table = rows().with_columns(w=pl.when(pl.col("s") == 1).then(1.0))
    survey(tmp_path, ch=table)
    recipes = "".join(
        f"{kind},1,{kind},ch,s = 1,{value},1,,w,,unverified,,,\n"
        for kind, value in (("mean", "x"), ("quantile", "x"), ("total", "x"), ("proportion", "y = 1"))
    )
    asked = with_recipes(tmp_path, recipes)
    found = asked.estimate(["mean", "quantile", "total", "proportion"]).rows
    assert found["n"].to_list() == [60] * 4
    assert found["value"].null_count() == 0
    everybody = with_recipes(tmp_path, recipes.replace("s = 1", "1"))
    for code in ("mean", "quantile", "total", "proportion"):
        with pytest.raises(DataRefused):
            everybody.estimate([code])


@pytest.mark.parametrize("scale", [1e-3, 1e-9, 1e-14, 1e5])
def test_small_weights_keep_their_digits(tmp_path: Path, scale: float) -> None:
    """Rounded to 2^-40 whatever their size, weights of 1e-12 gave shares that were wrong by two in a hundred."""
    table = rows().with_columns(w=1 + pl.col("x") / 7)
    usual = survey(tmp_path, ch=table).estimate(["share", "middle"]).rows.select("value", "se").to_numpy()
    scaled = survey(tmp_path, ch=table.with_columns(pl.col("w") * scale)).estimate(["share", "middle"])
    assert scaled.rows.select("value", "se").to_numpy() == pytest.approx(usual, rel=1e-11)


def test_a_ratio_of_two_values_has_no_design_effect(tmp_path: Path) -> None:
    one, above, below, weight = (parse(text, Place("the test")) for text in ("1 = 1", "y * 1", "x + 1", "w"))
    recipe = Recipe("r", "ratio", (Part("ch", one, above, below, weight),), "unverified")
    row = survey(tmp_path).estimate_recipes([recipe]).rows.row(0, named=True)
    assert 0 < row["value"] < 100
    assert row["deff"] is None


def test_a_weight_that_a_recipe_works_out_is_refused_with_its_row(tmp_path: Path) -> None:
    survey(tmp_path)
    asked = with_recipes(tmp_path, "r,1,mean,ch,1,x,1,,w - x / 3,,unverified,,,\n")
    with pytest.raises(DataRefused) as refused:
        asked.estimate(["r"])
    (told,) = refused.value.findings
    first = rows().filter(pl.col("x") > 3).row(0, named=True)
    assert (told.file, told.column, told.row, told.rule) == (
        "ch.parquet", "W - X / 3", first["row"] + 1, "survey_weight_negative",
    )  # fmt: skip
    assert float(told.value) == pytest.approx(1 - first["x"] / 3)


def test_an_own_recipe_under_an_official_code_is_told(tmp_path: Path) -> None:
    survey(tmp_path)
    asked = with_recipes(tmp_path, "stunting_severe,1,mean,ch,1,x,1,,w,,unverified,,,\n")
    rules = [(f.rule, f.value) for f in asked.estimate(["stunting_severe"]).findings]
    assert ("estimate_own_recipe_replaces", "stunting_severe") in rules
    assert not any(f.rule == "estimate_own_recipe_replaces" for f in survey(tmp_path).estimate(["middle"]).findings)


def test_a_slip_in_an_own_recipe_is_told_with_the_likely_name(tmp_path: Path) -> None:
    survey(tmp_path, ch=rows().with_columns(HAZFLAG=0))
    asked = with_recipes(tmp_path, "r,1,proportion,ch,1,HAZFLG = 0,1,,w,,unverified,,,\n")
    (left,) = asked.estimate(["r"]).not_computed
    assert left.value == "HAZFLG (HAZFLAG?)"
