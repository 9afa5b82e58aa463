"""One's own account: language, password, one-time codes, and the roles one holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from everychild.registers.people import actions, queries
from everychild.registers.people.models import Account
from everychild.registers.people.one_time_codes import address, new_secret
from everychild.registers.people.sign_in import confirm
from everychild.registers.refusals import Refused, problem
from everychild.vocabulary.language import LANGUAGES
from everychild.website.desk.door import language_of, page, staff

ISSUER: Final = "everychild"
SECRET: Final = "desk_new_secret"  # noqa: S105 - where the session keeps one until it is proved


@staff
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """What was typed wrong is said on the same page; a success leads back to it."""
    if request.method == "GET":
        return _page(request)
    step = STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise Http404(request.POST.get("do", ""))
    try:
        step(request, _self(request))
    except Refused as refused:
        return _page(request, refused)
    return redirect("desk-account")


@staff
@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Setting up one-time codes: a secret for the telephone, then a code that proves it has arrived there."""
    if request.method == "GET" or SECRET not in request.session:
        request.session[SECRET] = new_secret()
        return _codes_page(request)
    try:
        confirm(request, request.user, request.POST.get("now", ""))
        code = request.POST.get("code", "")
        actions.set_one_time_codes(
            by=request.user, account=_self(request), secret=request.session[SECRET], code=code
        )  # fmt: skip
    except Refused as refused:
        return _codes_page(request, refused)
    del request.session[SECRET]
    return redirect("desk-account")


def _set_language(request: HttpRequest, own: Account) -> None:
    language = request.POST.get("language", "")
    if language not in LANGUAGES:
        choices = ", ".join(LANGUAGES)
        raise Refused([problem("people.account", "field_not_a_choice", "language", language[:20], choices=choices)])
    actions.set_language(by=request.user, account=own, language=language)


def _set_password(request: HttpRequest, own: Account) -> None:
    """The session goes on; all others of the account end."""
    confirm(request, request.user, request.POST.get("now", ""))
    changed = actions.set_password(by=request.user, account=own, password=request.POST.get("new", ""))
    update_session_auth_hash(request, changed)
    request.session["desk_done"] = "desk.account.password.done"


def _drop_codes(request: HttpRequest, own: Account) -> None:
    confirm(request, request.user, request.POST.get("now", ""))
    actions.drop_one_time_codes(by=request.user, account=own, reason=request.POST.get("reason", ""))


STEPS: Final[dict[str, Callable[[HttpRequest, Account], None]]] = {
    "language": _set_language, "password": _set_password, "drop": _drop_codes,
}  # fmt: skip


def _self(request: HttpRequest) -> Account:
    """Read anew: a deed that is refused leaves the account of the request, and with it the page, as it was."""
    found = queries.account(request.user.email)
    assert found is not None
    return found


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    told: dict[str, Any] = {
        "held": list(queries.roles_held(request.user)), "said": _said(request, refused),
        "tried": request.POST.get("do", ""), "done": request.session.pop("desk_done", ""),
    }  # fmt: skip
    return page(request, "account.html", told, 409 if refused else 200)


def _codes_page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    secret = request.session[SECRET]
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    link = address(secret, request.user.email, ISSUER)
    told = {"secret": grouped, "link": link, "said": _said(request, refused)}
    return page(request, "codes.html", told, 409 if refused else 200)


def _said(request: HttpRequest, refused: Refused | None) -> list[str]:
    return [finding.message(language_of(request)) for finding in refused.findings] if refused else []
