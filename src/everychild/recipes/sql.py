"""Nodes back to SQL text: for the engines, which all share this writer, and for the version of a recipe.

What the language means and what engines do with a text are brought together here. In the language every number is a
double, and a quotient by zero is unknown. Polars keeps the types of a file instead: `12 * age` of a Stata byte column
goes round at 127, `0.9 * x` becomes a decimal of one place, `x / 0` is infinite and above every limit, and `x / 49`
is x times the rounded reciprocal of 49, which makes `49 / 49 >= 1` false.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import floor
from operator import add, mul, sub, truediv
from typing import Final

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
    variables,
)  # fmt: skip

LARGEST_EXACT: Final = 2**53
"""Whole numbers up to here are doubles without loss."""
LARGEST_WHOLE: Final = 2**31 - 1
"""Whole numbers up to here are of one type in every engine."""

MIRRORED: Final = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

_OPERATIONS: Final[Mapping[str, Callable[[float, float], float]]] = {"+": add, "-": sub, "*": mul, "/": truediv}


def to_sql(node: Node, columns: Mapping[str, str] | None = None, quote: str = '"') -> str:
    """SQL text of a node for an engine. `columns` gives the file's own spelling of each variable (keys in lower case);
    a variable it lacks keeps its name. `quote` is the mark around names: `"` for Polars and the standard, a backtick
    for Spark.
    """
    writer = _ForEngines(columns or {}, quote)
    if isinstance(node, Arithmetic) and node.operator == "/" and isinstance(node.right, Number):
        # A weight such as v005 / 1000000: nothing looks at the quotient, so the last bit of it may be Polars' own.
        return f"({writer.doubled(node.left)} / {writer.text(node.right)})"
    return writer.text(node)


def canonical(node: Node) -> str:
    """One text for one meaning, with every bracket; versions of recipes are made from it, so it stays as it is."""
    return _Writer({}, '"').text(node)


class _Writer:
    def __init__(self, columns: Mapping[str, str], quote: str) -> None:
        self.columns = columns
        self.quote = quote

    def text(self, node: Node) -> str:
        match node:
            case Number(value):
                return self.number(value)
            case Text(value):
                return "'" + value.replace("'", "''") + "'"
            case Truth(value):
                return "TRUE" if value else "FALSE"
            case Absent():
                return "NULL"
            case Variable(name):
                return self.quote + self.columns.get(name, name) + self.quote
            case Arithmetic():
                return self.arithmetic(node)
            case Negative(operand):
                return self.negative(operand)
            case _:
                return self.compound(node)

    def number(self, value: float) -> str:
        return f"(- {-value!r})" if value < 0 else repr(value)

    def arithmetic(self, node: Arithmetic) -> str:
        return f"({self.text(node.left)} {node.operator} {self.text(node.right)})"

    def negative(self, operand: Node) -> str:
        return f"(- {self.text(operand)})"

    def compound(self, node: Node) -> str:
        match node:
            case Comparison(operator, left, right):
                return f"({self.text(left)} {operator} {self.text(right)})"
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


class _ForEngines(_Writer):
    def number(self, value: float) -> str:
        """A fraction is written with an exponent, which makes it a double; `0.9` would be a decimal of one place."""
        if isinstance(value, int) and abs(value) <= LARGEST_EXACT:
            return f"({value})" if value < 0 else str(value)
        text = repr(float(value))
        text = text if "e" in text else f"{text}e0"
        return f"({text})" if value < 0 else text

    def text(self, node: Node) -> str:
        return super().text(_folded(node))

    def arithmetic(self, node: Arithmetic) -> str:
        if _bound(node) is not None:
            return f"CAST({self._count(node)} AS DOUBLE)"
        left, right = self.doubled(node.left), self.doubled(node.right)
        return f"({left} {node.operator} {self._divisor(node) if node.operator == '/' else right})"

    def negative(self, operand: Node) -> str:
        return f"(- {self.doubled(operand)})"

    def _count(self, node: Node) -> str:
        """Sums of numbers of the text, such as a count of conditions, stay whole inside: they cannot go round, and take
        a third of the time of doubles."""
        if isinstance(node, Arithmetic):
            return f"({self._count(node.left)} {node.operator} {self._count(node.right)})"
        if isinstance(node, Case):
            whens = " ".join(f"WHEN {self.text(when)} THEN {self._count(then)}" for when, then in node.branches)
            return f"(CASE {whens} ELSE {self._count(node.otherwise)} END)"
        return self.text(node)

    def compound(self, node: Node) -> str:
        """What changes from row to row goes to the left: `0 < CASE WHEN x = 1 THEN 1 ELSE 2 END` becomes one row in
        Polars 2.1 when x is the same on all rows."""
        match node:
            case Comparison(operator, left, right) if _varies(right) and not _varies(left):
                return super().compound(Comparison(MIRRORED[operator], right, left))
            case Between(operand, low, high) if not _varies(operand):
                return self.text(All((Comparison("<=", low, operand), Comparison(">=", high, operand))))
            case Case(branches, otherwise) if node.kind == "number":
                whens = " ".join(f"WHEN {self.text(when)} THEN {self._choice(then)}" for when, then in branches)
                return f"(CASE {whens} ELSE {self._choice(otherwise)} END)"
            case FirstPresent(parts) if node.kind == "number":
                return f"COALESCE({', '.join(map(self._choice, parts))})"
            case _:
                return super().compound(node)

    def _choice(self, node: Node) -> str:
        """A number that CASE or COALESCE may yield, always a double: of a byte column and 1000, Polars 2.1 takes the
        byte for the type of both when there are several branches, and 1000 comes out as −24."""
        folded = _folded(node)
        if isinstance(folded, Number):
            return self.number(float(folded.value))
        return "NULL" if isinstance(folded, Absent) else self.doubled(folded)

    def doubled(self, node: Node) -> str:
        """A node as a double, whatever the type of the column it comes from; numbers of the text stay as written."""
        node = _folded(node)
        own = isinstance(node, Number | Arithmetic | Negative)
        own = own or (isinstance(node, Case | FirstPresent) and node.kind == "number")
        return self.text(node) if own else f"CAST({self.text(node)} AS DOUBLE)"

    def _divisor(self, node: Arithmetic) -> str:
        """Zero becomes NULL. What is or may turn out one number for all rows becomes a column, by adding nothing to it
        on every row, because Polars divides by columns and multiplies by the rounded reciprocal of numbers."""
        divisor = node.right
        text = self.text(divisor) if isinstance(divisor, Number) else f"NULLIF({self.doubled(divisor)}, 0)"
        names = sorted(variables(node))
        if isinstance(divisor, Variable) or not names:
            return text
        return f"({text} + 0 * CAST({self.text(Variable(names[0]))} IS NULL AS DOUBLE))"


def _varies(node: Node) -> bool:
    """Whether a node looks at a variable; most nodes tell by what they are."""
    return isinstance(node, Variable) or (not isinstance(node, Number | Text) and bool(variables(node)))


def _folded(node: Node) -> Node:
    """Arithmetic on numbers of the text as its result: Polars reads `x < 7 + 193` as `x < NULL` where x is a byte."""
    if not isinstance(node, Negative | Floor | Arithmetic):
        return node
    match node:
        case Negative(operand) | Floor(operand):
            parts = [_folded(operand)]
        case Arithmetic(_, left, right):
            parts = [_folded(left), _folded(right)]
        case _:
            return node
    numbers = [part.value for part in parts if isinstance(part, Number)]
    if Absent() in parts:
        return Absent()
    return _result(node, numbers) if len(numbers) == len(parts) else node


def _result(node: Node, numbers: list[float]) -> Node:
    match node:
        case Negative():
            return Number(-numbers[0])
        case Floor():
            return Number(floor(numbers[0]))
        case Arithmetic("/") if numbers[1] == 0:
            return Absent()
        case Arithmetic(operator):
            return Number(_OPERATIONS[operator](*numbers))
    raise TypeError(f"{node!r} is no arithmetic")  # pragma: no cover - the three that _folded knows


def _bound(node: Node) -> float | None:
    """The largest that a node can be when it is made of sums and cases of numbers of the text and of no column; None
    otherwise, and above LARGEST_WHOLE."""
    match node:
        case Number(value):
            bounds: list[float | None] = [abs(value)]
        case Absent():
            return 0
        case Case(branches, otherwise):
            bounds = [*(_bound(value) for _, value in branches), _bound(otherwise)]
        case Arithmetic("+" | "-", left, right):
            sides = [_bound(left), _bound(right)]
            bounds = [None if None in sides else sum(side for side in sides if side is not None)]
        case _:
            return None
    known = [bound for bound in bounds if bound is not None]
    return max(known) if len(known) == len(bounds) and max(known) <= LARGEST_WHOLE else None
