"""How far a country's law keeps a treaty's duties: counts and two shares that belong together, never one score.

The share of duties found aligned means nothing without the share that was looked at, so one object holds both, with
bounds for what was not. Sources: OHCHR, Human Rights Indicators (HR/PUB/12/5, 2012), structural indicators; the bounds
are Manski's for missing outcomes (1989, Journal of Human Resources 24:343).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Verdict = Literal["aligned", "partly", "not_aligned", "silent", "not_applicable", "not_assessed"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
FOUND: Final[tuple[Verdict, ...]] = ("aligned", "partly", "not_aligned", "silent")
"""Verdicts of a duty that applies and was judged; a law that is silent was judged, too."""


@dataclass(frozen=True)
class Alignment:
    """Numbers of judgements by verdict; shares are percentages, NaN where nothing stands below the line."""

    counts: Mapping[Verdict, int]

    def __post_init__(self) -> None:
        unknown = set(self.counts) - set(VERDICTS)
        if unknown or any(count < 0 for count in self.counts.values()):
            raise ValueError(f"counts of {dict(self.counts)} are not counts of verdicts")

    def __getitem__(self, verdict: Verdict) -> int:
        return self.counts.get(verdict, 0)

    @property
    def assessed(self) -> int:
        return sum(self[verdict] for verdict in FOUND)

    @property
    def applicable(self) -> int:
        return self.assessed + self["not_assessed"]

    @property
    def aligned_of_assessed(self) -> float:
        return _percent(self["aligned"], self.assessed)

    @property
    def assessed_of_applicable(self) -> float:
        return _percent(self.assessed, self.applicable)

    @property
    def bounds(self) -> tuple[float, float]:
        """Aligned of applicable if nothing that was not assessed were aligned, and if all of it were."""
        aligned = self["aligned"]
        return _percent(aligned, self.applicable), _percent(aligned + self["not_assessed"], self.applicable)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else math.nan
