"""A disk that is full while something is written: what was there before stands, and nothing half-written is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from everychild.releases.storage import append_line, replace_file
from everychild.releases.store import Store
from tests.full_disk import no_file_above
from tests.releases.made import figures, tree, write


@pytest.mark.parametrize("size", [0, 60, 700, 1500])
def test_a_release_that_does_not_fit_leaves_no_folder(tmp_path: Path, size: int) -> None:
    store = Store(tmp_path / "data")
    first = write(store)
    before = tree(store.root)
    with no_file_above(size), pytest.raises(OSError):
        write(store, figures(shift=1.0))
    assert tree(store.root) == before
    assert [manifest.release for manifest in store.releases()] == [first.release]
    assert not list(store.folder.glob(".*"))
    write(store, figures(shift=1.0))
    assert [event["action"] for event in store.journal()] == ["write", "write"]


def test_a_publication_without_room_for_its_line_never_happens(tmp_path: Path) -> None:
    store = Store(tmp_path)
    release = write(store).release
    journal = tmp_path / "journal.jsonl"
    before = tree(store.root)
    with no_file_above(journal.stat().st_size + 20), pytest.raises(OSError):
        store.publish(release, "Officer")
    assert tree(store.root) == before
    assert (store.published(), [event["action"] for event in store.journal()]) == ([], ["write"])


@pytest.mark.parametrize("held", [b"", b"first\n", b"first\ntorn"])
def test_a_line_is_appended_whole_or_not_at_all(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "lines"
    path.write_bytes(held)
    with no_file_above(len(held) + 8), pytest.raises(OSError):
        append_line(path, b"a line of more than eight bytes")
    assert path.read_bytes() == held
    append_line(path, b"short")
    assert path.read_bytes().splitlines() == [*held.splitlines(), b"short"]


def test_a_file_that_cannot_be_replaced_stays_and_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "published.json"
    replace_file(path, b"old")
    with no_file_above(100), pytest.raises(OSError):
        replace_file(path, b"new" * 100)
    assert tree(tmp_path) == {"published.json": b"old"}
