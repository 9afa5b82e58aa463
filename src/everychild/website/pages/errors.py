"""Pages for what is not there and for what went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "everychild/not_found.html", {"page": ""}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    return render(request, "everychild/failed.html", {"page": ""}, status=500)
