"""The trail: what was done at the desk, in words, as far as the reader may read it; turning an event back."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import ProtectedError, QuerySet
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from everychild.registers.actions import ACTIONS, may
from everychild.registers.audit import actions, queries
from everychild.registers.audit.models import AuditEvent
from everychild.registers.audit.queries import Asked
from everychild.registers.installed import REGISTERS
from everychild.registers.open_files import cell
from everychild.registers.records import SECRET
from everychild.registers.refusals import NotPermitted, Refused, problem
from everychild.vocabulary.language import Language
from everychild.website import paging
from everychild.website.desk import told
from everychild.website.desk.door import language_of, page, staff
from everychild.website.texts import say

LISTED: Final = 3
"""Records of an event that a list repeats; the event's own page repeats more."""
SHOWN: Final = 100
CUT: Final = 160
LIGHT: Final = 60_000
"""Characters of an event up to which a list reads what it changed; a load of a whole pack is told on its own page."""
CSV_COLUMNS: Final = (
    "number", "at", "account", "body", "action", "action_in_words", "reason",
    "kind", "key", "column", "before", "after",
)  # fmt: skip


@staff
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Events newest first, filtered as the address says; the chain is computed when asked for."""
    asked = _asked(request)
    language = language_of(request)
    told_here = {
        **_listed(request, queries.found(request.user, asked)),
        "asked": asked, "chain": _chain(request, language), "query": urlencode(_plain(asked)),
        "registers": [(name, say(f"desk.register.{name}", language)) for name in _registers()],
        "actions": _actions(language, asked.register), "rules": _rules(request, language),
    }  # fmt: skip
    return page(request, "trail.html", told_here)


@staff
@require_GET
def event(request: HttpRequest, number: int) -> HttpResponse:
    return _event_page(request, _found(request, number))


@staff
@require_POST
def turn_back(request: HttpRequest, number: int) -> HttpResponse:
    """Put the records back to what they were before the event; why it cannot be done is said beside the form."""
    found = _found(request, number)
    reason = request.POST.get("reason", "")
    try:
        actions.restore(by=request.user, event=found, reason=reason)
    except NotPermitted as refused:
        return _event_page(request, found, refused, reason, 403)
    except Refused as refused:
        return _event_page(request, found, refused, reason, 409)
    except ProtectedError:  # other records rest on what this event added
        return _event_page(
            request, found, Refused([problem("audit.event", "others_refer_to_it", value=str(found))]), reason, 409
        )
    latest = queries.found(request.user, Asked(action="audit.restore", person=request.user.email)).first()
    return redirect("desk-event", number=latest.number if latest else number)


@staff
@require_GET
def history(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """What was done to one record; a record of whose events one may read none does not exist."""
    events = queries.found(request.user, Asked(kind=kind, key=key))
    latest = events.first()
    if latest is None:
        raise Http404(key)
    language = language_of(request)
    values = next(c["after"] or c["before"] for c in latest.changes if (c["kind"], c["key"]) == (kind, key))
    listed = _listed(request, events)
    for item in listed["events"]:
        item["told"] = _of_record(item["event"], kind, key, language)
    named = {"kind": told.kind_word(kind, language), "name": told.name_of(values, key, language)}
    query = urlencode(_plain(Asked(kind=kind, key=key)))
    return page(request, "trail_history.html", {**listed, **named, "query": query})


def _of_record(event: AuditEvent, kind: str, key: str, language: Language) -> told.Told:
    return told.tell([event], language, SHOWN, only=(kind, key))[0]


@staff
@require_GET
def download(request: HttpRequest) -> HttpResponseBase:
    """What the list shows on all its pages, one row for each column that changed."""
    events = queries.found(request.user, _asked(request))
    response = StreamingHttpResponse(_lines(events, language_of(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, "trail.csv") or ""
    return response


def _lines(events: QuerySet[AuditEvent], language: Language) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow(CSV_COLUMNS).encode()
    for event in events.iterator(chunk_size=100):
        body = event.body.code if event.body else ""
        words = told.action_word(event.action, language)
        head = [event.number, event.at.isoformat(), event.account.email, body, event.action, words, event.reason]
        for change in event.changes:
            before, after = change["before"] or {}, change["after"] or {}
            for column in {**before, **after}:
                if before.get(column) != after.get(column):
                    row = [*head, change["kind"], change["key"], column, before.get(column), after.get(column)]
                    yield writer.writerow([cell(value) for value in row]).encode()


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _found(request: HttpRequest, number: int) -> AuditEvent:
    """One that this person may read; others do not exist for her."""
    found = queries.seen_by(request.user).filter(number=number).first()
    if found is None:
        raise Http404(str(number))
    return found


def _event_page(
    request: HttpRequest, found: AuditEvent, refused: Refused | None = None, reason: str = "", status: int = 200
) -> HttpResponse:
    language = language_of(request)
    said = [finding.message(language) for finding in refused.findings] if refused else []
    told_here = {
        "event": found, "told": told.tell([found], language, SHOWN)[0], "said": said, "reason": reason,
        "may_turn_back": _may_turn_back(request, found),
    }  # fmt: skip
    return page(request, "trail_event.html", told_here, status)


def _may_turn_back(request: HttpRequest, found: AuditEvent) -> bool:
    """Whether turning back is worth a button: secrets and loads of many rows at once never can be."""
    bulk = any("sha256" in (change["after"] or {}) and "rows" in change["after"] for change in found.changes)
    restorable = found.action in ACTIONS and ACTIONS[found.action].restorable and SECRET not in found.changes_text
    return restorable and not bulk and may(request.user, "audit.restore", found)


def _listed(request: HttpRequest, events: QuerySet[AuditEvent]) -> dict[str, Any]:
    """A page of the list. What a heavy event changed is not read here."""
    chosen = paging.page(request, events.annotate(size=Length("changes_text")).defer("changes_text"))
    light = [event.number for event in chosen.rows if event.size <= LIGHT]
    texts = dict(AuditEvent.objects.filter(number__in=light).values_list("number", "changes_text"))
    for event in chosen.rows:
        event.changes_text = texts.get(event.number, "[]")
    language = language_of(request)
    words = told.tell(chosen.rows, language, LISTED, CUT)
    return {"list": chosen, "events": [{"event": one.event, "told": one} for one in words], "light": set(light)}


def _asked(request: HttpRequest) -> Asked:
    """The filters of the address; what is no day, no register and no kind of record is no filter."""
    given = {name: paging.asked(request, name) for name in ("register", "action", "person", "kind", "key")}
    if given["register"] not in _registers():
        given["register"] = ""
    return Asked(**given, since=_day(request, "since"), until=_day(request, "until"))


def _day(request: HttpRequest, name: str) -> date | None:
    text = paging.asked(request, name)
    try:
        return date.fromisoformat(text) if re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _plain(asked: Asked) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(asked).items() if value}


def _registers() -> tuple[str, ...]:
    return tuple(sorted(REGISTERS))


def _actions(language: Language, register: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Actions by register, for the filter; only those of the register that was chosen."""
    found = []
    for name in _registers():
        own = [(code, told.action_word(code, language)) for code in sorted(ACTIONS) if code.startswith(f"{name}.")]
        if own and register in ("", name):
            found.append((say(f"desk.register.{name}", language), own))
    return found


def _chain(request: HttpRequest, language: Language) -> str:
    """The state of the chain: its end, or computed anew when the reader asks, because that reads every event."""
    if request.GET.get("chain") != "1":
        last = AuditEvent.objects.order_by("-number").values("number", "digest").first()
        return say("desk.trail.chain.last", language, count=last["number"], digest=last["digest"]) if last else ""
    report = queries.verify_chain()
    if report.holds:
        return say("desk.trail.chain.holds", language, count=report.events, digest=report.head)
    return say("desk.trail.chain.broken", language, count=len(report.broken), number=report.broken[0][0])


def _rules(request: HttpRequest, language: Language) -> list[str]:
    """Who reads what, in words, as far as it concerns this person."""
    roles = {role for role, _ in request.user.roles()}
    rules = ["wide" if roles & set(queries.READ_ALL) else "own"]
    rules += ["people"] if "administrator" in roles else []
    return [say(f"desk.trail.rule.{rule}", language) for rule in rules]
