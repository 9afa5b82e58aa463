"""The recommendations of a country pack: demands, paragraphs that hold several, repeats, evidence, what was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from everychild.catalogue.countries import CountryPack
from everychild.catalogue.registers import Recommendation
from everychild.registers.pack_tables import pack_table
from everychild.registers.people.models import Account
from everychild.registers.recommendations import actions
from everychild.registers.recommendations.rhythms import due_by_rhythm

MARK: Final = ("verified", "source", "note")
_PARAGRAPH: Final = ("code", "mechanism", "document", "paragraph", "adopted", "kind", "articles", "theme", *MARK)


def load(by: Account, pack: CountryPack) -> None:
    """Raises DefinitionError for a table that does not hold, Refused for a record that does not."""
    folder = pack.folder / "registers"
    paragraphs = list(pack_table(folder / "recommendations_paragraphs.csv", (*_PARAGRAPH, "parts"), "text"))
    actions.load_pack(
        by=by,
        bodies=list(pack_table(folder / "recommendations_bodies.csv", ("code", "kind"), "name")),
        paragraphs=[{**_paragraph(row), "country": pack.code} for row in paragraphs],
        recommendations=list(_recommendations(pack, folder / "recommendations.csv", paragraphs)),
        repeats=list(pack_table(folder / "recommendations_repeats.csv", ("earlier", "later", "kind", *MARK))),
        evidence=list(
            pack_table(
                folder / "recommendations_evidence.csv", ("recommendation", "body", "kind", "on", "act", *MARK), "says"
            )
        ),
        reports=list(
            pack_table(
                folder / "recommendations_reports.csv", ("recommendation", "body", "status", "on", *MARK), "reason"
            )
        ),
    )


def _recommendations(pack: CountryPack, further: Path, paragraphs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What the pack asks for; which evidence would show it done stands in a table of its own, as does the paragraph."""
    known = {row["code"]: row for row in pack_table(further, ("code", "proofs", "asked_by", "note"))}
    parent_of = {part: row["code"] for row in paragraphs for part in row["parts"].split(";")}
    for asked in pack.recommendations:
        more = known.get(asked.code, {"proofs": "", "asked_by": "", "note": ""})
        yield {
            **_recommendation(asked, pack.code), "parent": parent_of.get(asked.code), "proofs": more["proofs"],
            "asked_by": more["asked_by"], "note": more["note"],
        }  # fmt: skip


def _recommendation(asked: Recommendation, country: str) -> dict[str, Any]:
    return {
        "code": asked.code, "country": country, "mechanism": asked.body, "document": asked.document,
        "paragraph": asked.paragraph, "adopted": asked.year, "kind": asked.kind, "text": asked.text,
        "theme": asked.theme, "articles": ";".join(asked.crc_articles),
        "due": due_by_rhythm(asked.body, asked.year) if asked.kind == "recommendation" else "",
        "verified": asked.verified, "source": asked.source,
    }  # fmt: skip


def _paragraph(row: Mapping[str, Any]) -> dict[str, Any]:
    due = due_by_rhythm(row["mechanism"], row["adopted"]) if row["kind"] == "recommendation" else ""
    return {**{name: value for name, value in row.items() if name != "parts"}, "due": due}
