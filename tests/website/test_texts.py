"""The interface's words: each used key exists, each existing key is used, places agree in all languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from everychild import website
from everychild.catalogue.catalogue import catalogue
from everychild.vocabulary.language import LANGUAGES
from everychild.website.texts import interface_texts, say, say_count

FOLDER = Path(website.__file__).parent
# Keys that are put together at run time: the prefix is written in the code, the rest comes from a code list.
PREFIXES = (
    "outcome.", "evidence.", "trend.", "standing.", "direction.", "flag.", "mark.", "dimension.", "verdict.",
    "severity.", "journal.", "release.state.", "compare.", "indicator.chosen.", "indicator.agree",
    "recipe.checked.", "computed.", "word.", "indicator.disagree", "indicator.apart", "place.borders.", "compared.",
    "chain.", "node.", "strength.", "submission.", "step.", "role.", "desk.language.",
    "desk.action.", "desk.kind.", "desk.column.", "desk.register.", "desk.trail.rule.",
    "desk.tidy.", "desk.calendar.month.",
    "desk.tables.for.", "desk.tables.scope.", "desk.tables.sex.", "desk.tables.disability.", "desk.tables.measure.",
    "desk.tables.unit.", "desk.tables.age.", "desk.tables.component.", "desk.tables.verified.",
    "own.", "desk.do.", "desk.code.", "desk.part.", "desk.about.", "desk.waits.",
)  # fmt: skip


def used_keys() -> set[str]:
    found: set[str] = set()
    for path in [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"""say(?:_text|_count|_many)?\(?\s*f?["']([a-z0-9_.]+)["']""", text))
        found |= set(re.findall(r'"([a-z_0-9]+\.[a-z_0-9.]+)"', text))
    return found


def base(key: str) -> str:
    return re.sub(r"\.(one|few|many)$", "", key)


def test_every_used_key_exists() -> None:
    known = {base(key) for key in interface_texts()} | set(interface_texts())
    written = re.compile(r'\{% say(?:_many)? "([^"]+)"')
    missing = {
        key for path in FOLDER.rglob("*.html") for key in written.findall(path.read_text("utf-8")) if key not in known
    }
    assert not missing


def test_every_key_is_used() -> None:
    used = used_keys()
    unused = {
        key for key in interface_texts() if base(key) not in used and key not in used and not key.startswith(PREFIXES)
    }
    assert not unused


@pytest.mark.parametrize("key", sorted(interface_texts()))
def test_places_are_the_same_in_all_languages(key: str) -> None:
    text = interface_texts()[key]
    places = [{name for _, name, _, _ in string.Formatter().parse(text[language]) if name} for language in LANGUAGES]
    if base(key) == key:
        assert places[0] == places[1] == places[2]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0-і"), (1, "1-і"), (2, "2-сі"), (3, "3-і"), (4, "4-і"), (5, "5-і"), (6, "6-сы"), (7, "7-сі"), (8, "8-і"),
        (9, "9-ы"), (10, "10-ы"), (20, "20-сы"), (30, "30-ы"), (40, "40-ы"), (50, "50-і"), (60, "60-ы"), (70, "70-і"),
        (80, "80-і"), (90, "90-ы"), (100, "100-і"), (126, "126-сы"), (1000, "1000-ы"), (1200, "1200-і"),
    ],
)  # fmt: skip
def test_a_kazakh_number_of_them_has_its_ending(number: int, said: str) -> None:
    assert say("my.found", "kk", answers=31, local=number) == (
        f"Саған 31 сұрақ қатысты; олардың {said} бойынша өңірің туралы жауап бар."
    )
    assert f" {said} бойынша" in say("indicators.lead", "kk", total=400, with_figures=number)


def test_no_kazakh_number_stands_bare_before_a_case_it_must_take() -> None:
    bare = re.compile(r"\{[a-z_]+\} бойынша")
    assert [key for key, text in interface_texts().items() if bare.search(text.kk) and "kind" not in text.kk] == []


def test_words_that_a_reader_mended() -> None:
    assert say("home.title", "kk") == "Әрбір бала ескерілсін"
    assert say("nav.left_behind", "kk") == "Кім артта қалып барады"
    assert say("indicator.disagree", "kk").startswith("Дереккөздердегі деректер сәйкес келмейді.")
    assert "жүктеп алынатын файлдар" in say("home.door.data.text", "kk")
    assert catalogue().articles["9"].title.kk == "Ата-анасынан ажырату"
    plain = catalogue().indicators["education_spending_gdp"].plain
    assert plain is not None
    assert plain.en == "Of 100 tenge the country makes, how many does the State spend on education?"


def test_word_forms_follow_the_number() -> None:
    assert say_count("unit.rows", 1, "ru") == "1 значение"
    assert say_count("unit.rows", 3, "ru") == "3 значения"
    assert say_count("unit.rows", 11, "ru") == "11 значений"
    assert say_count("unit.rows", 21, "ru") == "21 значение"
    assert say_count("unit.rows", 1, "kk") == say_count("unit.rows", 5, "kk").replace("5", "1")
