"""Which z-scores are implausible: more likely a slip of scale, board or date than a child."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np

from everychild.methods.anthropometry.measurements import Floats, Truths
from everychild.methods.anthropometry.scores import Index, rounded

FlagRule = Literal["who", "dhs"]
FLAG_RULES: Final[tuple[FlagRule, ...]] = get_args(FlagRule)
"""`who`: each index for itself (WHO, UNICEF, MICS). `dhs`: all or none, one index that is implausible or
missing removes all of the child (in DHS files the four z-scores of a child are there together or not at all)."""
FLAG_LIMITS: Final[Mapping[Index, tuple[float, float]]] = MappingProxyType(
    {"haz": (-6, 6), "waz": (-6, 5), "whz": (-5, 5), "baz": (-5, 5), "acz": (-5, 5), "hcz": (-5, 5), "tsz": (-5, 5),
     "ssz": (-5, 5)}
)  # fmt: skip
"""z below the first or above the second is flagged; the limits themselves are kept (WHO 2006)."""
ALL_OR_NONE: Final[tuple[Index, ...]] = ("haz", "waz", "whz", "baz")
"""The indices that decide in the rule of DHS."""


def flagged(z: Mapping[Index, Floats], rule: FlagRule = "who") -> Mapping[Index, Truths]:
    """index → (n,), true where the z-score is implausible by the rule. z is rounded to two decimals first, as it is
    published; a missing z is flagged by the rule of DHS only."""
    own = {index: _outside(index, values) for index, values in z.items()}
    if rule == "who" or not set(ALL_OR_NONE) & own.keys():
        return MappingProxyType(own)
    one = np.logical_or.reduce([own[index] | np.isnan(z[index]) for index in ALL_OR_NONE if index in own])
    return MappingProxyType({index: one | each for index, each in own.items()})


def _outside(index: Index, values: Floats) -> Truths:
    low, high = FLAG_LIMITS[index]
    with np.errstate(invalid="ignore"):
        shown = rounded(values)
        return (shown < low) | (shown > high)
