"""The one view behind all forms: show, read, do, or say beside the form why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from everychild.registers.actions import ACTIONS
from everychild.registers.records import kind_of
from everychild.registers.refusals import NotPermitted, Refused, problem
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import Language
from everychild.website.desk.door import language_of, page, staff
from everychild.website.desk.forms import changed, showing
from everychild.website.desk.forms.allowed import permitted
from everychild.website.desk.forms.declarations import forms
from everychild.website.desk.forms.declared import Form
from everychild.website.desk.forms.facts import Told, address_of, told, told_parts, told_with
from everychild.website.desk.forms.fields import Field, fields_of
from everychild.website.desk.forms.kinds import KINDS, seen
from everychild.website.desk.forms.reading import MOST_PARTS, Given, Typed, read, stored_in, typed_in
from everychild.website.desk.forms.words import name_of
from everychild.website.desk.told import Cell, kind_word
from everychild.website.texts import say

UNPROCESSABLE: Final = 422
CONFLICT: Final = 409


@dataclass(frozen=True)
class Opened:
    """A form opened by a person: on `subject` (None: on nothing), to correct `record` (None: to add one)."""

    form: Form
    request: HttpRequest
    subject: Any
    record: Any
    fields: tuple[Field, ...]

    @property
    def language(self) -> Language:
        return language_of(self.request)

    @property
    def locked(self) -> Any:
        """The record whose revision the form carries."""
        return self.record or self.subject

    @property
    def before(self) -> Typed | None:
        return stored_in(self.fields, self.record) if self.record else None

    @property
    def kept(self) -> tuple[str, ...]:
        """Fields that name the record to correct and are not changed."""
        return self.form.keys if self.record and self.form.keys else ()


@dataclass(frozen=True)
class Said:
    """What the page says besides the fields."""

    findings: Sequence[Finding] = ()
    cells: Sequence[Cell] = ()
    now: Mapping[str, str] = field(default_factory=dict)
    more: Sequence[str] = ()


@staff
@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, action: str, number: int | None = None) -> HttpResponse:
    """The form of an action, on the record of that number or on none."""
    opened = _opened(request, action, number)
    if not permitted(request.user, opened.form, opened.subject):
        deed = say(f"desk.do.{action}", opened.language)
        words = [problem(opened.form.register, "not_permitted", value=deed).message(opened.language)]
        return page(request, "record_form_refused.html", {"said": words, **_around(opened)}, 403)
    if request.method == "POST":
        return _posted(opened)
    if not opened.form.ready(request.user, opened.subject):
        words = [say("desk.fill.not_now", opened.language)]
        return page(request, "record_form_refused.html", {"said": words, **_around(opened)}, CONFLICT)
    return _page(opened, _first(opened), Said(), 200)


def _opened(request: HttpRequest, action: str, number: int | None) -> Opened:
    """What a person may not see is not there."""
    form = forms().get(action)
    if form is None or (number is None) != (not form.stands):
        raise Http404(action)
    subject = _seen(request, form.stands, number) if form.stands else None
    record = subject if form.corrects else None
    of = request.GET.get("of", "")
    if form.keys and of:
        record = _seen(request, form.makes, int(of) if of.isascii() and of.isdecimal() and len(of) < 18 else 0)
        if form.under and getattr(record, f"{form.under}_id") != subject.pk:
            raise Http404(of)
    return Opened(form, request, subject, record, fields_of(form, request.user))


def _seen(request: HttpRequest, kind: str, number: int | None) -> Any:
    found = seen(KINDS[kind], request.user).filter(pk=number).first()
    if found is None:
        raise Http404(str(number))
    return found


def _first(opened: Opened) -> Typed:
    """What a form shows when it is opened: the record, or defaults and what the address names."""
    if opened.record:
        return stored_in(opened.fields, opened.record)
    made = KINDS[opened.form.makes].model()
    typed = stored_in(opened.fields, made)
    for one in opened.fields:
        given = opened.request.GET.get(one.name, "")
        if given and isinstance(typed[one.name], str):
            typed[one.name] = given
    return typed


def _posted(opened: Opened) -> HttpResponse:
    request = opened.request
    typed = typed_in(opened.fields, request.POST)
    if opened.before and opened.kept:
        typed |= {name: opened.before[name] for name in opened.kept}
    if "more" in request.POST:
        return _page(opened, _with_more(opened, typed, request.POST["more"]), Said(), 200)
    if opened.locked and str(opened.locked.revision) != request.POST.get("revision"):
        return _changed_meanwhile(opened, typed)
    given = read(opened.form, opened.fields, typed, opened.before, opened.subject, request.user)
    findings = [*given.findings, *_hindrances(opened, given)]
    if findings:
        return _page(opened, typed, Said(findings), UNPROCESSABLE)
    return _done(opened, typed, given)


def _with_more(opened: Opened, typed: Typed, name: str) -> Typed:
    for one in opened.fields:
        if one.kind == "parts" and one.name == name and len(typed[name]) < MOST_PARTS:
            return {**typed, name: [*typed[name], stored_in(one.parts, None)]}
    return typed


def _hindrances(opened: Opened, given: Given) -> list[Finding]:
    """What the machine refuses by itself: an amendment of nothing, an addition of what is there already."""
    form, kind = opened.form, opened.form.makes
    if given.findings:
        return []
    if opened.record and not given.changes:
        return [problem(kind, "nothing_changed", value=str(opened.record))]
    if form.keys and not opened.record:
        key = {name: given.arguments[name] for name in form.keys}
        key |= {form.under: opened.subject} if form.under else {}
        if KINDS[kind].model.objects.filter(**key).exists():
            return [problem(kind, "field_not_unique", form.keys[0])]
    return []


def _done(opened: Opened, typed: Typed, given: Given) -> HttpResponse:
    """Do it; the register's own refusals stand beside the fields they speak of."""
    try:
        made = ACTIONS[opened.form.action].function(**given.arguments)
    except NotPermitted as refused:
        return _page(opened, typed, Said(refused.findings), 403)
    except Refused as refused:
        if any(finding.rule == "changed_meanwhile" for finding in refused.findings):
            return _changed_meanwhile(_opened(opened.request, opened.form.action, _number(opened)), typed)
        return _page(opened, typed, Said(refused.findings), CONFLICT)
    except IntegrityError:  # two people have added the same at the same moment
        return _page(opened, typed, Said([problem(opened.form.makes, "field_not_unique")]), CONFLICT)
    return redirect(f"{_after(opened, made)}?done={opened.form.action}")


def _number(opened: Opened) -> int | None:
    return opened.subject.pk if opened.subject else None


def _after(opened: Opened, made: Any) -> str:
    """The page to go to: of the subject, of what was added, or of what a removed record belonged to."""
    subject = opened.subject
    if subject is None:
        return address_of(made)
    if made is None:
        under = KINDS[opened.form.stands].under
        return address_of(getattr(subject, under)) if under else reverse("desk-register", args=[opened.form.register])
    return address_of(subject)


def _changed_meanwhile(opened: Opened, typed: Typed) -> HttpResponse:
    """Say what changed; the form now carries the present revision, so that it may be sent again."""
    since = opened.request.POST.get("seen", "")
    number = (
        int(since) if since.isascii() and since.isdecimal() and len(since) < 18 else changed.last_event(opened.locked)
    )
    was = changed.before(opened.locked, number)
    now: Mapping[str, str] = {}
    if opened.record:
        typed, now = changed.merged(opened.fields, typed, opened.record, was)
    words = [say("desk.fill.changed_meanwhile", opened.language)]
    cells = changed.cells(opened.locked, was, opened.language)
    return _page(opened, typed, Said((), cells, now, words), CONFLICT)


def _page(opened: Opened, typed: Typed, says: Said, status: int) -> HttpResponse:
    shown = showing.Page(opened.request.user, opened.subject, says.findings, says.now).shown(
        opened.fields, typed, opened.kept
    )
    groups = [(say(name, opened.language) if name else "", fields) for name, fields in showing.in_groups(shown)]
    said = [*says.more, *showing.told_elsewhere(says.findings, shown, opened.language)]
    if says.findings and not said:
        said = [say("desk.fill.look", opened.language)]
    context = {
        **_around(opened), "told": _told(opened), "groups": groups, "said": said, "cells": says.cells,
        "revision": opened.locked.revision if opened.locked else None,
        "seen": changed.last_event(opened.locked) if opened.locked else None,
    }  # fmt: skip
    return page(opened.request, "record_form.html", context, status)


def _told(opened: Opened) -> list[Told]:
    """What the person must have before her eyes; not where the fields themselves show the record."""
    form, account = opened.form, opened.request.user
    if opened.subject is None or (form.corrects and form.groups):
        return []
    besides = [*told_with(opened.subject, account), *told_parts(opened.subject, account, form.shows)]
    return [told(opened.subject, account), *besides]


def _around(opened: Opened) -> dict[str, Any]:
    """What frames the form: where it stands and what it does."""
    form, language = opened.form, opened.language
    locked = opened.locked
    return {
        "title": say(f"desk.do.{form.action}", language), "register": form.register,
        "register_name": say(f"desk.register.{form.register}", language),
        "standing": name_of(locked, language) if locked else "", "standing_kind": _kind_of(locked, language),
        "back": address_of(locked) if locked else reverse("desk-register", args=[form.register]),
    }  # fmt: skip


def _kind_of(record: Any, language: Language) -> str:
    return kind_word(kind_of(record), language) if record else ""
