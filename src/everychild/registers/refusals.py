"""When a register says no: what, where and why, in the reader's language."""

from __future__ import annotations

from everychild.vocabulary.findings import DataRefused, Finding, rules


class Refused(DataRefused):
    """A deed that the register's rules do not allow; nothing was written."""


class NotPermitted(Refused):
    """A deed that the table of permissions does not grant this person."""


def problem(file: str, rule: str, column: str = "", value: str = "", row: int | None = None, **more: str) -> Finding:
    """A finding with the severity of its rule; `file` is the file sent or the kind of record (`laws.act`)."""
    return Finding(file, row, column, value, rule, rules()[rule].severity, more)
