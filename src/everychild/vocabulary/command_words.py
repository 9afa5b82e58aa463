"""What the commands say in a terminal, three languages side by side, in `definitions/commands/`.

One table for each command: a command reads its own alone, and reads it when it speaks, not when it starts. The words of
the site stand in `interface.csv` and are not needed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import Language, LocalText
from everychild.vocabulary.tables import definitions_folder, read_table


@cache
def command_words(command: str) -> Mapping[str, LocalText]:
    """The texts of `definitions/commands/<command>.csv` by key. Raises DefinitionError for a key that stands twice."""
    found: dict[str, LocalText] = {}
    for place, row in read_table(definitions_folder() / "commands" / f"{command}.csv", ("key", "unreviewed")):
        if row["key"] in found:
            raise DefinitionError(place, f"text {row['key']!r} stands twice")
        try:
            found[row["key"]] = LocalText.from_row({f"name_{key}": text for key, text in row.items()} | row)
        except (ValueError, KeyError) as problem:
            raise DefinitionError(place, str(problem)) from problem
    return found


def say(key: str, language: Language, *values: object) -> str:
    """`say("estimate.left", "en")`: a text, with values in its places {0}, {1}. Raises KeyError for an unknown key."""
    text = command_words(key.partition(".")[0])[key][language]
    return text.format(*values) if values else text
