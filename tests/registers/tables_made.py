"""A draft poll, a definition of care, and a good row of every table that is handed in whole."""

from __future__ import annotations

from everychild.registers.care import actions as care
from everychild.registers.people.models import Body
from everychild.registers.voices import actions as voices
from everychild.registers.voices.models import Poll
from everychild.vocabulary.language import LANGUAGES, LocalText
from tests.registers.made import Desk

MARK = {"source": "a report", "verified": "yes"}
ROWS: dict[tuple[str, str], dict[str, str | int]] = {
    ("budget", "lines"): {"year": 2024, "level": "central", "region": "KAZ", "programme": "261.010", "cofog": "09.1",
                          "title_ru": "Школы", "unit": "thousand", "planned": 800, "article": "28"},
    ("care", "counts"): {"definition": "homes", "measure": "stock", "year": 2024, "on": "2024-12-31", "area": "KAZ",
                         "children": 4000},
    ("care", "justice"): {"component": "detained", "year": 2024, "area": "KAZ", "children": 120},
    ("voices", "respondents"): {"age_group": "15-17", "sex": "F", "region": "KAZ", "people": 400},
    ("voices", "answers"): {"choice": "safe-yes", "age_group": "15-17", "sex": "F", "region": "KAZ", "people": 300},
    ("recommendations", "tidy"): {"code": "MY-1", "mechanism": "CRC", "document": "CRC/C/KAZ/CO/4", "paragraph": "27",
                                  "adopted": "2015-10", "kind": "recommendation", "text_en": "Ban it everywhere",
                                  "articles": "19;37"},
    ("recommendations", "index"): {"Text": "29.Ban it everywhere", "Countries Concerned": "- Kazakhstan",
                                   "Recommending Body": "- CRC", "Document Symbol": "CRC/C/KAZ/CO/4",
                                   "Document Publication Date": "2015-10-30", "OHCHR Annotation Id": "b428-1"},
}  # fmt: skip
"""Cells by column, as somebody types them; numbers as numbers."""


def text(word: str) -> LocalText:
    return LocalText(en=word, ru=f"{word} ru", kk=f"{word} kk")


def a_definition(desk: Desk) -> None:
    values = {"name": text("Homes"), "placement": "residential", "frame": "", **MARK}
    care.add_definition(by=desk.person("publisher"), code="homes", values=values)


def a_poll(desk: Desk, body: Body, code: str = "safe") -> Poll:
    """A draft with one question of two answers; nobody has answered."""
    by = desk.person("contributor", body.code)
    values = {"title": text(f"Poll {code}"), "kind": "opt_in", "began": "2024-03", "how": text("Online"),
              "missed": text("Villages"), **MARK}  # fmt: skip
    poll = voices.add_poll(by=by, body=body, code=code, values=values)
    choices = [(f"{code}-{word}", {lang: f"{word} {lang}" for lang in LANGUAGES}) for word in ("yes", "no")]
    voices.add_question(by=by, poll=poll, code=f"{code}-question", values={"text": text("Safe?")}, choices=choices)
    return poll
