"""Sessions of Apache Spark: local, and on a cluster of two workers on loopback that is started for the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

LOOPBACK = "127.0.0.1"
LOCAL = "local[2]"
PATIENCE = 60.0


def why_not() -> str:
    missing = [part for part in ("pyspark", "pyarrow", "pandas") if find_spec(part) is None]
    if missing:
        return f"{', '.join(missing)} not installed: make spark"
    return "" if shutil.which("java") else "Java is not installed (Debian: apt-get install openjdk-17-jre-headless)"


def needed() -> None:
    if why_not():
        pytest.skip(f"Apache Spark did not run: {why_not()}")


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A standalone cluster: a master and two workers with a core each, ended with the tests."""
    needed()
    import pyspark

    home = Path(pyspark.__file__).parent
    port = _free_port()
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_NO_DAEMONIZE": "1",
    }  # fmt: skip

    def start(kind: str, *arguments: str) -> None:
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", *arguments]
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True))

    try:
        start("master.Master", "--host", LOOPBACK, "--port", str(port), "--webui-port", str(_free_port()))
        _wait_for(port)
        for _ in range(2):
            start("worker.Worker", "--host", LOOPBACK, "--cores", "1", "--memory", "1g", "--webui-port",
                  str(_free_port()), "--work-dir", str(tmp_path_factory.mktemp("worker")),
                  f"spark://{LOOPBACK}:{port}")  # fmt: skip
        yield f"spark://{LOOPBACK}:{port}"
    finally:
        for process in reversed(started):
            _end(process)


@pytest.fixture(scope="session", params=[LOCAL, "cluster"])
def spark(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A session; `only_local` keeps a test to the first kind."""
    needed()
    from everychild.engines.spark_session import spark_session

    cluster = request.param == "cluster"
    session = spark_session(request.getfixturevalue("master") if cluster else request.param)
    if cluster:
        _wait_for_workers(session)
    yield session
    session.stop()


only_local = pytest.mark.parametrize("spark", [LOCAL], indirect=True, scope="session")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and those that it started: a worker has executors, each with Python of its own."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)


def _wait_for_workers(session: Any) -> None:
    """Both workers have an executor before anything is compared; the driver counts as one more."""
    until = time.monotonic() + PATIENCE
    while session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() < 3:
        if time.monotonic() > until:
            raise TimeoutError("the two workers did not come up")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("Spark's master did not come up")
