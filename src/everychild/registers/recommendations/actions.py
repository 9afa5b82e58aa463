"""Everything that can be done to recommendations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils import timezone

from everychild.registers.actions import action
from everychild.registers.audit.queries import kept_by_people
from everychild.registers.keeping import assign, bring_up_to_date
from everychild.registers.laws.models import Act
from everychild.registers.people.models import Account, Body
from everychild.registers.recommendations.models import Evidence, FollowUp, Recommendation, Repeat, StatusReport
from everychild.registers.recommendations.rhythms import due_by_rhythm
from everychild.registers.recommendations.vocabulary import PARTY_OF_KIND
from everychild.registers.records import kind_of
from everychild.registers.refusals import Refused, problem

OF_MARK: Final = ("source", "retrieved", "verified", "note")
OF_RECOMMENDATION: Final = (
    "mechanism", "document", "paragraph", "adopted", "kind", "text", "wording", "theme", "articles", "groups",
    "sdg_targets", "upr_position", "asked_by", "response", "responsible", "due", "proofs", "link", *OF_MARK,
)  # fmt: skip
OF_ACTION: Final = ("title", "begins", "due", "ended", "indicator", "budget_line", *OF_MARK)
OF_EVIDENCE: Final = (
    "kind", "on", "says", "act", "budget_line", "amount", "year", "indicator", "value_before", "period_before",
    "value_after", "period_after", "link", "source", "retrieved", "note",
)  # fmt: skip
"""Without the mark: who brings evidence does not check it."""
PART_KEEPS: Final = ("country", "mechanism", "document", "adopted", "kind", "upr_position", "asked_by", "responsible",
                     "due", "due_set_by", "link", "source", "retrieved", "verified")  # fmt: skip


@action("recommendations.add")
def add(*, by: Account, code: str, values: Mapping[str, object], reason: str = "") -> Recommendation:
    """Enter a recommendation; its due date follows from the mechanism's rhythm unless `values` set one."""
    made = Recommendation(code=code)
    assign(made, values, (*OF_RECOMMENDATION, "country"))
    _set_due(made, values)
    made.save()
    return made


@action("recommendations.amend")
def amend(*, by: Account, recommendation: Recommendation, values: Mapping[str, object], reason: str) -> Recommendation:
    """Correct what the register says of it, record the State's response or who is responsible."""
    assign(recommendation, values, OF_RECOMMENDATION)
    _set_due(recommendation, values)
    recommendation.save()
    return recommendation


@action("recommendations.split")
def split(
    *, by: Account, recommendation: Recommendation, parts: Sequence[Mapping[str, object]], reason: str
) -> list[Recommendation]:
    """Cut a paragraph into its demands; the parent keeps the text of the document, the parts are followed up.

    Raises Refused for fewer than two parts, and for one that was split already or has reports of its own.
    """
    if len(parts) < 2:
        raise Refused([problem(kind_of(recommendation), "split_into_one", value=str(recommendation))])
    if recommendation.parts.exists() or recommendation.reports.exists():
        raise Refused([problem(kind_of(recommendation), "split_already", value=str(recommendation))])
    made = []
    for number, values in enumerate(parts, 1):
        part = Recommendation(code=f"{recommendation.code}-{number}", parent=recommendation)
        for name in PART_KEEPS:
            setattr(part, name, getattr(recommendation, name))
        part.wording = "own_words"
        part.paragraph = recommendation.paragraph
        assign(part, values, ("text", "wording", "paragraph", "articles", "groups", "theme", "proofs", "responsible"))
        part.save()
        made.append(part)
    return made


@action("recommendations.link_repeat")
def link_repeat(
    *, by: Account, earlier: Recommendation, later: Recommendation, kind: str, mark: Mapping[str, object],
    reason: str = "",
) -> Repeat:  # fmt: skip
    """Say that a later recommendation repeats an earlier one, or asks for the same on behalf of another body."""
    repeat = Repeat(earlier=earlier, later=later, kind=kind)
    assign(repeat, mark, OF_MARK)
    repeat.save()
    return repeat


@action("recommendations.unlink_repeat")
def unlink_repeat(*, by: Account, repeat: Repeat, reason: str) -> None:
    repeat.delete()


@action("recommendations.plan_action", on="body")
def plan_action(
    *, by: Account, body: Body, recommendation: Recommendation, code: str, values: Mapping[str, object],
    reason: str = "",
) -> FollowUp:  # fmt: skip
    """A body says what it does about a recommendation."""
    planned = FollowUp(code=code, recommendation=recommendation, body=body)
    assign(planned, values, OF_ACTION)
    planned.save()
    return planned


@action("recommendations.amend_action", on="follow_up")
def amend_action(*, by: Account, follow_up: FollowUp, values: Mapping[str, object], reason: str) -> FollowUp:
    assign(follow_up, values, OF_ACTION)
    follow_up.save()
    return follow_up


@action("recommendations.report_status", on="body", restorable=False)
def report_status(
    *, by: Account, body: Body, recommendation: Recommendation, status: str, on: str, because: Mapping[str, str],
    mark: Mapping[str, object],
) -> StatusReport:  # fmt: skip
    """Hand in what a body says of a recommendation, with its reason in the languages of `because`.

    Raises Refused for a paragraph that was split: each of its demands has a status of its own.
    """
    if recommendation.parts.exists():
        raise Refused([problem(kind_of(recommendation), "status_of_a_split", value=str(recommendation))])
    report = StatusReport(recommendation=recommendation, body=body, party=PARTY_OF_KIND[body.kind], status=status,
                          on=on, handed_in=timezone.now())  # fmt: skip
    assign(report, {f"reason_{language}": text for language, text in because.items()}, ("reason",))
    assign(report, mark, OF_MARK)
    return _hand_in(report)


@action("recommendations.bring_evidence", on="body")
def bring_evidence(
    *, by: Account, body: Body, recommendation: Recommendation, values: Mapping[str, object], reason: str = ""
) -> Evidence:
    """Add what bears a recommendation out. It proves nothing before somebody else has checked it."""
    evidence = Evidence(recommendation=recommendation, body=body, brought_by=by, verified="no")
    assign(evidence, values, OF_EVIDENCE)
    evidence.save()
    return evidence


@action("recommendations.check_evidence", restorable=False)
def check_evidence(*, by: Account, evidence: Evidence, verified: str, reason: str) -> Evidence:
    """Mark evidence as read in its source, in part, or not. Raises Refused for one's own and one's own body's."""
    own = evidence.brought_by_id == by.pk or any(body and body.pk == evidence.body_id for _, body in by.roles())
    if own:
        raise Refused([problem(kind_of(evidence), "evidence_of_your_own", value=str(evidence))])
    evidence.verified = verified
    evidence.save()
    return evidence


@action("recommendations.withdraw_evidence", on="evidence")
def withdraw_evidence(*, by: Account, evidence: Evidence, reason: str) -> None:
    """Take evidence back; the audit keeps what it said."""
    evidence.delete()


@action("recommendations.take_over", restorable=False)
def take_over(*, by: Account, rows: Iterable[Mapping[str, Any]], reason: str) -> tuple[int, int]:
    """Store the rows of a checked file (`imports`); returns how many recommendations are new and how many changed."""
    given = {row["code"]: row for row in rows}
    known = set(Recommendation.objects.values_list("code", flat=True))
    changed = bring_up_to_date(Recommendation, (row for code, row in given.items() if code in known))
    new = []
    for code, row in given.items():
        if code not in known:
            made = Recommendation(**{name: value for name, value in row.items() if name != "text"})
            made.text = row["text"]
            made.clean_fields(exclude=("parent",))
            made.clean()
            new.append(made)
    Recommendation.objects.bulk_create(new)
    return len(new), changed


@action("recommendations.load_pack")
def load_pack(
    *,
    by: Account,
    bodies: Iterable[Mapping[str, Any]],
    paragraphs: Iterable[Mapping[str, Any]],
    recommendations: Iterable[Mapping[str, Any]],
    repeats: Iterable[Mapping[str, Any]],
    evidence: Iterable[Mapping[str, Any]],
    reports: Iterable[Mapping[str, Any]],
) -> int:
    """Take over what a country pack says, except where a person has written since; returns how many were written."""
    written = bring_up_to_date(Body, bodies, leave=kept_by_people(Body))
    kept = kept_by_people(Recommendation)
    written += bring_up_to_date(Recommendation, paragraphs, leave=kept)
    whole = {one.code: one for one in Recommendation.objects.filter(parent=None)}
    rows = ({**row, "parent": whole[row["parent"]] if row["parent"] else None} for row in recommendations)
    written += bring_up_to_date(Recommendation, rows, leave=kept)
    by_code = {one.code: one for one in Recommendation.objects.all()}
    body_of = {body.code: body for body in Body.objects.all()}
    written += _repeats(repeats, by_code)
    return written + _evidence(evidence, by, by_code, body_of) + _reports(reports, by_code, body_of)


def _repeats(rows: Iterable[Mapping[str, Any]], by_code: Mapping[str, Recommendation]) -> int:
    known = set(Repeat.objects.values_list("earlier__code", "later__code"))
    new = [row for row in rows if (row["earlier"], row["later"]) not in known]
    for row in new:
        Repeat(**{**row, "earlier": by_code[row["earlier"]], "later": by_code[row["later"]]}).save()
    return len(new)


def _evidence(
    rows: Iterable[Mapping[str, Any]], by: Account, by_code: Mapping[str, Recommendation], body_of: Mapping[str, Body]
) -> int:
    act_of = {act.code: act for act in Act.objects.all()}
    known = set(Evidence.objects.values_list("recommendation__code", "kind", "on", "source"))
    new = [row for row in rows if (row["recommendation"], row["kind"], row["on"], row["source"]) not in known]
    for row in new:
        brought = Evidence(recommendation=by_code[row["recommendation"]], body=body_of[row["body"]], brought_by=by,
                           act=act_of[row["act"]] if row["act"] else None)  # fmt: skip
        _said(brought, row, ("recommendation", "body", "act")).save()
    return len(new)


def _reports(
    rows: Iterable[Mapping[str, Any]], by_code: Mapping[str, Recommendation], body_of: Mapping[str, Body]
) -> int:
    known = set(StatusReport.objects.values_list("recommendation__code", "body__code", "on"))
    new = [row for row in rows if (row["recommendation"], row["body"], row["on"]) not in known]
    for row in new:
        body = body_of[row["body"]]
        report = StatusReport(recommendation=by_code[row["recommendation"]], body=body, handed_in=timezone.now(),
                              party=PARTY_OF_KIND[body.kind])  # fmt: skip
        _hand_in(_said(report, row, ("recommendation", "body")))
    return len(new)


def _hand_in(report: StatusReport) -> StatusReport:
    """Save a report; of a body's reports the one of the latest day is its last, of one day the one handed in last."""
    before = StatusReport.objects.filter(recommendation=report.recommendation, body=report.body, last=True).first()
    report.last = before is None or before.on <= report.on
    if before is not None and report.last:
        before.last = False
        before.save()
    report.save()
    return report


def _said(record: Any, row: Mapping[str, Any], taken: Sequence[str]) -> Any:
    for name, value in row.items():
        if name not in taken:
            setattr(record, name, value)
    return record


def _set_due(recommendation: Recommendation, values: Mapping[str, object]) -> None:
    """A due date that was given stands; one that follows from the rhythm moves with the day of adoption."""
    if values.get("due"):
        recommendation.due_set_by = "person"
    elif recommendation.due_set_by == "rhythm" or "due" in values:
        recommendation.due_set_by = "rhythm"
        recommendation.due = due_by_rhythm(recommendation.mechanism, recommendation.adopted)
