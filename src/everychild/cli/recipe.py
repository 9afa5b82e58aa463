"""`everychild recipe`: what an indicator means on survey files, in words and in SQL."""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from everychild.cli.tables import add_format, print_rows
from everychild.recipes.derived import Carried
from everychild.recipes.nodes import TRUE, Node
from everychild.recipes.readable import readable_lines
from everychild.recipes.recipe import LAYOUTS, Part, Recipe, RecipeBook
from everychild.vocabulary.language import Language, format_number

WIDTH: Final = 80
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
    "every_row": {"en": "every row", "ru": "каждая строка", "kk": "әр жол"},
    "carried": {
        "en": "{0} is true of a row when in file {1} this is true of any row of the household:",
        "ru": "{0} верно для строки, если в файле {1} это верно хотя бы для одной строки домохозяйства:",
        "kk": "{0} жол үшін ақиқат, егер {1} файлында бұл үй шаруашылығының кемінде бір жолы үшін ақиқат болса:",
    },
    "summed": {
        "en": "{0} is the sum of this over the rows of the household in file {1}:",
        "ru": "{0} – сумма этого значения по строкам домохозяйства в файле {1}:",
        "kk": "{0} – мына мәннің {1} файлындағы үй шаруашылығының жолдары бойынша қосындысы:",
    },
    "first": {
        "en": "{0} is true of the first row of each {1}, by {2}, of which this is true:",
        "ru": "{0} верно для первой по {2} строки каждого {1}, для которой это верно:",
        "kk": "{0} әр {1} бойынша {2} реті алғашқы, мына шарт орындалатын жол үшін ақиқат:",
    },
    "waits": {
        "en": "{0} has to be defined by the description of the survey (section parameters).",
        "ru": "{0} задаётся в описании обследования (раздел parameters).",
        "kk": "{0} зерттеу сипаттамасында (parameters бөлімінде) берілуі керек.",
    },
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

KIND: Final[dict[str, dict[Language, str]]] = {
    "proportion": {"en": "share", "ru": "доля", "kk": "үлес"},
    "mean": {"en": "mean", "ru": "среднее", "kk": "орташа"},
    "ratio": {"en": "ratio", "ru": "отношение", "kk": "қатынас"},
    "parity": {"en": "quotient of two rates", "ru": "отношение двух значений", "kk": "екі мәннің қатынасы"},
    "quantile": {"en": "quantile", "ru": "квантиль", "kk": "квантиль"},
    "life_table": {"en": "life table", "ru": "таблица дожития", "kk": "өмір сүру кестесі"},
    "rate_exposure": {
        "en": "rate by time of exposure", "ru": "коэффициент на время пребывания", "kk": "болу уақытына коэффициент",
    },
    "algorithm": {"en": "procedure of its own", "ru": "своя процедура", "kk": "өз тәртібі"},
}  # fmt: skip
CHECKED: Final[dict[str, dict[Language, str]]] = {
    "verified": {"en": "against the producer's code", "ru": "по коду разработчика", "kk": "әзірлеушінің коды бойынша"},
    "verified_syntax": {
        "en": "against the producer's syntax", "ru": "по синтаксису разработчика",
        "kk": "әзірлеушінің синтаксисі бойынша",
    },
    "verified_translation": {
        "en": "against a translation of the producer's syntax", "ru": "по переводу синтаксиса разработчика",
        "kk": "әзірлеуші синтаксисінің аудармасы бойынша",
    },
    "verified_thirdparty": {
        "en": "against a program of others", "ru": "по программе третьих лиц",
        "kk": "үшінші тараптың бағдарламасы бойынша",
    },
    "partly_verified": {"en": "in part", "ru": "частично", "kk": "ішінара"},
    "unverified": {"en": "not yet", "ru": "ещё нет", "kk": "әлі жоқ"},
}  # fmt: skip


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
    codes = (arguments.code,) if arguments.code in book.recipes else book.holding(arguments.code)
    for number, code in enumerate(codes or (arguments.code,)):
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
        self.line("kind", f"{KIND[recipe.kind][self.language]}{share}")
        self.line("confidence", f"{CHECKED[recipe.confidence][self.language]} ({recipe.confidence})")
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
            print("\n" + _filled(WORDS["quotient"][self.language].format(recipe.rate_of)))
            for node in recipe.when:
                self.expression("", node)
            for part in self.book[recipe.rate_of].parts:
                self.part(part)
        elif recipe.waits_for:
            print("\n" + _filled(WORDS["waits"][self.language].format(recipe.waits_for)))
        elif not recipe.parts:
            print("\n" + _filled(WORDS["none"][self.language]))
        for part in recipe.parts:
            self.part(part)

    def part(self, part: Part) -> None:
        print(f"\n{WORDS['file'][self.language]} {part.file}")
        for word in ("universe", "numerator", "denominator", "weight"):
            self.expression(WORDS[f"{word}_sql"][self.language], getattr(part, word))
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
        print(_filled("  " + WORDS[word][self.language].format(name, *told)))
        self.expression("", carried.meaning)

    def expression(self, word: str, node: Node) -> None:
        """An expression behind its word, or below it when it takes several lines."""
        if node == TRUE:
            print(f"  {word}: {WORDS['every_row'][self.language]}")
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
            print(_filled(f"{before}{WORDS[word][self.language]}: {text}"))


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
