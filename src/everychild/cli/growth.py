"""`everychild growth`: z-scores of children and how many are stunted, wasted, overweight, with their errors."""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from everychild.cli.demographic_tables import Table, announce, explain, invented, write_tables
from everychild.cli.mortality import add_release
from everychild.cli.progress import ProgressLine
from everychild.cli.storage import data_folder
from everychild.cli.tables import add_output, settle_format
from everychild.cli.unwritable import write_whole, written
from everychild.methods.sampling.taylor import LonelyPsu
from everychild.vocabulary.errors import EverychildError, WrongDefinition
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    import polars as pl

    from everychild.estimation.child_growth import ChildGrowth, Options, ScoredChildren
    from everychild.microdata.child_measurements import ChildFile
    from everychild.microdata.description import SurveyDescription
    from everychild.microdata.growth_layouts import GrowthLayout
    from everychild.microdata.reading import DataFile

LEAVE_OUT: Final = ("growth_sampling_weight_missing", "growth_psu_missing", "growth_unmeasured_many")
CHILDREN_FORMATS: Final = (".csv", ".parquet")
WORDS: Final[dict[str, dict[Language, str]]] = {
    "title": {"en": "Growth of children under five", "ru": "Рост и вес детей до пяти лет",
              "kk": "Бес жасқа дейінгі балалардың өсуі"},
    "head": {"en": "Group|Value|SE|95 % interval|n", "ru": "Группа|Значение|СО|95 %-й интервал|n",
             "kk": "Топ|Мәні|СҚ|95 % сенім аралығы|n"},
    "quality": {"en": "How well the children were measured", "ru": "Насколько хорошо измеряли детей",
                "kk": "Балалар қаншалықты дұрыс өлшенген"},
    "quality_head": {"en": "Measure|Value|Expected||n", "ru": "Показатель|Значение|Ожидается||n",
                     "kk": "Өлшем|Мәні|Күтілетіні||n"},
    "up_to": {"en": "up to {0}", "ru": "до {0}", "kk": "{0} дейін"},
    "rules": {
        "en": "{0}. Implausible z-scores left out: {1}. Prevalences in %.",
        "ru": "{0}. Неправдоподобные z-оценки исключены: {1}. Распространённость в %.",
        "kk": "{0}. Қисынсыз z-бағалар алынды: {1}. Таралуы %-бен.",
    },
    "who": {"en": "each index for itself (WHO)", "ru": "каждый индекс отдельно (ВОЗ)", "kk": "әр индекс бөлек (ДДҰ)"},
    "dhs": {"en": "all of the child's (DHS)", "ru": "все у ребёнка (DHS)", "kk": "баланың барлығы (DHS)"},
    "errors": {
        "en": "Errors: Taylor linearisation, {0} clusters in {1} strata; lonely clusters: {2}.",
        "ru": "Ошибки: линеаризация Тейлора, {0} кластеров в {1} стратах; одиночные кластеры: {2}.",
        "kk": "Қателер: Тейлор сызықтандыруы, {1} стратада {0} кластер; жалғыз кластерлер: {2}.",
    },
    "signs": {
        "en": "(12.3): 25 to 49 children; (*): fewer than 25, hidden.",
        "ru": "(12,3): от 25 до 49 детей; (*): менее 25, скрыто.",
        "kk": "(12,3): 25–49 бала; (*): 25-тен аз, жасырылған.",
    },
    "refused": {
        "en": "No rate is computed on these data. What is wrong:",
        "ru": "По этим данным показатели не рассчитаны. Что не так:",
        "kk": "Бұл деректер бойынша көрсеткіштер есептелмеді. Не дұрыс емес:",
    },
    "go_on": {
        "en": "To go on nevertheless: --leave-out {0}",
        "ru": "Чтобы всё же продолжить: --leave-out {0}",
        "kk": "Соған қарамастан жалғастыру үшін: --leave-out {0}",
    },
    "written": {"en": "written", "ru": "записано", "kk": "жазылды"},
    "private": {
        "en": "Data of single children: only the owner of the file can read it.",
        "ru": "Данные об отдельных детях: читать файл может только его владелец.",
        "kk": "Жеке балалар туралы дерек: файлды тек иесі оқи алады.",
    },
    "needs_survey": {
        "en": "a release needs the country, year and source of the survey: --survey SURVEY.yaml",
        "ru": "для выпуска нужны страна, год и источник обследования: --survey SURVEY.yaml",
        "kk": "шығарылымға зерттеудің елі, жылы және дереккөзі қажет: --survey SURVEY.yaml",
    },
    "needs_file": {
        "en": "name the file of children, or a survey that has it: --survey SURVEY.yaml",
        "ru": "назовите файл детей или обследование, в котором он есть: --survey SURVEY.yaml",
        "kk": "балалар файлын немесе ол бар зерттеуді атаңыз: --survey SURVEY.yaml",
    },
    "children_format": {
        "en": "{0}: z-scores of children are written to .csv or .parquet",
        "ru": "{0}: z-оценки детей записываются в .csv или .parquet",
        "kk": "{0}: балалардың z-бағалары .csv немесе .parquet файлына жазылады",
    },
    "scores": {"en": "z-scores", "ru": "z-оценки", "kk": "z-бағалар"},
}  # fmt: skip


class CannotDo(EverychildError):  # noqa: N818 - says what is the case
    """Options that do not go together."""


def add(commands: Any) -> None:
    purpose = "compute z-scores of children and stunting, wasting, overweight with their sampling errors"
    command = commands.add_parser(
        "growth", help=purpose, description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example:\n  everychild growth ch.sav --layout mics6 --by residence,age_group --children-out z.parquet",
    )  # fmt: skip
    command.add_argument("children", metavar="CHILDREN", type=Path, nargs="?",
                         help=".sav .zsav .dta .csv .parquet (default: as --survey says)")  # fmt: skip
    command.add_argument("--layout", metavar="mics6|dhs|smart|MAP.yaml",
                         help="what the columns are called (default: as the survey says, else mics6)")  # fmt: skip
    command.add_argument("--by", metavar="COLUMN,…", default="",
                         help="age_group, sex, residence … or any column; crossed: residence:sex")  # fmt: skip
    command.add_argument("--scores", choices=("computed", "file"), default="computed",
                         help="computed (default), or those of the file, as its report has them")  # fmt: skip
    command.add_argument("--flags", choices=("who", "dhs"),
                         help="who: each index for itself; dhs: all or none (default: as the layout)")  # fmt: skip
    command.add_argument("--standards", metavar="DIR", type=Path,
                         help="folder of WHO's own tables: weianthro.txt, hcanthro.txt (head) …")  # fmt: skip
    command.add_argument("--lonely", choices=get_args(LonelyPsu), default="adjust",
                         help="what a stratum with one cluster adds to the variance (default: adjust)")  # fmt: skip
    command.add_argument("--interval", choices=("logit", "linear"), default="logit",
                         help="interval of shares (default: logit, as WHO)")  # fmt: skip
    command.add_argument("--leave-out", action="append", default=[], metavar="RULE", choices=LEAVE_OUT,
                         dest="leave_out", help="go on without children that break a rule")  # fmt: skip
    command.add_argument("--children-out", dest="children_out", metavar="FILE", type=Path,
                         help="write the z-scores of every child to a .csv or .parquet file")  # fmt: skip
    command.add_argument("--table", choices=("prevalence", "quality"), default="prevalence",
                         help="which table is printed, or written as csv and json (default: prevalence)")  # fmt: skip
    add_output(command)
    command.add_argument("--hidden", action="store_true", help="show groups that are too small to be published")
    add_release(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    language: Language = arguments.language
    _check(arguments)
    settle_format(arguments)
    try:
        found = _estimate(arguments)
    except DataRefused as refused:
        return _refusal(refused, language)
    explain(found.findings, language)
    write_tables(_tables(found, arguments), [*invented(arguments), *_foot(found, arguments)], arguments)
    if arguments.children_out is not None:
        _write_children(found.scored, arguments)
    if arguments.release or arguments.publish:
        _store(found, arguments)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Everything that can be known before the file is read."""
    language: Language = arguments.language
    if arguments.survey is None and (arguments.release or arguments.publish):
        raise CannotDo(WORDS["needs_survey"][language])
    if arguments.survey is None and arguments.children is None:
        raise CannotDo(WORDS["needs_file"][language])
    out = arguments.children_out
    if out is not None and out.suffix.lower() not in CHILDREN_FORMATS:
        raise CannotDo(WORDS["children_format"][language].format(out))


def _estimate(arguments: argparse.Namespace) -> ChildGrowth:
    from everychild.estimation.child_growth import child_growth

    options = _options(arguments)
    with ProgressLine() as line:
        file = _read(arguments, line)
        label = WORDS["scores"][arguments.language]
        line.step(label)
        return child_growth(file, options, lambda rows: line.rows(label, rows), _empty_clusters(arguments, file))


def _options(arguments: argparse.Namespace) -> Options:
    from everychild.estimation.child_growth import Options
    from everychild.methods.anthropometry import folder_standards, package_standards

    standards = package_standards()
    if arguments.standards is not None:
        standards = folder_standards(arguments.standards).completed_by(standards)
    return Options(
        arguments.scores, arguments.flags, arguments.lonely, arguments.interval, tuple(arguments.leave_out), standards,
        "" if arguments.survey is None else _described(arguments).period,
    )  # fmt: skip


def _described(arguments: argparse.Namespace) -> SurveyDescription:
    from everychild.microdata.description import read_description

    return read_description(arguments.survey)


def _read(arguments: argparse.Namespace, line: ProgressLine) -> ChildFile:
    from everychild.microdata.child_measurements import read_children

    source, layout = _source(arguments)
    by = [code.strip() for code in arguments.by.split(",") if code.strip()]
    return read_children(
        source, layout, by, leave_out=arguments.leave_out, scores_only=arguments.scores == "file", progress=line.step
    )


def _source(arguments: argparse.Namespace) -> tuple[Path | DataFile, GrowthLayout]:
    """The file and its layout: as named, or as the description of the survey says, with its breakdowns."""
    from everychild.microdata.growth_layouts import read_growth_layout
    from everychild.microdata.layouts import with_survey

    if arguments.survey is None:
        return arguments.children, read_growth_layout(arguments.layout or "mics6")
    from everychild.microdata.region_checks import with_regions_asked
    from everychild.microdata.survey_files import SurveyFiles, described_file

    description = _described(arguments)
    layout = read_growth_layout(arguments.layout or description.layout)
    files = SurveyFiles(description, arguments.data or description.path.parent)
    source = described_file(files, layout.file, arguments.children)
    description = with_regions_asked(description, layout.file, source, arguments.by)
    return source, replace(layout, breakdowns=with_survey(layout.for_groups, description, "births").breakdowns)


def _empty_clusters(arguments: argparse.Namespace, file: ChildFile) -> pl.DataFrame | None:
    """Clusters of the described survey in which no child lives, where its file of households is there."""
    if arguments.survey is None:
        return None
    from everychild.microdata.child_clusters import clusters_without_children
    from everychild.microdata.survey_files import SurveyFiles

    description = _described(arguments)
    files = SurveyFiles(description, arguments.data or description.path.parent)
    name = description.household_file
    if description.psus != "survey" or name not in files.present or name == file.layout.file:
        return None
    design = description.design_of(name)
    households = replace(files.raw(name), frame=files.frame(name))
    return clusters_without_children(households, design.psu, design.stratum, file)


def _refusal(refused: DataRefused, language: Language) -> int:
    sys.stderr.write(f"{WORDS['refused'][language]}\n\n")
    explain(refused.findings, language)
    rules = dict.fromkeys(f.rule for f in refused.findings if f.parameters.get("treatment") == "refuse")
    if rules:
        sys.stderr.write(WORDS["go_on"][language].format(" --leave-out ".join(rules)) + "\n")
    return 2 if isinstance(refused, WrongDefinition) else 1


def _tables(found: ChildGrowth, arguments: argparse.Namespace) -> list[Table]:
    if arguments.table == "quality":
        return [_quality(found, arguments.language)]
    tables = [_prevalences(found, arguments)]
    if arguments.format == "table":
        tables.append(_quality(found, arguments.language))
    return tables


def _prevalences(found: ChildGrowth, arguments: argparse.Namespace) -> Table:
    from everychild.estimation.growth_indicators import growth_indicators

    language: Language = arguments.language
    names = {each.code: each.name(language) for each in growth_indicators()}
    data = found.shown(hidden=arguments.hidden)
    rows: list[list[str]] = []
    for code in dict.fromkeys(data["indicator"]):
        rows.append([names[code], "", "", "", ""])
        for row in data.filter((data["indicator"] == code) & (data["n"] > 0)).iter_rows(named=True):
            group = found.group_name(row["breakdown"], row["group"], language)
            rows.append(["  " + group, *_cells(row, language), format_number(row["n"], language)])
    return Table("prevalence", WORDS["title"][language], WORDS["head"][language].split("|"), rows, data)


def _cells(row: dict[str, Any], language: Language) -> list[str]:
    decimals = 1 if row["unit"] == "percent" else 2
    if row["value"] is None:
        return ["(*)" if row["status"] == "Q" else "…", "", ""]
    value = format_number(row["value"], language, decimals)
    error = "…" if row["se"] is None else format_number(row["se"], language, decimals + (decimals == 1))
    limits = "…"
    if row["lower"] is not None:
        limits = " – ".join(format_number(row[end], language, decimals) for end in ("lower", "upper"))
    return [f"({value})" if row["status"] == "U" else value, error, limits]


def _quality(found: ChildGrowth, language: Language) -> Table:
    from everychild.estimation.growth_quality import measure_name, quality

    data = quality(found)
    rows = []
    for row in data.iter_rows(named=True):
        decimals = 1 if row["unit"] == "percent" else 2 if row["value"] < 10 else 0
        value = format_number(row["value"], language, decimals)
        expected = _expected(row["low"], row["high"], language)
        mark = "!" if row["flag"] else ""
        rows.append([measure_name(row["measure"], language), value, expected, mark, format_number(row["n"], language)])
    return Table("quality", WORDS["quality"][language], WORDS["quality_head"][language].split("|"), rows, data)


def _expected(low: float | None, high: float | None, language: Language) -> str:
    def shown(limit: float) -> str:
        return format_number(limit, language, 0 if limit >= 10 else 2 if limit < 1 else 1)

    if high is None:
        return ""
    return WORDS["up_to"][language].format(shown(high)) if low is None else f"{shown(low)} – {shown(high)}"


def _foot(found: ChildGrowth, arguments: argparse.Namespace) -> list[str]:
    language: Language = arguments.language
    lines = [WORDS["rules"][language].format(found.scored.source, WORDS[found.scored.rule][language])]
    if arguments.table == "prevalence":
        clusters, strata = (format_number(count, language) for count in (found.psus, found.strata))
        lines.append(WORDS["errors"][language].format(clusters, strata, found.options.lonely))
        if set(found.rows.filter(found.rows["n"] > 0)["status"]) & {"U", "Q"}:
            lines.append(WORDS["signs"][language])
    return lines


def _write_children(scored: ScoredChildren, arguments: argparse.Namespace) -> None:
    """z-scores of single children are private: the file is put in its place whole, for its owner alone."""
    table, path = scored.table(), arguments.children_out
    content = io.BytesIO()
    if path.suffix.lower() == ".csv":
        table.write_csv(content)
    else:
        table.write_parquet(content)
    write_whole(path, content.getvalue(), "--children-out", mode=0o600)
    language: Language = arguments.language
    sys.stderr.write(f"{WORDS['written'][language]}: {path}\n{WORDS['private'][language]}\n")


def _store(found: ChildGrowth, arguments: argparse.Namespace) -> None:
    from everychild.estimation.growth_release import release

    folder = data_folder(argparse.Namespace(data=arguments.store))
    survey = _described(arguments)
    with written(folder, "--store"):
        manifest = release(found, survey, folder, arguments.by_whom, publish=arguments.publish)
    announce(manifest.release, folder, arguments)
