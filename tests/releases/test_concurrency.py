"""Eight processes that write, publish and read at once."""

from __future__ import annotations

from pathlib import Path

from everychild.releases.reading import PublishedFigures
from everychild.releases.store import Store
from tests.releases import killing
from tests.releases.made import figures

PROCESSES, ROUNDS = 8, 3


def test_eight_processes_at_once(tmp_path: Path) -> None:
    processes = [
        killing.PROCESSES.Process(target=killing.publish_own, args=(tmp_path, number, ROUNDS))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    store = Store(tmp_path)
    assert store.damaged() == []
    own = PROCESSES * ROUNDS
    assert len(store.releases()) == own + ROUNDS + 1  # the same content from eight processes is one release
    events = store.journal()
    assert {event["action"] for event in events} == {"write", "publish"}
    assert len([event for event in events if event["action"] == "write"]) == own + ROUNDS + 1
    assert [event["at"] for event in events if event["action"] == "publish"] == sorted(
        event["at"] for event in events if event["action"] == "publish"
    )
    published = store.published()
    assert {entry.dataset for entry in published} == {"shared", *(f"own-{number}" for number in range(PROCESSES))}
    last = published[-1]
    shown = PublishedFigures.open(store).indicator("u5mr")
    assert shown["release"].unique().to_list() == [last.release]
    assert shown.height == figures().height // 2
    assert not list(store.folder.glob(".*"))
