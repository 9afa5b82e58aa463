"""What stands in a cell that should hold a number.

Only plain numbers (`12`, `-3.5`, `.5`) become values. Everything else is named and, where one reading is likely, the
reading is put into the finding as a proposal; the row is set aside all the same. `12,5` is 12.5 in Kazakhstan and 125
in a careless export: a program that chooses is wrong in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

PLAIN: Final = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)$"
"""ASCII digits with at most one decimal point; in re and in polars the same."""
LONGEST: Final = 40
_PLAIN: Final = re.compile(PLAIN, re.ASCII)
_SPACES: Final = "\u0020\u00a0\u2007\u2009\u202f\u2002\u2003\u2005\u2006\u2008\u200a\u3000"
_DASHES: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_NOTHING: Final = frozenset({
    "…", "...", "..", "n/a", "na", "n.a.", "nan", "null", "none", "x", "х", "нет", "н/д", "нд", "жоқ", "д/ж", "?", "*",
    "нет данных", "дерек жоқ", "no data",
})  # fmt: skip
"""Marks that offices write for «no figure»; compared in lower case."""
_LOOKALIKES: Final = str.maketrans({"O": "0", "o": "0", "О": "0", "о": "0", "l": "1", "I": "1", "З": "3", "з": "3"})
_SPREADSHEET_ERROR: Final = re.compile(r"#(REF|DIV/0|N/A|NAME|NULL|NUM|VALUE|SPILL|CALC|GETTING_DATA)[!?]?", re.I)
_POWER: Final = re.compile(r"-?\d+(\.\d+)?[eE][+-]?\d{1,3}", re.ASCII)
_COMMA: Final = re.compile(r"-?\d+,\d+", re.ASCII)
_GROUPED: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_SPACED: Final = re.compile(rf"-?\d{{1,3}}([{_SPACES}]\d{{3}})+([.,]\d+)?", re.ASCII)
_WITH_UNIT: Final = re.compile(rf"(?P<number>-?\d[\d.,{_SPACES}]*?)[{_SPACES}]*(?P<unit>[^\d.,\s]\D*)", re.ASCII)


@dataclass(frozen=True)
class Judgement:
    """A number, or the rule that the text breaks and what was probably meant ("" when nobody can tell)."""

    value: float | None
    rule: str = ""
    meant: str = ""


def is_plain(text: str) -> bool:
    return len(text) <= LONGEST and bool(_PLAIN.fullmatch(text))


def judge_number(text: str) -> Judgement:
    """Judge one cell, whatever it holds; outer ASCII spaces do not count."""
    text = text.strip(" \t")
    if is_plain(text):
        return Judgement(float(text))
    for rule, meant in _readings(text):
        return Judgement(None, rule, meant)
    return Judgement(None, "not_a_number")


def judge_numbers(texts: Iterable[str]) -> Mapping[str, Judgement]:
    """Each distinct text once."""
    return {text: judge_number(text) for text in texts}


def _readings(text: str) -> Iterable[tuple[str, str]]:
    """Rules that the text may break, the surest first."""
    folded = unicodedata.normalize("NFKC", text).strip()
    if not folded:
        yield "empty_value", ""
    if len(text) > LONGEST:
        yield "not_a_number", ""
    if _SPREADSHEET_ERROR.fullmatch(text):
        yield "spreadsheet_error", ""
    if folded.casefold() in _NOTHING or all(letter in _DASHES for letter in text):
        yield "missing_mark", ""
    if _SPACED.fullmatch(text):
        yield "spaces_in_number", _without_spaces(text).replace(",", ".")
    if _GROUPED.fullmatch(text) and (text.count(",") > 1 or "." in text):
        yield "commas_in_number", text.replace(",", "")
    if _COMMA.fullmatch(text):
        readings = [text.replace(",", "."), *([text.replace(",", "")] if _GROUPED.fullmatch(text) else [])]
        yield "decimal_comma", " / ".join(readings)
    if _POWER.fullmatch(text):
        yield "power_of_ten", f"{float(text):.15g}"
    if text[0] in _DASHES and is_plain(text[1:]):
        yield "not_a_minus", "-" + text[1:]
    if not text.isascii() and is_plain(folded):
        yield "foreign_digits", folded
    yield from _letters(text)


def _letters(text: str) -> Iterable[tuple[str, str]]:
    swapped = text.translate(_LOOKALIKES).replace(",", ".")
    if text.translate(_LOOKALIKES) != text and is_plain(swapped) and any(letter in "0123456789" for letter in text):
        yield "letter_in_number", swapped
    match = _WITH_UNIT.fullmatch(text)
    if match:
        number = _without_spaces(match["number"]).replace(",", ".")
        yield "unit_in_value", number if is_plain(number) else ""


def _without_spaces(text: str) -> str:
    return text.translate({ord(space): None for space in _SPACES})
