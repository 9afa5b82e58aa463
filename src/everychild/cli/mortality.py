"""`everychild mortality`: child mortality of a file of births, with errors, differences and the quality of the data."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from everychild.cli.demographic_tables import Table, explain, explain_refusal, invented, write_tables
from everychild.cli.progress import ProgressLine
from everychild.cli.tables import add_output, settle_format
from everychild.methods.mortality.screening import ROW_RULES
from everychild.methods.mortality.variance import LonelyPsu
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.demographic_rates import ChildMortality
    from everychild.microdata.layouts import Layout
    from everychild.microdata.reading import DataFile

WORDS: Final[dict[str, dict[Language, str]]] = {
    "title": {"en": "Child mortality, per 1,000", "ru": "Детская смертность, на 1000",
              "kk": "Бала өлімі, 1000-ға шаққанда"},
    "nmr": {"en": "Neonatal", "ru": "Неонатальная", "kk": "Неонаталдық"},
    "pnmr": {"en": "Post-neonatal", "ru": "Постнеонатальная", "kk": "Постнеонаталдық"},
    "imr": {"en": "Infant", "ru": "Младенческая", "kk": "Нәресте"},
    "cmr": {"en": "Child, 1-4", "ru": "Детская, 1–4", "kk": "Бала, 1–4"},
    "u5mr": {"en": "Under five", "ru": "До пяти лет", "kk": "Бес жасқа дейін"},
    "head": {"en": "Years|Group|Rate|SE|95 % interval|n", "ru": "Годы|Группа|Показатель|СО|95 %-й интервал|n",
             "kk": "Жылдар|Топ|Көрсеткіш|СҚ|95 % сенім аралығы|n"},
    "difference_head": {"en": "Years|Difference|Points|SE|95 % interval",
                        "ru": "Годы|Разность|Пункты|СО|95 %-й интервал",
                        "kk": "Жылдар|Айырма|Тармақ|СҚ|95 % сенім аралығы"},
    "differences": {"en": "Differences", "ru": "Разности", "kk": "Айырмалар"},
    "quality": {"en": "How far these births can be trusted", "ru": "Насколько этим данным можно доверять",
                "kk": "Бұл деректерге қаншалықты сенуге болады"},
    "years": {"en": "Births by calendar year (100: no displacement)",
              "ru": "Рождения по календарным годам (100: сдвига нет)",
              "kk": "Күнтізбелік жыл бойынша туулар (100: ығысу жоқ)"},
    "year_head": {"en": "Year|Births|Ratio|Complete dates, %", "ru": "Год|Рождения|Отношение|Полные даты, %",
                  "kk": "Жыл|Туулар|Қатынас|Толық күндер, %"},
    "measure_head": {"en": "Measure", "ru": "Показатель", "kk": "Өлшем"},
    "signs": {
        "en": "Years before the interview unless they are calendar years. n: exposed children, unweighted.\n"
              "(12): 250 to 499 exposed children; (*): fewer, hidden.",
        "ru": "Годы до интервью, если это не календарные годы. n: дети под наблюдением, без весов.\n"
              "(12): от 250 до 499 детей под наблюдением; (*): меньше, скрыто.",
        "kk": "Күнтізбелік жыл болмаса, сұхбатқа дейінгі жылдар. n: бақылаудағы балалар, салмақсыз.\n"
              "(12): бақылауда 250–499 бала; (*): одан аз, жасырылған.",
    },
    "jackknife": {
        "en": "Errors: jackknife JK1 over {0} clusters, strata ignored (as DHS and MICS publish).",
        "ru": "Ошибки: складной нож JK1 по {0} кластерам, без страт (как публикуют DHS и MICS).",
        "kk": "Қателер: {0} кластер бойынша JK1 джекнайфы, стратасыз (DHS пен MICS осылай жариялайды).",
    },
    "taylor": {
        "en": "Errors: Taylor linearisation, {0} clusters in {1} strata; lonely clusters: {2}.",
        "ru": "Ошибки: линеаризация Тейлора, {0} кластеров в {1} стратах; одиночные кластеры: {2}.",
        "kk": "Қателер: Тейлор сызықтандыруы, {1} стратада {0} кластер; жалғыз кластерлер: {2}.",
    },
    "jkn": {
        "en": "Errors: jackknife JKn, {0} clusters in {1} strata; lonely clusters: {2}.",
        "ru": "Ошибки: складной нож JKn, {0} кластеров в {1} стратах; одиночные кластеры: {2}.",
        "kk": "Қателер: JKn джекнайфы, {1} стратада {0} кластер; жалғыз кластерлер: {2}.",
    },
    "unstratified": {
        "en": "The file has no stratum variable: the errors take the sample as one stratum.",
        "ru": "В файле нет переменной страты: выборка принята за одну страту.",
        "kk": "Файлда страта айнымалысы жоқ: іріктеме бір страта ретінде алынды.",
    },
    "unseen": {
        "en": "Clusters without a birth are not counted; --women FILE adds them.",
        "ru": "Кластеры без рождений не учтены; --women ФАЙЛ добавит их.",
        "kk": "Тууы жоқ кластерлер есепке алынбады; --women ФАЙЛ оларды қосады.",
    },
}  # fmt: skip
EACH: Final = "0-4"


class NoSuchTable(EverychildError):  # noqa: N818 - says what is the case
    """Options that do not go together."""


def add(commands: Any) -> None:
    purpose = "compute child mortality with its sampling errors from a file of births"
    command = commands.add_parser(
        "mortality", help=purpose, description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example:\n  everychild mortality bh.sav --layout mics6 --period 0-4 --period 5-9 --by residence,HH7",
    )  # fmt: skip
    command.add_argument(
        "births", metavar="BIRTHS", type=Path, nargs="?",
        help="births, or women for the methods of women: .sav .zsav .dta .csv .parquet (default: as --survey says)",
    )  # fmt: skip
    command.add_argument(
        "--method", choices=("direct", "siblings", "indirect"), default="direct",
        help="direct: birth histories (default); siblings: adults; indirect: children ever born and dead",
    )  # fmt: skip
    command.add_argument("--family", choices=("north", "south", "east", "west"), default="west",
                         help="model life tables of the indirect method (default: west)")  # fmt: skip
    command.add_argument("--births", dest="children", metavar="FILE", type=Path,
                         help="births, for pregnancy-related mortality by siblings")  # fmt: skip
    add_common(command)
    command.add_argument(
        "--period", action="append", dest="periods", metavar="0-4|2010-2014", default=[],
        help="years before the interview, or calendar years; may be repeated (default: 0-4)",
    )  # fmt: skip
    command.add_argument("--table", choices=("rates", "differences", "quality"), default="rates",
                         help="which table --format csv and json write, or is printed (default: rates)")  # fmt: skip
    command.add_argument("--women", metavar="FILE", type=Path, help="file of women: clusters without a birth count too")
    for option, treatment in (("--leave-out", "leave_out"), ("--keep", "keep")):
        allowed = [rule for rule in ROW_RULES if treatment == "leave_out" or rule == "death_after_interview"]
        command.add_argument(
            option, action="append", default=[], metavar="RULE", choices=allowed, dest=treatment,
            help=f"{treatment.replace('_', ' ')} births that break a rule, instead of refusing",
        )  # fmt: skip
    add_release(command)
    command.set_defaults(run=run)


def add_release(command: argparse.ArgumentParser) -> None:
    """The survey that an estimate belongs to, and the way to a release."""
    command.add_argument("--release", action="store_true", help="store the rates as a release (needs --survey)")
    command.add_argument("--publish", action="store_true", help="store and show them on the site (needs --survey)")
    command.add_argument("--survey", metavar="SURVEY.yaml", type=Path,
                         help="description of the survey: its files, regions, country, year and source")  # fmt: skip
    command.add_argument("--data", metavar="DIR", type=Path, help="folder of its files (default: beside it)")
    command.add_argument("--by-whom", dest="by_whom", metavar="NAME", help="who (default: the user of this process)")
    command.add_argument(
        "--store", dest="store", metavar="DIR", help="folder of releases (default: $EVERYCHILD_DATA, else ./data)"
    )


def add_common(command: argparse.ArgumentParser) -> None:
    """What all demographic commands on survey files have."""
    command.add_argument("--layout", metavar="mics6|dhs|MAP.yaml",
                         help="what the columns are called (default: as the survey says, else mics6)")  # fmt: skip
    command.add_argument(
        "--by", metavar="COLUMN,…", default="",
        help="breakdowns: residence, wealth_quintile …, or any column; crossed: residence:sex_child",
    )  # fmt: skip
    command.add_argument("--errors", choices=("jackknife", "taylor", "jkn"), default="jackknife",
                         help="jackknife: delete one cluster, as published (default); jkn: within strata")  # fmt: skip
    command.add_argument("--lonely", choices=get_args(LonelyPsu), default="adjust",
                         help="what a stratum with one cluster adds (taylor, jkn; default: adjust)")  # fmt: skip
    command.add_argument("--interval", choices=("published", "normal", "logit", "log-log"), default="published",
                         help="published: rate ± 2 SE (default)")  # fmt: skip
    add_output(command)
    command.add_argument("--hidden", action="store_true", help="show groups that are too small to be published")


def run(arguments: argparse.Namespace) -> int:
    if arguments.survey is None and (arguments.release or arguments.publish):
        raise NoSuchTable("a release needs the country, year and source of the survey: --survey SURVEY.yaml")
    settle_format(arguments)
    if arguments.method != "direct":
        from everychild.cli.women_tables import run_method

        return run_method(arguments)
    language: Language = arguments.language
    try:
        found = estimate(arguments)
    except DataRefused as refused:
        return explain_refusal(refused, language)
    explain(found.findings, language)
    write_tables(tables_of(found, arguments), [*invented(arguments), *foot(found, arguments)], arguments)
    if arguments.release or arguments.publish:
        from everychild.cli.demographic_tables import store

        store(found, arguments)
    return 0


def estimate(arguments: argparse.Namespace) -> ChildMortality:
    from everychild.estimation.demographic_rates import Options, child_mortality, read_period
    from everychild.microdata.birth_histories import read_births

    periods = [read_period(text) for text in arguments.periods or [EACH]]
    treatments: dict[str, Any] = dict.fromkeys(arguments.leave_out, "leave_out") | dict.fromkeys(arguments.keep, "keep")
    options = Options(arguments.errors, arguments.interval, arguments.lonely, treatments)
    by = [code.strip() for code in arguments.by.split(",") if code.strip()]
    source, layout = source_and_layout(arguments, "births", arguments.births)
    with ProgressLine() as line:
        births = read_births(source, layout, by, women=arguments.women, progress=line.step)
        line.step(WORDS["title"][arguments.language])
        return child_mortality(births, periods, options)


def source_and_layout(
    arguments: argparse.Namespace, part: str, named: Path | None = None
) -> tuple[Path | DataFile, Layout]:
    """The file and its layout: as named, or as the description of the survey says, with its breakdowns."""
    from everychild.microdata.layouts import read_layout, with_survey

    if arguments.survey is None:
        if named is None:
            raise NoSuchTable("name the file, or a survey that has it: --survey SURVEY.yaml")
        return named, read_layout(arguments.layout or "mics6")
    from everychild.microdata.description import read_description
    from everychild.microdata.region_checks import with_regions_asked
    from everychild.microdata.survey_files import SurveyFiles, described_file

    description = read_description(arguments.survey)
    layout = read_layout(arguments.layout or description.layout)
    file = layout.groups.get(part, part)
    source = described_file(SurveyFiles(description, arguments.data or description.path.parent), file, named)
    return source, with_survey(layout, with_regions_asked(description, file, source, arguments.by), part)


def tables_of(found: ChildMortality, arguments: argparse.Namespace) -> list[Table]:
    """The tables to print, or the one to write."""
    if arguments.table == "differences":
        return [_differences(found, arguments.language)]
    if arguments.table == "quality":
        return [_quality(found, arguments.language), _by_year(found, arguments.language)]
    tables = [_rates(found, arguments)]
    if arguments.format == "table":
        tables.append(_quality(found, arguments.language))
    return tables


def _rates(found: ChildMortality, arguments: argparse.Namespace) -> Table:
    language: Language = arguments.language
    titles = WORDS["head"][language].split("|")
    data = found.shown(hidden=arguments.hidden)
    rows = []
    for rate in dict.fromkeys(data["indicator"]):
        rows.append([WORDS[rate][language], "", "", "", "", ""])
        for row in data.filter(data["indicator"] == rate).iter_rows(named=True):
            group = found.group_name(row["breakdown"], row["group"], language)
            rows.append(["  " + _period(row["period"]), group, *_cells(row, language), _count(row["n"], language)])
    return Table("rates", WORDS["title"][language], titles, rows, data)


def _differences(found: ChildMortality, language: Language) -> Table:
    titles = WORDS["difference_head"][language].split("|")
    data = found.differences()
    rows = []
    for rate in dict.fromkeys(data["indicator"]):
        rows.append([WORDS[rate][language], "", "", "", ""])
        for row in data.filter(data["indicator"] == rate).iter_rows(named=True):
            rows.append(["  " + _period(row["period"]), _pair(found, row, language), *_cells(row, language)])
    return Table("differences", WORDS["differences"][language], titles, rows, data)


def _pair(found: ChildMortality, row: dict[str, Any], language: Language) -> str:
    from everychild.estimation.demographic_rates import MINUS

    return MINUS.join(found.group_name(row["breakdown"], part, language) for part in row["group"].split(MINUS))


def _quality(found: ChildMortality, language: Language) -> Table:
    from everychild.estimation.birth_quality import MEASURES, quality

    data = quality(found.births, found.estimates.periods)
    periods = [period.label for period in found.estimates.periods]
    rows = []
    for measure, (name, reading) in MEASURES.items():
        values = data.filter(data["measure"] == measure)["value"].to_list()
        rows.append([name[language], *("…" if v is None else format_number(v, language, 2) for v in values)])
        rows.append([f"  {reading[language]}", *[""] * len(periods)])
    return Table(
        "quality", WORDS["quality"][language], [WORDS["measure_head"][language], *map(_period, periods)], rows, data
    )


def _by_year(found: ChildMortality, language: Language) -> Table:
    from everychild.estimation.birth_quality import births_by_year

    data = births_by_year(found.births)
    rows = [
        [str(row["year"]), *("…" if row[c] is None else format_number(row[c], language, 0) for c in columns)]
        for columns in [("births", "ratio", "complete")]
        for row in data.iter_rows(named=True)
    ]
    return Table("years", WORDS["years"][language], WORDS["year_head"][language].split("|"), rows, data)


def _cells(row: dict[str, Any], language: Language) -> list[str]:
    """Value, error and interval: whole numbers would hide what an error tells, so one decimal."""
    if row["value"] is None:
        return ["(*)" if row["status"] == "Q" else "…", "", ""]
    value, error = (format_number(row[c], language, 1) if row[c] is not None else "…" for c in ("value", "se"))
    if row["lower"] is None:
        limits = "…"
    else:
        limits = " – ".join(format_number(row[end], language, 1) for end in ("lower", "upper"))
    return [f"({value})" if row["status"] == "U" else value, error, limits]


def _period(text: str) -> str:
    return text.replace("-", "–")


def _count(value: float, language: Language) -> str:
    return format_number(round(value), language)


def foot(found: ChildMortality, arguments: argparse.Namespace) -> Sequence[str]:
    language: Language = arguments.language
    design = found.births.clusters
    psus, strata = format_number(design.design.psu_count, language), format_number(len(design.stratum_names), language)
    lines = [WORDS["signs"][language], WORDS[arguments.errors][language].format(psus, strata, arguments.lonely)]
    if arguments.errors != "jackknife" and not design.stratified:
        lines.append(WORDS["unstratified"][language])
    if arguments.women is None:
        lines.append(WORDS["unseen"][language])
    return lines
