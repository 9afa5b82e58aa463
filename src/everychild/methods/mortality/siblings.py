"""Adult and pregnancy-related mortality from sibling histories (direct sisterhood method of DHS)."""

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
from everychild.methods.mortality.births import BoolArray, FloatArray, IntArray, NumberArray, Period, SampleDesign
from everychild.methods.mortality.exact_sums import rounded_weights, sums_by_psu
from everychild.methods.mortality.fertility import Women, fertility_sums
from everychild.methods.mortality.rates import PER_THOUSAND
from everychild.methods.mortality.screening import InputFinding
from everychild.methods.mortality.variance import LonelyPsu, Method, SamplingError, jackknife, sampling_error

SEXES: Final = ("female", "male")
ADULT_RATES: Final = (*AGE_GROUPS, "15-49")
PREGNANCY_RATES: Final = ("pregnancy_related_rate", "general_fertility_rate", "pregnancy_related_ratio")
PER_HUNDRED_THOUSAND: Final = 100_000.0
GROUPS: Final = len(AGE_GROUPS)


@dataclass(frozen=True, eq=False)
class Siblings:
    """Brothers and sisters by the same mother, one element each (m,).

    `respondent`: index of the woman who reported. `female`, `alive`: 1, 0, or negative where not known. `birth`,
    `death`: CMC, NaN where missing (and for the living, `death`). `pregnancy_related`: whether a sister died in
    pregnancy, delivery or the two months after (DHS mm9 2 to 6).
    """

    respondent: IntArray
    female: NumberArray
    alive: NumberArray
    birth: NumberArray
    death: NumberArray
    pregnancy_related: NumberArray

    def __post_init__(self) -> None:
        arrays = (self.female, self.alive, self.birth, self.death, self.pregnancy_related)
        if any(a.shape != self.respondent.shape for a in arrays):
            raise ValueError("siblings need arrays of one length")


@dataclass(frozen=True, eq=False)
class AdultMortality:
    """Deaths per 1,000 person-years, (2, 8): by SEXES, five-year age groups and 15-49 standardised (ADULT_RATES).

    `deaths`, `weighted_years`, `years` (2, 7): weighted deaths and person-years, unweighted person-years.
    """

    values: FloatArray
    deaths: FloatArray
    weighted_years: FloatArray
    years: FloatArray
    errors: Mapping[Method, SamplingError]
    findings: tuple[InputFinding, ...]


@dataclass(frozen=True, eq=False)
class PregnancyRelatedMortality:
    """Pregnancy-related deaths: age-specific rates (7,) per 1,000 woman-years, and the three PREGNANCY_RATES.

    The rate (per 1,000) and general fertility (per 1,000) are standardised for age; the ratio is their quotient, per
    100,000 live births. Deaths are pregnancy-related by their time, not maternal by cause.
    """

    by_age: FloatArray
    values: FloatArray
    deaths: FloatArray
    error: SamplingError
    findings: tuple[InputFinding, ...]


def adult_mortality(
    siblings: Siblings,
    respondents: Women,
    design: SampleDesign,
    period: Period,
    *,
    methods: Sequence[Method] = ("jk1",),
    lonely: LonelyPsu = "fail",
) -> AdultMortality:
    """Age-specific death rates of brothers and sisters, and the rate at 15-49 with the respondents' age distribution.

    The published period is seven years, Period("0-6", -84, 0). A sibling lives from the month of birth to the month
    of death, both counted whole; the month of interview is outside. Source: Guide to DHS Statistics, DHS-7, chapter
    on adult and maternal mortality.
    """
    used = _usable(siblings, respondents)
    deaths, months, weight, psu = _sibling_sums(siblings, used.rows, respondents, period)
    sex = np.where(siblings.female[used.rows] == 1, 0, 1)
    place = sex, len(SEXES), psu, design.psu_count
    years = sums_by_psu(months, weight, *place) / MONTHS_A_YEAR
    events = sums_by_psu(deaths, weight, *place)
    standard = np.broadcast_to(_age_distribution(respondents, design), years.shape)
    denominator = np.concatenate([years, standard], axis=1)
    whole = events.sum(axis=-1, keepdims=True), denominator.sum(axis=-1, keepdims=True)
    errors = {
        m: sampling_error(m, events, denominator, standardised_rates, _influence, design, lonely) for m in methods
    }
    return AdultMortality(
        standardised_rates(*whole)[..., 0],
        whole[0][..., 0],
        whole[1][:, :GROUPS, 0],
        sums_by_psu(months, (weight > 0).astype(np.float64), *place).sum(axis=-1) / MONTHS_A_YEAR,
        MappingProxyType(errors),
        used.findings,
    )


def standardised_rates(events: FloatArray, denominator: FloatArray) -> FloatArray:
    """(..., 8, n) rates per 1,000 by age and standardised, from events (..., 7, n) and person-years with standard.

    `denominator` (..., 14, n): person-years of the seven groups, then the standard population of the seven groups.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        years = denominator[..., :GROUPS, :]
        specific = PER_THOUSAND * np.where(years > 0, events / years, np.nan)
    standard = denominator[..., GROUPS:, :]
    # a group without person-years has no rate; where nobody of the standard is that old, it is not needed
    with np.errstate(invalid="ignore"):
        weighted = np.where(standard > 0, specific * standard, 0.0).sum(axis=-2) / standard.sum(axis=-2)
    return np.concatenate([specific, weighted[..., None, :]], axis=-2)


def pregnancy_related_mortality(
    siblings: Siblings,
    respondents: Women,
    child_birth: IntArray,
    mother: IntArray,
    design: SampleDesign,
    period: Period,
) -> PregnancyRelatedMortality:
    """Pregnancy-related deaths of sisters in a period, and their ratio to the fertility of the same period.

    Ratio = standardised death rate / standardised general fertility rate, both with the respondents' age
    distribution. The errors are the published jackknife (JK1). `child_birth`, `mother`: births as in `fertility`.
    """
    used = _usable(siblings, respondents)
    sisters = used.rows[siblings.female[used.rows] == 1]
    deaths, months, weight, psu = _sibling_sums(siblings, sisters, respondents, period)
    deaths = deaths * (siblings.pregnancy_related[sisters] == 1)[:, None]
    place = np.zeros(psu.size, dtype=np.int64), 1, psu, design.psu_count
    births, woman_months = fertility_sums(respondents, child_birth, mother, period)
    own_psu = respondents.psu.astype(np.int64)
    own_weight = rounded_weights(respondents.weight.astype(np.float64), own_psu, (1.0, _length(period)))
    own = np.zeros(own_psu.size, dtype=np.int64), 1, own_psu, design.psu_count
    numerator = np.concatenate([sums_by_psu(deaths, weight, *place), sums_by_psu(births, own_weight, *own)], axis=1)[0]
    years = [sums_by_psu(months, weight, *place), sums_by_psu(woman_months, own_weight, *own)]
    denominator = np.concatenate(
        [years[0][0] / MONTHS_A_YEAR, years[1][0] / MONTHS_A_YEAR, _age_distribution(respondents, design)]
    )
    whole = numerator.sum(axis=-1, keepdims=True), denominator.sum(axis=-1, keepdims=True)
    standard = np.concatenate([whole[1][:GROUPS], whole[1][2 * GROUPS :]])
    return PregnancyRelatedMortality(
        standardised_rates(whole[0][:GROUPS], standard)[:GROUPS, 0],
        _pregnancy_rates(*whole)[:, 0],
        whole[0][:GROUPS, 0],
        SamplingError("jk1", jackknife(numerator, denominator, _pregnancy_rates), design.psu_count - 1),
        used.findings,
    )


def _pregnancy_rates(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """(3, n) PREGNANCY_RATES from deaths and births (14, n), and years of sisters, of women, and women (21, n)."""
    standard = denominator[2 * GROUPS :]
    rates = []
    for part in (slice(0, GROUPS), slice(GROUPS, 2 * GROUPS)):
        rates.append(standardised_rates(numerator[part], np.concatenate([denominator[part], standard]))[-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        result: FloatArray = np.stack([rates[0], rates[1], PER_HUNDRED_THOUSAND * rates[0] / rates[1]])
    return result


@dataclass(frozen=True, eq=False)
class _Usable:
    rows: IntArray
    findings: tuple[InputFinding, ...]


def _usable(siblings: Siblings, respondents: Women) -> _Usable:
    """Siblings whose sex, survival and dates are known; the others are left out, as DHS does, and found."""
    if siblings.respondent.size and (
        siblings.respondent.min() < 0 or siblings.respondent.max() >= respondents.birth.size
    ):
        raise ValueError("a sibling names a respondent who is not among the women")
    birth, death = siblings.birth.astype(np.float64), siblings.death.astype(np.float64)
    interview = respondents.interview[siblings.respondent]
    dead = siblings.alive == 0
    broken: dict[str, BoolArray] = {
        "sibling_sex_missing": siblings.female < 0,
        "sibling_survival_missing": siblings.alive < 0,
        "sibling_birth_missing": np.isnan(birth),
        "sibling_death_date_missing": dead & np.isnan(death),
        "sibling_death_before_birth": dead & (death < birth),
        "sibling_death_after_interview": dead & (death > interview),
    }
    findings, out = [], np.zeros(birth.size, dtype=np.bool_)
    for rule, rows in broken.items():
        if rows.any():
            findings.append(InputFinding(rule, "warning", "leave_out", np.flatnonzero(rows)))
            out |= rows
    return _Usable(np.flatnonzero(~out), tuple(findings))


def _sibling_sums(
    siblings: Siblings, rows: IntArray, respondents: Women, period: Period
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    """Deaths and months (r, 7) by age group in the period, weights and PSUs (r,), of the chosen rows."""
    who = siblings.respondent[rows]
    birth = siblings.birth[rows].astype(np.int64)
    dead = siblings.alive[rows] == 0
    first, last = window(respondents.interview[who].astype(np.int64), period)
    death = np.where(dead, siblings.death[rows], 0).astype(np.int64)
    months = months_by_age(birth, first, np.where(dead, np.minimum(death, last), last))
    deaths = by_age(age_group(birth, death), dead & (death >= first) & (death <= last))
    psu = respondents.psu[who].astype(np.int64)
    weight = rounded_weights(respondents.weight[who].astype(np.float64), psu, (1.0, _length(period)))
    return deaths, months, weight, psu


def _age_distribution(respondents: Women, design: SampleDesign) -> FloatArray:
    """(7, k) weighted respondents by age group at interview and PSU."""
    psu = respondents.psu.astype(np.int64)
    group = age_group(respondents.birth.astype(np.int64), respondents.interview.astype(np.int64))
    weight = rounded_weights(respondents.weight.astype(np.float64), psu, (1.0, 1.0))
    ages = by_age(group, np.ones(psu.size, dtype=np.bool_))
    sums: FloatArray = sums_by_psu(ages, weight, np.zeros(psu.size, dtype=np.int64), 1, psu, design.psu_count)[0]
    return sums


def _length(period: Period) -> float:
    return float(period.upper - period.lower)


def _influence(events: FloatArray, denominator: FloatArray) -> FloatArray:
    """(..., 8, k) each PSU's part: (D_i - r E_i) / E by age; for the standardised rate R = sum W r / W also its part in
    the age distribution, (r - R) W_i / W."""
    years, standard = denominator[..., :GROUPS, :], denominator[..., GROUPS:, :]
    whole = [a.sum(axis=-1, keepdims=True) for a in (events, denominator)]
    rates = standardised_rates(whole[0], whole[1])
    specific, total = rates[..., :GROUPS, :], rates[..., GROUPS:, :]
    whole_years, whole_standard = whole[1][..., :GROUPS, :], whole[1][..., GROUPS:, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        by_age_part = (PER_THOUSAND * events - specific * years) / whole_years
    inside = by_age_part * whole_standard + (specific - total) * standard
    with np.errstate(invalid="ignore"):
        part = np.where(whole_standard > 0, inside, 0.0).sum(axis=-2) / whole_standard.sum(axis=-2)
    return np.concatenate([by_age_part, part[..., None, :]], axis=-2)
