"""What one pass over one file has to sum: columns, groups and tables, without saying how."""

from __future__ import annotations

from dataclasses import dataclass, field

from everychild.recipes.nodes import Node


@dataclass(frozen=True)
class Grouping:
    """A way to divide rows: `code` yields 1 to `levels`, and 0 or null for a row outside every level."""

    name: str
    code: Node
    levels: int

    def __post_init__(self) -> None:
        if self.levels < 1:
            raise ValueError(f"grouping {self.name} has no level")


@dataclass(frozen=True)
class DesignColumns:
    """Where the sampling design stands in a file: names of columns, several when strata are crossed. No `psu` means
    that every row stands for itself alone (a register)."""

    stratum: tuple[str, ...] = ()
    psu: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One pass over one file with one weight.

    `conditions` are summed as 0 or 1 (unknown counts as 0), `values` as numbers (missing counts as 0); in the totals
    the conditions come first. Of the first `counted` conditions (None: of all) the rows are counted unweighted as well.
    `tables` are tuples of names of groupings: `()` is the total, two names a crossing. `varying` are groupings that are
    summed by group even where each PSU has one group, because another file, whose totals are added, has several.
    """

    design: DesignColumns
    weight: Node
    groupings: tuple[Grouping, ...]
    tables: tuple[tuple[str, ...], ...]
    conditions: tuple[Node, ...]
    values: tuple[Node, ...] = ()
    counted: int | None = None
    varying: frozenset[str] = frozenset()
    named: dict[str, Grouping] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named = {grouping.name: grouping for grouping in self.groupings}
        if len(named) != len(self.groupings):
            raise ValueError("two groupings have one name")
        unknown = {name for table in self.tables for name in table} - set(named)
        if unknown:
            raise ValueError(f"tables name groupings that the plan lacks: {', '.join(sorted(unknown))}")
        object.__setattr__(self, "named", named)

    @property
    def counts(self) -> int:
        """Conditions that are counted unweighted."""
        return len(self.conditions) if self.counted is None else self.counted

    @property
    def columns(self) -> int:
        return len(self.conditions) + len(self.values)
