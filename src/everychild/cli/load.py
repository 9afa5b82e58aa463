"""`everychild load`: a file or repository of others becomes a release, with every defect listed."""

from __future__ import annotations

import argparse
import csv
import io
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild.cli.storage import add_data, data_folder
from everychild.cli.tables import add_format, print_rows
from everychild.exchange.loading import KINDS, Loaded, load
from everychild.findings.builders import BUILDERS
from everychild.releases.manifest import Manifest
from everychild.releases.reading import derive
from everychild.releases.storage import replace_file
from everychild.releases.store import Store, person
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import SEVERITIES, DataRefused, Finding, findings_of, ledger
from everychild.vocabulary.language import Language, format_number

WIDTH: Final = 100
EXAMPLES: Final = 3
CHUNK: Final = 10_000
LEDGER_COLUMNS: Final = ("severity", "rule", "file", "row", "column", "value", "message", "suggestion")
NOTHING_LOADED: Final = 2

WORDS: Final[dict[str, dict[Language, str]]] = {
    "loaded": {"en": "figures loaded", "ru": "Загружено значений", "kk": "Жүктелген мәндер"},
    "set_aside": {"en": "rows set aside", "ru": "Отложено строк", "kk": "Шетке қойылған жолдар"},
    "not_taken": {
        "en": "rows not taken (no indicator of the catalogue)",
        "ru": "Строк не взято (нет показателя в каталоге)",
        "kk": "Алынбаған жолдар (каталогта көрсеткіші жоқ)",
    },
    "error": {"en": "ERRORS: these rows were set aside", "ru": "ОШИБКИ: эти строки отложены",
              "kk": "ҚАТЕЛЕР: бұл жолдар шетке қойылды"},
    "warning": {"en": "WARNINGS: loaded, look at these", "ru": "ПРЕДУПРЕЖДЕНИЯ: загружено, проверьте",
                "kk": "НАЗАР АУДАРЫҢЫЗ: жүктелді, тексеріп шығыңыз"},
    "note": {"en": "NOTES", "ru": "ПРИМЕЧАНИЯ", "kk": "ЕСКЕРТПЕЛЕР"},
    "row": {"en": "row", "ru": "строка", "kk": "жол"},
    "column": {"en": "column", "ru": "столбец", "kk": "баған"},
    "more": {"en": "… and {0} more", "ru": "… и ещё {0}", "kk": "… және тағы {0}"},
    "all": {
        "en": "All findings: --format csv, or --ledger FILE.csv",
        "ru": "Все замечания: --format csv или --ledger FILE.csv",
        "kk": "Барлық ескертулер: --format csv немесе --ledger FILE.csv",
    },
    "release": {"en": "release", "ru": "Выпуск", "kk": "Шығарылым"},
    "published": {"en": "published", "ru": "опубликован", "kk": "жарияланды"},
    "stored": {"en": "stored, not published", "ru": "сохранён, не опубликован", "kk": "сақталды, жарияланбаған"},
    "nothing": {"en": "Nothing could be loaded", "ru": "Загрузить ничего не удалось", "kk": "Ештеңе жүктелмеді"},
    "ledger": {"en": "ledger", "ru": "Журнал замечаний", "kk": "Ескертулер журналы"},
    "rows": {"en": "rows read", "ru": "прочитано строк", "kk": "жол оқылды"},
}  # fmt: skip


class NotWritten(EverychildError):  # noqa: N818 - says what is the case
    """The ledger or the release could not be written; what was there before stands."""


def add(commands: Any) -> None:
    purpose = "load a tidy table or an Open SDG repository, list its defects, store it as a release"
    command = commands.add_parser("load", help=purpose, description=purpose)
    command.add_argument("path", metavar="PATH", type=Path, help="file or folder")
    command.add_argument("--as", dest="kind", choices=KINDS, required=True, help="what PATH is")
    command.add_argument("--country", metavar="CODE", default="KAZ", help="country pack to use (default: KAZ)")
    command.add_argument(
        "--ledger", metavar="FILE.csv", type=Path,
        help="write all findings there, and the rows set aside to FILE.set_aside.csv",
    )  # fmt: skip
    command.add_argument("--publish", action="store_true", help="show the release on the site at once")
    command.add_argument("--by", default=person(), help="who (default: the user of this process)")
    add_data(command)
    add_format(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    language: Language = arguments.language
    progress = _Progress(language)
    try:
        loaded = load(arguments.path, arguments.kind, arguments.country, progress)
    except DataRefused as refused:
        progress.end()
        table = ledger(refused.findings)
        _print_findings(table, arguments.format, language)
        with _written(arguments):
            _write_ledger(arguments.ledger, table, None, language)
        sys.stderr.write(f"everychild: {WORDS['nothing'][language]}: {arguments.path}\n")
        return NOTHING_LOADED
    progress.end()
    with _written(arguments):
        _write_ledger(arguments.ledger, loaded.ledger, loaded, language)
        manifest = _store(loaded, arguments)
    _print_findings(loaded.ledger, arguments.format, language)
    _print_summary(loaded, manifest, arguments, language)
    return 0


@contextmanager
def _written(arguments: argparse.Namespace) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise NotWritten(f"cannot write {problem.filename or data_folder(arguments)}: {problem.strerror}") from problem


def _store(loaded: Loaded, arguments: argparse.Namespace) -> Manifest:
    """Write the release, and publish it when asked; a kill before the last step leaves the old publication whole."""
    store = Store(data_folder(arguments))
    manifest = store.write(
        loaded.observations,
        loaded.ledger,
        dataset=loaded.dataset,
        country=arguments.country,
        title=loaded.title,
        producer=f"everychild load --as {arguments.kind}",
        sources=loaded.sources,
        inputs=loaded.inputs,
        by=arguments.by,
        set_aside=loaded.set_aside,
    )
    if arguments.publish:
        store.publish(manifest.release, arguments.by)
        derive(store, BUILDERS)
    return manifest


# ---------------------------------------------------------------------- ledger file


def _write_ledger(path: Path | None, table: pl.DataFrame, loaded: Loaded | None, language: Language) -> None:
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LEDGER_COLUMNS)
    writer.writerows([row[column] for column in LEDGER_COLUMNS] for row in _ledger_rows(table, language))
    replace_file(path, text.getvalue().encode())
    if loaded is not None:
        replace_file(path.with_suffix(".set_aside.csv"), loaded.set_aside.write_csv().encode())


def _ledger_rows(table: pl.DataFrame, language: Language) -> Iterable[dict[str, object]]:
    for f in (f for part in table.iter_slices(CHUNK) for f in findings_of(part)):
        yield {
            "severity": f.severity, "rule": f.rule, "file": f.file, "row": f.row, "column": f.column,
            "value": f.value, "message": f.message(language), "suggestion": f.suggestion(language),
        }  # fmt: skip


# ---------------------------------------------------------------------- printing


def _print_findings(table: pl.DataFrame, style: str, language: Language) -> None:
    if style != "table":
        print_rows(_ledger_rows(table, language), LEDGER_COLUMNS, style)
        return
    for severity in SEVERITIES:
        part = table.filter(severity=severity)
        if part.is_empty():
            continue
        print(f"{WORDS[severity][language]} ({format_number(part.height, language)})\n")
        for rule, count in part.group_by("rule").len().sort("len", "rule", descending=[True, False]).iter_rows():
            _print_group(rule, count, findings_of(part.filter(rule=rule).head(EXAMPLES)), language)


def _print_group(rule: str, count: int, examples: Sequence[Finding], language: Language) -> None:
    """How many times a rule was broken, the first examples, and what to do."""
    print(f"{format_number(count, language):>8}  {rule}")
    for f in examples:
        _print_wrapped(f"{_place(f, language)}: {f.message(language)}", "          ", "            ")
    if count > len(examples):
        print("          " + WORDS["more"][language].format(format_number(count - len(examples), language)))
    for text in dict.fromkeys(f.suggestion(language) for f in examples):
        _print_wrapped(text, "        → ", "          ")
    print()


def _place(f: Finding, language: Language) -> str:
    parts = [f.file]
    if f.row is not None:
        parts.append(f"{WORDS['row'][language]} {f.row}")
    if f.column:
        parts.append(f"{WORDS['column'][language]} {f.column}")
    return ", ".join(parts)


def _print_wrapped(text: str, first: str, further: str) -> None:
    print(textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False))


def _print_summary(loaded: Loaded, manifest: Manifest, arguments: argparse.Namespace, language: Language) -> None:
    """Counts and the name of the release; on standard error when standard output is a table for a program."""
    out = sys.stdout if arguments.format == "table" else sys.stderr
    counts = [("loaded", loaded.observations.height), ("set_aside", loaded.set_aside.height)]
    if loaded.rows_not_taken:
        counts.append(("not_taken", loaded.rows_not_taken))
    for word, count in counts:
        out.write(f"{format_number(count, language):>8}  {WORDS[word][language]}\n")
    state = WORDS["published" if arguments.publish else "stored"][language]
    out.write(f"\n{WORDS['release'][language]}: {manifest.release} ({state})\n")
    if arguments.ledger:
        out.write(f"{WORDS['ledger'][language]}: {arguments.ledger}\n")
    elif loaded.ledger.height and arguments.format == "table":
        out.write(f"{WORDS['all'][language]}\n")


class _Progress:
    """Rows read so far, on standard error, at most five times a second and only before a person's eyes."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.shown = False
        self.last = 0.0

    def __call__(self, rows: int) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and now - self.last > 0.2:
            sys.stderr.write(f"\r{format_number(rows, self.language)} {WORDS['rows'][self.language]} ")
            sys.stderr.flush()
            self.shown, self.last = True, now

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\r\033[K")
