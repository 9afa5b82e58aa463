"""What is told of the growth of children: prevalences, means and spreads, as expressions over scored children.

Strict limits; oedema counts as below −3 in wasting and underweight, in numerator and denominator. Sources: WHO and
UNICEF 2019, Recommendations for data collection, analysis and reporting on anthropometric indicators; MICS6 tabulation
plan TC.8; Guide to DHS Statistics, chapter 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from everychild.catalogue.catalogue import catalogue
from everychild.methods.anthropometry import Index
from everychild.recipes.nodes import TRUE, Node
from everychild.recipes.parsing import parse
from everychild.recipes.recipe import Part
from everychild.vocabulary.errors import Place
from everychild.vocabulary.language import Language

Kind = Literal["proportion", "mean", "spread"]
FILE: Final = "children"
COUNTED: Final = "counted = 1"
WITH_ARM: Final = "counted = 1 AND months >= 6"
MEANS: Final[tuple[Index, ...]] = ("haz", "waz", "whz", "baz", "acz", "hcz")
NAMES: Final[Mapping[str, Mapping[Language, str]]] = {
    "stunted_and_overweight": {"en": "Stunted and overweight", "ru": "Отставание в росте и избыточный вес",
                               "kk": "Бой кідіруі және артық салмақ"},
    "muac_moderate_severe": {"en": "Arm circumference below 12.5 cm or oedema",
                             "ru": "Окружность плеча менее 12,5 см или отёки",
                             "kk": "Иық шеңбері 12,5 см-ден аз немесе ісіну"},
    "muac_severe": {"en": "Arm circumference below 11.5 cm or oedema",
                    "ru": "Окружность плеча менее 11,5 см или отёки",
                    "kk": "Иық шеңбері 11,5 см-ден аз немесе ісіну"},
    "oedema": {"en": "Oedema", "ru": "Отёки", "kk": "Ісіну"},
    "mean": {"en": "Mean z, {0}", "ru": "Среднее z, {0}", "kk": "Орташа z, {0}"},
    "sd": {"en": "Standard deviation of z, {0}", "ru": "Стандартное отклонение z, {0}",
           "kk": "z стандартты ауытқуы, {0}"},
    "haz": {"en": "height for age", "ru": "рост к возрасту", "kk": "жасқа шаққандағы бой"},
    "waz": {"en": "weight for age", "ru": "вес к возрасту", "kk": "жасқа шаққандағы салмақ"},
    "whz": {"en": "weight for height", "ru": "вес к росту", "kk": "бойға шаққандағы салмақ"},
    "baz": {"en": "BMI for age", "ru": "ИМТ к возрасту", "kk": "жасқа шаққандағы ДСИ"},
    "acz": {"en": "arm circumference for age", "ru": "окружность плеча к возрасту",
            "kk": "жасқа шаққандағы иық шеңбері"},
    "hcz": {"en": "head circumference for age", "ru": "окружность головы к возрасту",
            "kk": "жасқа шаққандағы бас шеңбері"},
}  # fmt: skip


@dataclass(frozen=True)
class GrowthIndicator:
    """One line of results. `needs`: columns of the scored children without which it is not told."""

    code: str
    kind: Kind
    unit: str
    part: Part
    needs: frozenset[str]

    def name(self, language: Language) -> str:
        known = catalogue().indicators.get(self.code)
        if known is not None:
            return known.name[language]
        stem, _, index = self.code.partition("_")
        if stem in ("mean", "sd") and index in NAMES:
            return NAMES[stem][language].format(NAMES[index][language])
        return NAMES[self.code][language]


_SHARES: Final[tuple[tuple[str, str, str, str, str], ...]] = (
    # code, universe, numerator, denominator, needs
    ("stunting_moderate_severe", COUNTED, "haz < -2", "haz IS NOT NULL", "haz"),
    ("stunting_severe", COUNTED, "haz < -3", "haz IS NOT NULL", "haz"),
    ("wasting_moderate_severe", COUNTED, "whz < -2 OR oedema = 1", "whz IS NOT NULL OR oedema = 1", "whz"),
    ("wasting_severe", COUNTED, "whz < -3 OR oedema = 1", "whz IS NOT NULL OR oedema = 1", "whz"),
    ("overweight_moderate_severe", COUNTED, "whz > 2", "whz IS NOT NULL OR oedema = 1", "whz"),
    ("overweight_severe", COUNTED, "whz > 3", "whz IS NOT NULL OR oedema = 1", "whz"),
    ("underweight_moderate_severe", COUNTED, "waz < -2 OR oedema = 1", "waz IS NOT NULL OR oedema = 1", "waz"),
    ("underweight_severe", COUNTED, "waz < -3 OR oedema = 1", "waz IS NOT NULL OR oedema = 1", "waz"),
    ("stunted_and_wasted", COUNTED, "haz < -2 AND (whz < -2 OR oedema = 1)",
     "haz IS NOT NULL AND (whz IS NOT NULL OR oedema = 1)", "haz whz"),
    ("stunted_and_overweight", COUNTED, "haz < -2 AND whz > 2",
     "haz IS NOT NULL AND (whz IS NOT NULL OR oedema = 1)", "haz whz"),
    ("muac_moderate_severe", WITH_ARM, "arm < 12.5 OR oedema = 1", "arm IS NOT NULL OR oedema = 1", "arm"),
    ("muac_severe", WITH_ARM, "arm < 11.5 OR oedema = 1", "arm IS NOT NULL OR oedema = 1", "arm"),
    ("oedema", COUNTED, "oedema = 1", "1 = 1", "oedema"),
)  # fmt: skip


@cache
def growth_indicators() -> tuple[GrowthIndicator, ...]:
    """All indicators of growth, prevalences first, then means and spreads of z."""
    shares = [
        GrowthIndicator(
            code, "proportion", "percent", _part(universe, _node(numerator), _node(denominator)),
            frozenset(needs.split()),
        )
        for code, universe, numerator, denominator, needs in _SHARES
    ]  # fmt: skip
    return (*shares, *_of_scores("mean", "{0}"), *_of_scores("spread", "{0} * {0}"))


def _of_scores(kind: Kind, value: str) -> Iterable[GrowthIndicator]:
    """Means of z, or of its square: the spread follows from both."""
    stem = "mean" if kind == "mean" else "sd"
    for index in MEANS:
        part = _part(COUNTED, _node(value.format(index)), TRUE)
        yield GrowthIndicator(f"{stem}_{index}", kind, "score", part, frozenset({index}))


def _part(universe: str, numerator: Node, denominator: Node) -> Part:
    return Part(FILE, _node(universe), numerator, denominator, _node("weight"))


def _node(text: str) -> Node:
    return parse(text, Place("growth_indicators"))
