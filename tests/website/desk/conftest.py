"""A small desk with two bodies and somebody for every role, files in a folder of the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.registers.made import Desk, made_desk
from tests.website.desk.registers_made import World


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_FOLDER = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def desk(db: None) -> Desk:
    return made_desk()


@pytest.fixture
def world(desk: Desk) -> World:
    made = World(desk)
    assert made.act.code != made.other_act.code
    return made
