"""What a person types into each form of the registers, and what the table of permissions says of her."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from everychild.registers.actions import ACTIONS
from everychild.registers.audit.models import AuditEvent
from everychild.registers.people import actions as people
from everychild.registers.people.models import Account
from everychild.website.desk.forms.declarations import forms
from tests.website.desk.registers_made import World, filled, texts
from tests.website.desk.signed import granted

Typed = dict[str, Any]
CASES: dict[str, tuple[str, Typed]] = {
    "laws.add_act": ("", {"code": "NEW", "kind": "law", "status": "in_force", **texts("title")}),
    "laws.amend_act": ("act", {"number": "60"}),
    "laws.add_version": ("act", {"in_force_from": "2024-06"}),
    "laws.record_succession": ("act", {"kind": "repeals", "earlier": "ACT-2", "on": "2020"}),
    "laws.add_provision": ("act", {"code": "ACT-1:2", **texts("label")}),
    "laws.amend_provision": ("provision", texts("text")),
    "laws.add_obligation": (
        "", {"code": "N-1", "instrument": "CRC", "article": "19", **texts("duty"), **texts("criteria")},
    ),
    "laws.amend_obligation": ("obligation", texts("duty", "Other")),
    "laws.open_cell": ("obligation", {"provision": ""}),
    "laws.reopen_cell": ("disputed", {}),
    "laws.hand_in_reading": ("cell", {"verdict": "aligned", "reading": "So.", "quotation": "Thou shalt."}),
    "laws.adjudicate": ("disputed", {"verdict": "partly"}),
    "recommendations.add": (
        "", {"code": "N-1", "mechanism": "CRC", "document": "CRC/C/Y", "adopted": "2015", **texts("text")},
    ),
    "recommendations.amend": ("recommendation", {"paragraph": "30"}),
    "recommendations.split": (
        "recommendation", {**texts("parts-0-text", "One"), **texts("parts-1-text", "Two")},
    ),
    "recommendations.link_repeat": ("recommendation", {"kind": "repeated", "earlier": "R-0"}),
    "recommendations.unlink_repeat": ("repeat", {}),
    "recommendations.plan_action": ("recommendation", {"code": "N-1", **texts("title")}),
    "recommendations.amend_action": ("measure", {"due": "2027"}),
    "recommendations.report_status": (
        "recommendation", {"status": "in_progress", "on": "2024", **texts("because")},
    ),
    "recommendations.bring_evidence": (
        "recommendation", {"kind": "document", "on": "2024", "source": "a gazette", **texts("says")},
    ),
    "recommendations.check_evidence": ("evidence", {"verified": "yes"}),
    "recommendations.withdraw_evidence": ("evidence", {}),
    "programmes.add": ("", {"code": "N-1", "kind": "survey", **texts("title")}),
    "programmes.amend": ("programme", {"ends": "2025"}),
    "programmes.entrust": ("programme", {"responsible": "ngo"}),
    "programmes.add_partner": ("", {"code": "N-1", "kind": "ngo", **texts("name")}),
    "programmes.join_partner": ("programme", {"partner": "W-1", "role": "funds"}),
    "programmes.end_partnership": ("partnership", {}),
    "programmes.add_result": ("programme", {"code": "N-1", "level": "outcome", **texts("title")}),
    "programmes.amend_result": ("result", {"programme_area": "hiv_aids"}),
    "programmes.use_indicator": (
        "result", {"indicator": "u5mr", "area": "KAZ", "target": "7,5", "target_period": "2030"},
    ),
    "programmes.amend_use": ("use", {"target": "7"}),
    "programmes.add_pilot": (
        "programme", {"code": "N-1", "scope": "local", "places": ["KZ-43"], **texts("title")},
    ),
    "programmes.report_step": (
        "pilot", {"stage": "costed", "on": "2024", "evidence_kind": "costing", **texts("evidence")},
    ),
    "programmes.check_step": ("step", {"verified": "yes"}),
    "budget.amend_line": ("line", {"executed": "9"}),
    "budget.add_rule_set": ("", {"code": "new-rules", **texts("name")}),
    "budget.set_rule": (
        "rule_set", {"code": "N-1", "kind": "direct", "evidence": "1", "low": "1", "share": "1", "high": "1",
                     "cofog": "09", **texts("reason")},
    ),
    "budget.decide_share": (
        "line", {"rule_set": "own-rules", "kind": "direct", "evidence": "1", "low": "1", "share": "1", "high": "1"},
    ),
    "budget.set_basis": ("", {"area": "KAZ", "year": "2025", "children": "6000000"}),
    "care.add_definition": ("", {"code": "new", "placement": "residential", **texts("name")}),
    "care.set_base": ("", {"area": "KAZ", "year": "2024", "kind": "children", "from_age": "0", "children": "600"}),
    "care.set_level": ("", {"number": "12", "year": "2024", "level": "2", **texts("evidence")}),
    "voices.add_poll": (
        "", {"code": "new", "kind": "opt_in", "began": "2026", **texts("title"), **texts("how"), **texts("missed")},
    ),
    "voices.amend_poll": ("poll", {"asked": "500"}),
    "voices.add_question": (
        "poll", {"code": "n1", **texts("text"), "choices-0-code": "n1-yes", **texts("choices-0-label", "Yes"),
                 "choices-1-code": "n1-no", **texts("choices-1-label", "No")},
    ),
    "voices.set_margins": (
        "poll", {"margins-0-dimension": "sex", "margins-0-category": "F", "margins-0-population": "5",
                 "margins-1-dimension": "sex", "margins-1-category": "M", "margins-1-population": "6"},
    ),
    "voices.publish_poll": ("answered", {}),
    "voices.submit_comment": ("published", {"language": "en", "text": "More trees, please."}),
    "voices.decide_comment": ("comment", {"approve": "approved"}),
    "voices.record_outcome": ("poll", {"code": "n1", **texts("said")}),
    "duties.join": (
        "", {"from_kind": "act", "from_code": "ACT-1", "relation": "gives_effect_to", "to_kind": "article",
             "to_code": "19"},
    ),
    "duties.mend": ("edge", {"strength": "strong"}),
    "duties.part": ("edge", {}),
}  # fmt: skip
"""By action: the record it stands on (of `World`) and what a person types."""


def address(world: World, action: str) -> str:
    name = CASES[action][0]
    return f"/desk/registers/do/{action}" + (f"/{getattr(world, name).pk}" if name else "")


def prepare(world: World, action: str) -> Any:
    """The subject of an action, and what its case names besides."""
    for name in ("other_recommendation", "partner", "rule_set"):
        getattr(world, name)
    name = CASES[action][0]
    return getattr(world, name) if name else None


def typed_into(page: str, action: str, **more: Any) -> Typed:
    typed = dict(CASES[action][1]) | more
    if 'name="reason_given"' in page:
        typed.setdefault("reason_given", "It is so.")
    return filled(page, **typed)


def allowed(action: str, body: str, role: str, subject: Any) -> bool:
    """What the table of permissions says of this person and this record."""
    form = forms()[action]
    of_subject = getattr(subject, "body_in_charge", None) if ACTIONS[action].on == form.on else None
    own = form.for_a_body or (of_subject is not None and of_subject.code == body)
    return granted(role, action, own=own)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back, so that the next person finds everything as it was."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def events() -> int:
    return AuditEvent.objects.count()


def say(world: World, account: Account, language: str) -> Account:
    people.set_language(by=account, account=account, language=language)
    return Account.objects.get(pk=account.pk)
