"""What the demographic commands share: tables for people and for programs, findings in words, the way to a release."""

from __future__ import annotations

import argparse
import io
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from everychild.cli.storage import data_folder
from everychild.cli.tables import print_rows
from everychild.cli.unwritable import write_whole, written
from everychild.vocabulary.command_words import say
from everychild.vocabulary.errors import WrongDefinition
from everychild.vocabulary.language import Language

if TYPE_CHECKING:
    import polars as pl

    from everychild.estimation.demographic_rates import ChildMortality
    from everychild.vocabulary.findings import DataRefused, Finding

WIDTH: Final = 79
LEAST: Final = 10
"""Characters that a column of texts keeps, however narrow the terminal."""
WORDS: Final[dict[str, dict[Language, str]]] = {
    "refused": {
        "en": "No rate is computed on these data. What is wrong:",
        "ru": "По этим данным показатель не рассчитан. Что не так:",
        "kk": "Бұл деректер бойынша көрсеткіш есептелмеді. Не дұрыс емес:",
    },
    "row": {"en": "row", "ru": "строка", "kk": "жол"},
    "line": {"en": "line", "ru": "строка", "kk": "жол"},
    "written": {"en": "written", "ru": "записано", "kk": "жазылды"},
    "release": {"en": "release", "ru": "Выпуск", "kk": "Шығарылым"},
    "published": {"en": "published", "ru": "опубликован", "kk": "жарияланды"},
    "stored": {"en": "stored, not published", "ru": "сохранён, не опубликован", "kk": "сақталды, жарияланбаған"},
    "leave_out": {
        "en": "To go on without these births: --leave-out {0}",
        "ru": "Чтобы продолжить без этих рождений: --leave-out {0}",
        "kk": "Бұл туулардан бөлек жалғастыру үшін: --leave-out {0}",
    },
}
DONE: Final[dict[str, dict[Language, str]]] = {
    "leave_out": {"en": "Left out.", "ru": "Не учтены.", "kk": "Есепке алынбады."},
    "keep": {"en": "Kept.", "ru": "Оставлены.", "kk": "Қалдырылды."},
}
"""What was done with rows that would refuse an estimate; the words of milder rules say it themselves."""
MARKS: Final = {"error": "!", "warning": "·", "note": "·"}


@dataclass(frozen=True)
class Table:
    """One table: as a person reads it (`titles`, `rows`), and as a program does (`data`)."""

    name: str
    title: str
    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    data: pl.DataFrame


def invented(arguments: argparse.Namespace) -> list[str]:
    """A line for figures of a survey that is invented; none for others."""
    return [say("estimate.invented", arguments.language)] if _is_invented(arguments) else []


def _is_invented(arguments: argparse.Namespace) -> bool | None:
    """None for files without a description, which alone says so."""
    from everychild.microdata.description import read_description

    path = getattr(arguments, "survey", None)
    return None if path is None else read_description(path).invented


def write_tables(tables: Sequence[Table], foot: Sequence[str], arguments: argparse.Namespace) -> None:
    """Print tables, or write them to `--out` in one step; csv and json hold the first one, unrounded, and say in every
    row whether it is of an invented survey."""
    text = _text(tables, foot, arguments.format, _is_invented(arguments))
    if arguments.out is None:
        sys.stdout.write(text)
        return
    write_whole(arguments.out, text.encode())
    sys.stderr.write(f"{WORDS['written'][arguments.language]}: {arguments.out}\n")


def _text(tables: Sequence[Table], foot: Sequence[str], style: str, is_invented: bool | None) -> str:
    out = io.StringIO()
    if style != "table":
        data = tables[0].data
        mark = {} if is_invented is None else {"invented": is_invented if style == "json" else f"{is_invented}".lower()}
        print_rows(({**row, **mark} for row in data.iter_rows(named=True)), [*data.columns, *mark], style, out)
        return out.getvalue()
    for number, table in enumerate(tables):
        out.write("\n" if number else "")
        out.write(f"{table.title}\n\n")
        aligned(table, out)
    for line in foot:
        out.write("\n" if line is foot[0] else "")
        for part in line.split("\n"):
            out.write(textwrap.fill(part, WIDTH, subsequent_indent="  ") + "\n")
    return out.getvalue()


def aligned(table: Table, out: io.StringIO) -> None:
    """Columns after the first two texts stand to the right; a heading row may run over the columns beside it."""
    spanning = [bool(row[0]) and not any(row[1:]) for row in table.rows]
    measured = [row for row, spans in zip(table.rows, spanning, strict=True) if not spans]
    widths = [max(map(len, column)) for column in zip(table.titles, *measured, strict=True)]
    right = [i > 0 and all(_numeric(row[i]) for row in measured) for i in range(len(widths))]
    _narrow(widths, right)
    lines = [table.titles, ["─" * width for width in widths], *table.rows]
    for line, spans in zip(lines, [False, False, *spanning], strict=True):
        if spans:
            out.write(textwrap.fill(line[0], WIDTH, subsequent_indent="  ", initial_indent=_indent(line[0])) + "\n")
            continue
        for part in _folded(line, widths):
            cells = [
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(part, widths, right, strict=True)
            ]
            out.write("  ".join(cells).rstrip() + "\n")


def _narrow(widths: list[int], right: Sequence[bool]) -> None:
    """Take from the widest column of texts what a terminal has no room for."""
    texts = [i for i, to_right in enumerate(right) if i > 0 and not to_right]
    while texts and sum(widths) + 2 * (len(widths) - 1) > WIDTH:
        widest = max(texts, key=lambda i: widths[i])
        if widths[widest] <= LEAST:
            return
        widths[widest] -= 1


def _folded(line: Sequence[str], widths: Sequence[int]) -> Iterator[list[str]]:
    """A row as one or more lines: texts too long for their column go on below, further in."""
    folded = [
        textwrap.wrap(cell, width, subsequent_indent=" ") if len(cell) > width else [cell]
        for cell, width in zip(line, widths, strict=True)
    ]
    for number in range(max(map(len, folded))):
        yield [parts[number] if number < len(parts) else "" for parts in folded]


def _indent(text: str) -> str:
    return " " * (len(text) - len(text.lstrip()))


def _numeric(cell: str) -> bool:
    return not cell or cell[0] in "0123456789(\N{MINUS SIGN}…" or cell == "…"


def explain(findings: Sequence[Finding], language: Language) -> None:
    """Findings on standard error, one of a kind after the other: where, what, and what to do."""
    for found in findings:
        where = [found.file, found.column]
        if found.row is not None:
            word = WORDS["line" if found.file.endswith((".yaml", ".yml")) else "row"][language]
            where.append(f"{word} {found.parameters.get('rows', found.row)}")
        place = ", ".join(part for part in where if part)
        done = DONE.get(found.parameters.get("treatment", "")) if found.severity == "error" else None
        told = f"{found.message(language)}. {done[language]}" if done else found.message(language)
        _say(f"{MARKS[found.severity]} {place}: {told}" if place else f"{MARKS[found.severity]} {told}", "", "  ")
        _say(f"→ {found.suggestion(language)}", "    ", "      ")
    if findings:
        sys.stderr.write("\n")


def _say(text: str, first: str, further: str) -> None:
    sys.stderr.write(
        textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False) + "\n"
    )


def explain_refusal(refused: DataRefused, language: Language) -> int:
    """Say why nothing was computed, and how to go on without the rows concerned where that can be done."""
    sys.stderr.write(f"{WORDS['refused'][language]}\n\n")
    explain(refused.findings, language)
    rules = [f.rule for f in refused.findings if f.parameters.get("treatment") == "refuse"]
    if rules:
        sys.stderr.write(WORDS["leave_out"][language].format(" --leave-out ".join(dict.fromkeys(rules))) + "\n")
    return 2 if isinstance(refused, WrongDefinition) else 1


def store(found: ChildMortality, arguments: argparse.Namespace) -> None:
    """Store rates as a release, show them when asked, and say its name."""
    from everychild.estimation.demographic_release import release
    from everychild.microdata.description import read_description

    folder = data_folder(argparse.Namespace(data=arguments.store))
    survey = read_description(arguments.survey)
    with written(folder, "--store"):
        manifest = release(found, survey, folder, arguments.by_whom, publish=arguments.publish)
    announce(manifest.release, folder, arguments)


def announce(release: str, folder: object, arguments: argparse.Namespace) -> None:
    from pathlib import Path

    if arguments.publish:
        from everychild.findings.builders import BUILDERS
        from everychild.releases.reading import derive
        from everychild.releases.store import Store

        with written(Path(str(folder)), "--store"):
            derive(Store(Path(str(folder))), BUILDERS)
    language: Language = arguments.language
    state = WORDS["published" if arguments.publish else "stored"][language]
    sys.stderr.write(f"{WORDS['release'][language]}: {release} ({state})\n")
