"""Findings with their place: the file, the row as a person counts it, the column, the value."""

from __future__ import annotations

from pathlib import Path

from everychild.vocabulary.findings import Finding, Severity, rules


def finding(file: str, column: str, value: object, rule: str, row: int | None = None, **parameters: object) -> Finding:
    """A finding of a rule, with the severity of the rule."""
    severity: Severity = rules()[rule].severity
    told = {name: str(text) for name, text in parameters.items()}
    return Finding(file, row, column, str(value), rule, severity, told)


def first_row(path: Path) -> int:
    """Number of the first row of data as a person sees it: CSV files have a header, the others count cases."""
    return 2 if path.suffix.lower() == ".csv" else 1


def plain(value: object) -> str:
    """A value as a person writes it: `3` for 3.0, nothing for a missing one."""
    if value is None:
        return ""
    return f"{value:.12g}" if isinstance(value, float) else str(value)
