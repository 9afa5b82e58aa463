"""Reading recommendations: lists, one with everything said of it, repeats, what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from everychild.registers.people.models import Body
from everychild.registers.recommendations.models import Evidence, Recommendation, Repeat, StatusReport
from everychild.registers.recommendations.proof import proof, reads
from everychild.registers.recommendations.vocabulary import PARTIES
from everychild.vocabulary.language import LANGUAGES

ALWAYS_SHOWN: Final = ("government", "institution", "civil_society", "committee")
"""Parties whose silence is shown, too; the United Nations only where it has spoken."""
_PROVING: Final = (
    "recommendation", "kind", "verified", "amount", "indicator", "value_before", "value_after", "act__status",
)  # fmt: skip
"""Columns of evidence that the proof rule asks for."""


def recommendations(
    country: str, *, mechanism: str = "", document: str = "", year: str = "", article: str = "", kind: str = "",
    status: str = "", party: str = "", repeated: bool = False, overdue_on: date | None = None, words: str = "",
) -> QuerySet[Recommendation]:  # fmt: skip
    """Recommendations of a country, newest first.

    `status` is what some body's last report says (of `party` alone when given); `no_information`: nobody (of that
    party) has reported anything else. `overdue_on`: due before that day. `words` are looked for in all languages.
    """
    found = Recommendation.objects.filter(country=country)
    for name, value in (("mechanism", mechanism), ("document", document), ("kind", kind)):
        if value:
            found = found.filter(**{name: value})
    if year:
        found = found.filter(adopted__startswith=year)
    if article:
        framed = Concat(Value(";"), "articles", Value(";"))
        found = found.annotate(framed=framed).filter(framed__contains=f";{article};")
    if repeated:
        found = found.filter(pk__in=Repeat.objects.filter(kind="repeated").order_by().values("earlier"))
    if overdue_on:
        found = found.filter(due__gt="", due__lt=overdue_on.isoformat()).exclude(due=overdue_on.isoformat()[:4])
        found = found.exclude(due=overdue_on.isoformat()[:7])
    if status:
        found = _with_status(found, status, party)
    for word in words.split():
        found = _containing(found, word)
    return found


def _with_status(found: QuerySet[Recommendation], status: str, party: str) -> QuerySet[Recommendation]:
    said = last_reports().order_by()
    if party:
        said = said.filter(party=party)
    if status == "no_information":
        return found.exclude(pk__in=said.exclude(status="no_information").values("recommendation"))
    return found.filter(pk__in=said.filter(status=status).values("recommendation"))


def _containing(found: QuerySet[Recommendation], word: str) -> QuerySet[Recommendation]:
    """Rows with the word in a text, the document's symbol or the code.

    SQLite folds Latin letters alone, so other words are looked for as typed, in lower case and with a capital, by
    INSTR (STRPOS), which takes a third of the time of LIKE; the English text has none of them.
    """
    if word.isascii():
        anywhere = Q(document__icontains=word) | Q(code__iexact=word)
        for language in LANGUAGES:
            anywhere |= Q(**{f"text_{language}__icontains": word})
        return found.filter(anywhere)
    at: Combinable = Value(0)
    for spelled in dict.fromkeys((word, word.lower(), word.capitalize())):
        for language in ("kk", "ru"):
            at = at + StrIndex(f"text_{language}", Value(spelled))
    return found.filter(GreaterThan(at, Value(0)))


def last_reports() -> QuerySet[StatusReport]:
    """The last report of each body on each recommendation; of two of one day, the one handed in last."""
    return StatusReport.objects.filter(last=True)


def recommendation(code: str) -> Recommendation | None:
    """One recommendation with its parts, actions and repeats at hand."""
    wanted = ("parts", "actions__body", "repeated_by__later", "repeats__earlier")
    return (
        Recommendation.objects.filter(code=code)
        .select_related("parent", "responsible")
        .prefetch_related(*wanted)
        .first()
    )


def reports_of(recommendation: Recommendation) -> QuerySet[StatusReport]:
    """The history: every report of every body, newest first."""
    return recommendation.reports.select_related("body").order_by("-on", "-pk")


def evidence_of(recommendation: Recommendation) -> QuerySet[Evidence]:
    return recommendation.evidence.select_related("act", "body").order_by("-on", "-pk")


@dataclass(frozen=True)
class Said:
    """What one body says of a recommendation, as it reads under the proof rule; `report` is what it handed in."""

    body: Body
    reads: str
    report: StatusReport


@dataclass(frozen=True)
class Voice:
    """One party with all of its bodies that have spoken; none: no information, which is a state and a finding."""

    party: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class SideBySide:
    """All parties beside each other, never averaged, and the evidence that bears the recommendation out."""

    voices: tuple[Voice, ...]
    proof: tuple[Evidence, ...]

    @property
    def silent(self) -> bool:
        return all(said.reads == "no_information" for voice in self.voices for said in voice.said)


def side_by_side(recommendations: Sequence[Recommendation]) -> Mapping[int, SideBySide]:
    """By primary key; three queries for a page of recommendations, without the long texts of reports and evidence."""
    keys = [one.pk for one in recommendations]
    short = last_reports().filter(recommendation__in=keys)
    last = list(short.only("recommendation", "body", "party", "status", "on").order_by("pk"))
    bodies = Body.objects.in_bulk({report.body_id for report in last})
    reports: dict[int, list[Said]] = defaultdict(list)
    for report in last:
        reports[report.recommendation_id].append(Said(bodies[report.body_id], report.status, report))
    shown: dict[int, list[Evidence]] = defaultdict(list)
    for evidence in Evidence.objects.filter(recommendation__in=keys).select_related("act").only(*_PROVING):
        shown[evidence.recommendation_id].append(evidence)
    return {one.pk: _beside(one, reports[one.pk], shown[one.pk]) for one in recommendations}


def _beside(one: Recommendation, reports: Iterable[Said], evidence: Iterable[Evidence]) -> SideBySide:
    proven = tuple(proof(one, evidence))
    said: dict[str, list[Said]] = defaultdict(list)
    for reported in sorted(reports, key=lambda said: said.body.code):
        said[reported.report.party].append(replace(reported, reads=reads(reported.reads, bool(proven))))
    parties = [party for party in PARTIES if party in ALWAYS_SHOWN or party in said]
    return SideBySide(tuple(Voice(party, tuple(said[party])) for party in parties), proven)


def documents(country: str) -> list[tuple[str, str, str]]:
    """(mechanism, document, day of adoption), newest first."""
    found = Recommendation.objects.filter(country=country).order_by("-adopted", "mechanism", "document")
    return list(dict.fromkeys(found.values_list("mechanism", "document", "adopted")))


def overdue(country: str, on: date) -> QuerySet[Recommendation]:
    """Certainly due before that day: a due date known as a year is over when the year is."""
    return recommendations(country, kind="recommendation", overdue_on=on).filter(parts=None)
