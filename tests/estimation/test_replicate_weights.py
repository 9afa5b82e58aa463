"""Replicate weights of a survey's own: what is wrong with them is told with its place, and they do without clusters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pytest

from everychild.estimation.groups import AskedWrongly
from everychild.estimation.survey import Options, Survey
from everychild.microdata.checking import check
from everychild.vocabulary.findings import DataRefused, Finding
from everychild.vocabulary.language import LANGUAGES
from tests.microdata import made_survey as made

PSUS: Final = tuple(made.CLUSTERS)
NAMES: Final = tuple(f"rw{psu}" for psu in PSUS)
SCALE: Final = (len(PSUS) - 1) / len(PSUS)
HEADER: Final = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,"
    "source,round_differences,notes\n"
)
OWN: Final = HEADER + (
    "share_own,1,proportion,ch,UF17 = 1,BR1 < 3,1,,chweight,,unverified,,,\n"
    "parity_own,1,parity,ch,,HL4 = 2,HL4 = 1,share_own,,,unverified,,,\n"
    "middle_own,1,quantile,ch,UF17 = 1,HAZ2,HAZFLAG = 0,,chweight,,unverified,,,\n"
    "total_own,1,total,ch,UF17 = 1,BR1 < 3,1,,chweight,,unverified,,,\n"
    "members_own,1,proportion,hh,HH46 = 1,SA1 = 1,1,,hhweight * HH48,,unverified,,,\n"
    "both_own,1,proportion,ch,UF17 = 1,HL4 = 1,1,,chweight,,unverified,,,\n"
    "both_own,2,proportion,wm,WM17 = 1,CM17 = 1,1,,wmweight,,unverified,,,\n"
    "both_middle,1,quantile,ch,UF17 = 1,CAGE,1,,chweight,,unverified,,,\n"
    "both_middle,2,quantile,wm,WM17 = 1,WB4,1,,wmweight,,unverified,,,\n"
)
CODES: Final = ("share_own", "parity_own", "middle_own", "total_own")
Change = Callable[[pl.DataFrame], pl.DataFrame]


def with_replicates(table: pl.DataFrame, weight: str) -> pl.DataFrame:
    """JK1 as weights of a file: without each cluster in turn, the others a little heavier."""
    factor = len(PSUS) / (len(PSUS) - 1)
    left_out = [((pl.col("HH1") != psu) * factor * pl.col(weight)).alias(f"rw{psu}") for psu in PSUS]
    return table.with_columns(left_out)


def described(*files: str, psu: bool = True, more: str = "") -> str:
    told = made.DESCRIPTION if psu else made.DESCRIPTION.replace("psu: HH1, ", "")
    each = ", ".join(f"{file}: {{columns: [rw1-rw{len(PSUS)}], scale: {SCALE!r}{more}}}" for file in files)
    return f"{told}replicates: {{{each}}}\n"


def written(folder: Path, description: str, change: Change = lambda table: table, suffix: str = "parquet") -> Survey:
    def changed(tables: dict[str, pl.DataFrame]) -> None:
        for name in ("hh", "wm", "ch"):
            tables[name] = with_replicates(tables[name], f"{name}weight")
        tables["ch"] = change(tables["ch"])

    path = made.write(folder, suffix, changed, description)
    (folder / "own.csv").write_text(OWN, encoding="utf-8")
    return Survey.open(path, recipes=folder / "own.csv")


def refused(survey: Survey, codes: tuple[str, ...] = CODES, errors: str = "replicates") -> list[Finding]:
    with pytest.raises(DataRefused) as found:
        survey.estimate(codes, options=Options(errors=errors))  # type: ignore[arg-type]
    return list(found.value.findings)


def set_in_row(column: str, row: int, value: Any) -> Change:
    def change(table: pl.DataFrame) -> pl.DataFrame:
        values = table[column].to_list()
        values[row] = value
        return table.with_columns(pl.Series(column, values, dtype=pl.Float64))

    return change


@pytest.mark.parametrize(
    ("change", "rule", "column", "row", "value"),
    [
        (lambda t: t.drop("rw3", "rw4"), "survey_replicate_absent", "rw3", None, "replicates.ch"),
        (lambda t: t.with_columns(pl.lit("1,5").alias("rw2")), "survey_weight_text", "rw2", 2, "1,5"),
        (set_in_row("rw5", 8, -0.25), "survey_weight_negative", "rw5", 10, "-0.25"),
        (set_in_row("rw6", 3, None), "survey_weight_missing", "rw6", 5, ""),
        (set_in_row("rw7", 4, 99999.0), "survey_weight_extreme", "rw7", 6, "99999"),
    ],
)
def test_what_is_no_weight_is_told_with_its_place(
    tmp_path: Path, change: Change, rule: str, column: str, row: int | None, value: str
) -> None:
    """It ended in a KeyError, in a traceback of Polars, or without an interval and with a false reason."""
    survey = written(tmp_path, described("ch"), change, "csv")
    (found,) = refused(survey)
    assert (found.rule, found.file, found.column, found.row, found.value) == (rule, "ch.csv", column, row, value)
    assert found in check(survey.files)
    assert survey.estimate(CODES).rows["se"].null_count() == 0, "nobody asked for the replicate weights"


def test_a_missing_replicate_weight_of_who_weighs_nothing_is_no_mistake(tmp_path: Path) -> None:
    weightless = made.children()["chweight"].to_list().index(0.0)
    survey = written(tmp_path, described("ch"), set_in_row("rw6", weightless, None))
    assert survey.estimate(CODES, options=Options(errors="replicates")).rows["se"].null_count() == 0
    assert not [f for f in check(survey.files) if f.column.startswith("rw")]


def test_files_with_withheld_clusters_have_errors_by_replicates_alone(tmp_path: Path) -> None:
    """The same as with the clusters named, but that nobody can tell how many there are."""
    named = written(tmp_path / "named", described("ch", "hh", "wm"))
    withheld = written(tmp_path / "withheld", described("ch", "hh", "wm", psu=False))
    by = ["residence", "sex_child"]
    ours, known = (s.estimate(CODES, by, Options(errors="replicates")) for s in (withheld, named))
    for column in ("indicator", "group", "value", "se", "lower", "upper", "n", "df", "lonely", "status", "deff"):
        one, other = (e.rows[column].to_list() for e in (ours, known))
        assert one == [pytest.approx(v, rel=1e-9) if isinstance(v, float) else v for v in other], column
    assert ours.rows["psus"].null_count() == ours.rows.height
    assert set(ours.rows.filter(breakdown="total")["df"]) == {len(PSUS) - 1}
    assert ours.findings == known.findings
    gaps = [e.difference("share_own", "sex_child", "male", "female") for e in (ours, known)]
    assert (gaps[0].value, gaps[0].se) == pytest.approx((gaps[1].value, gaps[1].se), rel=1e-9)
    assert gaps[0].df == len(PSUS) - 1
    for errors in ("taylor", "jk1", "jkn"):
        (found,) = refused(withheld, ("share_own",), errors)
        assert (found.rule, found.file, found.value) == ("estimate_no_clusters", "ch.parquet", errors)
        assert all("--errors replicates" in found.suggestion(language) for language in LANGUAGES)


def test_replicates_are_those_of_the_jackknife_that_made_them(tmp_path: Path) -> None:
    survey = written(tmp_path, described("ch"))
    by = ["residence", "sex_child"]
    given, ours = (survey.estimate(CODES, by, Options(errors=e, psus="file")).rows for e in ("replicates", "jk1"))  # type: ignore[arg-type]
    for column in ("value", "se", "lower", "upper", "deff", "df"):
        wanted = [None if v is None else pytest.approx(v, rel=1e-9) for v in ours[column]]
        assert given[column].to_list() == wanted, column


def test_a_weight_that_is_multiplied_is_so_in_every_replicate(tmp_path: Path) -> None:
    """`hhweight * HH48`: replicates of the weight of households were taken for weights of their members."""

    def uneven(tables: dict[str, pl.DataFrame]) -> None:
        tables["hh"] = with_replicates(tables["hh"].with_columns(HH48=1 + pl.col("HH2") % 7), "hhweight")

    path = made.write(tmp_path, "parquet", uneven, described("hh"))
    (tmp_path / "own.csv").write_text(OWN, encoding="utf-8")
    survey = Survey.open(path, recipes=tmp_path / "own.csv")
    given, ours = (
        survey.estimate(["members_own"], options=Options(errors=e)).rows.row(0, named=True)  # type: ignore[arg-type]
        for e in ("replicates", "jk1")
    )
    assert given["se"] == pytest.approx(ours["se"], rel=1e-9)


def test_replicates_of_another_weight_are_not_taken(tmp_path: Path) -> None:
    survey = written(tmp_path, described("ch", more=", weight: fsweight"))
    (found,) = refused(survey, ("share_own",))
    assert (found.rule, found.column, found.value) == ("estimate_no_weight_of_replicates", "replicates.ch", "fsweight")
    assert "CHWEIGHT" in found.message("en")


@pytest.mark.parametrize("household_file", [True, False])
def test_files_that_are_put_under_each_other(tmp_path: Path, household_file: bool) -> None:
    """Their replicates too; and their clusters where no household file tells those of the survey."""
    survey = written(tmp_path, described("ch", "wm"))
    if not household_file:
        (tmp_path / "hh.parquet").unlink()
        survey = Survey.open(tmp_path / "survey.yaml", recipes=tmp_path / "own.csv")
    ours = survey.estimate(["both_own", "both_middle"], ["region"], Options(errors="jk1")).rows
    given = survey.estimate(["both_own", "both_middle"], ["region"], Options(errors="replicates")).rows
    for column in ("value", "se", "n", "df"):  # a quantile of few cases has no limit, and so no error
        assert given[column].is_null().to_list() == ours[column].is_null().to_list()
        pairs = (rows[column].drop_nulls().to_list() for rows in (given, ours))
        assert next(pairs) == pytest.approx(next(pairs), rel=1e-9), column
    assert ours["se"].null_count() < ours.height / 2
    children = made.children().filter(pl.col("UF17") == 1).select(w="chweight", x="CAGE", y=pl.col("HL4") == 1)
    women = made.women().select(w="wmweight", x="WB4", y=pl.col("CM17") == 1)
    rows = pl.concat([children, women]).sort("x")
    share = 100 * rows.filter("y")["w"].sum() / rows["w"].sum()
    middle = rows["x"].to_numpy()[np.searchsorted(rows["w"].cum_sum().to_numpy(), rows["w"].sum() / 2)]
    totals = ours.filter(breakdown="total")["value"].to_list()
    assert totals == pytest.approx([share, middle], rel=1e-12)


def test_files_whose_replicates_differ_are_not_put_together(tmp_path: Path) -> None:
    told = described("ch", "wm").replace(f"wm: {{columns: [rw1-rw{len(PSUS)}]", "wm: {columns: [rw1-rw3]")
    (found,) = refused(written(tmp_path, told), ("both_own",))
    assert (found.rule, found.value) == ("estimate_no_alike_replicates", "ch, wm")


def test_files_without_replicates_are_named(tmp_path: Path) -> None:
    with pytest.raises(AskedWrongly) as found:
        written(tmp_path, described("hh")).estimate(["share_own", "both_own"], options=Options(errors="replicates"))
    assert [(f.rule, f.value) for f in found.value.findings] == [
        ("estimate_no_replicates", "ch"), ("estimate_no_replicates", "wm"),
    ]  # fmt: skip


def test_a_rule_for_single_clusters_that_is_not_used_is_told(tmp_path: Path) -> None:
    survey = written(tmp_path, described("ch"))
    for errors in ("replicates", "jk1", "jkn"):
        table = survey.estimate(["share_own"], ["region"], Options(errors=errors, lonely="average"))  # type: ignore[arg-type]
        assert [f.rule for f in table.findings] == ["estimate_lonely_not_used"]
        assert set(table.rows["lonely"]) == {0}


def test_what_only_the_rows_of_a_quantile_show_is_a_finding(tmp_path: Path) -> None:
    """A text among numbers that no recipe of the catalogue reads: the totals do not see it."""
    words = [str(v) for v in made.children()["CAGE"]]
    words[5] = "unknown"
    survey = written(tmp_path, described("ch"), lambda t: t.with_columns(pl.Series("OWNAGE", words)))
    (tmp_path / "own.csv").write_text(
        HEADER + "own,1,quantile,ch,UF17 = 1,OWNAGE,1,,chweight,,unverified,,,\n", encoding="utf-8"
    )
    survey = Survey.open(tmp_path / "survey.yaml", recipes=tmp_path / "own.csv")
    with pytest.raises(DataRefused) as found:
        survey.estimate(["own"])
    assert found.value.findings[0].file == "ch.parquet"


def test_a_cluster_that_one_of_the_files_has_no_row_of(tmp_path: Path) -> None:
    """Its region is then unknown in that file and known in the other."""
    survey = written(tmp_path, described("ch", "wm"), lambda t: t.filter(pl.col("HH1") != 2))
    rows = survey.estimate(["both_own"], ["region"], Options(errors="taylor")).rows
    children = made.children().filter((pl.col("UF17") == 1) & (pl.col("HH1") != 2))
    alder = children.filter(HH7=1).height + made.women().filter(HH7=1).height
    assert rows.filter(group="XE-01")["n"].to_list() == [alder]
