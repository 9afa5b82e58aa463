"""How far birth histories can be trusted: measures printed beside the rates, never used to change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from everychild.methods.mortality.births import BoolArray, FloatArray, IntArray, NumberArray

HEAPING_AGE: Final = 12
HEAPING_NEIGHBOURS: Final = (10, 11, 13, 14)
EARLY_NEONATAL_DAYS: Final = 7
NEONATAL_DAYS: Final = 28
MONTHS_A_YEAR: Final = 12
INFANCY: Final = 12


@dataclass(frozen=True)
class Share:
    """A weighted share or ratio with its parts, so that a reader sees what it rests on; NaN over nothing.

    `value` = `part` / `whole` (weighted sums), `count`: unweighted cases in `whole`.
    """

    value: float
    part: float
    whole: float
    count: int


@dataclass(frozen=True)
class DataQuality:
    """Measures of one group of births in one window; see `data_quality` for each."""

    heaping: Share
    deaths_around_twelve: tuple[float, ...]
    early_neonatal: Share
    neonatal_in_infant: Share
    sex_ratio_at_birth: Share
    birth_date_incomplete: Share
    age_at_death_imputed: Share


def data_quality(
    age_at_death: FloatArray,
    age_at_death_days: FloatArray,
    male: NumberArray,
    birth_date_complete: BoolArray,
    age_imputed: BoolArray,
    weight: FloatArray,
) -> DataQuality:
    """Measures of Guide to DHS Statistics, DHS-7, chapter 8 and the appendix tables on data quality; arrays (n,).

    `age_at_death`: completed months, imputed, NaN for the living. `age_at_death_days`: completed days as reported
    (DHS b6 in days), NaN when reported in other units or alive. `male`: 1, 0, negative where not known.
    `birth_date_complete`: year and month both reported. `age_imputed`: age at death imputed (true only for the dead).

    - heaping: deaths at 12 months over the mean of those at 10, 11, 13 and 14; 1 without heaping. Heaping moves
      deaths from the infant rate to the child rate.
    - early_neonatal: deaths at 0-6 days over those at 0-27 days; low shares (under about one half) suggest that early
      deaths were left out.
    - neonatal_in_infant: deaths in month 0 over those under 12 months.
    - sex_ratio_at_birth: boys over girls, about 1.03 to 1.07 in complete histories.
    """
    with np.errstate(invalid="ignore"):
        infant = age_at_death < INFANCY
        neonatal_days = age_at_death_days < NEONATAL_DAYS
        early = age_at_death_days < EARLY_NEONATAL_DAYS
        newborn = age_at_death < 1
    around = (*HEAPING_NEIGHBOURS[:2], HEAPING_AGE, *HEAPING_NEIGHBOURS[2:])
    deaths = tuple(float(weight[age_at_death == age].sum()) for age in around)
    at_twelve, neighbours = age_at_death == HEAPING_AGE, np.isin(age_at_death, HEAPING_NEIGHBOURS)
    heaping = _ratio(weight, at_twelve, neighbours)
    mean_of_neighbours = heaping.whole / len(HEAPING_NEIGHBOURS)
    return DataQuality(
        Share(_quotient(heaping.part, mean_of_neighbours), heaping.part, mean_of_neighbours, heaping.count),
        deaths,
        _ratio(weight, early, neonatal_days),
        _ratio(weight, newborn, infant),
        _ratio(weight, male == 1, male == 0),
        _ratio(weight, ~birth_date_complete, np.ones(weight.size, dtype=np.bool_)),
        _ratio(weight, age_imputed, ~np.isnan(age_at_death)),
    )


@dataclass(frozen=True, eq=False)
class Displacement:
    """Births by calendar year and the ratio of each year to its neighbours, arrays (y,) from `first_year` on.

    `ratio`: 200 * births / (births of the year before + of the year after), NaN at the ends; births moved out of the
    years of the health questions show as a low ratio followed, one year earlier, by a high one. `complete`: the share
    of births of the year with month and year reported. `dead_ratio`: the ratio among children who have died.
    """

    first_year: int
    births: FloatArray
    ratio: FloatArray
    dead_ratio: FloatArray
    complete: FloatArray


def displacement(
    birth: IntArray, dead: BoolArray, birth_date_complete: BoolArray, weight: FloatArray, first_year: int, years: int
) -> Displacement:
    """Births of `years` calendar years from `first_year`; `birth` (n,) in CMC of the Gregorian calendar.

    Source: DHS report appendix table on births by calendar years. Raises ValueError for less than three years.
    """
    if years < 3:
        raise ValueError("a year is compared with its two neighbours, so give at least three years")
    year = 1900 + (birth - 1) // MONTHS_A_YEAR - first_year
    inside = (year >= 0) & (year < years)
    births, lost, known = np.zeros((3, years))
    for sums, chosen in ((births, inside), (lost, inside & dead), (known, inside & birth_date_complete)):
        np.add.at(sums, year[chosen], weight[chosen])
    with np.errstate(invalid="ignore", divide="ignore"):
        return Displacement(first_year, births, _to_neighbours(births), _to_neighbours(lost), known / births)


def _to_neighbours(births: FloatArray) -> FloatArray:
    result = np.full(births.size, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        result[1:-1] = 200.0 * births[1:-1] / (births[:-2] + births[2:])
    return result


def _ratio(weight: FloatArray, part: BoolArray, whole: BoolArray) -> Share:
    top, bottom = float(weight[part].sum()), float(weight[whole].sum())
    return Share(_quotient(top, bottom), top, bottom, int(np.count_nonzero(whole)))


def _quotient(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
