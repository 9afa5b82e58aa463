"""Columns of codes: one of a list, or several joined by `;`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

SHOWN: Final = 12
"""Codes that a refusal repeats; all of them stand in the templates and forms."""


def choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """For `choices=` of a column; what readers see of a code stands in the tables of words."""
    return [(code, code) for code in codes]


def listed(text: str) -> tuple[str, ...]:
    """The parts of a cell that are joined by `;`."""
    return tuple(part for part in text.split(";") if part)


def some_of(codes: Collection[str]) -> str:
    """The first codes of a list for the sentence of a refusal, with a sign that there are more."""
    return ", ".join(sorted(codes)[:SHOWN]) + (", …" if len(codes) > SHOWN else "")
