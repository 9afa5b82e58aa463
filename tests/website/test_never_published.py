"""A release that was never published is not there for the public: on no page, at no address, in no language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver, reverse

import everychild.website
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.display import number
from everychild.website.texts import say
from tests.website.conftest import SmallSite
from tests.website.pages_list import PAGES

KEY = "u5mr:KAZ:2020:KAZSTAT_SDG"
VALUE, UNIT = 9171.0, "per_1000_live_births"
"""A value that stands nowhere else, neither as a figure nor as a place in a picture."""
ARGUMENTS = {"part": "figures", "kind": "csv", "key": KEY}


def addresses_of_releases() -> list[str]:
    """Names of all public addresses that take a release; one that is added is asked for here without being listed."""
    patterns = get_resolver().url_patterns
    return [name for name, taken in _named(patterns, set()) if "release" in taken and "language" in taken]


def _named(patterns: Any, above: set[str]) -> Iterator[tuple[str, set[str]]]:
    for pattern in patterns:
        taken = above | set(pattern.pattern.regex.groupindex)
        if hasattr(pattern, "url_patterns"):
            yield from _named(pattern.url_patterns, taken)
        else:
            yield pattern.name, taken


def address(name: str, language: Language, release: str, **changed: str) -> str:
    pattern = next(iter(get_resolver().reverse_dict.getlist(name)))[0][0][1]
    taken = {argument: (ARGUMENTS | changed)[argument] for argument in pattern if argument in ARGUMENTS}
    return reverse(name, kwargs={"language": language, "release": release, **taken})


@pytest.fixture
def releases(small_site: SmallSite) -> dict[str, str]:
    """A release published before, the one shown, one only stored, and one withdrawn without having been published."""
    replaced, shown = small_site.publish({"value": 12.5}), small_site.publish({"value": 10.4})
    stored = small_site.write({"value": VALUE, "lower": 9170.0, "upper": 9172.0}, dataset="made-survey").release
    given_up = small_site.write({"value": VALUE + 1}, dataset="made-rest").release
    small_site.store.withdraw(given_up, "tester", "an unspeakable mistake")
    return {"replaced": replaced, "shown": shown, "stored": stored, "given up": given_up}


def test_the_addresses_are_those_of_pages_and_files() -> None:
    assert set(addresses_of_releases()) >= {"release", "release-download", "figure"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", addresses_of_releases())
def test_every_address_answers_as_if_the_release_had_been_made_up(
    small_site: SmallSite, releases: dict[str, str], language: Language, name: str
) -> None:
    answers = []
    for release in ("made-2026-01-01-0123456789", releases["stored"], releases["given up"]):
        answer = small_site.client.get(address(name, language, release))
        # The page of what is not there leads to its own address in the other languages.
        answers.append((answer.status_code, answer.content.decode().replace(release, "")))
    assert answers[0][0] == 404
    assert answers == [answers[0]] * 3
    for fate in ("replaced", "shown"):
        assert small_site.client.get(address(name, language, releases[fate])).status_code == 200, fate


@pytest.mark.parametrize("part", ["figures", "ledger"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_no_file_of_it_can_be_taken(small_site: SmallSite, releases: dict[str, str], part: str, kind: str) -> None:
    taken = [
        small_site.client.get(address("release-download", "en", releases[fate], part=part, kind=kind)).status_code
        for fate in ("replaced", "shown", "stored", "given up")
    ]
    assert taken == [200, 200, 404, 404]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_compared_with_nothing(small_site: SmallSite, releases: dict[str, str], language: Language) -> None:
    for fate in ("stored", "given up"):
        for pair in ({"a": releases["shown"], "b": releases[fate]}, {"a": releases[fate], "b": releases["shown"]}):
            assert small_site.client.get(f"/{language}/data/compare", pair).status_code == 404
        alone = small_site.client.get(f"/{language}/data/compare", {"a": releases[fate]}).content.decode()
        assert f'value="{releases[fate]}"' not in alone
        assert "unspeakable" not in alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_names_it_or_its_value(small_site: SmallSite, releases: dict[str, str], language: Language) -> None:
    values = [number(VALUE, UNIT, language), number(VALUE + 1, UNIT, language), "9171", "9172"]
    telling = [releases["stored"], releases["given up"], "unspeakable", *values]
    pages = [*PAGES, f"figures/{releases['shown']}/{KEY}", f"figures/{releases['replaced']}/{KEY}",
             f"data/releases/{releases['replaced']}",
             f"data/compare?a={releases['replaced']}&b={releases['shown']}"]  # fmt: skip
    read = 0
    for page in pages:
        answer = small_site.client.get(f"/{language}/{page.format(release=releases['shown'])}")
        text = answer.content.decode()
        assert not [what for what in telling if what in text], page
        read += answer.status_code == 200
    assert read > len(pages) / 2
    small_site.store.publish(releases["stored"], "tester")
    opened = small_site.client.get(f"/{language}/figures/{releases['stored']}/{KEY}").content.decode()
    assert values[0] in opened, "this is how it would be written"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_holds_what_was_published_once_and_says_how_it_stands(
    small_site: SmallSite, releases: dict[str, str], language: Language
) -> None:
    page = small_site.client.get(f"/{language}/figures/{releases['shown']}/{KEY}").content.decode()
    history = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert history.count("<tr>") == 2
    for fate, word in (("shown", "published"), ("replaced", "stored")):
        row = next(row for row in history.split("<tr>") if releases[fate] in row)
        assert say(f"release.state.{word}", language) in row


def test_damage_to_it_is_not_told_either(small_site: SmallSite, releases: dict[str, str]) -> None:
    for file in ("observations.parquet", "manifest.json"):
        path = small_site.store.folder / releases["stored"] / file
        path.chmod(0o644)
        path.write_bytes(b"damaged")
        assert small_site.client.get(f"/en/figures/{releases['stored']}/{KEY}").status_code == 404
        assert small_site.client.get(f"/en/data/releases/{releases['stored']}").status_code == 404


def test_publishing_opens_its_addresses_and_withdrawing_closes_none(
    small_site: SmallSite, releases: dict[str, str]
) -> None:
    stored = releases["stored"]
    where = [address(name, "en", stored) for name in addresses_of_releases()]
    states = []
    for step in (
        lambda: None,
        lambda: small_site.store.publish(stored, "tester"),
        lambda: small_site.store.withdraw(stored, "tester", "counted twice"),
    ):
        step()
        states.append({small_site.client.get(one).status_code for one in where})
    assert states == [{404}, {200}, {200}]
    history = small_site.client.get(f"/en/figures/{releases['shown']}/{KEY}").content.decode()
    assert f"/data/releases/{stored}" in history


def test_views_cannot_reach_the_store() -> None:
    """The store knows releases that are nobody's business; only the place that opens it may name it."""
    folder = Path(everychild.website.__file__).parent
    named = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.ImportFrom) and node.module == "everychild.releases.store")
        or (isinstance(node, ast.Import) and any(n.name == "everychild.releases.store" for n in node.names))
        or (isinstance(node, ast.Attribute) and node.attr in {"store", "_store"})
    }
    assert named == {"observatory.py"}
