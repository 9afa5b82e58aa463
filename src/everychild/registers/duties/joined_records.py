"""Edges that the records of other registers are already: an article that an act names, a demand that repeats another,
evidence that was brought, a pilot of a programme. They are derived, so that nothing is written twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from everychild.catalogue.catalogue import catalogue
from everychild.registers.duties.nodes import HOMES, kept_model

KEPT_EDGE: Final = {"aligned": "strong", "partly": "some"}
"""Verdicts by which a provision gives effect to an obligation, and how strongly; the others are no edge."""


@dataclass(frozen=True)
class Family:
    """Edges of some shapes (kind, relation, kind), and the kinds of records that they follow from."""

    records: frozenset[str]
    shapes: tuple[tuple[str, str, str], ...]
    edges: Callable[[], Iterator[dict[str, Any]]]


def families_of(kinds: Iterable[str]) -> list[Family]:
    """The families that follow from records of these kinds."""
    asked = frozenset(kinds)
    return [family for family in FAMILIES if family.records & asked]


def edges_of_records() -> Iterator[dict[str, Any]]:
    """All of them, each as the attributes of an Edge."""
    for family in FAMILIES:
        yield from family.edges()


def _of_indicators() -> Iterator[dict[str, Any]]:
    for article in catalogue().articles:
        for indicator in catalogue().indicators_of_article(article):
            yield _edge("indicator", indicator.code, "measures", "article", article, "strong", "yes")


def _of_articles(kind: str, relation: str, column: str) -> Iterator[dict[str, Any]]:
    """Records that name articles, joined by `;`."""
    model = kept_model(HOMES[kind].app, HOMES[kind].model)
    for row in model.objects.exclude(**{column: ""}) if model else ():
        for article in filter(None, getattr(row, column).split(";")):
            if article in catalogue().articles:
                promise = getattr(row, "kind", "").startswith("treaty")  # to keep a right, and not yet a law
                strength = "weak" if promise else _strength(row)
                yield _edge(kind, row.code, relation, "article", article, strength, row.verified)


def _of_obligations() -> Iterator[dict[str, Any]]:
    for row in _rows("laws", "Obligation"):
        if row.instrument == "CRC" and row.article in catalogue().articles:
            yield _edge("obligation", row.code, "cut_from", "article", row.article, "some", row.verified)


def _of_provisions() -> Iterator[dict[str, Any]]:
    for row in _rows("laws", "Provision", "act"):
        yield _edge("provision", row.code, "part_of", "act", row.act.code, "strong", row.verified)


def _of_readings() -> Iterator[dict[str, Any]]:
    for row in _rows("laws", "Cell", "obligation", "provision"):
        if row.provision is not None and row.outcome in KEPT_EDGE:
            ends = ("provision", row.provision.code, "gives_effect_to", "obligation", row.obligation.code)
            yield _edge(*ends, KEPT_EDGE[row.outcome], row.provision.verified)


def _of_repeats() -> Iterator[dict[str, Any]]:
    for row in _rows("recommendations", "Repeat", "earlier", "later"):
        ends = ("recommendation", row.later.code, "repeats", "recommendation", row.earlier.code)
        strength = _strength(row) if row.kind == "repeated" else "weak"
        yield _edge(*ends, strength, row.verified) | _said(row, on=row.later.adopted)


def _of_answers() -> Iterator[dict[str, Any]]:
    for row in _rows("recommendations", "Evidence", "act", "recommendation"):
        shown = (("act", row.act.code if row.act else ""), ("budget_line", row.budget_line))
        for kind, code in shown:
            if code:
                ends = (kind, code, "answers", "recommendation", row.recommendation.code)
                yield _edge(*ends, "strong" if row.verified == "yes" else "weak", row.verified) | _said(row, on=row.on)
        yield from _measuring(row, row.recommendation.code)
    for row in _rows("recommendations", "FollowUp", "recommendation"):
        ends = ("action", row.code, "answers", "recommendation", row.recommendation.code)
        yield _edge(*ends, _strength(row), row.verified) | _said(row, on=row.begins)
        if row.budget_line:
            yield _edge("budget_line", row.budget_line, "pays_for", "action", row.code, _strength(row), row.verified)
        yield from _measuring(row, row.recommendation.code)


def _measuring(row: Any, recommendation: str) -> Iterator[dict[str, Any]]:
    if row.indicator:
        ends = ("indicator", row.indicator, "measures", "recommendation", recommendation)
        yield _edge(*ends, _strength(row), row.verified) | _said(row)


def _of_partners() -> Iterator[dict[str, Any]]:
    for row in _rows("programmes", "Partnership", "programme", "partner"):
        relation = "answers_for" if row.role == "answers_for" else "takes_part_in"
        ends = ("partner", row.partner.code, relation, "programme", row.programme.code)
        yield _edge(*ends, _strength(row), row.verified) | _said(row)


def _of_parts(kind: str, model: str) -> Iterator[dict[str, Any]]:
    for row in _rows("programmes", model, "programme"):
        yield _edge(kind, row.code, "part_of", "programme", row.programme.code, _strength(row), row.verified)


def _of_uses() -> Iterator[dict[str, Any]]:
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


def _articles_of(record: str, kind: str, relation: str, column: str = "articles") -> Family:
    return Family(frozenset({record}), ((kind, relation, "article"),), partial(_of_articles, kind, relation, column))


FAMILIES: Final = (
    Family(frozenset(), (("indicator", "measures", "article"),), _of_indicators),
    _articles_of("laws.act", "act", "gives_effect_to"),
    _articles_of("recommendations.recommendation", "recommendation", "concerns"),
    _articles_of("programmes.programme", "programme", "concerns"),
    _articles_of("budget.line", "budget_line", "concerns", "article"),
    Family(frozenset({"laws.obligation"}), (("obligation", "cut_from", "article"),), _of_obligations),
    Family(frozenset({"laws.provision"}), (("provision", "part_of", "act"),), _of_provisions),
    Family(frozenset({"laws.cell"}), (("provision", "gives_effect_to", "obligation"),), _of_readings),
    Family(
        frozenset({"recommendations.repeat"}), (("recommendation", "repeats", "recommendation"),), _of_repeats
    ),
    Family(
        frozenset({"recommendations.evidence", "recommendations.followup"}),
        (("act", "answers", "recommendation"), ("budget_line", "answers", "recommendation"),
         ("action", "answers", "recommendation"), ("indicator", "measures", "recommendation"),
         ("budget_line", "pays_for", "action")),
        _of_answers,
    ),
    Family(
        frozenset({"programmes.partnership"}),
        (("partner", "answers_for", "programme"), ("partner", "takes_part_in", "programme")), _of_partners,
    ),
    Family(frozenset({"programmes.result"}), (("result", "part_of", "programme"),),
           partial(_of_parts, "result", "Result")),
    Family(frozenset({"programmes.pilot"}), (("project", "part_of", "programme"),),
           partial(_of_parts, "project", "Pilot")),
    Family(frozenset({"programmes.indicatoruse"}), (("indicator", "measures", "result"),), _of_uses),
)  # fmt: skip
