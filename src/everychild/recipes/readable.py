"""Expressions for the eyes of people: as few brackets as the meaning allows, long ones in lines with an indent.

What is written here is in the language of recipes and can be put into a table of one's own; engines get the text of
`everychild.recipes.sql`, which is made for machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
)  # fmt: skip

OR, AND, NOT, COMPARED, SUM, PRODUCT, SIGN, WHOLE = range(8)
"""How closely the parts of a text hold together, the loosest first."""
CLOSENESS: Final[Mapping[type[Node], int]] = {
    AnyOf: OR, All: AND, Not: NOT, Comparison: COMPARED, Between: COMPARED, Membership: COMPARED, Missing: COMPARED,
    Negative: SIGN,
}  # fmt: skip
INDENT: Final = "  "


def readable(node: Node, columns: Mapping[str, str] | None = None) -> str:
    """One line of SQL. `columns` gives the spelling of variables (keys in lower case), by default capitals."""
    return _Writer(columns or {}).text(node)


def readable_lines(node: Node, width: int, columns: Mapping[str, str] | None = None) -> list[str]:
    """The same in lines of about `width` characters: AND, OR, plus and the branches of CASE begin lines of their own
    where the whole does not fit. What cannot be divided, such as a long list of codes, is broken between two codes."""
    return _Writer(columns or {}).lines(node, width)


class _Writer:
    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = columns

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
                return self.columns.get(name) or (f'"{name.upper()}"' if "$" in name else name.upper())
            case Arithmetic(operator, left, right):
                own = _closeness(node)
                least = WHOLE if _closeness(right) == SIGN else own + 1  # `a - (-2)`: two signs side by side are a slip
                return f"{self.within(left, own)} {operator} {self.within(right, least)}"
            case Negative(operand):
                return f"-{self.within(operand, WHOLE)}"
            case Floor(operand):
                return f"FLOOR({self.text(operand)})"
            case FirstPresent(parts):
                return f"COALESCE({', '.join(map(self.text, parts))})"
            case Case():
                return " ".join(["CASE", *self._branches(node), "END"])
            case _:
                return self.condition(node)

    def condition(self, node: Node, negated: str = "") -> str:
        match node:
            case Comparison(operator, left, right):
                return f"{self.within(left, SUM)} {operator} {self.within(right, SUM)}"
            case Between(operand, low, high):
                limits = f"{self.within(low, SUM)} AND {self.within(high, SUM)}"
                return f"{self.within(operand, SUM)} {negated}BETWEEN {limits}"
            case Membership(operand, items):
                return f"{self.within(operand, SUM)} {negated}IN ({', '.join(map(self.text, items))})"
            case Missing(operand):
                return f"{self.within(operand, SUM)} IS {negated}NULL"
            case Not(Between() | Membership() | Missing() as operand):
                return self.condition(operand, "NOT ")
            case Not(operand):
                return f"NOT {self.within(operand, COMPARED)}"
            case All():
                return " AND ".join(self.within(part, NOT) for part in _flat(node))
            case AnyOf():
                return " OR ".join(self.within(part, NOT) for part in _flat(node))
        raise TypeError(f"{node!r} is not a node of the language of recipes")  # pragma: no cover - closed set

    def within(self, node: Node, least: int) -> str:
        """A part of something larger; in brackets when it holds together less closely than `least`. AND inside OR gets
        brackets too, though SQL does not need them: people do."""
        return f"({self.text(node)})" if _closeness(node) < least else self.text(node)

    def _branches(self, node: Case) -> Iterator[str]:
        for when, then in node.branches:
            yield f"WHEN {self.text(when)} THEN {self.text(then)}"
        if node.otherwise != Absent():
            yield f"ELSE {self.text(node.otherwise)}"

    def _branch_lines(self, node: Case, width: int) -> Iterator[str]:
        """Each branch in one line where it fits, else its condition and its value apart."""
        for flat, (when, then) in zip(self._branches(node), node.branches, strict=False):
            if len(flat) <= width:
                yield flat
            else:
                yield from _hung("WHEN ", self.lines(when, width - 5))
                yield from _hung("THEN ", self.lines(then, width - 5))
        if node.otherwise != Absent():
            yield from _hung("ELSE ", self.lines(node.otherwise, width - 5))

    def lines(self, node: Node, width: int) -> list[str]:
        flat = self.text(node)
        if len(flat) <= width:
            return [flat]
        match node:
            case All() | AnyOf():
                word = "AND " if isinstance(node, All) else "OR "
                return self._under_each_other(_flat(node), word, NOT, width)
            case Arithmetic("+"):
                return self._under_each_other(_flat(node), "+ ", SUM + 1, width)
            case Not(operand):
                return _hung("NOT ", self._bracketed(operand, COMPARED, width - 4))
            case Case():
                return ["CASE", *(INDENT + line for line in self._branch_lines(node, width - len(INDENT))), "END"]
            case FirstPresent(parts):
                return ["COALESCE(", *self._listed(parts, width), ")"]
            case Comparison(operator, left, right):
                right_side = self._bracketed(right, SUM, width - len(operator) - 1)
                return [*self._bracketed(left, SUM, width), *_hung(f"{operator} ", right_side)]
        return _broken(flat, width)

    def _under_each_other(self, parts: list[Node], word: str, least: int, width: int) -> list[str]:
        first, *others = parts
        return [
            *self._bracketed(first, least, width),
            *(line for part in others for line in _hung(word, self._bracketed(part, least, width - len(word)))),
        ]

    def _bracketed(self, node: Node, least: int, width: int) -> list[str]:
        if len(self.within(node, least)) <= width:
            return [self.within(node, least)]
        if _closeness(node) >= least:
            return self.lines(node, width)
        return ["(", *(INDENT + line for line in self.lines(node, width - 2)), ")"]

    def _listed(self, parts: tuple[Node, ...], width: int) -> list[str]:
        found: list[str] = []
        for part in parts:
            *first, last = self.lines(part, width - 3)
            found += [*(INDENT + line for line in first), f"{INDENT}{last}{'' if part is parts[-1] else ','}"]
        return found


def _closeness(node: Node) -> int:
    if isinstance(node, Arithmetic):
        return SUM if node.operator in "+-" else PRODUCT
    if isinstance(node, Number) and node.value < 0:
        return SIGN
    return CLOSENESS.get(type(node), WHOLE)


def _flat(node: Node) -> list[Node]:
    """The parts of a list of conditions, or of a sum from left to right, without the brackets between them."""
    match node:
        case All(parts) | AnyOf(parts):
            return [piece for part in parts for piece in (_flat(part) if type(part) is type(node) else [part])]
        case Arithmetic("+", left, right):
            return [*(_flat(left) if isinstance(left, Arithmetic) else [left]), right]
        case _:
            return [node]


def _hung(word: str, lines: list[str]) -> list[str]:
    """Lines behind a word, the later ones below the first letter after it."""
    return [word + lines[0], *(" " * len(word) + line for line in lines[1:])]


def _broken(text: str, width: int) -> list[str]:
    """A text that has no parts, broken at blanks; the later lines are indented."""
    found = [""]
    for word in text.split(" "):
        if found[-1].strip() and len(found[-1]) + 1 + len(word) > width:
            found.append(INDENT + word)
        else:
            found[-1] += f"{' ' if found[-1] else ''}{word}"
    return found
