"""Errors by replication: of the PSU totals, or of weights that the file brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from everychild.engines.plan import Plan
from everychild.engines.totals import Floats, PsuTotals
from everychild.estimation.columns import IndicatorColumns
from everychild.estimation.domains import domain_totals
from everychild.estimation.tables import TableOfEstimates
from everychild.methods.sampling.replication import (
    Centre,
    deviations,
    left_out_1,
    left_out_n,
    scales_1,
    scales_n,
)
from everychild.methods.sampling.taylor import quotient


@dataclass(frozen=True)
class Replicates:
    """The replicates of one table. `kind` is jkn, jk1, or replicates: then `sums` (replicates, groups, columns) are the
    sums under each replicate weight, and `scale` and `centre` are as the description says."""

    kind: str
    totals: PsuTotals
    plan: Plan
    table: tuple[str, ...]
    sums: Floats | None = None
    scale: float = 1.0
    centre: Centre = "estimate"

    def rates(self, columns: IndicatorColumns) -> Floats:
        """(replicates, groups): a rate in every replicate."""
        return quotient(self._of(columns.numerator), self._of(columns.denominator))

    def summed(self, columns: IndicatorColumns) -> Floats:
        """(replicates, groups): a total in every replicate. Without a PSU the others stand for all."""
        found = self._of(columns.numerator)
        psus = self.totals.psus.size
        return found * (psus / (psus - 1)) if self.kind == "jk1" and psus > 1 else found

    def deviations(self, value: Floats, replicates: Floats) -> Floats:
        """(replicates, groups): whose squares add up to variances, and whose products to covariances."""
        return deviations(value, replicates, self._scales(), self.centre)

    def _of(self, column: int) -> Floats:
        if self.sums is not None:
            return self.sums[:, :, column]
        part = domain_totals(self.totals, self.plan, self.table, column)
        psus = self.totals.psus
        return left_out_1(part) if self.kind == "jk1" else left_out_n(part, psus.stratum, psus.psus_of_stratum)

    def _scales(self) -> Floats:
        if self.sums is not None:
            return np.full(len(self.sums), self.scale)
        psus = self.totals.psus
        return scales_1(psus.size) if self.kind == "jk1" else scales_n(psus.stratum, psus.psus_of_stratum)


def replicated(
    table: TableOfEstimates, replicates: Replicates, columns: Sequence[IndicatorColumns]
) -> TableOfEstimates:
    """A table with its variances taken from replicates instead of linearisation; no row is read again."""
    variance = np.empty_like(table.variance)
    for k, each in enumerate(columns):
        away = replicates.deviations(table.value[:, k], replicates.rates(each))
        variance[:, k] = np.einsum("rg,rg->g", away, away)
    with np.errstate(invalid="ignore", divide="ignore"):
        deff = table.deff * variance / table.variance
    return replace(table, variance=np.where(np.isnan(table.variance), np.nan, variance), deff=deff)
