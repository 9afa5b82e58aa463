"""A whole survey of the invented country: drawn, interviewed, and laid out as seven files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from everychild.microdata.invented.adult_files import birth_columns, man_columns, woman_columns
from everychild.microdata.invented.child_files import five_and_over_columns, under_five_columns
from everychild.microdata.invented.conditions import TextColumn, Values
from everychild.microdata.invented.definitions import Words, words
from everychild.microdata.invented.fieldwork import HOUSEHOLD_RESPONSE, Fieldwork
from everychild.microdata.invented.household_files import household_columns, member_columns
from everychild.microdata.invented.roster import make_roster
from everychild.microdata.invented.sampling import draw_sample, response_weights


@dataclass(frozen=True)
class InventedSurvey:
    """`files`: hh, hl, wm, mn, ch, bh, fs as frames. `variables`: their words, file by file. `seed`, `households`: what
    it was drawn with."""

    files: Mapping[str, pl.DataFrame]
    variables: Mapping[str, Mapping[str, Words]]
    households: int
    seed: int


def simulate(households: int = 16_000, seed: int = 1, clusters: int | None = None) -> InventedSurvey:
    """Draw a survey of so many households; the same seed gives the same survey.

    Stratified by region and residence, clusters with replacement and proportional to size, households inside them with
    equal chances; households and persons fail to answer at random, and weights make up for it. Raises ValueError when
    the households cannot be spread over two clusters in each stratum.
    """
    work = fieldwork(households, seed, clusters)
    rng = np.random.default_rng((seed, 1))
    members = member_columns(work, rng)
    women, interviewed = woman_columns(work, rng)
    columns = {
        "hh": household_columns(work, rng), "hl": members, "wm": women, "mn": man_columns(work, rng),
        "ch": under_five_columns(work, rng), "bh": birth_columns(work, interviewed, rng),
        "fs": five_and_over_columns(work, members, rng),
    }  # fmt: skip
    files = {file: laid_out(file, found) for file, found in columns.items()}
    return InventedSurvey(files, words(), households, seed)


def fieldwork(households: int, seed: int, clusters: int | None = None) -> Fieldwork:
    """The sample, who answered, and the members of the households that did."""
    rng = np.random.default_rng((seed, 0))
    sample = draw_sample(households, clusters, rng)
    completed = rng.random(households) < HOUSEHOLD_RESPONSE
    roster, history = make_roster(sample, completed, rng)
    return Fieldwork(sample, completed, roster, history, response_weights(sample.weight, completed, sample.stratum))


def laid_out(file: str, columns: Mapping[str, Values]) -> pl.DataFrame:
    """The variables of a file in their order; what was drawn only to decide other answers stays behind."""
    return pl.DataFrame([_series(name, columns[name]) for name in words()[file]])


def _series(name: str, values: Values) -> pl.Series:
    if isinstance(values, TextColumn):
        return pl.Series(name, np.array(values.codes, dtype=object)[values.places].astype(str))
    series = pl.Series(name, values, dtype=pl.Float64).fill_nan(None)
    whole = series.cast(pl.Int32, strict=False)
    return whole if bool((whole == series).all()) and whole.null_count() == series.null_count() else series
