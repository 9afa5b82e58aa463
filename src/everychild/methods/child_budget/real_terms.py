"""Money of different years and territories made comparable: a named deflator, children of the same territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from everychild.methods.errors import MethodError


@dataclass(frozen=True)
class Deflator:
    """A price index by year, any positive scale; `base_year` is the year whose prices real money is told in.

    `name` says which (GDP deflator, consumer prices, public wages) and stands beside every real figure. Raises
    MethodError for an index that is not positive or lacks its base year.
    """

    name: str
    base_year: int
    index: Mapping[int, float]

    def __post_init__(self) -> None:
        wrong = [year for year, value in self.index.items() if not value > 0]
        if wrong:
            raise MethodError("deflator_positive", f"{self.name} is not positive in {wrong}", value=str(wrong))
        self._of(self.base_year)

    def real(self, amount: float, year: int) -> float:
        """amount · index(base year) / index(year). Raises MethodError for a year without index: none is guessed."""
        return amount * self._of(self.base_year) / self._of(year)

    def rebased(self, base_year: int) -> Deflator:
        return Deflator(self.name, base_year, self.index)

    def _of(self, year: int) -> float:
        if year not in self.index:
            raise MethodError(
                "deflator_year", f"{self.name} has no value for {year}", value=str(year), deflator=self.name
            )
        return self.index[year]


@dataclass(frozen=True)
class Children:
    """Children aged 0 to 17 in the middle of a year, within one territory (its code and the date of its borders)."""

    number: float
    year: int
    area: str
    extent: str = ""


@dataclass(frozen=True)
class Spending:
    """Money spent in a year within one territory."""

    amount: float
    year: int
    area: str
    extent: str = ""


def per_child(spending: Spending, children: Children) -> float:
    """Raises MethodError unless year, area and borders agree and there are children: a region cut in two keeps its
    name and loses half its children."""
    money, people = ((x.year, x.area, x.extent) for x in (spending, children))
    if money != people:
        raise MethodError(
            "per_child_territory",
            f"money of {money} is not divided by children of {people}",
            value=f"{money} / {people}",
        )
    if not children.number > 0:
        raise MethodError("per_child_none", f"{children.area} has no children in {children.year}", value=children.area)
    return spending.amount / children.number


def real_per_child(spending: Spending, children: Children, deflator: Deflator) -> float:
    return deflator.real(per_child(spending, children), spending.year)


def growth(start: float, end: float) -> float:
    """Percent from one amount to another. Raises MethodError unless the first is positive."""
    if not start > 0:
        raise MethodError("growth_positive", f"growth from {start:g} has no meaning", value=f"{start:g}")
    return 100 * (end / start - 1)


def growth_per_year(start: float, end: float, years: float) -> float:
    """Percent a year, geometric: (end/start)^(1/years) - 1. Raises MethodError unless all three are positive."""
    if not (start > 0 and end > 0 and years > 0):
        told = f"from {start:g} to {end:g} in {years:g} years"
        raise MethodError("growth_positive", f"yearly growth {told} has no meaning", value=told)
    return float(100 * ((end / start) ** (1 / years) - 1))
