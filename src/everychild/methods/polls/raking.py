"""Raking of counted answers to population margins, with Kish's design effect.

A poll that anybody may answer has no sampling probabilities: weights remove what age, sex and region explain, nothing
else, and there is no margin of error. Sources: Deming and Stephan 1940; Kish 1965; AAPOR task force on non-probability
sampling, 2013. Respondents are counted in cells, never listed: everybody in a cell has one weight.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Cell = tuple[str, ...]
MOST_ROUNDS: Final = 100
CLOSE: Final = 1e-6


class CannotRake(ValueError):  # noqa: N818 - what is wrong
    """The margins ask for somebody of a group from which nobody answered, or do not agree in their totals.

    `dimension` is the position of the margin, `category` the group ("" for totals)."""

    def __init__(self, message: str, dimension: int, category: str) -> None:
        super().__init__(message)
        self.dimension = dimension
        self.category = category


@dataclass(frozen=True)
class Raked:
    """Weight of each person of a cell. `converged`: every margin is met to `CLOSE` of its total."""

    weights: Mapping[Cell, float]
    rounds: int
    converged: bool


def rake(people: Mapping[Cell, float], margins: Sequence[Mapping[str, float]], *, rounds: int = MOST_ROUNDS) -> Raked:
    """Multiply by target/current for each margin in turn until all are met.

    `people` counts by cell, one key a margin; `margins` population by category, one for each position of the cells.
    Totals that differ by rounding are scaled to the first. Raises CannotRake.
    """
    held = {cell: float(count) for cell, count in people.items() if count > 0}
    targets = _targets(held, margins)
    weights = dict.fromkeys(held, 1.0)
    for done in range(1, rounds + 1):
        for position, target in enumerate(targets):
            current = _margin(held, weights, position)
            for cell in weights:
                weights[cell] *= target[cell[position]] / current[cell[position]]
        if _worst(held, weights, targets) < CLOSE:
            return Raked(weights, done, True)
    return Raked(weights, rounds, False)


def _targets(held: Mapping[Cell, float], margins: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    if not held or not margins:
        raise CannotRake("nobody answered, or no margin is known", 0, "")
    total = math.fsum(margins[0].values())
    targets = []
    for position, margin in enumerate(margins):
        asked, present = {c for c, size in margin.items() if size > 0}, {cell[position] for cell in held}
        for category in sorted(asked ^ present):
            raise CannotRake(f"{category!r} is in the population or in the answers alone", position, category)
        own = math.fsum(margin.values())
        if total <= 0 or abs(own - total) > 0.01 * total:
            raise CannotRake(f"totals of the margins differ: {total:g} and {own:g}", position, "")
        targets.append({category: margin[category] * total / own for category in asked})
    return targets


def _margin(held: Mapping[Cell, float], weights: Mapping[Cell, float], position: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for cell, weight in weights.items():
        found[cell[position]] = found.get(cell[position], 0.0) + weight * held[cell]
    return found


def _worst(held: Mapping[Cell, float], weights: Mapping[Cell, float], targets: Sequence[Mapping[str, float]]) -> float:
    """Largest deviation of a category, relative to its target."""
    return max(
        abs(current - target[category]) / target[category]
        for position, target in enumerate(targets)
        for category, current in _margin(held, weights, position).items()
    )


def post_stratify(people: Mapping[Cell, float], population: Mapping[Cell, float]) -> dict[Cell, float]:
    """Exact weights by cell. Raises CannotRake for a cell of the population that nobody answered from."""
    for cell in sorted(cell for cell, size in population.items() if size > 0 and not people.get(cell)):
        raise CannotRake(f"nobody answered from {'/'.join(cell)}", 0, "/".join(cell))
    return {cell: population[cell] / people[cell] for cell in population if people.get(cell)}


def trimmed(
    people: Mapping[Cell, float], weights: Mapping[Cell, float], low: float = 0.2, high: float = 5.0
) -> dict[Cell, float]:
    """Weights cut to `low` … `high` times the median person's; rake again afterwards."""
    middle = _median(people, weights)
    return {cell: min(max(weight, low * middle), high * middle) for cell, weight in weights.items()}


def _median(people: Mapping[Cell, float], weights: Mapping[Cell, float]) -> float:
    ordered = sorted((weight, people[cell]) for cell, weight in weights.items())
    half, passed = math.fsum(count for _, count in ordered) / 2, 0.0
    for weight, count in ordered:
        passed += count
        if passed >= half:
            return weight
    raise ValueError("no weights")


def design_effect(people: Mapping[Cell, float], weights: Mapping[Cell, float]) -> float:
    """Kish: n Σw² / (Σw)², over persons. What the unequal weights cost; not what the self-selection does."""
    n = math.fsum(people[cell] for cell in weights)
    squares = math.fsum(people[cell] * weight**2 for cell, weight in weights.items())
    return n * squares / math.fsum(people[cell] * weight for cell, weight in weights.items()) ** 2


def effective_answers(people: Mapping[Cell, float], weights: Mapping[Cell, float]) -> float:
    return math.fsum(people[cell] for cell in weights) / design_effect(people, weights)


def weighted_share(chosen: Mapping[Cell, float], people: Mapping[Cell, float], weights: Mapping[Cell, float]) -> float:
    """Share (0 to 1) of those who chose an answer among those who answered the question; NaN when nobody did."""
    of = math.fsum(people.get(cell, 0.0) * weight for cell, weight in weights.items())
    return math.fsum(chosen.get(cell, 0.0) * weight for cell, weight in weights.items()) / of if of else math.nan
