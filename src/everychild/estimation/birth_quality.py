"""How far birth histories can be trusted, as tables: measures by period of birth, and births by calendar year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import polars as pl

from everychild.methods.mortality import Period, data_quality, displacement
from everychild.microdata.birth_histories import BirthFile, QualityColumns
from everychild.microdata.column_values import Truths
from everychild.vocabulary.language import LocalText

SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "measure": pl.String, "period": pl.String, "value": pl.Float64, "part": pl.Float64, "whole": pl.Float64,
    "count": pl.Int64,
}  # fmt: skip
YEARS_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "year": pl.Int64, "births": pl.Float64, "ratio": pl.Float64, "ratio_of_dead": pl.Float64, "complete": pl.Float64,
}  # fmt: skip
YEARS: Final = 15


def _words(en: str, ru: str, kk: str) -> LocalText:
    return LocalText(en, ru, kk, frozenset({"ru", "kk"}))


MEASURES: Final[Mapping[str, tuple[LocalText, LocalText]]] = MappingProxyType(
    {
        "heaping": (
            _words("Deaths at 12 months to those at 10-14", "Смерти в 12 мес. к соседним (10–14)",
                   "12 айдағы өлім көршілес айларға (10–14)"),
            _words("1: no heaping; above it, infant deaths are counted as child deaths",
                   "1: скопления нет; выше – младенческие смерти отнесены к детским",
                   "1: шоғырлану жоқ; жоғары болса, нәресте өлімі бала өліміне жазылған"),
        ),
        "early_neonatal": (
            _words("Deaths at 0-6 days of those at 0-27", "Смерти в 0–6 дней среди 0–27 дней",
                   "0–27 күндегі өлімнің 0–6 күндегі үлесі"),
            _words("usually over one half; less suggests early deaths left out",
                   "обычно больше половины; меньше – ранние смерти пропущены",
                   "әдетте жартысынан көп; аз болса, ерте өлім тіркелмеген"),
        ),
        "neonatal_in_infant": (
            _words("Deaths in month 0 of those under 1 year", "Смерти в первый месяц среди первого года",
                   "Бір жасқа дейінгі өлімнің алғашқы айдағы үлесі"),
            _words("higher where mortality is lower", "тем выше, чем ниже смертность",
                   "өлім төмен болған сайын жоғары"),
        ),
        "sex_ratio_at_birth": (
            _words("Boys born to girls", "Мальчики к девочкам при рождении", "Туған ұлдардың қыздарға қатынасы"),
            _words("1.03 to 1.07 in complete histories", "1,03–1,07 в полных историях", "толық тарихта 1,03–1,07"),
        ),
        "birth_date_incomplete": (
            _words("Births without month or year", "Рождения без месяца или года", "Айы немесе жылы жоқ туулар"),
            _words("their date is imputed by the survey", "дату восстановило обследование",
                   "күнін зерттеу толықтырған"),
        ),
        "age_at_death_imputed": (
            _words("Deaths with an imputed age", "Смерти с восстановленным возрастом", "Жасы толықтырылған өлім"),
            _words("their age is imputed by the survey", "возраст восстановило обследование",
                   "жасын зерттеу толықтырған"),
        ),
    }
)  # fmt: skip
"""Name of each measure, and how to read it."""


def quality(births: BirthFile, periods: Sequence[Period]) -> pl.DataFrame:
    """Measures of the births of each period (Guide to DHS Statistics, DHS-7, chapter 8); weighted, table of SCHEMA.

    `value` = `part` / `whole`; null where the file does not hold what a measure needs, or over nothing.
    """
    return pl.DataFrame([row for period in periods for row in _measures(births, period)], schema=SCHEMA)


def _measures(births: BirthFile, period: Period) -> Iterator[dict[str, Any]]:
    inside = _usable(births) & _born_in(births, period)
    known = _of(births.quality, inside)
    found = data_quality(
        np.asarray(births.histories.age_at_death, dtype=np.float64)[inside],
        _or(known.age_in_days, inside, np.nan),
        _or(known.male, inside, -1),
        _or(known.birth_date_complete, inside, True),
        ~_or(known.age_at_death_sound, inside, True) & ~births.histories.alive[inside],
        np.asarray(births.histories.weight, dtype=np.float64)[inside],
    )
    told = {
        "early_neonatal": known.age_in_days, "sex_ratio_at_birth": known.male,
        "birth_date_incomplete": known.birth_date_complete, "age_at_death_imputed": known.age_at_death_sound,
    }  # fmt: skip
    for measure in MEASURES:
        share = getattr(found, measure)
        absent = (measure in told and told[measure] is None) or np.isnan(share.value)
        yield {
            "measure": measure,
            "period": period.label,
            "value": None if absent else share.value,
            "part": None if absent else share.part,
            "whole": None if absent else share.whole,
            "count": share.count,
        }


def births_by_year(births: BirthFile) -> pl.DataFrame:
    """Births of the 15 years before the last interview, and the ratio of each year to its neighbours (100: no
    displacement); table of YEARS_SCHEMA."""
    usable = _usable(births)
    if not usable.any():
        return pl.DataFrame(schema=YEARS_SCHEMA)
    last = int(np.nanmax(births.histories.interview[usable]) - 1) // 12 + 1900
    complete = births.quality.birth_date_complete
    found = displacement(
        births.histories.birth[usable].astype(np.int64),
        ~births.histories.alive[usable],
        np.ones(int(usable.sum()), dtype=np.bool_) if complete is None else complete[usable],
        births.histories.weight[usable],
        last - YEARS + 1,
        YEARS,
    )
    return pl.DataFrame(
        {
            "year": np.arange(last - YEARS + 1, last + 1),
            "births": found.births,
            "ratio": found.ratio,
            "ratio_of_dead": found.dead_ratio,
            "complete": np.full(YEARS, np.nan) if complete is None else 100 * found.complete,
        },
        schema=YEARS_SCHEMA,
    ).fill_nan(None)


def _usable(births: BirthFile) -> Truths:
    """Births with both dates and a weight; the others are in no rate."""
    made = births.histories
    with np.errstate(invalid="ignore"):
        result: Truths = ~np.isnan(made.birth) & ~np.isnan(made.interview) & (made.weight > 0)
    return result


def _born_in(births: BirthFile, period: Period) -> Truths:
    made = births.histories
    months = made.birth - made.interview if period.before_interview else made.birth
    with np.errstate(invalid="ignore"):
        result: Truths = (months >= period.lower) & (months < period.upper)
    return result


def _of(known: QualityColumns, rows: Truths) -> QualityColumns:
    kept = {name: None if column is None else column[rows] for name, column in vars(known).items()}
    return replace(known, **kept)


def _or(column: Any, rows: Truths, default: float | bool) -> Any:
    return np.full(int(rows.sum()), default) if column is None else column
