"""How well children were measured: what WHO and UNICEF ask to print beside every prevalence.

Source: WHO & UNICEF 2019, Recommendations for data collection, analysis and reporting on anthropometric indicators in
children under 5 years old, chapter 3; the ratio of ages is that of SMART.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from everychild.estimation.child_growth import JUDGED, ChildGrowth, ScoredChildren
from everychild.methods.anthropometry import Index
from everychild.methods.anthropometry.measurements import LYING, STANDING, TWO_YEARS, Floats, Truths
from everychild.vocabulary.language import Language

SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "measure": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "flag": pl.Int8, "n": pl.Int64,
    "unit": pl.String,
}  # fmt: skip
"""`low`, `high`: what is expected; `flag` 1 where the value lies outside. `n`: children that the value is about."""
MOST_FLAGGED: Final = 1.0
"""Per cent of implausible z-scores above which WHO calls the data poor."""
SPREADS: Final[Mapping[Index, tuple[float, float]]] = {"haz": (1.0, 1.3), "waz": (1.0, 1.2), "whz": (0.85, 1.2)}
"""Standard deviations of well measured surveys; more is error of measurement."""
AGES: Final = (0.65, 1.1)
"""Of children of 6-29 months to those of 30-59; 0.85 is expected."""
FEWEST_OF_TEAM: Final = 30
_INDEX: Final[Mapping[Index, Mapping[Language, str]]] = {
    "haz": {"en": "height for age", "ru": "рост к возрасту", "kk": "жасқа шаққандағы бой"},
    "waz": {"en": "weight for age", "ru": "вес к возрасту", "kk": "жасқа шаққандағы салмақ"},
    "whz": {"en": "weight for height", "ru": "вес к росту", "kk": "бойға шаққандағы салмақ"},
}  # fmt: skip
_NAMES: Final[Mapping[str, Mapping[Language, str]]] = {
    "missing_weight": {"en": "Without weight, %", "ru": "Нет веса, %", "kk": "Салмағы жоқ, %"},
    "missing_length": {"en": "Without height, %", "ru": "Нет роста, %", "kk": "Бойы жоқ, %"},
    "missing_age": {"en": "Without age, %", "ru": "Нет возраста, %", "kk": "Жасы жоқ, %"},
    "missing_day": {"en": "Day of birth missing, %", "ru": "Нет дня рождения, %", "kk": "Туған күні жоқ, %"},
    "flagged": {"en": "Implausible {0}, %", "ru": "Неправдоподобно: {0}, %", "kk": "Қисынсыз: {0}, %"},
    "sd": {"en": "SD of z, {0}", "ru": "СО z: {0}", "kk": "z стандартты ауытқуы: {0}"},
    "heaped_weight": {"en": "Weights ending in .0 or .5, %", "ru": "Вес на ,0 или ,5, %",
                      "kk": "Салмағы ,0 не ,5-ке аяқталған, %"},
    "heaped_length": {"en": "Heights ending in .0 or .5, %", "ru": "Рост на ,0 или ,5, %",
                      "kk": "Бойы ,0 не ,5-ке аяқталған, %"},
    "standing_young": {"en": "Under 24 months, measured standing, %", "ru": "До 24 месяцев измерены стоя, %",
                       "kk": "24 айға дейін тұрып өлшенген, %"},
    "lying_old": {"en": "From 24 months, measured lying, %", "ru": "С 24 месяцев измерены лёжа, %",
                  "kk": "24 айдан бастап жатып өлшенген, %"},
    "sex_ratio": {"en": "Boys per 100 girls", "ru": "Мальчиков на 100 девочек", "kk": "100 қызға шаққанда ұл"},
    "age_ratio": {"en": "Children 6-29 months to 30-59 months", "ru": "Детей 6–29 месяцев к 30–59 месяцам",
                  "kk": "6–29 айлық балалардың 30–59 айлықтарға қатынасы"},
    "team_sd": {"en": "Largest SD of a team, {0}", "ru": "Наибольшее СО бригады: {0}",
                "kk": "Топтың ең үлкен ауытқуы: {0}"},
}  # fmt: skip


@dataclass(frozen=True)
class Measure:
    code: str
    value: float
    n: int
    low: float | None = None
    high: float | None = None
    unit: str = "percent"

    @property
    def flag(self) -> int:
        return int(
            (self.low is not None and self.value < self.low) or (self.high is not None and self.value > self.high)
        )


def measure_name(code: str, language: Language) -> str:
    stem, _, index = code.rpartition("_")
    found = next((i for i in _INDEX if i == index), None)
    return _NAMES[stem][language].format(_INDEX[found][language]) if found else _NAMES[code][language]


def quality(found: ChildGrowth) -> pl.DataFrame:
    """Measures of data quality, a table of SCHEMA: unweighted shares of the children counted, weighted spreads."""
    scored = found.scored
    made = [*_missing(scored), *_flagged(scored), *_spreads(found), *_heaping(scored), *_positions(scored)]
    made += [*_balance(scored), *_teams(scored)]
    rows = [
        {"measure": m.code, "value": m.value, "low": m.low, "high": m.high, "flag": m.flag, "n": m.n, "unit": m.unit}
        for m in made
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def _share(
    code: str, rows: Truths, of: Truths, low: float | None = None, high: float | None = None
) -> Iterator[Measure]:
    n = int(of.sum())
    if n:
        yield Measure(code, 100 * float((rows & of).sum()) / n, n, low, high)


def _missing(scored: ScoredChildren) -> Iterator[Measure]:
    file, children = scored.file, scored.file.children
    for role in ("weight", "length"):
        if file.has(role):
            yield from _share(f"missing_{role}", ~(getattr(children, role) > 0), file.counted)
    yield from _share("missing_age", np.isnan(children.days), file.counted)
    if not np.isnan(file.ages.year).all():
        yield from _share("missing_day", file.ages.imputed, file.counted)


def _flagged(scored: ScoredChildren) -> Iterator[Measure]:
    from everychild.methods.anthropometry import flagged

    own = flagged(scored.scores.z, "who")
    for index in JUDGED:
        if index in own:
            measured = scored.file.counted & ~np.isnan(scored.scores.z[index])
            yield from _share(f"flagged_{index}", own[index], measured, high=MOST_FLAGGED)


def _spreads(found: ChildGrowth) -> Iterator[Measure]:
    for index, (low, high) in SPREADS.items():
        rows = found.rows.filter(indicator=f"sd_{index}", breakdown="total")
        if rows.height and rows["value"][0] is not None:
            yield Measure(f"sd_{index}", float(rows["value"][0]), int(rows["n"][0]), low, high, "score")


def _heaping(scored: ScoredChildren) -> Iterator[Measure]:
    """A fifth of the tenths is expected to be 0 or 5; only where tenths are recorded at all."""
    for role in ("weight", "length"):
        values: Floats = getattr(scored.file.children, role)
        measured = scored.file.counted & (values > 0)
        tenths = np.rint(values * 10) % 10
        if scored.file.has(role):
            yield from _share(f"heaped_{role}", (tenths == 0) | (tenths == 5), measured, high=30.0)


def _positions(scored: ScoredChildren) -> Iterator[Measure]:
    children = scored.file.children
    told = scored.file.counted & (children.position != -1)
    young, old = children.days < TWO_YEARS, children.days >= TWO_YEARS
    yield from _share("standing_young", children.position == STANDING, told & young, high=10.0)
    yield from _share("lying_old", children.position == LYING, told & old, high=10.0)


def _balance(scored: ScoredChildren) -> Iterator[Measure]:
    file = scored.file
    boys, girls = (int((file.counted & (file.children.sex == code)).sum()) for code in (1, 2))
    if girls:
        yield Measure("sex_ratio", 100 * boys / girls, boys + girls, 80.0, 125.0, "ratio")
    months = file.ages.months
    young, old = (int((file.counted & (months >= a) & (months <= b)).sum()) for a, b in ((6, 29), (30, 59)))
    if old:
        yield Measure("age_ratio", young / old, young + old, *AGES, "ratio")


def _teams(scored: ScoredChildren) -> Iterator[Measure]:
    if scored.file.team is None:
        return
    for index in JUDGED:
        if index not in scored.scores.z:
            continue
        usable = np.where(scored.file.counted, scored.usable(index), np.nan)
        table = pl.DataFrame({"team": scored.file.team, "z": pl.Series(usable, nan_to_null=True)}).drop_nulls()
        teams = table.group_by("team").agg(pl.len().alias("n"), pl.col("z").std()).filter(pl.col("n") >= FEWEST_OF_TEAM)
        if teams.height:
            worst = teams.sort("z", descending=True).row(0, named=True)
            yield Measure(f"team_sd_{index}", worst["z"], worst["n"], None, SPREADS[index][1] + 0.2, "score")
