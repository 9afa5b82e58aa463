"""Two sites on one data folder: each reads its own findings, and what is invented stays apart."""

from __future__ import annotations

import io
from typing import Any

import polars as pl
import pytest
from django.test import Client

from everychild.vocabulary.findings import empty_ledger
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.vocabulary.observations import conform
from everychild.website import texts
from everychild.website.observatory import observatory
from everychild.website.texts import say, say_count
from tests.website.conftest import SmallSite

INVENTED = {
    "indicator": "u5mr",
    "period": "2020",
    "unit": "per_1000_live_births",
    "quality": "survey",
    "source": "MADE",
}


@pytest.fixture
def two_countries(small_site: SmallSite, settings: Any) -> tuple[str, str]:
    """A release of two real figures and one of three invented ones, both published."""
    real = small_site.publish({"value": 9.0}, {"value": 21.0, "area": "KGZ"})
    rows = [("XEX", 40.0, "invented"), ("XE-01", 35.0, "invented"), ("XE-02", 45.0, "")]
    figures = [INVENTED | {"area": area, "value": value, "flag": flag} for area, value, flag in rows]
    manifest = small_site.store.write(
        conform(pl.DataFrame(figures)), empty_ledger(), dataset="invented", country="XEX",
        title={"en": "Made", "ru": "Выдумано", "kk": "Ойдан"}, producer="tests", sources=[], inputs=[], by="tester",
    )  # fmt: skip
    small_site.store.publish(manifest.release, "tester")
    return real, manifest.release


def areas(answer: Any) -> list[str]:
    return pl.read_csv(io.BytesIO(b"".join(answer.streaming_content)))["area"].sort().to_list()


def go_to(settings: Any, country: str) -> Client:
    settings.COUNTRY = country
    texts.interface_texts.cache_clear()
    return Client()


@pytest.fixture(autouse=True)
def _texts_of_the_country(settings: Any) -> Any:
    yield
    texts.interface_texts.cache_clear()


def test_two_sites_in_turn_keep_their_findings(two_countries: tuple[str, str], settings: Any) -> None:
    for country in ("KAZ", "XEX", "KAZ", "XEX"):
        go_to(settings, country)
        site = observatory()
        assert site.country_code == country
        assert site.latest["u5mr"].keys() == ({"KAZ", "KGZ"} if country == "KAZ" else {"XEX", "XE-01", "XE-02"})
    assert len({path.name for path in site.figures.folder.parent.iterdir() if path.is_dir()}) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("country", "held"), [("KAZ", ["KAZ", "KGZ"]), ("XEX", ["XE-01", "XE-02", "XEX"])]
)  # fmt: skip
def test_pages_and_files_hold_figures_of_one_world(
    two_countries: tuple[str, str], settings: Any, country: str, held: list[str], language: Language
) -> None:
    client = go_to(settings, country)
    page = client.get(f"/{language}/indicators/u5mr").content.decode()
    assert say_count("unit.rows", len(held), language) in page
    assert areas(client.get(f"/{language}/indicators/u5mr/figures.csv")) == held
    table = pl.read_parquet(io.BytesIO(client.get(f"/{language}/indicators/u5mr/figures.parquet").content))
    assert table["area"].sort().to_list() == held


@pytest.mark.parametrize("country", ["KAZ", "XEX"])
def test_releases_are_listed_on_their_own_site_alone(
    two_countries: tuple[str, str], settings: Any, country: str
) -> None:
    real, invented = two_countries
    client = go_to(settings, country)
    for address in ("/en/data", "/en/data/compare"):
        page = client.get(address).content.decode()
        assert (real in page, invented in page) == ((True, False) if country == "KAZ" else (False, True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_addresses_stay_and_say_what_is_invented(
    two_countries: tuple[str, str], settings: Any, language: Language
) -> None:
    real, invented = two_countries
    client = go_to(settings, "KAZ")
    flagless = "u5mr:XE-02:2020:MADE"
    for address in (f"data/releases/{invented}", f"figures/{invented}/{flagless}"):
        answer = client.get(f"/{language}/{address}")
        assert answer.status_code == 200
        assert f'<p class="notice">{say("flag.invented.title", language)}</p>' in answer.content.decode()
    page = client.get(f"/{language}/data/releases/{real}").content.decode()
    assert say("flag.invented.title", language) not in page
    assert invented not in page
    assert go_to(settings, "XEX").get(f"/{language}/figures/{real}/u5mr:KAZ:2020:KAZSTAT_SDG").status_code == 200
