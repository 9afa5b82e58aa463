"""What women's interviews tell: fertility, mortality of adults by their siblings, child mortality without histories."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl

from everychild.estimation.demographic_rates import INTERVALS, METHOD_OF, LonelyClusters, Options
from everychild.methods.mortality import (
    ADULT_RATES,
    FERTILITY_RATES,
    PREGNANCY_RATES,
    InputFinding,
    LonelyPsuError,
    Period,
    SampleDesign,
    adult_mortality,
    fertility,
    indirect_under_five_mortality,
    pregnancy_related_mortality,
)
from everychild.methods.mortality.age_groups import AGE_GROUPS
from everychild.methods.mortality.indirect import EXACT_AGES, Family
from everychild.methods.mortality.siblings import SEXES
from everychild.microdata.reading import DataFile
from everychild.microdata.women_histories import WomenFile, read_mothers
from everychild.recipes.groups import Level
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import DataRefused, Finding

SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "period": pl.String, "breakdown": pl.String, "group": pl.String, "sex": pl.String,
    "age": pl.String, "value": pl.Float64, "se": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "n": pl.Float64,
    "events": pl.Float64, "date": pl.Float64, "unit": pl.String, "status": pl.String, "errors": pl.String,
}  # fmt: skip
"""`n`: unweighted person-years, or women for the indirect method. `events`: weighted births or deaths. `date`: what
moment an indirect estimate is about."""
CODES: Final[Mapping[str, str]] = MappingProxyType(
    {"asfr_15-19": "adolescent_birth_rate", "tfr": "total_fertility_rate", "gfr": "general_fertility_rate"}
)
SUPPRESSED_BELOW, PARENTHESES_BELOW = 125, 250
"""Unweighted woman-years; the rule of DHS reports for fertility."""
WIDTHS: Final[Mapping[str, float]] = MappingProxyType({"two_standard_errors": 2.0, "linear": 1.959963984540054})
"""Standard errors on both sides of a value."""
Made = TypeVar("Made")


class NotPossible(EverychildError):  # noqa: N818 - says what is the case
    """An estimate that cannot be made as asked for."""


@dataclass(frozen=True, eq=False)
class WomenTable:
    """Estimates of a file of women; `rows` is a table of SCHEMA."""

    women: WomenFile
    rows: pl.DataFrame
    findings: tuple[Finding, ...]
    levels: Mapping[tuple[str, str], tuple[Level, ...]]

    def shown(self, *, hidden: bool = False) -> pl.DataFrame:
        """Rows as they may be published."""
        if hidden:
            return self.rows
        numbers = ("value", "se", "lower", "upper", "events")
        return self.rows.with_columns(pl.when(pl.col("status") != "Q").then(pl.col(c)).alias(c) for c in numbers)


def fertility_table(women: WomenFile, births: Path | DataFile, period: Period, options: Options) -> WomenTable:
    """Age-specific rates per 1,000 women, total fertility per woman and the general rate, by the women's breakdowns.

    `asfr_15-19` is the adolescent birth rate. Raises DataRefused, LonelyClusters.
    """
    born, mother = read_mothers(births, women)
    breakdowns = [each.breakdown for each in women.breakdowns]
    made = _asked(partial(
        fertility, women.women, born, mother, women.clusters.design, period, breakdowns,
        methods=(METHOD_OF[options.errors],), lonely=options.lonely,
    ))  # fmt: skip
    error = made.errors[METHOD_OF[options.errors]].standard_errors
    rows = []
    for g, r in np.ndindex(*made.values.shape):
        rate, group = FERTILITY_RATES[r], made.groups[g]
        specific = r < len(AGE_GROUPS)
        years = made.years[g, r] if specific else made.years[g].sum()
        events = made.births[g, r] if specific else made.births[g].sum()
        rows.append(
            {
                "indicator": CODES.get(rate, rate.replace("-", "_")), "period": period.label,
                "breakdown": group.breakdown, "group": "_T" if group.breakdown == "total" else group.label, "sex": "F",
                "age": AGE_GROUPS[r] if specific else "15-49" if rate == "tfr" else "15-44",
                **_numbers(made.values[g, r], error[g, r], options), "n": years, "events": events,
                "unit": "children_per_woman" if rate == "tfr" else "per_1000_women",
                "status": _status(made.values[g, r], years), "errors": options.errors,
            }
        )  # fmt: skip
    levels: dict[tuple[str, str], tuple[Level, ...]] = {("total", "_T"): ()}
    for each in women.breakdowns:
        labelled = zip(each.breakdown.classes, each.levels, strict=True)
        levels |= {(each.breakdown.name, label): found for label, found in labelled}
    return WomenTable(women, _table(rows), women.findings, MappingProxyType(levels))


def sibling_table(women: WomenFile, births: Path | DataFile | None, period: Period, options: Options) -> WomenTable:
    """Deaths per 1,000 person-years of sisters and brothers by age; with the births file also pregnancy-related
    mortality and its ratio per 100,000 live births, whose errors are JK1 always.

    Pregnancy-related deaths are told by their time, not by cause: the ratio is not the maternal mortality ratio.
    """
    siblings = women.siblings()
    design = women.clusters.design
    made = _asked(partial(
        adult_mortality, siblings, women.women, design, period,
        methods=(METHOD_OF[options.errors],), lonely=options.lonely,
    ))  # fmt: skip
    error = made.errors[METHOD_OF[options.errors]].standard_errors
    rows = []
    for s, a in np.ndindex(*made.values.shape):
        specific = a < len(AGE_GROUPS)
        years = made.years[s, a] if specific else made.years[s].sum()
        rows.append(
            {
                "indicator": "adult_mortality_rate", "period": period.label, "breakdown": "total", "group": "_T",
                "sex": SEXES[s][0].upper(), "age": ADULT_RATES[a], **_numbers(made.values[s, a], error[s, a], options),
                "n": years, "events": made.deaths[s, a] if specific else made.deaths[s].sum(),
                "unit": "per_1000_population", "status": "A", "errors": options.errors,
            }
        )  # fmt: skip
    findings = [*women.findings, *_sibling_findings(women, made.findings)]
    if births is not None:
        rows += _pregnancy(women, siblings, births, period, options, design)
    return WomenTable(women, _table(rows), tuple(findings), MappingProxyType({("total", "_T"): ()}))


def _pregnancy(
    women: WomenFile, siblings: Any, births: Path | DataFile, period: Period, options: Options, design: SampleDesign
) -> Iterator[dict[str, Any]]:
    born, mother = read_mothers(births, women)
    made = pregnancy_related_mortality(siblings, women.women, born, mother, design, period)
    units = ("per_1000_women", "per_1000_women", "per_100000_live_births")
    for name, unit, value, se in zip(PREGNANCY_RATES, units, made.values, made.error.standard_errors, strict=True):
        yield {
            "indicator": name, "period": period.label, "breakdown": "total", "group": "_T", "sex": "F", "age": "15-49",
            **_numbers(value, se, options), "n": None,
            "events": made.deaths.sum() if name != "general_fertility_rate" else None,
            "unit": unit, "status": "A", "errors": "jackknife",
        }  # fmt: skip


def indirect_table(women: WomenFile, family: Family, options: Options) -> WomenTable:
    """Under-five mortality from children ever born and dead, one estimate for each age group of mothers.

    `date` is the decimal year that an estimate is about. Estimates of mothers under 25 carry the selection of early
    births and have status U. Raises NotPossible for Taylor errors, DataRefused for odd answers.
    """
    if options.errors == "taylor":
        raise NotPossible("errors of the indirect method are by jackknife; --errors jackknife or jkn")
    born, dead = women.children()
    made = _asked(partial(
        indirect_under_five_mortality, women.women, born, dead, women.clusters.design, family,
        method=METHOD_OF[options.errors], lonely=options.lonely,
    ))  # fmt: skip
    error = made.error.standard_errors
    group = (women.women.interview - women.women.birth - 180) // 60
    rows = []
    for indicator, values, place in (("probability_of_dying", made.probability, 0), ("u5mr", made.under_five, 1)):
        for a, age in enumerate(AGE_GROUPS):
            exact = EXACT_AGES[a]
            rows.append(
                {
                    "indicator": indicator if place else f"q{exact}", "period": "", "breakdown": "age_group_woman_5y",
                    "group": age, "sex": "_T", "age": age, **_numbers(values[a], error[place, a], options),
                    "n": int((group == a).sum()), "events": None, "date": float(made.date[a]),
                    "unit": "per_1000_live_births", "errors": options.errors,
                    "status": "O" if np.isnan(values[a]) else "U" if a < 2 else "A",
                }
            )  # fmt: skip
    return WomenTable(women, _table(rows), women.findings, MappingProxyType({}))


def _asked(work: Callable[[], Made]) -> Made:
    """Let a method work, and say a refusal of its own in words for the reader."""
    try:
        return work()
    except LonelyPsuError as problem:
        raise LonelyClusters(f"{problem}; --lonely says what to do about it") from problem
    except ValueError as problem:
        raise NotPossible(str(problem)) from problem


def _numbers(value: Any, se: Any, options: Options) -> dict[str, float | None]:
    """Value, error and limits: rate -+ 2 SE or the normal quantile. Raises NotPossible for the scales of probabilities,
    which do not fit rates."""
    scale = INTERVALS[options.interval]
    if scale not in WIDTHS:
        raise NotPossible(f"the {options.interval} interval is for probabilities; take published or normal")
    width = WIDTHS[scale]
    limits = max(value - width * se, 0.0), value + width * se
    told = {"value": value, "se": se, "lower": limits[0], "upper": limits[1]}
    return {name: float(number) if np.isfinite(number) else None for name, number in told.items()}


def _status(value: Any, years: Any) -> str:
    if np.isnan(value):
        return "O"
    return "Q" if years < SUPPRESSED_BELOW else "U" if years < PARENTHESES_BELOW else "A"


def _table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{**dict.fromkeys(SCHEMA), **row} for row in rows], schema=SCHEMA)


def _sibling_findings(women: WomenFile, found: tuple[InputFinding, ...]) -> Iterator[Finding]:
    for each in found:
        yield Finding(women.path.name, None, "", "", each.rule, each.severity, {"count": str(each.count)})


__all__ = ["DataRefused", "NotPossible", "WomenTable", "fertility_table", "indirect_table", "sibling_table"]
