"""What a comment may not hold: numbers of persons, ways to reach them, names."""

from __future__ import annotations

import re
from typing import Final

from everychild.registers.personal_data import contains_personal_number, looks_like_a_name

_PHONE: Final = re.compile(
    r"(?<!\d)(?:(?:\+|00)\d|[78])(?:[\s().-]{0,2}\d){9,12}(?!\d)|(?<![\d-])\d{3}-\d{2}-\d{2}(?![\d-])", re.ASCII
)
"""With the signs people put between digits: +7 701 123-45-67, 8(701)1234567, 272-45-67; years in a row are none."""
_REACHED: Final = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}|(?<!\w)@\w{4,}|(?:t\.me|vk\.com|instagram\.com|wa\.me)/\w+", re.IGNORECASE
)
_CAPITAL: Final = r"[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w-]+"
_INTRODUCED: Final = re.compile(
    rf"(?i:\b(?:меня зовут|мо[её] имя|my name is|i am called|менің атым|есімім|атым)\b)\s*[–—:-]?\s*{_CAPITAL}"
)
_SURNAME: Final = re.compile(
    r"\b[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]+(?:ова|ева|ина|ов|ев|баев|баева|бек|құл)\s+[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]{2,}\b"
    r"|\b[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]{2,}\s+[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]+(?:ова|ева|ов|ев|баев|баева)\b"
)


def personal_in(text: str) -> str:
    """The rule that refuses the text, or "". Names are found by how they are introduced and by surnames beside a
    first name: a list of first names was rejected, for half of them are words. A moderator reads what remains."""
    if contains_personal_number(text):
        return "personal_number"
    if _PHONE.search(text) or _REACHED.search(text):
        return "comment_holds_contact"
    if _INTRODUCED.search(text) or _SURNAME.search(text) or looks_like_a_name(text):
        return "comment_holds_name"
    return ""
