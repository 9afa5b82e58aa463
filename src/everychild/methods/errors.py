"""What a method refuses to reckon, with the rule that says why."""

from __future__ import annotations

from everychild.vocabulary.errors import EverychildError


class MethodError(EverychildError):
    """Input that has no honest answer.

    The message is one English sentence; `rule` is its code and `values` what it names, so that a register can say the
    same in the reader's language with the file, row and column that only it knows.
    """

    def __init__(self, rule: str, message: str, **values: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.values = values
