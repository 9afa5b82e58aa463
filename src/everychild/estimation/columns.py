"""Which columns a set of recipes needs, each summed once, and where each indicator finds its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from everychild.recipes.nodes import TRUE, Arithmetic, Case, Missing, Node, Not, Number, both
from everychild.recipes.recipe import Kind, Part


@dataclass(frozen=True)
class IndicatorColumns:
    """Places of an indicator's sums: conditions first, then values (see engines.plan).

    `square`: sum of squared values, for the design effect of a mean. `beyond`: rows of the numerator outside the
    denominator; where there are any, a ratio is no share and has no design effect.
    """

    numerator: int
    denominator: int
    square: int | None = None
    beyond: int | None = None
    members: int = 0
    """The condition whose rows are the unweighted n."""


@dataclass
class ColumnBook:
    """Collects conditions and values; an expression that several indicators share gets one column.

    Conditions whose rows are an unweighted n stand first in the end: only they are counted, and columns that are read
    together lie together. Until all are known, places are numbers in the order of their coming.
    """

    values: list[Node] = field(default_factory=list)
    _condition_at: dict[Node, int] = field(default_factory=dict)
    _value_at: dict[Node, int] = field(default_factory=dict)
    _counted: set[int] = field(default_factory=set)

    def condition(self, node: Node, *, counted: bool = False) -> int:
        place = self._condition_at.setdefault(node, len(self._condition_at))
        if counted:
            self._counted.add(place)
        return place

    def value(self, node: Node) -> int:
        """A place among the values, as a negative number until all conditions are known: -1 is the first."""
        place = self._value_at.setdefault(node, len(self._value_at))
        if place == len(self.values):
            self.values.append(node)
        return -1 - place

    @property
    def counted(self) -> int:
        """How many of the first conditions are counted unweighted."""
        return len(self._counted)

    @property
    def conditions(self) -> list[Node]:
        nodes = list(self._condition_at)
        return [nodes[place] for place in self._order()]

    def places(self) -> dict[int, int]:
        """The final place of each column among all columns."""
        final = {place: k for k, place in enumerate(self._order())}
        return final | {-1 - k: len(final) + k for k in range(len(self.values))}

    def _order(self) -> list[int]:
        return sorted(self._condition_at.values(), key=lambda place: (place not in self._counted, place))

    def add(self, part: Part, kind: Kind) -> IndicatorColumns:
        """Columns of one part of a recipe. Those of a total are the same as of the share or the mean of its numerator,
        whose denominator tells which PSUs have members."""
        if kind == "ratio" and part.numerator.kind != "truth":
            return self._ratio_of_values(part)
        members = both(part.universe, part.denominator)
        if kind in ("mean", "quantile") or (kind == "total" and part.numerator.kind != "truth"):
            return self._mean(part, members)
        denominator = self.condition(members, counted=True)
        if kind in ("proportion", "total"):  # a part of a whole: a flagged measurement counts in neither
            return IndicatorColumns(self.condition(both(members, part.numerator)), denominator, members=denominator)
        numerator = self.condition(both(part.universe, part.numerator))
        beyond = None
        if part.denominator != TRUE:
            outside = Not(Case(((part.denominator, TRUE),), Missing(Number(0))))
            beyond = self.condition(both(part.universe, part.numerator, outside))
        return IndicatorColumns(numerator, denominator, None, beyond, denominator)

    def _mean(self, part: Part, members: Node) -> IndicatorColumns:
        counted = both(members, Not(Missing(part.numerator)))
        value = Case(((counted, part.numerator),), Number(0))
        square = Case(((counted, Arithmetic("*", part.numerator, part.numerator)),), Number(0))
        held = self.condition(counted, counted=True)
        return IndicatorColumns(self.value(value), held, self.value(square), None, held)

    def _ratio_of_values(self, part: Part) -> IndicatorColumns:
        counted = both(part.universe, Not(Missing(part.numerator)), Not(Missing(part.denominator)))
        above = self.value(Case(((counted, part.numerator),), Number(0)))
        below = self.value(Case(((counted, part.denominator),), Number(0)))
        return IndicatorColumns(above, below, None, None, self.condition(counted, counted=True))


def settled(book: ColumnBook, found: Sequence[IndicatorColumns]) -> list[IndicatorColumns]:
    """The same places once all columns are known."""
    final = book.places()
    return [
        IndicatorColumns(
            final[each.numerator], final[each.denominator],
            None if each.square is None else final[each.square],
            None if each.beyond is None else final[each.beyond],
            final[each.members],
        )
        for each in found
    ]  # fmt: skip
