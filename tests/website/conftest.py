from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def client(published_pack: str) -> Client:
    return Client()


@pytest.fixture
def release(published_pack: str) -> str:
    return published_pack
