"""A recipe: what one indicator means on the files of one kind of survey."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, get_args

from everychild.recipes.derived import DerivedNames, Unsupplied, not_one_of
from everychild.recipes.nodes import Node, Number, kind_word, variables
from everychild.recipes.parsing import condition, parse
from everychild.recipes.sql import canonical
from everychild.vocabulary.errors import Place, WrongDefinition

Layout = Literal["mics6", "dhs"]
LAYOUTS: Final[tuple[Layout, ...]] = get_args(Layout)
Kind = Literal[
    "proportion", "mean", "ratio", "parity", "quantile", "total", "life_table", "rate_exposure", "algorithm"
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
ROWWISE: Final[tuple[Kind, ...]] = ("proportion", "mean", "ratio", "quantile", "total")
"""Kinds that are one expression over the rows of a file."""
QUOTIENTS: Final[tuple[Kind, ...]] = ("proportion", "mean", "ratio")
"""Of these the kinds that are a sum over a sum, of which a parity can compare two."""
CONFIDENCE: Final = (
    "verified", "verified_syntax", "verified_translation", "verified_thirdparty", "partly_verified", "unverified",
)  # fmt: skip
COLUMNS: Final = (
    "code", "part", "kind", "file", "universe", "numerator", "denominator", "rate_of", "weight", "table", "confidence",
    "source", "round_differences", "notes",
)  # fmt: skip
EXPRESSIONS: Final = ("universe", "numerator", "denominator", "weight")


@dataclass(frozen=True)
class Part:
    """Rows of one file that enter an indicator, and what is summed over them.

    `universe`, `denominator`: a row belongs when both are true; unknown leaves it out. `numerator`: for proportions
    and ratios a condition, where unknown counts as not met; for means and quantiles the value; for totals either.
    """

    file: str
    universe: Node
    numerator: Node
    denominator: Node
    weight: Node

    @cached_property
    def variables(self) -> frozenset[str]:
        """Every variable of the file that the part reads, in lower case."""
        return variables(self.universe, self.numerator, self.denominator, self.weight)


@dataclass(frozen=True)
class Recipe:
    """One indicator on one kind of survey. Several `parts` are rows of several files put under each other.

    A `parity` is the quotient of two rates of the recipe `rate_of`: with `part.numerator` and with `part.denominator`
    added to its universe. Recipes of kind life_table, rate_exposure and algorithm have no parts: they are computed
    by procedures of their own, and `notes` says which. `quantile` is the share of a quantile recipe
    (0.5 = median), written `quantile:0.9` in the column `kind`.
    """

    code: str
    kind: Kind
    parts: tuple[Part, ...]
    confidence: str
    table: str = ""
    source: str = ""
    round_differences: str = ""
    notes: str = ""
    rate_of: str = ""
    when: tuple[Node, Node] | None = None
    quantile: float | None = None
    waits_for: str = ""
    """A name that the description of the survey has to define before the recipe can be used."""

    @property
    def is_rowwise(self) -> bool:
        """Whether the recipe is an expression over rows that can be computed on this survey."""
        return bool(self.parts)

    @property
    def version(self) -> str:
        """Eight hexadecimal digits that change when the meaning of the recipe does."""
        share = f":{self.quantile}" if self.quantile not in (None, 0.5) else ""
        meaning = [f"{self.kind}{share}", self.rate_of, *(canonical(node) for node in self.when or ())]
        for part in self.parts:
            meaning += [part.file, *map(canonical, (part.universe, part.numerator, part.denominator, part.weight))]
        return hashlib.sha256("\n".join(meaning).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class RecipeRow:
    """A row of a table of recipes, of which the expressions are not read yet. `kind` is None in a row that is wrong."""

    place: Place
    cells: Mapping[str, str]
    kind: Kind | None
    quantile: float | None = None

    @property
    def code(self) -> str:
        return self.cells["code"]

    def cell(self, column: str) -> Place:
        return _cell(self.place, column)


def recipe_row(place: Place, cells: Mapping[str, str]) -> RecipeRow:
    """WrongDefinition for a row whose kind or mark of verification is none."""
    row = RecipeRow(place, cells, *_kind(_cell(place, "kind"), cells["kind"]))
    if cells["confidence"] not in CONFIDENCE:
        raise not_one_of(row.cell("confidence"), cells["confidence"], CONFIDENCE)
    return row


def is_next_part(row: RecipeRow, before: Sequence[RecipeRow]) -> bool:
    """Whether a row can follow those of the same code as the next part of one recipe. Kinds that are no expressions
    over rows have one part. The kind of a row that is wrong is not asked, for its mistake is told already."""
    if not before or row.kind is None:
        return True
    alike = all(part.kind in (None, row.kind) and part.quantile in (None, row.quantile) for part in before)
    return alike and row.kind in ROWWISE and row.cells["part"] == str(len(before) + 1)


def read_recipe(rows: Sequence[RecipeRow], names: DerivedNames) -> Recipe:
    """The recipe that rows of a table with one code describe, each a part of it. WrongDefinition names the cell of the
    first expression that is wrong."""
    first, cells = rows[0], rows[0].cells
    assert first.kind is not None
    parts: list[Part] = []
    when: tuple[Node, Node] | None = None
    waits_for = ""
    if first.kind in ROWWISE:
        for row in rows:
            try:
                parts.append(make_part(row.place, row.cells, names, first.kind))
            except Unsupplied as lacking:
                waits_for = waits_for or lacking.name
    elif first.kind == "parity":
        sides = "numerator", "denominator"
        when = _condition(first.place, cells, sides[0], names), _condition(first.place, cells, sides[1], names)
    return Recipe(
        first.code, first.kind, () if waits_for else tuple(parts), cells["confidence"], cells["table"],
        cells["source"], cells["round_differences"], cells["notes"], cells["rate_of"], when, first.quantile, waits_for,
    )  # fmt: skip


def _kind(place: Place, text: str) -> tuple[Kind, float | None]:
    """`quantile` is the median, `quantile:0.9` the value below which nine tenths lie; other kinds have no share."""
    name, colon, share = text.partition(":")
    kind = next((k for k in KINDS if k == name), None)
    if kind is None or (colon and kind != "quantile"):
        raise not_one_of(place, text, KINDS)
    if kind != "quantile":
        return kind, None
    try:
        quantile = float(share) if colon else 0.5
    except ValueError:
        quantile = 0.0
    if not 0 < quantile < 1:
        raise WrongDefinition(place, "recipe_table_quantile", share)
    return kind, quantile


def make_part(place: Place, row: Mapping[str, str], names: DerivedNames, kind: Kind) -> Part:
    """The part that a row of a table of recipes describes; WrongDefinition names the cell of a mistake."""
    universe = _condition(place, row, "universe", names)
    numerator = _node(place, row, "numerator", names)
    denominator = _condition(place, row, "denominator", names)
    weight = _node(place, row, "weight", names)
    if weight.kind not in ("number", "unknown"):
        raise WrongDefinition(_cell(place, "weight"), "recipe_table_weight", row["weight"], given=kind_word(weight))
    if kind in ("proportion", "ratio") or (kind == "total" and (numerator.kind == "truth" or numerator == Number(1))):
        numerator = condition(numerator, _cell(place, "numerator"), row["numerator"])
    elif numerator.kind not in ("number", "unknown"):
        given = kind_word(numerator)
        raise WrongDefinition(
            _cell(place, "numerator"), "recipe_table_number", row["numerator"], kind=kind, given=given
        )
    return Part(row["file"], universe, numerator, denominator, weight)


def _condition(place: Place, row: Mapping[str, str], column: str, names: DerivedNames) -> Node:
    return condition(_node(place, row, column, names), _cell(place, column), row[column])


def _node(place: Place, row: Mapping[str, str], column: str, names: DerivedNames) -> Node:
    here = _cell(place, column)
    node = parse(row[column], here, names.resolver(row["file"], here))
    loose = sorted(name for name in variables(node) if names.is_loose(name, row["file"]))
    if loose:
        raise WrongDefinition(here, "expression_name_undefined", loose[0].upper(), part=row["file"])
    return node


def _cell(place: Place, column: str) -> Place:
    return Place(place.file, place.row, column)
