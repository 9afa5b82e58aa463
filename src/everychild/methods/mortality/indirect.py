"""Indirect child mortality from summary questions: children ever born and dead by age of mother (Brass, Trussell).

For censuses and surveys without birth histories. The proportions dead by age group of mother become probabilities of
dying q(1), q(2), q(3), q(5), q(10), q(15), q(20), each dated some years before the survey, and these become
under-five mortality in a family of model life tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np

from everychild.methods.mortality.age_groups import AGE_GROUPS, MONTHS_A_YEAR, age_group, by_age
from everychild.methods.mortality.births import FloatArray, NumberArray, SampleDesign
from everychild.methods.mortality.exact_sums import rounded_weights, sums_by_psu
from everychild.methods.mortality.fertility import Women
from everychild.methods.mortality.rates import PER_THOUSAND
from everychild.methods.mortality.variance import LonelyPsu, Method, SamplingError, jackknife

Family = Literal["north", "south", "east", "west"]
EXACT_AGES: Final = (1, 2, 3, 5, 10, 15, 20)
"""Years x of the probability q(x) that each age group of mothers tells about."""
CMC_EPOCH: Final = 1900

MULTIPLIERS: Final[Mapping[Family, tuple[tuple[float, float, float], ...]]] = MappingProxyType(
    {
        "north": (
            (1.1119, -2.9287, 0.8507), (1.2390, -0.6865, -0.2745), (1.1884, 0.0421, -0.5156),
            (1.2046, 0.3037, -0.5656), (1.2586, 0.4236, -0.5898), (1.2240, 0.4222, -0.5456),
            (1.1772, 0.3486, -0.4624),
        ),
        "south": (
            (1.0819, -3.0005, 0.8689), (1.2846, -0.6181, -0.3024), (1.2223, 0.0851, -0.4704),
            (1.1905, 0.2631, -0.4487), (1.1911, 0.3152, -0.4291), (1.1564, 0.3017, -0.3958),
            (1.1307, 0.2596, -0.3538),
        ),
        "east": (
            (1.1461, -2.2536, 0.6259), (1.2231, -0.4301, -0.2245), (1.1593, 0.0581, -0.3479),
            (1.1404, 0.1991, -0.3487), (1.1540, 0.2511, -0.3506), (1.1336, 0.2556, -0.3428),
            (1.1201, 0.2362, -0.3268),
        ),
        "west": (
            (1.1415, -2.7070, 0.7663), (1.2563, -0.5381, -0.2637), (1.1851, 0.0633, -0.4177),
            (1.1720, 0.2341, -0.4272), (1.1865, 0.3080, -0.4452), (1.1746, 0.3314, -0.4537),
            (1.1639, 0.3190, -0.4435),
        ),
    }
)  # fmt: skip
"""Trussell's a, b, c by age group: q(x) = (a + b P1/P2 + c P2/P3) * proportion dead. United Nations, Manual X
(1983), table 47."""

REFERENCE_TIMES: Final[Mapping[Family, tuple[tuple[float, float, float], ...]]] = MappingProxyType(
    {
        "north": (
            (1.0921, 5.4732, -1.9672), (1.3207, 5.3751, 0.2133), (1.5996, 2.6268, 4.3701),
            (2.0779, -1.7908, 9.4126), (2.7705, -7.3403, 14.9352), (4.1520, -12.2448, 19.2349),
            (6.9650, -13.9160, 19.9542),
        ),
        "south": (
            (1.0900, 5.4443, -1.9721), (1.3079, 5.5568, 0.2021), (1.5173, 2.6755, 4.7471),
            (1.9399, -2.2739, 10.3876), (2.6157, -8.4819, 16.5153), (4.0794, -13.8308, 21.1866),
            (7.1796, -15.3880, 21.7892),
        ),
        "east": (
            (1.0959, 5.5864, -1.9949), (1.2921, 5.5897, 0.3631), (1.5021, 2.4692, 5.0927),
            (1.9347, -2.6419, 10.8533), (2.6197, -8.9693, 17.0981), (4.1317, -14.3550, 21.8247),
            (7.3657, -15.8083, 22.3005),
        ),
        "west": (
            (1.0970, 5.5628, -1.9956), (1.3062, 5.5677, 0.2962), (1.5305, 2.5528, 4.8962),
            (1.9991, -2.4261, 10.4282), (2.7632, -8.4065, 16.1787), (4.3468, -13.2436, 20.1990),
            (7.5242, -14.2013, 20.0162),
        ),
    }
)  # fmt: skip
"""Years before the survey that q(x) refers to: a + b P1/P2 + c P2/P3. Manual X, table 48."""

STANDARDS: Final[Mapping[Family, tuple[float, ...]]] = MappingProxyType(
    {
        "west": (0.17769, 0.08506, 0.04492, 0.0, -0.04947, -0.08501, -0.13539),
        "north": (0.24003, 0.13733, 0.07638, 0.0, -0.08094, -0.12364, -0.17617),
    }
)
"""Y(5) - Y(x), Y = logit q / 2, of the standard life table of both sexes (Tools for Demographic Estimation, IUSSP
2013). Worked back from demogsurv's results for the DHS model data set, where each comes out at five decimals to
1e-10; the regression equations of Coale and Demeny, model West near e0 = 60, give the same within 0.002. South and
East are not in that set of results: their q(x) and dates are computed, under-five mortality needs a given standard.
"""


@dataclass(frozen=True, eq=False)
class IndirectMortality:
    """By age group of mother (7,): `probability` q(x) and `under_five` per 1,000, `years_before` the survey, `date`.

    `date`: decimal year of the estimate, from the weighted mean month of interview. `proportion_dead` (7,), `parity`
    (7,). `error`: of probability and under_five, (2, 7). Estimates of mothers under 25 carry the selection of early
    births and are usually not used.
    """

    probability: FloatArray
    under_five: FloatArray
    years_before: FloatArray
    date: FloatArray
    proportion_dead: FloatArray
    parity: FloatArray
    error: SamplingError


def indirect_under_five_mortality(
    women: Women,
    ever_born: NumberArray,
    dead: NumberArray,
    design: SampleDesign,
    family: Family,
    *,
    standard: tuple[float, ...] | None = None,
    method: Method = "jk1",
    lonely: LonelyPsu = "fail",
) -> IndirectMortality:
    """Maternal-age variant with Trussell's coefficients (Manual X, chapter III; Hill in Moultrie et al. 2013).

    `ever_born`, `dead` (n,): children of each woman. `standard`: Y(5) - Y(x) for the seven EXACT_AGES, in place of
    STANDARDS. q(x) moves to 5q0 along the standard: logit q(5) / 2 = logit q(x) / 2 + Y(5) - Y(x). NaN where a group
    has no women or children, where q(x) is no probability, and for 5q0 without a standard.

    Raises ValueError for unknown family or method, more dead than born, or missing answers.
    """
    if family not in get_args(Family):
        raise ValueError(f"family {family!r} is none of {', '.join(get_args(Family))}")
    if method == "taylor":
        raise ValueError("standard errors of the indirect method are by jackknife: jk1 or jkn")
    born, died = np.asarray(ever_born, dtype=np.float64), np.asarray(dead, dtype=np.float64)
    if not (born >= died).all() or not (died >= 0).all():
        raise ValueError(f"children dead exceed children born, or are missing: {int((~(born >= died)).sum())} women")
    shift = np.asarray(standard if standard is not None else STANDARDS.get(family, (np.nan,) * 7))
    children, parents, mean_interview = _sums(women, born, died, design)

    def estimate(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
        return _estimates(numerator, denominator, family, shift)

    whole = children.sum(axis=-1, keepdims=True), parents.sum(axis=-1, keepdims=True)
    jackknife_design, free = (None, design.psu_count - 1) if method == "jk1" else (design, design.degrees_of_freedom)
    deviations = jackknife(children, parents, estimate, jackknife_design, lonely)
    values = estimate(*whole)[:, 0].reshape(2, -1)
    ever, gone = whole[0][:, 0].reshape(2, -1)
    parity = ever / np.where(whole[1][:, 0] > 0, whole[1][:, 0], np.nan)
    years = _linear(REFERENCE_TIMES[family], parity[:, None])[:, 0]
    return IndirectMortality(
        values[0],
        values[1],
        years,
        CMC_EPOCH + (mean_interview - 1) / MONTHS_A_YEAR - years,
        gone / np.where(ever > 0, ever, np.nan),
        parity,
        SamplingError(method, deviations.reshape(2, len(AGE_GROUPS), -1), free),
    )


def _sums(
    women: Women, born: FloatArray, died: FloatArray, design: SampleDesign
) -> tuple[FloatArray, FloatArray, float]:
    """(14, k) children born and dead, (7, k) women, weighted, by age group and PSU; weighted mean interview."""
    psu = women.psu.astype(np.int64)
    group = age_group(women.birth.astype(np.int64), women.interview.astype(np.int64))
    ages = by_age(group, np.ones(psu.size, dtype=np.bool_))
    weight = rounded_weights(women.weight.astype(np.float64), psu, (1.0, float(max(born.max(initial=1.0), 1.0))))
    place = np.zeros(psu.size, dtype=np.int64), 1, psu, design.psu_count
    children = np.concatenate([ages * born[:, None], ages * died[:, None]], axis=1)
    mean = float(np.average(women.interview.astype(np.float64), weights=women.weight))
    return sums_by_psu(children, weight, *place)[0], sums_by_psu(ages, weight, *place)[0], mean


def _linear(coefficients: tuple[tuple[float, float, float], ...], parity: FloatArray) -> FloatArray:
    """(7, n) a + b P1/P2 + c P2/P3 from mean parities (7, n)."""
    a, b, c = np.asarray(coefficients).T
    with np.errstate(invalid="ignore", divide="ignore"):
        first, second = parity[0] / parity[1], parity[1] / parity[2]
    result: FloatArray = a[:, None] + b[:, None] * first + c[:, None] * second
    return result


def _estimates(children: FloatArray, women: FloatArray, family: Family, shift: FloatArray) -> FloatArray:
    """(14, n) q(x) then 5q0, per 1,000, from children born and dead (14, n) and women (7, n)."""
    ever, dead = children[: len(AGE_GROUPS)], children[len(AGE_GROUPS) :]
    with np.errstate(invalid="ignore", divide="ignore"):
        probability = _linear(MULTIPLIERS[family], ever / women) * dead / ever
    probability = np.where((probability >= 0) & (probability < 1), probability, np.nan)
    odds = probability / (1 - probability) * np.exp(2 * shift)[:, None]
    return PER_THOUSAND * np.concatenate([probability, odds / (1 + odds)])
