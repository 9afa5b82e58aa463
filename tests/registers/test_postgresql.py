"""The same tests on PostgreSQL, where there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ADDRESS = os.environ.get("EVERYCHILD_TEST_POSTGRES", "")


@pytest.mark.skipif(bool(os.environ.get("EVERYCHILD_DATABASE_URL")), reason="this is the run on PostgreSQL itself")
@pytest.mark.skipif(
    not ADDRESS,
    reason="no PostgreSQL: the registers were tested on SQLite alone (EVERYCHILD_TEST_POSTGRES=postgresql://…)",
)
def test_all_tests_of_the_registers_hold_on_postgresql() -> None:
    environment = {**os.environ, "EVERYCHILD_DATABASE_URL": ADDRESS}
    environment.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__).parent)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
