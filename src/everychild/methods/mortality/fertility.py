"""Fertility from birth histories: age-specific rates, total fertility, adolescent birth rate, general fertility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from everychild.methods.mortality.age_groups import (
    AGE_GROUPS,
    MONTHS_A_YEAR,
    age_group,
    by_age,
    months_by_age,
    window,
)
from everychild.methods.mortality.births import (
    Breakdown,
    FloatArray,
    Group,
    IntArray,
    NumberArray,
    Period,
    SampleDesign,
    groups_of,
)
from everychild.methods.mortality.exact_sums import rounded_weights, sums_by_psu
from everychild.methods.mortality.rates import PER_THOUSAND
from everychild.methods.mortality.variance import LonelyPsu, Method, SamplingError, sampling_error

FERTILITY_RATES: Final = (*(f"asfr_{label}" for label in AGE_GROUPS), "tfr", "gfr")
"""`asfr_15-19` is the adolescent birth rate (SDG 3.7.2). Rates per 1,000 women; the total fertility rate per woman."""
GROUP_YEARS: Final = 5
LAST_GENERAL_GROUP: Final = 6
"""The general rate puts births at 15-49 over women of 15-44, six groups, as the DHS tables do."""


@dataclass(frozen=True, eq=False)
class Women:
    """Interviewed women, one element each, arrays (n,): dates in CMC, weight, PSU index.

    `all_women_factor`: how many women of all marital states an interviewed one stands for; 1 in surveys of all women.
    """

    birth: NumberArray
    interview: NumberArray
    weight: NumberArray
    psu: NumberArray
    all_women_factor: NumberArray | None = None

    def __post_init__(self) -> None:
        if any(a.shape != self.birth.shape for a in (self.interview, self.weight, self.psu)):
            raise ValueError("women need arrays of one length")
        for name in ("birth", "interview", "weight"):
            values = np.asarray(getattr(self, name), dtype=np.float64)
            if not np.isfinite(values).all() or (values < 0).any():
                raise ValueError(f"{name} of women is missing or negative in {int((~(values >= 0)).sum())} rows")


@dataclass(frozen=True, eq=False)
class FertilityEstimates:
    """Rates (g, 9) in the order of FERTILITY_RATES, woman-years (g, 7) weighted and not, births (g, 7) weighted."""

    groups: tuple[Group, ...]
    values: FloatArray
    births: FloatArray
    weighted_years: FloatArray
    years: FloatArray
    errors: Mapping[Method, SamplingError]


def fertility(
    women: Women,
    child_birth: IntArray,
    mother: IntArray,
    design: SampleDesign,
    period: Period,
    breakdowns: Sequence[Breakdown] = (),
    *,
    methods: Sequence[Method] = ("jk1",),
    lonely: LonelyPsu = "fail",
) -> FertilityEstimates:
    """Fertility of a period, by the exposure of the DHS program (Guide to DHS Statistics, DHS-7, chapter 5).

    `child_birth` (m,): CMC of each live birth; `mother` (m,): index of its mother among the women. Breakdowns are of
    women. A birth counts at the mother's age group in its month; a woman's months in the window count at her age in
    each, the month of interview is outside. Ages under 15 count nowhere.
    Raises ValueError for a mother who is not among the women, births after the interview, a breakdown of another
    length, or a PSU that is not in the design.
    """
    births, months, years = _sums(women, child_birth, mother, design, period, breakdowns)
    numerator, denominator = births, months / MONTHS_A_YEAR
    whole = numerator.sum(axis=-1, keepdims=True), denominator.sum(axis=-1, keepdims=True)
    errors = {
        method: sampling_error(method, numerator, denominator, fertility_rates, _influence, design, lonely)
        for method in methods
    }
    return FertilityEstimates(
        groups_of(breakdowns),
        fertility_rates(*whole)[..., 0],
        whole[0][..., 0],
        whole[1][..., 0],
        years,
        MappingProxyType(errors),
    )


def fertility_rates(births: FloatArray, years: FloatArray) -> FloatArray:
    """(..., 9, n) rates from births and woman-years (..., 7, n) by age group; NaN where a group has no women."""
    with np.errstate(invalid="ignore", divide="ignore"):
        specific = np.where(years > 0, births / years, np.nan) * PER_THOUSAND
        general_years = years[..., :LAST_GENERAL_GROUP, :].sum(axis=-2)
        general = np.where(general_years > 0, births.sum(axis=-2) / general_years, np.nan) * PER_THOUSAND
    total = GROUP_YEARS * specific.sum(axis=-2) / PER_THOUSAND
    return np.concatenate([specific, total[..., None, :], general[..., None, :]], axis=-2)


def fertility_sums(
    women: Women, child_birth: IntArray, mother: IntArray, period: Period
) -> tuple[FloatArray, FloatArray]:
    """Births of each woman by age group in the period and her months of exposure, two arrays (n, 7), unweighted."""
    if mother.size and (mother.min() < 0 or mother.max() >= women.birth.size):
        raise ValueError("a birth names a mother who is not among the women")
    late = child_birth > women.interview[mother]
    if late.any():
        raise ValueError(f"{int(late.sum())} births are dated after the interview of their mother")
    born, interview = women.birth.astype(np.int64), women.interview.astype(np.int64)
    first, last = window(interview, period)
    at_birth = age_group(born[mother], child_birth)
    inside = (child_birth >= first[mother]) & (child_birth <= last[mother])
    counted = by_age(at_birth, inside)
    births = np.zeros((born.size, len(AGE_GROUPS)))
    np.add.at(births, mother, counted)
    return births, months_by_age(born, first, last)


def _sums(
    women: Women,
    child_birth: IntArray,
    mother: IntArray,
    design: SampleDesign,
    period: Period,
    breakdowns: Sequence[Breakdown],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(g, 7, k) weighted births and woman-months, (g, 7) unweighted woman-years."""
    births, months = fertility_sums(women, child_birth, mother, period)
    if women.all_women_factor is not None:
        months = months * np.asarray(women.all_women_factor, dtype=np.float64)[:, None]
    psu = women.psu.astype(np.int64)
    weight = rounded_weights(np.asarray(women.weight, dtype=np.float64), psu, (1.0, float(period.upper - period.lower)))
    everyone = Breakdown("total", ("total",), np.zeros(psu.size, dtype=np.int64))
    parts = []
    for b in (everyone, *breakdowns):
        if b.codes.shape != psu.shape:
            raise ValueError(f"breakdown {b.name!r} has codes of shape {b.codes.shape} for {psu.size} women")
        place = b.codes.astype(np.int64), len(b.classes), psu, design.psu_count
        ones = (weight > 0).astype(np.float64)
        parts.append(
            (
                sums_by_psu(births, weight, *place),
                sums_by_psu(months, weight, *place),
                sums_by_psu(months, ones, *place).sum(axis=-1) / MONTHS_A_YEAR,
            )
        )
    births_g, months_g, years_g = (np.concatenate(part) for part in zip(*parts, strict=True))
    return births_g, months_g, years_g


def _influence(births: FloatArray, years: FloatArray) -> FloatArray:
    """(..., 9, k) each PSU's part in the linearised rates: (B_i - r E_i) / E for a ratio, their sum for the total."""
    whole_births, whole_years = births.sum(axis=-1, keepdims=True), years.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        specific = (births - whole_births / whole_years * years) / whole_years
        general_years = whole_years[..., :LAST_GENERAL_GROUP, :].sum(axis=-2)
        rate = whole_births.sum(axis=-2) / general_years
        general = (births.sum(axis=-2) - rate * years[..., :LAST_GENERAL_GROUP, :].sum(axis=-2)) / general_years
    total = GROUP_YEARS * specific.sum(axis=-2) / PER_THOUSAND
    parts = [specific, total[..., None, :], general[..., None, :]]
    return np.concatenate(parts, axis=-2) * PER_THOUSAND
