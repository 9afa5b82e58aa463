"""What can be joined to what, and by which words; nothing else can be an edge."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import definitions_folder, read_table

NODE_KINDS: Final = (
    "article", "obligation", "provision", "act", "recommendation", "action", "budget_line", "result", "programme",
    "project", "partner", "indicator", "poll",
)  # fmt: skip
STRENGTHS: Final = ("weak", "some", "strong")
"""How well the edge is borne out: stated by nobody but us; said by a source; shown by a document or figure."""
LINKS: Final[Mapping[str, str]] = {
    "act": "law", "provision": "law", "obligation": "law", "budget_line": "money", "recommendation": "action",
    "action": "action", "programme": "action", "result": "action", "project": "action", "partner": "action",
    "indicator": "outcome", "poll": "voice",
}  # fmt: skip
"""The link of an article's chain that a node of this kind fills."""


@cache
def relations() -> Mapping[str, Relation]:
    """All relations by code, from `definitions/duties/relations.csv`."""
    columns = ("code", "from_kinds", "to_kinds", "name_en", "name_ru", "name_kk", "back_en", "back_ru", "back_kk",
               "unreviewed")  # fmt: skip
    return {
        row["code"]: Relation(
            row["code"], tuple(row["from_kinds"].split(";")), tuple(row["to_kinds"].split(";")),
            LocalText.from_row(row), LocalText.from_row(row, "back"),
        )
        for _, row in read_table(definitions_folder() / "duties" / "relations.csv", columns)
    }  # fmt: skip


class Relation:
    """`name` is read from the first node to the second (“gives effect to”), `back` the other way."""

    def __init__(
        self, code: str, from_kinds: tuple[str, ...], to_kinds: tuple[str, ...], name: LocalText, back: LocalText
    ) -> None:
        self.code, self.from_kinds, self.to_kinds, self.name, self.back = code, from_kinds, to_kinds, name, back

    def joins(self, from_kind: str, to_kind: str) -> bool:
        return from_kind in self.from_kinds and to_kind in self.to_kinds
