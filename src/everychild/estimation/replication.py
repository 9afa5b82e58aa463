"""Errors by replication: of the PSU totals, or of weights that the file brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from everychild.engines.plan import Plan
from everychild.engines.replicates import ReplicateRows
from everychild.engines.totals import Floats, Integers, PsuTable, PsuTotals
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
class Replication:
    """How replicates are made. `kind` is jkn, jk1, or replicates: weights of the file, with the `scale` and `centre`
    of the description."""

    kind: str
    scale: float = 1.0
    centre: Centre = "estimate"

    @property
    def given(self) -> bool:
        """Whether the file brings the replicate weights."""
        return self.kind == "replicates"

    def left_out(self, part: Floats, psus: PsuTable) -> Floats:
        """(PSUs, groups): totals of the same shape without each PSU in turn, by the jackknife."""
        return left_out_1(part) if self.kind == "jk1" else left_out_n(part, psus.stratum, psus.psus_of_stratum)

    def deviations(self, value: Floats, replicates: Floats, psus: PsuTable) -> Floats:
        """(replicates, groups): whose squares add up to variances, and whose products to covariances."""
        if self.given:
            scales = np.full(len(replicates), self.scale)
        else:
            scales = scales_1(psus.size) if self.kind == "jk1" else scales_n(psus.stratum, psus.psus_of_stratum)
        return deviations(value, replicates, scales, self.centre)

    def df(self, psus: Integers, strata: Integers, rank: Integers) -> Integers:
        """Degrees of freedom of domains with so many PSUs and strata with members, whose replicate weights have that
        rank. JK1 loses one, JKn one for each stratum, given weights have their rank less one (R's degf, which of JKn
        takes the rank too, and so more than Taylor's where a stratum has PSUs without members)."""
        if self.given:
            return np.maximum(rank - 1, 0)
        return np.maximum(psus - 1, 0) if self.kind == "jk1" else psus - strata


@dataclass(frozen=True)
class Replicates:
    """The replicates of one table. `rows`: those of the file under its replicate weights; None for a jackknife."""

    of: Replication
    totals: PsuTotals
    plan: Plan
    table: tuple[str, ...]
    rows: ReplicateRows | None = None

    def rates(self, columns: IndicatorColumns) -> Floats:
        """(replicates, groups): a rate in every replicate."""
        return quotient(self._of(columns.numerator), self._of(columns.denominator))

    def summed(self, columns: IndicatorColumns) -> Floats:
        """(replicates, groups): a total in every replicate. Without a PSU the others stand for all."""
        found = self._of(columns.numerator)
        psus = self.totals.psus.size
        return found * (psus / (psus - 1)) if self.of.kind == "jk1" and psus > 1 else found

    def deviations(self, value: Floats, replicates: Floats) -> Floats:
        return self.of.deviations(value, replicates, self.totals.psus)

    def df(self, table: TableOfEstimates, columns: Sequence[IndicatorColumns]) -> Integers:
        """(groups, rates)."""
        rank = np.zeros_like(table.psus)
        if self.rows is not None:
            ranks = {c: self.rows.ranks(self.table, c) for c in {each.members for each in columns}}
            rank = np.stack([ranks[each.members] for each in columns], axis=1)
        return self.of.df(table.psus, table.strata, rank)

    def df_of_either(self, psus: int, strata: int, columns: Sequence[int], groups: Sequence[int]) -> int:
        """Of several groups together; `columns` are the conditions whose rows are members."""
        rank = 0 if self.rows is None else self.rows.rank(self.table, columns, groups)
        return int(self.of.df(np.array(psus), np.array(strata), np.array(rank)))

    @cached_property
    def _sums(self) -> Floats | None:
        return None if self.rows is None else self.rows.sums(self.table)

    def _of(self, column: int) -> Floats:
        if self._sums is not None:
            return self._sums[:, :, column]
        return self.of.left_out(domain_totals(self.totals, self.plan, self.table, column), self.totals.psus)


def replicated(
    table: TableOfEstimates, replicates: Replicates, columns: Sequence[IndicatorColumns]
) -> TableOfEstimates:
    """A table with its variances taken from replicates instead of linearisation. None can be told of a domain in one
    PSU, which under weights of the file are rows with one replicate weight between them, the PSUs being withheld."""
    variance = np.empty_like(table.variance)
    for k, each in enumerate(columns):
        away = replicates.deviations(table.value[:, k], replicates.rates(each))
        variance[:, k] = np.einsum("rg,rg->g", away, away)
    df = replicates.df(table, columns)
    unknown = df < 1 if replicates.rows is not None else np.isnan(table.variance)
    variance = np.where(unknown, np.nan, variance)
    return replace(table, variance=variance, deff=variance / table.simple, df=df)
