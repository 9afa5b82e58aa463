"""People of a body: its administrators add accounts, give and end roles, help who cannot sign in. Never above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from everychild.registers.actions import may
from everychild.registers.people import actions, queries
from everychild.registers.people.models import ENTRUSTED, Account, Body, Membership
from everychild.registers.permissions import ROLES
from everychild.registers.refusals import NotPermitted, Refused, problem
from everychild.vocabulary.language import LANGUAGES, LocalText
from everychild.website.desk.door import language_of, page, staff
from everychild.website.texts import say

GIVEN: Final = tuple(role for role in ROLES if role not in (*ENTRUSTED, "system"))
"""Roles that a body's own administrator gives."""


@staff
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The accounts of the bodies one administers; a POST adds one."""
    bodies = bodies_of(request)
    if not bodies:
        raise Http404("people")
    if request.method == "GET":
        return _list_page(request, bodies)
    body = _one_of(bodies, request.POST.get("body", ""))
    given = {name: request.POST.get(name, "").strip() for name in ("body", "email", "language", "role")}
    try:
        added = _add(request, body, given)
    except Refused as refused:
        return _list_page(request, bodies, refused, given)
    _tell(request, say("desk.people.added", language_of(request), email=added.email))
    return redirect("desk-people")


@staff
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One account and what may be done to it; those of other bodies do not exist here."""
    bodies = bodies_of(request)
    found = next((one for body in bodies for one in queries.of_body(body) if one.pk == number), None)
    if found is None:
        raise Http404(str(number))
    if request.method == "GET":
        return _person_page(request, found, bodies)
    step = STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise Http404(request.POST.get("do", ""))
    try:
        step(request, found, bodies)
    except Refused as refused:
        return _person_page(request, queries.account(found.email) or found, bodies, refused)
    _tell(request, say("desk.people.done", language_of(request)))
    return redirect("desk-person", number=number)


@staff
@require_POST
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """The names of a body in three languages."""
    bodies = bodies_of(request)
    body = _one_of(bodies, code)
    try:
        name = LocalText(**{language: request.POST.get(f"name_{language}", "").strip() for language in LANGUAGES})
    except ValueError:
        missing = next(k for k in LANGUAGES if not request.POST.get(f"name_{k}", "").strip())
        return _list_page(request, bodies, Refused([problem("people.body", "empty_cell", f"name_{missing}")]), {})
    try:
        actions.amend_body(by=request.user, body=body, name=name, reason=request.POST.get("reason", ""))
    except Refused as refused:
        return _list_page(request, bodies, refused, {})
    _tell(request, say("desk.people.done", language_of(request)))
    return redirect("desk-people")


def bodies_of(request: HttpRequest) -> list[Body]:
    """The bodies whose people this person looks after."""
    own = {body.pk: body for _, body in request.user.roles() if body is not None}
    return [body for body in own.values() if may(request.user, "people.add_account", body)]


def _one_of(bodies: list[Body], code: str) -> Body:
    found = next((body for body in bodies if body.code == code), None)
    if found is None:
        raise Http404(code)
    return found


def _add(request: HttpRequest, body: Body, given: dict[str, str]) -> Account:
    """An account and its first role, both or neither."""
    with transaction.atomic():
        password = request.POST.get("password", "")
        added = actions.add_account(
            by=request.user, email=given["email"], home=body, language=given["language"], password=password
        )
        if given["role"]:
            actions.give_role(by=request.user, account=added, body=body, role=given["role"])
    return added


def _give(request: HttpRequest, account: Account, bodies: list[Body]) -> None:
    body = _one_of(bodies, request.POST.get("body", ""))
    actions.give_role(by=request.user, account=account, body=body, role=request.POST.get("role", ""))


def _end(request: HttpRequest, account: Account, bodies: list[Body]) -> None:
    held = queries.roles_held(account).filter(pk=_number(request.POST.get("membership", ""))).first()
    if held is None:
        raise Http404("membership")
    actions.end_role(by=request.user, membership=held, reason=_reason(request))


def _set_password(request: HttpRequest, account: Account, bodies: list[Body]) -> None:
    actions.set_password(by=request.user, account=account, password=request.POST.get("password", ""))


def _close(request: HttpRequest, account: Account, bodies: list[Body]) -> None:
    actions.set_active(by=request.user, account=account, active=False, reason=_reason(request))


def _open(request: HttpRequest, account: Account, bodies: list[Body]) -> None:
    actions.set_active(by=request.user, account=account, active=True, reason=_reason(request))


def _drop(request: HttpRequest, account: Account, bodies: list[Body]) -> None:
    actions.drop_one_time_codes(by=request.user, account=account, reason=_reason(request))


STEPS: Final[dict[str, Callable[[HttpRequest, Account, list[Body]], None]]] = {
    "give": _give, "end": _end, "password": _set_password, "close": _close, "open": _open, "drop": _drop,
}  # fmt: skip


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Refused([problem("people.account", "reason_required", "reason")])
    return reason


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def _tell(request: HttpRequest, words: str) -> None:
    request.session["desk_done"] = words


def _list_page(
    request: HttpRequest, bodies: list[Body], refused: Refused | None = None, given: dict[str, str] | None = None
) -> HttpResponse:
    rows = [(body, [_row(account, body) for account in queries.of_body(body)]) for body in bodies]
    told = {"bodies": rows, "given": given or {}, "given_roles": GIVEN, **_outcome(request, refused)}
    return page(request, "people.html", told, _status(refused))


def _row(account: Account, body: Body) -> dict[str, Any]:
    held = [membership.role for membership in account.memberships.all()
            if membership.ended_at is None and membership.body_id == body.pk]  # fmt: skip
    return {"account": account, "roles": sorted(held, key=ROLES.index), "elsewhere": account.home_id != body.pk}


def _person_page(
    request: HttpRequest, found: Account, bodies: list[Body], refused: Refused | None = None
) -> HttpResponse:
    home = any(body.pk == found.home_id for body in bodies)
    own, reached = found.pk == request.user.pk, queries.within_reach(request.user, found)
    told = {
        "person": found, "own": own, "held": [(m, _may_end(request, m)) for m in queries.roles_held(found)],
        "givable": _givable(found, bodies), "above": home and not own and not reached,
        "may_password": not own and reached and may(request.user, "people.set_password", found),
        "may_close": not own and reached and may(request.user, "people.set_active", found),
        "may_drop": not own and reached and bool(found.totp_secret)
        and may(request.user, "people.drop_one_time_codes", found),
        **_outcome(request, refused),
    }  # fmt: skip
    return page(request, "person.html", told, _status(refused))


def _may_end(request: HttpRequest, held: Membership) -> bool:
    """One's own role as administrator is no button: it could not be taken up again."""
    own = held.account_id == request.user.pk and held.role == "administrator"
    return not own and may(request.user, "people.end_role", held)


def _givable(account: Account, bodies: list[Body]) -> list[tuple[Body, list[str]]]:
    held = {(m.body_id, m.role) for m in queries.roles_held(account)}
    offered = [(body, [role for role in GIVEN if (body.pk, role) not in held]) for body in bodies]
    return [(body, roles) for body, roles in offered if roles]


def _outcome(request: HttpRequest, refused: Refused | None) -> dict[str, Any]:
    language = language_of(request)
    said = [finding.message(language) for finding in refused.findings] if refused else []
    return {"said": said, "done": request.session.pop("desk_done", "")}


def _status(refused: Refused | None) -> int:
    return 403 if isinstance(refused, NotPermitted) else 409 if refused else 200
