"""Who did not answer: groups of those who did, held against the population and against those who were asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everychild.methods.errors import MethodError
from everychild.methods.polls.raking import Cell


@dataclass(frozen=True)
class GroupAnswering:
    """A group of one margin. Shares in percent; `gap` in points, negative where too few answered; `response_rate` in
    percent of those asked (NaN where that is not known)."""

    margin: str
    group: str
    answered: float
    share: float
    population_share: float
    response_rate: float

    @property
    def gap(self) -> float:
        return self.share - self.population_share

    @property
    def ratio(self) -> float:
        """1: as many as their part of the population; 0: nobody. NaN for a group the population does not have."""
        return self.share / self.population_share if self.population_share > 0 else math.nan

    @property
    def silent(self) -> bool:
        """Children of this group exist and none of them answered: no weight can make up for that."""
        return self.answered == 0 and self.population_share > 0


@dataclass(frozen=True)
class Answering:
    """All groups, those with the lowest ratio first within their margin; the share of those asked who answered; and by
    margin the part of the answers that lies in the wrong groups, ½ Σ|gap| in percent."""

    groups: tuple[GroupAnswering, ...]
    answered: float
    response_rate: float
    misplaced: Mapping[str, float]

    @property
    def silent(self) -> tuple[GroupAnswering, ...]:
        return tuple(group for group in self.groups if group.silent)


def who_answered(
    people: Mapping[Cell, float],
    margins: Mapping[str, Mapping[str, float]],
    asked: Mapping[Cell, float] | None = None,
) -> Answering:
    """`people` counts those who took part by cell, one key for each of the named `margins` (population by group), in
    their order; `asked` those who were invited, by the same cells.

    Raises MethodError for cells that do not fit, and for more answers than people asked.
    """
    _check(people, margins, asked)
    total, invited = math.fsum(people.values()), math.fsum(asked.values()) if asked else math.nan
    found: list[GroupAnswering] = []
    misplaced: dict[str, float] = {}
    for position, (name, population) in enumerate(margins.items()):
        own, called = _by_group(people, position), _by_group(asked, position) if asked else {}
        everybody = math.fsum(population.values())
        groups = [
            GroupAnswering(
                name,
                group,
                own.get(group, 0.0),
                _percent(own.get(group, 0.0), total),
                _percent(population.get(group, 0.0), everybody),
                _percent(own.get(group, 0.0), called.get(group, math.nan)),
            )
            for group in dict.fromkeys([*population, *own])
        ]
        misplaced[name] = math.fsum(abs(group.gap) for group in groups) / 2
        found += sorted(groups, key=lambda group: math.inf if math.isnan(group.ratio) else group.ratio)
    return Answering(tuple(found), total, _percent(total, invited), misplaced)


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole > 0 else math.nan


def _by_group(people: Mapping[Cell, float], position: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for cell, number in people.items():
        found[cell[position]] = found.get(cell[position], 0.0) + number
    return found


def _check(
    people: Mapping[Cell, float], margins: Mapping[str, Mapping[str, float]], asked: Mapping[Cell, float] | None
) -> None:
    cells: Sequence[Cell] = [*people, *(asked or {})]
    for cell in cells:
        if len(cell) != len(margins):
            name = "/".join(cell)
            raise MethodError("poll_cell", f"{name} does not have a group for each of {', '.join(margins)}", cell=name)
    for cell, number in people.items() if asked is not None else ():
        if number > (asked or {}).get(cell, 0.0):
            name = "/".join(cell)
            raise MethodError("poll_asked", f"more people of {name} answered than were asked", cell=name)
