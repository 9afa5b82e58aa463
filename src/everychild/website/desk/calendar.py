"""The release calendar: what is due, what waits for its day, what was published; what bodies agree to send."""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from everychild.registers.actions import may
from everychild.registers.people import queries as people
from everychild.registers.people.models import Body
from everychild.registers.refusals import NotPermitted, Refused, problem
from everychild.registers.submissions import actions, queries
from everychild.registers.submissions.dates import months_after
from everychild.registers.submissions.queries import Entry
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.desk.door import language_of, page, staff
from everychild.website.texts import say

BEFORE: Final = 2
MONTHS: Final = 12
"""Months of one page; the first is so many before this one."""
MOST_MONTHS: Final = 120
_YEARS: Final = (1990, 2100)


@staff
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Twelve months; a POST agrees on what a body sends."""
    if request.method == "GET":
        return _page(request, {})
    names = ("body", "every_months", "due", "reason", *(f"title_{language}" for language in LANGUAGES))
    given = {name: request.POST.get(name, "").strip() for name in names}
    body = next((one for one in people.bodies() if one.code == given["body"]), None)
    if body is None:
        raise Http404(given["body"])
    try:
        _expect(request, body, given)
    except NotPermitted as refused:
        return _page(request, given, refused, 403)
    except Refused as refused:
        return _page(request, given, refused, 409)
    request.session["desk_done"] = "expected"
    return redirect("desk-calendar")


def _expect(request: HttpRequest, body: Body, given: dict[str, str]) -> None:
    """Raises Refused with every field that does not hold."""
    wrong = [
        problem("submissions.expectation", "empty_cell", f"title_{k}") for k in LANGUAGES if not given[f"title_{k}"]
    ]
    every, due = given["every_months"], _day(given["due"])
    if not re.fullmatch(r"[0-9]{1,3}", every) or not 1 <= int(every) <= MOST_MONTHS:
        wrong.append(problem("submissions.expectation", "field_invalid", "every_months", every))
    if due is None:
        wrong.append(problem("submissions.expectation", "not_a_date", "due", given["due"]))
    if wrong or due is None:
        raise Refused(wrong)
    title = {language: given[f"title_{language}"] for language in LANGUAGES}
    actions.expect(
        by=request.user, body=body, title=title, every_months=int(every), due=due, reason=given["reason"]
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None
    return found if found and _YEARS[0] <= found.year < _YEARS[1] else None


def _page(
    request: HttpRequest, given: dict[str, str], refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    language, today = language_of(request), timezone.localdate()
    first = _first(request, today)
    entries = queries.calendar(request.user, first, months_after(first, MONTHS))
    told: dict[str, Any] = {
        "months": _months(entries, language), "today": today,
        "earlier": f"{months_after(first, -MONTHS):%Y-%m}", "later": f"{months_after(first, MONTHS):%Y-%m}",
        "may_expect": [body for body in people.bodies() if may(request.user, "submissions.expect", body)],
        "given": given, "done": request.session.pop("desk_done", ""),
        "said": [finding.message(language) for finding in refused.findings] if refused else [],
    }  # fmt: skip
    return page(request, "calendar.html", told, status)


def _first(request: HttpRequest, today: date) -> date:
    """The month that the address names, else two before this one."""
    asked = _day(f"{request.GET.get('from', '')}-01")
    return asked or months_after(today.replace(day=1), -BEFORE)


def _months(entries: list[Entry], language: Language) -> list[dict[str, Any]]:
    grouped = groupby(entries, key=lambda entry: (entry.day.year, entry.day.month))
    return [
        {
            "key": f"{year}-{month:02}",
            "name": say(f"desk.calendar.month.{month}", language, year=str(year)),
            "entries": list(own),
        }
        for (year, month), own in grouped
    ]
