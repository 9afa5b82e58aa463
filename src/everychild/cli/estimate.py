"""`everychild estimate`: from survey files to indicators with their errors, on the screen, in a file, or published."""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, get_args

from everychild.cli.finding_lists import WIDEST, print_findings, refusal, refusal_code, width
from everychild.cli.progress import ProgressLine
from everychild.cli.storage import add_data, data_folder
from everychild.cli.tables import add_output, settle_format
from everychild.cli.unwritable import write_whole, written
from everychild.methods.sampling.intervals import METHODS
from everychild.methods.sampling.taylor import LonelyPsu
from everychild.microdata.located import finding
from everychild.vocabulary.command_words import say
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language

if TYPE_CHECKING:
    from everychild.estimation.estimates import Estimates
    from everychild.estimation.survey import Engine

COLUMNS: Final = (
    "survey", "indicator", "breakdown", "group", "value", "se", "lower", "upper", "n", "deff", "cv", "df", "psus",
    "lonely", "unit", "status", "confidence", "recipe", "invented",
)  # fmt: skip
"""`invented`: whether the survey is of an invented country. A row is copied into other tables without its title."""
PUBLIC: Final = 0o644
PRIVATE: Final = 0o600
"""Of a file that holds cells too small to be published."""
NOT_ALL: Final = 3
"""The code of the end when the rest was computed and an indicator or a breakdown that was named has no figure."""
ENDS: Final = """\
ends with 0: all done; 1: the data forbid it; 2: the question is wrong (an option, a code, a description);
3: done, but for an indicator or a breakdown asked for by name that has no figure; 130: stopped. With --all the
surveys that can be computed are, and the code is that of the worst refusal."""


def add(commands: Any) -> None:
    purpose = "compute indicators with their sampling errors from the files of a survey"
    command = commands.add_parser(
        "estimate", help=purpose, description=purpose, epilog=ENDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("survey", metavar="SURVEY.yaml", type=Path, nargs="?", help="description of the survey")
    command.add_argument("--all", metavar="DIR", dest="every", type=Path, help="every description *.yaml below DIR")
    command.add_argument(
        "--data", metavar="DIR", type=Path, help="folder of the files (default: beside the description)"
    )
    command.add_argument("--indicators", metavar="CODE,…", default="", help="which indicators (default: all recipes)")
    command.add_argument(
        "--recipes", metavar="FILE.csv", type=Path, help="a table of your own recipes; alone, it says which indicators"
    )
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
    add_output(command)
    command.add_argument("--hidden", action="store_true", help="show cells that are too small to be published")
    command.add_argument("--release", action="store_true", help="store the estimates as a release")
    command.add_argument("--publish", action="store_true", help="store and show them on the site")
    command.add_argument("--by-whom", dest="by_whom", metavar="NAME", help="who (default: the user of this process)")
    command.add_argument(
        "--store", dest="store", metavar="DIR", help="folder of releases (default: $EVERYCHILD_DATA, else ./data)"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    settle_format(arguments)
    try:
        return _run(arguments)
    except DataRefused as refused:
        return refusal(refused, arguments.language)


def _run(arguments: argparse.Namespace) -> int:
    paths = _surveys(arguments)
    with _engine(arguments) as engine:
        found, code = _estimates(paths, arguments, engine)
    if not found:
        return code
    _show(found, arguments)
    if arguments.release or arguments.publish:
        code = max(code, _stored(found, arguments))
    in_vain = any(_in_vain(estimates, arguments) for estimates in found)
    undivided = any(_undivided(estimates, arguments) for estimates in found)
    return code or (NOT_ALL if in_vain or undivided else 0)


def _in_vain(estimates: Estimates, arguments: argparse.Namespace) -> bool:
    """Whether an indicator that was named was not computed, or has no case and so no figure."""
    if arguments.recipes is None and _codes(arguments.indicators) is None:
        return False
    named = _codes(arguments.indicators) or estimates.files.own_codes
    figures = estimates.rows.filter(estimates.rows["value"].is_finite())
    return bool(estimates.not_computed or set(named) - set(figures["indicator"]))


def _undivided(estimates: Estimates, arguments: argparse.Namespace) -> bool:
    """Whether a breakdown was asked for that no indicator has groups by."""
    from everychild.estimation.groups import requested

    asked = {table.code for table in requested(_codes(arguments.by) or (), estimates.files)}
    return bool(asked - set(estimates.rows["breakdown"])) and estimates.rows.height > 0


def _estimates(
    paths: Sequence[Path], arguments: argparse.Namespace, engine: Engine | None
) -> tuple[list[Estimates], int]:
    """The estimates of every survey that gave some. With --all a survey that is refused does not stop the others; the
    code of the worst refusal comes back."""
    found, code = [], 0
    for path in paths:
        try:
            found.append(_estimate(path, arguments, engine))
        except EverychildError as problem:
            if arguments.every is None:
                raise
            code = max(code, _passed_over(path, problem, arguments.language))
    return found, code


def _passed_over(path: Path, problem: EverychildError, language: Language) -> int:
    sys.stderr.write(say("estimate.passed_over", language, path) + "\n\n")
    if not isinstance(problem, DataRefused):
        sys.stderr.write(f"  {problem}\n\n")
        return 2
    print_findings(problem.findings, language, sys.stderr)
    return refusal_code(problem)


def _show(found: Sequence[Estimates], arguments: argparse.Namespace) -> None:
    """Print or write the rows. What stands under a table is said on standard error where no table is seen."""
    text = _text(found, arguments)
    if arguments.out is not None:
        write_whole(arguments.out, text.encode(), mode=PRIVATE if arguments.hidden else PUBLIC)
    else:
        sys.stdout.write(text)
    if arguments.format != "table" or arguments.out is not None:
        for estimates in found:
            _say_foot(estimates, arguments)
    if arguments.out is not None:
        sys.stderr.write(f"{say('estimate.written', arguments.language)}: {arguments.out}\n")


def _refuse_unreleasable(path: Path) -> None:
    """Said before a long estimate, not after it."""
    from everychild.estimation.publication import SourceUnknown, UnknownCountry, source_records
    from everychild.microdata.description import read_description

    told = read_description(path)
    try:
        source_records(told)
    except SourceUnknown as problem:
        found = finding(path.name, "source", told.source, "estimate_no_source", country=told.country)
        raise DataRefused([found]) from problem
    except UnknownCountry as problem:
        raise DataRefused([finding(path.name, "country", told.country, "estimate_no_country")]) from problem


def _surveys(arguments: argparse.Namespace) -> list[Path]:
    if (arguments.survey is None) == (arguments.every is None):
        raise DataRefused([finding("", "SURVEY.yaml", "", "estimate_no_survey")])
    if arguments.survey is not None:
        return [arguments.survey]
    found = sorted(arguments.every.rglob("*.yaml"))
    if not found:
        raise DataRefused([finding("", "--all", arguments.every, "estimate_no_description")])
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

    if arguments.release or arguments.publish:
        _refuse_unreleasable(path)
    survey = Survey.open(path, arguments.data, engine, arguments.recipes)
    options = Options(arguments.lonely, arguments.interval, arguments.clusters, arguments.errors)
    codes = _codes(arguments.indicators)
    if codes is None and arguments.recipes is not None:
        codes = list(survey.files.own_codes)
    with ProgressLine(len(survey.files.present)) as line:
        found = survey.estimate(codes, _codes(arguments.by) or (), options, line.rows)
    if (arguments.release or arguments.publish) and not (found.rows["n"] > 0).any():
        _refuse_empty(path, found)
    return found


def _refuse_empty(path: Path, found: Estimates) -> NoReturn:
    """A release without a figure would be stored, and then refused by the site in words of its own."""
    from everychild.estimation.table_notes import reasons

    raise DataRefused([finding(path.name, "", "", "estimate_release_empty"), *reasons(found)])


def _codes(text: str) -> list[str] | None:
    return [code.strip() for code in text.split(",") if code.strip()] or None


def _text(found: Sequence[Estimates], arguments: argparse.Namespace) -> str:
    import polars as pl

    if arguments.format == "table":
        return "\n".join(_table(estimates, arguments) for estimates in found)
    whole = pl.concat(
        e.shown(hidden=arguments.hidden).select(
            pl.lit(e.files.description.survey).alias("survey"),
            pl.all(),
            pl.lit(e.files.description.invented).alias("invented"),
        )
        for e in found
    ).select(COLUMNS)
    out = io.StringIO()
    if arguments.format == "json":
        json.dump(whole.to_dicts(), out, ensure_ascii=False, indent=1)
        out.write("\n")
    else:
        whole.write_csv(out)
    return out.getvalue()


def _table(estimates: Estimates, arguments: argparse.Namespace) -> str:
    from everychild.estimation.table_text import table_text

    title = _title(estimates, arguments)
    return table_text(estimates, title, arguments.language, _columns(arguments), hidden=arguments.hidden)


def _title(estimates: Estimates, arguments: argparse.Namespace) -> str:
    """Of several surveys with the code and the path, because rounds often have one title."""
    from everychild.estimation.presentation import heading

    title = heading(estimates, arguments.language)
    if arguments.every is None:
        return title
    description = estimates.files.description
    return f"{description.survey}  {description.path}\n{title}"


def _columns(arguments: argparse.Namespace) -> int:
    """Letters of a line: of the terminal, whose rows may be long, or of a file, which must not depend on it."""
    return WIDEST if arguments.out is not None else shutil.get_terminal_size((80, 24)).columns


def _say_foot(estimates: Estimates, arguments: argparse.Namespace) -> None:
    from everychild.estimation.table_text import foot_text

    told = foot_text(estimates, arguments.language, width(), hidden=arguments.hidden)
    if told and arguments.every is not None:
        sys.stderr.write(f"{estimates.files.description.path}\n")
    sys.stderr.write(told)


def _stored(found: Sequence[Estimates], arguments: argparse.Namespace) -> int:
    """Store all, and give the code of the end. What was computed has been shown, so a refusal says another thing here
    than before it."""
    try:
        for estimates in found:
            _store(estimates, arguments)
    except DataRefused as refused:
        print_findings(refused.findings, arguments.language, sys.stderr)
        sys.stderr.write(textwrap.fill(say("estimate.not_stored", arguments.language), width()) + "\n")
        return refusal_code(refused)
    return 0


def _store(estimates: Estimates, arguments: argparse.Namespace) -> None:
    from everychild.estimation.publication import release

    folder = data_folder(argparse.Namespace(data=arguments.store))
    with written(folder, "--store"):
        manifest = release(estimates, folder, arguments.by_whom, publish=arguments.publish)
        if arguments.publish:
            from everychild.findings.builders import BUILDERS
            from everychild.releases.reading import derive
            from everychild.releases.store import Store

            derive(Store(folder), BUILDERS)
    language: Language = arguments.language
    state = say("estimate.published" if arguments.publish else "estimate.stored", language)
    sys.stderr.write(f"{say('estimate.release', language)}: {manifest.release} ({state})\n")


__all__ = ["add", "add_data", "run"]
