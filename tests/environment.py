"""Loaded before anything else of a test run: the run's own data folder, so that no test touches an installation's."""

from __future__ import annotations

import os
import tempfile

FOLDER = tempfile.TemporaryDirectory(prefix="everychild-test-")
os.environ["EVERYCHILD_DATA"] = FOLDER.name
os.environ["EVERYCHILD_HOSTS"] = "testserver,127.0.0.1,localhost"
