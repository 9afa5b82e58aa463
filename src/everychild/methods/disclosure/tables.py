"""Tables of counts whose totals are published too: rows, columns, further axes, districts within regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everychild.methods.errors import MethodError

Counts = NDArray[np.int64]
TOTAL: Final = "_T"


@dataclass(frozen=True)
class Axis:
    """Labels of one axis and its sums: (position of a total, positions of its parts)."""

    labels: tuple[str, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]

    @classmethod
    def with_total(cls, labels: Sequence[str], total: str = TOTAL) -> Axis:
        """The labels and one total of them all, which stands last."""
        return cls((*labels, total), ((len(labels), tuple(range(len(labels)))),))

    @classmethod
    def nested(cls, parents: Mapping[str, str]) -> Axis:
        """Label of each part to the label of its total, in any depth (district → region → country)."""
        labels = tuple(dict.fromkeys([*parents, *parents.values()]))
        place = {label: number for number, label in enumerate(labels)}
        sums = [
            (place[total], tuple(place[part] for part, parent in parents.items() if parent == total))
            for total in dict.fromkeys(parents.values())
        ]
        return cls(labels, tuple(sums))


@dataclass(frozen=True, eq=False)
class Table:
    """Counts of shape (axis, axis …), totals in their places among them.

    Raises MethodError for a shape that does not fit, a negative count, or a total that is not the sum of its parts: a
    table that does not add up tells more, or less, than it says.
    """

    axes: tuple[Axis, ...]
    counts: Counts

    def __post_init__(self) -> None:
        if self.counts.shape != tuple(len(axis.labels) for axis in self.axes):
            raise MethodError("table_shape", f"counts of shape {self.counts.shape} do not fit their labels")
        if (self.counts < 0).any():
            raise MethodError("table_negative", "a count of children is not negative")
        for total, parts in self.relations:
            told, summed = int(self.counts.flat[total]), int(self.counts.flat[list(parts)].sum())
            if told != summed:
                name = self.name(total)
                raise MethodError(
                    "table_not_additive",
                    f"{name} is {told} and its parts add up to {summed}",
                    cell=name,
                    value=str(told),
                )

    @cached_property
    def relations(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """(flat place of a total, flat places of its parts), along every axis and at every place of the others."""
        places = np.arange(self.counts.size).reshape(self.counts.shape)
        found = []
        for number, axis in enumerate(self.axes):
            lines = np.moveaxis(places, number, -1).reshape(-1, len(axis.labels))
            found += [
                (int(line[total]), tuple(int(line[part]) for part in parts))
                for line in lines
                for total, parts in axis.sums
            ]
        return tuple(found)

    @cached_property
    def equations(self) -> NDArray[np.float64]:
        """(relations, cells): 1 for a part, -1 for its total; times the counts it is 0."""
        found = np.zeros((len(self.relations), self.counts.size))
        for row, (total, parts) in enumerate(self.relations):
            found[row, total] = -1
            found[row, list(parts)] = 1
        return found

    @cached_property
    def totals(self) -> NDArray[np.bool_]:
        """Which cells are a total of others."""
        found = np.zeros(self.counts.shape, dtype=bool)
        found.flat[[total for total, _ in self.relations]] = True
        return found

    def name(self, place: int) -> str:
        """A cell by its labels: `KZ-61, residential`."""
        position = np.unravel_index(place, self.counts.shape)
        return ", ".join(axis.labels[int(at)] for axis, at in zip(self.axes, position, strict=True))


def table_of(counts: ArrayLike, *labels: Sequence[str]) -> Table:
    """A table of inner counts, one list of labels an axis; one total is added along each. Raises MethodError."""
    found = np.asarray(counts, dtype=np.int64)
    if found.shape != tuple(map(len, labels)):
        raise MethodError("table_shape", f"counts of shape {found.shape} do not fit their labels")
    for number in range(found.ndim):
        found = np.concatenate([found, found.sum(axis=number, keepdims=True)], axis=number)
    return Table(tuple(Axis.with_total(own) for own in labels), found)
