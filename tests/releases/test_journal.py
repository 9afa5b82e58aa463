"""The journal after kills: torn lines, and steps that were announced and never came."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from everychild.releases.journal import Journal
from everychild.releases.store import Store
from tests.releases.made import figures, write


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    store.publish(write(store).release, "tester", "причина")
    return store


def actions(store: Store) -> list[str]:
    return [event["action"] for event in store.journal()]


def test_a_last_line_torn_at_any_byte_is_tolerated_and_reported(store: Store) -> None:
    path, state = store.root / "journal.jsonl", store.root / "published.json"
    whole, release = path.read_bytes(), store.published()[0].release
    start = whole.index(b"\n") + 1
    published = state.read_bytes()
    for cut in range(start + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        state.unlink()  # the line comes before the step, so a torn line means that there was no step
        assert actions(store) == ["write", "torn"]
        store.publish(release, "tester", "again")
        assert actions(store) == ["write", "torn", "publish"]
        assert path.read_bytes().startswith(whole[:cut] + b"\n")
    path.write_bytes(whole[:-1])
    state.write_bytes(published)
    assert actions(store) == ["write", "publish"]


def test_a_step_that_never_came_is_shown_as_interrupted_and_settled_by_the_next(store: Store) -> None:
    second = write(store, figures(shift=1))
    state = (store.root / "published.json").read_bytes()
    store.publish(second.release, "tester", "cut short")
    (store.root / "published.json").write_bytes(state)
    assert actions(store) == ["write", "publish", "write", "interrupted"]
    assert store.journal()[-1]["meant"] == "publish"
    store.publish(second.release, "tester", "for good")
    assert actions(store) == ["write", "publish", "write", "interrupted", "publish"]
    first = store.journal()[0]["release"]
    store.publish(first, "tester")  # later steps do not bring the interrupted one back
    assert actions(store) == ["write", "publish", "write", "interrupted", "publish", "publish"]
    lines = [json.loads(line) for line in (store.root / "journal.jsonl").read_bytes().splitlines()]
    assert [line["action"] for line in lines].count("interrupted") == 1


def test_an_interrupted_withdrawal_withdraws_nothing(store: Store) -> None:
    release, state = store.published()[0].release, (store.root / "published.json").read_bytes()
    store.withdraw(release, "tester", "cut short")
    assert release in store.withdrawn()
    (store.root / "published.json").write_bytes(state)
    assert store.withdrawn() == {}
    assert actions(store)[-1] == "interrupted"


def test_lines_of_other_makes_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'\x00\x00\xff\n[1]\n{"at": "x"}\n\n')
    events = Journal(path, lambda event: True).events()
    assert [event["action"] for event in events] == ["torn"] * 3
    assert events[2]["reason"] == '{"at": "x"}'


def test_only_known_steps_are_announced(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="delete"):
        Journal(tmp_path / "journal.jsonl", lambda event: True).announce("delete", "x", "y", "", "")
