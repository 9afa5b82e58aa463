"""`everychild survey simulate`: what it writes and what it refuses, in the words of the reader."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from everychild.cli.main import main
from everychild.estimation.survey import Survey
from everychild.microdata.invented.definitions import FILES


def test_a_set_is_written_that_the_other_commands_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "learn"
    assert main(["survey", "simulate", "--like", "mics6", "--households", "1600", "--out", str(out)]) == 0
    assert "INVENTED DATA" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {
        *(f"{file}.sav" for file in FILES), "survey.yaml", "truth.csv", "README.txt",
    }  # fmt: skip
    description = str(out / "survey.yaml")
    assert main(["survey", "check", description]) == 0
    assert capsys.readouterr().out.startswith("Nothing is missing or odd.")
    assert main(["survey", "read", description, "--out", str(tmp_path / "private")]) == 0
    capsys.readouterr()
    assert main(["estimate", "--all", str(out), "--indicators", "birth_registration", "--by", "region"]) == 0
    printed = capsys.readouterr().out
    assert "INVENTED DATA" in printed
    assert "Juniper" in printed


@pytest.mark.parametrize(
    ("given", "language", "said"),
    [
        (["--like", "mics5"], "en", "No invented survey is made in the format mics5"),
        (["--like", "mics7"], "ru", "Вымышленного обследования в формате mics7 нет"),
        (["--households", "20"], "en", "20 households are too few"),
        (["--households", "999"], "kk", "999 үй шаруашылығы аз"),
        (["--households", "0"], "en", "0 households are too few"),
        (["--households", "1000000000000"], "en", "too many for one computer: at most 1,000,000"),
        (["--households", "1000001"], "ru", "не более 1 000 000"),
        (["--seed", "-3"], "ru", "Начальное число -3 меньше нуля"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], language: str, said: str
) -> None:
    out = tmp_path / "learn"
    assert main(["--language", language, "survey", "simulate", *given, "--out", str(out)]) == 2
    told = capsys.readouterr()
    assert said in " ".join((told.out + told.err).split())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_refused_before_anything_is_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from everychild.microdata import invented

    monkeypatch.setattr(invented, "simulate", lambda *_: pytest.fail("drawn in vain"))
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["--language", "kk", "survey", "simulate", "--out", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert "бос емес" in told.out + told.err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_true_values_join_with_estimates(tmp_path: Path) -> None:
    """By indicator, breakdown and group, as a person does it who learns; the estimates lie near them."""
    main(["survey", "simulate", "--like", "mics6", "--households", "1000", "--out", str(tmp_path / "learn")])
    true = pl.read_csv(tmp_path / "learn" / "truth.csv").filter(pl.col("kind") != "difference")
    by = ["residence", "region", "wealth_quintile", "sex_child", "education_mother"]
    estimates = Survey.open(tmp_path / "learn" / "survey.yaml").estimate(["birth_registration"], by)
    on = ["indicator", "breakdown", "group"]
    joined = estimates.rows.join(true.select(*on, pl.col("value").alias("true")), on=on)
    assert joined.height == estimates.rows.height == 25
    held = joined.select(pl.col("true").is_between("lower", "upper").sum()).item()
    assert held >= 21, "intervals of 95 %, in 25 groups of one sample"
    differences = pl.read_csv(tmp_path / "learn" / "truth.csv").filter(kind="difference")
    assert set(differences["group"]) == {"rural-urban", "poorest-richest", "female-male"}
