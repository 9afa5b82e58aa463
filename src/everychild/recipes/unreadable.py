"""Why a text is no expression: sqlglot's own words are English and speak of its classes, so only the place is taken."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Final

from sqlglot.errors import ParseError, SqlglotError

from everychild.vocabulary.errors import Place, WrongDefinition

BEFORE: Final = 32
AFTER: Final = 16
"""Letters of the text that are shown on the two sides of the place where reading stopped."""
_BEGINNINGS: Final[Mapping[str, str]] = {
    "Expecting )": "expression_bracket_open",
    "Expected END": "expression_case",
    "Required keyword: 'ifs'": "expression_case",
    "Required keyword": "expression_side_missing",
}
"""How sqlglot begins what it says, and the rule; whatever it says else, the place where it stopped is true."""


def unreadable(text: str, place: Place, problem: SqlglotError) -> WrongDefinition:
    """The error of a text that sqlglot refused."""
    if isinstance(problem, ParseError) and problem.errors:
        told = problem.errors[0]
        said = str(told["description"])
        rule = next((rule for start, rule in _BEGINNINGS.items() if said.startswith(start)), "expression_stops")
        piece, start = str(told["highlight"]), _start(text, told)
        near = marked(text, start, len(piece))
        if rule == "expression_case":
            return WrongDefinition(place, rule, near)
        return WrongDefinition(place, rule, piece, near=near, character=start + 1)
    return _unclosed(text, place)


def _start(text: str, told: Mapping[str, Any]) -> int:
    """Where the highlighted piece begins; sqlglot gives its line and the column of its last letter, from 1."""
    lines = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]
    line, column = int(told["line"] or 1), int(told["col"] or 1)
    return max(lines[min(line, len(lines)) - 1] + column - len(told["highlight"]), 0)


def marked(text: str, start: int, length: int) -> str:
    """The neighbourhood of a piece in one line, the piece between two triangles: `… IN (1, 2 AND x = ▸3◂`."""
    end = start + length
    before, after = text[max(start - BEFORE, 0) : start], text[end : end + AFTER]
    if start > BEFORE:  # from a whole word on
        before = "…" + (before.partition(" ")[2] or before)
    if end + AFTER < len(text):
        after = (after.rpartition(" ")[0] or after) + "…"
    return " ".join(f"{before}▸{text[start:end]}◂{after}".split())


def _unclosed(text: str, place: Place) -> WrongDefinition:
    """A text that cannot even be cut into words has a quotation mark or a comment without an end."""
    opened, at = "", 0
    for number, letter in enumerate(text):
        if not opened and text.startswith(("/*", "{#"), number):
            return WrongDefinition(place, "expression_comment", marked(text, number, 2))
        if not opened and letter in "'\"":
            opened, at = letter, number
        elif letter == opened:
            opened = ""
    return WrongDefinition(place, "expression_quote_open", opened, near=marked(text, at, 1), character=at + 1)
