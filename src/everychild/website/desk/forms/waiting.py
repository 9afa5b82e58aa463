"""What of the registers waits for a person: to read, to decide, to check, to publish, to report on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import F, QuerySet

from everychild.registers.actions import may
from everychild.registers.audit.models import TouchedRecord
from everychild.registers.laws import queries as laws
from everychild.registers.laws.models import Cell, Reading
from everychild.registers.people.models import Account
from everychild.registers.programmes.models import Step
from everychild.registers.recommendations.models import Evidence, Recommendation
from everychild.registers.recommendations.queries import last_reports
from everychild.registers.records import kind_of
from everychild.registers.voices import queries as voices
from everychild.registers.voices.models import Answers, Poll
from everychild.website.desk.forms.allowed import bodies_for
from everychild.website.desk.forms.declarations import forms

MOST: Final = 20
"""Records of each sort that the first page lists."""
SOON: Final = timedelta(days=90)


@dataclass(frozen=True)
class Waiting:
    """Records that wait for one action. `all`: how many, of which `records` are the first."""

    action: str
    records: list[Any]
    all: int


def waiting(account: Account, today: date) -> list[Waiting]:
    """By action, those that this person may do and that something waits for."""
    sorts: tuple[tuple[str, Callable[[Account], Iterable[Any]]], ...] = (
        ("laws.hand_in_reading", to_read), ("laws.adjudicate", to_decide),
        ("recommendations.report_status", lambda one: to_report(one, today)),
        ("recommendations.check_evidence", to_check), ("programmes.check_step", steps_to_check),
        ("voices.decide_comment", to_moderate), ("voices.publish_poll", to_publish),
    )  # fmt: skip
    found = []
    for action, ask in sorts:
        rows = ask(account)
        count = rows.count() if isinstance(rows, QuerySet) else len(list(rows))
        if count:
            found.append(Waiting(action, list(rows[:MOST]), count))  # type: ignore[index]
    return found


def to_read(account: Account) -> QuerySet[Cell]:
    """Open cells that she has not read in the present round; whether another has, nothing here depends on."""
    if not bodies_for(account, forms()["laws.hand_in_reading"]):
        return Cell.objects.none()
    return laws.to_read(account, settings.COUNTRY)


def to_decide(account: Account) -> QuerySet[Cell]:
    if not may(account, "laws.adjudicate"):
        return Cell.objects.none()
    mine = Reading.objects.filter(coder=account, round=F("cell__round")).order_by().values("cell_id")
    return laws.cells(settings.COUNTRY).filter(state="disputed").exclude(pk__in=mine)


def to_check(account: Account) -> QuerySet[Evidence]:
    """Evidence that nobody has checked, of other bodies."""
    if not may(account, "recommendations.check_evidence"):
        return Evidence.objects.none()
    own = {body.pk for _, body in account.roles() if body is not None}
    others = Evidence.objects.exclude(brought_by=account).exclude(body_id__in=own)
    return others.filter(verified="no", recommendation__country=settings.COUNTRY)


def steps_to_check(account: Account) -> QuerySet[Step]:
    """Steps that nobody has checked and she has not reported."""
    if not may(account, "programmes.check_step"):
        return Step.objects.none()
    touched = TouchedRecord.objects.filter(kind=kind_of(Step), event__account=account).values_list("key", flat=True)
    mine = [int(key) for key in touched if key.isdecimal()]
    return Step.objects.filter(verified="no", pilot__programme__country=settings.COUNTRY).exclude(pk__in=mine)


def to_moderate(account: Account) -> QuerySet[Any]:
    found = voices.waiting().exclude(submitted_by=account)
    return found if may(account, "voices.decide_comment") else found.none()


def to_publish(account: Account) -> QuerySet[Poll]:
    """Drafts of others that have answers."""
    if not may(account, "voices.publish_poll"):
        return Poll.objects.none()
    answered = Answers.objects.order_by().values("choice__question__poll")
    return Poll.objects.filter(state="draft", pk__in=answered).exclude(handed_in_by=account)


def to_report(account: Account, today: date) -> list[Recommendation]:
    """Recommendations her body is responsible for, past their date or due soon, on which it has reported nothing in the
    year before that date or since."""
    bodies = [body.pk for body in bodies_for(account, forms()["recommendations.report_status"])]
    rows = Recommendation.objects.filter(
        responsible__in=bodies, due__gt="", due__lte=(today + SOON).isoformat(), parts=None, kind="recommendation",
        country=settings.COUNTRY,
    ).order_by("due", "code")  # fmt: skip
    found = list(rows)
    said = last_reports().filter(recommendation__in=found, body__in=bodies).values_list("recommendation", "body", "on")
    last = {(recommendation, body): on for recommendation, body, on in said}
    return [one for one in found if last.get((one.pk, one.responsible_id), "") < _a_year_before(one.due)]


def _a_year_before(due: str) -> str:
    return f"{int(due[:4]) - 1:04}{due[4:]}"
