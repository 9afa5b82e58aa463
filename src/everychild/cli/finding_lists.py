"""Findings on a terminal: by severity and rule, the first examples, and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from everychild.vocabulary.findings import SEVERITIES, Finding
from everychild.vocabulary.language import Language, format_number

WIDTH: Final = 100
EXAMPLES: Final = 3
COLUMNS: Final = ("severity", "rule", "file", "row", "column", "value", "message", "suggestion")
TITLES: Final[dict[str, dict[Language, str]]] = {
    "error": {"en": "ERRORS", "ru": "ОШИБКИ", "kk": "ҚАТЕЛЕР"},
    "warning": {"en": "WARNINGS", "ru": "ПРЕДУПРЕЖДЕНИЯ", "kk": "НАЗАР АУДАРЫҢЫЗ"},
    "note": {"en": "NOTES", "ru": "ПРИМЕЧАНИЯ", "kk": "ЕСКЕРТПЕЛЕР"},
}
MORE: Final[dict[Language, str]] = {
    "en": "… and {0} more (--format csv prints all)",
    "ru": "… и ещё {0} (--format csv печатает все)",
    "kk": "… және тағы {0} (--format csv барлығын басады)",
}


def finding_row(f: Finding, language: Language) -> dict[str, object]:
    return {
        "severity": f.severity, "rule": f.rule, "file": f.file, "row": f.row, "column": f.column, "value": f.value,
        "message": f.message(language), "suggestion": f.suggestion(language),
    }  # fmt: skip


def print_findings(findings: Sequence[Finding], language: Language) -> None:
    for severity in SEVERITIES:
        part = [f for f in findings if f.severity == severity]
        if not part:
            continue
        print(f"{TITLES[severity][language]} ({format_number(len(part), language)})\n")
        for rule in dict.fromkeys(f.rule for f in part):
            _print_rule([f for f in part if f.rule == rule], language)


def _print_rule(findings: Sequence[Finding], language: Language) -> None:
    for f in findings[:EXAMPLES]:
        place = ", ".join(part for part in (f.file, f.column) if part)
        _wrapped(f"{place}: {f.message(language)}", "  ", "      ")
    if len(findings) > EXAMPLES:
        print("  " + MORE[language].format(format_number(len(findings) - EXAMPLES, language)))
    for text in dict.fromkeys(f.suggestion(language) for f in findings[:EXAMPLES]):
        _wrapped(text, "    → ", "      ")
    print()


def _wrapped(text: str, first: str, further: str) -> None:
    print(textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False))
