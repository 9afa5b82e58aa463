"""Sending figures: look at what a file holds before anything is kept, then the steps to the site."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from everychild.registers.actions import may
from everychild.registers.audit.queries import events_of
from everychild.registers.people.models import Body
from everychild.registers.records import kind_of
from everychild.registers.refusals import NotPermitted, Refused, problem
from everychild.registers.submissions import actions, queries
from everychild.registers.submissions.files import CheckedFile, check
from everychild.registers.submissions.models import Submission
from everychild.registers.uploads import MAX_UPLOAD
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import LANGUAGES
from everychild.website.desk.door import language_of, page, staff
from everychild.website.desk.forms.waiting import waiting as in_registers
from everychild.website.desk.told import action_word

SHOWN: Final = 200
STEPS: Final[dict[str, Callable[..., Submission]]] = {
    "submit": actions.submit, "review": actions.review, "give_back": actions.give_back, "publish": actions.publish,
}  # fmt: skip


@staff
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this person, what is due, what was sent."""
    seen = list(queries.seen_by(request.user)[:SHOWN])
    waiting = [s for s in seen if queries.steps_of(request.user, s)]
    return page(
        request,
        "desk.html",
        {
            "in_registers": sum(sort.all for sort in in_registers(request.user, date.today())),
            "waiting": waiting, "others": [s for s in seen if s not in waiting],
            "due": queries.due(request.user, date.today()), "bodies": bodies_of(request),
            "roles": [(role, body) for role, body in request.user.roles()],
        },
    )  # fmt: skip


@staff
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Look at a file, or keep it as a draft. The file is sent for each: what was only looked at is not kept."""
    bodies = bodies_of(request)
    if request.method == "GET":
        return page(request, "new.html", {"bodies": bodies, "given": {}})
    given = {name: request.POST.get(name, "").strip() for name in ("body", *(f"title_{k}" for k in LANGUAGES))}
    body = next((b for b in bodies if b.code == given["body"]), None)
    sent = request.FILES.get("file")
    if body is None or sent is None:
        return page(request, "new.html", {"bodies": bodies, "given": given, "no_file": sent is None}, 400)
    with checked(sent) as file:
        if "keep" in request.POST and not file.refused:
            title = {language: given[f"title_{language}"] or file.sent_name for language in LANGUAGES}
            submission = actions.draw_up(by=request.user, body=body, title=title, file=file)
            return redirect("desk-submission", number=submission.pk)
        told = {"bodies": bodies, "given": given, "file": file, "findings": _in_words(file.findings, request)}
        return page(request, "new.html", told, 422 if file.refused else 200)


@staff
@require_GET
def submission(request: HttpRequest, number: int) -> HttpResponse:
    return _page_of(request, _found(request, number))


@staff
@require_POST
def step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One step on the way."""
    found = _found(request, number)
    if name not in STEPS:
        raise Http404(name)
    return _done(request, found, partial(STEPS[name], reason=request.POST.get("reason", "")))


@staff
@require_POST
def replace(request: HttpRequest, number: int) -> HttpResponse:
    """Another file for a draft or what was returned; only one that holds takes the place of the old."""
    found, sent = _found(request, number), request.FILES.get("file")
    if sent is None:
        return _page_of(request, found, Refused([problem("submissions.submission", "empty_cell", "file")]), 400)
    with checked(sent) as file:
        try:
            actions.replace_file(by=request.user, submission=found, file=file, reason=request.POST.get("reason", ""))
        except NotPermitted as refused:
            return _page_of(request, found, refused, 403)
        except Refused as refused:
            broken = file.refused
            return _page_of(request, _found(request, number), None if broken else refused, 422 if broken else 409, file)
    return redirect("desk-submission", number=number)


@staff
@require_POST
def embargo(request: HttpRequest, number: int) -> HttpResponse:
    found = _found(request, number)
    given = request.POST.get("until", "")
    try:
        until = datetime.fromisoformat(given).replace(tzinfo=UTC) if given else None
    except ValueError:
        return _page_of(request, found, Refused([problem(kind_of(found), "not_a_date", "embargo_until", given)]), 400)
    return _done(request, found, partial(actions.set_embargo, until=until, reason=request.POST.get("reason", "")))


@staff
@require_POST
def expectation(request: HttpRequest, number: int) -> HttpResponse:
    """Which of the expected figures these are."""
    found, given = _found(request, number), request.POST.get("answers", "")
    chosen = next((one for one in found.body.expectations.all() if str(one.pk) == given), None)
    if given and chosen is None:
        raise Http404(given)
    return _done(request, found, partial(actions.set_expectation, expectation=chosen))


def bodies_of(request: HttpRequest) -> list[Body]:
    """The bodies on whose behalf this person may draw up figures."""
    own = {body.pk: body for _, body in request.user.roles() if body is not None}
    return [body for body in own.values() if may(request.user, "submissions.draw_up", body)]


def _found(request: HttpRequest, number: int) -> Submission:
    """One that this person may see; others do not exist for her."""
    if not queries.seen_by(request.user).filter(pk=number).exists():
        raise Http404(str(number))
    found = queries.submission(number)
    assert found is not None
    return found


def _done(request: HttpRequest, found: Submission, action: Callable[..., object]) -> HttpResponse:
    """The page after an action; what is not permitted or not possible now is said on it."""
    try:
        action(by=request.user, submission=found)
    except NotPermitted as refused:
        return _page_of(request, found, refused, 403)
    except Refused as refused:
        return _page_of(request, found, refused, 409)
    return redirect("desk-submission", number=found.pk)


def _page_of(
    request: HttpRequest, found: Submission, refused: Refused | None = None, status: int = 200,
    file: CheckedFile | None = None,
) -> HttpResponse:  # fmt: skip
    language = language_of(request)
    said = [finding.message(language) for finding in refused.findings] if refused else []
    told: dict[str, Any] = {
        "submission": found, "steps": queries.steps_of(request.user, found), "said": said,
        "events": [(event, action_word(event.action, language)) for event in events_of(found)], "now": timezone.now(),
        "file": file, "findings": _in_words(file.findings, request) if file else [],
        "may_replace": found.state in actions.OPEN and may(request.user, "submissions.replace_file", found),
        "expectations": found.body.expectations.all() if _may_answer(request, found) else (),
        "may_embargo": found.state != "published" and may(request.user, "submissions.set_embargo", found),
    }  # fmt: skip
    return page(request, "submission.html", told, status)


def _may_answer(request: HttpRequest, found: Submission) -> bool:
    return found.state != "published" and may(request.user, "submissions.set_expectation", found)


@contextmanager
def checked(sent: UploadedFile[Any]) -> Iterator[CheckedFile]:
    """The file as it was sent, in a private folder that is gone afterwards."""
    name = Path(str(sent.name)).name or "file"
    with tempfile.TemporaryDirectory(prefix="everychild-desk-") as folder:
        path = Path(folder) / f"sent{Path(name).suffix.lower()}"
        with path.open("wb") as out:
            for size, chunk in enumerate(sent.chunks(1 << 20), 1):
                out.write(chunk)
                if size << 20 > MAX_UPLOAD + (1 << 20):  # the check says that it is too large
                    break
        yield check(path, name)


def _in_words(findings: tuple[Finding, ...], request: HttpRequest) -> list[dict[str, object]]:
    language = language_of(request)
    return [
        {"severity": f.severity, "row": f.row, "column": f.column, "value": f.value, "message": f.message(language),
         "suggestion": f.suggestion(language)}
        for f in findings[:SHOWN]
    ]  # fmt: skip
