"""What interviewers bring home: who was found, the dates, and the columns that every file shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from everychild.microdata.invented.attributes import answering_education
from everychild.microdata.invented.chances import Covariates
from everychild.microdata.invented.conditions import TextColumn, Values
from everychild.microdata.invented.frame import Floats, Whole, frame
from everychild.microdata.invented.roster import BirthHistory, Roster
from everychild.microdata.invented.sampling import FIELDWORK_YEAR, FIRST_MONTH, Sample, response_weights

Mask = NDArray[np.bool_]
COMPLETED: Final = 1.0
HOUSEHOLD_RESPONSE: Final = 0.965
PERSON_RESPONSE: Final = 0.955
CENTURY: Final = 1900
HOUSEHOLD_EDUCATION: Final = 2
"""Answers of households depend on cluster and wealth; the cell of education in which the true values keep them."""


@dataclass(frozen=True)
class Fieldwork:
    """One survey before its files: `completed` by household of the sample, `roster` and `history` of completed ones.
    `weight`: weights of completed households (design and response), 0 for others."""

    sample: Sample
    completed: Mask
    roster: Roster
    history: BirthHistory
    weight: Floats

    def interview(self, household: Whole) -> Floats:
        """Century month of the interview."""
        month = FIRST_MONTH + self.sample.delay[household]
        return (12.0 * (FIELDWORK_YEAR - CENTURY) + month).astype(np.float64)

    def identity(self, household: Whole) -> dict[str, Values]:
        """Cluster, household, area, region, wealth and design of some rows."""
        sample = self.sample
        local = one_up(sample.local[household])
        rural = sample.rural[household] == 1
        psu = one_up(sample.psu[household])
        return {
            "HH1": psu, "HH2": one_up(sample.number[household]), "HH6": one_up(sample.rural[household]),
            "HH7": one_up(sample.region[household]), "PSU": psu, "stratum": one_up(sample.stratum[household]),
            "wscore": np.round(sample.score[household], 5), "windex5": one_up(sample.quintile[household]),
            "windex10": one_up(sample.decile[household]), "windex5u": np.where(rural, np.nan, local),
            "windex5r": np.where(rural, local, np.nan), "INVENTED": np.ones(household.size),
        }  # fmt: skip

    def household_covariates(self, household: Whole) -> Covariates:
        nobody = np.zeros(household.size, dtype=np.int64)
        return self._covariates(household, nobody + HOUSEHOLD_EDUCATION, nobody)

    def person_covariates(self, file: str, household: Whole, columns: Mapping[str, Floats]) -> Covariates:
        female = (columns["HL4"] == 2).astype(np.int64)
        return self._covariates(household, answering_education(file, dict(columns)), female)

    def _covariates(self, household: Whole, education: Whole, female: Whole) -> Covariates:
        sample = self.sample
        return Covariates(
            sample.rural[household], sample.quintile[household], education, female, sample.region[household],
            frame().effects[sample.cluster[household]],
        )  # fmt: skip

    def person_weights(self, household: Whole, answered: Mask, factor: Floats | float = 1.0) -> Floats:
        """Weights of persons, raised for those who did not answer, with a mean of one; 0 for no interview."""
        stratum = self.sample.stratum[household]
        return mean_one(response_weights(self.weight[household] * factor, answered, stratum), answered)


def one_up(places: Whole) -> Floats:
    """Codes that count from 1, of places that count from 0."""
    return np.asarray(places + 1, dtype=np.float64)


def mean_one(weight: Floats, counted: Mask) -> Floats:
    """Weights that average one over those who count."""
    return np.where(counted, weight * counted.sum() / weight[counted].sum(), 0.0)


def results(size: int, response: float, rng: np.random.Generator) -> Floats:
    """Result of an interview: 1 completed, 2 not at home, 3 refused, 6 other."""
    drawn = rng.random(size)
    rest = 1 - response
    limits = [response, response + 0.6 * rest, response + 0.9 * rest]
    codes = np.array([1.0, 2.0, 3.0, 6.0])
    return codes[np.searchsorted(limits, drawn, side="right")]


def blanked(columns: dict[str, Values], gone: Mask, kept: frozenset[str]) -> dict[str, Values]:
    """No answers where there was no interview; identity, result and weights stay."""
    found: dict[str, Values] = {}
    for name, values in columns.items():
        if name in kept:
            found[name] = values
        elif isinstance(values, TextColumn):
            found[name] = TextColumn(np.where(gone, 0, values.places).astype(np.int8), values.codes)
        else:
            found[name] = np.where(gone, np.nan, values)
    return found


def birth_day(months: Floats, age: Floats, day: Whole, rng: np.random.Generator) -> Floats:
    """A day of birth that agrees with completed months of age: after the day of the interview where the century months
    differ by one more, else not after it."""
    later = months > age
    size = months.size
    early = np.floor(rng.random(size) * day) + 1
    late = day + 1 + np.floor(rng.random(size) * (28 - day))
    return np.where(later, late, early)


def month_of(century_month: Floats) -> Floats:
    return (century_month - 1) % 12 + 1


def year_of(century_month: Floats) -> Floats:
    return np.floor((century_month - 1) / 12) + CENTURY
