"""The words of the commands: every key that is used exists, every key is used, places agree in all languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import everychild
from everychild.vocabulary import command_words as words
from everychild.vocabulary.command_words import say
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LANGUAGES
from everychild.vocabulary.tables import definitions_folder

HOME = Path(everychild.__file__).parent
TABLES = sorted(path.stem for path in (definitions_folder() / "commands").glob("*.csv"))


def texts() -> dict[str, words.LocalText]:
    return {key: text for table in TABLES for key, text in words.command_words(table).items()}


def used() -> tuple[set[str], set[str]]:
    """Keys as the sources of commands write them, and the beginnings of those that they put together."""
    found, begun = set(), set()
    for folder in ("cli", "estimation"):
        for path in (HOME / folder).glob("*.py"):
            source = path.read_text(encoding="utf-8")
            for table in TABLES:
                found |= set(re.findall(rf"[\"']({table}\.[a-z0-9_.]+)[\"']", source))
                begun |= set(re.findall(rf"f[\"']({table}\.[a-z0-9_.]*){{", source))
    return found, begun


def test_every_key_is_used_and_every_used_key_exists() -> None:
    found, begun = used()
    known = texts().keys()
    assert {key for key in found if key not in known and not key.endswith((".yaml", ".csv"))} == set()
    assert {key for key in known if key not in found and not key.startswith(tuple(begun))} == set()


def test_a_key_stands_in_the_table_that_it_begins_with() -> None:
    assert TABLES
    for table in TABLES:
        assert all(key.startswith(f"{table}.") for key in words.command_words(table))


def test_places_are_the_same_in_all_languages() -> None:
    for key, text in texts().items():
        places = [sorted(name for _, name, _, _ in string.Formatter().parse(text[one]) if name) for one in LANGUAGES]
        assert places[0] == places[1] == places[2], key


def test_what_no_native_reader_has_read_is_marked() -> None:
    assert {language for text in texts().values() for language in text.unreviewed} == {"ru", "kk"}


def test_values_stand_in_their_places() -> None:
    assert say("estimate.as_asked", "en", "--errors jkn") == "Computed as asked: --errors jkn."


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["made.a,A,А,Ә,", "made.a,B,Б,Ө,"], "row 3: text 'made.a' stands twice"),
        (["made.a,A,,Ә,"], "row 2: text 'A' is missing in: ru"),
    ],
)
def test_a_wrong_table_is_located(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], told: str) -> None:
    (tmp_path / "commands").mkdir()
    (tmp_path / "commands" / "made.csv").write_text("\n".join(["key,en,ru,kk,unreviewed", *lines]), encoding="utf-8")
    monkeypatch.setattr(words, "definitions_folder", lambda: tmp_path)
    with pytest.raises(DefinitionError, match=told):
        words.command_words("made")
