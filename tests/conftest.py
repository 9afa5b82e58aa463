"""What all tests share: a store with the Kazakhstan pack published, made once for the whole run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.environment import FOLDER

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    return Path(FOLDER.name)


@pytest.fixture(scope="session")
def published_pack(data_folder: Path) -> str:
    """The release of the country pack, published in the run's own data folder."""
    from everychild.cli.serve import publish_pack
    from everychild.releases.store import Store

    return publish_pack(Store(data_folder), "KAZ")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The open data beside the checkout; tests that need them say so when they are not there."""
    if not SHARED.is_dir():
        pytest.skip("the open data folder ../shared is absent")
    return SHARED
