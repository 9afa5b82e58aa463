from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client

from everychild.releases.manifest import Manifest
from everychild.releases.store import Store
from everychild.vocabulary.observations import conform
from tests.releases.made import write


@pytest.fixture(autouse=True)
def _registers(db: None) -> None:
    """Every page asks the registers whether they have changed."""


@pytest.fixture
def client(published_pack: str) -> Client:
    return Client()


@pytest.fixture
def release(published_pack: str) -> str:
    return published_pack


class SmallSite:
    """A site of its own, to publish and withdraw on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.client = Client()

    def write(self, *figures: dict[str, Any], dataset: str = "made") -> Manifest:
        """A release of national under-five mortality of 2020 unless a figure says otherwise."""
        common = {"indicator": "u5mr", "area": "KAZ", "period": "2020", "unit": "per_1000_live_births",
                  "quality": "official", "source": "KAZSTAT_SDG"}  # fmt: skip
        return write(self.store, conform(pl.DataFrame([common | figure for figure in figures])), dataset=dataset)

    def publish(self, *figures: dict[str, Any], dataset: str = "made") -> str:
        return self.store.publish(self.write(*figures, dataset=dataset).release, "tester").release


@pytest.fixture
def small_site(tmp_path: Path, settings: Any) -> SmallSite:
    settings.DATA_FOLDER = tmp_path
    return SmallSite(Store(tmp_path))
