"""Nodes back to SQL text that Polars and Apache Spark read alike; the one writer that all engines share."""

from __future__ import annotations

from collections.abc import Mapping

from everychild.recipes.nodes import (
    Absent,
    All,
    AnyOf,
    Arithmetic,
    Between,
    Case,
    Comparison,
    FirstPresent,
    Floor,
    Membership,
    Missing,
    Negative,
    Node,
    Not,
    Number,
    Text,
    Truth,
    Variable,
)  # fmt: skip


def to_sql(node: Node, columns: Mapping[str, str] | None = None, quote: str = '"') -> str:
    """SQL text of a node. `columns` gives the file's own spelling of each variable (keys in lower case); a variable
    it lacks keeps its name. `quote` is the mark around names: `"` for Polars and the standard, a backtick for Spark.
    """
    return _Writer(columns or {}, quote).text(node)


class _Writer:
    def __init__(self, columns: Mapping[str, str], quote: str) -> None:
        self.columns = columns
        self.quote = quote

    def text(self, node: Node) -> str:
        match node:
            case Number(value):
                return repr(value)
            case Text(value):
                return "'" + value.replace("'", "''") + "'"
            case Truth(value):
                return "TRUE" if value else "FALSE"
            case Absent():
                return "NULL"
            case Variable(name):
                return self.quote + self.columns.get(name, name) + self.quote
            case _:
                return self._compound(node)

    def _compound(self, node: Node) -> str:
        match node:
            case Arithmetic(operator, left, right) | Comparison(operator, left, right):
                return f"({self.text(left)} {operator} {self.text(right)})"
            case Negative(operand):
                return f"(- {self.text(operand)})"
            case Floor(operand):
                return f"FLOOR({self.text(operand)})"
            case Between(operand, low, high):
                return f"({self.text(operand)} BETWEEN {self.text(low)} AND {self.text(high)})"
            case Membership(operand, items):
                return f"({self.text(operand)} IN ({', '.join(map(self.text, items))}))"
            case Missing(operand):
                return f"({self.text(operand)} IS NULL)"
            case Not(operand):
                return f"(NOT {self.text(operand)})"
            case All(parts):
                return f"({' AND '.join(map(self.text, parts))})"
            case AnyOf(parts):
                return f"({' OR '.join(map(self.text, parts))})"
            case Case(branches, otherwise):
                whens = " ".join(f"WHEN {self.text(when)} THEN {self.text(then)}" for when, then in branches)
                return f"(CASE {whens} ELSE {self.text(otherwise)} END)"
            case FirstPresent(parts):
                return f"COALESCE({', '.join(map(self.text, parts))})"
        raise TypeError(f"{node!r} is not a node of the language of recipes")  # pragma: no cover - closed set
