"""Reading submissions: one's own, those that wait for somebody, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import QuerySet

from everychild.registers.actions import may
from everychild.registers.people.models import Account
from everychild.registers.submissions.models import Expectation, Submission

SOON: Final = timedelta(days=30)
STEPS: Final = ("submit", "review", "give_back", "publish")
FROM: Final = {"submit": ("draft", "returned"), "review": ("submitted",), "give_back": ("submitted", "reviewed"),
               "publish": ("reviewed",)}  # fmt: skip


def submission(number: int) -> Submission | None:
    return (
        Submission.objects.select_related("body", "drawn_up_by", "reviewed_by", "published_by")
        .filter(pk=number)
        .first()
    )


def seen_by(account: Account) -> QuerySet[Submission]:
    """Those of the bodies a person works for; reviewers and publishers of any body see all that was submitted."""
    own = {body.pk for _, body in account.roles() if body is not None}
    found = Submission.objects.select_related("body")
    if any(role in ("reviewer", "publisher") for role, _ in account.roles()):
        return found.exclude(state="draft") | found.filter(body_id__in=own)
    return found.filter(body_id__in=own)


def steps_of(account: Account, submission: Submission) -> tuple[str, ...]:
    """What this person may do with it now; the action asks again."""
    own = submission.drawn_up_by_id == account.pk
    return tuple(
        step
        for step in STEPS
        if submission.state in FROM[step]
        and may(account, f"submissions.{step}", submission)
        and not (own and step in ("review", "publish"))
    )


@dataclass(frozen=True)
class Due:
    expectation: Expectation
    days: int

    @property
    def overdue(self) -> bool:
        return self.days < 0


def due(account: Account | None, today: date) -> list[Due]:
    """What is overdue or due within a month, of a person's bodies (None: of all)."""
    found = Expectation.objects.select_related("body").filter(due__lte=today + SOON)
    if account is not None:
        found = found.filter(body_id__in={body.pk for _, body in account.roles() if body is not None})
    return [Due(expectation, (expectation.due - today).days) for expectation in found]
