"""The closed set of nodes that a recipe's expression is made of; each checks itself when it is built.

A recipe is a text of the SQL kind (`WB4 BETWEEN 15 AND 24 AND MA1 IN (1, 2)`). It becomes a tree of these nodes and
nothing else, so no engine ever meets a function, a sub-query or a name that was not looked at. Logic is SQL's: true,
false and unknown (null), so `x <> 1` is unknown where `x` is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from everychild.vocabulary.errors import Place, WrongDefinition

Kind = Literal["number", "text", "truth", "unknown"]
"""What a node yields; `unknown` is a survey variable, which may hold numbers or text until a survey is opened."""

COMPARISONS: Final = ("=", "<>", "<", "<=", ">", ">=")
OPERATORS: Final = ("+", "-", "*", "/")


class WrongNode(ValueError):  # noqa: N818 - says what is the case
    """Nodes put together in a way that has no meaning, such as `'A' + 1`: the rule and the values of its sentence."""

    def __init__(self, rule: str, **values: str) -> None:
        super().__init__(rule, values)
        self.rule, self.values = rule, values

    def __str__(self) -> str:
        return WrongDefinition(Place(""), self.rule, "…", **self.values).problem


def kind_word(node: Node) -> str:
    """The code in `value_kind` of what a node is to a reader."""
    if node.kind != "unknown":
        return node.kind
    return "variable" if isinstance(node, Variable) else "value"


def _require(node: Node, kinds: tuple[Kind, ...], sign: str) -> None:
    if isinstance(node, Absent):
        raise WrongNode("expression_null", sign=sign)
    if node.kind not in kinds:
        needed = "_or_".join(kind for kind in kinds if kind != "unknown")
        raise WrongNode("expression_kind", sign=sign, needed=needed, given=kind_word(node))


def _alike(nodes: tuple[Node, ...], sign: str) -> None:
    kinds = sorted({node.kind for node in nodes} - {"unknown"})
    if len(kinds) > 1:
        raise WrongNode("expression_kinds_mixed", sign=sign, given=kinds[0], beside=kinds[1])


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool
    kind: Kind = "truth"


@dataclass(frozen=True, slots=True)
class Absent:
    """NULL."""

    kind: Kind = "unknown"


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of a survey file; names are matched without regard to case, so they are kept in lower case."""

    name: str
    kind: Kind = "unknown"


def _written_number(node: Node) -> float | None:
    """The number that stands in a definition, with its sign; None for anything that has to be worked out."""
    if isinstance(node, Negative):
        inner = _written_number(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, Number) else None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str
    left: Node
    right: Node
    kind: Kind = "number"

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise WrongNode("expression_not_in_language")
        _require(self.left, ("number", "unknown"), self.operator)
        _require(self.right, ("number", "unknown"), self.operator)
        if self.operator == "/" and _written_number(self.right) == 0:
            raise WrongNode("expression_zero")


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node
    kind: Kind = "number"

    def __post_init__(self) -> None:
        _require(self.operand, ("number", "unknown"), "-")


@dataclass(frozen=True, slots=True)
class Floor:
    operand: Node
    kind: Kind = "number"

    def __post_init__(self) -> None:
        _require(self.operand, ("number", "unknown"), "FLOOR")


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str
    left: Node
    right: Node
    kind: Kind = "truth"

    def __post_init__(self) -> None:
        if self.operator not in COMPARISONS:
            raise WrongNode("expression_not_in_language")
        for node in (self.left, self.right):
            _require(node, ("number", "text", "unknown"), self.operator)
        _alike((self.left, self.right), self.operator)


@dataclass(frozen=True, slots=True)
class Between:
    """Both limits belong to the range."""

    operand: Node
    low: Node
    high: Node
    kind: Kind = "truth"

    def __post_init__(self) -> None:
        for node in (self.operand, self.low, self.high):
            _require(node, ("number", "unknown"), "BETWEEN")
        low, high = _written_number(self.low), _written_number(self.high)
        if low is not None and high is not None and low > high:
            raise WrongNode("expression_range_empty")  # BETWEEN -2 AND -3 holds nothing, and gave shares of 0


@dataclass(frozen=True, slots=True)
class Membership:
    operand: Node
    items: tuple[Node, ...]
    kind: Kind = "truth"

    def __post_init__(self) -> None:
        if not self.items:
            raise WrongNode("expression_list")
        _require(self.operand, ("number", "text", "unknown"), "IN")
        if any(not isinstance(item, Number | Text) for item in self.items):
            raise WrongNode("expression_list")
        _alike((self.operand, *self.items), "IN")


@dataclass(frozen=True, slots=True)
class Missing:
    """IS NULL; the only question whose answer is never unknown."""

    operand: Node
    kind: Kind = "truth"


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node
    kind: Kind = "truth"

    def __post_init__(self) -> None:
        _require(self.operand, ("truth",), "NOT")


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]
    kind: Kind = "truth"

    def __post_init__(self) -> None:
        for part in self.parts:
            _require(part, ("truth",), "AND")


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Node, ...]
    kind: Kind = "truth"

    def __post_init__(self) -> None:
        for part in self.parts:
            _require(part, ("truth",), "OR")


@dataclass(frozen=True, slots=True)
class Case:
    """`CASE WHEN … THEN … ELSE … END`; the first branch that is true counts."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node

    def __post_init__(self) -> None:
        if not self.branches:
            raise WrongNode("expression_case")
        for condition, _ in self.branches:
            _require(condition, ("truth",), "WHEN")
        _alike((*(value for _, value in self.branches), self.otherwise), "CASE")

    @property
    def kind(self) -> Kind:
        return _first_known((*(value for _, value in self.branches), self.otherwise))


@dataclass(frozen=True, slots=True)
class FirstPresent:
    """COALESCE."""

    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        _alike(self.parts, "COALESCE")

    @property
    def kind(self) -> Kind:
        return _first_known(self.parts)


Node = (
    Number | Text | Truth | Absent | Variable | Arithmetic | Negative | Floor | Comparison | Between | Membership
    | Missing | Not | All | AnyOf | Case | FirstPresent
)  # fmt: skip


def _first_known(nodes: tuple[Node, ...]) -> Kind:
    return next((node.kind for node in nodes if node.kind != "unknown"), "unknown")


_CHILDREN: Final[Mapping[type, Callable[[Any], tuple[Node, ...]]]] = {
    **dict.fromkeys((Arithmetic, Comparison), lambda node: (node.left, node.right)),
    **dict.fromkeys((Negative, Floor, Missing, Not), lambda node: (node.operand,)),
    Between: lambda node: (node.operand, node.low, node.high),
    Membership: lambda node: (node.operand, *node.items),
    **dict.fromkeys((All, AnyOf, FirstPresent), lambda node: node.parts),
    Case: lambda node: (*(part for branch in node.branches for part in branch), node.otherwise),
    **dict.fromkeys((Number, Text, Truth, Absent, Variable), lambda _node: ()),
}


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, left to right."""
    return _CHILDREN[type(node)](node)


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it, each before its children."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(children(part))


def variables(*nodes: Node) -> frozenset[str]:
    """Names (lower case) of the survey variables that expressions read.

    Derived names stand in many places as one node, which is looked into once.
    """
    found: set[str] = set()
    seen: set[int] = set()
    waiting = list(nodes)
    while waiting:
        part = waiting.pop()
        if isinstance(part, Variable):
            found.add(part.name)
        elif id(part) not in seen:
            seen.add(id(part))
            waiting += _CHILDREN[type(part)](part)
    return frozenset(found)


TRUE: Final = Truth(True)


def both(*parts: Node) -> Node:
    """All of some conditions, without those that always hold."""
    kept = tuple(part for part in parts if part != TRUE)
    return TRUE if not kept else kept[0] if len(kept) == 1 else All(kept)
