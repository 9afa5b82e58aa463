"""Reading the laws: lists, one act, the matrix of duties, how far two coders agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from everychild.methods.agreement import Kappa, kappa
from everychild.methods.alignment import VERDICTS, Alignment
from everychild.registers.laws.models import Act, Cell, Obligation, Reading
from everychild.registers.people.models import Account
from everychild.vocabulary.language import LANGUAGES

ORDERED: Final = ("not_aligned", "partly", "aligned")
"""The scale that weights count on. A law that is silent does not keep the duty: it stands with `not_aligned`."""


def acts(country: str, *, status: str = "", kind: str = "", article: str = "", words: str = "") -> QuerySet[Act]:
    """Acts of a country, newest first; `words` are looked for in the titles of all languages and the number."""
    found = Act.objects.filter(country=country)
    if status:
        found = found.filter(status=status)
    if kind:
        found = found.filter(kind=kind)
    if article:
        framed = Concat(Value(";"), "articles", Value(";"))
        found = found.annotate(framed=framed).filter(framed__contains=f";{article};")
    for word in words.split():
        anywhere = Q(number__icontains=word)
        for language in LANGUAGES:
            # SQLite folds Latin letters alone, so Cyrillic words are looked for as typed and with a capital, too.
            anywhere |= Q(**{f"title_{language}__icontains": word})
            anywhere |= Q(**{f"title_{language}__contains": word.capitalize()})
        found = found.filter(anywhere)
    return found


def act(code: str) -> Act | None:
    """One act with its provisions, versions and what follows it."""
    wanted = ("provisions", "versions__amended_by", "follows__earlier", "followed_by__later")
    return Act.objects.filter(code=code).prefetch_related(*wanted).first()


def obligations(instrument: str = "", article: str = "") -> QuerySet[Obligation]:
    found = Obligation.objects.all()
    if instrument:
        found = found.filter(instrument=instrument)
    return found.filter(article=article) if article else found


def cells(country: str, *, instrument: str = "", article: str = "") -> QuerySet[Cell]:
    """The matrix, with obligation, provision and act at hand."""
    found = Cell.objects.filter(country=country).select_related("obligation", "provision__act")
    if instrument:
        found = found.filter(obligation__instrument=instrument)
    return found.filter(obligation__article=article) if article else found


def alignment(country: str, *, instrument: str = "", article: str = "") -> Alignment:
    """Judgements by outcome. A duty that no cell asks about counts as one that was not assessed."""
    found = cells(country, instrument=instrument, article=article)
    counts = Counter(found.order_by().values_list("outcome", flat=True))
    asked = found.order_by().values("obligation_id")
    counts["not_assessed"] += obligations(instrument, article).exclude(pk__in=asked).count()
    return _alignment(counts)


def alignment_by_article(country: str, instrument: str = "CRC") -> dict[str, Alignment]:
    """`alignment` for each article that has obligations, in two queries."""
    found: dict[str, Counter[str]] = {}
    asked = set()
    rows = cells(country, instrument=instrument).order_by()
    for obligation, article, outcome in rows.values_list("obligation_id", "obligation__article", "outcome"):
        asked.add(obligation)
        found.setdefault(article, Counter())[outcome] += 1
    for obligation, article in obligations(instrument).values_list("pk", "article"):
        if obligation not in asked:
            found.setdefault(article, Counter())["not_assessed"] += 1
    return {article: _alignment(counts) for article, counts in found.items()}


def _alignment(counts: Mapping[str, int]) -> Alignment:
    return Alignment({verdict: counts.get(verdict, 0) for verdict in VERDICTS})


def published_readings() -> QuerySet[Reading]:
    """Readings that anyone may see: of rounds in which both coders have handed in, or that are past."""
    return Reading.objects.exclude(Q(cell__state="open") & Q(round=F("cell__round"))).select_related(
        "cell__obligation", "cell__provision", "body"
    )


def readings_for(cell: Cell, account: Account | None) -> QuerySet[Reading]:
    """What a person may see of a cell: the published ones and her own. Never the first while the second is out."""
    seen = Q(pk__in=published_readings().filter(cell=cell).values("pk"))
    if account is not None:
        seen |= Q(coder=account)
    return Reading.objects.filter(seen, cell=cell).select_related("body").order_by("round", "handed_in")


@dataclass(frozen=True)
class Agreement:
    """How far two coders agree: plain over all verdicts, weighted over the scale; pairs off the scale are counted."""

    plain: Kappa
    weighted: Kappa
    off_the_scale: int


def agreement(country: str, *, instrument: str = "") -> Agreement:
    """Over the pairs of readings of all cells, the newest complete round of each. Who is first does not matter to κ's
    weights; coders are put in the order in which they handed in."""
    pairs = [(one, other) for one, other in _pairs(country, instrument)]
    verdicts = sorted({verdict for pair in pairs for verdict in pair})
    plain = kappa([one for one, _ in pairs], [other for _, other in pairs], verdicts)
    scaled = [(_on_scale(one), _on_scale(other)) for one, other in pairs]
    on_scale = [(one, other) for one, other in scaled if one and other]
    weighted = kappa([one for one, _ in on_scale], [other for _, other in on_scale], ORDERED, "linear")
    return Agreement(plain, weighted, len(pairs) - len(on_scale))


def _pairs(country: str, instrument: str) -> Iterable[tuple[str, str]]:
    readings = published_readings().filter(cell__country=country)
    if instrument:
        readings = readings.filter(cell__obligation__instrument=instrument)
    newest: dict[int, dict[int, list[str]]] = {}
    ordered = readings.order_by("cell_id", "round", "handed_in")
    for cell, number, verdict in ordered.values_list("cell_id", "round", "verdict"):
        newest.setdefault(cell, {}).setdefault(number, []).append(verdict)
    for rounds in newest.values():
        complete = [verdicts for _, verdicts in sorted(rounds.items()) if len(verdicts) == 2]
        if complete:
            yield complete[-1][0], complete[-1][1]


def _on_scale(verdict: str) -> str:
    if verdict == "silent":
        return "not_aligned"
    return verdict if verdict in ORDERED else ""


def disputed(country: str) -> QuerySet[Cell]:
    """Cells whose coders differ, decided or not: both readings stay to be seen."""
    return (
        cells(country).filter(state__in=("disputed", "adjudicated")).prefetch_related("readings__body", "adjudications")
    )


def to_read(account: Account, country: str) -> QuerySet[Cell]:
    """Open cells that this person has not read in the present round."""
    mine = Reading.objects.filter(coder=account, round=F("cell__round")).values("cell_id")
    return cells(country).filter(state="open").exclude(pk__in=mine)
