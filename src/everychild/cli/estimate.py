"""`everychild estimate`: from survey files to indicators with their errors, on the screen, in a file, or published."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from everychild.cli.progress import ProgressLine
from everychild.cli.storage import add_data, data_folder
from everychild.cli.tables import FORMATS, print_rows
from everychild.methods.sampling.intervals import METHODS
from everychild.methods.sampling.taylor import LonelyPsu
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.estimates import Estimates
    from everychild.estimation.survey import Engine

COLUMNS: Final = (
    "survey", "indicator", "breakdown", "group", "value", "se", "lower", "upper", "n", "deff", "cv", "df", "psus",
    "lonely", "unit", "status", "confidence", "recipe",
)  # fmt: skip
WORDS: Final[dict[str, dict[Language, str]]] = {
    "head": {"en": "Indicator|Group|Value|95 % interval|n", "ru": "Показатель|Группа|Значение|95 %-й интервал|n",
             "kk": "Көрсеткіш|Топ|Мәні|95 % аралық|n"},
    "signs": {
        "en": "(12.3): 25 to 49 unweighted cases; (*): fewer than 25, hidden.",
        "ru": "(12,3): от 25 до 49 невзвешенных случаев; (*): менее 25, скрыто.",
        "kk": "(12,3): 25–49 салмақталмаған жағдай; (*): 25-тен аз, жасырылған.",
    },
    "left": {"en": "Not computed", "ru": "Не рассчитано", "kk": "Есептелмеді"},
    "lonely": {
        "en": "Strata with a single cluster: {0}; rule: {1}.",
        "ru": "Страты с одним кластером: {0}; правило: {1}.",
        "kk": "Бір кластері бар страталар: {0}; ереже: {1}.",
    },
    "release": {"en": "release", "ru": "Выпуск", "kk": "Шығарылым"},
    "published": {"en": "published", "ru": "опубликован", "kk": "жарияланды"},
    "stored": {"en": "stored, not published", "ru": "сохранён, не опубликован", "kk": "сақталды, жарияланбаған"},
    "written": {"en": "written", "ru": "записано", "kk": "жазылды"},
    "invented": {"en": "INVENTED DATA: no real country or person",
                 "ru": "ВЫМЫШЛЕННЫЕ ДАННЫЕ: не о реальной стране и не о реальных людях",
                 "kk": "ОЙДАН ШЫҒАРЫЛҒАН ДЕРЕК: нақты ел де, нақты адам да емес"},
}  # fmt: skip


class NothingToEstimate(EverychildError):  # noqa: N818 - says what is the case
    """No survey was named, or none was found."""


def add(commands: Any) -> None:
    purpose = "compute indicators with their sampling errors from the files of a survey"
    command = commands.add_parser("estimate", help=purpose, description=purpose)
    command.add_argument("survey", metavar="SURVEY.yaml", type=Path, nargs="?", help="description of the survey")
    command.add_argument("--all", metavar="DIR", dest="every", type=Path, help="every description *.yaml below DIR")
    command.add_argument(
        "--data", metavar="DIR", type=Path, help="folder of the files (default: beside the description)"
    )
    command.add_argument("--indicators", metavar="CODE,…", default="", help="which indicators (default: all recipes)")
    command.add_argument("--by", metavar="BREAKDOWN,…", default="", help="breakdowns; crossed: residence:sex_child")
    command.add_argument("--errors", choices=("taylor", "jkn", "jk1", "replicates"), default="taylor",
                         help="how errors are taken; jkn and jk1 are jackknives (default: taylor)")  # fmt: skip
    command.add_argument("--lonely", choices=get_args(LonelyPsu), default="adjust",
                         help="what a stratum with one cluster adds to the variance (default: adjust)")  # fmt: skip
    command.add_argument(
        "--interval", choices=METHODS, help="one kind of interval for all (default: by kind of indicator)"
    )
    command.add_argument("--clusters", choices=("survey", "file"), help="whose clusters count (default: as described)")
    command.add_argument("--engine", choices=("polars", "spark"), default="polars",
                         help="what sums: in this process, or Apache Spark for files beyond one machine")  # fmt: skip
    command.add_argument("--master", default="local[*]", metavar="URL", help="Spark's master (default: local[*])")
    command.add_argument("--format", choices=FORMATS, default="table", help="how to print (default: table)")
    command.add_argument("--out", metavar="FILE", type=Path, help="write there instead of printing")
    command.add_argument("--hidden", action="store_true", help="show cells that are too small to be published")
    command.add_argument("--release", action="store_true", help="store the estimates as a release")
    command.add_argument("--publish", action="store_true", help="store and show them on the site")
    command.add_argument("--by-whom", dest="by_whom", metavar="NAME", help="who (default: the user of this process)")
    command.add_argument(
        "--store", dest="store", metavar="DIR", help="folder of releases (default: $EVERYCHILD_DATA, else ./data)"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    paths = _surveys(arguments)
    with _engine(arguments) as engine:
        found = [_estimate(path, arguments, engine) for path in paths]
    text = _text(found, arguments)
    if arguments.out is not None:
        from everychild.releases.storage import replace_file

        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        replace_file(arguments.out, text.encode())
        sys.stderr.write(f"{WORDS['written'][arguments.language]}: {arguments.out}\n")
    else:
        sys.stdout.write(text)
    if arguments.release or arguments.publish:
        for estimates in found:
            _store(estimates, arguments)
    return 0


def _surveys(arguments: argparse.Namespace) -> list[Path]:
    if (arguments.survey is None) == (arguments.every is None):
        raise NothingToEstimate("name one SURVEY.yaml, or a folder of surveys with --all DIR")
    if arguments.survey is not None:
        return [arguments.survey]
    found = sorted(arguments.every.rglob("*.yaml"))
    if not found:
        raise NothingToEstimate(f"there is no description of a survey (*.yaml) in {arguments.every}")
    return found


@contextmanager
def _engine(arguments: argparse.Namespace) -> Iterator[Engine | None]:
    """What sums; one Spark session for all surveys of a run."""
    if arguments.engine == "polars":
        yield None
        return
    from everychild.engines.spark_engine import SparkEngine, spark_session

    session = spark_session(arguments.master)
    try:
        with tempfile.TemporaryDirectory(prefix="everychild-") as workspace:
            yield SparkEngine(session, Path(workspace))
    finally:
        session.stop()


def _estimate(path: Path, arguments: argparse.Namespace, engine: Engine | None) -> Estimates:
    from everychild.estimation.survey import Options, Survey

    survey = Survey.open(path, arguments.data, engine)
    options = Options(arguments.lonely, arguments.interval, arguments.clusters, arguments.errors)
    with ProgressLine(len(survey.files.present)) as line:
        return survey.estimate(_codes(arguments.indicators), _codes(arguments.by) or (), options, line.rows)


def _codes(text: str) -> list[str] | None:
    return [code.strip() for code in text.split(",") if code.strip()] or None


def _text(found: Sequence[Estimates], arguments: argparse.Namespace) -> str:
    out = io.StringIO()
    if arguments.format == "table":
        for estimates in found:
            _table(estimates, arguments, out)
        return out.getvalue()
    rows = [
        {"survey": e.files.description.survey, **row}
        for e in found
        for row in e.shown(hidden=arguments.hidden).iter_rows(named=True)
    ]
    if arguments.format == "json":
        json.dump([{c: row[c] for c in COLUMNS} for row in rows], out, ensure_ascii=False, indent=1)
        out.write("\n")
    else:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([["" if row[c] is None else row[c] for c in COLUMNS] for row in rows])
    return out.getvalue()


def _table(estimates: Estimates, arguments: argparse.Namespace, out: io.StringIO) -> None:
    from everychild.estimation.presentation import cells

    language: Language = arguments.language
    titles = WORDS["head"][language].split("|")
    shown = estimates.shown(hidden=arguments.hidden)
    description = estimates.files.description
    out.write(f"{description.title[language]}\n")
    if description.invented:
        out.write(f"{WORDS['invented'][language]}\n")
    out.write("\n")
    rows, last = [], ""
    for row in shown.filter(shown["n"] > 0).iter_rows(named=True):
        name, *rest = cells(estimates, row, language)
        rows.append(dict(zip(titles, [name if row["indicator"] != last else "", *rest], strict=True)))
        last = row["indicator"]
    print_rows(rows, titles, "table", out)
    _foot(estimates, arguments, out)


def _foot(estimates: Estimates, arguments: argparse.Namespace, out: io.StringIO) -> None:
    language: Language = arguments.language
    statuses = set(estimates.rows["status"])
    if statuses & {"Q", "U"}:
        out.write(f"\n{WORDS['signs'][language]}\n")
    lonely = int(estimates.rows["lonely"].max() or 0) if estimates.rows.height else 0  # type: ignore[arg-type]
    if lonely:
        out.write(WORDS["lonely"][language].format(lonely, estimates.options.lonely) + "\n")
    if estimates.not_computed:
        count = format_number(len(estimates.not_computed), language)
        out.write(f"\n{WORDS['left'][language]} ({count})\n")
        for each in estimates.not_computed:
            out.write(f"  {each.indicator}: {each.reason}\n")


def _store(estimates: Estimates, arguments: argparse.Namespace) -> None:
    from everychild.estimation.publication import release

    manifest = release(
        estimates, data_folder(argparse.Namespace(data=arguments.store)), arguments.by_whom, publish=arguments.publish
    )
    if arguments.publish:
        from everychild.findings.builders import BUILDERS
        from everychild.releases.reading import derive
        from everychild.releases.store import Store

        derive(Store(data_folder(argparse.Namespace(data=arguments.store))), BUILDERS)
    language: Language = arguments.language
    state = WORDS["published" if arguments.publish else "stored"][language]
    sys.stderr.write(f"{WORDS['release'][language]}: {manifest.release} ({state})\n")


__all__ = ["add", "add_data", "run"]
