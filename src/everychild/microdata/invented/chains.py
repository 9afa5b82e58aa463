"""Chains of answers in `indicators.csv`: what has to be answered so that a person counts.

`MT4=1 & MT5=1|2|3 & 1 of (MT6A=1, MT6B=1)` is one chain: all of its parts have to hold. `A=1 or A=2 & B=1` are two, of
which no person can meet both: their probabilities are added. Brackets are multiplied out: `A=1 & (B=1 or B=2 & C=1)`.
`2 of (…)` holds when two or more of its members do; these are answers that are drawn independently of each other, or
such groups again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from everychild.microdata.invented.conditions import Clause, parse
from everychild.microdata.invented.definitions import expand


@dataclass(frozen=True)
class AtLeast:
    """So many of the members hold, or more."""

    least: int
    members: tuple[Clause | AtLeast, ...]

    def variables(self) -> Iterator[str]:
        for member in self.members:
            yield from (member.name,) if isinstance(member, Clause) else member.variables()


Link = Clause | AtLeast
Chain = tuple[Link, ...]
_TOKEN = re.compile(r"\(|\)|&|,|\bor\b|\d+\s+of\b|[^\s()&,]+")


@cache
def alternatives(text: str) -> tuple[Chain, ...]:
    """The chains of a text; an empty text is one chain that everybody meets. ValueError for what cannot be read."""
    if not text.strip():
        return ((),)
    reader = _Reader(_TOKEN.findall(text), text)
    found = reader.alternatives()
    if reader.tokens:
        raise ValueError(f"{text!r} goes on after its end, at {reader.tokens[0]!r}")
    return found


class _Reader:
    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens, self.text = tokens, text

    def alternatives(self) -> tuple[Chain, ...]:
        found = self.chains()
        while self.follows("or"):
            found += self.chains()
        return found

    def chains(self) -> tuple[Chain, ...]:
        """Chains of parts joined by `&`: brackets multiply them."""
        found = self.part()
        while self.follows("&"):
            more = self.part()
            found = tuple((*first, *second) for first in found for second in more)
        return found

    def part(self) -> tuple[Chain, ...]:
        if self.follows("("):
            found = self.alternatives()
            self.need(")")
            return found
        return (self.member(),)

    def member(self) -> tuple[Link, ...]:
        """One link; several when its name stands for several: `EC2[12]=1` is EC21=1 and EC22=1."""
        token = self.tokens.pop(0) if self.tokens else ""
        if token in ("", "&", ",", "or", "(", ")"):
            raise ValueError(f"an answer is missing in {self.text!r}")
        if not token.endswith(" of"):
            name, asked = re.match(r"([\w$\[\]]*)(.*)", token).groups()  # type: ignore[union-attr]  # it matches all
            return tuple(clause for each, _ in expand(name) for clause in parse(each + asked))
        self.need("(")
        members = self.member()
        while self.follows(","):
            members += self.member()
        self.need(")")
        group = AtLeast(int(token.split()[0]), members)
        names = list(group.variables())
        if not 0 < group.least <= len(members) or len(set(names)) < len(names):
            raise ValueError(f"{token} in {self.text!r} cannot be met, or asks one answer twice")
        return (group,)

    def follows(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            self.tokens.pop(0)
            return True
        return False

    def need(self, token: str) -> None:
        if not self.follows(token):
            raise ValueError(f"{token!r} is missing in {self.text!r}")
