"""Writing, publishing, withdrawing and reading releases."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from everychild.releases.content import canonical, content_checksum
from everychild.releases.refusals import DamagedState, NotPublishable, ReasonMissing, UnknownRelease
from everychild.releases.store import Store
from everychild.vocabulary.findings import empty_ledger
from everychild.vocabulary.observations import SCHEMA
from tests.releases.made import INPUTS, LEDGER, figures, tree, write
from tests.releases.test_content import schema_frames


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


@given(frame=schema_frames(), long=st.integers(0, 100_000))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, frame: pl.DataFrame, long: int) -> None:
    store = Store(tmp_path_factory.mktemp("data"))
    frame = frame.with_columns(pl.lit("Ә" * long).alias("note"))
    release = write(store, frame).release
    found = store.observations(release)
    assert found.schema == pl.Schema(SCHEMA)
    assert_frame_equal(found, canonical(frame).select(list(SCHEMA)), check_exact=True)
    by_key = {row["period"]: row for row in frame.iter_rows(named=True)}
    assert {row["period"]: row for row in found.iter_rows(named=True)} == by_key


def test_the_folder_holds_what_the_manifest_says(store: Store) -> None:
    aside = pl.DataFrame({"file": ["made.csv"], "row": [7], "value": ["2O15"]})
    manifest = write(store, set_aside=aside)
    folder = store.folder / manifest.release
    files = {"observations.parquet", "ledger.parquet", "set_aside.parquet", "manifest.json", "manifest.sha256"}
    assert {path.name for path in folder.iterdir()} == files
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in folder.iterdir())
    assert (manifest.rows, dict(manifest.findings)) == (4, {"error": 1})
    assert manifest.content == content_checksum(canonical(figures()))
    assert manifest.release == f"made-{manifest.created[:10]}-{manifest.content[:10]}"
    assert_frame_equal(store.set_aside(manifest.release), aside)
    assert_frame_equal(store.ledger(manifest.release), LEDGER)
    assert store.manifest(manifest.release) == manifest
    assert store.set_aside(write(store, dataset="other").release).is_empty()


def test_the_same_again_is_the_same_release_and_writes_nothing(store: Store) -> None:
    first = write(store)
    before = tree(store.root)
    assert write(store, figures()[[3, 1, 0, 2]]) == first
    assert tree(store.root) == before


def test_the_same_figures_with_another_ledger_or_input_are_not_lost(store: Store) -> None:
    releases = [
        write(store),
        write(store, entries=empty_ledger()),
        write(store, inputs=[{**INPUTS[0], "sha256": "1" * 64}]),
        write(store, dataset="other"),
        write(store, figures(shift=1)),
    ]
    assert len({manifest.release for manifest in releases}) == len(releases)
    assert [manifest.content for manifest in releases[:4]] == [releases[0].content] * 4
    assert releases[1].release == f"{releases[0].release}-2"
    assert [manifest.release for manifest in store.releases()] == [manifest.release for manifest in releases]


def test_names_that_are_no_folder_are_refused(store: Store) -> None:
    for dataset in ("", "..", "a/b", ".hidden", "a b"):
        with pytest.raises(ValueError, match="cannot be the name of a folder"):
            write(store, dataset=dataset)
    (store.root / "secret").mkdir(parents=True)
    for release in ("../secret", "..", ".", "", "/"):
        with pytest.raises(UnknownRelease):
            store.manifest(release)
        with pytest.raises(UnknownRelease):
            store.withdraw(release, "tester", "why not")


def test_publish_points_and_withdraw_stops(store: Store) -> None:
    first, second, other = write(store), write(store, figures(shift=1)), write(store, dataset="other")
    store.publish(first.release, "Ayan", "first")
    store.publish(other.release, "Ayan")
    entry = store.publish(second.release, "Ayan", "corrected")
    assert [e.release for e in store.published()] == [other.release, second.release]
    assert entry == store.published()[-1]
    store.withdraw(second.release, "Dana", "columns were swapped")
    assert [e.release for e in store.published()] == [other.release]
    assert_frame_equal(store.observations(second.release), canonical(figures(shift=1)).select(list(SCHEMA)))
    withdrawal = store.withdrawn()[second.release]
    assert (withdrawal.by, withdrawal.reason) == ("Dana", "columns were swapped")
    store.publish(second.release, "Dana", "they were not")
    assert store.withdrawn() == {}
    steps = [(event["action"], event["release"], event["by"], event["reason"]) for event in store.journal()[3:]]
    assert steps == [
        ("publish", first.release, "Ayan", "first"),
        ("publish", other.release, "Ayan", ""),
        ("publish", second.release, "Ayan", "corrected"),
        ("withdraw", second.release, "Dana", "columns were swapped"),
        ("publish", second.release, "Dana", "they were not"),
    ]


def test_withdrawing_an_older_release_leaves_the_published_one(store: Store) -> None:
    first, second = write(store), write(store, figures(shift=1))
    store.publish(first.release, "tester")
    store.publish(second.release, "tester")
    store.withdraw(first.release, "tester", "wrong unit")
    assert [e.release for e in store.published()] == [second.release]
    assert list(store.withdrawn()) == [first.release]


def test_publishing_what_is_published_changes_nothing(store: Store) -> None:
    entry = store.publish(write(store).release, "tester")
    before = tree(store.root)
    assert store.publish(entry.release, "somebody else", "again") == entry
    assert tree(store.root) == before


def test_refusals_change_nothing(store: Store) -> None:
    empty, whole = write(store, figures(0)), write(store)
    before = tree(store.root)
    with pytest.raises(NotPublishable):
        store.publish(empty.release, "tester")
    with pytest.raises(UnknownRelease) as refused:
        store.publish(whole.release[:-1] + "z", "tester")
    assert whole.release in refused.value.near
    assert whole.release in refused.value.message("kk")
    with pytest.raises(ReasonMissing):
        store.withdraw(whole.release, "tester", "  ")
    with pytest.raises(UnknownRelease, match="everychild releases list"):
        store.publish("x", "tester")
    assert tree(store.root) == before


def test_find_takes_unambiguous_beginnings(store: Store) -> None:
    first, second = write(store), write(store, dataset="other")
    assert first.content == second.content
    assert store.find(first.release) == first.release
    assert store.find("mad") == first.release
    assert store.find("other-20") == second.release
    with pytest.raises(UnknownRelease) as refused:
        store.find(first.content[:10])
    assert set(refused.value.near) == {first.release, second.release}
    third = write(store, figures(shift=1))
    assert store.find(third.content[:6]) == third.release
    for text in ("", "zzz"):
        with pytest.raises(UnknownRelease):
            store.find(text)


def test_an_unreadable_state_is_refused_and_the_journal_still_read(store: Store) -> None:
    store.publish(write(store).release, "tester")
    for broken in ("{", "[]", '{"made": {"release": "x"}}', "null"):
        (store.root / "published.json").write_text(broken)
        with pytest.raises(DamagedState, match=r"published\.json"):
            store.published()
        assert [event["action"] for event in store.journal()] == ["write", "publish"]


def test_an_empty_store_is_empty(store: Store) -> None:
    assert (store.releases(), store.published(), store.journal(), store.damaged()) == ([], [], [], [])
    assert not store.root.exists()


def test_the_state_is_the_file_that_the_architecture_describes(store: Store) -> None:
    entry = store.publish(write(store).release, "tester")
    state = json.loads((store.root / "published.json").read_bytes())
    assert state == {"made": {"dataset": "made", "release": entry.release, "since": entry.since, "by": "tester"}}
