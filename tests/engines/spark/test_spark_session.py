"""Sessions: what is said when Spark, Java, a master or a worker is not there; the command with `--engine spark`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from everychild.cli.main import main
from everychild.engines import spark_engine, spark_session
from everychild.engines.spark_session import NoSpark, SparkProblem, cause_of
from everychild.microdata.invented import simulate, write_invented
from everychild.vocabulary.language import LANGUAGES
from tests.engines.spark.conftest import needed, only_local


@pytest.fixture(scope="module")
def surveys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("surveys")
    for seed in (4, 5):
        write_invented(simulate(1200, seed=seed), folder / f"s{seed}")
    return folder


class TestWithoutSpark:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_command_says_what_to_install_and_all_else_works(
        self, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], surveys: Path
    ) -> None:
        monkeypatch.setattr(spark_session, "find_spec", lambda part: None if part == "pyspark" else object())
        call = ["--language", language, "estimate", str(surveys / "s4" / "survey.yaml"),
                "--indicators", "birth_registration"]  # fmt: skip
        assert main([*call, "--engine", "spark"]) != 0
        said = " ".join(capsys.readouterr().err.split())
        assert 'pip install "everychild[spark]"' in said
        assert "Java 17" in said
        assert main(call) == 0

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_java_that_is_not_there(self, language: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(spark_session, "find_spec", lambda _part: object())
        monkeypatch.setattr(shutil, "which", lambda _name: None)
        monkeypatch.delenv("JAVA_HOME", raising=False)
        with pytest.raises(NoSpark) as refused:
            spark_session.spark_session()
        assert "openjdk-17-jre-headless" in refused.value.findings[0].message(language)

    def test_the_modules_need_none_of_its_packages(self) -> None:
        code = (
            "import sys, everychild.engines.spark_engine; print(*{'pyspark', 'pyarrow', 'pandas'} & set(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.split() == []


def test_the_cause_is_the_exception_at_the_end_of_the_trace() -> None:
    """A trace as Spark 4.3 wraps that of a worker without everychild."""
    trace = (
        "An exception was thrown from the Python worker:\nTraceback (most recent call last):\n"
        '  File "worker.py", line 5, in load\n    return loads(obj)\n           ^^^^^^^\n'
        "ModuleNotFoundError: No module named 'everychild'\n\n SQLSTATE: 38000"
    )
    assert cause_of(trace) == "ModuleNotFoundError: No module named 'everychild'"
    assert cause_of("[SOME_CODE] No space left.\nJVM stacktrace: …") == "[SOME_CODE] No space left."


def test_a_watch_tells_the_share_of_tasks_whenever_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stages of four tasks; the second look shows less, since the first stage is no longer active."""
    looks = iter([{1: 1, 2: 0}, {2: 0}, {1: 4, 2: 2}, {}])
    seen = Event()
    stages: dict[int, int] = {}

    class Session:
        """As far as a watch looks at a session."""

        sparkContext = property(lambda self: self)  # noqa: N815 - as PySpark spells it

        def statusTracker(self) -> Session:  # noqa: N802
            return self

        def getActiveStageIds(self) -> list[int]:  # noqa: N802
            stages.clear()
            stages.update(next(looks, {}))
            if not stages:
                seen.set()
            return list(stages)

        def getStageInfo(self, stage: int) -> SimpleNamespace:  # noqa: N802
            return SimpleNamespace(numTasks=4, numCompletedTasks=stages[stage])

    monkeypatch.setattr(spark_session, "LOOK", 0.001)
    told: list[float] = []
    session: Any = Session()
    with spark_session.watched(session, told.append):
        assert seen.wait(10)
    assert told == [1 / 8, 6 / 8]


@pytest.mark.spark
@pytest.mark.parametrize("master", ["spark://127.0.0.1:1", "spark://nowhere", "spark://127.0.0.1:70770"])
def test_a_master_that_does_not_answer(master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    needed()
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    with pytest.raises(SparkProblem, match="does not answer") as refused:
        spark_session.spark_session(master)
    assert refused.value.findings[0].value == master


@pytest.mark.spark
@only_local
class TestLocal:
    def test_it_listens_on_loopback_only(self, spark: Any) -> None:
        assert spark.conf.get("spark.driver.bindAddress") == "127.0.0.1"
        assert spark.conf.get("spark.driver.host") == "127.0.0.1"
        assert spark.conf.get("spark.ui.enabled") == "false"

    def test_a_second_session_elsewhere_is_refused(self, spark: Any) -> None:
        with pytest.raises(SparkProblem, match=r"already has a Spark session on local\[2\]"):
            spark_session.spark_session("local[1]")
        assert spark_session.spark_session("local[2]").sparkContext is spark.sparkContext

    def test_many_surveys_in_one_session(self, spark: Any, surveys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`estimate --all` writes the same file, letter for letter, with one session for all surveys."""
        asked: list[str] = []

        class Kept:
            """The session of the other tests, which the command must not stop."""

            def __getattr__(self, name: str) -> Any:
                return getattr(spark, name)

            def stop(self) -> None:
                asked.append("stopped")

        def session(master: str) -> Kept:
            asked.append(master)
            return Kept()

        monkeypatch.setattr(spark_engine, "spark_session", session)
        call = ["estimate", "--all", str(surveys), "--indicators", "birth_registration", "--by", "region",
                "--format", "csv", "--out"]  # fmt: skip
        assert main([*call, str(surveys / "embedded.csv")]) == 0
        assert main([*call, str(surveys / "spark.csv"), "--engine", "spark", "--master", "local[2]"]) == 0
        assert (surveys / "spark.csv").read_text() == (surveys / "embedded.csv").read_text()
        assert (surveys / "spark.csv").read_text().count("birth_registration") > 2
        assert asked == ["local[2]", "stopped"]
