"""The meaning of the language of recipes, one row at a time in plain Python: slow, obvious, and of no engine.

Numbers are doubles. A missing value is None. Truths are True, False and None (unknown), after SQL:

- whatever is computed from a missing value is missing; a comparison with a missing value is unknown;
- `AND` is false as soon as one part is false, `OR` true as soon as one is true, whatever the others are;
- `IS NULL` is never unknown;
- a quotient by zero is missing;
- `CASE` takes the first branch whose condition is true; an unknown condition is not true.
"""

from __future__ import annotations

import math
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
)

Value = float | str | bool | None
Row = Mapping[str, Value]
"""Name of a variable in lower case → value."""


def value(node: Node, row: Row) -> Value:
    """What a node yields on a row."""
    match node:
        case Number(number):
            return float(number)
        case Text(constant) | Truth(constant):
            return constant
        case Absent():
            return None
        case Variable(name):
            found = row[name]
            return float(found) if isinstance(found, int) and not isinstance(found, bool) else found
        case Arithmetic(operator, left, right):
            return arithmetic(operator, number_of(left, row), number_of(right, row))
        case Negative(operand):
            operand_value = number_of(operand, row)
            return None if operand_value is None else -operand_value
        case Floor(operand):
            operand_value = number_of(operand, row)
            return None if operand_value is None else float(math.floor(operand_value))
        case Comparison(operator, left, right):
            return compared(operator, value(left, row), value(right, row))
        case Between(operand, low, high):
            middle = value(operand, row)
            return every([compared(">=", middle, value(low, row)), compared("<=", middle, value(high, row))])
        case Membership(operand, items):
            wanted = value(operand, row)
            return some([compared("=", wanted, value(item, row)) for item in items])
        case Missing(operand):
            return value(operand, row) is None
        case Not(operand):
            held = truth_of(operand, row)
            return None if held is None else not held
        case All(parts):
            return every([truth_of(part, row) for part in parts])
        case AnyOf(parts):
            return some([truth_of(part, row) for part in parts])
        case Case(branches, otherwise):
            for condition, result in branches:
                if truth_of(condition, row) is True:
                    return value(result, row)
            return value(otherwise, row)
        case FirstPresent(parts):
            for part in parts:
                found = value(part, row)
                if found is not None:
                    return found
            return None


def number_of(node: Node, row: Row) -> float | None:
    found = value(node, row)
    assert found is None or isinstance(found, float), f"{node} yields {found!r} where a number is needed"
    return found


def truth_of(node: Node, row: Row) -> bool | None:
    found = value(node, row)
    assert found is None or isinstance(found, bool), f"{node} yields {found!r} where a truth is needed"
    return found


def arithmetic(operator: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    return None if right == 0 else left / right


def compared(operator: str, left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None
    assert isinstance(left, str) == isinstance(right, str), f"{left!r} {operator} {right!r}"
    if operator == "=":
        return left == right
    if operator == "<>":
        return left != right
    less, equal = left < right, left == right  # type: ignore[operator]  # both are texts or both numbers: see above
    return {"<": less, "<=": less or equal, ">": not less and not equal, ">=": not less}[operator]


def every(truths: list[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def some(truths: list[bool | None]) -> bool | None:
    if True in truths:
        return True
    return None if None in truths else False
