"""Signing in and out, and who may come in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from everychild.registers.actions import may
from everychild.registers.people.models import Account
from everychild.registers.people.sign_in import sign_in as begin
from everychild.registers.people.sign_in import sign_out as end
from everychild.registers.refusals import Refused
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.texts import say

View = Callable[..., HttpResponse]


def language_of(request: HttpRequest) -> Language:
    """The account's language; at the door the one asked for, else Kazakh."""
    if isinstance(request.user, Account):
        return request.user.language  # type: ignore[return-value]
    asked = request.GET.get("language") or request.POST.get("language")
    return asked if asked in LANGUAGES else "kk"  # type: ignore[return-value]


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    language = language_of(request)
    names = {code: say(f"desk.language.{code}", language) for code in LANGUAGES}
    common = {"language": language, "account": request.user, "languages": names.items(), "page": "desk"}
    common["administers"] = _administers(request)
    return render(request, f"everychild/desk/{template}", common | context, status=status)


def _administers(request: HttpRequest) -> bool:
    """Whether the menu leads to the people of a body."""
    roles = request.user.roles() if isinstance(request.user, Account) else ()
    return any(body is not None and may(request.user, "people.add_account", body) for _, body in roles)


def staff(view: View) -> View:
    """Only for people who have signed in; everybody else is led to the door."""

    @wraps(view)
    @never_cache
    @csrf_protect
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not isinstance(request.user, Account):
            return redirect("desk-sign-in")
        return view(request, *args, **named)

    return guarded


@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Account):
        return redirect("desk")
    if request.method == "GET":
        return page(request, "sign_in.html", {})
    given = {name: request.POST.get(name, "") for name in ("email", "password", "code")}
    try:
        begin(request, given["email"], given["password"], given["code"])
    except Refused as refused:
        said = [finding.message(language_of(request)) for finding in refused.findings]
        asks_code = any(finding.rule == "code_required" for finding in refused.findings)
        return page(request, "sign_in.html", {"said": said, "email": given["email"], "asks_code": asks_code}, 403)
    return redirect("desk")


@never_cache
@csrf_protect
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    end(request)
    return redirect("desk-sign-in")
