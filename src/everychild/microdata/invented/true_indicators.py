"""What is true of the invented country: for each indicator the chains of answers whose probability is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from everychild.microdata.invented.chains import Chain, alternatives
from everychild.microdata.invented.conditions import Clause, parse
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.tables import definitions_folder, read_table

COLUMNS: Final = ("indicator", "part", "file", "kind", "weight", "universe", "given", "success")


@dataclass(frozen=True)
class TrueIndicator:
    """Whose answers count (`universe`, by attributes), what has to be `given` for the denominator, and what more for a
    `success`; of the chains of either no person meets two. A `ratio` counts its successes in the whole universe."""

    indicator: str
    part: int
    file: str
    kind: str
    weight: str
    universe: tuple[Clause, ...]
    given: tuple[Chain, ...]
    success: tuple[Chain, ...]

    @property
    def counted(self) -> tuple[Chain, ...]:
        """The chains of the numerator."""
        if self.kind == "ratio":
            return self.success
        return tuple((*first, *second) for first in self.given for second in self.success)


@cache
def true_indicators() -> tuple[TrueIndicator, ...]:
    """The indicators whose true values are known from probabilities."""
    found = []
    for place, row in read_table(definitions_folder() / "invented" / "indicators.csv", COLUMNS):
        try:
            chains = [alternatives(row[column]) for column in ("given", "success")]
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
        part, universe = int(row["part"]), parse(row["universe"])
        found.append(TrueIndicator(row["indicator"], part, row["file"], row["kind"], row["weight"], universe, *chains))
    return tuple(found)
