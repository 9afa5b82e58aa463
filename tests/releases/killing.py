"""Processes that are killed while they work on a store; imported by the tests and by the processes themselves."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import polars as pl

from everychild.releases.reading import PublishedFigures, derive
from everychild.releases.store import Store
from tests.releases.made import figures, write

WATCHED = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["polars", "tests.releases.killing"])


def write_second(store: Store) -> None:
    write(store, figures(shift=1))


def publish_second(store: Store) -> None:
    store.publish(write_name(store, 1), "tester", "second")


def withdraw_first(store: Store) -> None:
    store.withdraw(write_name(store, 0), "tester", "wrong")


def count(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("indicator").len().sort("indicator")


def derive_second(store: Store) -> None:
    derive(store, {"count": count, "again": count}, "2")


def write_name(store: Store, number: int) -> str:
    return store.releases()[number].release


def killed_at(root: Path, step: int, work: Callable[[Store], None]) -> bool:
    """Do the work in a process that kills itself (SIGKILL) right before its `step`-th file operation below `root`.

    Steps are: opening, having opened (for writing), syncing, renaming, making and removing of files and folders.

    Returns whether it was killed; False means that the work has fewer steps and was finished.
    """
    process = PROCESSES.Process(target=_work, args=(root, step, work))
    process.start()
    process.join()
    if process.exitcode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the process ended with {process.exitcode}")
    return process.exitcode != 0


def _work(root: Path, step: int, work: Callable[[Store], None]) -> None:
    left = step
    sync, opened = os.fsync, Path.open

    def count() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in WATCHED and arguments and str(arguments[0]).startswith(str(root)):
            count()

    def counted_sync(descriptor: int) -> None:
        count()
        sync(descriptor)

    def counted_open(path: Path, mode: str = "r", **options: Any) -> IO[Any]:
        stream = opened(path, mode, **options)
        if mode != "rb" and path.is_relative_to(root):
            count()  # a file that was emptied by opening and never filled
        return stream

    sys.addaudithook(watch)
    Path.open = counted_open  # type: ignore[method-assign, assignment]
    os.fsync = counted_sync  # type: ignore[assignment]
    work(Store(root))


def work_forever(root: Path) -> None:
    """Write, publish and withdraw without end, for being killed from outside."""
    store, shift = Store(root), 2
    while True:
        release = write(store, figures(shift=shift)).release
        store.publish(release, "tester", str(shift))
        if shift % 3 == 0:
            store.withdraw(release, "tester", "every third")
        shift += 1


def publish_own(root: Path, number: int, rounds: int) -> None:
    """Write and publish releases of an own dataset and of a shared one, as one of several processes at once."""
    store = Store(root)
    for turn in range(rounds):
        write(store)
        own = write(store, figures(shift=number * 100 + turn), dataset=f"own-{number}")
        store.publish(own.release, f"process {number}")
        shared = write(store, figures(shift=turn), dataset="shared")
        store.publish(shared.release, f"process {number}")
        PublishedFigures.open(store)
