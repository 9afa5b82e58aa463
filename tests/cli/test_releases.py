"""`everychild releases`: what it prints, in which format, and how it ends."""

from __future__ import annotations

import csv
import getpass
import io
import json
from pathlib import Path

import pytest

from everychild.cli.main import main
from everychild.releases.comparison import COLUMNS
from everychild.releases.store import Store
from tests.releases.made import figures, write

Output = pytest.CaptureFixture[str]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def first(store: Store) -> str:
    return write(store, figures(2000, area="KAZ", period="2001", other="")[:1]).release


@pytest.fixture
def second(store: Store) -> str:
    return write(store, figures(3, shift=0.5)).release


def run(store: Store, *arguments: str, language: str = "en") -> int:
    return main(["--language", language, "releases", *arguments, "--data", str(store.root)])


def test_list_for_people_is_short(store: Store, first: str, second: str, capsys: Output) -> None:
    store.publish(second, "Ayan")
    store.withdraw(first, "Ayan", "old")
    assert run(store, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines[2:]] == [
        [first[-10:], "withdrawn", "made"],
        [second[-10:], "published", "made"],
    ]
    assert max(map(len, lines)) <= 100


def test_list_groups_thousands_and_aligns_them(store: Store, capsys: Output) -> None:
    rows = figures(2468)
    write(store, rows)
    write(store, figures(2))
    assert run(store, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    end = lines[2].index("2,468") + len("2,468")
    assert lines[3][:end].endswith("    2")


def test_list_for_programs_is_whole(store: Store, first: str, capsys: Output) -> None:
    assert run(store, "list", "--format", "json") == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["release"], entry["state"], entry["figures"], entry["errors"]) == (first, "stored", 1, 1)
    assert run(store, "list", "--format", "csv") == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row == {key: str(value) for key, value in entry.items()}


def test_list_says_what_is_damaged_and_shows_the_rest(store: Store, first: str, second: str, capsys: Output) -> None:
    for release, file in ((first, "observations.parquet"), (second, "manifest.json")):
        path = store.folder / release / file
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-1])
    assert run(store, "list", "--format", "json", language="ru") == 0
    captured = capsys.readouterr()
    assert {(e["release"], e["state"]) for e in json.loads(captured.out)} == {(first, "damaged"), (second, "damaged")}
    assert f"Выпуск {first} повреждён: у файла observations.parquet" in captured.err
    assert f"Выпуск {second} повреждён: у файла manifest.json" in captured.err


def test_an_empty_store_says_so(store: Store, capsys: Output) -> None:
    assert run(store, "list") == 0
    assert "No releases" in capsys.readouterr().out
    assert run(store, "list", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_show(store: Store, first: str, capsys: Output) -> None:
    assert run(store, "show", first[-10:], "--format", "json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["state"] == "stored"
    assert shown["checksums"] == store.manifest(first).checksums
    assert run(store, "show", "made", language="kk") == 0
    out = capsys.readouterr().out
    assert "Ойдан" in out
    assert store.manifest(first).content in out
    assert run(store, "show", first, "--format", "csv") == 0
    facts = {row["what"]: row["value"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert facts["release"] == first


def test_compare(store: Store, first: str, second: str, capsys: Output) -> None:
    assert run(store, "compare", first, second) == 0
    out = capsys.readouterr().out
    assert "2 added, 0 removed, 1 changed, 0 unchanged" in out
    assert "u5mr:KAZ:2001:MADE" in out
    assert run(store, "compare", first, second, "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == list(COLUMNS)
    assert {row["key"]: row["difference"] for row in rows}["u5mr:KAZ:2001:MADE"] == "0.5"
    assert run(store, "compare", first, second, "--format", "json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 3
    assert run(store, "compare", first, first) == 0
    assert "1 unchanged" in capsys.readouterr().out


def test_publish_withdraw_and_journal(store: Store, first: str, capsys: Output) -> None:
    assert run(store, "publish", first[-10:], "--reason", "checked twice") == 0
    assert run(store, "withdraw", first, "--reason", "қате", "--by", "Dana") == 0
    assert f"{first} is withdrawn: қате" in capsys.readouterr().out
    assert store.published() == []
    assert run(store, "journal", "--format", "json") == 0
    events = json.loads(capsys.readouterr().out)
    assert [(e["action"], e["release"], e["by"], e["reason"]) for e in events] == [
        ("write", first, "tester", ""),
        ("publish", first, getpass.getuser(), "checked twice"),
        ("withdraw", first, "Dana", "қате"),
    ]
    assert run(store, "journal") == 0
    assert "withdraw" in capsys.readouterr().out
    assert run(store, "show", first) == 0
    assert "қате (Dana, " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Nearest names"), ("ru", "Ближайшие названия"), ("kk", "Ең ұқсас атаулар")],
)
@pytest.mark.parametrize("action", ["show", "publish", "withdraw", "compare"])
def test_an_unknown_release_is_named_with_the_nearest(
    store: Store, first: str, capsys: Output, action: str, language: str, words: str
) -> None:
    wrong = first.replace("made", "mode")
    more = {"withdraw": ["--reason", "x"], "compare": [first]}.get(action, [])
    assert run(store, action, wrong, *more, language=language) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert wrong in captured.err
    assert f"{words}: {first}" in captured.err


def test_what_cannot_be_published_ends_with_2(store: Store, capsys: Output) -> None:
    empty = write(store, figures(0)).release
    assert run(store, "publish", empty) == 2
    assert "holds no figures" in capsys.readouterr().err
    assert run(store, "withdraw", empty, "--reason", " ") == 2
    with pytest.raises(SystemExit) as ended:
        run(store, "withdraw", empty)
    assert ended.value.code == 2
    assert store.journal()[-1]["action"] == "write"
