"""Stocks of children in care carry their definition; stocks of two definitions make no series.

A fall that comes from another definition – a transfer between ministries, a new name – is the commonest false success
in this field, so joining is refused by type, not by a footnote. Source: UNICEF/Better Care Network, Manual for the
Measurement of Indicators for Children in Formal Care (2009); UNICEF ECA definitions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Placement = Literal["residential", "family_based", "status"]
PLACEMENTS: Final[tuple[Placement, ...]] = get_args(Placement)
"""`status`: children without parental care by law, wherever they live: no placement at all."""


class DefinitionsDiffer(ValueError):  # noqa: N818 - what is wrong
    """Numbers of different definitions were about to be joined, subtracted or divided."""


@dataclass(frozen=True)
class Definition:
    """What a number counts: two stocks compare only if all of this is the same."""

    code: str
    placement: Placement


@dataclass(frozen=True, order=True)
class Stock:
    """Children at a date (`2023-12-31` or as far as it is known)."""

    on: str
    children: int
    definition: Definition

    def __sub__(self, earlier: Stock) -> int:
        """Change since an earlier stock. Raises DefinitionsDiffer."""
        _require_one([earlier.definition, self.definition])
        return self.children - earlier.children


@dataclass(frozen=True)
class Series:
    """Stocks of one definition by date."""

    definition: Definition
    stocks: tuple[Stock, ...]

    @classmethod
    def of(cls, stocks: Iterable[Stock]) -> Series:
        """Raises DefinitionsDiffer for stocks of two definitions, ValueError for none or two of one date."""
        ordered = tuple(sorted(stocks, key=lambda stock: stock.on))
        definition = _require_one(stock.definition for stock in ordered)
        dates = [stock.on for stock in ordered]
        if len(set(dates)) != len(dates):
            raise ValueError(f"two stocks of {definition.code} stand at one date")
        return cls(definition, ordered)


def series_by_definition(stocks: Iterable[Stock]) -> list[Series]:
    """One series a definition, in the order of their codes: what a page may draw as lines that do not touch."""
    held: dict[Definition, list[Stock]] = {}
    for stock in stocks:
        held.setdefault(stock.definition, []).append(stock)
    return [Series.of(held[definition]) for definition in sorted(held, key=lambda d: d.code)]


def _require_one(definitions: Iterable[Definition]) -> Definition:
    found = list(dict.fromkeys(definitions))
    if not found:
        raise ValueError("no stock was given")
    if len(found) > 1:
        raise DefinitionsDiffer("definitions differ: " + ", ".join(sorted(d.code for d in found)))
    return found[0]


def care_rate(children: float, population: float) -> float:
    """Per 100,000 children of 0 to 17 (indicators 1 and 2); NaN without a population."""
    return 100_000 * children / population if population else math.nan


def family_based_share(family_based: float, residential: float) -> float:
    """Percent of formal care that is family-based."""
    total = family_based + residential
    return 100 * family_based / total if total else math.nan


def residential_to_family_ratio(residential: float, family_based: float) -> float:
    """Indicator 4."""
    return residential / family_based if family_based else math.nan


def leaving_to_family(to_family: float, stock_end: float, left: float) -> float:
    """Indicator 3, percent of all who were in residential care in the period: those there at its end and who left."""
    return 100 * to_family / (stock_end + left) if stock_end + left else math.nan


def expected_years(stock: float, entries: float) -> float:
    """Stock over entries: the expected stay, in years, only where both stand still."""
    return stock / entries if entries else math.nan


def deaths_rate(deaths: float, stock: float) -> float:
    """Indicator 5, per 100,000 in care."""
    return care_rate(deaths, stock)


EXITS: Final = ("to_family", "ageing_out", "transferred_out", "died", "other_exit")
"""`to_family`: back to the own family, to guardians, foster or adoptive parents."""
ENTRIES: Final = ("entered", "transferred_in")


@dataclass(frozen=True)
class Flows:
    """Movements of one definition in one period; None: not known, which is not 0."""

    definition: Definition
    entered: int | None = None
    transferred_in: int | None = None
    to_family: int | None = None
    ageing_out: int | None = None
    transferred_out: int | None = None
    died: int | None = None
    other_exit: int | None = None

    def known(self) -> Mapping[str, int]:
        return {name: value for name in (*ENTRIES, *EXITS) if (value := getattr(self, name)) is not None}

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(name for name in (*ENTRIES, *EXITS) if getattr(self, name) is None)


@dataclass(frozen=True)
class Balance:
    """The identity end = start + entries − exits − deaths: `gap` children are in one side and not in the other.

    With `unknown` flows a gap is what they would have to add up to, not an error of anybody.
    """

    start: Stock
    end: Stock
    expected: int
    gap: int
    unknown: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return self.gap == 0 and not self.unknown


def balance(start: Stock, end: Stock, flows: Flows) -> Balance:
    """Raises DefinitionsDiffer unless the stocks and the flows count the same children."""
    _require_one([start.definition, end.definition, flows.definition])
    known = flows.known()
    coming = sum(known.get(name, 0) for name in ENTRIES)
    expected = start.children + coming - sum(known.get(name, 0) for name in EXITS)
    return Balance(start, end, expected, end.children - expected, flows.unknown)


@dataclass(frozen=True)
class Fall:
    """A fall in the residential stock split; the parts and `unexplained` add up to it.

    `fewer_entries`: than in the period before (negative: more came). `entries_as_before` work against the fall.
    Transfers to another institution are no leaving of institutions and stand apart.
    """

    fall: int
    to_family: int
    ageing_out: int
    died: int
    transferred: int
    other_exit: int
    fewer_entries: int
    entries_as_before: int
    unexplained: int


def explain_fall(start: Stock, end: Stock, flows: Flows, entered_before: int) -> Fall:
    """fall = to family + ageing out + deaths + net transfers + other exits + fewer entries − entries as before + rest.

    Raises DefinitionsDiffer; an unknown flow counts as 0 and its children stand in `unexplained`.
    """
    _require_one([start.definition, end.definition, flows.definition])
    known = flows.known()
    fall = start.children - end.children
    transferred = known.get("transferred_out", 0) - known.get("transferred_in", 0)
    fewer = entered_before - flows.entered if flows.entered is not None else 0
    home, aged, died = (known.get(name, 0) for name in ("to_family", "ageing_out", "died"))
    other = known.get("other_exit", 0)
    before = entered_before if flows.entered is not None else 0
    rest = fall - (home + aged + died + transferred + other + fewer - before)
    return Fall(fall, home, aged, died, transferred, other, fewer, before, rest)
