"""Sessions of Apache Spark, and what can be wrong with them, said in one sentence instead of a trace of Java."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import polars as pl

from everychild.vocabulary.findings import DataRefused, Finding, rules

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

PACKAGES: Final = ("pyspark", "pyarrow", "pandas")
"""What the extra `spark` brings; Spark asks for pandas itself."""
ARROW_BATCH: Final = 65_536
"""Rows of a Spark table that Java hands over at a time."""
PATIENCE: Final = 60.0
"""Seconds for a cluster to give a first worker; Spark itself would wait for ever, without a word."""
KNOCK: Final = 5.0
"""Seconds for a master to open its port; Spark itself tries for a minute."""

LOOK: Final = 0.5
"""Seconds between two looks at how far a pass has come."""


class SparkProblem(DataRefused):
    """Apache Spark cannot do what was asked; one finding says why."""

    def __init__(self, rule: str, value: str = "", option: str = "--engine spark", **parameters: str) -> None:
        super().__init__([Finding("", None, option, value, rule, rules()[rule].severity, parameters)])


class NoSpark(SparkProblem):
    """Apache Spark or Java is not installed; everything but `--engine spark` works without them."""


def spark_session(master: str = "local[*]", app: str = "everychild") -> SparkSession:
    """A session on `master`: `local[N]`, or `spark://host:port` of a cluster whose workers have everychild installed.

    A local session listens on loopback only. Whoever asks for a session stops it. Raises NoSpark, with what to
    install, and SparkProblem when the master is no address, does not answer or has no worker, or when this process
    already has a session on another master.
    """
    absent = [part for part in PACKAGES if find_spec(part) is None]
    if absent:
        raise NoSpark("spark_absent", ", ".join(absent))
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise NoSpark("spark_java_absent")
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None and running.sparkContext.master != master:
        raise SparkProblem("spark_other_session", master, "--master", running=running.sparkContext.master)
    if master.startswith("spark://") and not any(map(_opens, _hosts(master))):
        raise SparkProblem("spark_master_silent", master, "--master")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = _started(master, app)
    if master.startswith("spark://"):
        _wait_for_a_worker(session, master)
    return session


def collected(frame: DataFrame) -> list[Row]:
    """The rows of a frame. What Polars refuses on a worker is refused here in the same way; anything else that stops a
    worker is a SparkProblem."""
    from py4j.protocol import Py4JError  # type: ignore[import, unused-ignore]
    from pyspark.errors import PySparkException

    try:
        return list(frame.collect())
    except (PySparkException, Py4JError) as problem:
        cause = cause_of(str(problem))
        if cause.startswith("polars.exceptions."):
            raise pl.exceptions.ComputeError(cause.partition(": ")[2]) from problem
        raise SparkProblem("spark_stopped", problem=cause) from problem


@contextmanager
def watched(session: SparkSession, told: Callable[[float], None]) -> Iterator[None]:
    """While work runs, tell the share of its tasks that are done, whenever it has grown.

    Looked at from a thread beside: `collect` does not return before the end, and has to be in the main thread, where
    PySpark cancels it at Ctrl-C.
    """
    ended = Event()

    def look() -> None:
        highest = 0.0
        while not ended.wait(LOOK):
            share = _share_done(session)
            if share > highest:
                highest = share
                told(share)

    watcher = Thread(target=look, name="everychild: progress of Spark", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _share_done(session: SparkSession) -> float:
    tracker = session.sparkContext.statusTracker()
    stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
    tasks = sum(stage.numTasks for stage in stages if stage is not None)
    return sum(stage.numCompletedTasks for stage in stages if stage is not None) / tasks if tasks else 0.0


def cause_of(trace: str) -> str:
    """The exception at the end of a Python trace, which Spark wraps into its own; else the first line."""
    lines = [line for line in trace.splitlines() if line.strip()]
    frames = [at for at, line in enumerate(lines) if line.startswith("  File ")]
    after = lines[frames[-1] :] if frames else lines
    return next((line for line in after if not line.startswith(" ")), "").strip()


def _started(master: str, app: str) -> SparkSession:
    from py4j.protocol import Py4JError  # type: ignore[import, unused-ignore]
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    conf = SparkConf().setMaster(master).setAppName(app).setAll(list(_settings(master).items()))
    try:
        context = SparkContext.getOrCreate(conf)
    except PySparkException as problem:  # the process of Java ended at once
        raise NoSpark("spark_java_absent") from problem
    except Py4JError as problem:
        raise SparkProblem("spark_master_silent", master, "--master") from problem
    try:
        return SparkSession.builder.config(conf=conf).getOrCreate()
    except (PySparkException, Py4JError) as problem:  # a master that refuses stops the context behind Python's back
        context.stop()
        raise SparkProblem("spark_master_silent", master, "--master") from problem


def _settings(master: str) -> dict[str, str]:
    settings = {
        "spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC", "spark.sql.execution.arrow.maxRecordsPerBatch": str(ARROW_BATCH),
        "spark.driver.maxResultSize": "0",  # totals may be large; no rows come back
    }  # fmt: skip
    if master.startswith("local") or "127.0.0.1" in master:
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return settings


def _hosts(master: str) -> list[tuple[str, int]]:
    """`spark://a:7077,b:7077` → (a, 7077), (b, 7077)."""
    found = []
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65_535:
            raise SparkProblem("spark_master_silent", master, "--master")
        found.append((host.strip("[]"), int(port)))
    return found


def _opens(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=KNOCK).close()
    except OSError:
        return False
    return True


def _wait_for_a_worker(session: SparkSession, master: str) -> None:
    if session.conf.get("spark.dynamicAllocation.enabled", "false") == "true":  # workers come with the first work
        return
    executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus  # by way of Java: any PySpark 4 allows it
    until = time.monotonic() + PATIENCE
    while executors().size() < 2:  # the driver is one of them
        if time.monotonic() > until:
            session.stop()
            raise SparkProblem("spark_no_worker", master, "--master", seconds=f"{PATIENCE:.0f}")
        time.sleep(0.1)
