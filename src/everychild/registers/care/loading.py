"""Counts of children in care that the country pack's figures already hold, under the definition each belongs to.

The table names figures by their address instead of repeating their values: a corrected figure corrects the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild.catalogue.countries import CountryPack
from everychild.registers.care import actions
from everychild.registers.care.models import count_code
from everychild.registers.people.models import Account
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import read_table

MARK: Final = ("source", "verified", "note")
_LANGUAGES: Final = ("en", "ru", "kk")
_COUNTS: Final = ("definition", "measure", "on", "disability", "indicator", "period", "other", "age", "verified")
_ADDRESS: Final = ("indicator", "period", "other")


def load(by: Account, pack: CountryPack) -> None:
    """Raises DefinitionError for a table that does not hold or names a figure that is not there."""
    folder = pack.folder / "registers"
    actions.load_pack(
        by=by,
        definitions=list(_definitions(pack, folder / "care_definitions.csv")),
        counts=list(_counts(pack, folder / "care.csv")),
    )


def _definitions(pack: CountryPack, path: Path) -> Iterator[dict[str, Any]]:
    texts = [f"{stem}_{language}" for stem in ("name", "meaning") for language in _LANGUAGES]
    if not path.is_file():
        return
    for _, row in read_table(path, ("code", "placement", "frame", *texts, "unreviewed", *MARK)):
        yield {
            **{name: row[name] for name in ("code", "placement", "frame", *MARK)}, "country": pack.code,
            "name": LocalText.from_row(row), "meaning": LocalText.from_row(row, "meaning"),
        }  # fmt: skip


def _counts(pack: CountryPack, path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        return
    rows = pack.figure_rows().filter(pl.col("area") == pack.code, pl.col("value").is_not_null())
    figures = {tuple(row[name] or "" for name in _ADDRESS): row for row in rows.iter_rows(named=True)}
    for place, row in read_table(path, _COUNTS):
        figure = figures.get(tuple(row[name] for name in _ADDRESS))
        if figure is None:
            raise DefinitionError(place, f"the pack has no figure {row['indicator']} {row['period']} {row['other']}")
        yield _count(pack, row, figure)


def _count(pack: CountryPack, row: Mapping[str, str], figure: Mapping[str, Any]) -> dict[str, Any]:
    groups = {"age": row["age"] or "_T", "sex": "_T", "disability": row["disability"] or "_T"}
    when = row["on"] or row["period"]
    source = pack.sources[figure["source"]]
    note = figure["note"] or ""
    return {
        "code": count_code(row["definition"], row["measure"], when, pack.code, *groups.values()),
        "definition": row["definition"],
        "measure": row["measure"],
        "year": int(row["period"]),
        "on": row["on"],
        "area": pack.code,
        **groups,
        "children": round(figure["value"]),
        "rounded": "rounded" in note or "thousand" in note,
        "source": f"{source.organisation}, {source.publication}",
        "verified": row["verified"],
        "note": note,
    }
