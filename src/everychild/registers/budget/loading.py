"""The definitions of child spending of a country pack, their rules, and the children that money is held against."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from everychild.catalogue.countries import CountryPack
from everychild.registers.budget import actions
from everychild.registers.people.models import Account
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import read_table

MARK: Final = ("source", "verified", "note")
_LANGUAGES: Final = ("en", "ru", "kk")


def load(by: Account, pack: CountryPack) -> None:
    """Raises DefinitionError for a table that does not hold, Refused for a record that does not."""
    folder = pack.folder / "registers"
    actions.load_pack(
        by=by,
        rule_sets=list(_rule_sets(pack, folder / "budget_rule_sets.csv")),
        rules=list(_rules(folder / "budget_rules.csv")),
        bases=list(_bases(folder / "budget_year_bases.csv")),
    )


def _rule_sets(pack: CountryPack, path: Path) -> Iterator[dict[str, Any]]:
    texts = [f"{stem}_{language}" for stem in ("name", "meaning") for language in _LANGUAGES]
    for row in _rows(path, ("code", "official", "public_goods", "act", *texts, "unreviewed", *MARK)):
        yield {
            "code": row["code"], "country": pack.code, "official": row["official"] == "yes", "act": row["act"],
            "public_goods": row["public_goods"] == "yes", "name": LocalText.from_row(row),
            "meaning": LocalText.from_row(row, "meaning"), **{name: row[name] for name in MARK},
        }  # fmt: skip


def _rules(path: Path) -> Iterator[dict[str, Any]]:
    plain = ("rule_set", "code", "kind", "cofog", "programme", "article", "programme_area")
    shares = ("low", "share", "high")
    texts = [f"reason_{language}" for language in _LANGUAGES]
    for row in _rows(path, (*plain, "evidence", *shares, "first_year", "last_year", *texts, "unreviewed", *MARK)):
        yield {
            **{name: row[name] for name in (*plain, *MARK)},
            **{name: Decimal(row[name]).quantize(Decimal("0.00001")) for name in shares},
            **{name: int(row[name]) if row[name] else None for name in ("first_year", "last_year")},
            "evidence": int(row["evidence"]),
            "reason": LocalText.from_row(row, "reason"),
        }


def _bases(path: Path) -> Iterator[dict[str, Any]]:
    for row in _rows(path, ("area", "year", "children", "deflator", "deflator_name", *MARK)):
        yield {
            "area": row["area"], "year": int(row["year"]), "deflator_name": row["deflator_name"],
            "children": int(row["children"]) if row["children"] else None,
            "deflator": Decimal(row["deflator"]).quantize(Decimal("0.00001")) if row["deflator"] else None,
            **{name: row[name] for name in MARK},
        }  # fmt: skip


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """A country without such a table has nothing of that kind."""
    return (row for _, row in read_table(path, columns)) if path.is_file() else iter(())
