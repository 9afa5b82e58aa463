"""Forms of polls and comments."""

from __future__ import annotations

from typing import Any, Final

from everychild.registers.people.models import Account
from everychild.registers.voices.actions import OF_OUTCOME, OF_POLL
from everychild.registers.voices.models import Answers
from everychild.website.desk.forms.declared import MARK, Ask, Form

ON: Final = ("voices.poll", "poll")
OF_POLL_ASKED: Final = tuple(name for name in OF_POLL if name != "country")
OF_CHOICE: Final = (Ask("code", "code", label="desk.fill.choice_code"), "label")
OF_MARGIN: Final = ("dimension", Ask("category", hint="desk.fill.hint.category"), "population")


def _is_draft(account: Account, poll: Any) -> bool:
    return bool(poll.state == "draft")


def _may_be_published(account: Account, poll: Any) -> bool:
    draft_of_others = poll.state == "draft" and poll.handed_in_by_id != account.pk
    return draft_of_others and Answers.objects.filter(choice__question__poll=poll).exists()


def _may_be_decided(account: Account, comment: Any) -> bool:
    return comment.state == "submitted" and comment.submitted_by_id != account.pk


def _choices(given: dict[str, Any]) -> dict[str, Any]:
    labels = [{name.removeprefix("label_"): text for name, text in part.items() if name != "code"}
              for part in given["choices"]]  # fmt: skip
    codes = [part["code"] for part in given["choices"]]
    return {**given, "choices": list(zip(codes, labels, strict=True))}


def _margins(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, dict[str, int]] = {}
    for part in given["margins"]:
        found.setdefault(part["dimension"], {})[part["category"]] = part["population"]
    return {**given, "margins": found}


def _decision(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "approve": given["approve"] == "approved"}


FORMS: Final = (
    Form("voices.add_poll", "voices.poll", own=("code",), groups={"values": OF_POLL_ASKED}, country="values"),
    Form("voices.amend_poll", "voices.poll", *ON, groups={"values": OF_POLL_ASKED}, corrects=True),
    Form(
        "voices.add_question", "voices.question", *ON,
        own=("code", Ask("choices", kind="parts", label="desk.fill.choices", refers="voices.choice", parts=OF_CHOICE)),
        groups={"values": ("text", "several", "order")}, ready=_is_draft, shape=_choices,
    ),
    Form(
        "voices.set_margins", "voices.margin", *ON,
        own=(Ask("margins", kind="parts", label="desk.fill.margins", parts=OF_MARGIN),), groups={"mark": MARK},
        shape=_margins,
    ),
    Form("voices.publish_poll", "voices.poll", *ON, shows=("questions",), ready=_may_be_published),
    Form("voices.submit_comment", "voices.comment", *ON,
         own=("language", Ask("text", hint="desk.fill.hint.comment"), "age_group")),
    Form(
        "voices.decide_comment", "voices.comment", "voices.comment", "comment", shape=_decision, ready=_may_be_decided,
        own=(Ask("approve", kind="choice", label="desk.fill.decision", codes=("approved", "declined"),
                 words="desk.code.comment", required=True),),
    ),
    Form(
        "voices.record_outcome", "voices.outcome", *ON, own=("code",), groups={"values": OF_OUTCOME}, keys=("code",),
        under="poll",
    ),
)  # fmt: skip
