"""A changed byte is refused with the name of the file and both checksums, and stops nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest

from everychild.releases.manifest import Manifest
from everychild.releases.refusals import DamagedRelease
from everychild.releases.store import Store
from tests.releases.made import figures, write

FILES = ("observations.parquet", "ledger.parquet", "set_aside.parquet", "manifest.json", "manifest.sha256")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def written(store: Store) -> Manifest:
    return write(store, set_aside=pl.DataFrame({"file": ["made.csv"]}))


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def read_all(store: Store, release: str) -> None:
    store.observations(release)
    store.ledger(release)
    store.set_aside(release)


@pytest.mark.parametrize("file", FILES)
def test_any_flipped_byte_is_refused(store: Store, written: Manifest, file: str) -> None:
    path = store.folder / written.release / file
    whole = path.read_bytes()
    ends = len(whole) - 1 if file == "manifest.sha256" else len(whole)  # its last byte is the line feed
    for at in {*range(0, ends, max(1, len(whole) // 40)), ends - 1}:
        flip(path, at)
        with pytest.raises(DamagedRelease) as refused:
            read_all(store, written.release)
        with pytest.raises(DamagedRelease):
            store.publish(written.release, "tester")
        assert [damage.release for damage in store.damaged()] == [written.release]
        assert refused.value.file in (file, "manifest.json")
        path.write_bytes(whole)
    read_all(store, written.release)
    assert store.damaged() == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_message_names_file_and_checksums(store: Store, written: Manifest, language: str) -> None:
    path = store.folder / written.release / "observations.parquet"
    flip(path, 100)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(DamagedRelease) as refused:
        store.observations(written.release)
    message = refused.value.message(language)  # type: ignore[arg-type]
    for part in (written.release, "observations.parquet", written.checksums["observations.parquet"], found):
        assert part in message
    assert "{" not in message


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(store: Store, written: Manifest, file: str) -> None:
    (store.folder / written.release / file).unlink()
    with pytest.raises(DamagedRelease, match=f"its file {file} is missing"):
        read_all(store, written.release)


def test_a_forged_manifest_of_another_version_is_named_as_such(store: Store, written: Manifest) -> None:
    folder = store.folder / written.release
    content = b'{"release": "x"}'
    for file, text in (("manifest.json", content), ("manifest.sha256", hashlib.sha256(content).hexdigest().encode())):
        (folder / file).chmod(0o644)
        (folder / file).write_bytes(text)
    with pytest.raises(DamagedRelease, match="written by another version"):
        store.manifest(written.release)


def test_one_damaged_release_stops_no_other(store: Store, written: Manifest) -> None:
    flip(store.folder / written.release / "manifest.json", 5)
    other = write(store, figures(shift=1))
    assert [manifest.release for manifest in store.releases()] == [other.release]
    assert store.publish(other.release, "tester").release == other.release


@pytest.mark.parametrize("file", ["observations.parquet", "manifest.json"])
def test_a_damaged_release_can_be_written_again_beside_itself_and_withdrawn(
    store: Store, written: Manifest, file: str
) -> None:
    flip(store.folder / written.release / file, 5)
    again = write(store, set_aside=pl.DataFrame({"file": ["made.csv"]}))
    assert again.release == f"{written.release}-2"
    assert store.publish(again.release, "tester").release == again.release
    store.withdraw(written.release, "tester", "the disk failed")
    assert list(store.withdrawn()) == [written.release]
