"""What stands at the ends of edges: a title in three languages and the page that tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps

from everychild.catalogue.catalogue import catalogue
from everychild.vocabulary.language import LocalText


@dataclass(frozen=True)
class Node:
    """A node of the graph. `page` and `argument` name the address of its own page ("" for none)."""

    kind: str
    code: str
    title: LocalText
    page: str = ""
    verified: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.code}"


@dataclass(frozen=True)
class Home:
    """Where nodes of a kind are kept: a model of a register, found by its code, and the page of one of them."""

    app: str
    model: str
    title: str = "title"
    page: str = ""
    key: str = "code"
    state: str = ""
    """The state in which a record is shown to everybody; "" for kinds that have no drafts."""


HOMES: Final[Mapping[str, Home]] = {
    "act": Home("laws", "Act", page="law"),
    "provision": Home("laws", "Provision", "label"),
    "obligation": Home("laws", "Obligation", "duty"),
    "recommendation": Home("recommendations", "Recommendation", "text", "recommendation"),
    "action": Home("recommendations", "FollowUp"),
    "budget_line": Home("budget", "Line"),
    "programme": Home("programmes", "Programme", page="programme"),
    "result": Home("programmes", "Result"),
    "project": Home("programmes", "Pilot"),
    "partner": Home("programmes", "Partner", "name"),
    "poll": Home("voices", "Poll", page="voice", state="published"),
}


def nodes(names: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Node]:
    """The nodes of these (kind, code), in one query a kind; one that nobody keeps has its code for a title."""
    by_kind: dict[str, list[str]] = {}
    for kind, code in dict.fromkeys(names):
        by_kind.setdefault(kind, []).append(code)
    found: dict[tuple[str, str], Node] = {}
    for kind, codes in by_kind.items():
        known = _KEPT.get(kind, _records(kind))(codes)
        for code in codes:
            found[kind, code] = known.get(code) or Node(kind, code, _plain(code))
    return found


def exists(kind: str, code: str) -> bool:
    return code in _KEPT.get(kind, _records(kind))([code])


def _articles(codes: list[str]) -> dict[str, Node]:
    known = catalogue().articles
    return {code: Node("article", code, known[code].title, "right", "yes") for code in codes if code in known}


def _indicators(codes: list[str]) -> dict[str, Node]:
    known = catalogue().indicators
    return {code: Node("indicator", code, known[code].name, "indicator", "yes") for code in codes if code in known}


def _records(kind: str) -> Callable[[list[str]], dict[str, Node]]:
    home = HOMES.get(kind)

    def read(codes: list[str]) -> dict[str, Node]:
        model = kept_model(home.app, home.model) if home else None
        if model is None or home is None:
            return {}
        rows = model.objects.filter(**{f"{home.key}__in": codes})
        if home.state:
            rows = rows.filter(state=home.state)
        return {
            getattr(row, home.key): Node(
                kind, getattr(row, home.key), getattr(row, home.title) or _plain(getattr(row, home.key)), home.page,
                getattr(row, "verified", ""),
            )
            for row in rows
        }  # fmt: skip

    return read


def kept_model(app: str, model: str) -> Any:
    """The model of a register; None while that register is not installed."""
    try:
        return apps.get_model(app, model)
    except LookupError:
        return None


def _plain(code: str) -> LocalText:
    return LocalText(en=code, ru=code, kk=code, unreviewed=frozenset())


_KEPT: Final[Mapping[str, Callable[[list[str]], dict[str, Node]]]] = {"article": _articles, "indicator": _indicators}
