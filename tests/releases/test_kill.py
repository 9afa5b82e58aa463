"""kill -9 before every single file operation of write, publish and withdraw, and at moments nobody chose."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from everychild.releases.reading import PublishedFigures, derive
from everychild.releases.store import Published, Store
from tests.releases import killing
from tests.releases.made import figures, tree, write

KEY = "u5mr:KAZ:2001:MADE"
MOST_STEPS = 60


def whole(store: Store) -> tuple[list[str], list[Published], float | None]:
    """Everything a reader can ask, all checksums verified: releases, publications, and the figure shown."""
    assert store.damaged() == []
    for manifest in store.releases():
        assert store.observations(manifest.release).height == manifest.rows
    shown = PublishedFigures.open(store).indicator("u5mr")
    value = shown["value"][0] if shown.height else None
    return [manifest.release for manifest in store.releases()], store.published(), value


def started(root: Path) -> Store:
    store = Store(root)
    store.publish(write(store).release, "tester", "first")
    return store


def killed_everywhere(root: Path, work: object) -> list[tuple[bool, Store]]:
    """A store after the work was killed at step 0, 1, 2, … and, last, not killed any more."""
    outcomes = []
    for step in range(MOST_STEPS):
        store = started(root / str(step))
        if work is not killing.write_second:
            write(store, figures(shift=1))
        before = whole(store)
        killed = killing.killed_at(store.root, step, work)  # type: ignore[arg-type]
        outcomes.append((killed, store, before))
        if not killed:
            return outcomes  # type: ignore[return-value]
    raise AssertionError(f"the work has more than {MOST_STEPS} steps")


def test_write(tmp_path: Path) -> None:
    outcomes = killed_everywhere(tmp_path, killing.write_second)
    assert len(outcomes) > 15
    stored = []
    for _, store, before in outcomes:  # type: ignore[misc]
        after = whole(store)
        assert after[1:] == before[1:]
        assert after[0][:1] == before[0]
        stored.append(len(after[0]))
        actions = [event["action"] for event in store.journal()]
        assert actions[:2] == ["write", "publish"]
        assert actions[2:] in ([], ["interrupted"]) if len(after[0]) == 1 else actions[2:] == ["write"]
        second = write(store, figures(shift=1))
        assert whole(store)[0] == [*before[0], second.release]
        assert not list(store.folder.glob(".*"))
    assert stored == sorted(stored)
    assert set(stored) == {1, 2}


@pytest.mark.parametrize("work", [killing.publish_second, killing.withdraw_first], ids=["publish", "withdraw"])
def test_publish_and_withdraw(tmp_path: Path, work: object) -> None:
    outcomes = killed_everywhere(tmp_path, work)
    assert len(outcomes) > 6
    states = []
    action = "publish" if work is killing.publish_second else "withdraw"
    for _, store, before in outcomes:  # type: ignore[misc]
        releases, published, value = whole(store)
        assert releases == before[0]
        happened = published != before[1]
        states.append(happened)
        assert value == (0.0 if not happened else 1.0 if action == "publish" else None)
        assert [event["action"] for event in store.journal()][3:] in ([[action]] if happened else [[], ["interrupted"]])
        assert bool(store.withdrawn()) == (happened and action == "withdraw")
        work(store)  # type: ignore[operator]
        assert whole(store)[2] == (1.0 if action == "publish" else None)
        last = store.journal()[-1]["action"]
        assert last == action
    assert states == sorted(states)
    assert states[0] is False
    assert states[-1] is True


def test_derive(tmp_path: Path) -> None:
    """A kill while one edition makes its tables leaves those of another as they were, and its own are made again."""
    for step in range(MOST_STEPS):
        store = started(tmp_path / str(step))
        first = derive(store, {"count": killing.count}, "1")
        kept, held = tree(first.tables), first.table("count")
        killed = killing.killed_at(store.root, step, killing.derive_second)
        assert tree(first.tables) == kept
        again = derive(store, {"count": killing.count, "again": killing.count}, "2")
        assert again.table("count").equals(held)
        assert again.table("again").equals(held)
        assert sorted(tree(again.tables)) == ["again.arrow", "count.arrow", "tables.json"]
        if not killed:
            break
    assert not killed
    assert step > 10


@pytest.mark.parametrize("seed", range(4))
def test_at_a_moment_nobody_chose(tmp_path: Path, seed: int) -> None:
    store = started(tmp_path)
    kept = tree(store.folder)
    chance = random.Random(seed)
    for _ in range(3):
        process = killing.PROCESSES.Process(target=killing.work_forever, args=(tmp_path,))
        process.start()
        begun = len(store.journal())
        while len(store.journal()) < begun + 2 and process.is_alive():
            time.sleep(0.001)
        time.sleep(chance.random() / 20)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        whole(store)
        assert kept.items() <= tree(store.folder).items()
        last = [e for e in store.journal() if e["action"] in ("publish", "withdraw")][-1]
        shown = [entry.release for entry in store.published()]
        assert shown == ([last["release"]] if last["action"] == "publish" else [])
    write(store, figures(shift=0.5))
    assert not list(store.folder.glob(".*"))
