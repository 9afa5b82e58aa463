"""`everychild recipe`: what an indicator means on survey files, in words and in SQL."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import Any, Final

from everychild.cli.tables import add_format, print_rows
from everychild.recipes.recipe import LAYOUTS
from everychild.vocabulary.language import Language

WIDTH: Final = 100
WORDS: Final[dict[str, dict[Language, str]]] = {
    "numerator": {"en": "Counted", "ru": "Считаются", "kk": "Саналады"},
    "denominator": {"en": "Among", "ru": "Среди", "kk": "Кімдердің арасында"},
    "file": {"en": "file", "ru": "файл", "kk": "файл"},
    "universe_sql": {"en": "rows", "ru": "строки", "kk": "жолдар"},
    "numerator_sql": {"en": "numerator", "ru": "числитель", "kk": "алымы"},
    "denominator_sql": {"en": "denominator", "ru": "знаменатель", "kk": "бөлімі"},
    "weight_sql": {"en": "weight", "ru": "вес", "kk": "салмақ"},
    "variables": {"en": "variables", "ru": "переменные", "kk": "айнымалылар"},
    "lacking": {"en": "not in this survey", "ru": "нет в этом обследовании", "kk": "бұл зерттеуде жоқ"},
    "kind": {"en": "kind", "ru": "вид", "kk": "түрі"},
    "confidence": {"en": "checked", "ru": "проверено", "kk": "тексерілуі"},
    "table": {"en": "report table", "ru": "таблица отчёта", "kk": "есеп кестесі"},
    "version": {"en": "version", "ru": "версия", "kk": "нұсқасы"},
    "notes": {"en": "Notes", "ru": "Примечания", "kk": "Ескертпелер"},
    "source": {"en": "Source", "ru": "Источник", "kk": "Дереккөз"},
    "differences": {"en": "Other rounds", "ru": "Другие раунды", "kk": "Басқа раундтар"},
    "quotient": {
        "en": "Quotient of the rates of {0} with these conditions:",
        "ru": "Отношение значений {0} при этих условиях:",
        "kk": "Мына шарттардағы {0} мәндерінің қатынасы:",
    },
    "none": {
        "en": "Not an expression over rows; it has a procedure of its own.",
        "ru": "Это не выражение по строкам; у показателя своя процедура расчёта.",
        "kk": "Бұл жолдар бойынша өрнек емес; көрсеткіштің өз есептеу тәртібі бар.",
    },
}


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


def run_list(arguments: argparse.Namespace) -> int:
    from everychild.catalogue.catalogue import catalogue

    book, _ = _book(arguments)
    language: Language = arguments.language
    rows = [
        {
            "indicator": r.code, "name": catalogue().indicators[r.code].name[language], "kind": r.kind,
            "files": " ".join(p.file for p in r.parts), "checked": r.confidence, "version": r.version,
        }
        for r in book
    ]  # fmt: skip
    print_rows(rows, ("indicator", "name", "kind", "files", "checked", "version"), arguments.format)
    return 0


def _book(arguments: argparse.Namespace) -> tuple[Any, Any]:
    from everychild.estimation.survey import Survey
    from everychild.recipes.recipe import recipe_book

    if arguments.survey is None:
        return recipe_book(arguments.layout), None
    survey = Survey.open(arguments.survey, arguments.data)
    return survey.files.book, survey.files


def run_show(arguments: argparse.Namespace) -> int:
    """The recipe of that code; for a word such as `stunting`, all recipes that have it in their code."""
    book, files = _book(arguments)
    codes = (arguments.code,) if arguments.code in book.recipes else book.like(arguments.code)
    for number, code in enumerate(codes or (arguments.code,)):
        print("\n" + "─" * WIDTH + "\n" if number else "", end="")
        _show(book[code], files, arguments.language)
    return 0


def _show(recipe: Any, files: Any, language: Language) -> None:
    from everychild.catalogue.catalogue import catalogue
    from everychild.recipes.sql import to_sql

    indicator = catalogue().indicators[recipe.code]
    print(f"{indicator.name[language]}  ({recipe.code})\n")
    for word, text in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
        if text is not None:
            _line(WORDS[word][language], text[language])
    _line(WORDS["kind"][language], recipe.kind)
    _line(WORDS["confidence"][language], recipe.confidence)
    _line(WORDS["table"][language], recipe.table)
    _line(WORDS["version"][language], recipe.version)
    if recipe.when is not None:
        print("\n" + WORDS["quotient"][language].format(recipe.rate_of))
        for node in recipe.when:
            print(f"  {to_sql(node)}")
    elif not recipe.parts:
        print("\n" + WORDS["none"][language])
    for part in recipe.parts:
        _show_part(part, files, language)
    for word, text in (("notes", recipe.notes), ("differences", recipe.round_differences), ("source", recipe.source)):
        if text:
            print()
            _line(WORDS[word][language], text)


def _show_part(part: Any, files: Any, language: Language) -> None:
    from everychild.recipes.sql import to_sql

    print(f"\n{WORDS['file'][language]} {part.file}")
    spelling = {name: f'"{name.upper()}"' if "$" in name else name.upper() for name in part.variables}
    for word in ("universe", "numerator", "denominator", "weight"):
        _line("  " + WORDS[f"{word}_sql"][language], to_sql(getattr(part, word), spelling, quote=""))
    names = sorted(name.upper() for name in part.variables)
    _line("  " + WORDS["variables"][language], " ".join(names))
    if files is not None and part.file in files.present:
        lacking = files.lacking(part.file, part.variables)
        if lacking:
            _line("  " + WORDS["lacking"][language], " ".join(name.upper() for name in lacking))


def _line(word: str, text: str) -> None:
    if text:
        print(
            textwrap.fill(
                f"{word}: {text}", WIDTH, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
            )
        )
