"""The interface's words: each used key exists, each existing key is used, places agree in all languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from everychild import website
from everychild.vocabulary.language import LANGUAGES
from everychild.website.texts import interface_texts, say_count

FOLDER = Path(website.__file__).parent
# Keys that are put together at run time: the prefix is written in the code, the rest comes from a code list.
PREFIXES = (
    "outcome.", "evidence.", "trend.", "standing.", "direction.", "flag.", "mark.", "dimension.", "verdict.",
    "severity.", "journal.", "release.state.", "compare.", "indicator.chosen.", "indicator.agree",
    "indicator.disagree", "indicator.apart", "place.borders.",
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


def test_word_forms_follow_the_number() -> None:
    assert say_count("unit.rows", 1, "ru") == "1 значение"
    assert say_count("unit.rows", 3, "ru") == "3 значения"
    assert say_count("unit.rows", 11, "ru") == "11 значений"
    assert say_count("unit.rows", 21, "ru") == "21 значение"
    assert say_count("unit.rows", 1, "kk") == say_count("unit.rows", 5, "kk").replace("5", "1")
