"""The registers at the desk: what waits, searchable lists, one record with its parts and what may be done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from everychild.registers.actions import ACTIONS
from everychild.registers.audit import queries as audit
from everychild.registers.audit.queries import Asked
from everychild.registers.people.models import Account
from everychild.registers.records import Record, kind_of
from everychild.vocabulary.language import Language
from everychild.website import paging
from everychild.website.desk.door import language_of, page, staff
from everychild.website.desk.forms.allowed import additions, bodies_for, offered, subject_of
from everychild.website.desk.forms.declarations import REGISTERS, forms
from everychild.website.desk.forms.declared import Form
from everychild.website.desk.forms.facts import address_of, facts, told_with
from everychild.website.desk.forms.kinds import KINDS, NODES, Kind, found, one, parts_of, with_references
from everychild.website.desk.forms.waiting import waiting
from everychild.website.desk.forms.words import label_of, name_of, value_word
from everychild.website.desk.told import action_word, kind_word
from everychild.website.rows import address
from everychild.website.texts import say

SHOWN_PARTS: Final = 100
PUBLIC: Final = {"laws.act": "law", "recommendations.recommendation": "recommendation",
                 "programmes.programme": "programme"}  # fmt: skip


@dataclass(frozen=True)
class Button:
    """A form that may be opened."""

    where: str
    word: str


@dataclass(frozen=True)
class Row:
    """A record in a list."""

    where: str
    name: str
    says: tuple[tuple[str, str], ...]
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class Part:
    """What belongs to a record; `more`: how many of them are not shown."""

    id: str
    word: str
    rows: list[Row]
    more: int


@staff
@require_GET
def registers(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and the registers."""
    account, language = request.user, language_of(request)
    waits = []
    for sort in waiting(account, timezone.localdate()):
        rows = [
            Row(address_of(record), name_of(record, language), says(record, account),
                (button(forms()[sort.action], record, language),))
            for record in sort.records
        ]  # fmt: skip
        waits.append(Part(sort.action.replace(".", "-"), say(f"desk.waits.{sort.action}", language), rows,
                          sort.all - len(rows)))  # fmt: skip
    listed = [
        (name, say(f"desk.register.{name}", language), say(f"desk.about.{name}", language),
         [Button(reverse("desk-do", args=[form.action]), say(f"desk.do.{form.action}", language))
          for form in additions(account, name)])
        for name in REGISTERS
    ]  # fmt: skip
    return page(request, "registers.html", {"waits": waits, "registers": listed})


@staff
@require_GET
def register(request: HttpRequest, name: str) -> HttpResponse:
    """One register: its records of a kind, searched by words of code and title."""
    if name not in REGISTERS:
        raise Http404(name)
    account, language = request.user, language_of(request)
    kinds = [kind for kind in KINDS.values() if kind.register == name and kind.listed]
    asked = paging.asked(request, "kind")
    chosen = next((kind for kind in kinds if kind.name == asked), kinds[0])
    words = paging.asked(request, "q")
    listed = paging.page(request, with_references(chosen, found(chosen, account, words)))
    context = {
        "register": name, "title": say(f"desk.register.{name}", language), "about": say(f"desk.about.{name}", language),
        "kinds": [(kind.name, kind_word(kind.name, language), kind is chosen) for kind in kinds],
        "query": words, "list": listed, "rows": [row(record, account) for record in listed.rows],
        "buttons": [Button(reverse("desk-do", args=[form.action]), say(f"desk.do.{form.action}", language))
                    for form in additions(account, name)],
        "done": _done(request, language),
    }  # fmt: skip
    return page(request, "register.html", context)


@staff
@require_GET
def record(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One record; what a person may not see does not exist for her."""
    if kind not in KINDS:
        raise Http404(kind)
    account, language = request.user, language_of(request)
    shown = one(KINDS[kind], account, code)
    if shown is None:
        raise Http404(code)
    under = getattr(shown, KINDS[kind].under) if KINDS[kind].under else None
    history = audit.found(account, Asked(kind=kind, key=shown.key)).exists()
    context = {
        "kind": kind_word(kind, language), "name": name_of(shown, language), "register": KINDS[kind].register,
        "register_name": say(f"desk.register.{KINDS[kind].register}", language),
        "under": (address_of(under), name_of(under, language)) if under else None,
        "facts": facts(shown, account), "besides": told_with(shown, account),
        "parts": [_part(*part, account) for part in parts_of(shown, account)],
        "buttons": [*(button(form, shown, language) for form in offered(account, shown)), *_join(shown, account)],
        "public": public_page(shown, language), "done": _done(request, language),
        "history": reverse("desk-history", args=[kind, shown.key]) if history else "",
    }  # fmt: skip
    return page(request, "record.html", context)


def _done(request: HttpRequest, language: Language) -> str:
    """What was done just now, in words."""
    action = paging.asked(request, "done")
    return action_word(action, language) if action in ACTIONS else ""


def _part(name: str, kind: Kind, rows: Any, account: Account) -> Part:
    language: Language = account.language  # type: ignore[assignment]
    first, count = list(with_references(kind, rows)[:SHOWN_PARTS]), rows.count()
    word = say(f"desk.part.{name}", language)
    return Part(name, word, [row(record, account) for record in first], count - len(first))


def row(record: Record, account: Account) -> Row:
    language: Language = account.language  # type: ignore[assignment]
    buttons = tuple(button(form, record, language) for form in offered(account, record))
    return Row(address_of(record), name_of(record, language), says(record, account), buttons)


def says(record: Record, account: Account) -> tuple[tuple[str, str], ...]:
    """The columns of a row with their labels, as far as they say something."""
    language: Language = account.language  # type: ignore[assignment]
    kind = KINDS[kind_of(record)]
    told = [(label_of(kind.name, name, language), value_word(record, name, account)) for name in kind.says]
    return tuple(pair for pair in told if pair[1])


def button(form: Form, record: Any, language: Language) -> Button:
    """The address of a form that stands on the record, or corrects it."""
    subject = subject_of(form, record)
    where = reverse("desk-do", args=[form.action, subject.pk] if subject is not None else [form.action])
    if form.keys and form.makes == kind_of(record):
        return Button(f"{where}?of={record.pk}", say("desk.do.correct", language))
    return Button(where, say(f"desk.do.{form.action}", language))


def _join(record: Record, account: Account) -> list[Button]:
    """For nodes of the graph: the form of a link that begins here."""
    node, form = NODES.get(kind_of(record)), forms()["duties.join"]
    if node is None or not bodies_for(account, form):
        return []
    query = urlencode({"from_kind": node, "from_code": record.code})  # type: ignore[attr-defined]
    word = say("desk.do.duties.join", account.language)  # type: ignore[arg-type]
    return [Button(f"{reverse('desk-do', args=[form.action])}?{query}", word)]


def public_page(record: Record, language: Language) -> str:
    """Where everybody reads it: its own page, else that of the graph; "" for what is not public."""
    kind = kind_of(record)
    if kind in PUBLIC:
        return address(PUBLIC[kind], language, code=record.code)  # type: ignore[attr-defined]
    if kind == "voices.poll":
        published = record.state == "published"  # type: ignore[attr-defined]
        return address("voice", language, code=record.code) if published else ""  # type: ignore[attr-defined]
    if kind in NODES:
        return address("graph", language, kind=NODES[kind], code=record.code)  # type: ignore[attr-defined]
    return ""
