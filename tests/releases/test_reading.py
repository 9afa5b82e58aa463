"""The reading copy: what pages get, which row wins, damage, and derived tables."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from everychild.releases.content import canonical
from everychild.releases.reading import COLUMNS, EDITIONS, PublishedFigures, derive
from everychild.releases.refusals import DamagedCopy, DamagedRelease
from everychild.releases.store import Store
from tests.releases.made import figures, tree, write

COPY_FILES = ("figures.parquet", "indicators.pieces", "index.json")
KEY = "u5mr:KAZ:2001:MADE"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def release(store: Store) -> str:
    return store.publish(write(store).release, "tester").release


def expected(release: str, frame: pl.DataFrame) -> pl.DataFrame:
    return canonical(frame).with_columns(pl.lit(release).alias("release"))


def test_indicators_and_figures(store: Store, release: str) -> None:
    read = PublishedFigures.open(store)
    rows = expected(release, figures())
    assert read.indicators_with_figures() == ["mmr", "u5mr"]
    for code in ("mmr", "u5mr"):
        assert_frame_equal(read.indicator(code), rows.filter(pl.col("indicator") == code))
    assert_frame_equal(read.all(), rows)
    assert_frame_equal(read.scan().collect(), rows)
    assert tuple(read.all().columns) == COLUMNS
    assert read.indicator("none").is_empty()
    assert read.indicator("none").columns == list(COLUMNS)
    for row in rows.iter_rows(named=True):
        assert read.figure(release, row["key"]) == row
    assert read.figure(release, "u5mr:KAZ:1900:MADE") is None
    assert read.figure("../made", KEY) is None
    assert read.figure("none", KEY) is None
    assert read.rows(rows.select("release", "key").head(2)).height == 2


def test_nothing_published_reads_as_nothing(store: Store) -> None:
    read = PublishedFigures.open(store)
    assert read.all().columns == list(COLUMNS)
    assert (read.all().height, read.indicators_with_figures(), read.history(KEY)) == (0, [], [])


def test_the_release_published_last_wins_and_the_other_keeps_its_address(store: Store) -> None:
    first, second = write(store), write(store, figures(2, shift=100), dataset="other")
    store.publish(second.release, "tester")
    store.publish(first.release, "tester")
    read = PublishedFigures.open(store)
    assert read.indicator("u5mr")["release"].to_list() == [first.release] * 2
    fingerprint = read.fingerprint
    store.withdraw(first.release, "tester", "to publish it before the other")
    store.publish(first.release, "tester")
    store.withdraw(second.release, "tester", "to publish it last")
    store.publish(second.release, "tester")
    read = PublishedFigures.open(store)
    assert read.fingerprint != fingerprint
    assert read.indicator("u5mr").select("period", "release").rows() == [
        ("2001", second.release),
        ("2002", first.release),
    ]
    assert read.all().equals(read.all().sort("indicator", "area", "source", "period"))
    hidden = read.figure(first.release, KEY)
    assert hidden is not None
    assert (hidden["value"], hidden["release"]) == (0.0, first.release)
    assert [(e["release"], e["value"]) for e in read.history(KEY)] == [(second.release, 100.0), (first.release, 0.0)]


def test_history_says_state_and_reason(store: Store) -> None:
    releases = [write(store, figures(shift=shift)).release for shift in (0, 1, 2)]
    without = write(store, figures(2, indicator="mmr", period="1999")[:1], dataset="without").release
    store.publish(without, "tester")
    store.publish(releases[0], "tester")
    store.withdraw(releases[0], "tester", "columns were swapped")
    entry = store.publish(releases[1], "tester")
    store.publish(releases[2], "tester")
    history = PublishedFigures.open(store).history(KEY)
    assert without not in [e["release"] for e in history]
    assert [(e["release"], e["state"], e["value"], e["reason"]) for e in history] == [
        (releases[2], "published", 2.0, ""),
        (releases[1], "stored", 1.0, ""),
        (releases[0], "withdrawn", 0.0, "columns were swapped"),
    ]
    assert all(e["published"] for e in history)
    assert history[1]["published"] == entry.since


def test_what_was_never_published_is_read_as_if_it_did_not_exist(store: Store, release: str) -> None:
    stored, given_up = (write(store, figures(shift=shift)).release for shift in (1, 2))
    store.withdraw(given_up, "tester", "withdrawn without having been published")
    read = PublishedFigures.open(store)
    assert [e["release"] for e in read.history(KEY)] == [release]
    assert (read.figure(stored, KEY), read.figure(given_up, KEY)) == (None, None)
    damage(store, stored)
    (store.folder / given_up / "manifest.json").unlink()
    assert [e["release"] for e in read.history(KEY)] == [release]
    assert (read.figure(stored, KEY), read.figure(given_up, KEY)) == (None, None), "nor is its damage told"


def test_what_was_published_before_keeps_its_figures(store: Store, release: str) -> None:
    newer = store.publish(write(store, figures(shift=1)).release, "tester").release
    store.withdraw(newer, "tester", "counted twice")
    read = PublishedFigures.open(store)
    found = [read.figure(name, KEY) for name in (release, newer)]
    assert [row and row["value"] for row in found] == [0.0, 1.0]


def damage(store: Store, release: str) -> None:
    """One bit of a release's figures."""
    path = store.folder / release / "observations.parquet"
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def test_history_names_a_damaged_release_without_a_value(store: Store, release: str) -> None:
    newer = store.publish(write(store, figures(shift=1)).release, "tester").release
    read = PublishedFigures.open(store)
    assert [e["state"] for e in read.history(KEY)] == ["published", "stored"]
    damage(store, release)
    assert [(e["release"], e["state"], e["value"]) for e in read.history(KEY)] == [
        (newer, "published", 1.0),
        (release, "damaged", None),
    ]
    with pytest.raises(DamagedRelease):
        read.figure(release, KEY)


def ruin(path: Path) -> Iterator[None]:
    """Every kind of damage to one file, one after the other."""
    whole = path.read_bytes()
    for at in {*range(0, len(whole), max(1, len(whole) // 15)), len(whole) - 1}:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        yield
    for content in (b"", whole[:-1], whole[: len(whole) // 2], whole + b"x", b"\0" * len(whole)):
        path.write_bytes(content)
        yield
    path.unlink()
    yield


@pytest.mark.parametrize("file", COPY_FILES)
def test_a_damaged_copy_is_made_again(store: Store, release: str, file: str) -> None:
    folder = PublishedFigures.open(store).folder
    whole = tree(folder)
    for _ in ruin(folder / file):
        read = PublishedFigures.open(store)
        assert_frame_equal(read.all(), expected(release, figures()))
        assert_frame_equal(pl.concat([read.indicator("mmr"), read.indicator("u5mr")]), read.all())
        assert tree(folder) == whole


def test_damage_under_an_open_copy_is_noticed_and_mended(store: Store, release: str) -> None:
    read = PublishedFigures.open(store)
    pieces = read.folder / "indicators.pieces"
    content = bytearray(pieces.read_bytes())
    content[200] ^= 1
    pieces.write_bytes(content)
    assert_frame_equal(read.indicator("mmr"), expected(release, figures()).filter(pl.col("indicator") == "mmr"))


def test_an_open_copy_reads_on_when_its_folder_is_removed(store: Store, release: str) -> None:
    read = PublishedFigures.open(store)
    shutil.rmtree(read.folder)
    assert read.indicator("mmr").height == 2


def test_the_newest_two_copies_are_kept(store: Store) -> None:
    kept = []
    for shift in range(4):
        store.publish(write(store, figures(shift=shift)).release, "tester")
        kept.append(PublishedFigures.open(store).fingerprint)
        unfinished = store.root / "derived" / "unfinished"
        unfinished.mkdir()
    folders = {path.name for path in (store.root / "derived").iterdir() if path.is_dir()}
    assert folders == {*kept[-2:], "unfinished"}
    store.withdraw(store.published()[0].release, "tester", "to publish something new")
    assert {kept[-1], PublishedFigures.open(store).fingerprint} == {
        path.name for path in (store.root / "derived").iterdir() if path.is_dir()
    }


class Counting:
    """A builder that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, rows: pl.DataFrame) -> pl.DataFrame:
        self.calls += 1
        return rows.group_by("indicator").len().sort("indicator")


@pytest.mark.parametrize("file", ["count.arrow", "tables.json"])
def test_derived_tables_are_made_once_and_again_when_damaged(store: Store, release: str, file: str) -> None:
    builder = Counting()
    read = derive(store, {"count": builder}, "1")
    derive(store, {"count": builder}, "1")
    assert builder.calls == 1
    expected_table = {"indicator": ["mmr", "u5mr"], "len": [2, 2]}
    assert read.table("count").to_dict(as_series=False) == expected_table
    for number, _ in enumerate(ruin(read.tables / file), start=2):
        with pytest.raises(DamagedCopy, match="count"):
            PublishedFigures.open(store, "1").table("count")
        if number % 2:
            derive(store, {"count": builder}, "1")
        assert read.table("count").to_dict(as_series=False) == expected_table
        assert builder.calls == number


def test_each_edition_of_the_builders_has_tables_of_its_own(store: Store, release: str) -> None:
    old, new = Counting(), Counting()
    first = derive(store, {"count": old}, "1")
    second = derive(store, {"count": lambda rows: new(rows).head(1)}, "2")
    derive(store, {"count": old}, "1")
    assert (old.calls, new.calls) == (1, 1)
    assert (first.table("count").height, second.table("count").height) == (2, 1)
    derive(store, {"count": old})
    derive(store, {"count": old})
    assert old.calls == 2


def test_an_open_edition_outlives_the_removal_of_its_tables(store: Store, release: str) -> None:
    first = derive(store, {"count": Counting()}, "1")
    for edition in range(2, EDITIONS + 2):
        derive(store, {"count": Counting()}, str(edition))
    held = {path.name for path in first.folder.iterdir() if path.is_dir()}
    assert held == {str(edition) for edition in range(2, EDITIONS + 2)}
    assert first.table("count").height == 2
    shutil.rmtree(first.folder)
    assert first.table("count").height == 2


def test_each_country_has_a_copy_of_its_own_and_removes_no_other(store: Store, release: str) -> None:
    invented = write(store, figures(area="XE-01"), dataset="invented").release
    store.publish(invented, "tester")
    theirs = derive(store, {"count": Counting()}, country="XEX")
    for shift in range(1, 4):
        store.publish(write(store, figures(2, shift=shift)).release, "tester")
        ours = derive(store, {"count": Counting()}, country="KAZ")
    assert theirs.folder.is_dir()
    assert theirs.folder != ours.folder
    assert (ours.all()["area"].unique().to_list(), theirs.all()["area"].unique().to_list()) == (["KAZ"], ["XE-01"])
    assert ours.table("count")["len"].to_list() == [1, 1]
    assert theirs.table("count")["len"].to_list() == [2, 2]
    hidden = ours.figure(invented, "u5mr:XE-01:2001:MADE")
    assert hidden is not None
    assert [entry["state"] for entry in ours.history(hidden["key"])] == ["published"]


def test_an_unknown_table_is_refused(store: Store, release: str) -> None:
    with pytest.raises(DamagedCopy, match="none"):
        PublishedFigures.open(store).table("none")


def test_threads_read_what_one_reader_reads(store: Store, release: str) -> None:
    read = PublishedFigures.open(store)
    wanted = expected(release, figures())
    found: list[Any] = []

    def reader() -> None:
        for _ in range(20):
            found.append(pl.concat([read.indicator("mmr"), read.indicator("u5mr")]).equals(wanted))

    threads = [threading.Thread(target=reader) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 120
