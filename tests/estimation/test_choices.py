"""Ways of errors: what may be asked for, what is done where it does not suit, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from everychild.estimation.estimates import Estimates
from everychild.estimation.groups import AskedWrongly
from everychild.estimation.survey import Options, Survey
from everychild.methods.sampling.intervals import METHODS, exact_rate, exact_share, quantile_t
from everychild.vocabulary.language import LANGUAGES
from tests.microdata import made_survey as made

COLUMNS: Final = (
    "code", "part", "kind", "file", "universe", "numerator", "denominator", "rate_of", "weight", "table", "confidence",
    "source", "round_differences", "notes",
)  # fmt: skip
OWN: Final = (
    ",".join(COLUMNS)
    + "\n"
    + (
        "share_own,1,proportion,ch,UF17 = 1,BR1 < 3,1,,chweight,,unverified,,,\n"
        "all_own,1,proportion,ch,UF17 = 1,HH2 > 0,1,,chweight,,unverified,,,\n"
        "none_own,1,proportion,ch,UF17 = 1,HH2 < 0,1,,chweight,,unverified,,,\n"
        "height_own,1,mean,ch,UF17 = 1 AND HAZFLAG = 0,HAZ2,1,,chweight,,unverified,,,\n"
        "per_girl,1,ratio,ch,UF17 = 1,BR1 < 3,HL4 = 2,,chweight,,unverified,,,\n"
        "parity_own,1,parity,ch,,HL4 = 2,HL4 = 1,share_own,,,unverified,,,\n"
        "middle_own,1,quantile,ch,UF17 = 1 AND HAZFLAG = 0,HAZ2,1,,chweight,,unverified,,,\n"
    )
)
CODES: Final = ("share_own", "all_own", "none_own", "height_own", "per_girl", "parity_own", "middle_own")
SAID: Final = {
    "logit": {"means", "quotients", "quantiles"}, "log": {"shares", "means", "quantiles"}, "linear": {"quantiles"},
    "two_se": {"quantiles"},
}  # fmt: skip


def survey_of(folder: Path, description: str = made.DESCRIPTION, **more: Any) -> Survey:
    path = made.write(folder, "parquet", description=description, **more)
    (folder / "own.csv").write_text(OWN, encoding="utf-8")
    return Survey.open(path, recipes=folder / "own.csv")


def by_code(estimates: Estimates) -> dict[str, dict[str, Any]]:
    return {row["indicator"]: row for row in estimates.rows.filter(breakdown="total").iter_rows(named=True)}


def rules(estimates: Estimates) -> list[str]:
    return [f.rule for f in estimates.findings]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return survey_of(tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize("method", METHODS)
def test_an_interval_that_was_asked_for_holds_the_estimate_whatever_the_kind(survey: Survey, method: str) -> None:
    """A mean of −1 and a ratio of 170 percent had the limits of shares."""
    found = by_code(survey.estimate(CODES, options=Options(interval=method)))  # type: ignore[arg-type]
    assert found["height_own"]["value"] < -0.5
    assert found["per_girl"]["value"] > 100
    for code, row in found.items():
        assert row["lower"] <= row["value"] <= row["upper"], code


@pytest.mark.parametrize("method", METHODS)
def test_kinds_that_a_method_does_not_suit_keep_their_own_and_it_is_said(survey: Survey, method: str) -> None:
    usual, table = survey.estimate(CODES), survey.estimate(CODES, options=Options(interval=method))  # type: ignore[arg-type]
    told = [f for f in table.findings if f.rule.startswith("estimate_interval")]
    assert {f.rule.removeprefix("estimate_interval_of_") for f in told} == SAID[method]
    assert all((f.column, f.value) == ("--interval", method) for f in told)
    kinds = {"height_own": "means", "per_girl": "quotients", "parity_own": "quotients", "middle_own": "quantiles"}
    ours, own = by_code(table), by_code(usual)
    for code, kind in kinds.items():
        same = [ours[code][end] == own[code][end] for end in ("lower", "upper")]
        assert all(same) or kind not in SAID[method], code
    assert "estimate_interval" not in " ".join(rules(usual))


def test_what_is_said_names_the_kind_in_every_language(survey: Survey) -> None:
    words = {"en": "does not suit means", "ru": "не подходит для средних", "kk": "орташа мәндерге жарамайды"}
    (told,) = survey.estimate(["height_own"], options=Options(interval="log")).findings
    for language in LANGUAGES:
        assert words[language] in told.message(language)
        assert "log" in told.message(language)


def test_a_method_that_suits_is_taken(survey: Survey) -> None:
    for code, method in (("share_own", "two_se"), ("height_own", "two_se"), ("per_girl", "linear")):
        row = by_code(survey.estimate([code], options=Options(interval=method)))[code]  # type: ignore[arg-type]
        half = (2 if method == "two_se" else float(quantile_t(row["df"]))) * row["se"]
        assert (row["lower"], row["upper"]) == pytest.approx((row["value"] - half, row["value"] + half), rel=1e-12)


@pytest.mark.parametrize("name", ["lonely", "interval", "psus", "errors"])
def test_a_choice_that_does_not_exist_is_refused_with_those_that_do(name: str) -> None:
    known = {"lonely": "adjust", "interval": "two_se", "psus": "survey", "errors": "replicates"}
    with pytest.raises(AskedWrongly) as refused:
        Options(**{name: "foo"})
    (found,) = refused.value.findings
    assert (found.column, found.value) == (name, "foo")
    for language in LANGUAGES:
        assert known[name] in found.message(language)
        assert "foo" in found.message(language)


def test_clusters_of_the_survey_need_the_household_file(tmp_path: Path) -> None:
    """They were taken from the file itself, without a word."""
    survey = survey_of(tmp_path)
    assert rules(survey.estimate(["share_own"])) == []
    (tmp_path / "hh.parquet").unlink()
    with pytest.raises(AskedWrongly) as refused:
        survey_of_written(tmp_path).estimate(["share_own"], options=Options(psus="survey"))
    (found,) = refused.value.findings
    assert (found.rule, found.file, found.column) == ("estimate_no_household_file", "hh.parquet", "--clusters")


def survey_of_written(folder: Path) -> Survey:
    return Survey.open(folder / "survey.yaml", recipes=folder / "own.csv")


def test_clusters_of_the_file_are_told_where_only_the_description_wants_those_of_the_survey(tmp_path: Path) -> None:
    survey_of(tmp_path)
    (tmp_path / "hh.parquet").unlink()
    survey = survey_of_written(tmp_path)
    table = survey.estimate(["share_own"])
    (found,) = table.findings
    assert (found.rule, found.file) == ("estimate_clusters_of_file", "ch.parquet")
    asked = survey.estimate(["share_own"], options=Options(psus="file"))
    assert asked.findings == ()
    assert asked.rows.equals(table.rows)
    told = made.DESCRIPTION + "psus: file\n"
    (tmp_path / "survey.yaml").write_text(told.replace("SUFFIX", "parquet"), encoding="utf-8")
    assert survey_of_written(tmp_path).estimate(["share_own"]).findings == ()


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Estimates:
    survey = survey_of(tmp_path_factory.mktemp("register"), made.DESCRIPTION + "register: true\n")
    return survey.estimate(CODES, ["region"], Options(lonely="average", interval="logit"))


def test_a_register_tells_nothing_of_clusters_and_what_it_is(register: Estimates) -> None:
    """Its output spoke of one stratum with a single cluster, and of no degree of freedom."""
    for column in ("df", "psus", "lonely", "se", "deff"):
        assert register.rows.filter(pl.col("n") > 0)[column].drop_nulls().is_empty(), column
    assert rules(register) == ["estimate_register"]
    words = {"en": "no sampling error", "ru": "ошибки выборки нет", "kk": "іріктеу қатесі жоқ"}
    assert all(words[language] in register.findings[0].message(language) for language in LANGUAGES)
    assert set(register.rows.filter(pl.col("n") >= 50)["status"]) == {"A"}


def test_shares_of_a_register_have_binomial_intervals_and_rates_those_of_poisson(register: Estimates) -> None:
    rows, found = made.children().filter(UF17=1), by_code(register)
    events, girls = rows.filter(pl.col("BR1") < 3).height, rows.filter(HL4=2).height
    share, rate = found["share_own"], found["per_girl"]
    assert (share["lower"], share["upper"]) == pytest.approx([100 * x for x in exact_share(events, rows.height)])
    assert rate["value"] == pytest.approx(100 * events / girls)
    assert (rate["lower"], rate["upper"]) == pytest.approx([100 * x for x in exact_rate(events, girls)])
    for code in ("height_own", "parity_own", "middle_own"):
        assert (found[code]["lower"], found[code]["upper"]) == (None, None), code


def test_a_choice_that_nothing_follows_is_not_said_to_be_followed() -> None:
    options = Options(interval="logit", lonely="average")
    assert options.as_asked() == "--lonely average --interval logit"
    assert options.as_asked({"proportion", "mean"}) == "--lonely average --interval logit"
    assert options.as_asked({"mean", "quantile"}) == "--lonely average"
