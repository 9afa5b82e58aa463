"""`everychild check`: what is wrong in the definitions and the country packs, worst first."""

from __future__ import annotations

import argparse
import textwrap
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from everychild.catalogue.checks import check
from everychild.cli.tables import add_format, print_rows
from everychild.vocabulary.findings import SEVERITIES, Finding, Severity
from everychild.vocabulary.language import LANGUAGES, Language, format_number, plural_form

WIDTH: Final = 100
NOTES_OF_ONE_RULE: Final = 5
"""Errors and warnings are all printed; of the notes of one rule so many, because hundreds would hide them."""
COLUMNS: Final = ("severity", "rule", "file", "row", "column", "value", "message", "suggestion")
WAITING: Final = "unreviewed_texts"

_WORDS: Final[dict[str, dict[Language, str]]] = {
    "error": {"en": "ERRORS", "ru": "ОШИБКИ", "kk": "ҚАТЕЛЕР"},
    "warning": {"en": "WARNINGS", "ru": "ПРЕДУПРЕЖДЕНИЯ", "kk": "ЕСКЕРТУЛЕР"},
    "note": {"en": "NOTES", "ru": "ПРИМЕЧАНИЯ", "kk": "ЕСКЕРТПЕЛЕР"},
    "more": {
        "en": "… and {0} more (--format csv prints all)",
        "ru": "… и ещё {0} (все: --format csv)",
        "kk": "… және тағы {0} (бәрі: --format csv)",
    },
    "waiting": {
        "en": "Texts not yet read by a native speaker: {0}",
        "ru": "Тексты, ещё не прочитанные носителем языка: {0}",
        "kk": "Тіл иесі әлі оқымаған мәтіндер: {0}",
    },
}
_COUNTED: Final[dict[Severity, dict[Language, dict[str, str]]]] = {
    "error": {
        "en": {"one": "error", "many": "errors"},
        "ru": {"one": "ошибка", "few": "ошибки", "many": "ошибок"},
        "kk": {"many": "қате"},
    },
    "warning": {
        "en": {"one": "warning", "many": "warnings"},
        "ru": {"one": "предупреждение", "few": "предупреждения", "many": "предупреждений"},
        "kk": {"many": "ескерту"},
    },
    "note": {
        "en": {"one": "note", "many": "notes"},
        "ru": {"one": "примечание", "few": "примечания", "many": "примечаний"},
        "kk": {"many": "ескертпе"},
    },
}


def add(commands: Any) -> None:
    purpose = "check the definitions and country packs: codes, languages, units, ages, figures"
    command = commands.add_parser("check", help=purpose, description=purpose, epilog="Exit code: 0, or 1 with errors.")
    add_format(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    found = check()
    if arguments.format == "table":
        _print_report(found, arguments.language)
    else:
        print_rows([_as_row(finding, arguments.language) for finding in found], COLUMNS, arguments.format)
    return int(any(finding.severity == "error" for finding in found))


def _as_row(finding: Finding, language: Language) -> dict[str, object]:
    cells = {column: getattr(finding, column) for column in COLUMNS[:6]}
    return {**cells, "message": finding.message(language), "suggestion": finding.suggestion(language)}


def _print_report(found: Sequence[Finding], language: Language) -> None:
    for severity in SEVERITIES:
        of_severity = [f for f in found if f.severity == severity and f.rule != WAITING]
        if of_severity:
            print(f"{_WORDS[severity][language]}\n")
        for _, members in groupby(sorted(of_severity, key=lambda f: f.rule), key=lambda f: f.rule):
            _print_rule(list(members), severity, language)
    _print_waiting(found, language)
    print(_summary(found, language))


def _print_rule(members: Sequence[Finding], severity: Severity, language: Language) -> None:
    """Where a rule is broken, and once what to do about it."""
    shown = members[:NOTES_OF_ONE_RULE] if severity == "note" else members
    for finding in shown:
        _print_wrapped(_place(finding), "  ", "  ")
        _print_wrapped(finding.message(language), "      ", "      ")
    if len(members) > len(shown):
        rest = format_number(len(members) - len(shown), language)
        _print_wrapped(_WORDS["more"][language].format(rest), "  ", "  ")
    for advice in dict.fromkeys(finding.suggestion(language) for finding in shown):
        _print_wrapped(advice, "    → ", "      ")
    print()


def _place(finding: Finding) -> str:
    """`indicators.csv:12 unit`, as editors and compilers write it, so that a click opens the row."""
    row = "" if finding.row is None else f":{finding.row}"
    return f"{finding.file}{row} {finding.column}".rstrip()


def _print_wrapped(text: str, first: str, further: str) -> None:
    print(textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False))


def _print_waiting(found: Sequence[Finding], language: Language) -> None:
    """Texts that wait for a native reader, summed over all tables; csv and json have them table by table."""
    waiting: Counter[str] = Counter()
    for finding in found:
        if finding.rule == WAITING:
            waiting[finding.value] += int(finding.parameters["texts"])
    counts = [f"{code} {format_number(waiting[code], language)}" for code in LANGUAGES if waiting[code]]
    if counts:
        _print_wrapped(_WORDS["waiting"][language].format(", ".join(counts)), "", "  ")


def _summary(found: Sequence[Finding], language: Language) -> str:
    """`0 errors, 4 warnings, 81 notes`."""
    counts = Counter(finding.severity for finding in found)
    return ", ".join(
        f"{format_number(counts[severity], language)} {words[language][plural_form(counts[severity], language)]}"
        for severity, words in _COUNTED.items()
    )
