"""Deaths and exposure of the synthetic cohort: the share of a child in each period and age segment, and their sums.

A child's share depends only on the month of birth relative to the period, so the rule is evaluated once for each
month and looked up; births are then counted by PSU, class and months of equal shares, and the counts are multiplied
by the shares. Weighting every birth by every segment would give the same sums for thirty times the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from everychild.methods.mortality.births import (
    SEGMENT_ENDS,
    SEGMENT_STARTS,
    SEGMENTS,
    BoolArray,
    Breakdown,
    FloatArray,
    Group,
    IntArray,
    Period,
    groups_of,
)
from everychild.methods.mortality.screening import InputFinding, ScreenedBirths, breakdown_findings

RATES: Final = ("nmr", "pnmr", "imr", "cmr", "u5mr")
RATE_STARTS: Final = (0, 1, 0, 12, 0)
RATE_ENDS: Final = (1, 12, 12, 60, 60)
"""Age range of each rate in months [start, end): its exposed children are counted over the whole range."""
RATE_FIRST_SEGMENT: Final = (0, 1, 0, 4, 0)
RATE_END_SEGMENT: Final = (1, 4, 4, 8, 8)
"""Segments a rate is made of, [first, end)."""


def cohort_shares(
    birth: IntArray, period: Period, starts: Sequence[int], ends: Sequence[int]
) -> tuple[FloatArray, FloatArray]:
    """Exposure and death of a child at risk, by month of birth and age range: two arrays (months, ranges).

    `birth`: month of birth on the period's own axis (relative to the interview, or CMC). With lo = birth + start and
    hi = birth + end a child belongs to cohort A (lo before the window, hi not: 1/2), B (inside: 1) or C (lo inside,
    hi not: 1/2). A death counts like the exposure, but whole in C when the window ends at the interview: there every
    reported death of the segment has happened inside the window. hi equal to the lower limit is A, hi equal to the
    upper limit is C. Source: Guide to DHS Statistics, DHS-7, chapter 8; Rutstein and Rojas 2006.
    """
    lo, hi = birth[:, None] + np.asarray(starts), birth[:, None] + np.asarray(ends)
    enters_before = (lo < period.lower) & (hi >= period.lower)
    inside = (lo >= period.lower) & (hi < period.upper)
    crosses_end = (lo >= period.lower) & (lo < period.upper) & (hi >= period.upper)
    exposure = 0.5 * enters_before + inside + 0.5 * crosses_end
    return exposure, np.where(crosses_end & period.ends_at_interview, 1.0, exposure)


@dataclass(frozen=True, eq=False)
class SegmentTotals:
    """Sums that every rate and error is made from; g groups, p periods, k PSUs.

    `deaths`, `exposure` (g, p, 8, k): weighted, by age segment and PSU. `children`, `weighted_children` (g, p, 5):
    exposed children over the age range of each rate. `deaths_counted` (g, p, 8): unweighted deaths. `psus` (g,):
    PSUs with a birth of the group, also one outside all periods. `findings`: what concerns classes.
    """

    groups: tuple[Group, ...]
    periods: tuple[Period, ...]
    deaths: FloatArray
    exposure: FloatArray
    children: FloatArray
    weighted_children: FloatArray
    deaths_counted: FloatArray
    psus: IntArray
    findings: tuple[InputFinding, ...]


def segment_totals(
    screened: ScreenedBirths, breakdowns: Sequence[Breakdown], periods: Sequence[Period], psu_count: int
) -> SegmentTotals:
    """All sums in one pass over the births.

    Raises ValueError when there is no period, or when a calendar window ends after the earliest interview.
    """
    if not periods:
        raise ValueError("name at least one period")
    _check_calendar(screened, periods)
    groups = groups_of(breakdowns)
    shape = (len(groups), len(periods))
    totals = SegmentTotals(
        groups,
        tuple(periods),
        np.zeros((*shape, SEGMENTS, psu_count)),
        np.zeros((*shape, SEGMENTS, psu_count)),
        np.zeros((*shape, len(RATES))),
        np.zeros((*shape, len(RATES))),
        np.zeros((*shape, SEGMENTS)),
        np.zeros(len(groups), dtype=np.int64),
        (),
    )
    axes = [_Axis.of(screened, periods, relative) for relative in (True, False)]
    everyone = Breakdown("total", ("total",), np.zeros(0, dtype=np.int64))
    findings: list[InputFinding] = []
    first = 0
    for breakdown in (everyone, *breakdowns):
        codes = np.zeros(screened.birth.size, dtype=np.int64) if breakdown is everyone else screened.codes(breakdown)
        classes = slice(first, first + len(breakdown.classes))
        for axis in axes:
            if axis is not None:
                axis.add(totals, classes, codes, psu_count)
        present = _present(codes, screened.psu, len(breakdown.classes), psu_count)
        totals.psus[classes] = present.sum(axis=1)
        if breakdown is not everyone:
            findings += breakdown_findings(screened, breakdown, present)
        first = classes.stop
    return replace(totals, findings=tuple(findings))


def _check_calendar(screened: ScreenedBirths, periods: Sequence[Period]) -> None:
    if screened.interview.size == 0:
        return
    earliest = int(screened.interview.min())
    for period in periods:
        if not period.before_interview and period.upper > earliest:
            raise ValueError(f"period {period.label!r} ends at {period.upper}, after the first interview ({earliest})")


def _present(codes: IntArray, psu: IntArray, classes: int, psu_count: int) -> BoolArray:
    present = np.zeros((classes + 1, psu_count), dtype=np.bool_)
    present[codes, psu] = True  # a negative code falls on the row that is cut off
    return present[:classes]


@dataclass(frozen=True, eq=False)
class _Axis:
    """The births that touch periods of one kind (relative to the interview, or calendar), and their shares.

    `profile`: for each such birth, which months of equal shares its birth belongs to. `dead`: those of them who died
    under five, ordered by segment of death; `dead_before[j]` of them died before segment j.
    """

    which: IntArray
    births: IntArray
    profile: IntArray
    psu: IntArray
    weight: FloatArray
    dead: IntArray
    dead_segment: IntArray
    dead_before: IntArray
    exposure: FloatArray
    death: FloatArray
    range_exposure: FloatArray

    @classmethod
    def of(cls, screened: ScreenedBirths, periods: Sequence[Period], relative: bool) -> _Axis | None:
        which = [i for i, p in enumerate(periods) if p.before_interview == relative]
        if not which:
            return None
        chosen = [periods[i] for i in which]
        earliest = min(p.lower for p in chosen) - SEGMENT_ENDS[-1]
        months = np.arange(earliest, max(p.upper for p in chosen))
        exposure, death, over_range = _shares_by_month(months, chosen)
        _, kind, profile_of_month = np.unique(
            np.concatenate([exposure, death, over_range], axis=2).reshape(months.size, -1),
            axis=0,
            return_index=True,
            return_inverse=True,
        )
        month = (screened.birth - screened.interview if relative else screened.birth) - earliest
        births = np.flatnonzero((month >= 0) & (month < months.size))
        segment = screened.death_segment[births]
        under_five = np.flatnonzero(segment < SEGMENTS)
        dead = under_five[np.argsort(segment[under_five], kind="stable")]
        return cls(
            np.asarray(which),
            births,
            profile_of_month[month[births]],
            screened.psu[births],
            screened.weight[births],
            dead,
            segment[dead],
            np.searchsorted(segment[dead], np.arange(SEGMENTS)),
            exposure[kind],
            death[kind],
            over_range[kind],
        )

    def add(self, totals: SegmentTotals, classes: slice, all_codes: IntArray, psu_count: int) -> None:
        """Put the sums of one breakdown into its groups and this axis's periods."""
        codes, count = all_codes[self.births], classes.stop - classes.start
        kinds = self.exposure.shape[0]
        if (codes < 0).any():
            # births without a class go to a class of their own, which is cut off below
            codes = np.where(codes < 0, count, codes)
        cell = codes * kinds
        cell += self.profile
        place = cell * psu_count
        place += self.psu
        by_psu = np.bincount(place, self.weight, (count + 1) * kinds * psu_count)
        born = by_psu.reshape(count + 1, kinds, psu_count)[:count]
        self._add_children(totals, classes, cell, born.sum(axis=2))
        dead_cell = codes[self.dead] * psu_count + self.psu[self.dead]
        profile, weight = self.profile[self.dead], self.weight[self.dead]
        cells = (count + 1) * psu_count
        for nth, period in enumerate(self.which):
            survivors = np.matmul(self.exposure[:, nth].T, born)
            for segment in range(1, SEGMENTS):
                gone = slice(0, self.dead_before[segment])
                lost = weight[gone] * self.exposure[profile[gone], nth, segment]
                survivors[:, segment] -= np.bincount(dead_cell[gone], lost, cells).reshape(-1, psu_count)[:count]
            totals.exposure[classes, period] = survivors
            died = weight * self.death[profile, nth, self.dead_segment]
            by_segment = np.bincount(dead_cell * SEGMENTS + self.dead_segment, died, cells * SEGMENTS)
            split = by_segment.reshape(count + 1, psu_count, SEGMENTS)[:count]
            totals.deaths[classes, period] = split.transpose(0, 2, 1)

    def _add_children(self, totals: SegmentTotals, classes: slice, cell: IntArray, born: FloatArray) -> None:
        """Exposed children over the age range of each rate, and unweighted deaths, by class."""
        count, kinds = born.shape
        dead_cell = cell[self.dead] * SEGMENTS + self.dead_segment
        shape = (count + 1, kinds, SEGMENTS)
        dead = np.bincount(dead_cell, minlength=int(np.prod(shape))).reshape(shape)[:count]
        weighted_dead = np.bincount(dead_cell, self.weight[self.dead], int(np.prod(shape))).reshape(shape)[:count]
        counted = np.bincount(cell, minlength=(count + 1) * kinds).reshape(count + 1, kinds)[:count]
        for rate, first in enumerate(RATE_FIRST_SEGMENT):
            shares = self.range_exposure[:, :, rate]
            totals.children[classes, self.which, rate] = (counted - dead[:, :, :first].sum(axis=2)) @ shares
            totals.weighted_children[classes, self.which, rate] = (
                born - weighted_dead[:, :, :first].sum(axis=2)
            ) @ shares
        totals.deaths_counted[classes, self.which] = np.einsum("cks,kps->cps", dead, self.death)


def _shares_by_month(months: IntArray, periods: Sequence[Period]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(months, periods, 8) exposure and death by segment, (months, periods, 5) exposure over the range of a rate."""
    by_segment = [cohort_shares(months, p, SEGMENT_STARTS, SEGMENT_ENDS) for p in periods]
    over_range = [cohort_shares(months, p, RATE_STARTS, RATE_ENDS)[0] for p in periods]
    return (
        np.stack([e for e, _ in by_segment], axis=1),
        np.stack([d for _, d in by_segment], axis=1),
        np.stack(over_range, axis=1),
    )
