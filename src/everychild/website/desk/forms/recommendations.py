"""Forms of the recommendations."""

from __future__ import annotations

from typing import Any, Final

from everychild.registers.people.models import Account
from everychild.registers.recommendations.actions import OF_ACTION, OF_EVIDENCE, OF_RECOMMENDATION
from everychild.website.desk.forms.declared import MARK, Ask, Form

ON: Final = ("recommendations.recommendation", "recommendation")
CHECKED: Final = Ask("verified", codes=("yes", "partly", "no"), required=True)
OF_PART: Final = (Ask("text", required=True), Ask("wording", required=False), "paragraph", "theme", "articles",
                  "groups", "proofs", "responsible")  # fmt: skip


def _is_whole(account: Account, recommendation: Any) -> bool:
    return not recommendation.parts.exists()


def _may_be_split(account: Account, recommendation: Any) -> bool:
    one = recommendation.parent_id is None and _is_whole(account, recommendation)
    return one and not recommendation.reports.exists()


def _of_others(account: Account, evidence: Any) -> bool:
    own = {body.pk for _, body in account.roles() if body is not None}
    return evidence.brought_by_id != account.pk and evidence.body_id not in own


FORMS: Final = (
    Form(
        "recommendations.add", "recommendations.recommendation", own=("code",), groups={"values": OF_RECOMMENDATION},
        country="values",
    ),
    Form("recommendations.amend", ON[0], *ON, groups={"values": OF_RECOMMENDATION}, corrects=True),
    Form(
        "recommendations.split", ON[0], *ON,
        own=(Ask("parts", kind="parts", label="desk.fill.parts", parts=OF_PART),), ready=_may_be_split,
    ),
    Form(
        "recommendations.link_repeat", "recommendations.repeat", ON[0], "later", own=("kind", "earlier"),
        groups={"mark": MARK},
    ),
    Form("recommendations.unlink_repeat", "recommendations.repeat", "recommendations.repeat", "repeat"),
    Form(
        "recommendations.plan_action", "recommendations.followup", *ON, own=("code",), groups={"values": OF_ACTION},
    ),
    Form(
        "recommendations.amend_action", "recommendations.followup", "recommendations.followup", "follow_up",
        groups={"values": OF_ACTION}, corrects=True,
    ),
    Form(
        "recommendations.report_status", "recommendations.statusreport", *ON, own=("status", "on"),
        groups={"because": (Ask("because", "reason"),), "mark": MARK}, ready=_is_whole,
    ),
    Form("recommendations.bring_evidence", "recommendations.evidence", *ON, groups={"values": OF_EVIDENCE}),
    Form(
        "recommendations.check_evidence", "recommendations.evidence", "recommendations.evidence", "evidence",
        own=(CHECKED,), corrects=True, ready=_of_others,
    ),
    Form("recommendations.withdraw_evidence", "recommendations.evidence", "recommendations.evidence", "evidence"),
)  # fmt: skip
