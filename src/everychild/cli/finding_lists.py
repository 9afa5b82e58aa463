"""Findings on a terminal: by severity and rule, the first examples, and what to do."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Final, TextIO

from everychild.vocabulary.errors import WrongDefinition
from everychild.vocabulary.findings import SEVERITIES, DataRefused, Finding
from everychild.vocabulary.language import Language, format_number

WIDEST: Final = 100
"""Longer lines tire the eye; a narrower terminal has shorter ones."""
EXAMPLES: Final = 3
FEW: Final = 6
"""So many findings of one rule are all shown; of more the first EXAMPLES."""
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


ROW: Final[dict[Language, str]] = {"en": "row", "ru": "строка", "kk": "жол"}
LINE: Final[dict[Language, str]] = {"en": "line", "ru": "строка", "kk": "жол"}
REFUSED: Final[dict[Language, str]] = {
    "en": "Nothing was computed or written.",
    "ru": "Ничего не рассчитано и не записано.",
    "kk": "Ештеңе есептелген де, жазылған да жоқ.",
}
OF_THE_QUESTION: Final = (
    "description_", "estimate_indicator", "estimate_breakdown", "estimate_no", "invented_like", "invented_households",
    "invented_seed",
)  # fmt: skip
"""Rules that a command or a description breaks, not the data; they end with 2 as wrong options do."""


def width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, WIDEST)


def print_findings(findings: Sequence[Finding], language: Language, out: TextIO | None = None) -> None:
    out = out or sys.stdout
    for severity in SEVERITIES:
        part = [f for f in findings if f.severity == severity]
        if not part:
            continue
        out.write(f"{TITLES[severity][language]} ({format_number(len(part), language)})\n\n")
        for rule in dict.fromkeys(f.rule for f in part):
            _print_rule([f for f in part if f.rule == rule], language, out)


def refusal(refused: DataRefused, language: Language) -> int:
    """Say on standard error why nothing was done. The code of the end: 1 for data, 2 for a wrong question."""
    print_findings(refused.findings, language, sys.stderr)
    sys.stderr.write(REFUSED[language] + "\n")
    return refusal_code(refused)


def refusal_code(refused: DataRefused) -> int:
    of_the_question = isinstance(refused, WrongDefinition) or all(
        f.rule.startswith(OF_THE_QUESTION) for f in refused.findings
    )
    return 2 if of_the_question else 1


def place(f: Finding, language: Language) -> str:
    """`ch.csv, chweight, row 7`; of a description its line."""
    parts = [f.file, f.column]
    if f.row is not None:
        word = LINE if f.file.endswith((".yaml", ".yml")) else ROW
        parts.append(f"{word[language]} {f.row}")
    return ", ".join(part for part in parts if part)


def _print_rule(findings: Sequence[Finding], language: Language, out: TextIO) -> None:
    shown = findings if len(findings) <= FEW else findings[:EXAMPLES]
    for f in shown:
        told = ": ".join(part for part in (place(f, language), f.message(language)) if part)
        piece = f.parameters.get("near", f.value)
        if len(told) + 2 > width() and piece and told.endswith(f": {piece}"):  # what is quoted, on a line of its own
            _wrapped(told.removesuffix(f" {piece}"), "  ", "      ", out)
            _wrapped(piece, "      ", "      ", out)
        else:
            _wrapped(told, "  ", "      ", out)
    if len(findings) > len(shown):
        out.write("  " + MORE[language].format(format_number(len(findings) - len(shown), language)) + "\n")
    for text in dict.fromkeys(f.suggestion(language) for f in shown):
        _wrapped(text, "    → ", "      ", out)
    out.write("\n")


def _wrapped(text: str, first: str, further: str, out: TextIO) -> None:
    filled = textwrap.fill(text, width(), initial_indent=first, subsequent_indent=further, break_on_hyphens=False)
    out.write(filled + "\n")
