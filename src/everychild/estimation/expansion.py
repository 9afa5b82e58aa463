"""Totals under weights that do not expand a sample to the people of a country."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from everychild.estimation.named_tables import NamedTable
from everychild.microdata.located import finding
from everychild.vocabulary.findings import Finding

NORMALISED: Final = (0.5, 2.0)
"""Range of the mean weight in which weights are taken for normalised: a household of a survey stands for hundreds."""


def not_of_the_population(found: Sequence[NamedTable], *, register: bool) -> list[Finding]:
    """A finding when totals are estimated under weights that average about one, as those of MICS and DHS do. In a
    register every row is one case, and its totals are what they seem."""
    if register:
        return []
    for named in found:
        if named.table.table:
            continue
        for k, rate in enumerate(named.one.rates):
            cases = int(named.table.n[0, k])
            if rate.kind == "total" and cases and NORMALISED[0] < named.table.weight[0, k] / cases < NORMALISED[1]:
                return [finding("", "", rate.recipe.code, "estimate_total_of_normalised_weights")]
    return []
