"""Pages never change until something is published, withdrawn or written to a register: so say 304, or hand out what
was rendered.

One tag serves all: what is published and withdrawn, the last event of the audit, the edition of the program, the day
(figures grow older, dates pass) and the address. A page is rendered once, compressed once, and kept within a bound of
memory; Django's own cache and gzip middleware were weighed and rejected because they render before they can compare the
tag.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

import everychild
from everychild.registers.audit.queries import stamp as registers_stamp
from everychild.vocabulary.language import LANGUAGES
from everychild.website.observatory import observatory

MEMORY_BOUND = int(os.environ.get("EVERYCHILD_PAGE_MEMORY", 48 * 2**20))
"""Bytes of rendered pages one worker keeps; 0 renders every page anew (the speed of rendering is measured so)."""
_SMALLEST_WORTH_COMPRESSING = 500
_PROGRAM = (".py", ".csv", ".yaml", ".html", ".css", ".js")


@dataclass(frozen=True)
class _Page:
    body: bytes
    compressed: bytes
    content_type: str

    @property
    def size(self) -> int:
        return len(self.body) + len(self.compressed)


class PageMemory:
    """Rendered pages by tag, the longest unread dropped first."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.size = 0
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> _Page | None:
        with self._lock:
            page = self._pages.get(tag)
            if page:
                self._pages.move_to_end(tag)
            return page

    def put(self, tag: str, page: _Page) -> None:
        if page.size > self.bound // 8:
            return
        with self._lock:
            if tag in self._pages:
                return
            self._pages[tag] = page
            self.size += page.size
            while self.size > self.bound:
                self.size -= self._pages.popitem(last=False)[1].size


class ConditionalPages:
    """Answers GET and HEAD of pages under a language with a tag; everything else passes untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.memory = PageMemory(MEMORY_BOUND)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") or request.path_info.split("/", 2)[1] not in LANGUAGES:
            return self.get_response(request)
        tag = _tag(request)
        if tag in _tags_held(request):
            return _with_headers(HttpResponseNotModified(), tag)
        page = self.memory.get(tag)
        if page is None:
            response = self.get_response(request)
            if response.status_code != 200 or response.streaming or "Content-Disposition" in response.headers:
                return response
            body = bytes(response.content)  # type: ignore[attr-defined]
            page = _Page(body, gzip.compress(body, 4, mtime=0), response.headers["Content-Type"])
            self.memory.put(tag, page)
        return _with_headers(_answer(request, page), tag)


def _tag(request: HttpRequest) -> str:
    where = (request.get_host(), request.get_full_path())
    parts = (observatory().stamp, registers_stamp(), _edition(), date.today().isoformat(), *where)
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


@cache
def _edition() -> str:
    """Names, sizes and times of all files of the program: an upgrade changes every tag."""
    package = Path(everychild.__file__).parent
    files = sorted(path for path in package.rglob("*") if path.suffix in _PROGRAM)
    state = [(str(path.relative_to(package)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.blake2b(repr(state).encode(), digest_size=12).hexdigest()


def _tags_held(request: HttpRequest) -> list[str]:
    return re.findall(r'"([^"]*)"', request.headers.get("If-None-Match", ""))


def _answer(request: HttpRequest, page: _Page) -> HttpResponse:
    wants_gzip = re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", request.headers.get("Accept-Encoding", ""))
    if wants_gzip and len(page.body) > _SMALLEST_WORTH_COMPRESSING:
        response = HttpResponse(page.compressed, content_type=page.content_type)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.body, content_type=page.content_type)
    response["Content-Length"] = str(len(response.content))
    return response


def _with_headers(response: HttpResponse, tag: str) -> HttpResponse:
    # Weak: the compressed and the plain body carry one tag.
    response["ETag"] = f'W/"{tag}"'
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
