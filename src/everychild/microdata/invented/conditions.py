"""Conditions of the tables in `definitions/invented/`: for whom a question is asked, and who is in a universe.

A condition is `CA1=1 & CAGE<24`: clauses joined by `&`, each a name, a sign (`=`, `!=`, `<`, `<=`, `>`, `>=`) and, for
`=` and `!=`, one or more codes divided by `|`. The full expression language of the recipes was not taken: here a clause
must also be answerable about a *set* of codes, which is how the true values follow a chain of questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Code = float | str

_CLAUSE = re.compile(r"^(\w[\w$]*)\s*(!=|<=|>=|=|<|>)\s*(.+)$")


@dataclass(frozen=True)
class Clause:
    name: str
    sign: str
    codes: tuple[Code, ...]

    def holds(self, value: Code) -> bool:
        """Whether one code satisfies the clause."""
        if self.sign in ("=", "!="):
            return (value in self.codes) == (self.sign == "=")
        limit, value = _number(self.codes[0]), _number(value)
        return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[self.sign]


@dataclass(frozen=True)
class TextColumn:
    """A text variable: `places[i]` points into `codes`; place 0 is always the empty answer."""

    places: NDArray[np.int8]
    codes: tuple[str, ...]


Values = NDArray[np.float64] | TextColumn


@cache
def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a condition; an empty text is no condition. Raises ValueError for what cannot be read."""
    return tuple(_clause(part.strip()) for part in text.split("&")) if text.strip() else ()


def _clause(text: str) -> Clause:
    found = _CLAUSE.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no clause of the form NAME=1|2")
    name, sign, codes = found.groups()
    return Clause(name, sign, tuple(code_of(code.strip()) for code in codes.split("|")))


def code_of(text: str) -> Code:
    """`2` → 2.0, `A` → 'A'."""
    try:
        return float(text)
    except ValueError:
        return text


def _number(code: Code) -> float:
    if isinstance(code, str):
        raise TypeError(f"{code!r} has no order")
    return code


def where(clauses: tuple[Clause, ...], columns: Mapping[str, Values], rows: int) -> NDArray[np.bool_]:
    """Rows that satisfy all clauses; a question that was not asked (NaN) satisfies none, not even `!=`."""
    kept = np.ones(rows, dtype=np.bool_)
    for clause in clauses:
        kept &= _holds(clause, columns[clause.name])
    return kept


def _holds(clause: Clause, values: Values) -> NDArray[np.bool_]:
    if isinstance(values, TextColumn):
        wanted = np.array([clause.holds(code) for code in values.codes], dtype=np.bool_)
        return wanted[values.places]
    numbers = [_number(code) for code in clause.codes]
    if clause.sign in ("=", "!="):
        found: NDArray[np.bool_] = np.isin(values, numbers)
        other: NDArray[np.bool_] = ~found & ~np.isnan(values)
        return found if clause.sign == "=" else other
    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[clause.sign]
    answer: NDArray[np.bool_] = compare(values, numbers[0])
    return answer
