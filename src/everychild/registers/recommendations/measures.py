"""Measures over all demands: how fresh the evidence is, how old the demands, how long to act, how many come again.

Counted are demands: recommendations that were not split, and the parts of those that were. Nothing here averages what
the parties say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from django.db.models import Count, Max, Min, Q, QuerySet

from everychild.registers.recommendations.models import Evidence, Recommendation, Repeat
from everychild.registers.recommendations.queries import last_reports
from everychild.registers.recommendations.vocabulary import STATUSES

FRESH_MONTHS: Final = 24


@dataclass(frozen=True)
class Share:
    """`part` of `whole`; `percent` is None where there is nothing to share."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Measures:
    """`fresh`: demands with evidence newer than FRESH_MONTHS. `reported`: of which somebody says more than nothing.
    `repeated`: of demands that lived to see a later document
    of the same mechanism, those it repeats. Ages in years, medians; None without any.
    """

    demands: int
    fresh: Share
    reported: Share
    repeated: Share
    age: float | None
    time_to_action: float | None
    with_action: Share


def demands(country: str) -> QuerySet[Recommendation]:
    """What is counted: recommendations (no praise, no list of issues) that have no parts."""
    split = Recommendation.objects.exclude(parent=None).order_by().values("parent")
    return Recommendation.objects.filter(country=country, kind="recommendation").exclude(pk__in=split)


def measures(country: str, on: date) -> Measures:
    """All measures as of a day; six queries, however many recommendations there are."""
    counted = demands(country)
    whole = counted.count()
    reported = last_reports().exclude(status="no_information").order_by().values("recommendation")
    begun = counted.annotate(first=Min("actions__begins", filter=~Q(actions__begins=""))).exclude(first=None)
    first_steps = list(begun.order_by().values_list("adopted", "first"))
    return Measures(
        demands=whole,
        fresh=Share(counted.filter(pk__in=_fresh(on).order_by().values("recommendation")).count(), whole),
        reported=Share(counted.filter(pk__in=reported).count(), whole),
        repeated=_repeated(counted),
        age=_median_age(counted.order_by().values_list("adopted").annotate(number=Count("pk")), on),
        time_to_action=_median(years_between(adopted, first) for adopted, first in first_steps),
        with_action=Share(len(first_steps), whole),
    )


def _fresh(on: date) -> QuerySet[Evidence]:
    """Evidence that is certainly newer: a year alone counts when its first day does."""
    months = on.year * 12 + on.month - 1 - FRESH_MONTHS
    since = f"{months // 12}-{months % 12 + 1:02d}-{min(on.day, 28):02d}"
    return Evidence.objects.filter(on__gte=since)


def _repeated(counted: QuerySet[Recommendation]) -> Share:
    newest = (
        Recommendation.objects.filter(kind="recommendation").order_by().values_list("country", "mechanism")
        .annotate(last=Max("adopted"))
    )  # fmt: skip
    earlier = Q(pk__in=())
    for country, mechanism, last in newest:
        earlier |= Q(country=country, mechanism=mechanism, adopted__lt=last)
    lived = counted.filter(earlier)
    again = Repeat.objects.filter(kind="repeated").values("earlier")
    return Share(lived.filter(Q(pk__in=again) | Q(parent__in=again)).count(), lived.count())


def _median_age(adopted: Iterable[tuple[str, int]], on: date) -> float | None:
    ages = [years_between(day, on.isoformat()) for day, number in adopted for _ in range(number)]
    return _median(ages)


def _median(values: Iterable[float]) -> float | None:
    found = sorted(values)
    return median(found) if found else None


def years_between(earlier: str, later: str) -> float:
    """Years from one date to another, each in the middle of what is known of it: `2015` is the middle of 2015."""
    return moment(later) - moment(earlier)


def moment(day: str) -> float:
    """A date as a decimal year: 2015 → 2015.5, 2015-07 → 2015 + 6.5/12, 2015-07-02 by the day of the year."""
    parts = [int(part) for part in day.split("-")]
    if len(parts) == 1:
        return parts[0] + 0.5
    if len(parts) == 2:
        return parts[0] + (parts[1] - 0.5) / 12
    first, next_first = date(parts[0], 1, 1), date(parts[0] + 1, 1, 1)
    return parts[0] + (date(*parts) - first).days / (next_first - first).days


def counts_by_status(country: str) -> dict[str, dict[str, int]]:
    """Party → status → demands of which a body of the party says so in its last report; a demand of which two bodies
    of one party speak counts for both. As reported: the proof rule is applied where a recommendation is shown."""
    rows = (
        last_reports().filter(recommendation__in=demands(country)).order_by().values_list("party", "status")
        .annotate(number=Count("recommendation", distinct=True))
    )  # fmt: skip
    found: dict[str, dict[str, int]] = {}
    for party, status, number in rows:
        found.setdefault(party, dict.fromkeys(STATUSES, 0))[status] = number
    return found
