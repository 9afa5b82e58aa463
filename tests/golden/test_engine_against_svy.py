"""The whole way from a file to an estimate gives what svy (PyPI, Taylor linearisation) gives on the practice survey.

svy 0.35 was written from the same textbooks by other people. Where it follows another convention, the test says which.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import svy

from everychild.estimation.survey import Options, Survey

pytestmark = [
    pytest.mark.shared,
    pytest.mark.filterwarnings("ignore::svy.SvyUserWarning"),
]
HERE = Path(__file__).parent
RECIPES = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source,round_differences,notes\n"
    "age,1,mean,KR,v012 >= 0,v012,1,,v005 / 1000000,,unverified,,,\n"
    "first,1,proportion,KR,v012 >= 0,bord = 1,1,,v005 / 1000000,,unverified,,,\n"
    "median_age,1,quantile,KR,v012 >= 0,v012,1,,v005 / 1000000,,unverified,,,\n"
    "first_to_later,1,ratio,KR,v012 >= 0,bord = 1,bord > 1,,v005 / 1000000,,unverified,,,\n"
)
CODES = ("age", "first", "median_age", "first_to_later")
RULES = {"adjust": "center", "average": "scale", "certainty": "skip"}
"""A stratum with one cluster: our name of the rule, svy's."""
BY = {"residence": "v025", "region": "v024", "wealth_quintile": "v190", "residence:sex_child": ("v025", "b4")}
NAMES = {"poorer": "second", "richer": "fourth", **{f"region {i}": f"region={i}" for i in range(1, 5)}}
CLOSE = {"rel": 1e-10}


@pytest.fixture(scope="module")
def data(shared_folder: Path) -> Path:
    return shared_folder / "data" / "dhs_model"


@pytest.fixture(scope="module")
def survey(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Survey:
    table = tmp_path_factory.mktemp("own") / "recipes.csv"
    table.write_text(RECIPES, encoding="utf-8")
    return Survey.open(HERE / "practice_survey" / "survey.yaml", data, recipes=table)


@pytest.fixture(scope="module")
def children(data: Path) -> pl.DataFrame:
    groups = ("v025", "v024", "v190", "b4")
    return pl.read_parquet(data / "children_recode.parquet").select(
        "v021", "v022", "v012", *(pl.col(c).cast(pl.String).replace(NAMES) for c in groups),
        (pl.col("v005") / 1_000_000).alias("weight"), (pl.col("bord") == 1).cast(pl.Float64).alias("first"),
        (pl.col("bord") > 1).cast(pl.Float64).alias("later"),
    )  # fmt: skip


def judged(
    children: pl.DataFrame, rule: str, by: str | tuple[str, ...] | None
) -> dict[tuple[str, str], dict[str, float]]:
    """(indicator, group) → est, se, lci, uci, df, n of svy."""
    sample = svy.Sample(children, svy.Design(stratum="v022", psu="v021", wgt="weight", singleton=RULES[rule]))
    ask, by = sample.estimation, list(by) if isinstance(by, tuple) else by
    tables = {
        "age": ask.mean("v012", by=by, deff="wr"),
        "first": ask.prop("first", by=by),
        "median_age": ask.median("v012", by=by),
        "first_to_later": ask.ratio("first", "later", by=by),
    }
    names = [by] if isinstance(by, str) else by or []
    found = {}
    for indicator, table in tables.items():
        for row in table.to_polars().iter_rows(named=True):
            if row.get("first", 1.0) == 1.0:
                found[indicator, ":".join(row[name] for name in names) or "total"] = row
    return found


@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("breakdown", [None, *BY])
def test_values_errors_and_degrees_of_freedom(
    survey: Survey, children: pl.DataFrame, rule: str, breakdown: str | None
) -> None:
    told = judged(children, rule, None if breakdown is None else BY[breakdown])
    table = survey.estimate(CODES, [breakdown] if breakdown else [], Options(lonely=rule, interval="linear"))  # type: ignore[arg-type]
    ours = table.rows.filter(breakdown=breakdown or "total")
    assert ours.height == len(told) == 4 * len({group for _, group in told})
    for row in ours.iter_rows(named=True):
        theirs = told[row["indicator"], row["group"]]
        scale = 100 if row["unit"] == "percent" else 1
        assert row["value"] == pytest.approx(scale * theirs["est"], **CLOSE)
        if not (rule == "average" and row["lonely"]):  # svy scales over the whole sample, R and we within the domain
            assert row["se"] == pytest.approx(scale * theirs["se"], **CLOSE)
        if row["indicator"] != "first_to_later":  # svy counts every row; we count those of the denominator
            assert row["n"] == theirs["n"]
            assert row["df"] == theirs["df"]


@pytest.mark.parametrize("breakdown", list(BY))
def test_intervals_and_design_effects(survey: Survey, children: pl.DataFrame, breakdown: str) -> None:
    """Logit for shares, linear for means, Woodruff for medians. Of a quotient svy's is linear and ours by default
    logarithmic, so it is asked for linear above and left out here."""
    told = judged(children, "adjust", BY[breakdown])
    ours = survey.estimate(("age", "first", "median_age"), [breakdown]).rows.filter(breakdown=breakdown)
    for row in ours.iter_rows(named=True):
        theirs = told[row["indicator"], row["group"]]
        scale = 100 if row["unit"] == "percent" else 1
        assert row["lower"] == pytest.approx(scale * theirs["lci"], **CLOSE)
        assert row["upper"] == pytest.approx(scale * theirs["uci"], **CLOSE)
        if row["indicator"] == "age":
            assert row["deff"] == pytest.approx(theirs["deff"], **CLOSE)
        elif row["indicator"] == "median_age":
            assert row["deff"] is None


def test_a_quotient_of_two_rates_of_one_file(survey: Survey, children: pl.DataFrame) -> None:
    told = judged(children, "adjust", "v024")
    ours = survey.estimate(["first_to_later"], ["region"], Options(interval="linear")).rows.filter(breakdown="region")
    for row in ours.iter_rows(named=True):
        theirs = told["first_to_later", row["group"]]
        assert row["lower"] == pytest.approx(100 * theirs["lci"], **CLOSE)
        assert row["upper"] == pytest.approx(100 * theirs["uci"], **CLOSE)
