"""Tables whose variances come from replicates: of the PSU totals, or of weights that the file brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from everychild.engines.plan import Plan
from everychild.engines.totals import Floats, PsuTotals
from everychild.estimation.columns import IndicatorColumns
from everychild.estimation.domains import domain_totals
from everychild.estimation.tables import TableOfEstimates
from everychild.methods.sampling.replication import Centre, jackknife_1, jackknife_n, replicate_variance


def jackknifed(
    table: TableOfEstimates, totals: PsuTotals, plan: Plan, columns: Sequence[IndicatorColumns], kind: str
) -> TableOfEstimates:
    """Delete-one-PSU jackknife from the PSU totals: no row is read again. `kind` is jkn or jk1."""
    variance = np.empty_like(table.variance)
    psus = totals.psus
    for k, each in enumerate(columns):
        numerator, denominator = (
            domain_totals(totals, plan, table.table, column) for column in (each.numerator, each.denominator)
        )
        if kind == "jk1":
            variance[:, k] = jackknife_1(numerator, denominator)
        else:
            variance[:, k] = jackknife_n(numerator, denominator, psus.stratum, psus.psus_of_stratum)
    return _with_variance(table, variance)


def by_replicates(
    table: TableOfEstimates, sums: Floats, columns: Sequence[IndicatorColumns], scale: float, centre: Centre
) -> TableOfEstimates:
    """Variances from the sums under each replicate weight, (replicates, groups, columns)."""
    variance = np.empty_like(table.variance)
    for k, each in enumerate(columns):
        above, below = sums[:, :, each.numerator], sums[:, :, each.denominator]
        with np.errstate(invalid="ignore", divide="ignore"):
            rates = np.where(below > 0, above / below, np.nan)
        variance[:, k] = replicate_variance(table.value[:, k], rates, scale, np.ones(len(sums)), centre)
    return _with_variance(table, variance)


def _with_variance(table: TableOfEstimates, variance: Floats) -> TableOfEstimates:
    with np.errstate(invalid="ignore", divide="ignore"):
        deff = table.deff * variance / table.variance
    kept = np.where(np.isnan(table.variance), np.nan, variance)
    return replace(table, variance=kept, deff=deff)
