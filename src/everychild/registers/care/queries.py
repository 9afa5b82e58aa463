"""Reading care and justice: series that do not touch, balances with their gap, and counts that are fit to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from django.db.models import QuerySet

from everychild.methods.care.stocks import (
    Balance,
    Fall,
    Flows,
    Series,
    Stock,
    balance,
    explain_fall,
    family_based_share,
    residential_to_family_ratio,
)
from everychild.methods.disclosure.suppression import THRESHOLD, protect
from everychild.methods.disclosure.tables import table_of
from everychild.methods.errors import MethodError
from everychild.methods.justice import COMPONENTS, Component, Measured, measure
from everychild.registers.care.models import CareCount, CareDefinition, JusticeBase, JusticeCount, JusticeLevel

FLOWS: Final = tuple(name for name in Flows.__dataclass_fields__ if name != "definition")


@dataclass(frozen=True)
class Line:
    """One definition: its stocks as a series of their own, its flows by year, balances between its stocks."""

    definition: CareDefinition
    stocks: tuple[CareCount, ...]
    flows: Mapping[int, Mapping[str, CareCount]]
    balances: tuple[tuple[Balance, Fall | None], ...]


def definitions() -> QuerySet[CareDefinition]:
    """All definitions of counts, in the order of their codes."""
    return CareDefinition.objects.all()


def care_lines(country: str) -> list[Line]:
    """All definitions of a country that have a count of the whole country; definitions of one frame together."""
    counts = CareCount.objects.filter(
        definition__country=country, area=country, age="_T", sex="_T", disability="_T"
    ).select_related("definition")
    held: dict[CareDefinition, list[CareCount]] = {}
    for count in counts.order_by("-definition__frame", "-definition__placement", "definition__code", "on", "year"):
        held.setdefault(count.definition, []).append(count)
    return [_line(definition, rows) for definition, rows in held.items()]


def _line(definition: CareDefinition, rows: Iterable[CareCount]) -> Line:
    stocks: list[CareCount] = []
    flows: dict[int, dict[str, CareCount]] = {}
    for row in rows:
        if row.measure == "stock":
            stocks.append(row)
        else:
            flows.setdefault(row.year, {})[row.measure] = row
    return Line(definition, tuple(stocks), flows, tuple(_balances(definition, stocks, flows)))


def _balances(
    definition: CareDefinition, stocks: list[CareCount], flows: Mapping[int, Mapping[str, CareCount]]
) -> Iterator[tuple[Balance, Fall | None]]:
    """Between stocks of the ends of two years that follow each other, where any flow of the second is known."""
    typed = definition.typed()
    series = Series.of(Stock(row.on, row.children, typed) for row in stocks).stocks if stocks else ()
    years = {stock: int(stock.on[:4]) for stock in series}
    for start, end in pairwise(series):
        year = years[end]
        if years[start] != year - 1 or start.on[4:] != end.on[4:] or year not in flows:
            continue
        moved = Flows(typed, **{name: row.children for name, row in flows[year].items()})
        before = flows.get(year - 1, {}).get("entered")
        yield balance(start, end, moved), explain_fall(start, end, moved, before.children) if before else None


@dataclass(frozen=True)
class Composition:
    """The children of one frame in one year by placement. `status`: what the law counts; `gap`: those of them in none
    of the placements that are told (None: not told)."""

    frame: str
    year: int
    residential: int
    family_based: int
    status: int | None
    parts: tuple[CareCount, ...]

    @property
    def family_share(self) -> float:
        return family_based_share(self.family_based, self.residential)

    @property
    def ratio(self) -> float:
        return residential_to_family_ratio(self.residential, self.family_based)

    @property
    def gap(self) -> int | None:
        return None if self.status is None else self.status - self.residential - self.family_based


def compositions(country: str) -> list[Composition]:
    """Years in which every placement of a frame has a stock: a year that lacks one has no honest sum."""
    definitions = [d for d in CareDefinition.objects.filter(country=country) if d.frame]
    counts = CareCount.objects.filter(
        definition__in=definitions, measure="stock", area=country, age="_T", sex="_T", disability="_T"
    ).select_related("definition")
    held: dict[tuple[str, int], list[CareCount]] = {}
    for count in counts.order_by("definition__code", "on"):
        held.setdefault((count.definition.frame, count.year), []).append(count)
    found = []
    for (frame, year), rows in sorted(held.items()):
        wanted = {d.code for d in definitions if d.frame == frame and d.placement != "status"}
        newest = {row.definition.code: row for row in rows}
        if wanted <= newest.keys():
            found.append(_composition(frame, year, list(newest.values())))
    return found


def _composition(frame: str, year: int, rows: list[CareCount]) -> Composition:
    sums = {"residential": 0, "family_based": 0}
    status = None
    for row in rows:
        if row.definition.placement == "status":
            status = row.children
        else:
            sums[row.definition.placement] += row.children
    return Composition(frame, year, sums["residential"], sums["family_based"], status, tuple(rows))


@dataclass(frozen=True)
class Published:
    """A count as anybody may see it; `children` None: hidden because it is small or would give a small one away."""

    record: CareCount | JusticeCount
    children: int | None

    @property
    def hidden(self) -> bool:
        return self.children is None


def published_counts() -> list[Published]:
    """All counts of care; those of places and groups are protected together with their totals, table by table."""
    rows = list(CareCount.objects.select_related("definition").order_by("code"))
    return _protected(
        [_Keyed(r, (r.definition_id, r.measure, r.on or r.year), (r.age, r.sex, r.disability)) for r in rows]
    )


def published_justice() -> list[Published]:
    """All counts of children in conflict with the law."""
    rows = JusticeCount.objects.order_by("code")
    return _protected([_Keyed(r, (r.component, r.year), (r.sex,)) for r in rows])


def is_small(children: int) -> bool:
    return 0 < children < THRESHOLD


@dataclass(frozen=True)
class _Keyed:
    """A count with the table it belongs to, its place and its group."""

    record: CareCount | JusticeCount
    table: tuple[object, ...]
    group: tuple[str, ...]

    @property
    def place(self) -> str:
        """`_T` for the whole country."""
        return "_T" if len(self.record.area) == 3 else str(self.record.area)

    @property
    def pattern(self) -> tuple[bool, ...]:
        """By what it is broken down: groups of one pattern share the children out between them."""
        return tuple(part != "_T" for part in self.group)


def _protected(rows: list[_Keyed]) -> list[Published]:
    tables: dict[tuple[object, ...], list[_Keyed]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row)
    hidden = {row.record.pk for row in rows if is_small(row.record.children)}
    for members in tables.values():
        whole = [row for row in members if not any(row.pattern)]
        broken_down = {row.pattern for row in members if any(row.pattern)}
        for pattern in sorted(broken_down) or [()]:
            hidden |= _hidden_of([row for row in members if row.pattern == pattern], whole)
    return [Published(row.record, None if row.record.pk in hidden else row.record.children) for row in rows]


def _hidden_of(inner: list[_Keyed], whole: list[_Keyed]) -> set[int]:
    """Hidden counts of one breakdown with its totals over places and over groups. Two breakdowns of one table (by age
    and by sex) are protected one after the other. A cell nobody counted is 0; where nothing that could be hidden would
    protect a small cell, all of them are."""
    at = {(row.place, row.group): row.record for row in (*inner, *whole)}
    all_groups = whole[0].group if whole else ()
    places = sorted({row.place for row in inner or whole} - {"_T"}) or ["_T"]
    groups = sorted({row.group for row in inner}) or [all_groups]
    counts = [[at[p, g].children if (p, g) in at else 0 for g in groups] for p in places]
    by_place, by_group = len(places) > 1, len(groups) > 1
    if not by_place and not by_group:
        return set()
    names = [str(group) for group in groups]
    if by_place and by_group:
        table = table_of(counts, places, names)
    else:
        table = table_of([n for row in counts for n in row], places if by_place else names)
    try:
        mask = protect(table).hidden.reshape(len(places) + by_place, len(groups) + by_group)
    except MethodError:
        return {record.pk for record in at.values()}
    rows = [*places, *(["_T"] if by_place else [])]
    columns = [*groups, *([all_groups] if by_group else [])]
    cells = ((at.get((p, g)), mask[i, j]) for i, p in enumerate(rows) for j, g in enumerate(columns))
    return {record.pk for record, hide in cells if record is not None and hide}


@dataclass(frozen=True)
class Shown:
    """An indicator of child justice; `hidden` when its events are too few to be told."""

    measured: Measured
    hidden: bool

    @property
    def known(self) -> bool:
        return self.measured.events is not None and bool(self.measured.of)


@dataclass(frozen=True)
class JusticeYear:
    """The indicators of a year with the denominator that its rates have."""

    year: int
    base: JusticeBase | None
    indicators: tuple[Shown, ...]


def justice(area: str) -> list[JusticeYear]:
    """Indicators by year, newest first: among children of responsible age, else (and said so) among all."""
    counts: dict[int, dict[Component, int]] = {}
    for row in JusticeCount.objects.filter(area=area, sex="_T"):
        counts.setdefault(row.year, {})[next(c for c in COMPONENTS if c == row.component)] = row.children
    bases = {(base.year, base.kind): base for base in JusticeBase.objects.filter(area=area)}
    found = []
    for year in sorted(counts, reverse=True):
        base = bases.get((year, "responsible_age")) or bases.get((year, "children"))
        shown = measure(counts[year], base.children if base else None)
        # The rate of a known number of children tells the count: both are hidden.
        indicators = tuple(Shown(m, m.events is not None and is_small(m.events)) for m in shown)
        found.append(JusticeYear(year, base, indicators))
    return found


def levels(country: str) -> QuerySet[JusticeLevel]:
    return JusticeLevel.objects.filter(country=country).order_by("number", "-year")
