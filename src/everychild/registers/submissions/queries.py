"""Reading submissions: one's own, those that wait for somebody, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from django.db.models import QuerySet
from django.utils import timezone

from everychild.registers.actions import may
from everychild.registers.people.models import Account
from everychild.registers.submissions.dates import months_after
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
        and not (step == "publish" and submission.reviewed_by_id == account.pk)
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


def expected_of(account: Account) -> QuerySet[Expectation]:
    """What the bodies of a person owe; reviewers and publishers see what every body owes."""
    found = Expectation.objects.select_related("body")
    if any(role in ("reviewer", "publisher") for role, _ in account.roles()):
        return found
    return found.filter(body_id__in={body.pk for _, body in account.roles() if body is not None})


@dataclass(frozen=True)
class Entry:
    """One line of the release calendar. `kind`: due (agreed), again (as the rhythm goes on), embargo, published."""

    day: date
    kind: Literal["due", "again", "embargo", "published"]
    what: Expectation | Submission


def calendar(account: Account, first: date, end: date) -> list[Entry]:
    """What a person may see of the days from `first` to before `end`, by day."""
    found = [entry for expected in expected_of(account) for entry in _rhythm(expected, first, end)]
    for submission in seen_by(account):
        if submission.state == "published":
            found.append(Entry(timezone.localdate(submission.state_since), "published", submission))
        elif submission.embargo_until is not None:
            found.append(Entry(timezone.localdate(submission.embargo_until), "embargo", submission))
    return sorted((entry for entry in found if first <= entry.day < end), key=lambda entry: entry.day)


def _rhythm(expected: Expectation, first: date, end: date) -> list[Entry]:
    found = [Entry(expected.due, "due", expected)]
    months, step = 0, expected.every_months
    while step and (day := months_after(expected.due, months := months + step)) < end:
        if day >= first:
            found.append(Entry(day, "again", expected))
    return found
