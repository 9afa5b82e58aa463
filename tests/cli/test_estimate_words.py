"""What `everychild estimate` says beside its numbers, in every format and language, and how it ends."""

from __future__ import annotations

import stat
from pathlib import Path

import polars as pl
import pytest

from everychild.cli.estimate import NOT_ALL
from everychild.cli.main import main
from everychild.vocabulary.language import LANGUAGES, Language
from tests.microdata import made_survey as made

Output = pytest.CaptureFixture[str]
LACKS: dict[Language, str] = {
    "en": "wasting_moderate_severe: not computed, file ch has no WHZ2",
    "ru": "wasting_moderate_severe: не рассчитано, в файле ch нет WHZ2",
    "kk": "wasting_moderate_severe: есептелмеді, ch файлында WHZ2",
}
NOTHING: dict[Language, str] = {
    "en": "nothing to store or publish", "ru": "нечего сохранять и публиковать", "kk": "жариялайтын да ештеңе жоқ",
}  # fmt: skip


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.write(tmp_path_factory.mktemp("made"))


def estimate(path: Path, *more: str, language: str = "en") -> int:
    return main(["--language", language, "estimate", str(path), *more])


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("style", ["table", "csv", "json"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_indicator_that_was_named_and_not_computed_is_told_and_ends_with_a_code(
    survey: Path, capsys: Output, style: str, language: Language
) -> None:
    asked = ("--indicators", "wasting_moderate_severe", "--format", style)
    assert estimate(survey, *asked, language=language) == NOT_ALL
    told = capsys.readouterr()
    assert LACKS[language] in words(told.out if style == "table" else told.err)
    assert style == "table" or LACKS[language] not in told.out


def test_without_named_indicators_the_code_is_zero(survey: Path, capsys: Output) -> None:
    assert estimate(survey, "--format", "csv") == 0
    assert "Not computed" in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_files_were_found_to_be_is_told_in_every_format(
    tmp_path: Path, capsys: Output, language: Language
) -> None:
    def twice(tables: dict[str, pl.DataFrame]) -> None:
        tables["hh"] = pl.concat([tables["hh"], tables["hh"].head(1)])

    path = made.write(tmp_path, "sav", twice)
    asked = ("--indicators", "skilled_birth_attendance", "--by", "sex_child")
    for more in (("--format", "csv"), ("--format", "json"), ("--out", str(tmp_path / "t.txt"))):
        assert estimate(path, *asked, *more, language=language) == NOT_ALL, "women have no groups by sex"
        err = words(capsys.readouterr().err)
        assert "hh.sav, HH1, HH2" in err
        assert "sex_child" in err


def test_what_a_table_tells_is_not_told_twice(survey: Path, capsys: Output) -> None:
    estimate(survey, "--indicators", "wasting_moderate_severe")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("option", ["--release", "--publish"])
def test_nothing_is_written_where_nothing_was_computed(
    survey: Path, tmp_path: Path, capsys: Output, language: Language, option: str
) -> None:
    out, store = tmp_path / "out.csv", tmp_path / "store"
    asked = ("--indicators", "nmr", option, "--store", str(store), "--out", str(out))
    assert estimate(survey, *asked, language=language) == 1
    told = capsys.readouterr()
    assert NOTHING[language] in words(told.err)
    assert "everychild mortality" in told.err
    assert not store.exists()
    assert not out.exists()


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("language", LANGUAGES)
def test_crossed_groups_are_whole_and_fit_the_terminal(
    survey: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch, columns: int, language: Language
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    asked = ("--indicators", "birth_registration", "--by", "residence:wealth_quintile:sex_child", "--hidden")
    assert estimate(survey, *asked, language=language) == 0
    out = capsys.readouterr().out
    assert "…" not in out
    lines = out.splitlines()
    assert max(map(len, lines)) <= columns
    begin = next(at for at, line in enumerate(lines) if set(line) == {" ", "─"}) + 2
    table = lines[begin : lines.index("", begin)]
    edge = len(lines[begin - 2].split("  ")[1]) + 2
    names: list[str] = []
    for line in table:
        if line.startswith("    "):
            names[-1] += " " + line.strip()
        else:
            names.append(line[:edge].strip())
    assert len(names) > 8
    assert len(set(names)) == len(names)
    if columns == 120:
        assert len(names) == len(table), "the terminal is wide enough for one line each"


@pytest.mark.parametrize("language", LANGUAGES)
def test_indicators_of_other_commands_name_them(survey: Path, capsys: Output, language: Language) -> None:
    estimate(survey, "--indicators", "nmr,pnmr,total_fertility_rate", language=language)
    out = words(capsys.readouterr().out)
    assert "nmr, pnmr: " in out
    assert "everychild mortality" in out
    assert "everychild fertility" in out
    assert "life_table" not in out


def one_cluster_alone(tables: dict[str, pl.DataFrame]) -> None:
    """Region 3 has births in one cluster only, twelve of them: its row is hidden."""
    wm = tables["wm"]
    first = wm.filter(HH7=3)["HH1"].min()
    tables["wm"] = wm.filter((pl.col("HH7") != 3) | (pl.col("HH1") == first))


def test_no_interval_is_remarked_only_where_such_a_row_is_seen(tmp_path: Path, capsys: Output) -> None:
    path = made.write(tmp_path, "sav", one_cluster_alone)
    asked = ("--indicators", "skilled_birth_attendance", "--by", "region", "--clusters", "file")
    assert estimate(path, *asked) == 0
    assert "No interval" not in capsys.readouterr().out
    assert estimate(path, *asked, "--hidden") == 0
    assert "No interval" in capsys.readouterr().out


def lonely(tables: dict[str, pl.DataFrame]) -> None:
    for name, table in tables.items():
        tables[name] = table.filter(pl.col("HH1") != 7)


@pytest.mark.parametrize(
    ("errors", "rule"),
    [("taylor", "rule: measured from the mean of all strata."), ("jkn", "rule: adds nothing."), ("jk1", "")],
)
def test_the_rule_for_a_stratum_of_one_cluster_is_told_where_it_is_used(
    tmp_path: Path, capsys: Output, errors: str, rule: str
) -> None:
    path = made.write(tmp_path, "sav", lonely)
    assert estimate(path, "--indicators", "birth_registration", "--errors", errors) == 0
    out = words(capsys.readouterr().out)
    assert ("Strata with a single cluster: 1" in out) == bool(rule)
    assert rule in out


QUANTILE = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,source,round_differences,notes\n"
    "middle_height,1,quantile,ch,UF17 = 1,HAZ2,1,,chweight,,unverified,,,\n"
)


def test_quantiles_have_their_errors_by_replication_too(survey: Path, tmp_path: Path, capsys: Output) -> None:
    own = tmp_path / "own.csv"
    own.write_text(QUANTILE, encoding="utf-8")
    for asked in (("--recipes", str(own)), ("--indicators", "birth_registration")):
        estimate(survey, *asked, "--errors", "jkn")
        out = words(capsys.readouterr().out)
        assert "Errors by replication, as asked." in out
        assert "linearisation" not in out
    register = survey.with_name("register.yaml")
    register.write_text(survey.read_text(encoding="utf-8") + "register: true\n", encoding="utf-8")
    estimate(register, "--indicators", "birth_registration", "--errors", "jkn")
    assert "Errors by replication, as asked." not in words(capsys.readouterr().out)


def test_small_cells_are_written_for_the_owner_alone(survey: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    asked = ("--indicators", "skilled_birth_attendance", "--by", "region", "--format", "csv", "--out", str(out))
    for more, mode in (((), 0o644), (("--hidden",), 0o600)):
        assert estimate(survey, *asked, *more) == 0
        assert stat.S_IMODE(out.stat().st_mode) == mode


@pytest.mark.parametrize("by", ["residence:residence", "wealth:wealth_quintile"])
def test_a_breakdown_crossed_with_itself_is_refused(survey: Path, capsys: Output, by: str) -> None:
    assert estimate(survey, "--indicators", "birth_registration", "--by", by) == 2
    assert f"“{by}” crosses a breakdown with itself" in words(capsys.readouterr().err)


def test_surveys_of_one_title_are_told_apart(tmp_path: Path, capsys: Output) -> None:
    first, second = made.write(tmp_path / "one"), made.write(tmp_path / "two")
    assert main(["estimate", "--all", str(tmp_path), "--indicators", "birth_registration"]) == 0
    out = words(capsys.readouterr().out)
    assert all(f"MADE_2024 {path}" in out for path in (first, second))


def test_help_tells_how_it_ends(capsys: Output) -> None:
    with pytest.raises(SystemExit):
        main(["estimate", "--help"])
    told = capsys.readouterr().out
    assert "3: done, but for an indicator or a breakdown asked for by name that has no figure" in told
