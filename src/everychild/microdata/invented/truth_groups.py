"""True values by background characteristic, their differences and parities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from everychild.microdata.invented.frame import Floats, frame

Row = tuple[str, str, str, str, float]
BREAKDOWNS: Final = {
    "hh": ("residence", "region", "wealth_quintile"),
    "hl": ("residence", "region", "wealth_quintile", "sex_child"),
    "wm": ("residence", "region", "wealth_quintile", "education_woman"),
    "mn": ("residence", "region", "wealth_quintile", "education_man"),
    "ch": ("residence", "region", "wealth_quintile", "sex_child", "education_mother"),
    "fs": ("residence", "region", "wealth_quintile", "sex_child", "education_mother"),
    "bh": ("residence", "region", "wealth_quintile", "sex_child", "education_woman"),
}
_DIFFERENCES: Final = {"residence": ("2", "1"), "wealth_quintile": ("1", "5"), "sex_child": ("2", "1")}
_PARITIES: Final = (
    ("gpi_primary", "anar_primary", "sex_child", "2", "1"),
    ("gpi_lower_secondary", "anar_lower_secondary", "sex_child", "2", "1"),
    ("gpi_upper_secondary", "anar_upper_secondary", "sex_child", "2", "1"),
    ("gpi_organised_learning", "organised_learning_participation", "sex_child", "2", "1"),
    ("wealth_parity_upper_secondary", "anar_upper_secondary", "wealth_quintile", "1", "5"),
    ("area_parity_upper_secondary", "anar_upper_secondary", "residence", "2", "1"),
)


@dataclass(frozen=True)
class Cells:
    """Expected numerator (scaled) and denominator [cluster, wealth, education, sex]."""

    numerator: Floats
    denominator: Floats

    def by(self, breakdown: str) -> Iterator[tuple[str, float]]:
        """(group code, value) of each group that has a denominator."""
        for group, numerator, denominator in zip(
            _groups(breakdown), _summed(self.numerator, breakdown), _summed(self.denominator, breakdown), strict=True
        ):
            if denominator > 0:
                yield group, float(numerator / denominator)


def _groups(breakdown: str) -> list[str]:
    if breakdown == "total":
        return ["1"]
    if breakdown.startswith("education"):
        return [str(level) for level in range(5)]
    count = {"residence": 2, "sex_child": 2, "wealth_quintile": 5}.get(breakdown, int(frame().region.max()) + 1)
    return [str(code) for code in range(1, count + 1)]


def _summed(cells: Floats, breakdown: str) -> Floats:
    """Sums of [cluster, wealth, education, sex] over all but one characteristic."""
    if breakdown == "total":
        return np.array([cells.sum()])
    kept = {"wealth_quintile": 1, "sex_child": 3}.get(breakdown, 2 if breakdown.startswith("education") else 0)
    sums: Floats = cells.sum(axis=tuple(axis for axis in range(4) if axis != kept))
    if kept:
        return sums
    return np.bincount(frame().rural if breakdown == "residence" else frame().region, sums).astype(np.float64)


def group_rows(indicator: str, kind: str, file: str, cells: Cells) -> Iterator[Row]:
    """Total, groups and differences between groups of one indicator."""
    for breakdown in ("total", *BREAKDOWNS[file]):
        values = dict(cells.by(breakdown))
        for group, value in values.items():
            yield indicator, breakdown, group, kind, value
        first, second = _DIFFERENCES.get(breakdown, ("", ""))
        if first in values and second in values:
            yield indicator, breakdown, f"{first}-{second}", "difference", values[first] - values[second]


def parity_rows(rows: list[Row]) -> Iterator[Row]:
    """Quotients of two groups of another indicator."""
    known = {row[:3]: row[4] for row in rows}
    for indicator, of, breakdown, above, below in _PARITIES:
        yield indicator, "total", "1", "parity", known[of, breakdown, above] / known[of, breakdown, below]
