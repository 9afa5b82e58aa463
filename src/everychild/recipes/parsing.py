"""From the text of a recipe to checked nodes; sqlglot reads the text, and only what stands below is let through."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from sqlglot import Dialect
from sqlglot import expressions as sql
from sqlglot.errors import SqlglotError

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
    WrongNode,
    kind_word,
)  # fmt: skip
from everychild.recipes.unreadable import unreadable
from everychild.vocabulary.errors import Place, WrongDefinition

Resolver = Callable[[str], Node | None]
"""Gives the meaning of a derived name (`D_…`, `P_…`), or None when the name is a variable of the survey."""

_COMPARISONS: Final[Mapping[type[sql.Expr], str]] = {
    sql.EQ: "=", sql.NEQ: "<>", sql.LT: "<", sql.LTE: "<=", sql.GT: ">", sql.GTE: ">=",
}  # fmt: skip
_ARITHMETIC: Final[Mapping[type[sql.Expr], str]] = {
    sql.Add: "+", sql.Sub: "-", sql.Mul: "*", sql.Div: "/",
}  # fmt: skip
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
LONGEST: Final = 20_000
DEEPEST: Final = 100
"""Levels of nesting that a text may have; a thousand brackets are a slip or an attack, never a definition."""


def parse(text: str, place: Place, resolve: Resolver = lambda _name: None) -> Node:
    """The checked meaning of an expression.

    `place` is where the text stands; every WrongDefinition points there and quotes the piece that has no meaning.
    """
    if not text.strip():
        raise WrongDefinition(place, "expression_missing")
    if len(text) > LONGEST:
        raise WrongDefinition(place, "expression_too_long", limit=LONGEST)
    try:
        return _Reader(place, resolve).node(_tree(text))
    except SqlglotError as problem:
        raise unreadable(text, place, problem) from problem
    except WrongNode as problem:
        raise WrongDefinition(place, problem.rule, _short(text), **problem.values) from problem
    except RecursionError as problem:
        raise _too_deep(place) from problem


def _too_deep(place: Place) -> WrongDefinition:
    return WrongDefinition(place, "expression_too_deep", limit=DEEPEST)


@lru_cache(maxsize=1024)
def _tree(text: str) -> sql.Expr:
    """Recipes share weights and denominators; the trees are read and never changed.

    A comment is refused, because what stands behind two dashes would be left out of a definition without a word.
    """
    tokens = _DIALECT.tokenize(text)
    if any(token.comments for token in tokens):
        raise WrongNode("expression_comment")
    was, _SQLGLOT.disabled = _SQLGLOT.disabled, True
    try:
        trees = _DIALECT.parser().parse(tokens, text)  # parse_one would cut the text into tokens a second time
    except (TypeError, AttributeError) as problem:  # sqlglot's answers to a sign with nothing on one side, as in {:1}
        raise WrongNode("expression_sign") from problem
    finally:
        _SQLGLOT.disabled = was
    if len(trees) != 1 or trees[0] is None:
        raise WrongNode("expression_several")
    return trees[0]


_SQLGLOT: Final = logging.getLogger("sqlglot")
"""Writes an English line of its own to the terminal about `DROP …` and the like, which are refused right after."""
_DIALECT: Final = Dialect()
"""Of no product: recipes use what all kinds of SQL share, and a product's own dialect takes 13 ms to import."""


class _Reader:
    def __init__(self, place: Place, resolve: Resolver) -> None:
        self.place = place
        self.resolve = resolve
        self.level = 0

    def node(self, tree: sql.Expr) -> Node:
        self.level += 1
        if self.level > DEEPEST:
            raise _too_deep(self.place)
        try:
            return self._read(tree)
        except WrongNode as problem:
            raise WrongDefinition(self.place, problem.rule, _short(tree.sql()), **problem.values) from problem
        finally:
            self.level -= 1

    def _read(self, tree: sql.Expr) -> Node:
        read = _READERS.get(type(tree))
        if read is None:
            raise WrongNode("expression_not_in_language")
        return read(self, tree)

    def _compared(self, tree: sql.Expr) -> Node:
        return Comparison(_COMPARISONS[type(tree)], self.node(tree.this), self.node(tree.expression))

    def _calculated(self, tree: sql.Expr) -> Node:
        return Arithmetic(_ARITHMETIC[type(tree)], self.node(tree.this), self.node(tree.expression))

    def _flat(self, tree: sql.Expr, joiner: type[sql.Expr]) -> tuple[Node, ...]:
        """`a AND b AND c` as one list; sqlglot nests it, and a list of sixty conditions would be sixty levels deep."""
        found: list[sql.Expr] = []
        waiting = [tree]
        while waiting:
            part = waiting.pop()
            if isinstance(part, sql.Binary) and isinstance(part, joiner):
                waiting += [part.right, part.left]
            else:
                found.append(part)
        return tuple(self.node(part) for part in found)

    def _negative(self, tree: sql.Expr) -> Node:
        """`-2` is a number, so that it can stand in a list of codes; `-x` is a node of its own."""
        operand = self.node(tree.this)
        return Number(-operand.value) if isinstance(operand, Number) else Negative(operand)

    def _floor(self, tree: sql.Expr) -> Node:
        if tree.this is None or tree.args.get("decimals") is not None or tree.args.get("to") is not None:
            raise WrongNode("expression_floor")
        return Floor(self.node(tree.this))

    def _between(self, tree: sql.Expr) -> Node:
        return Between(self.node(tree.this), self.node(tree.args["low"]), self.node(tree.args["high"]))

    def _membership(self, tree: sql.Expr) -> Node:
        if any(tree.args.get(extra) is not None for extra in ("query", "unnest", "field")):
            raise WrongNode("expression_list")
        return Membership(self.node(tree.this), tuple(self.node(item) for item in tree.expressions))

    def _is(self, tree: sql.Expr) -> Node:
        if not isinstance(tree.expression, sql.Null):
            raise WrongNode("expression_is")
        return Missing(self.node(tree.this))

    def _case(self, tree: sql.Expr) -> Node:
        if tree.this is not None:
            raise WrongNode("expression_case")
        otherwise = tree.args.get("default")
        branches = tuple((self.node(branch.this), self.node(branch.args["true"])) for branch in tree.args["ifs"])
        return Case(branches, Absent() if otherwise is None else self.node(otherwise))

    def _name(self, tree: sql.Expr) -> Node:
        name = tree.name
        if tree.args.get("table") is not None or not _NAME.fullmatch(name):
            raise WrongNode("expression_name")
        resolved = self.resolve(name)
        return Variable(name.lower()) if resolved is None else resolved

    def _literal(self, tree: sql.Expr) -> Node:
        if tree.is_string:
            return Text(str(tree.this))
        text = str(tree.this)
        try:
            number = int(text) if text.isdigit() else float(text)
        except ValueError as problem:
            raise WrongNode("expression_number") from problem
        if not math.isfinite(number):
            raise WrongNode("expression_number_large")
        return Number(number)


_READERS: Final[Mapping[type[sql.Expr], Callable[[_Reader, sql.Expr], Node]]] = {
    **dict.fromkeys(_COMPARISONS, _Reader._compared),
    **dict.fromkeys(_ARITHMETIC, _Reader._calculated),
    sql.Paren: lambda reader, t: reader.node(t.this),
    sql.And: lambda reader, t: All(reader._flat(t, sql.And)),
    sql.Or: lambda reader, t: AnyOf(reader._flat(t, sql.Or)),
    sql.Not: lambda reader, t: Not(reader.node(t.this)),
    sql.Neg: _Reader._negative,
    sql.Floor: _Reader._floor,
    sql.Between: _Reader._between,
    sql.In: _Reader._membership,
    sql.Is: _Reader._is,
    sql.Case: _Reader._case,
    sql.Coalesce: lambda reader, t: FirstPresent(tuple(map(reader.node, (t.this, *t.expressions)))),
    sql.Column: _Reader._name,
    sql.Boolean: lambda _reader, t: Truth(bool(t.this)),
    sql.Null: lambda _reader, _t: Absent(),
    sql.Literal: _Reader._literal,
}
"""One table for all expressions: built anew for each of them, it took a third of the time of reading a book."""


def condition(node: Node, place: Place, text: str) -> Node:
    """The node of a text as a condition: `1` stands for "always" in a denominator; any other number is an error."""
    if node == Number(1):
        return Truth(True)
    if node.kind != "truth":
        raise WrongDefinition(place, "expression_condition_needed", _short(text), given=kind_word(node))
    return node


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"
