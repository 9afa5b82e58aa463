"""Cases that a table by groups leaves out: their group is not known, or is none of those listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from everychild.estimation.named_tables import NamedTable
from everychild.microdata.located import finding
from everychild.vocabulary.findings import Finding

MANY: Final = 0.05
"""Share of the cases of an indicator from which a reader of its groups has to know."""


@dataclass(frozen=True)
class _Gap:
    share: float
    indicator: str


def in_no_group(found: Sequence[NamedTable]) -> list[Finding]:
    """For each breakdown that leaves out more than MANY of the unweighted cases of some indicators: how many
    indicators, and the largest share with its indicator."""
    whole = {id(named.one): named for named in found if not named.table.table}
    gaps: dict[str, list[_Gap]] = {}
    for named in found:
        if len(named.table.table) == 1 and id(named.one) in whole:
            gaps.setdefault(named.breakdown, []).extend(_gaps(named, whole[id(named.one)]))
    told = []
    for breakdown, those in gaps.items():
        if those:
            most = max(those, key=lambda gap: gap.share)
            told.append(
                finding(
                    "", "", breakdown, "estimate_cases_in_no_group",
                    count=len({gap.indicator for gap in those}), share=f"{100 * most.share:.0f}", most=most.indicator,
                )
            )  # fmt: skip
    return told


def _gaps(named: NamedTable, total: NamedTable) -> list[_Gap]:
    cases, placed = total.table.n[0], named.table.n.sum(axis=0)
    wide = np.flatnonzero(placed < (1 - MANY) * cases)
    return [_Gap(1 - int(placed[k]) / int(cases[k]), named.one.rates[k].recipe.code) for k in wide]
