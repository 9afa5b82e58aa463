"""`everychild estimate`: from survey files to indicators with their errors, on the screen, in a file, or published."""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from everychild.cli.finding_lists import place, refusal, width
from everychild.cli.progress import ProgressLine
from everychild.cli.storage import add_data, data_folder
from everychild.cli.tables import FORMATS
from everychild.methods.sampling.intervals import METHODS
from everychild.methods.sampling.taylor import LonelyPsu
from everychild.microdata.located import finding
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.estimates import Estimates
    from everychild.estimation.survey import Engine

COLUMNS: Final = (
    "survey", "indicator", "breakdown", "group", "value", "se", "lower", "upper", "n", "deff", "cv", "df", "psus",
    "lonely", "unit", "status", "confidence", "recipe",
)  # fmt: skip
WORDS: Final[dict[str, dict[Language, str]]] = {
    "head": {"en": "Group|Value|95 % interval|n", "ru": "Группа|Значение|95 %-й интервал|n",
             "kk": "Топ|Мәні|95 % аралық|n"},
    "signs": {
        "en": "(12.3): 25 to 49 unweighted cases; (*): fewer than 25, hidden.",
        "ru": "(12,3): от 25 до 49 невзвешенных случаев; (*): менее 25, скрыто.",
        "kk": "(12,3): 25–49 салмақталмаған жағдай; (*): 25-тен аз, жасырылған.",
    },
    "signs_seen": {
        "en": "(12.3): 25 to 49 unweighted cases; 12.3*: fewer than 25, for your eyes only, never published.",
        "ru": "(12,3): от 25 до 49 невзвешенных случаев; 12,3*: менее 25, только для вас, не публикуется.",
        "kk": "(12,3): 25–49 салмақталмаған жағдай; 12,3*: 25-тен аз, тек сіз үшін, жарияланбайды.",
    },
    "no_error": {
        "en": "No interval: all cases lie in one cluster of each stratum, so the error cannot be told.",
        "ru": "Нет интервала: все случаи в одном кластере каждой страты, ошибку оценить нельзя.",
        "kk": "Аралық жоқ: жағдайлардың бәрі әр стратаның бір кластерінде, қатені бағалау мүмкін емес.",
    },
    "replicated": {
        "en": "Errors by replication, as asked; those of medians and of quotients of two rates by linearisation.",
        "ru": "Ошибки методом репликации, как указано; для медиан и отношений двух показателей – линеаризацией.",
        "kk": "Қателер сұралғандай репликация әдісімен; медиана мен екі көрсеткіш қатынасынікі – сызықтандырумен.",
    },
    "undivided": {
        "en": "Not divided by {0}, for want of its variable: {1}.",
        "ru": "Не разделено по {0}, нет переменной: {1}.",
        "kk": "{0} бойынша бөлінбеді, айнымалысы жоқ: {1}.",
    },
    "adjust": {"en": "measured from the mean of all strata", "ru": "отклонение от среднего всех страт",
               "kk": "барлық страта орташасынан ауытқу"},
    "average": {"en": "the mean variance of the others", "ru": "средняя дисперсия остальных",
                "kk": "басқаларының орташа дисперсиясы"},
    "certainty": {"en": "adds nothing", "ru": "ничего не добавляет", "kk": "ештеңе қоспайды"},
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
    "no_case": {
        "en": "Without a single case, and so without a figure: {0}.",
        "ru": "Ни одного случая, поэтому нет значения: {0}.",
        "kk": "Бірде-бір жағдай жоқ, сондықтан мәні жоқ: {0}.",
    },
    "as_asked": {
        "en": "Computed as asked: {0}.",
        "ru": "Рассчитано, как указано: {0}.",
        "kk": "Сұралғандай есептелді: {0}.",
    },
}  # fmt: skip
GROUP: Final = 34
"""Letters of a group's name that fit beside its numbers in a terminal of 80."""


def add(commands: Any) -> None:
    purpose = "compute indicators with their sampling errors from the files of a survey"
    command = commands.add_parser("estimate", help=purpose, description=purpose)
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
    try:
        return _run(arguments)
    except DataRefused as refused:
        return refusal(refused, arguments.language)


def _run(arguments: argparse.Namespace) -> int:
    paths = _surveys(arguments)
    if arguments.release or arguments.publish:
        for path in paths:
            _refuse_unreleasable(path)
    with _engine(arguments) as engine:
        found = [_estimate(path, arguments, engine) for path in paths]
    text = _text(found, arguments)
    if arguments.out is not None:
        _write(arguments.out, text)
        sys.stderr.write(f"{WORDS['written'][arguments.language]}: {arguments.out}\n")
    else:
        sys.stdout.write(text)
    if arguments.release or arguments.publish:
        for estimates in found:
            _store(estimates, arguments)
    return 0


def _write(path: Path, text: str) -> None:
    """In one step: a stop leaves the old file or the new one."""
    from everychild.releases.storage import replace_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except OSError as problem:
        path.with_name(f".{path.name}.new").unlink(missing_ok=True)
        told = problem.strerror or str(problem)
        raise DataRefused([finding("", "--out", path, "estimate_out_unwritable", problem=told)]) from problem


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

    survey = Survey.open(path, arguments.data, engine, arguments.recipes)
    options = Options(arguments.lonely, arguments.interval, arguments.clusters, arguments.errors)
    codes = _codes(arguments.indicators)
    if codes is None and arguments.recipes is not None:
        codes = list(survey.files.own_codes)
    try:
        with ProgressLine(len(survey.files.present)) as line:
            return survey.estimate(codes, _codes(arguments.by) or (), options, line.rows)
    except DataRefused:
        if arguments.every is not None:
            sys.stderr.write(f"{path}\n\n")
        raise


def _codes(text: str) -> list[str] | None:
    return [code.strip() for code in text.split(",") if code.strip()] or None


def _text(found: Sequence[Estimates], arguments: argparse.Namespace) -> str:
    import polars as pl

    out = io.StringIO()
    if arguments.format == "table":
        for estimates in found:
            _table(estimates, arguments, out)
        return out.getvalue()
    whole = pl.concat(
        e.shown(hidden=arguments.hidden).select(pl.lit(e.files.description.survey).alias("survey"), pl.all())
        for e in found
    ).select(COLUMNS)
    if arguments.format == "json":
        json.dump(whole.to_dicts(), out, ensure_ascii=False, indent=1)
        out.write("\n")
    else:
        whole.write_csv(out)
    return out.getvalue()


def _table(estimates: Estimates, arguments: argparse.Namespace, out: io.StringIO) -> None:
    from everychild.estimation.presentation import INVENTED, cells
    from everychild.vocabulary.code_lists import code_list

    language: Language = arguments.language
    shown = estimates.shown(hidden=arguments.hidden)
    description = estimates.files.description
    out.write(_filled(description.title[language], "", "") + "\n")
    if description.invented:
        out.write(f"{INVENTED[language]}\n")
    rows, names = [], {}
    for row in shown.filter(shown["n"] > 0).iter_rows(named=True):
        name, *rest = cells(estimates, row, language)
        names[row["indicator"]] = f"{name}, {code_list('unit')[row['unit']].name[language]}"
        rows.append((row["indicator"], rest))
    if rows:
        _blocks(rows, names, language, out)
    _foot(estimates, arguments, out)


def _blocks(rows: list[tuple[str, list[str]]], names: dict[str, str], language: Language, out: io.StringIO) -> None:
    """Every indicator under its own name: the longest names fill a line of a terminal by themselves."""
    titles = WORDS["head"][language].split("|")
    cells = [[shortened(rest[0], GROUP), *rest[1:]] for _, rest in rows]
    widths = [max(len(titles[i]), *(len(row[i]) for row in cells)) for i in range(len(titles))]
    lines = [[*titles], *cells]
    padded = [
        "  " + "  ".join([line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))])
        for line in lines
    ]
    out.write("\n" + padded[0].rstrip() + "\n  " + "  ".join("─" * w for w in widths) + "\n")
    last = ""
    for (indicator, _), line in zip(rows, padded[1:], strict=True):
        if indicator != last:
            out.write(("\n" if last else "") + _filled(names[indicator], "", "  ") + "\n")
            last = indicator
        out.write(line.rstrip() + "\n")


def shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _filled(text: str, first: str, further: str) -> str:
    return textwrap.fill(text, width(), initial_indent=first, subsequent_indent=further, break_on_hyphens=False)


def _foot(estimates: Estimates, arguments: argparse.Namespace, out: io.StringIO) -> None:
    language: Language = arguments.language
    told = estimates.rows.filter(estimates.rows["n"] > 0)
    notes = []
    if set(told["status"]) & {"Q", "U"}:
        notes.append(WORDS["signs_seen" if arguments.hidden else "signs"][language])
    lonely = int(estimates.rows["lonely"].max() or 0) if estimates.rows.height else 0  # type: ignore[arg-type]
    if lonely:
        notes.append(WORDS["lonely"][language].format(lonely, WORDS[estimates.options.lonely][language]))
    if told["se"].null_count() and not estimates.files.description.register:
        notes.append(WORDS["no_error"][language])
    if estimates.options.errors != "taylor":
        notes.append(WORDS["replicated"][language])
    if asked := estimates.options.as_asked:
        notes.append(WORDS["as_asked"][language].format(asked))
    empty = estimates.rows.filter((estimates.rows["breakdown"] == "total") & (estimates.rows["n"] == 0))["indicator"]
    if len(empty):
        notes.append(WORDS["no_case"][language].format(", ".join(empty)))
    undivided = [f for f in estimates.findings if f.rule == "estimate_breakdown_absent"]
    for code in dict.fromkeys(f.value for f in undivided):
        files = ", ".join(f.file for f in undivided if f.value == code)
        notes.append(WORDS["undivided"][language].format(code, files))
    notes += [f"! {place(f, language)}: {f.message(language)}" for f in estimates.findings if f not in undivided]
    if notes:
        out.write("\n" + "\n".join(_filled(note, "", "  ") for note in notes) + "\n")
    if estimates.not_computed:
        out.write(f"\n{WORDS['left'][language]} ({format_number(len(estimates.not_computed), language)})\n")
        for reason in _reasons(estimates, language):
            out.write(_filled(reason, "  ", "    ") + "\n")


def _reasons(estimates: Estimates, language: Language) -> list[str]:
    """One sentence for each reason, with all indicators that it holds for."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for each in estimates.not_computed:
        together.setdefault((each.rule, each.value, each.part), []).append(each.indicator)
    return [
        finding("", "", value, rule, indicator=", ".join(codes), part=part).message(language)
        for (rule, value, part), codes in together.items()
    ]


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
