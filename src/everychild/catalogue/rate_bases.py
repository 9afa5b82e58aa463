"""Per how many births a rate of the catalogue is counted."""

from __future__ import annotations

import re
from typing import Final

from everychild.catalogue.catalogue import catalogue
from everychild.vocabulary.errors import EverychildError

_BASE: Final = re.compile(r"per_(\d+)_")


class NoRate(EverychildError):  # noqa: N818 - says what is the case
    """An indicator that is no rate."""


def base_of(indicator: str) -> float:
    """1,000 for a rate per 1,000 live births, and so on. Raises NoRate."""
    known = catalogue().indicators.get(indicator)
    match = _BASE.match(known.unit) if known is not None else None
    if match is None:
        problem = "is not in the catalogue" if known is None else f"is no rate (its unit is {known.unit})"
        raise NoRate(f"{indicator!r} {problem}; rates are such as imr, u5mr, mmr, stillbirth_rate")
    return float(match[1])
