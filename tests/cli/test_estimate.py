"""`everychild estimate`: what it prints and writes, what is hidden, how it is stopped, and what it publishes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from everychild.cli import estimate as command
from everychild.cli.main import main
from everychild.releases.store import Store
from everychild.vocabulary.language import LANGUAGES
from tests.microdata import made_survey as made

CODES = "birth_registration,stunting_moderate_severe,skilled_birth_attendance,life_satisfaction_women_15_24"


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.write(tmp_path_factory.mktemp("made"))


def estimate(path: Path, *more: str, language: str = "en") -> int:
    return main(["--language", language, "estimate", str(path), *more])


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def registered(table: pl.DataFrame) -> float:
    """Birth registration by hand: of completed interviews, weighted, with 8 (does not know) among the "no"."""
    done = table.filter(pl.col("UF17") == 1)
    yes = done.filter(pl.col("BR1").is_between(1, 2) | (pl.col("BR2") == 1))
    return 100 * float(yes["chweight"].sum()) / float(done["chweight"].sum())


@pytest.mark.parametrize("suffix", ["sav", "dta", "csv", "parquet"])
def test_every_kind_of_file_gives_the_number_counted_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    path = made.write(tmp_path, suffix)
    assert estimate(path, "--indicators", "birth_registration", "--by", "region", "--format", "csv") == 0
    found = {row["group"]: row for row in rows(capsys.readouterr().out)}
    table = made.children()
    assert float(found["total"]["value"]) == pytest.approx(registered(table), rel=1e-14)
    assert int(found["total"]["n"]) == 133 == table.filter(pl.col("UF17") == 1).height
    for region, code in ((1, "XE-01"), (2, "XE-02"), (3, "XE-03")):
        assert float(found[code]["value"]) == pytest.approx(registered(table.filter(HH7=region)), rel=1e-14)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_fits_a_terminal_and_its_columns_are_aligned(
    survey: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    assert estimate(survey, "--indicators", CODES, "--by", "residence,region,residence:region", language=language) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    line = next(at for at, text in enumerate(lines) if set(text) == {" ", "─"})
    edge = len(lines[line])
    numbers = [text for text in lines[line + 1 :] if text[:2] == "  " and text[-1:].isdigit() and "–" in text]
    assert len(numbers) >= 5
    assert {len(text) for text in numbers} == {edge}


def test_small_cells_stand_in_parentheses_or_are_hidden(survey: Path, capsys: pytest.CaptureFixture[str]) -> None:
    estimate(survey, "--indicators", "skilled_birth_attendance", "--by", "region")
    out = capsys.readouterr().out
    assert "(41.4)" in out
    assert out.count("(*)") == 4  # three regions and the line that explains the sign
    estimate(survey, "--indicators", "skilled_birth_attendance", "--by", "region", "--hidden")
    seen = capsys.readouterr().out
    assert "(*)" not in seen
    assert "for your eyes only" in " ".join(seen.split())


def test_csv_and_json_hold_unrounded_numbers_and_no_hidden_one(
    survey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--indicators", CODES, "--by", "residence,region")
    estimate(survey, *arguments, "--format", "csv")
    told = rows(capsys.readouterr().out)
    estimate(survey, *arguments, "--format", "json")
    again = json.loads(capsys.readouterr().out)
    assert [row["group"] for row in told] == [row["group"] for row in again]
    assert tuple(told[0]) == command.COLUMNS
    for text, value in zip(told, again, strict=True):
        assert value["value"] is None if text["value"] == "" else float(text["value"]) == value["value"]
        hidden = int(text["n"]) < 25
        assert (text["status"] == "Q") == hidden
        assert (text["value"] == "") == hidden
        assert len(text["recipe"]) == 8
    assert {row["status"] for row in told} == {"A", "U", "Q"}
    assert any(len(row["value"].partition(".")[2]) > 10 for row in told)


@pytest.mark.parametrize("invented", [True, False])
def test_every_row_for_programs_says_whether_it_is_invented(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, invented: bool
) -> None:
    """A row is copied into another table without the title that says so."""
    told = made.DESCRIPTION.replace("invented: true", f"invented: {str(invented).lower()}")
    path = made.write(tmp_path, "parquet", description=told)
    asked = ("--indicators", CODES, "--by", "region", "--format")
    estimate(path, *asked, "csv")
    found = rows(capsys.readouterr().out)
    assert len(found) > 4
    assert {row["invented"] for row in found} == {str(invented).lower()}
    estimate(path, *asked, "json")
    assert {row["invented"] for row in json.loads(capsys.readouterr().out)} == {invented}


@pytest.mark.parametrize(("name", "start"), [("x.json", "[\n"), ("x.CSV", "survey,"), ("x.txt", "Made"), ("x", "Made")])
def test_a_file_is_what_its_name_says(survey: Path, tmp_path: Path, name: str, start: str) -> None:
    out = tmp_path / name
    assert estimate(survey, "--indicators", "birth_registration", "--out", str(out)) == 0
    assert out.read_text(encoding="utf-8").startswith(start)
    assert estimate(survey, "--indicators", "birth_registration", "--out", str(out), "--format", "table") == 0
    assert out.read_text(encoding="utf-8").startswith("Made")


def test_out_is_written_whole_and_says_so(survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "estimates.csv"
    arguments = ("--indicators", "birth_registration", "--format", "csv")
    assert estimate(survey, *arguments, "--out", str(out), language="ru") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "записано" in told.err
    estimate(survey, *arguments)
    assert out.read_text(encoding="utf-8") == capsys.readouterr().out
    assert [path.name for path in out.parent.iterdir()] == ["estimates.csv"]


def test_out_that_cannot_be_written_is_an_error(
    survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert estimate(survey, "--indicators", "birth_registration", "--out", str(tmp_path)) == 1
    assert "cannot be written" in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.parent.glob(".*.new")) == []


def test_a_stop_leaves_the_old_file_and_ends_with_130(
    survey: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "estimates.csv"
    out.write_text("old", encoding="utf-8")

    def stop(_line: object, _label: str, _rows: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("everychild.cli.progress.ProgressLine.rows", stop)
    store = tmp_path / "store"
    arguments = ("--indicators", "birth_registration", "--out", str(out), "--publish", "--store", str(store))
    assert estimate(survey, *arguments) == 130
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["estimates.csv"]


def test_a_release_holds_the_estimates_and_not_the_hidden_cells(
    survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "store")
    arguments = (
        "--indicators",
        f"{CODES},bcg_coverage",
        "--by",
        "residence,region",
        "--store",
        str(tmp_path / "store"),
    )
    assert estimate(survey, *arguments, "--release") == command.NOT_ALL, "bcg_coverage was asked for in vain"
    assert "stored, not published" in capsys.readouterr().err
    assert store.published() == []
    assert estimate(survey, *arguments, "--publish") == command.NOT_ALL
    (entry,) = store.published()
    figures = store.observations(entry.release)
    hidden = figures.filter(pl.col("status") == "Q")
    assert hidden.height > 0
    assert hidden.select("value", "lower", "upper", "se").null_count().row(0) == (hidden.height,) * 4
    total = figures.filter(indicator="birth_registration", area="XEX", residence="_T").row(0, named=True)
    assert total["value"] == pytest.approx(registered(made.children()), rel=1e-14)
    assert total["interval"] == "CI95"
    assert total["lower"] < total["value"] < total["upper"]
    assert total["note"].startswith("recipe=birth_registration;version=6c77d648;checked=verified_translation;deff=")
    assert "invented" in total["flag"]
    left = store.ledger(entry.release).filter(rule="recipe_lacks_variable")
    assert left["parameters"].to_list()[0].count("bcg_coverage") == 1
    inputs = store.manifest(entry.release).inputs
    assert {"survey.yaml", "ch.sav", "wm.sav", "hh.sav"} <= {each["file"] for each in inputs}
    assert str(survey.parent) not in json.dumps([dict(each) for each in inputs])


def test_an_unknown_source_or_country_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for old, new, words in (
        ("XEX_INVENTED_SURVEY", "NOBODY", "The source NOBODY is not in the sources of XEX"),
        ("country: XEX", "country: QQQ", "There is no country pack QQQ"),
    ):
        path = made.write(tmp_path, description=made.DESCRIPTION.replace(old, new))
        (tmp_path / "ch.sav").write_bytes(b"broken: not reached")
        assert estimate(path, "--publish", "--store", str(tmp_path / "store")) == 2
        assert words in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "store").exists()


def test_all_surveys_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made.write(tmp_path / "one")
    made.write(tmp_path / "two", "csv", description=made.DESCRIPTION.replace("MADE_2024", "MADE_2025"))
    arguments = ["estimate", "--all", str(tmp_path), "--indicators", "birth_registration", "--format", "csv"]
    assert main(arguments) == 0
    assert [row["survey"] for row in rows(capsys.readouterr().out)] == ["MADE_2024", "MADE_2025"]
    (tmp_path / "one" / "ch.sav").write_bytes(b"")
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert [row["survey"] for row in rows(told.out)] == ["MADE_2025"], "one broken survey does not stop the others"
    assert str(tmp_path / "one" / "survey.yaml") in told.err
    (tmp_path / "two" / "survey.yaml").write_text("survey: [", encoding="utf-8")
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("is passed over, nothing of it was computed:") == 2
    assert "Nothing was computed or written" not in told.err
    assert main(["estimate", "--all", str(tmp_path / "none")]) == 2
    assert main([*arguments, str(tmp_path / "one" / "survey.yaml")]) == 2


def total(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, str]:
    assert estimate(path, "--indicators", "birth_registration", "--format", "csv", *more) == 0
    return rows(capsys.readouterr().out)[0]


def test_ways_of_errors_change_the_error_and_never_the_value(survey: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {errors: total(survey, capsys, "--errors", errors) for errors in ("taylor", "jkn", "jk1")}
    assert len({row["value"] for row in found.values()}) == 1
    taylor, jkn = float(found["taylor"]["se"]), float(found["jkn"]["se"])
    assert jkn == pytest.approx(taylor, rel=0.05)
    assert jkn != taylor
    assert float(found["jk1"]["se"]) != jkn


def test_replicate_weights_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two replicates that leave one stratum out each; the variance by hand."""
    table = made.children()
    factors = [pl.when(pl.col("stratum") == s).then(0.0).otherwise(1.5).alias(f"rw{s}") for s in (1, 2, 3)]

    def change(tables: dict[str, pl.DataFrame]) -> None:
        tables["ch"] = tables["ch"].with_columns(f * pl.col("chweight") for f in factors)

    told = made.DESCRIPTION + "replicates: {ch: {columns: [rw1-rw3], scale: 0.5}}\n"
    path = made.write(tmp_path, "sav", change, told)
    row = total(path, capsys, "--errors", "replicates")
    left = [registered(table.filter(pl.col("stratum") != s)) for s in (1, 2, 3)]
    variance = 0.5 * sum((value - registered(table)) ** 2 for value in left)
    assert float(row["se"]) == pytest.approx(variance**0.5, rel=1e-12)


def test_rules_for_strata_of_one_cluster_and_intervals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def lonely(tables: dict[str, pl.DataFrame]) -> None:
        for name, table in tables.items():
            tables[name] = table.filter(pl.col("HH1") != 7)

    path = made.write(tmp_path, "sav", lonely)
    found = {rule: total(path, capsys, "--lonely", rule) for rule in ("adjust", "average", "certainty")}
    assert {row["lonely"] for row in found.values()} == {"1"}
    assert float(found["certainty"]["se"]) < float(found["average"]["se"])
    assert len({row["se"] for row in found.values()}) == 3
    estimate(path, "--indicators", "birth_registration", "--lonely", "certainty")
    assert "Strata with a single cluster: 1; rule: adds nothing." in capsys.readouterr().out
    row = total(path, capsys, "--interval", "two_se")
    assert float(row["upper"]) - float(row["lower"]) == pytest.approx(4 * float(row["se"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_that_were_asked_for_stand_below_the_table(
    survey: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    asked = ("--errors", "jkn", "--lonely", "average", "--interval", "two_se", "--clusters", "file")
    assert estimate(survey, "--indicators", "birth_registration", *asked, language=language) == 0
    assert " ".join(asked) in " ".join(capsys.readouterr().out.split())
    assert estimate(survey, "--indicators", "birth_registration", language=language) == 0
    assert "--" not in capsys.readouterr().out


def test_a_release_tells_the_choices_it_was_made_with(survey: Path, tmp_path: Path) -> None:
    estimate(
        survey, "--indicators", "birth_registration", "--interval", "two_se", "--release", "--store", str(tmp_path)
    )
    (release,) = Store(tmp_path).releases()
    assert release.producer == "everychild estimate --interval two_se"


def test_an_indicator_without_a_case_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would otherwise be missing from the table without a word."""

    def unmeasured(tables: dict[str, pl.DataFrame]) -> None:
        tables["ch"] = tables["ch"].with_columns(HAZ2=pl.lit(None, dtype=pl.Float64))

    path = made.write(tmp_path, "parquet", unmeasured)
    assert estimate(path, "--indicators", "birth_registration,stunting_moderate_severe") == command.NOT_ALL
    shown = capsys.readouterr().out
    assert "Without a single case, and so without a figure: stunting_moderate_severe." in " ".join(shown.split())
    assert "No interval" not in shown
    assert estimate(path, "--by", "region") == 0, "nothing was named"


OWN = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source,round_differences,notes\n"
    "dark_haired,1,proportion,ch,UF17 = 1,BR1 = 1,1,,chweight,,unverified,,,\n"
    "mean_height,1,mean,ch,UF17 = 1 AND HAZFLAG = 0,HAZ2,1,,chweight,,unverified,,,\n"
)


def test_own_recipes_are_computed_in_their_own_units(
    survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "own.csv"
    table.write_text(OWN, encoding="utf-8")
    assert estimate(survey, "--recipes", str(table), "--format", "csv") == 0
    share, mean = rows(capsys.readouterr().out)
    done = made.children().filter(UF17=1)
    weight = done["chweight"].sum()
    assert float(share["value"]) == pytest.approx(100 * done.filter(BR1=1)["chweight"].sum() / weight)
    sound = done.filter(HAZFLAG=0)
    by_hand = (sound["HAZ2"] * sound["chweight"]).sum() / sound["chweight"].sum()
    assert float(mean["value"]) == pytest.approx(by_hand, rel=1e-12)
    assert (share["unit"], mean["unit"]) == ("percent", "score")


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("UF17 = 1,BR1 = 1", "UF17 = 1,BR1 = (1", "own.csv, numerator, row 2", "A bracket is not closed"),
        ("proportion", "share", "own.csv, kind, row 2", "“share” is none of"),
        ("HAZ2,1", "D_NOTHING,1", "own.csv, numerator, row 3", "D_NOTHING is not defined"),
        ("code,part", "kode,part", "own.csv, row 1", "The first row lacks these columns: code"),
    ],
)
def test_mistakes_of_own_recipes_are_located_in_their_file(
    survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, place: str, words: str
) -> None:
    table = tmp_path / "own.csv"
    assert old in OWN
    table.write_text(OWN.replace(old, new, 1), encoding="utf-8")
    assert estimate(survey, "--recipes", str(table)) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert place in told
    assert words in told


def test_groups_that_a_file_cannot_form_are_said(survey: Path, capsys: pytest.CaptureFixture[str]) -> None:
    estimate(survey, "--indicators", "skilled_birth_attendance,birth_registration", "--by", "sex_child,wealth")
    out = " ".join(capsys.readouterr().out.split())
    assert "Not divided by sex_child, for want of its variable: wm.sav." in out
    assert "Poorest" in out or "poorest" in out


def test_a_breakdown_that_no_file_can_be_divided_by_ends_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = made.write(tmp_path)
    asked = ["estimate", str(survey), "--indicators", "birth_registration", "--by"]
    assert main([*asked, "residence"]) == 0
    assert main([*asked, "residence,education_mother"]) == 3
    assert "birth_registration" not in capsys.readouterr().err, "what could be computed is not refused"


def test_an_own_code_that_nobody_has_described_is_not_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = made.write(tmp_path)
    own = tmp_path / "own.csv"
    header = "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source"
    own.write_text(
        f"{header},round_differences,notes\nn_children,1,total,ch,UF17 = 1,1,1,,chweight,,unverified,,,\n",
        encoding="utf-8",
    )
    store = tmp_path / "store"
    arguments = ["estimate", str(survey), "--recipes", str(own), "--store", str(store), "--publish"]
    assert main(arguments) == 1
    assert "No indicator has the code “n_children”" in " ".join(capsys.readouterr().err.split())
    assert Store(store).published() == []
    assert main(arguments[:-3]) == 0, "to be looked at it is computed"
