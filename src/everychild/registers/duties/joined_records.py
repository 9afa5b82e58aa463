"""Edges that the records of other registers are already: an article that an act names, a demand that repeats another,
evidence that was brought, a pilot of a programme. They are derived, so that nothing is written twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from everychild.catalogue.catalogue import catalogue
from everychild.registers.duties.nodes import HOMES, kept_model

OF_ARTICLES: Final = {"act": "gives_effect_to", "recommendation": "concerns", "programme": "concerns",
                      "budget_line": "concerns", "poll": "concerns"}  # fmt: skip
"""Kinds whose records name articles, in a column `articles` joined by `;` or one in `article`, and the relation that
this means."""
KEPT_EDGE: Final = {"aligned": "strong", "partly": "some"}
"""Verdicts by which a provision gives effect to an obligation, and how strongly; the others are no edge."""


def edges_of_records() -> Iterator[dict[str, Any]]:
    """All of them, each as the attributes of an Edge."""
    yield from _of_indicators()
    yield from _of_articles()
    yield from _of_laws()
    yield from _of_recommendations()
    yield from _of_programmes()


def _of_indicators() -> Iterator[dict[str, Any]]:
    for article in catalogue().articles:
        for indicator in catalogue().indicators_of_article(article):
            yield _edge("indicator", indicator.code, "measures", "article", article, "strong", "yes")


def _of_articles() -> Iterator[dict[str, Any]]:
    for kind, relation in OF_ARTICLES.items():
        model = kept_model(HOMES[kind].app, HOMES[kind].model)
        columns = {field.name for field in model._meta.get_fields()} & {"articles", "article"} if model else set()
        for column in columns:
            for row in model.objects.exclude(**{column: ""}):
                for article in filter(None, getattr(row, column).split(";")):
                    if article in catalogue().articles:
                        promise = getattr(row, "kind", "").startswith("treaty")  # to keep a right, and not yet a law
                        strength = "weak" if promise else _strength(row)
                        yield _edge(kind, row.code, relation, "article", article, strength, row.verified)


def _of_laws() -> Iterator[dict[str, Any]]:
    for row in _rows("laws", "Obligation"):
        if row.instrument == "CRC" and row.article in catalogue().articles:
            yield _edge("obligation", row.code, "cut_from", "article", row.article, "some", row.verified)
    for row in _rows("laws", "Provision", "act"):
        yield _edge("provision", row.code, "part_of", "act", row.act.code, "strong", row.verified)
    for row in _rows("laws", "Cell", "obligation", "provision"):
        if row.provision is not None and row.outcome in KEPT_EDGE:
            ends = ("provision", row.provision.code, "gives_effect_to", "obligation", row.obligation.code)
            yield _edge(*ends, KEPT_EDGE[row.outcome], row.provision.verified)


def _of_recommendations() -> Iterator[dict[str, Any]]:
    for row in _rows("recommendations", "Repeat", "earlier", "later"):
        ends = ("recommendation", row.later.code, "repeats", "recommendation", row.earlier.code)
        strength = _strength(row) if row.kind == "repeated" else "weak"
        yield _edge(*ends, strength, row.verified) | _said(row, on=row.later.adopted)
    for row in _rows("recommendations", "Evidence", "act", "recommendation"):
        shown = (("act", row.act.code if row.act else ""), ("budget_line", row.budget_line))
        for kind, code in shown:
            if code:
                ends = (kind, code, "answers", "recommendation", row.recommendation.code)
                yield _edge(*ends, "strong" if row.verified == "yes" else "weak", row.verified) | _said(row, on=row.on)
        if row.indicator:
            ends = ("indicator", row.indicator, "measures", "recommendation", row.recommendation.code)
            yield _edge(*ends, _strength(row), row.verified) | _said(row, on=row.on)
    for row in _rows("recommendations", "FollowUp", "recommendation"):
        ends = ("action", row.code, "answers", "recommendation", row.recommendation.code)
        yield _edge(*ends, _strength(row), row.verified) | _said(row, on=row.begins)
        if row.budget_line:
            yield _edge("budget_line", row.budget_line, "pays_for", "action", row.code, _strength(row), row.verified)
        if row.indicator:
            ends = ("indicator", row.indicator, "measures", "recommendation", row.recommendation.code)
            yield _edge(*ends, "weak", row.verified)


def _of_programmes() -> Iterator[dict[str, Any]]:
    for row in _rows("programmes", "Partnership", "programme", "partner"):
        relation = "answers_for" if row.role == "answers_for" else "takes_part_in"
        ends = ("partner", row.partner.code, relation, "programme", row.programme.code)
        yield _edge(*ends, _strength(row), row.verified) | _said(row)
    for kind, model in (("result", "Result"), ("project", "Pilot")):
        for row in _rows("programmes", model, "programme"):
            yield _edge(kind, row.code, "part_of", "programme", row.programme.code, _strength(row), row.verified)
    for row in _rows("programmes", "IndicatorUse", "result"):
        ends = ("indicator", row.indicator, "measures", "result", row.result.code)
        yield _edge(*ends, _strength(row), row.verified)


def _rows(app: str, model: str, *joined: str) -> Any:
    kept = kept_model(app, model)
    return kept.objects.select_related(*joined) if kept and joined else kept.objects.all() if kept else ()


def _strength(row: Any) -> str:
    return "some" if row.verified == "yes" else "weak"


def _said(row: Any, on: str = "") -> dict[str, Any]:
    return {"evidence": row.note or row.source, "source": row.source, "on": on[:10]}


def _edge(
    from_kind: str, from_code: str, relation: str, to_kind: str, to_code: str, strength: str, verified: str
) -> dict[str, Any]:
    return {
        "from_kind": from_kind, "from_code": from_code, "relation": relation, "to_kind": to_kind, "to_code": to_code,
        "strength": strength, "verified": verified, "origin": "record",
    }  # fmt: skip
