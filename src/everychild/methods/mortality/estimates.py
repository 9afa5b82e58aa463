"""Early childhood mortality of a survey: rates, who they rest on, their errors, and what was wrong with the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from everychild.methods.mortality.births import (
    BirthHistories,
    BoolArray,
    Breakdown,
    FloatArray,
    Group,
    IntArray,
    Period,
    SampleDesign,
)
from everychild.methods.mortality.cohorts import (
    RATE_END_SEGMENT,
    RATE_FIRST_SEGMENT,
    RATES,
    SegmentTotals,
    segment_totals,
)
from everychild.methods.mortality.rates import gradient, rates_of
from everychild.methods.mortality.screening import InputFinding, Treatment, design_findings, screen
from everychild.methods.mortality.variance import LonelyPsu, Method, SamplingError, jackknife, linearised

Reliability = Literal["shown", "parentheses", "suppressed", "missing"]
RELIABILITIES: Final[tuple[Reliability, ...]] = ("shown", "parentheses", "suppressed", "missing")
SUPPRESSED_BELOW: Final = 250
PARENTHESES_BELOW: Final = 500
"""Unweighted exposed children, the rule of the DHS report tables: under 250 `*`, under 500 in parentheses."""


@dataclass(frozen=True, eq=False)
class MortalityEstimates:
    """Rates per 1,000 by group, period and rate (order of RATES); arrays are (g, p, 5) unless said otherwise.

    `values`: NaN where a segment of the rate has no exposure or a probability above one. Errors are NaN where one PSU
    holds all exposure of a segment, or nobody died: a standard error of 0 would be a false certainty. `children`,
    `weighted_children`: exposed children over the rate's age range. `reliability`: index into RELIABILITIES.
    `deaths` (g, p, 8) and `exposure` (g, p, 8): weighted sums by age segment. `deaths_counted` (g, p, 8): unweighted.
    `psus` (g,): PSUs with a birth of the group. `errors`: sampling errors by method.
    """

    groups: tuple[Group, ...]
    periods: tuple[Period, ...]
    values: FloatArray
    children: FloatArray
    weighted_children: FloatArray
    reliability: IntArray
    deaths: FloatArray
    exposure: FloatArray
    deaths_counted: FloatArray
    psus: IntArray
    errors: Mapping[Method, SamplingError]
    findings: tuple[InputFinding, ...]

    def place(self, group: Group, period: str, rate: str) -> tuple[int, int, int]:
        """Indices of an estimate; raises ValueError for a group, period or rate that is not there."""
        labels = [p.label for p in self.periods]
        return self.groups.index(group), labels.index(period), RATES.index(rate)


def early_childhood_mortality(
    births: BirthHistories,
    design: SampleDesign,
    periods: Sequence[Period],
    breakdowns: Sequence[Breakdown] = (),
    *,
    methods: Sequence[Method] = ("jk1",),
    lonely: LonelyPsu = "fail",
    clusters: Literal["survey", "group"] = "survey",
    treatments: Mapping[str, Treatment] = MappingProxyType({}),
) -> MortalityEstimates:
    """Synthetic-cohort life table of DHS and MICS with sampling errors (Guide to DHS Statistics, DHS-7, chapter 8).

    `methods`: "jk1" is the published one (no strata); "jkn" and "taylor" use the strata of `design`, and `lonely`
    says what becomes of a stratum with one PSU. `clusters`: the number k of JK1, all PSUs of the survey, or those
    with a birth of the group (as DHS.rates does). `treatments`: see `screen`.

    Raises MortalityInputRefused for data no rate should be computed on, LonelyPsuError, and ValueError for periods
    or breakdowns that do not fit.
    """
    _check_lengths(births, breakdowns)
    screened = screen(births, design, treatments)
    totals = segment_totals(screened, breakdowns, periods, design.psu_count)
    deaths, exposure = totals.deaths.sum(axis=-1), totals.exposure.sum(axis=-1)
    values = rates_of(deaths[..., None], exposure[..., None])[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        probability = np.where(exposure > 0, deaths / exposure, np.nan)
    above_one = _touched(probability > 1.0)
    values[above_one] = np.nan
    errors = {m: _sampling_error(m, totals, probability, design, lonely, clusters == "group") for m in methods}
    alone = _touched(np.count_nonzero(totals.exposure, axis=-1) == 1)
    without_deaths = values == 0
    for error in errors.values():
        error.deviations[np.isnan(values) | alone | without_deaths] = np.nan
    return MortalityEstimates(
        totals.groups,
        totals.periods,
        values,
        totals.children,
        totals.weighted_children,
        _reliability(values, totals.children),
        deaths,
        exposure,
        totals.deaths_counted,
        totals.psus,
        MappingProxyType(errors),
        (
            *screened.findings,
            *design_findings(design),
            *totals.findings,
            *_about_rates(totals, "segment_without_exposure", _touched(np.isnan(probability))),
            *_about_rates(totals, "probability_above_one", above_one),
            *_about_rates(totals, "rate_without_deaths", without_deaths),
            *_about_rates(totals, "no_standard_error", _without_error(values, errors) & ~without_deaths),
        ),
    )


def _check_lengths(births: BirthHistories, breakdowns: Sequence[Breakdown]) -> None:
    for b in breakdowns:
        if b.codes.shape != (len(births),):
            raise ValueError(f"breakdown {b.name!r} has codes of shape {b.codes.shape} for {len(births)} births")


def _touched(segments: BoolArray) -> BoolArray:
    """(..., 5) whether a rate uses one of the marked segments (..., 8)."""
    spans = zip(RATE_FIRST_SEGMENT, RATE_END_SEGMENT, strict=True)
    # the post-neonatal rate is a difference of two rates that both start at birth
    return np.stack([segments[..., 0 if end == 4 else first : end].any(axis=-1) for first, end in spans], axis=-1)


def _sampling_error(
    method: Method,
    totals: SegmentTotals,
    probability: FloatArray,
    design: SampleDesign,
    lonely: LonelyPsu,
    by_group: bool,
) -> SamplingError:
    """One group at a time: its sums fit into the processor's cache, those of all groups do not."""
    count = design.psu_count
    deviations = np.empty((*totals.deaths.shape[:2], len(RATES), count))
    for g in range(len(totals.groups)):
        deaths, exposure = totals.deaths[g], totals.exposure[g]
        if method == "taylor":
            deviations[g] = linearised(_influence(deaths, exposure, probability[g]), design, lonely)
        elif method == "jkn":
            deviations[g] = jackknife(deaths, exposure, rates_of, design, lonely)
        else:
            psus = np.full(deaths.shape[:1], totals.psus[g]) if by_group else None
            deviations[g] = jackknife(deaths, exposure, rates_of, psus=psus)
    free = count - 1 if method == "jk1" else design.degrees_of_freedom
    return SamplingError(method, deviations, free)


def _influence(deaths: FloatArray, exposure: FloatArray, probability: FloatArray) -> FloatArray:
    """(p, 5, k) part of each PSU in the rates: u_i = sum_j dr/dq_j (D_ij - q_j E_ij) / E_j, per 1,000.

    Segments without exposure have no probability; the rates that use them are NaN and so are set aside by the caller.
    """
    total = exposure.sum(axis=-1)
    scaled = gradient(probability) / np.where(total > 0, total, np.nan)[:, None, :]
    result: FloatArray = np.matmul(np.nan_to_num(scaled), deaths - np.nan_to_num(probability)[..., None] * exposure)
    return result


def _reliability(values: FloatArray, children: FloatArray) -> IntArray:
    few = [np.isnan(values), children < SUPPRESSED_BELOW, children < PARENTHESES_BELOW]
    return np.select(few, [3, 2, 1], 0)


def _without_error(values: FloatArray, errors: Mapping[Method, SamplingError]) -> BoolArray:
    """(g, p, 5) rates that exist while a method gives no standard error: one PSU holds all exposure of a segment."""
    undefined = np.zeros(values.shape, dtype=np.bool_)
    for error in errors.values():
        undefined |= np.isnan(error.deviations).any(axis=-1)
    return undefined & ~np.isnan(values)


def _about_rates(totals: SegmentTotals, rule: str, marked: BoolArray) -> tuple[InputFinding, ...]:
    """One finding for each group and period with marked (g, p, 5) rates; the rates stand in the subject."""
    found = []
    for g, p in np.argwhere(marked.any(axis=-1)):
        group = totals.groups[g]
        rates = [rate for rate, hit in zip(RATES, marked[g, p], strict=True) if hit]
        subject = (group.breakdown, group.label, totals.periods[p].label, *rates)
        found.append(InputFinding(rule, "warning", "leave_out", subject=subject))
    return tuple(found)
