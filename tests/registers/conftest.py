"""A small desk: two bodies, and in each somebody for every role."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registers.made import Desk, made_desk


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def desk(db: None) -> Desk:
    return made_desk()
