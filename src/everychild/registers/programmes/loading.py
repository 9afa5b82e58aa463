"""The programmes of a country pack: what ran when and where, with whom, and how far pilots are said to have come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from everychild.catalogue.countries import CountryPack
from everychild.registers.pack_tables import pack_table
from everychild.registers.people.models import Account
from everychild.registers.programmes import actions
from everychild.vocabulary.language import LANGUAGES

MARK: Final = ("verified", "source", "note")


def load(by: Account, pack: CountryPack) -> None:
    """Raises DefinitionError for a table that does not hold, Refused for a record that does not."""
    folder = pack.folder / "registers"
    actions.load_pack(
        by=by,
        programmes=list(_programmes(pack, folder / "programmes.csv")),
        partners=list(pack_table(folder / "programmes_partners.csv", ("code", "kind", *MARK), "name")),
        partnerships=list(_partnerships(folder / "programmes_partnerships.csv")),
        pilots=list(
            pack_table(folder / "programmes_pilots.csv", ("code", "programme", "scope", "places", *MARK), "title")
        ),
        steps=list(
            pack_table(
                folder / "programmes_steps.csv", ("pilot", "stage", "on", "evidence_kind", "act", *MARK), "evidence"
            )
        ),
    )  # fmt: skip


def _programmes(pack: CountryPack, further: Path) -> Iterator[dict[str, Any]]:
    """Programmes of the pack; the office's programme areas and the articles in codes stand in a table of their own."""
    columns = ("code", "programme_areas", "articles")
    known = {row["code"]: row for row in pack_table(further, columns)}
    for programme in pack.programmes:
        more = known.get(programme.code, {"programme_areas": "", "articles": ""})
        yield {
            "code": programme.code, "country": pack.code, "kind": programme.kind, "title": programme.title,
            "begins": programme.start, "ends": programme.end, "fields_named": programme.fields,
            "places": ";".join(programme.areas), "partners_named": programme.partners, "detail": programme.detail,
            "programme_areas": more["programme_areas"], "articles": more["articles"], "verified": programme.verified,
            "source": programme.source,
        }  # fmt: skip


def _partnerships(path: Path) -> Iterator[dict[str, Any]]:
    """Most sources name a partner and no more, so the words of what it answers for may be empty."""
    texts = tuple(f"answers_for_{language}" for language in LANGUAGES)
    return pack_table(path, ("programme", "partner", "role", *texts, "unreviewed", *MARK))
