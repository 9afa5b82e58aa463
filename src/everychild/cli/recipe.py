"""`everychild recipe`: what an indicator means on survey files, in words and in SQL."""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from everychild.cli.finding_lists import width
from everychild.cli.survey import explained
from everychild.cli.tables import add_format, print_rows
from everychild.microdata.located import finding
from everychild.recipes.book import RecipeBook
from everychild.recipes.derived import Carried
from everychild.recipes.nodes import TRUE, Node
from everychild.recipes.readable import readable_lines
from everychild.recipes.recipe import LAYOUTS, Part, Recipe
from everychild.vocabulary.command_words import say
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language, format_number

WIDTH: Final = 80
IN_ENGLISH: Final = ("notes", "differences", "source")
"""Remarks of recipes that exist in English alone: they quote the producers' syntax and reports."""


def add(commands: Any) -> None:
    purpose = "show what an indicator means on survey files"
    recipe = commands.add_parser("recipe", help=purpose, description=purpose)
    verbs = recipe.add_subparsers(title="verbs", metavar="VERB", required=True)
    show = verbs.add_parser("show", help="one recipe in words and SQL", description="One recipe in words and SQL.")
    show.add_argument("code", metavar="INDICATOR", help="code of the indicator, or a word in it")
    _add_kind(show)
    show.set_defaults(run=run_show)
    listing = verbs.add_parser("list", help="all recipes of a kind of survey", description="All recipes.")
    _add_kind(listing)
    add_format(listing)
    listing.set_defaults(run=run_list)


def _add_kind(command: argparse.ArgumentParser) -> None:
    command.add_argument("--layout", choices=LAYOUTS, default="mics6", help="kind of survey (default: mics6)")
    command.add_argument("--survey", metavar="SURVEY.yaml", type=Path, help="for this survey, with its parameters")
    command.add_argument("--data", metavar="DIR", type=Path, help="folder of its files, to tell what it lacks")


@explained
def run_list(arguments: argparse.Namespace) -> int:
    from everychild.catalogue.catalogue import catalogue

    book, _ = _book(arguments)
    language: Language = arguments.language
    if arguments.format == "table":
        for recipe in book:
            _print_in_brief(recipe, catalogue().indicators[recipe.code].name[language], language)
        return 0
    rows = [
        {
            "indicator": r.code, "name": catalogue().indicators[r.code].name[language], "kind": r.kind,
            "files": " ".join(p.file for p in r.parts), "checked": r.confidence, "version": r.version,
        }
        for r in book
    ]  # fmt: skip
    print_rows(rows, ("indicator", "name", "kind", "files", "checked", "version"), arguments.format)
    return 0


def _print_in_brief(recipe: Recipe, name: str, language: Language) -> None:
    """A recipe in a few lines of the terminal's width: a row with its name and how it was checked has no room there."""
    files = " ".join(part.file for part in recipe.parts)
    told = [
        say(f"recipe.kind.{recipe.kind}", language),
        f"{say('recipe.confidence', language)}: {say(f'recipe.checked.{recipe.confidence}', language)}",
        f"{say('recipe.version', language)} {recipe.version}",
    ]
    print(f"{recipe.code}  ({files})" if files else recipe.code)
    for text in (name, "; ".join(told)):
        print(textwrap.fill(text, width(), initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False))


def _book(arguments: argparse.Namespace) -> tuple[Any, Any]:
    from everychild.estimation.survey import Survey
    from everychild.recipes.book import recipe_book

    if arguments.survey is None:
        return recipe_book(arguments.layout), None
    survey = Survey.open(arguments.survey, arguments.data)
    return survey.files.book, survey.files


@explained
def run_show(arguments: argparse.Namespace) -> int:
    """The recipe of that code; for a word such as `stunting`, all recipes that have it in their code."""
    book, files = _book(arguments)
    codes = (arguments.code,) if arguments.code in book.recipes else book.holding(arguments.code)
    if not codes:
        near = ", ".join(book.like(arguments.code)) or "–"
        rule = "estimate_indicator_unknown"
        raise DataRefused([finding("", "", arguments.code, rule, layout=book.layout, near=near)])
    for number, code in enumerate(codes):
        print("\n" + "─" * WIDTH + "\n" if number else "", end="")
        _Page(arguments.language, book, files).show(book[code])
    return 0


@dataclass(frozen=True)
class _Page:
    """One recipe as a page of text in a language; `files` of a survey, or None, to tell what it lacks."""

    language: Language
    book: RecipeBook
    files: Any

    def show(self, recipe: Recipe) -> None:
        from everychild.catalogue.catalogue import catalogue

        indicator = catalogue().indicators.get(recipe.code)
        if indicator is None:  # a recipe of a user's own table
            print(f"{recipe.code}\n")
        else:
            print(_filled(f"{indicator.name[self.language]}  ({recipe.code})") + "\n")
            for word, text in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
                self.line(word, text[self.language] if text is not None else "")
        share = "" if recipe.quantile is None else f" {format_number(recipe.quantile, self.language)}"
        self.line("kind", f"{say(f'recipe.kind.{recipe.kind}', self.language)}{share}")
        self.line("confidence", f"{say(f'recipe.checked.{recipe.confidence}', self.language)} ({recipe.confidence})")
        self.line("table", recipe.table)
        self.line("version", recipe.version)
        self.definition(recipe)
        for word, remark in (
            ("notes", recipe.notes), ("differences", recipe.round_differences), ("source", recipe.source),
        ):  # fmt: skip
            print("\n" if remark else "", end="")
            self.line(word, remark)

    def definition(self, recipe: Recipe) -> None:
        if recipe.when is not None:
            print("\n" + _filled(say("recipe.quotient", self.language, recipe.rate_of)))
            for node in recipe.when:
                self.expression("", node)
            for part in self.book[recipe.rate_of].parts:
                self.part(part)
        elif recipe.waits_for:
            print("\n" + _filled(say("recipe.waits", self.language, recipe.waits_for)))
        elif not recipe.parts:
            self.elsewhere(recipe)
        for part in recipe.parts:
            self.part(part)

    def elsewhere(self, recipe: Recipe) -> None:
        """Which command computes what is no expression over rows."""
        from everychild.estimation.procedures import procedure

        _, command = procedure(recipe.kind)
        told = f"{say('recipe.none', self.language)} {command}" if command else say("recipe.no_command", self.language)
        print("\n" + _filled(told))

    def part(self, part: Part) -> None:
        print(f"\n{say('recipe.file', self.language)} {part.file}")
        for word in ("universe", "numerator", "denominator", "weight"):
            self.expression(say(f"recipe.{word}_sql", self.language), getattr(part, word))
        self.line("variables", " ".join(sorted(name.upper() for name in part.variables)), "  ")
        if self.files is not None and part.file in self.files.present:
            lacking = self.files.lacking(part.file, part.variables)
            self.line("lacking", " ".join(name.upper() for name in lacking), "  ")
        for name in sorted(part.variables):
            if (name, part.file) in self.book.carried:
                self.carried(self.book.carried[name, part.file])

    def carried(self, carried: Carried) -> None:
        """What a name means that looks at other rows."""
        name, word = carried.name.upper(), "first" if carried.first_by else "summed" if carried.summed else "carried"
        told = [each.upper() for each in carried.first_by] or [carried.from_file]
        print(_filled("  " + say(f"recipe.{word}", self.language, name, *told)))
        self.expression("", carried.meaning)

    def expression(self, word: str, node: Node) -> None:
        """An expression behind its word, or below it when it takes several lines."""
        if node == TRUE:
            print(f"  {word}: {say('recipe.every_row', self.language)}")
            return
        start = f"  {word}: " if word else "    "
        lines = readable_lines(node, WIDTH - len(start))
        if len(lines) > 1 and word:
            print(f"  {word}:")
            start, lines = "    ", readable_lines(node, WIDTH - 4)
        print(start + lines[0])
        for line in lines[1:]:
            print(" " * len(start) + line)

    def line(self, word: str, text: str, before: str = "") -> None:
        if text:
            told = say(f"recipe.{word}", self.language)
            told = say("recipe.in_english", self.language, told) if word in IN_ENGLISH else told
            print(_filled(f"{before}{told}: {text}"))


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
