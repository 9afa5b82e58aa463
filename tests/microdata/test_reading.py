"""Files of other programs: every code kept, as pyreadstat reads them; what is broken is said."""

from __future__ import annotations

import stat
from pathlib import Path

import polars as pl
import polars_readstat
import pyreadstat
import pytest

from everychild.microdata.description import read_description
from everychild.microdata.reading import read_file
from everychild.microdata.spss import BrokenFile
from everychild.microdata.survey_files import MissingFile, SurveyFiles
from everychild.microdata.variables import MissingRange
from everychild.microdata.workspace import damaged, keep, smallest

ROWS = pl.DataFrame(
    {
        "HH1": [1.0, 1.0, 2.0, 2.0],
        "HA1": [1.0, 8.0, 9.0, None],
        "AGE": [4.0, 97.0, 98.0, 12.0],
        "MN3A": ["A", "", "?", "A"],
        "weight": [0.5, 1.25, 1.0, 1.25],
    }
)


@pytest.fixture
def sav(tmp_path: Path) -> Path:
    path = tmp_path / "wm.sav"
    polars_readstat.write_readstat(
        ROWS, str(path), value_labels={"HA1": {1.0: "Yes", 8.0: "DK", 9.0: "No response"}},
        missing_ranges={"HA1": [8.0, 9.0]}, variable_labels={"HA1": "Ever heard of HIV"},
    )  # fmt: skip
    return path


def test_declared_missing_codes_stay_in_the_data(sav: Path) -> None:
    file = read_file(sav)
    table, told = pyreadstat.read_sav(sav, user_missing=True, output_format="polars")
    ours = file.frame.collect()
    assert ours["HA1"].to_list() == [1.0, 8.0, 9.0, None]
    for column in ROWS.columns:
        assert ours[column].to_list() == table[column].to_list()
    assert file.words["HA1"].label == told.column_names_to_labels["HA1"] == "Ever heard of HIV"
    assert file.words["HA1"].values == told.variable_value_labels["HA1"]
    assert file.words["HA1"].missing == (8.0, 9.0)


def test_a_range_of_missing_codes_is_told(tmp_path: Path) -> None:
    path = tmp_path / "hl.sav"
    polars_readstat.write_readstat(ROWS, str(path), missing_ranges={"AGE": [{"lo": 97.0, "hi": 99.0}]})
    file = read_file(path)
    assert file.frame.collect()["AGE"].to_list() == [4.0, 97.0, 98.0, 12.0]
    assert file.words["AGE"].missing_range == MissingRange(97.0, 99.0)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_file_that_was_cut_off_is_named(tmp_path: Path, share: float) -> None:
    path = tmp_path / "wm.sav"
    polars_readstat.write_readstat(pl.concat([ROWS] * 500), str(path))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BrokenFile, match=r"wm\.sav: "):
        read_file(path).frame.collect()


def test_what_only_bears_the_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wm.sav"
    path.write_bytes(b"PK\x03\x04 a spreadsheet")
    with pytest.raises(BrokenFile, match="This is no SPSS file"):
        read_file(path)
    with pytest.raises(BrokenFile, match="Files of this kind are not read"):
        read_file(_written(tmp_path / "wm.rda", b"x"))
    with pytest.raises(BrokenFile, match="There is no such file"):
        read_file(tmp_path / "absent.sav")


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path / "hh.csv", "HH1,HH7N\n1,Актау\n".encode("cp1251"))
    with pytest.raises(BrokenFile, match="The text is not in UTF-8: byte 0xC0"):
        read_file(path)


def test_csv_types_are_told_from_all_rows(tmp_path: Path) -> None:
    lines = "".join(f"{i},,{'' if i < 3000 else 7}\n" for i in range(4000))
    file = read_file(_written(tmp_path / "hh.csv", f"HH1,nothing,late\n{lines}".encode()))
    kinds = dict(file.frame.collect_schema())
    assert kinds["late"].is_integer()
    assert kinds["nothing"] == pl.Float64


def test_texts_lose_the_blanks_that_files_pad_them_with(tmp_path: Path) -> None:
    ROWS.with_columns(pl.Series("MN3A", ["A ", " ", "?", " A"])).write_parquet(tmp_path / "wm.parquet")
    assert read_file(tmp_path / "wm.parquet").frame.collect()["MN3A"].to_list() == ["A", "", "?", "A"]


DESCRIPTION = """
survey: TEST
title: {en: Test, ru: Проба, kk: Сынақ}
country: XEX
layout: mics6
period: "2024"
source: XEX_INVENTED_SURVEY
files: {wm: wm.sav, hh: hh.sav}
design: {psu: HH1, stratum: HH1, household: HH1}
"""


def files(folder: Path) -> SurveyFiles:
    (folder / "survey.yaml").write_text(DESCRIPTION, encoding="utf-8")
    return SurveyFiles(read_description(folder / "survey.yaml"), folder)


def test_a_workspace_is_private_and_keeps_values_labels_and_checksums(sav: Path, tmp_path: Path) -> None:
    kept = keep(files(sav.parent), tmp_path / "private")
    assert [(f.name, f.rows) for f in kept] == [("wm", 4)]
    for path in (tmp_path / "private").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o700
    again = read_file(tmp_path / "private" / "wm.parquet")
    assert again.frame.collect()["HA1"].to_list() == [1, 8, 9, None]
    assert again.words["HA1"].values == {1.0: "Yes", 8.0: "DK", 9.0: "No response"}
    assert damaged(tmp_path / "private") == []
    (tmp_path / "private" / "wm.parquet").write_bytes(b"other")
    assert damaged(tmp_path / "private") == ["wm"]


def test_a_workspace_replaces_a_workspace_and_nothing_else(sav: Path, tmp_path: Path) -> None:
    keep(files(sav.parent), tmp_path / "private")
    keep(files(sav.parent), tmp_path / "private")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(MissingFile, match="is no workspace"):
        keep(files(sav.parent), tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_whole_numbers_become_integers_and_fractions_stay() -> None:
    table = smallest(ROWS)
    assert table["AGE"].dtype == pl.Int8
    assert table["weight"].dtype == pl.Float64
    assert table["HA1"].to_list() == [1, 8, 9, None]


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
