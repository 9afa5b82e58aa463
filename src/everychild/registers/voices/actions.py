"""Everything that can be done to polls, comments and what they led to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils import timezone

from everychild.registers.actions import action
from everychild.registers.keeping import assign
from everychild.registers.people.models import Account, Body
from everychild.registers.refusals import Refused, problem
from everychild.registers.voices.models import (
    Answers,
    Choice,
    Comment,
    Margin,
    Outcome,
    Poll,
    Question,
    Respondents,
)
from everychild.registers.voices.personal import personal_in
from everychild.registers.voices.rows import too_many

OF_MARK: Final = ("source", "retrieved", "verified", "note")
OF_POLL: Final = ("title", "kind", "asked", "began", "ended", "how", "missed", "country", *OF_MARK)
OF_OUTCOME: Final = (
    "said", "answered", "answered_by", "answered_on", "changed", "changed_on", "evidence", "order", *OF_MARK,
)  # fmt: skip


@action("voices.add_poll", on="body")
def add_poll(*, by: Account, body: Body, code: str, values: Mapping[str, object]) -> Poll:
    poll = Poll(code=code, body=body, handed_in_by=by)
    assign(poll, values, OF_POLL)
    poll.save()
    return poll


@action("voices.amend_poll", on="poll")
def amend_poll(*, by: Account, poll: Poll, values: Mapping[str, object], reason: str) -> Poll:
    """Of a published poll only a publisher corrects what is said; its figures stay."""
    if not any(role == "publisher" for role, _ in by.roles()):
        _require_draft(poll)
    assign(poll, values, OF_POLL)
    poll.save()
    return poll


@action("voices.add_question", on="poll", restorable=False)
def add_question(
    *,
    by: Account,
    poll: Poll,
    code: str,
    values: Mapping[str, object],
    choices: Sequence[tuple[str, Mapping[str, str]]],
) -> Question:
    """A question with its answers in their order: (code, label by language). Raises Refused once it is published."""
    _require_draft(poll)
    question = Question(poll=poll, code=code)
    assign(question, values, ("text", "several", "order"))
    question.save()
    for order, (choice_code, label) in enumerate(choices, 1):
        choice = Choice(question=question, code=choice_code, order=order)
        choice.label = label  # type: ignore[assignment]
        choice.save()
    return question


@action("voices.hand_in_respondents", on="poll", restorable=False)
def hand_in_respondents(*, by: Account, poll: Poll, rows: Sequence[Mapping[str, Any]], reason: str = "") -> int:
    """How many of each group took part, from checked rows; a group that stands gets the new number."""
    _require_draft(poll)
    for row in rows:
        group = {name: row[name] for name in ("age_group", "sex", "region")}
        found = Respondents.objects.filter(poll=poll, **group).first() or Respondents(poll=poll, **group)
        found.people = row["people"]
        found.save()
    return len(rows)


@action("voices.hand_in_answers", on="poll", restorable=False)
def hand_in_answers(*, by: Account, poll: Poll, rows: Sequence[Mapping[str, Any]], reason: str = "") -> int:
    """How many of each group chose each answer, from checked rows. Raises Refused for more answers than people."""
    _require_draft(poll)
    if wrong := list(too_many([{"row": None, **row} for row in rows], poll, "voices.answers")):
        raise Refused(wrong[:50])
    choices = {choice.code: choice for choice in Choice.objects.filter(question__poll=poll)}
    for row in rows:
        group = {name: row[name] for name in ("age_group", "sex", "region")}
        choice = choices[row["choice"]]
        found = Answers.objects.filter(choice=choice, **group).first() or Answers(choice=choice, **group)
        found.people = row["people"]
        found.save()
    return len(rows)


@action("voices.set_margins", on="poll")
def set_margins(
    *, by: Account, poll: Poll, margins: Mapping[str, Mapping[str, int]], mark: Mapping[str, object], reason: str = ""
) -> int:
    """The population by age group, sex or region that answers are weighted to: {dimension: {category: people}}."""
    _require_draft(poll)
    written = 0
    for dimension, categories in margins.items():
        for category, population in categories.items():
            found = Margin.objects.filter(poll=poll, dimension=dimension, category=category).first()
            margin = found or Margin(poll=poll, dimension=dimension, category=category)
            margin.population = population
            assign(margin, mark, OF_MARK)
            margin.save()
            written += 1
    return written


@action("voices.publish_poll", restorable=False)
def publish_poll(*, by: Account, poll: Poll, reason: str = "") -> Poll:
    """Raises Refused: nobody publishes their own, a poll without answers, one that says nothing of who is missing."""
    _require_draft(poll)
    if poll.handed_in_by_id == by.pk:
        raise Refused([problem("voices.poll", "poll_is_ones_own", value=poll.code)])
    if not Answers.objects.filter(choice__question__poll=poll).exists():
        raise Refused([problem("voices.poll", "poll_without_answers", value=poll.code)])
    poll.state = "published"
    poll.save()
    return poll


@action("voices.submit_comment", on="body")
def submit_comment(*, by: Account, body: Body, poll: Poll, language: str, text: str, age_group: str = "") -> Comment:
    """Raises Refused for a text with names, telephone numbers, addresses or numbers of persons in it."""
    # Before the record's own check, whose finding would repeat what it has seen.
    if rule := personal_in(text):
        raise Refused([problem("voices.comment", rule, "text")])
    comment = Comment(poll=poll, body=body, language=language, text=text.strip(), age_group=age_group,
                      submitted_by=by, submitted_at=timezone.now())  # fmt: skip
    comment.save()
    return comment


@action("voices.decide_comment", restorable=False)
def decide_comment(*, by: Account, comment: Comment, approve: bool, reason: str = "") -> Comment:
    """Approve a comment, or decline it with the reason. Raises Refused for one's own and for one decided already."""
    if comment.state != "submitted":
        raise Refused([problem("voices.comment", "comment_decided_already", value=comment.state)])
    if comment.submitted_by_id == by.pk:
        raise Refused([problem("voices.comment", "comment_is_ones_own")])
    if not approve and not reason.strip():
        raise Refused([problem("voices.comment", "empty_cell", "reason")])
    comment.state, comment.reason = ("approved" if approve else "declined"), reason
    comment.save()
    return comment


@action("voices.record_outcome", on="poll")
def record_outcome(*, by: Account, poll: Poll, code: str, values: Mapping[str, object], reason: str = "") -> Outcome:
    """What was said, what was answered, what changed; later steps are added to the same record."""
    outcome = Outcome.objects.filter(poll=poll, code=code).first() or Outcome(poll=poll, code=code)
    assign(outcome, values, OF_OUTCOME)
    outcome.save()
    return outcome


def _require_draft(poll: Poll) -> None:
    if poll.state != "draft":
        raise Refused([problem("voices.poll", "poll_published_already", value=poll.code)])
