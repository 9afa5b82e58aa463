"""Random rows for the variables of an expression: mostly the codes that stand beside a variable in the text, the codes
next to them, the codes that surveys use for "no answer", and nothing at all."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final

import polars as pl

from everychild.recipes.nodes import Between, Comparison, Membership, Node, Text, Variable, variables, walk
from tests.recipes.reference_interpreter import Row, Value, value

NO_ANSWER: Final = (7.0, 8.0, 9.0, 97.0, 98.0, 99.0)


class Codes:
    """The values that each variable (lower case) of some expressions is drawn from."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.beside: dict[str, set[float | str]] = {}
        self.truths: set[str] = set()
        for node in nodes:
            for part in walk(node):
                self._learn(part)

    def _learn(self, part: Node) -> None:
        if isinstance(part, Variable):
            self.beside.setdefault(part.name, set())
            if part.kind == "truth":
                self.truths.add(part.name)
        if isinstance(part, Comparison | Between | Membership):
            constants = [value(piece, {}) for piece in walk(part) if not variables(piece)]
            for name in variables(part):
                self.beside.setdefault(name, set()).update(v for v in constants if isinstance(v, float))
            # Letters go to what is compared with letters itself, not to the numbers inside a CASE.
            operand = part.left if isinstance(part, Comparison) else part.operand
            if isinstance(operand, Variable):
                self.beside[operand.name].update(piece.value for piece in walk(part) if isinstance(piece, Text))

    def is_text(self, name: str) -> bool:
        return any(isinstance(code, str) for code in self.beside[name])

    def value(self, name: str, chance: random.Random, own: float) -> Value:
        """A value; `own` is the chance of a code that stands beside the variable."""
        if name in self.truths:
            return chance.choice((True, False, None))
        texts = sorted(code for code in self.beside[name] if isinstance(code, str))
        numbers = sorted(code for code in self.beside[name] if not isinstance(code, str)) or [0.0, 1.0, 2.0]
        if chance.random() < own:
            return chance.choice(texts) if texts else chance.choice(numbers)
        if texts:
            return chance.choice([None, "", "?", texts[0].lower(), f"{texts[-1]}{texts[0]}"])
        near = chance.choice(numbers) + chance.choice((-1, 1, -0.5, 0.5))
        return chance.choice([None, near, near, near, chance.choice(NO_ANSWER)])

    def row(self, chance: random.Random) -> Row:
        """In some rows nearly all answers are codes of the text, in others nearly none, so that long chains of AND
        and of OR come out both ways."""
        own = chance.choice((0.0, 0.1, 0.5, 0.8, 1.0))
        return {name: self.value(name, chance, own) for name in sorted(self.beside)}

    def rows(self, count: int, chance: random.Random) -> list[Row]:
        return [self.row(chance) for _ in range(count)]

    def frame(self, rows: list[Row]) -> pl.DataFrame:
        return pl.DataFrame(
            {name: [row[name] for row in rows] for name in sorted(self.beside)} | {"row": range(len(rows))},
            schema={name: self.kind(name) for name in sorted(self.beside)} | {"row": pl.Int64},
        )

    def kind(self, name: str) -> type[pl.DataType]:
        if name in self.truths:
            return pl.Boolean
        return pl.String if self.is_text(name) else pl.Float64


def differing(frame: pl.DataFrame, found: pl.Series, wanted: list[Value]) -> str:
    """The first row on which the two differ, in words; nothing when there is none."""
    for at, (ours, theirs) in enumerate(zip(found.to_list(), wanted, strict=True)):
        if not _same(ours, theirs):
            return f"{ours!r} instead of {theirs!r} on {frame.row(at, named=True)}"
    return ""


def _same(found: object, wanted: Value) -> bool:
    if found is None or wanted is None:
        return found is wanted
    if isinstance(found, bool) or isinstance(wanted, bool | str):
        return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)
    return float(found) == wanted  # type: ignore[arg-type]  # an int, a float or a Decimal
