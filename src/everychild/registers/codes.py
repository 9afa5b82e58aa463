"""Columns of codes: one of a list, or several joined by `;`."""

from __future__ import annotations

from collections.abc import Iterable


def choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """For `choices=` of a column; what readers see of a code stands in the tables of words."""
    return [(code, code) for code in codes]


def listed(text: str) -> tuple[str, ...]:
    """The parts of a cell that are joined by `;`."""
    return tuple(part for part in text.split(";") if part)
