"""`everychild rates`: rates from registered deaths and births, with exact intervals, pooled years and comparisons."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from everychild.cli.demographic_tables import Table, announce, explain, explain_refusal, write_tables
from everychild.cli.storage import data_folder
from everychild.cli.tables import add_output, settle_format
from everychild.cli.unwritable import written
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.registration_rates import RegistrationTable

WORDS: Final[dict[str, dict[Language, str]]] = {
    "title": {"en": "Rates from civil registration", "ru": "Показатели по данным регистрации",
              "kk": "Тіркеу деректері бойынша көрсеткіштер"},
    "head": {"en": "Years|Area|Deaths|Births|Rate|95 % exact|One death",
             "ru": "Годы|Территория|Смерти|Рождения|Показатель|95 % точный|Одна смерть",
             "kk": "Жылдар|Аумақ|Өлім|Туу|Көрсеткіш|95 % дәл|Бір өлім"},
    "ratio_title": {"en": "Ratios of rates", "ru": "Отношения показателей", "kk": "Көрсеткіштер қатынасы"},
    "ratio_head": {"en": "Years|Area|Against|Ratio|95 % exact|p", "ru": "Годы|Территория|С чем|Отношение|95 % точный|p",
                   "kk": "Жылдар|Аумақ|Немен|Қатынас|95 % дәл|p"},
    "indicator": {"en": "Or say what all deaths are: --indicator imr",
                  "ru": "Или укажите, что это за смерти: --indicator imr",
                  "kk": "Немесе бұл қандай өлім екенін көрсетіңіз: --indicator imr"},
    "rest": {"en": "rest of {0}", "ru": "остальные: {0}", "kk": "қалғаны: {0}"},
    "signs": {
        "en": "(12.3): fewer than 20 deaths; the true rate may lie anywhere in the interval. One death: what one more "
              "would add. The interval holds what chance alone does to the count; deaths that were not registered are "
              "in no interval.",
        "ru": "(12,3): менее 20 смертей; истинное значение может быть где угодно в интервале. Одна смерть: на сколько "
              "изменит показатель ещё одна. Интервал учитывает только случайность числа; незарегистрированные смерти "
              "он не учитывает.",
        "kk": "(12,3): 20-дан аз өлім; шын мәні аралықтың кез келген жерінде болуы мүмкін. Бір өлім: тағы біреуі "
              "көрсеткішті қаншаға өзгертеді. Аралық тек санның кездейсоқтығын ескереді; тіркелмеген өлімді "
              "ескермейді.",
    },
    "pool": {"en": "Years to pool for 20 deaths: {0}.", "ru": "Сколько лет объединить для 20 смертей: {0}.",
             "kk": "20 өлім болуы үшін қанша жылды біріктіру керек: {0}."},
    "break": {"en": "| {0}: {1}; figures before it are no part of one series.",
              "ru": "| {0}: {1}; прежние значения – не тот же ряд.",
              "kk": "| {0}: {1}; бұрынғы мәндер бір қатарға жатпайды."},
    "break_given": {"en": "new definition", "ru": "новое определение", "kk": "жаңа анықтама"},
    "across": {"en": "‡ across a change of definition: no trend.", "ru": "‡ через смену определения: это не тренд.",
               "kk": "‡ анықтама өзгерген: бұл үрдіс емес."},
    "p": {"en": "p: how often chance alone would part two equal risks so far. Ratio 1 inside the interval: no "
                "difference can be told.",
          "ru": "p: как часто случайность так разводит два равных риска. Если 1 внутри интервала, различие не "
                "доказано.",
          "kk": "p: кездейсоқтықтың екі тең тәуекелді осынша алшақтату жиілігі. 1 аралық ішінде болса, айырма "
                "дәлелденбеген."},
}  # fmt: skip
MOST_AREAS: Final = 6


class SourceNeeded(EverychildError):  # noqa: N818 - says what is the case
    """A release without a source."""


def add(commands: Any) -> None:
    purpose = "compute rates from registered deaths and births, by area, year and sex"
    command = commands.add_parser(
        "rates", help=purpose, description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="FILE has the columns area, year, deaths, births, and if needed sex and indicator.\n\n"
               "example:\n  everychild rates maternal.csv --indicator mmr --pool 3 --table differences",
    )  # fmt: skip
    command.add_argument("file", metavar="FILE", type=Path, help="table of counts: .csv or .xlsx")
    command.add_argument("--indicator", metavar="CODE", default="", help="what the deaths are: imr, u5mr, nmr, mmr …")
    command.add_argument("--country", metavar="CODE", default="KAZ", help="whose breaks and total hold (default: KAZ)")
    command.add_argument("--pool", metavar="YEARS", type=int, default=1, help="years put together (default: 1)")
    command.add_argument("--break", dest="breaks", metavar="YEAR", type=int, action="append",
                         help="year of a new definition, instead of the known ones; may be repeated")  # fmt: skip
    command.add_argument("--table", choices=("rates", "differences"), default="rates",
                         help="differences: against the country and the years before (default: rates)")  # fmt: skip
    add_output(command)
    command.add_argument("--source", metavar="CODE", help="source of the counts, for a release")
    command.add_argument("--release", action="store_true", help="store the rates as a release (needs --source)")
    command.add_argument("--publish", action="store_true", help="store and show them on the site (needs --source)")
    command.add_argument("--by-whom", dest="by_whom", metavar="NAME", help="who (default: the user of this process)")
    command.add_argument(
        "--store", dest="store", metavar="DIR", help="folder of releases (default: $EVERYCHILD_DATA, else ./data)"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from everychild.estimation.registration_rates import rates_of_counts, release
    from everychild.exchange.registration_counts import read_counts

    if (arguments.release or arguments.publish) and not arguments.source:
        raise SourceNeeded("a release needs the source of its counts: --source CODE, a code of the country's sources")
    if arguments.pool < 1:
        raise SourceNeeded("--pool takes a number of years from 1")
    settle_format(arguments)
    language: Language = arguments.language
    try:
        read = read_counts(arguments.file, arguments.indicator)
    except DataRefused as refused:
        code = explain_refusal(refused, language)
        if any((f.rule, f.column) == ("missing_column", "indicator") for f in refused.findings):
            sys.stderr.write(f"{WORDS['indicator'][language]}\n")
        return code
    found = rates_of_counts(
        read.counts, arguments.country, pool=arguments.pool, breaks=arguments.breaks, file=arguments.file.name
    )
    explain((*read.findings, *found.findings), language)
    differences = arguments.table == "differences"
    table = _ratios(found, language) if differences else _rates(found, language)
    write_tables([table], _ratio_foot(found, language) if differences else _foot(found, language), arguments)
    if arguments.release or arguments.publish:
        folder = data_folder(argparse.Namespace(data=arguments.store))
        with written(folder, "--store"):
            manifest = release(
                found, arguments.file, read.findings, arguments.source, folder, arguments.by_whom,
                publish=arguments.publish,
            )  # fmt: skip
        announce(manifest.release, folder, arguments)
    return 0


def _rates(found: RegistrationTable, language: Language) -> Table:
    from everychild.catalogue.catalogue import catalogue

    rows = []
    for code in dict.fromkeys(found.rows["indicator"]):
        known = catalogue().indicators[code]
        rows.append([f"{known.name[language]}, {_unit(known.unit, language)}", *[""] * 6])
        part = found.rows.filter(found.rows["indicator"] == code)
        for row in part.sort("area", "sex", "period", maintain_order=True).iter_rows(named=True):
            mark = "| " if row["break"] else "  "
            rows.append(
                [mark + _period(row["period"]), _area(row, language), format_number(row["deaths"], language),
                 format_number(row["n"], language), *_cells(row, language)]
            )  # fmt: skip
    return Table("rates", WORDS["title"][language], WORDS["head"][language].split("|"), rows, found.rows)


def _cells(row: dict[str, Any], language: Language) -> list[str]:
    value = format_number(row["value"], language, 1)
    limits = " – ".join(format_number(row[end], language, 1) for end in ("lower", "upper"))
    few = row["years_for_20"] is not None or not row["deaths"]
    return [f"({value})" if few else value, limits, format_number(row["one_death"], language, 1)]


def _ratios(found: RegistrationTable, language: Language) -> Table:
    from everychild.catalogue.catalogue import catalogue

    data = found.differences()
    rows = []
    for code in dict.fromkeys(data["indicator"]):
        rows.append([catalogue().indicators[code].name[language], *[""] * 5])
        for row in data.filter(data["indicator"] == code).iter_rows(named=True):
            other = _period(row["with"])
            if row["compared"] == "area":
                other = WORDS["rest"][language].format(_name(row["with"], language))
            mark = " ‡" if row["across_break"] else ""
            rows.append(
                ["  " + _period(row["period"]), _area(row, language), other, _ratio(row["value"], language) + mark,
                 f"{_ratio(row['lower'], language)} – {_ratio(row['upper'], language)}", _p(row["p"], language)]
            )  # fmt: skip
    return Table("differences", WORDS["ratio_title"][language], WORDS["ratio_head"][language].split("|"), rows, data)


def _ratio(value: float | None, language: Language) -> str:
    return "∞" if value is None else format_number(value, language, 2)


def _p(value: float | None, language: Language) -> str:
    if value is None:
        return "…"
    return "< " + format_number(0.001, language, 3) if value < 0.001 else format_number(value, language, 3)


def _period(text: str) -> str:
    return text.replace("/", "–")


def _area(row: dict[str, Any], language: Language) -> str:
    from everychild.vocabulary.code_lists import code_list

    name = _name(row["area"], language)
    return name if row["sex"] == "_T" else f"{name}, {code_list('sex').label(row['sex'], language)}"


def _name(code: str, language: Language) -> str:
    from everychild.vocabulary.areas import gazetteer

    return gazetteer()[code].name[language]


def _unit(code: str, language: Language) -> str:
    from everychild.vocabulary.code_lists import code_list

    return code_list("unit").label(code, language)


def _foot(found: RegistrationTable, language: Language) -> Sequence[str]:
    lines = [WORDS["signs"][language]]
    needed = found.years_needed()
    if needed:
        told = [f"{_name(area, language)} {years}" for area, years in list(needed.items())[:MOST_AREAS]]
        lines.append(WORDS["pool"][language].format(", ".join(told) + (" …" if len(needed) > MOST_AREAS else "")))
    return [*lines, *_breaks(found, language)]


def _breaks(found: RegistrationTable, language: Language) -> list[str]:
    from everychild.catalogue.registration_breaks import breaks_of

    lines = []
    for code, years in found.breaks.items():
        shown = set(found.rows.filter(found.rows["indicator"] == code)["break"].drop_nulls())
        names = {b.year: b.name[language] for b in breaks_of(found.country, code)}
        for year in sorted(shown & set(years)):
            name = names.get(year, WORDS["break_given"][language])
            lines.append(WORDS["break"][language].format(year, name))
    return list(dict.fromkeys(lines))


def _ratio_foot(found: RegistrationTable, language: Language) -> Sequence[str]:
    across = found.differences()["across_break"].any()
    return [WORDS["p"][language], *([WORDS["across"][language]] if across else [])]
