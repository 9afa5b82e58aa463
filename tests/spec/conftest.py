"""Who sums: the embedded engine, and for the specifications that `either_engine` marks Apache Spark too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from everychild.engines.polars_engine import PolarsEngine
from everychild.estimation.survey import Engine
from tests.engines.spark.conftest import why_not
from tests.spec.small_surveys import Small


@pytest.fixture(scope="session")
def spark_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if why_not():
        pytest.skip(f"Apache Spark did not run: {why_not()}")
    from pyspark.sql import SparkSession

    from everychild.engines.spark_engine import SparkEngine
    from everychild.engines.spark_session import spark_session

    running = SparkSession.getActiveSession()  # a process has one; that of the engine's tests stays to the end
    session = running or spark_session("local[2]")
    yield SparkEngine(session, tmp_path_factory.mktemp("rows"))
    if running is None:
        session.stop()


@pytest.fixture
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Small:
    """Small surveys on the embedded engine, or on that which `either_engine` asks for."""
    named = getattr(request, "param", "embedded")
    return Small(tmp_path, request.getfixturevalue("spark_engine") if named == "spark" else PolarsEngine())
