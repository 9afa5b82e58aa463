"""Which variables of a file the recipes take for numbers, and which for letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from everychild.recipes.groups import FileBreakdown, file_breakdowns
from everychild.recipes.nodes import (
    Arithmetic,
    Between,
    Case,
    Comparison,
    FirstPresent,
    Floor,
    Kind,
    Membership,
    Negative,
    Node,
    Variable,
    children,
)
from everychild.recipes.recipe import RecipeBook


@dataclass(frozen=True)
class ExpectedTypes:
    """Names in lower case. A variable that is only asked whether it is missing stands in neither."""

    numbers: frozenset[str]
    letters: frozenset[str]


def expected(*trees: tuple[Node, Kind]) -> ExpectedTypes:
    """What expressions take their variables for. With each tree goes the kind that is wanted of the whole: "number"
    for a weight or the value of a mean, else "unknown"."""
    found = {pair for tree, wanted in trees for pair in _walk(tree, wanted)}
    return ExpectedTypes(
        frozenset(name for name, kind in found if kind == "number"),
        frozenset(name for name, kind in found if kind == "text"),
    )


def _walk(node: Node, wanted: Kind) -> Iterator[tuple[str, Kind]]:
    if isinstance(node, Variable):
        yield node.name, wanted
    for child in children(node):
        yield from _walk(child, _wanted_of_children(node, wanted) if child.kind != "truth" else "unknown")


def _wanted_of_children(node: Node, wanted: Kind) -> Kind:
    match node:
        case Arithmetic() | Negative() | Floor() | Between():
            return "number"
        case Comparison(_, left, right):
            return next((side.kind for side in (left, right) if side.kind != "unknown"), "unknown")
        case Membership(_, items):
            return items[0].kind
        case Case() | FirstPresent():
            return node.kind if node.kind != "unknown" else wanted
        case _:
            return "unknown"


def expected_of_book(book: RecipeBook) -> Mapping[str, ExpectedTypes]:
    """By file: what all recipes, carried values and standard breakdowns take variables for."""
    trees: dict[str, list[tuple[Node, Kind]]] = {}
    for recipe in book:
        parts = recipe.parts or (book[recipe.rate_of].parts if recipe.when is not None else ())
        for part in parts:
            value: Kind = "number" if recipe.kind in ("mean", "quantile") else "unknown"
            here = trees.setdefault(part.file, [])
            here += [(part.universe, "unknown"), (part.denominator, "unknown"), (part.weight, "number")]
            here += [(part.numerator, value), *((node, "unknown") for node in recipe.when or ())]
    for (_, file), carried in book.carried.items():
        trees.setdefault(carried.from_file or file, []).append((carried.meaning, "unknown"))
    for file, here in trees.items():
        here += [(each.code, "unknown") for each in standard_breakdowns(book.layout, file).values()]
    return {file: expected(*here) for file, here in trees.items()}


@cache
def standard_breakdowns(layout: str, file: str) -> Mapping[str, FileBreakdown]:
    """The shipped breakdowns of a file by code; their table is read once."""
    return MappingProxyType(dict(file_breakdowns(layout, file)))
