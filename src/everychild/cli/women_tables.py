"""Tables of what women's interviews tell: fertility, siblings, indirect child mortality."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from everychild.cli.demographic_tables import Table, announce, explain, explain_refusal, invented, write_tables
from everychild.cli.progress import ProgressLine
from everychild.cli.storage import data_folder
from everychild.cli.unwritable import written
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.women_rates import WomenTable
    from everychild.methods.mortality import Period

WORDS: Final[dict[str, dict[Language, str]]] = {
    "fertility": {"en": "Fertility", "ru": "Рождаемость", "kk": "Туу"},
    "siblings": {"en": "Mortality of sisters and brothers", "ru": "Смертность сестёр и братьев",
                 "kk": "Апа-сіңлі мен аға-інінің өлімі"},
    "indirect": {"en": "Child mortality from children ever born and dead",
                 "ru": "Детская смертность по числу рождённых и умерших детей",
                 "kk": "Туған және қайтыс болған балалар саны бойынша бала өлімі"},
    "head": {"en": "Age|Group|Rate|SE|95 % interval|Years", "ru": "Возраст|Группа|Показатель|СО|95 %-й интервал|Годы",
             "kk": "Жас|Топ|Көрсеткіш|СҚ|95 % сенім аралығы|Жылдар"},
    "indirect_head": {"en": "Mothers|About|Rate|SE|95 % interval|Women",
                      "ru": "Матери|Около|Показатель|СО|95 %-й интервал|Женщины",
                      "kk": "Аналар|Шамамен|Көрсеткіш|СҚ|95 % сенім аралығы|Әйелдер"},
    "asfr": {"en": "Births per 1,000 women of an age", "ru": "Рождения на 1000 женщин возраста",
             "kk": "Сол жастағы 1000 әйелге шаққандағы туу"},
    "total_fertility_rate": {"en": "Total fertility: children per woman",
                             "ru": "Суммарная рождаемость: детей на женщину", "kk": "Жиынтық туу: бір әйелге бала"},
    "general_fertility_rate": {"en": "General fertility: births per 1,000 women",
                               "ru": "Общая рождаемость: рождений на 1000 женщин",
                               "kk": "Жалпы туу: 1000 әйелге шаққанда"},
    "adult_F": {"en": "Sisters: deaths per 1,000 years of life", "ru": "Сёстры: смерти на 1000 человеко-лет",
                "kk": "Апа-сіңлі: 1000 адам-жылға өлім"},
    "adult_M": {"en": "Brothers: deaths per 1,000 years of life", "ru": "Братья: смерти на 1000 человеко-лет",
                "kk": "Аға-іні: 1000 адам-жылға өлім"},
    "pregnancy_related_rate": {"en": "Pregnancy-related deaths per 1,000 woman-years",
                               "ru": "Смерти, связанные с беременностью, на 1000 женщин в год",
                               "kk": "Жүктілікке байланысты өлім, 1000 әйел-жылға"},
    "pregnancy_related_ratio": {"en": "Pregnancy-related deaths per 100,000 live births",
                                "ru": "Смерти, связанные с беременностью, на 100 000 живорождений",
                                "kk": "Жүктілікке байланысты өлім, 100 000 тірі туғанға"},
    "u5mr": {"en": "Under-five mortality per 1,000", "ru": "Смертность до пяти лет на 1000",
             "kk": "Бес жасқа дейінгі өлім, 1000-ға"},
    "q": {"en": "Dying before age {0}, per 1,000", "ru": "Смерть до возраста {0}, на 1000",
          "kk": "{0} жасқа дейін өлу, 1000-ға"},
    "total": {"en": "Total", "ru": "Всего", "kk": "Барлығы"},
    "fertility_foot": {
        "en": "Years before the interview: {0}. (12): 125 to 249 woman-years; (*): fewer, hidden.",
        "ru": "Годы до интервью: {0}. (12): от 125 до 249 женщино-лет; (*): меньше, скрыто.",
        "kk": "Сұхбатқа дейінгі жылдар: {0}. (12): 125–249 әйел-жыл; (*): одан аз, жасырылған.",
    },
    "siblings_foot": {
        "en": "Years before the interview: {0}. 15-49 is standardised by the age of the women asked. "
              "Pregnancy-related by time of death, not by cause: no maternal mortality ratio.",
        "ru": "Годы до интервью: {0}. 15–49 стандартизовано по возрасту опрошенных женщин. Связь с беременностью – по "
              "времени смерти, не по причине: это не коэффициент материнской смертности.",
        "kk": "Сұхбатқа дейінгі жылдар: {0}. 15–49 сұралған әйелдер жасымен стандартталған. Жүктілікке байланыс өлім "
              "себебімен емес, уақытымен анықталады: бұл ана өлімінің коэффициенті емес.",
    },
    "indirect_foot": {
        "en": "Model life tables: {0}. (12): mothers under 25, whose children die more often; not published. Each row "
              "tells of the year in “About”.",
        "ru": "Модельные таблицы: {0}. (12): матери моложе 25, чьи дети умирают чаще; не публикуется. Каждая строка – "
              "о годе из столбца «Около».",
        "kk": "Үлгілік кестелер: {0}. (12): 25-ке толмаған аналар, олардың балалары жиірек шетінейді; жарияланбайды. "
              "Әр жол «Шамамен» бағанындағы жыл туралы.",
    },
}  # fmt: skip
SEVEN_YEARS: Final = "0-6"


def run_method(arguments: argparse.Namespace) -> int:
    """`everychild mortality --method siblings|indirect`."""
    from everychild.estimation.demographic_rates import Options, read_period
    from everychild.estimation.women_rates import NotPossible, indirect_table, sibling_table

    siblings = arguments.method == "siblings"
    options = Options(arguments.errors, arguments.interval, arguments.lonely)
    if len(arguments.periods) > 1 or arguments.by:
        raise NotPossible("siblings and the indirect method take one period and no breakdown")
    if siblings and (arguments.release or arguments.publish):
        raise NotPossible("mortality of siblings is no indicator of the catalogue, so it is not published")
    period = read_period((arguments.periods or [SEVEN_YEARS])[0]) if siblings else None
    try:
        women = women_of(arguments, arguments.births, siblings=siblings)
        if period is not None:
            found = sibling_table(women, arguments.children, period, options)
        else:
            found = indirect_table(women, arguments.family, options)
    except DataRefused as refused:
        return explain_refusal(refused, arguments.language)
    explain(found.findings, arguments.language)
    foot = WORDS[f"{arguments.method}_foot"][arguments.language].format(period.label if period else arguments.family)
    write_tables([table_of(found, arguments.method, arguments)], [*invented(arguments), foot], arguments)
    store(found, arguments, None, None)
    return 0


def women_of(arguments: argparse.Namespace, named: Path | None, *, siblings: bool = False) -> Any:
    from everychild.cli.mortality import source_and_layout
    from everychild.microdata.women_histories import read_women

    source, layout = source_and_layout(arguments, "women", named)
    by = [code.strip() for code in arguments.by.split(",") if code.strip()]
    with ProgressLine() as line:
        return read_women(source, layout, by, siblings=siblings, progress=line.step)


def table_of(found: WomenTable, kind: str, arguments: argparse.Namespace) -> Table:
    """A table for people; each indicator has a heading of its own."""
    language: Language = arguments.language
    titles = WORDS["indirect_head" if kind == "indirect" else "head"][language].split("|")
    data = found.shown(hidden=arguments.hidden)
    rows: list[list[str]] = []
    heading = ""
    for row in data.iter_rows(named=True) if kind != "fertility" else _by_age(data):
        words = _heading(row, language)
        if words != heading:
            rows.append([words, *[""] * 5])
            heading = words
        rows.append(_cells(found, row, kind, language))
    return Table(kind, WORDS[kind][language], titles, rows, data)


def _by_age(data: Any) -> Sequence[dict[str, Any]]:
    """Age-specific rates group by group, then total and general fertility of all groups."""
    specific = [row for row in data.iter_rows(named=True) if _kind(row) == "asfr"]
    rest = [row for row in data.iter_rows(named=True) if _kind(row) != "asfr"]
    return [*specific, *sorted(rest, key=lambda row: row["indicator"] != "total_fertility_rate")]


def _kind(row: dict[str, Any]) -> str:
    code = str(row["indicator"])
    return "asfr" if code.startswith("asfr") or code == "adolescent_birth_rate" else code


def _heading(row: dict[str, Any], language: Language) -> str:
    kind = _kind(row)
    if kind == "adult_mortality_rate":
        return WORDS[f"adult_{row['sex']}"][language]
    if kind.startswith("q"):
        return WORDS["q"][language].format(kind[1:])
    return WORDS[kind][language]


def _cells(found: WomenTable, row: dict[str, Any], kind: str, language: Language) -> list[str]:
    decimals = (
        2 if row["unit"] == "children_per_woman" or (kind == "siblings" and "ratio" not in row["indicator"]) else 1
    )
    if row["value"] is None:
        numbers = ["(*)" if row["status"] == "Q" else "…", "", ""]
    else:
        value, error = (
            "…" if row[name] is None else format_number(row[name], language, decimals) for name in ("value", "se")
        )
        limits = "…"
        if row["lower"] is not None:
            limits = " – ".join(format_number(row[end], language, decimals) for end in ("lower", "upper"))
        numbers = [f"({value})" if row["status"] == "U" else value, error, limits]
    size = "" if row["n"] is None else format_number(round(row["n"]), language)
    second = f"{row['date']:.1f}" if row["date"] is not None else _group(found, row, language)
    if language != "en" and row["date"] is not None:
        second = second.replace(".", ",")
    return ["  " + row["age"].replace("-", "–"), second, *numbers, size]


def _group(found: WomenTable, row: dict[str, Any], language: Language) -> str:
    levels = found.levels[row["breakdown"], row["group"]]
    return ", ".join(level.name[language] for level in levels) or WORDS["total"][language]


def store(found: WomenTable, arguments: argparse.Namespace, births: Path | None, period: Period | None) -> None:
    """Store what the catalogue has an indicator for as a release, when asked."""
    if not (arguments.release or arguments.publish):
        return
    from everychild.estimation.demographic_release import release_of_women
    from everychild.microdata.description import read_description

    folder = data_folder(argparse.Namespace(data=arguments.store))
    survey = read_description(arguments.survey)
    with written(folder, "--store"):
        manifest = release_of_women(found, births, survey, period, folder, arguments.by_whom, publish=arguments.publish)
    announce(manifest.release, folder, arguments)
