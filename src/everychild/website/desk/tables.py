"""Tables of the registers: a template to fill in, a look cell by cell, and what holds is written."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from everychild.registers.columns import label, labels
from everychild.registers.people.models import Body
from everychild.registers.personal_data import contains_personal_number, looks_like_a_name
from everychild.registers.templates import hint
from everychild.registers.voices.models import Poll
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import Language, format_date
from everychild.website.desk import looked_at
from everychild.website.desk.door import language_of, page, staff
from everychild.website.desk.looked_at import Look
from everychild.website.desk.table_kinds import TABLES, Table, template_of
from everychild.website.desk.table_work import begin_check, begin_keeping
from everychild.website.rows import address
from everychild.website.texts import say

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS: Final = ("body", "poll", "source", "retrieved", "verified", "note", "reason")
OF_MARK: Final = ("source", "retrieved", "verified", "note")
MARKS: Final = ("no", "partly")
"""What a sender may say of a table; that it holds is said by another person, record by record."""
REFRESH: Final = 1
"""Seconds between two looks at how far a check is."""
_LONGEST: Final = 1_000


@dataclass(frozen=True)
class Listed:
    """A table on the list, with those of its polls or bodies for which the person may hand it in."""

    table: Table
    title: str
    purpose: str
    who: str
    bodies: list[Body]
    polls: list[Poll]


@staff
@require_GET
def tables(request: HttpRequest) -> HttpResponse:
    """The tables that this person may hand in, and no other."""
    looked_at.sweep()
    language, account = language_of(request), request.user
    listed = [
        Listed(table, _title(table, language), say(f"desk.tables.for.{table.register}_{table.name}", language),
               _who(table, language), table.bodies(account), table.polls(account))
        for table in TABLES.values() if table.granted(account)
    ]  # fmt: skip
    return page(request, "tables.html", {"listed": listed})


@staff
@require_GET
def template_file(request: HttpRequest, register: str, table: str) -> HttpResponse:
    """The workbook to fill in, in the account's language."""
    found, language = _found(request, register, table), language_of(request)
    poll = _poll_of(request, found, request.GET.get("poll", ""))
    if found.asks == "poll" and poll is None:
        raise Http404(table)
    response = HttpResponse(template_of(found, language, poll), content_type=XLSX)
    name = "-".join(part for part in (register, table, poll.code if poll else "", language) if part)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or ""
    return response


@staff
@require_http_methods(["GET", "POST"])
def table(request: HttpRequest, register: str, table: str) -> HttpResponse:
    """The form; a POST looks at the file and leads to what was found."""
    found = _found(request, register, table)
    if request.method == "GET":
        return _form(request, found, {"poll": request.GET.get("poll", "")})
    given = {name: request.POST.get(name, "").strip()[:_LONGEST] for name in FIELDS}
    sent = request.FILES.get("file")
    wrong = _wrong(request, found, given) | ({} if sent else {"file": "desk.new.no_file"})
    if wrong or sent is None:
        return _form(request, found, given, wrong, 400)
    look = begin_check(looked_at.receive(sent, request.user.pk, register, table, given))
    return redirect("desk-look", register=register, table=table, token=look.token)


@staff
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, register: str, table: str, token: str) -> HttpResponse:
    """How far a file is, and what was found in it; a POST keeps what holds."""
    found, file = _found(request, register, table), looked_at.read(token)
    if file is None or (file.account, file.register, file.table) != (request.user.pk, register, table):
        raise Http404(token)
    if request.method == "GET":
        return _look(request, found, file)
    if file.stage == "checked" and not file.errors:
        begin_keeping(file)
    elif file.stage not in ("keeping", "kept"):
        return _look(request, found, file, 409)
    return redirect("desk-look", register=register, table=table, token=token)


def _found(request: HttpRequest, register: str, table: str) -> Table:
    """A table that this person may hand in; another does not exist for her."""
    found = TABLES.get((register, table))
    if found is None or not found.granted(request.user):
        raise Http404(f"{register}/{table}")
    return found


def _poll_of(request: HttpRequest, table: Table, code: str) -> Poll | None:
    """A poll that this person may fill. Raises Http404 for the code of any other."""
    if not code or table.asks != "poll":
        return None
    poll = next((poll for poll in table.polls(request.user) if poll.code == code), None)
    if poll is None:
        raise Http404(code)
    return poll


def _wrong(request: HttpRequest, table: Table, given: dict[str, str]) -> dict[str, str]:
    """Fields that do not hold, each with the words that say why."""
    wrong = {}
    if table.asks == "body" and given["body"] not in {body.code for body in table.bodies(request.user)}:
        wrong["body"] = "desk.tables.no_body"
    if table.asks == "poll" and given["poll"] not in {poll.code for poll in table.polls(request.user)}:
        wrong["poll"] = "desk.tables.no_poll"
    if table.marked:
        if not given["source"]:
            wrong["source"] = "desk.tables.no_source"
        if not _is_day(given["retrieved"]):
            wrong["retrieved"] = "desk.tables.no_day"
        if given["verified"] not in MARKS:
            wrong["verified"] = "desk.tables.no_mark"
    if table.needs_reason and not given["reason"]:
        wrong["reason"] = "desk.tables.no_reason"
    # Rows written many at once are not cleaned one by one, and these texts would stand in each of them.
    persons = (
        name
        for name in ("source", "note", "reason")
        if contains_personal_number(given[name]) or looks_like_a_name(given[name])
    )
    return wrong | dict.fromkeys(persons, "desk.tables.no_persons")


def _is_day(text: str) -> bool:
    """A day that may have been: nothing was read tomorrow."""
    try:
        return date(1991, 1, 1) <= date.fromisoformat(text) <= timezone.localdate()
    except ValueError:
        return False


def _form(
    request: HttpRequest, found: Table, given: dict[str, str], wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    language = language_of(request)
    poll = _poll_of(request, found, given.get("poll", "")) if status == 200 else None
    told = _about(request, found) | {
        "given": {"retrieved": timezone.localdate().isoformat(), "verified": "no"} | _filled(given),
        "wrong": {name: say(key, language) for name, key in (wrong or {}).items()},
        "poll": poll, "columns": _columns(found, language, poll),
    }  # fmt: skip
    return page(request, "table.html", told, status)


def _filled(given: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in given.items() if text}


def _look(request: HttpRequest, found: Table, file: Look, status: int = 200) -> HttpResponse:
    language = language_of(request)
    if file.silent:
        logging.getLogger(__name__).warning("the work on a table has broken off: %s/%s", found.register, found.name)
    told = _about(request, found) | {
        "file": file, "given": file.given, "wrong": {},
        "findings": [_in_words(finding, found, language) for finding in file.findings],
        "more": max(file.errors + file.warnings - len(file.findings), 0),
        "percent": 100 * file.done // file.of if file.of else None,
        "said": [finding.message(language) for finding in file.refused],
        "public": address(found.public_page, language),
        "marked": [(_field(found, name, language), _value(name, file.given[name], language)) for name in OF_MARK
                   if found.marked and file.given[name]],
    }  # fmt: skip
    response = page(request, "table_look.html", told, status)
    if file.busy and not file.silent:
        # A header and not a meta element: the page is over in seconds, and a link beside it does the same.
        response["Refresh"] = str(REFRESH)
    return response


def _about(request: HttpRequest, found: Table) -> dict[str, Any]:
    """What form and findings both show: whose table it is and the fields to fill in again."""
    language = language_of(request)
    return {
        "table": found, "title": _title(found, language), "bodies": found.bodies(request.user),
        "polls": found.polls(request.user), "who": _who(found, language),
        "purpose": say(f"desk.tables.for.{found.register}_{found.name}", language),
        "verified": [(mark, say(f"verified.{mark}", language)) for mark in MARKS],
        "labels": {name: _field(found, name, language) for name in OF_MARK} if found.marked else {},
    }  # fmt: skip


def _title(table: Table, language: Language) -> str:
    return label(table.register, table.name, "", language)


def _field(table: Table, name: str, language: Language) -> str:
    """The label of a column of the mark, which the open file of the table has, too."""
    named = labels(table.register)
    return (named.get((table.name, name)) or named[table.name, f"record__{name}"])[language]


def _value(name: str, text: str, language: Language) -> str:
    if name == "retrieved":
        return format_date(date.fromisoformat(text), language)
    return say(f"verified.{text}", language) if name == "verified" else text


def _who(table: Table, language: Language) -> str:
    """`contributor (own body), publisher (any)`: the rows of the table of permissions in words."""
    words = (
        (say(f"role.{role}", language), say(f"desk.tables.scope.{scope}", language)) for role, scope in table.who()
    )
    return ", ".join(f"{role} ({scope})" for role, scope in words)


def _columns(table: Table, language: Language, poll: Poll | None) -> list[dict[str, object]]:
    """The columns of the template in words; answers have theirs once the poll is known."""
    if table.asks == "poll" and table.name == "answers" and poll is None:
        return []
    return [
        {"label": label(*table.key, column.name, language), "required": column.required,
         "hint": hint(*table.key, column, language)}
        for column in table.columns(poll)
    ]  # fmt: skip


def _in_words(finding: Finding, table: Table, language: Language) -> dict[str, object]:
    """A finding as the page shows it; a column that no header of the file names stands under its label."""
    named = labels(table.register).get((table.name, finding.column))
    return {
        "severity": finding.severity, "row": finding.row, "column": named[language] if named else finding.column,
        "value": finding.value, "message": finding.message(language), "suggestion": finding.suggestion(language),
    }  # fmt: skip
