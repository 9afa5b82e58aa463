"""True values of the invented country, as sums over clusters, wealth quintiles and patterns.

A true value is E(numerator) / E(denominator) over the whole frame: what an endlessly large survey without non-response
would find. A chain of answers (`CA1=1 & _ors=1`) has the product of its probabilities, because answers are drawn
independently once cluster, wealth, education and sex of a person are given.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import polars as pl

from everychild.microdata.invented.conditions import where
from everychild.microdata.invented.expectations import ClusterView, everybody
from everychild.microdata.invented.frame import Floats, frame
from everychild.microdata.invented.patterns import patterns
from everychild.microdata.invented.rates import rate_rows
from everychild.microdata.invented.sampling import interview_delay
from everychild.microdata.invented.transfers import transfer_rows
from everychild.microdata.invented.true_indicators import TrueIndicator, true_indicators
from everychild.microdata.invented.truth_groups import Cells, group_rows, parity_rows

SCHEMA: Final = {
    "indicator": pl.String, "breakdown": pl.String, "group": pl.String, "kind": pl.String, "value": pl.Float64,
}  # fmt: skip


@cache
def truth() -> pl.DataFrame:
    """All true values: indicator, breakdown, group, kind, value (percent, per 1,000 for rates, or the mean itself).

    Differences stand with the group `1-5` (poorest minus richest) or `2-1` (rural minus urban, girls minus boys).
    """
    rows: list[tuple[str, str, str, str, float]] = []
    parts: dict[str, list[TrueIndicator]] = {}
    for indicator in true_indicators():
        parts.setdefault(indicator.indicator, []).append(indicator)
    for name, of_it in parts.items():
        try:
            cells = [expected_cells(part) for part in of_it]
        except ValueError as problem:
            raise ValueError(f"indicators.csv, {name}: {problem}") from problem
        numerator, denominator = (np.add.reduce([cell[i] for cell in cells]) for i in (0, 1))
        scale = 1.0 if of_it[0].kind == "mean" else 100.0
        rows.extend(group_rows(name, of_it[0].kind, of_it[0].file, Cells(scale * numerator, denominator)))
    rows.extend(parity_rows(rows))
    rows.extend(transfer_rows())
    rows.extend(rate_rows())
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def expected_cells(indicator: TrueIndicator) -> tuple[Floats, Floats]:
    """Expected numerator and denominator [cluster, wealth, education, sex]."""
    country = frame()
    delays = interview_delay()[country.region]
    shape = (country.stratum.size, 5, 5, 2)
    numerator, denominator = np.zeros(shape), np.zeros(shape)
    for delay in np.unique(delays):
        chosen = np.flatnonzero(delays == delay)
        inside = where(indicator.universe, everybody(int(delay)), patterns().persons.age.size)
        view = ClusterView(indicator.file, chosen, int(delay))
        denominator[chosen] = view.expected(indicator.given, inside, indicator.weight, mean=False)
        numerator[chosen] = view.expected(indicator.counted, inside, indicator.weight, mean=indicator.kind == "mean")
    return numerator, denominator
