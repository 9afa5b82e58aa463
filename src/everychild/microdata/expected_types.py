"""Which variables of a file the recipes take for numbers, and which for letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from everychild.recipes.book import RecipeBook
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
from everychild.recipes.recipe import Recipe


@dataclass(frozen=True)
class ExpectedTypes:
    """Names in lower case. A variable that is only asked whether it is missing stands in neither."""

    numbers: frozenset[str]
    letters: frozenset[str]


def expected(*trees: tuple[Node, Kind]) -> ExpectedTypes:
    """What expressions take their variables for. With each tree goes the kind that is wanted of the whole: "number"
    for a weight or the value of a mean, else "unknown"."""
    found = _taken_for(trees)
    return ExpectedTypes(
        frozenset(name for name, kind in found if kind == "number"),
        frozenset(name for name, kind in found if kind == "text"),
    )


def _taken_for(trees: Iterable[tuple[Node, Kind]]) -> set[tuple[str, Kind]]:
    """Variables with the kind that is wanted of them. Derived names stand in many recipes as one node, which is looked
    into once for each kind: ten times faster than every tree anew."""
    found: set[tuple[str, Kind]] = set()
    seen: set[tuple[int, Kind]] = set()
    waiting = list(trees)
    while waiting:
        node, wanted = waiting.pop()
        if isinstance(node, Variable):
            found.add((node.name, wanted))
        elif (id(node), wanted) not in seen:
            seen.add((id(node), wanted))
            below = _wanted_of_children(node, wanted)
            waiting += [(child, below if child.kind != "truth" else "unknown") for child in children(node)]
    return found


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


@lru_cache(maxsize=64)
def expected_of_file(book: RecipeBook, file: str) -> ExpectedTypes | None:
    """What all recipes, carried values and standard breakdowns take the variables of a file for; None when no recipe
    reads it. Kept, because many surveys share a book of recipes."""
    trees = [*_of_recipes(book.on(file), book, file), *_of_carried(book, file)]
    if not trees:
        return None
    return expected(*trees, *_of_breakdowns(book, file))


@lru_cache(maxsize=64)
def letters_of_file(book: RecipeBook, file: str) -> frozenset[str]:
    """The same letters by way of those expressions alone in which a text stands, because nothing else can ask for
    letters: a hundredth of all, and all that matters of a file without a column of text."""
    recipes = _of_recipes(book.on(file, of_letters=True), book, file)
    return expected(*recipes, *_of_carried(book, file), *_of_breakdowns(book, file)).letters


def _of_recipes(recipes: Iterable[Recipe], book: RecipeBook, file: str) -> Iterator[tuple[Node, Kind]]:
    for recipe in recipes:
        parts = recipe.parts or (book[recipe.rate_of].parts if recipe.when is not None else ())
        for part in parts:
            if part.file == file:
                value: Kind = "number" if part.numerator.kind != "truth" else "unknown"
                yield from ((part.universe, "unknown"), (part.denominator, "unknown"), (part.weight, "number"))
                yield from ((part.numerator, value), *((node, "unknown") for node in recipe.when or ()))


def _of_carried(book: RecipeBook, file: str) -> Iterator[tuple[Node, Kind]]:
    return ((carried.meaning, "unknown") for carried in book.names.carried_from(file))


def _of_breakdowns(book: RecipeBook, file: str) -> Iterator[tuple[Node, Kind]]:
    return ((each.code, "unknown") for each in standard_breakdowns(book.layout, file).values())


@cache
def standard_breakdowns(layout: str, file: str) -> Mapping[str, FileBreakdown]:
    """The shipped breakdowns of a file by code; their table is read once."""
    return MappingProxyType(dict(file_breakdowns(layout, file)))
