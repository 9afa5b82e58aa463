"""The laws of a country pack: acts, what followed them, provisions; and the duties of treaties."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from everychild.catalogue.countries import CountryPack
from everychild.catalogue.registers import Law
from everychild.registers.laws import actions
from everychild.registers.people.models import Account
from everychild.vocabulary.language import LocalText
from everychild.vocabulary.tables import definitions_folder, read_table

MARK: Final = ("source", "verified", "note")
_LANGUAGES: Final = ("en", "ru", "kk")


def load(by: Account, pack: CountryPack) -> None:
    """Raises DefinitionError for a table that does not hold, Refused for a record that does not."""
    folder = pack.folder / "registers"
    actions.load_pack(
        by=by,
        acts=list(_acts(pack, folder / "act_statuses.csv")),
        obligations=list(obligations(definitions_folder() / "treaties" / "obligations.csv")),
        provisions=list(_provisions(folder / "provisions.csv")),
        successions=list(_successions(folder / "successions.csv")),
    )


def _acts(pack: CountryPack, statuses: Path) -> Iterator[dict[str, Any]]:
    """Acts of the pack; what its free status text says in codes and dates stands in a table of its own."""
    columns = ("code", "status", "in_force_since", "ended")
    coded = {row["code"]: row for _, row in _rows(statuses, columns)}
    for law in pack.laws:
        known = coded.get(law.code, {"status": "unknown", "in_force_since": "", "ended": ""})
        yield {**_act(law, pack.code), **{name: known[name] for name in columns[1:]}}


def _act(law: Law, country: str) -> dict[str, Any]:
    return {
        "code": law.code,
        "country": country,
        "title": law.title,
        "kind": law.kind,
        "number": law.number,
        "adopted": law.date,
        "status_remark": law.status,
        "articles": ";".join(law.crc_articles),
        "topic": law.topic,
        "verified": law.verified,
        "source": law.source,
        "note": law.note,
    }


def obligations(path: Path) -> Iterator[dict[str, Any]]:
    texts = [f"{stem}_{language}" for stem in ("duty", "criteria") for language in _LANGUAGES]
    columns = ("code", "instrument", "article", "read_with", *texts, "unreviewed", *MARK)
    for number, (_, row) in enumerate(_rows(path, columns), 1):
        plain = {name: row[name] for name in ("code", "instrument", "article", "read_with", *MARK)}
        yield {**plain, "order": number, "duty": _text(row, "duty"), "criteria": _text(row, "criteria")}


def _provisions(path: Path) -> Iterator[dict[str, Any]]:
    texts = [f"{stem}_{language}" for stem in ("label", "text") for language in _LANGUAGES]
    columns = ("code", "act", *texts, "unreviewed", "in_force_from", "in_force_to", *MARK)
    for _, row in _rows(path, columns):
        plain = {name: row[name] for name in ("code", "act", "in_force_from", "in_force_to", *MARK)}
        read = {f"text_{language}": row[f"text_{language}"] for language in _LANGUAGES}
        yield {**plain, **read, "label": _text(row, "label")}


def _successions(path: Path) -> Iterator[dict[str, Any]]:
    columns = ("earlier", "later", "kind", "on", *MARK)
    for _, row in _rows(path, columns):
        yield {name: row[name] for name in columns}


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[object, dict[str, str]]]:
    """A country without such a table has nothing of that kind."""
    return read_table(path, columns) if path.is_file() else iter(())


def _text(row: dict[str, str], stem: str) -> LocalText:
    return LocalText.from_row(row, stem)
