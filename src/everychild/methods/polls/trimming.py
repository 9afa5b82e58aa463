"""Weights that fit the margins and let nobody speak for too many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from everychild.methods.errors import MethodError
from everychild.methods.polls.raking import Cell, Raked, rake, trimmed

LOWEST: Final = 0.2
HIGHEST: Final = 5.0
MOST_TRIMS: Final = 50
CLOSE: Final = 1e-3
"""Relative to the margin: what trimming may leave unmet, and to the bound: what the last raking may exceed it by."""


@dataclass(frozen=True)
class Trimmed:
    """Weights of each person of a cell, within the bounds and on the margins. `cut`: people whose raked weight lay
    outside the bounds; `times`: how often weights were cut and raked anew (0: all lay within from the start)."""

    weights: Mapping[Cell, float]
    times: int
    cut: float
    lowest: float
    highest: float


def converged(raked: Raked, names: Sequence[str] = ()) -> Raked:
    """The same, if every margin is met. Raises MethodError: margins that contradict the cells in which people answered
    have no common weights; fewer margins or wider groups have."""
    if not raked.converged:
        told = ", ".join(names) or "these margins"
        raise MethodError("rake_not_met", f"no weights meet {told} at once after {raked.rounds} rounds", margins=told)
    return raked


def rake_within(
    people: Mapping[Cell, float], margins: Sequence[Mapping[str, float]], low: float = LOWEST, high: float = HIGHEST
) -> Trimmed:
    """Rake, cut to `low` … `high` times the median weight of a person, rake what was cut, until both hold.

    The bounds are those of the first raking: a median that moves with the cutting would chase itself. Raises
    MethodError where no weights within the bounds meet the margins (widen the bounds or join groups), CannotRake as
    `rake`.
    """
    if not 0 <= low < 1 < high:
        raise MethodError("trim_bounds", f"bounds of {low:g} and {high:g} times the median do not hold it")
    weights = dict(converged(rake(people, margins)).weights)
    cut = trimmed(people, weights, low, high)
    lowest, highest = _bounds(people, weights, low, high)
    outside = math.fsum(people[cell] for cell in weights if cut[cell] != weights[cell])
    for times in range(MOST_TRIMS):
        if all(lowest * (1 - CLOSE) <= weight <= highest * (1 + CLOSE) for weight in weights.values()):
            return Trimmed(weights, times, outside, lowest, highest)
        kept = {cell: min(max(weight, lowest), highest) for cell, weight in weights.items()}
        weights = _raked_from(people, kept, margins)
    told = f"{low:g} to {high:g} times the median"
    raise MethodError("trim_not_met", f"no weights within {told} meet the margins", bounds=told)


def _bounds(
    people: Mapping[Cell, float], weights: Mapping[Cell, float], low: float, high: float
) -> tuple[float, float]:
    """The median weight is what everybody is cut to when no room is left around it."""
    middle = next(iter(trimmed(people, weights, 1.0, 1.0).values()))
    return low * middle, high * middle


def _raked_from(
    people: Mapping[Cell, float], weights: Mapping[Cell, float], margins: Sequence[Mapping[str, float]]
) -> dict[Cell, float]:
    """Raking starts from equal weights; people who count for their weight already make it start from theirs."""
    counted = {cell: people[cell] * weight for cell, weight in weights.items()}
    factors = converged(rake(counted, margins)).weights
    return {cell: weight * factors[cell] for cell, weight in weights.items()}
