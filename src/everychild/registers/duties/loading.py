"""Edges that the records and the country pack already hold: columns of articles, and the pack's own table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import CountryPack
from everychild.registers.duties import actions
from everychild.registers.duties.nodes import HOMES, _model
from everychild.registers.people.models import Account
from everychild.vocabulary.tables import read_table

_COLUMNS: Final = (
    "from_kind", "from_code", "relation", "to_kind", "to_code", "strength", "evidence", "on", "verified", "source",
    "note",
)  # fmt: skip
OF_ARTICLES: Final = {"act": "gives_effect_to", "recommendation": "concerns", "programme": "concerns",
                      "budget_line": "concerns", "poll": "concerns"}  # fmt: skip
"""Kinds whose records name articles in a column `articles`, joined by `;`, and the relation that this means."""


def load(by: Account, pack: CountryPack) -> None:
    actions.load_edges(by=by, edges=[*_of_indicators(), *_of_obligations(), *_of_records(), *_of_pack(pack)])


def _of_indicators() -> Iterator[dict[str, Any]]:
    for article in catalogue().articles:
        for indicator in catalogue().indicators_of_article(article):
            yield _edge("indicator", indicator.code, "measures", "article", article, "strong", "yes")


def _of_obligations() -> Iterator[dict[str, Any]]:
    model = _model(HOMES["obligation"])
    for row in model.objects.filter(instrument="CRC") if model else ():
        if row.article in catalogue().articles:
            yield _edge("obligation", row.code, "cut_from", "article", row.article, "some", row.verified)


def _of_records() -> Iterator[dict[str, Any]]:
    for kind, relation in OF_ARTICLES.items():
        model = _model(HOMES[kind])
        if model is None or not any(field.name == "articles" for field in model._meta.get_fields()):
            continue
        for row in model.objects.all():
            for article in filter(None, row.articles.split(";")):
                if article in catalogue().articles:
                    promise = getattr(row, "kind", "").startswith("treaty")  # a promise to keep a right, not yet a law
                    strength = "some" if row.verified == "yes" and not promise else "weak"
                    yield _edge(kind, row.code, relation, "article", article, strength, row.verified)


def _of_pack(pack: CountryPack) -> Iterator[dict[str, Any]]:
    path = pack.folder / "registers" / "edges.csv"
    for _, row in read_table(path, _COLUMNS) if path.is_file() else ():
        yield {**{name: row[name] for name in _COLUMNS}, "origin": "pack"}


def _edge(
    from_kind: str, from_code: str, relation: str, to_kind: str, to_code: str, strength: str, verified: str
) -> dict[str, Any]:
    return {
        "from_kind": from_kind, "from_code": from_code, "relation": relation, "to_kind": to_kind, "to_code": to_code,
        "strength": strength, "verified": verified, "origin": "record",
    }  # fmt: skip
