"""The way of figures from a draft to a release, each step by somebody who may, none by oneself alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from everychild.catalogue.countries import site_country
from everychild.findings.builders import BUILDERS
from everychild.registers.actions import action
from everychild.registers.people.models import Account, Body
from everychild.registers.records import kind_of
from everychild.registers.refusals import Refused, problem
from everychild.registers.submissions import files
from everychild.registers.submissions.dates import months_after
from everychild.registers.submissions.files import CheckedFile
from everychild.registers.submissions.models import Expectation, Submission
from everychild.releases.reading import derive
from everychild.releases.store import Store

OPEN: Final = ("draft", "returned")
EMBARGOES: Final = (2000, 2100)
"""Years in which an embargo may end; one of the year 9999 is a slip, and calendars end there."""


@action("submissions.draw_up", on="body")
def draw_up(*, by: Account, body: Body, title: Mapping[str, str], file: CheckedFile, reason: str = "") -> Submission:
    """A draft of a file that was checked and holds; Refused with its findings when it does not."""
    _refuse_broken(file)
    now = timezone.now()
    submission = Submission(body=body, drawn_up_by=by, drawn_up_at=now, state_since=now)
    submission.title = title
    _take(submission, file)
    submission.save()
    return submission


@action("submissions.replace_file", on="submission")
def replace_file(*, by: Account, submission: Submission, file: CheckedFile, reason: str = "") -> Submission:
    """Another file for a draft or a returned submission, which is then drawn up by who sent it. The old file goes."""
    _refuse_unless(submission, OPEN)
    _refuse_broken(file)
    before = submission.sha256, submission.sent_name
    _take(submission, file)
    submission.drawn_up_by = by  # the figures are hers now, and she neither reviews nor publishes them
    replaced = _into(submission, "draft")
    if not Submission.objects.filter(sha256=before[0]).exists():
        transaction.on_commit(lambda: files.discard(*before))
    return replaced


@action("submissions.submit", on="submission", restorable=False)
def submit(*, by: Account, submission: Submission, reason: str = "") -> Submission:
    _refuse_unless(submission, OPEN)
    submission.returned_because = ""
    return _into(submission, "submitted")


@action("submissions.give_back", on="submission", restorable=False)
def give_back(*, by: Account, submission: Submission, reason: str) -> Submission:
    """Return to the body with a reason, before or after the review."""
    _refuse_unless(submission, ("submitted", "reviewed"))
    if not reason.strip():
        raise Refused([problem(kind_of(submission), "empty_cell", "reason")])
    submission.returned_because, submission.reviewed_by = reason, None
    return _into(submission, "returned")


@action("submissions.review", on="submission", restorable=False)
def review(*, by: Account, submission: Submission, reason: str = "") -> Submission:
    """Found right by somebody who did not draw it up."""
    _refuse_unless(submission, ("submitted",))
    _refuse_own(by, submission)
    submission.reviewed_by = by
    return _into(submission, "reviewed")


@action("submissions.set_embargo", on="submission")
def set_embargo(*, by: Account, submission: Submission, until: datetime | None, reason: str = "") -> Submission:
    """Nothing is published before that moment; None lifts it."""
    _refuse_unless(submission, ("draft", "returned", "submitted", "reviewed"))
    if until is not None and not EMBARGOES[0] <= until.year < EMBARGOES[1]:
        raise Refused([problem(kind_of(submission), "not_a_date", "embargo_until", f"{until:%Y-%m-%d}")])
    submission.embargo_until = until
    submission.save()
    return submission


@action("submissions.publish", on="submission", restorable=False)
def publish(*, by: Account, submission: Submission, reason: str = "") -> Submission:
    """Write the release and point the site at it. Four eyes: neither who drew it up nor who is alone with the review.

    The release is pointed at only when the record stands: a failure on the way leaves a release nobody shows.
    """
    _refuse_unless(submission, ("reviewed",))
    _refuse_own(by, submission)
    if submission.reviewed_by_id == by.pk:
        raise Refused([problem(kind_of(submission), "submission_is_ones_own", value=str(submission))])
    if submission.embargo_until and submission.embargo_until > timezone.now():
        until = f"{submission.embargo_until:%Y-%m-%d %H:%M}"
        raise Refused([problem(kind_of(submission), "submission_under_embargo", value=until)])
    store = Store(Path(settings.DATA_FOLDER))
    release = _write_release(store, submission)
    submission.published_by, submission.release = by, release
    _into(submission, "published")
    if (answered := submission.answers) is not None:
        answered.due, answered.reminded_on = months_after(answered.due, answered.every_months), None
        answered.save()
    transaction.on_commit(lambda: _show(store, release, submission.body.code))
    return submission


@action("submissions.expect", on="body")
def expect(
    *, by: Account, body: Body, title: Mapping[str, str], every_months: int, due: date, reason: str = ""
) -> Expectation:
    """What a body has agreed to send, and when next."""
    expectation = Expectation(body=body, every_months=every_months, due=due)
    expectation.title = title
    expectation.save()
    return expectation


@action("submissions.set_expectation", on="submission")
def set_expectation(
    *, by: Account, submission: Submission, expectation: Expectation | None, reason: str = ""
) -> Submission:
    """Say which of the body's expected figures these are (None: of no kind that was agreed)."""
    _refuse_unless(submission, (*OPEN, "submitted", "reviewed"))
    if expectation is not None and expectation.body_id != submission.body_id:
        raise Refused([problem(kind_of(submission), "expectation_of_another_body", "answers", str(expectation))])
    submission.answers = expectation
    submission.save()
    return submission


@action("submissions.note_reminder")
def note_reminder(*, by: Account, expectation: Expectation, on: date) -> Expectation:
    expectation.reminded_on = on
    expectation.save()
    return expectation


def _take(submission: Submission, file: CheckedFile) -> None:
    files.keep(file)
    submission.sent_name, submission.sha256 = file.sent_name, file.sha256
    submission.figures, submission.warnings = file.figures, file.warnings


def _into(submission: Submission, state: str) -> Submission:
    submission.state, submission.state_since = state, timezone.now()
    submission.save()
    return submission


def _refuse_broken(file: CheckedFile) -> None:
    if file.refused:
        raise Refused(list(file.findings) or [problem(file.sent_name, "submission_holds_nothing")])


def _refuse_unless(submission: Submission, states: tuple[str, ...]) -> None:
    if submission.state not in states:
        raise Refused([problem(kind_of(submission), "submission_in_another_state", value=submission.state)])


def _refuse_own(by: Account, submission: Submission) -> None:
    if submission.drawn_up_by_id == by.pk:
        raise Refused([problem(kind_of(submission), "submission_is_ones_own")])


def _write_release(store: Store, submission: Submission) -> str:
    loaded = files.read(submission.sha256, submission.sent_name)
    stem = re.sub(r"[^a-z0-9]+", "-", Path(submission.sent_name).stem.lower()).strip("-") or "figures"
    title = {language: submission.title[language] for language in ("kk", "ru", "en")}
    manifest = store.write(
        loaded.observations, loaded.ledger, dataset=f"{submission.body.code}-{stem}", country=site_country(),
        title=title, producer=f"desk: {submission.body.code}", sources=loaded.sources, inputs=loaded.inputs,
        by=submission.body.code, set_aside=loaded.set_aside,
    )  # fmt: skip
    return manifest.release


def _show(store: Store, release: str, body: str) -> None:
    store.publish(release, body)
    derive(store, BUILDERS)
