"""The language of a page is the first part of its address: /kk/, /ru/, /en/."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve
from django.utils.cache import patch_vary_headers

from everychild.vocabulary.language import LANGUAGE_NAMES, LANGUAGES, Language

DEFAULT_LANGUAGE: Language = "kk"


class LanguageConverter:
    """Path converter for the language part of an address."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def language_of(request: HttpRequest) -> Language:
    """The language named by the address, else the first the browser asks for that we have, else Kazakh."""
    first = request.path_info.split("/", 2)[1]
    for language in LANGUAGES:
        if first == language:
            return language
    return _accepted(request.headers.get("Accept-Language", ""))


def _accepted(header: str) -> Language:
    ranked: list[tuple[float, int, Language]] = []
    for position, part in enumerate(header.split(",")):
        match = re.fullmatch(r"\s*([a-zA-Z]{2})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d+)?))?\s*", part)
        for language in LANGUAGES:
            if match and match[1].lower() == language:
                ranked.append((-float(match[2] or 1), position, language))
    return min(ranked)[2] if ranked else DEFAULT_LANGUAGE


def redirect_to_language(request: HttpRequest, rest: str = "") -> HttpResponse:
    """`/rights/24` → `/ru/rights/24` for a Russian browser; 404 when no page stands there in any language."""
    if rest in LANGUAGES:
        return HttpResponseRedirect(f"/{rest}/")
    target = f"/{language_of(request)}/{rest}"
    if rest.split("/", 1)[0] in LANGUAGES or resolve(target).func is redirect_to_language:
        raise Http404(rest)
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponseRedirect(f"{target}?{query}" if query else target)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def language_context(request: HttpRequest) -> dict[str, object]:
    """For every template: the page's language and its address in the other languages."""
    language = language_of(request)
    return {
        "language": language,
        "alternates": [(code, LANGUAGE_NAMES[code], _in_language(request, code)) for code in LANGUAGES],
    }


def _in_language(request: HttpRequest, language: Language) -> str:
    parts = request.get_full_path().split("/", 2)
    if len(parts) > 1 and parts[1] in LANGUAGES:
        return f"/{language}/{parts[2] if len(parts) > 2 else ''}"
    return f"/{language}/"
