"""Edges that the records and the country pack already hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from everychild.catalogue.countries import CountryPack
from everychild.registers.duties import actions
from everychild.registers.duties.joined_records import edges_of_records
from everychild.registers.people.models import Account
from everychild.vocabulary.tables import read_table

_COLUMNS: Final = (
    "from_kind", "from_code", "relation", "to_kind", "to_code", "strength", "evidence", "on", "verified", "source",
    "note",
)  # fmt: skip


def load(by: Account, pack: CountryPack) -> None:
    """The pack's own table goes last: where it draws an edge that a record is, its evidence stands."""
    actions.load_edges(by=by, edges=[*edges_of_records(), *_of_pack(pack)])


def _of_pack(pack: CountryPack) -> Iterator[dict[str, Any]]:
    path = pack.folder / "registers" / "edges.csv"
    for _, row in read_table(path, _COLUMNS) if path.is_file() else ():
        yield {**{name: row[name] for name in _COLUMNS}, "origin": "pack"}
