"""Kinds of records at the desk: where they are listed, who sees which, what belongs to one, what a row says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db.models import Q, QuerySet

from everychild.registers.actions import may
from everychild.registers.duties.models import Edge
from everychild.registers.duties.nodes import HOMES
from everychild.registers.laws.models import Reading
from everychild.registers.laws.queries import published_readings
from everychild.registers.people.models import Account
from everychild.registers.records import Record, kind_of
from everychild.registers.voices.models import Comment, Outcome, Poll, Question
from everychild.vocabulary.language import LANGUAGES

Seen = Callable[[Account], QuerySet[Any]]


@dataclass(frozen=True)
class Kind:
    """One kind of record. `says`: the columns of a row; `names`: texts and references that words are looked for in.

    `parts`: (what belongs to it, by the name of the relation). `under`: the column of the record it belongs to.
    `seen`: those a person may see, where that is not all of them. `listed`: whether the register lists them. `tells`:
    columns that name records without which it cannot be judged: their facts are told with its own.
    """

    name: str
    says: tuple[str, ...] = ()
    names: tuple[str, ...] = ("code", "title")
    parts: tuple[str, ...] = ()
    under: str = ""
    seen: Seen | None = None
    listed: bool = True
    tells: tuple[str, ...] = ()

    @property
    def register(self) -> str:
        return self.name.partition(".")[0]

    @property
    def model(self) -> Any:
        return apps.get_model(self.name)


def _own(account: Account) -> set[int]:
    return {body.pk for _, body in account.roles() if body is not None}


def _readings(account: Account) -> QuerySet[Any]:
    """Published ones and one's own: never the first of an open round while the second is out."""
    return Reading.objects.filter(Q(pk__in=published_readings().order_by().values("pk")) | Q(coder=account))


def _polls(account: Account) -> QuerySet[Any]:
    """Drafts are seen by the body that draws them up and by who may publish them."""
    if may(account, "voices.publish_poll"):
        return Poll.objects.all()
    return Poll.objects.filter(Q(state="published") | Q(body_id__in=_own(account)))


def _of_polls(model: Any) -> Seen:
    return lambda account: model.objects.filter(poll__in=_polls(account).order_by().values("pk"))


def _choices(account: Account) -> QuerySet[Any]:
    from everychild.registers.voices.models import Choice

    return Choice.objects.filter(question__poll__in=_polls(account).order_by().values("pk"))


def _margins(account: Account) -> QuerySet[Any]:
    from everychild.registers.voices.models import Margin

    return Margin.objects.filter(poll__in=_polls(account).order_by().values("pk"))


def _comments(account: Account) -> QuerySet[Any]:
    """What is not approved is seen by moderators and by the body that handed it in."""
    if may(account, "voices.decide_comment"):
        return Comment.objects.all()
    return Comment.objects.filter(Q(state="approved") | Q(body_id__in=_own(account)))


_ALL: Final = (
    Kind("laws.act", ("kind", "status", "adopted"), ("code", "number", "title"),
         ("provisions", "versions", "follows", "followed_by")),
    Kind("laws.obligation", ("instrument", "article"), ("code", "article", "duty"), ("cells",)),
    Kind("laws.provision", ("act",), ("code", "label", "act__code"), ("cells",), "act"),
    Kind("laws.cell", ("obligation", "state", "outcome", "round"), ("obligation__code", "provision__code"),
         ("readings", "adjudications"), tells=("obligation", "provision")),
    Kind("laws.actversion", ("in_force_from", "amended_by"), ("act__code",), (), "act", listed=False),
    Kind("laws.succession", ("kind", "on"), ("earlier__code", "later__code"), (), "later", listed=False),
    Kind("laws.reading", ("round", "verdict", "body", "reason"), ("cell__obligation__code",), (), "cell", _readings,
         listed=False),
    Kind("laws.adjudication", ("round", "verdict", "reason"), ("cell__obligation__code",), (), "cell", listed=False),
    Kind("recommendations.recommendation", ("mechanism", "adopted", "due", "responsible"),
         ("code", "document", "text"), ("parts", "reports", "evidence", "actions", "repeats", "repeated_by"), "parent"),
    Kind("recommendations.evidence", ("kind", "on", "body", "verified"), ("recommendation__code", "says"), (),
         "recommendation"),
    Kind("recommendations.followup", ("body", "begins", "due", "ended"), ("code", "title", "recommendation__code"), (),
         "recommendation"),
    Kind("recommendations.statusreport", ("status", "party", "body", "on"), ("recommendation__code",), (),
         "recommendation", listed=False),
    Kind("recommendations.repeat", ("kind",), ("earlier__code", "later__code"), (), "later", listed=False),
    Kind("budget.line", ("year", "level", "planned", "executed"), ("code", "title"), ("shares",)),
    Kind("budget.ruleset", ("official", "verified"), ("code", "name"), ("rules", "line_shares")),
    Kind("budget.rule", ("kind", "share", "evidence"), ("code", "rule_set__code"), (), "rule_set"),
    Kind("budget.yearbasis", ("children", "deflator"), ("area",)),
    Kind("budget.lineshare", ("kind", "share"), ("line__code",), (), "line", listed=False),
    Kind("programmes.programme", ("kind", "begins", "ends", "responsible"), parts=(
        "results", "pilots", "partnerships", "parts"), under="parent"),
    Kind("programmes.pilot", ("scope", "places"), parts=("steps",), under="programme"),
    Kind("programmes.result", ("level", "programme_area", "partner"), parts=("uses", "parts", "pilots"),
         under="programme"),
    Kind("programmes.partner", ("kind",), ("code", "name"), ("partnerships", "results")),
    Kind("programmes.partnership", ("role", "partner", "programme"), ("partner__code",), (), "programme", listed=False),
    Kind("programmes.indicatoruse", ("area", "baseline", "target", "target_period"), ("indicator",), (), "result",
         listed=False),
    Kind("programmes.step", ("stage", "on", "evidence_kind", "verified"), ("pilot__code", "evidence"), (), "pilot"),
    Kind("care.caredefinition", ("placement", "frame"), ("code", "name")),
    Kind("care.justicebase", ("children", "from_age"), ("area",)),
    Kind("care.justicelevel", ("number", "level"), ("country", "evidence")),
    Kind("voices.poll", ("state", "kind", "body", "began"),
         parts=("questions", "outcomes", "comments", "margins"), seen=_polls),
    Kind("voices.comment", ("state", "age_group", "text"), ("text", "poll__code"), (), "poll", _comments),
    Kind("voices.outcome", ("answered_by", "answered_on", "changed_on"), ("code", "said"), (), "poll",
         _of_polls(Outcome)),
    Kind("voices.question", ("order", "several"), ("code", "text"), ("choices",), "poll", _of_polls(Question), False),
    Kind("voices.choice", ("order",), ("code", "label"), (), "question", _choices, False),
    Kind("voices.margin", ("dimension", "category", "population"), ("category",), (), "poll", _margins, False),
    Kind("duties.edge", ("relation", "strength", "origin"), ("from_code", "to_code")),
)  # fmt: skip
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _ALL}
NODES: Final[Mapping[str, str]] = {f"{home.app}.{home.model.lower()}": node for node, home in HOMES.items()}
"""Kinds of records that are nodes of the graph, with what the graph calls them."""


def seen(kind: Kind, account: Account) -> QuerySet[Any]:
    """The records of a kind that this person may see; the others do not exist for her."""
    return kind.seen(account) if kind.seen else kind.model.objects.all()


def with_references(kind: Kind, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of a list with the records they name, in one query; accounts are told to nobody."""
    names = [column.name for column in kind.model._meta.concrete_fields if column.many_to_one]
    return rows.select_related(*(name for name in names if _model_of(kind, name) is not Account))


def _model_of(kind: Kind, name: str) -> Any:
    return kind.model._meta.get_field(name).related_model


def found(kind: Kind, account: Account, words: str) -> QuerySet[Any]:
    """Those of them with all the words, in their own order."""
    rows = seen(kind, account)
    for word in words.split():
        anywhere = Q()
        for name in kind.names:
            columns = [f"{name}_{language}" for language in LANGUAGES] if _is_text(kind, name) else [name]
            for column in columns:
                # SQLite folds Latin letters alone, so other words are looked for as typed and with a capital, too.
                anywhere |= Q(**{f"{column}__icontains": word}) | Q(**{f"{column}__contains": word.capitalize()})
        rows = rows.filter(anywhere)
    return rows


def _is_text(kind: Kind, name: str) -> bool:
    return any(field.name == f"{name}_en" for field in kind.model._meta.concrete_fields)


def code_in_address(record: Record) -> str:
    """Its code where that names it alone, else its number."""
    return str(record.code) if _has_code(type(record)) else record.key  # type: ignore[attr-defined]


def _has_code(model: type[Any]) -> bool:
    return any(field.name == "code" and field.unique for field in model._meta.concrete_fields)


def one(kind: Kind, account: Account, code: str) -> Any:
    """The record of that code, or number, as far as this person may see it; else None."""
    if _has_code(kind.model):
        return seen(kind, account).filter(code=code).first()
    number = int(code) if code.isascii() and code.isdecimal() and len(code) < 18 else 0
    return seen(kind, account).filter(pk=number).first()


def parts_of(record: Record, account: Account) -> list[tuple[str, Kind, QuerySet[Any]]]:
    """What belongs to a record, by relation, as far as this person may see it."""
    kind = KINDS[kind_of(record)]
    belong = []
    for name in kind.parts:
        rows = getattr(record, name).all()
        part = KINDS[kind_of(rows.model)]
        if part.seen:
            rows = rows.filter(pk__in=part.seen(account).order_by().values("pk"))
        belong.append((name, part, rows))
    if kind.name in NODES:
        node, code = NODES[kind.name], record.code  # type: ignore[attr-defined]
        ends = Q(from_kind=node, from_code=code) | Q(to_kind=node, to_code=code)
        belong.append(("edges", KINDS["duties.edge"], Edge.objects.filter(ends)))
    return belong
