"""`everychild survey` and `estimate` on bad input: a located sentence in three languages; never a silent number."""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from everychild.cli.main import main
from everychild.vocabulary.findings import rules
from tests.microdata import made_survey as made

LANGUAGES = ("en", "ru", "kk")


@dataclass(frozen=True)
class Bad:
    """One thing wrong: how it is made, the place that has to be named, and words of the English sentence."""

    name: str
    make: Callable[[Path], Path]
    place: str
    words: str
    rule: str
    indicator: str = "birth_registration"
    code: int = 1


def changed(suffix: str, *changes: made.Change) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        def all_of_them(tables: dict[str, pl.DataFrame]) -> None:
            for change in changes:
                change(tables)

        return made.write(folder, suffix, all_of_them)

    return make


def described(old: str, new: str) -> Callable[[Path], Path]:
    assert old in made.DESCRIPTION
    return lambda folder: made.write(folder, "csv", description=made.DESCRIPTION.replace(old, new))


def bytes_changed(suffix: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = made.write(folder, suffix)
        file = folder / f"ch.{suffix}"
        file.write_bytes(change(file.read_bytes()))
        return path

    return make


def as_text(file: str, column: str, text: Callable[[float], str]) -> made.Change:
    def change(tables: dict[str, pl.DataFrame]) -> None:
        values = [text(value) for value in tables[file][column]]
        tables[file] = tables[file].with_columns(pl.Series(column, values))

    return change


def twice(file: str, row: int) -> made.Change:
    def change(tables: dict[str, pl.DataFrame]) -> None:
        tables[file] = pl.concat([tables[file], tables[file].slice(row - 1, 1)])

    return change


def with_place(content: bytes, encoding: str = "cp1251") -> bytes:
    lines = content.decode().splitlines()
    return "\n".join([lines[0] + ",place", *(line + ",Актау" for line in lines[1:])]).encode(encoding)


def in_cp1251(
    content: bytes, name: bytes = b"windows-1251", label: bytes = "Сертификат показан!!!".encode("cp1251")
) -> bytes:
    """A .sav whose labels are in a code page, under the name of an encoding."""
    at = content.find(struct.pack("<iii", 7, 20, 1))
    size = struct.unpack_from("<i", content, at + 12)[0]
    record = struct.pack("<iiii", 7, 20, 1, len(name)) + name
    assert len(label) == len(b"Has certificate, seen")
    return (content[:at] + record + content[at + 16 + size :]).replace(b"Has certificate, seen", label)


BAD = [
    Bad("text weight", changed("csv", as_text("ch", "chweight", lambda v: f"{v:g}".replace(".", ","))),
        "ch.csv, chweight, row 2", "is text, not numbers (rows: 76), the first is “0,5”", "survey_weight_text"),
    Bad("text weight .sav", changed("sav", as_text("ch", "chweight", lambda v: f"{v:g}".replace(".", ","))),
        "ch.sav, chweight, row 1", "the first is “0,5”", "survey_weight_text"),
    Bad("negative weight", changed("dta", made.with_value("ch", "chweight", 5, -1.5)),
        "ch.dta, chweight, row 5", "Rows with a negative weight in chweight: 1, the first is -1.5",
        "survey_weight_negative"),
    Bad("missing weight", changed("sav", made.with_value("ch", "chweight", 7, None)),
        "ch.sav, chweight, row 7", "Rows without a weight in chweight: 1", "survey_weight_missing"),
    Bad("infinite weight", changed("parquet", made.with_value("ch", "chweight", 7, float("inf"))),
        "ch.parquet, chweight, row 7", "no finite number: 1, the first is inf", "survey_weight_not_finite"),
    Bad("labels for codes", changed("csv", as_text("ch", "BR1", lambda v: "Yes" if v < 3 else "No")),
        "ch.csv, BR1, row 2", "BR1 holds words such as “Yes” where codes are expected (rows: 140)",
        "survey_labels_not_codes"),
    Bad("labels of a group", changed("sav", as_text("ch", "HH6", lambda v: {1.0: "Urban", 2.0: "Rural"}[v])),
        "ch.sav, HH6, row 1", "HH6 holds words such as “Rural”", "survey_labels_not_codes"),
    Bad("decimal commas", changed("csv", as_text("ch", "HAZ2", lambda v: f"{v:.2f}".replace(".", ","))),
        "ch.csv, HAZ2, row 2", "HAZ2 holds text such as “-3,50” where numbers are expected",
        "survey_text_not_numbers", "stunting_moderate_severe"),
    Bad("numbers for letters", changed("csv", lambda t: t.update(wm=t["wm"].with_columns(pl.lit(1).alias("MN19A")))),
        "wm.csv, MN19A, row 2", "MN19A holds numbers such as 1 where letters are expected",
        "survey_numbers_not_letters", "skilled_birth_attendance"),
    Bad("cut .sav", bytes_changed("sav", lambda b: b[: len(b) * 2 // 3]), "ch.sav", "The file is cut off",
        "survey_file_cut_off_unseen"),
    Bad("cut .sav in its header", bytes_changed("sav", lambda b: b[:300]), "ch.sav",
        "it ends inside its list of variables", "survey_file_cut_off_in_header"),
    Bad("cut .dta", bytes_changed("dta", lambda b: b[: len(b) // 2]), "ch.dta", "The file is cut off", ""),
    Bad("cut .parquet", bytes_changed("parquet", lambda b: b[: len(b) // 2]), "ch.parquet", "The file ", ""),
    Bad("a spreadsheet named .sav", bytes_changed("sav", lambda _: b"PK\x03\x04"), "ch.sav", "This is no SPSS file",
        "survey_file_not_spss"),
    Bad("0 bytes", bytes_changed("csv", lambda _: b""), "ch.csv", "The file is empty", "survey_file_empty"),
    Bad("no rows", bytes_changed("csv", lambda b: b.splitlines()[0] + b"\n"), "ch.csv", "The file has no rows",
        "survey_no_rows"),
    Bad("csv in cp1251", bytes_changed("csv", with_place), "ch.csv, row 2", "The text is not in UTF-8: byte 0xC0",
        "survey_file_encoding"),
    Bad("labels in another encoding", bytes_changed("sav", lambda b: in_cp1251(b, b"UTF-8")), "ch.sav",
        "The labels of BR1 cannot be read in the encoding that the file names", "survey_text_encoding"),
    Bad("missing stratum", changed("sav", made.with_value("ch", "stratum", 9, None)), "ch.sav, stratum, row 9",
        "Rows without a value in the design variable stratum: 1", "survey_design_missing"),
    Bad("a cluster in two strata", changed("sav", made.with_value("ch", "stratum", 9, 2.0)),
        "ch.sav, stratum, HH1, row 9", "not in the household file: 1, the first has stratum, HH1 = 2, 1",
        "survey_cluster_unknown"),
    Bad("a child twice", changed("sav", twice("ch", 4)), "ch.sav, HH1, HH2, LN, row 141",
        "The key HH1, HH2, LN = 1, 2, 4 stands 2 times, first in row 4", "survey_duplicate_key"),
    Bad("a household twice", changed("sav", twice("hh", 1)), "hh.sav, HH1, HH2, row 71",
        "The key HH1, HH2 = 1, 1 stands 2 times, first in row 1", "survey_duplicate_key", "iodised_salt_any"),
    Bad("unknown design variable", described("ch: {psu: HH1, stratum: stratum", "ch: {psu: HH1, stratum: strata"),
        "ch.csv, strata", "The design variable strata is not in the file", "survey_design_absent"),
    Bad("a misspelt key", described("invented:", "invneted:"), "survey.yaml, invneted, line 7",
        "There is no key “invneted”; near: invented", "description_key_unknown", code=2),
    Bad("an unknown layout", described("mics6", "mics9"), "survey.yaml, layout, line 4",
        "“mics9” is none of mics6, dhs", "description_value_unknown", code=2),
    Bad("a misspelt key inside", described("ch: {psu: HH1", "ch: {spu: HH1"), "survey.yaml, design.ch.spu, line 12",
        "There is no key “design.ch.spu”", "description_key_unknown", code=2),
    Bad("a key twice", described("invented: true", "country: KAZ"), "survey.yaml, country, line 7",
        "The key “country” stands twice", "description_key_twice", code=2),
    Bad("a text without Kazakh", described("kk: Қандыағаш", "kk: ''"),
        "survey.yaml, breakdowns.region.levels.1.kk, line 18",
        "is missing or empty", "description_key_missing", code=2),
    Bad("broken YAML", described("country: XEX", "country: [XEX"), "survey.yaml, line ", "This is no YAML in UTF-8",
        "description_not_yaml", code=2),
    Bad("an unknown parameter", described("invented: true", "parameters: {P_PRIMARY_AGE: 7}"),
        "survey.yaml, parameters.P_PRIMARY_AGE, line 7", "near: P_PRIMARY", "description_key_unknown", code=2),
    Bad("a parameter that is no expression", described("invented: true", "parameters: {P_PRIMARY_ENTRY_AGE: '7 +'}"),
        "survey.yaml, parameters.P_PRIMARY_ENTRY_AGE, line 7", "Something is missing beside “+”",
        "expression_side_missing", code=2),
]  # fmt: skip


@pytest.fixture
def made_bad(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Bad, Path]:
    bad: Bad = request.param
    return bad, bad.make(tmp_path)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("made_bad", BAD, indirect=True, ids=lambda bad: bad.name)
def test_estimate_refuses_with_place_and_rule(made_bad: tuple[Bad, Path], capsys: pytest.CaptureFixture[str]) -> None:
    bad, path = made_bad
    code = main(["estimate", str(path), "--indicators", bad.indicator, "--by", "residence"])
    told = capsys.readouterr()
    assert code == bad.code
    assert told.out == ""
    assert bad.place in words(told.err)
    assert bad.words in words(told.err)
    assert "Nothing was computed or written." in told.err


@pytest.mark.parametrize("made_bad", BAD, indirect=True, ids=lambda bad: bad.name)
def test_check_finds_it_too_and_says_it_in_every_language(
    made_bad: tuple[Bad, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bad, path = made_bad
    for language in LANGUAGES:
        code = main(["--language", language, "survey", "check", str(path)])
        told = capsys.readouterr()
        assert code == bad.code
        if bad.rule:
            sentence = rules()[bad.rule].message[language]  # type: ignore[index]
            longest = max(sentence.replace("{", "}").split("}")[::2], key=len)
            assert words(longest) in words(told.out + told.err)
        longest_line = max(map(len, (told.out + told.err).splitlines()))
        assert longest_line <= 80


def test_the_likely_other_name_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.write(tmp_path, "sav", lambda t: t.update(ch=t["ch"].rename({"BR1": "BR1A"})))
    assert main(["survey", "check", str(path)]) == 0
    assert "ch.sav, BR1: The file has no BR1" in words(capsys.readouterr().out)
    assert main(["estimate", str(path), "--indicators", "birth_registration"]) == 3
    out = words(capsys.readouterr().out)
    assert "birth_registration: not computed, file ch has no BR1 (BR1A?)" in out
    renamed = path.read_text(encoding="utf-8") + "rename: {ch: {BR1A: BR1}}\n"
    path.write_text(renamed, encoding="utf-8")
    assert main(["estimate", str(path), "--indicators", "birth_registration", "--format", "csv"]) == 0
    assert float(rows(capsys)[0]["value"]) > 0


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_a_missing_file_is_a_warning_and_its_indicators_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made.write(tmp_path)
    (tmp_path / "ch.sav").unlink()
    assert main(["survey", "check", str(path)]) == 0
    assert "ch.sav: The description names ch.sav, and it is not in the folder" in words(capsys.readouterr().out)
    assert main(["--language", "ru", "estimate", str(path), "--indicators", "birth_registration"]) == 3
    assert "не рассчитано, в обследовании нет файла ch" in words(capsys.readouterr().out)


def test_no_file_at_all_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.write(tmp_path)
    for arguments in (["survey", "check"], ["estimate"], ["survey", "read", "--out", str(tmp_path / "w")]):
        assert main([*arguments, str(path), "--data", str(tmp_path / "nowhere")]) == 1
        told = capsys.readouterr()
        assert "None of the described files is in" in words(told.out + told.err)
    assert not (tmp_path / "w").exists()


def test_a_child_without_its_household_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.write(tmp_path, "sav", made.with_value("ch", "HH2", 5, 99.0))
    assert main(["survey", "check", str(path)]) == 0
    out = words(capsys.readouterr().out)
    assert "ch.sav, HH1, HH2, row 5: Rows that belong to no household of the household file: 1" in out


def test_a_household_twice_is_said_below_the_indicators_of_other_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made.write(tmp_path, "sav", twice("hh", 1))
    assert main(["estimate", str(path), "--indicators", "birth_registration"]) == 0
    assert "! hh.sav, HH1, HH2, row 71: The key HH1, HH2 = 1, 1 stands 2 times" in words(capsys.readouterr().out)


def test_weights_that_do_not_average_one_and_zero_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    million = lambda t: t.update(ch=t["ch"].with_columns(pl.col("chweight") * 1e6))  # noqa: E731
    path = made.write(tmp_path / "a", "sav", million)
    assert main(["survey", "check", str(path)]) == 0
    assert "The weights chweight average 1000000, not 1" in words(capsys.readouterr().out)
    nothing = lambda t: t.update(ch=t["ch"].with_columns(pl.lit(0.0).alias("chweight")))  # noqa: E731
    path = made.write(tmp_path / "b", "sav", nothing)
    assert main(["survey", "check", str(path)]) == 1
    assert "All weights chweight are 0" in words(capsys.readouterr().out)


def test_codes_in_no_group_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.write(tmp_path, "sav", made.with_value("ch", "HH7", 5, 17.0))
    assert main(["survey", "check", str(path)]) == 0
    assert "Code 17 of HH7 (rows: 1) is in no group of “region”" in words(capsys.readouterr().out)


def test_a_weight_that_the_file_declares_missing_is_no_weight(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import pyreadstat

    path = made.write(tmp_path)
    table = made.children().with_columns(
        pl.when(pl.col("HH2") == 3).then(999.0).otherwise("chweight").alias("chweight")
    )
    pyreadstat.write_sav(table, str(tmp_path / "ch.sav"), missing_ranges={"chweight": [999.0]})
    assert main(["survey", "check", str(path)]) == 1
    assert "ch.sav, chweight, row 5: Rows without a weight in chweight: 14" in words(capsys.readouterr().out)


def test_wrong_questions_are_answered_with_near_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(made.write(tmp_path))
    assert main(["estimate", path, "--indicators", "stunting,birth_registrtion"]) == 2
    err = words(capsys.readouterr().err)
    assert "There is no recipe “stunting” for mics6 files; near: stunting_moderate_severe" in err
    assert "near: birth_registration" in err
    assert main(["estimate", path, "--by", "residense"]) == 2
    assert "There is no breakdown “residense”; near: residence" in words(capsys.readouterr().err)
    assert main(["estimate", path, "--errors", "replicates", "--indicators", "birth_registration"]) == 2
    assert "names no replicate weights" in words(capsys.readouterr().err)
    assert main(["estimate"]) == 2
    assert main(["estimate", str(tmp_path / "no.yaml")]) == 2
    assert "There is no such description" in words(capsys.readouterr().err)


def test_labels_in_a_named_code_page_are_read(tmp_path: Path) -> None:
    from everychild.microdata.reading import read_file

    made.write(tmp_path)
    path = tmp_path / "ch.sav"
    path.write_bytes(in_cp1251(path.read_bytes()))
    file = read_file(path)
    assert file.words["BR1"].values[1.0] == "Сертификат показан!!!"
    assert file.words["BR1"].values[2.0] == "Has certificate, not seen"
    assert file.frame.collect()["BR1"].to_list() == made.children()["BR1"].to_list()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_waits_in_a_description_is_named_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    path = tmp_path / "new.yaml"
    assert main(["survey", "describe", "--country", "KAZ", "--out", str(path)]) == 0
    capsys.readouterr()
    assert main(["--language", language, "survey", "check", str(path)]) == 2
    told = words(capsys.readouterr().err)
    for key in ("survey", "title.en", "title.ru", "title.kk", "period", "source"):
        assert f"new.yaml, {key}, " in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_that_are_kept_with_a_mistake_are_told_as_such(
    tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    survey = made.write(tmp_path / "survey", change=made.with_value("ch", "chweight", 4, -1.0))
    kept = tmp_path / "kept"
    assert main(["--language", language, "survey", "read", str(survey), "--out", str(kept)]) == 1
    told = capsys.readouterr()
    assert "ch.sav, chweight" in told.err
    assert pl.read_parquet(kept / "ch.parquet").height == 140, "kept all the same, to be looked at"
    sound = made.write(tmp_path / "sound")
    assert main(["--language", language, "survey", "read", str(sound), "--out", str(tmp_path / "other")]) == 0
    assert capsys.readouterr().err == ""
