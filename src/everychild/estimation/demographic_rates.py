"""Child mortality of a file of births: rates, errors, differences and findings, as tables with names and units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from everychild.methods.mortality import (
    RATES,
    RELIABILITIES,
    LonelyPsuError,
    MortalityEstimates,
    MortalityInputRefused,
    Period,
    calendar_window,
    difference,
    early_childhood_mortality,
    interval,
    years_before_interview,
)
from everychild.methods.mortality import TOTAL as EVERYONE
from everychild.methods.mortality.intervals import Scale
from everychild.methods.mortality.screening import Treatment
from everychild.methods.mortality.variance import LonelyPsu, Method
from everychild.microdata.birth_histories import BirthFile
from everychild.recipes.groups import Level
from everychild.vocabulary.command_words import say
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import DataRefused, Finding
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import TOTAL as TOTAL_CODE

Errors = Literal["jackknife", "taylor", "jkn"]
METHOD_OF: Final[Mapping[Errors, Method]] = MappingProxyType({"jackknife": "jk1", "taylor": "taylor", "jkn": "jkn"})
INTERVALS: Final[Mapping[str, Scale]] = MappingProxyType(
    {"published": "two_standard_errors", "normal": "linear", "logit": "logit", "log-log": "complementary_log_log"}
)
"""`published`: rate -+ 2 SE, as in the appendices of DHS and MICS reports."""
UNITS: Final = MappingProxyType(
    {rate: "per_1000_children" if rate == "cmr" else "per_1000_live_births" for rate in RATES}
)
STATUS: Final = MappingProxyType({"shown": "A", "parentheses": "U", "suppressed": "Q", "missing": "O"})
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "period": pl.String, "breakdown": pl.String, "group": pl.String,
    "value": pl.Float64, "se": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "n": pl.Float64,
    "weighted_n": pl.Float64, "deaths": pl.Float64, "psus": pl.Int64, "df": pl.Int64, "unit": pl.String,
    "status": pl.String, "errors": pl.String,
}  # fmt: skip
"""`n`: exposed children, unweighted, in halves. `deaths`: unweighted, likewise. `status`: A, U (250 to 499 exposed
children), Q (fewer, hidden), O (no rate)."""
DIFFERENCE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    name: SCHEMA.get(name, pl.String)
    for name in ("indicator", "period", "breakdown", "group", "value", "se", "lower", "upper", "unit", "status")
}
SILENTLY_LEFT_OUT: Final = ("birth_date_missing", "weight_missing")
MOST_LEFT_OUT: Final = 0.05
"""Share of births without date or weight beyond which no rate is computed unless the user names the rule."""
FIRST_YEAR: Final = 1900
LAST_YEARS: Final = 100
Pair = tuple[tuple[int, int, int], tuple[int, int, int]]
MINUS: Final = " \N{MINUS SIGN} "


class LonelyClusters(EverychildError):  # noqa: N818 - says what is the case
    """Strata with one cluster, and the user wants that to fail."""


class BadPeriod(EverychildError):  # noqa: N818 - says what is the case
    """A period that cannot be understood or used."""


@dataclass(frozen=True)
class Options:
    """How rates are estimated. `treatments`: rule of a bad row → leave_out or keep, instead of refusing."""

    errors: Errors = "jackknife"
    interval: str = "published"
    lonely: LonelyPsu = "adjust"
    treatments: Mapping[str, Treatment] = field(default_factory=dict)


def read_period(text: str) -> Period:
    """`0-4`: completed years before the interview; `2010-2014`: calendar years, both whole. Raises BadPeriod."""
    first, _, last = text.partition("-")
    if not (first.strip().isdigit() and last.strip().isdigit()):
        raise BadPeriod(f"{text!r} is no period; write 0-4 for years before the interview, or 2010-2014 for years")
    start, end = int(first), int(last)
    try:
        if start >= FIRST_YEAR:
            return calendar_window(text, (start - FIRST_YEAR) * 12 + 1, (end + 1 - FIRST_YEAR) * 12 + 1)
        if end >= LAST_YEARS:
            raise BadPeriod(f"{text!r} mixes years before the interview with calendar years")
        return years_before_interview(start, end)
    except ValueError as problem:
        raise BadPeriod(f"{text!r}: {problem}") from problem


@dataclass(frozen=True, eq=False)
class ChildMortality:
    """Rates of a file of births. `rows` is a table of SCHEMA, groups by code (`_T` for everyone)."""

    births: BirthFile
    estimates: MortalityEstimates
    options: Options
    rows: pl.DataFrame
    findings: tuple[Finding, ...]
    levels: Mapping[tuple[str, str], tuple[Level, ...]]

    def shown(self, *, hidden: bool = False) -> pl.DataFrame:
        """Rows as they may be published: numbers of groups with fewer than 250 exposed children are null."""
        if hidden:
            return self.rows
        numbers = ("value", "se", "lower", "upper", "deaths")
        kept = pl.col("status") != "Q"
        return self.rows.with_columns(pl.when(kept).then(pl.col(c)).alias(c) for c in numbers)

    def group_name(self, breakdown: str, group: str, language: Language) -> str:
        found = self.levels[breakdown, group]
        return ", ".join(level.name[language] for level in found) or say("estimate.total", language)

    def differences(self) -> pl.DataFrame:
        """Every class less the first of its breakdown, and every period less the next one, with their covariance.

        A difference that rests on a hidden rate is left out.
        """
        pairs = (*self._between_classes(), *self._between_periods())
        return pl.DataFrame([self._difference(*pair) for pair in pairs], schema=DIFFERENCE_SCHEMA)

    def _between_classes(self) -> Iterator[Pair]:
        groups = self.estimates.groups
        for g, group in enumerate(groups):
            first = next(i for i, other in enumerate(groups) if other.breakdown == group.breakdown)
            if first != g:
                for p in range(len(self.estimates.periods)):
                    yield from self._usable((g, p), (first, p))

    def _between_periods(self) -> Iterator[Pair]:
        for g in range(len(self.estimates.groups)):
            for p in range(len(self.estimates.periods) - 1):
                yield from self._usable((g, p), (g, p + 1))

    def _usable(self, one: tuple[int, int], other: tuple[int, int]) -> Iterator[Pair]:
        fit = (RELIABILITIES.index("shown"), RELIABILITIES.index("parentheses"))
        for r in range(len(RATES)):
            if self.estimates.reliability[(*one, r)] in fit and self.estimates.reliability[(*other, r)] in fit:
                yield (*one, r), (*other, r)

    def _difference(self, one: tuple[int, int, int], other: tuple[int, int, int]) -> dict[str, Any]:
        made = self.estimates
        found = difference(made.values, made.errors[METHOD_OF[self.options.errors]], one, other)
        (g, p, r), (h, q, _) = one, other
        few = RELIABILITIES.index("parentheses") in (made.reliability[one], made.reliability[other])
        return {
            "indicator": RATES[r],
            "period": made.periods[p].label + (MINUS + made.periods[q].label if p != q else ""),
            "breakdown": made.groups[g].breakdown,
            "group": _code(made.groups[g].label) + (MINUS + _code(made.groups[h].label) if g != h else ""),
            "value": found.value,
            "se": _or_none(found.standard_error),
            "lower": _or_none(found.lower),
            "upper": _or_none(found.upper),
            "unit": UNITS[RATES[r]],
            "status": "U" if few else "A",
        }


def child_mortality(births: BirthFile, periods: Sequence[Period], options: Options | None = None) -> ChildMortality:
    """The five rates in every period, for everyone and by the breakdowns that the file was read with.

    Raises DataRefused with located findings when rows break a rule that refuses; BadPeriod for a calendar window that
    ends after the first interview; LonelyClusters when strata with one PSU are to fail.
    """
    options = options or Options()
    method = METHOD_OF[options.errors]
    breakdowns = [each.breakdown for each in births.breakdowns]
    _check_names([p.label for p in periods], [b.name for b in breakdowns])
    try:
        made = early_childhood_mortality(
            births.histories, births.clusters.design, periods, breakdowns,
            methods=(method,), lonely=options.lonely, treatments=options.treatments,
        )  # fmt: skip
    except MortalityInputRefused as refused:
        raise DataRefused((*births.findings, *births.located(refused.findings))) from refused
    except LonelyPsuError as problem:
        raise LonelyClusters(f"{problem}; --lonely says what to do about it") from problem
    except ValueError as problem:
        if "ends at" in str(problem):
            raise BadPeriod(f"a calendar period must end before the first interview: {problem}") from problem
        raise
    _check_left_out(births, made, options)
    levels: dict[tuple[str, str], tuple[Level, ...]] = {(EVERYONE.breakdown, TOTAL_CODE): ()}
    for each in births.breakdowns:
        labelled = zip(each.breakdown.classes, each.levels, strict=True)
        levels.update({(each.breakdown.name, label): found for label, found in labelled})
    kept = [f for f in made.findings if method != "jk1" or f.rule != "single_psu_stratum"]
    return ChildMortality(
        births, made, options, _rows(made, options), (*births.findings, *births.located(kept)), MappingProxyType(levels)
    )


def _check_left_out(births: BirthFile, made: MortalityEstimates, options: Options) -> None:
    """DataRefused when more than a twentieth of the births has no date or weight and the user did not say to go on.

    Births of weight 0 do not count here: they belong to interviews that were not completed."""
    left = [f for f in made.findings if f.treatment == "leave_out" and f.count and f.rule in SILENTLY_LEFT_OUT]
    unsaid = [f for f in left if f.rule not in options.treatments]
    count = sum(f.count for f in unsaid)
    if count <= MOST_LEFT_OUT * len(births):
        return
    refused = [replace(f, treatment="refuse") for f in unsaid]
    share = f"{100 * count / len(births):.0f}"
    many = Finding(
        births.path.name, None, "", "", "births_left_out_many", "error",
        {"count": str(count), "births": str(len(births)), "share": share},
    )  # fmt: skip
    raise DataRefused((many, *births.findings, *births.located(refused)))


def _check_names(periods: Sequence[str], breakdowns: Sequence[str]) -> None:
    for names in (periods, breakdowns):
        twice = [name for name in names if list(names).count(name) > 1]
        if twice:
            raise BadPeriod(f"{twice[0]!r} is named twice")


def _rows(made: MortalityEstimates, options: Options) -> pl.DataFrame:
    error = made.errors[METHOD_OF[options.errors]]
    standard = error.standard_errors
    lower, upper = interval(made.values, standard, INTERVALS[options.interval])
    deaths = _deaths(made)
    g, p, r = (axis.ravel() for axis in np.indices(made.values.shape))
    return pl.DataFrame(
        {
            "indicator": np.array(RATES)[r],
            "period": np.array([period.label for period in made.periods])[p],
            "breakdown": np.array([group.breakdown for group in made.groups])[g],
            "group": np.array([_code(group.label) for group in made.groups])[g],
            "value": made.values.ravel(),
            "se": standard.ravel(),
            # a rate below zero is none; the published limits run there for small classes
            "lower": np.maximum(lower, 0.0).ravel(),
            "upper": upper.ravel(),
            "n": made.children.ravel(),
            "weighted_n": made.weighted_children.ravel(),
            "deaths": deaths.ravel(),
            "psus": made.psus[g],
            "df": np.full(g.size, error.degrees_of_freedom),
            "unit": np.array([UNITS[rate] for rate in RATES])[r],
            "status": np.array([STATUS[code] for code in RELIABILITIES])[made.reliability.ravel()],
            "errors": np.full(g.size, options.errors),
        },
        schema=SCHEMA,
    ).with_columns(pl.col("value", "se", "lower", "upper").fill_nan(None))


def _deaths(made: MortalityEstimates) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(g, p, 5) unweighted deaths over the ages of each rate."""
    from everychild.methods.mortality.cohorts import RATE_END_SEGMENT, RATE_FIRST_SEGMENT

    spans = zip(RATE_FIRST_SEGMENT, RATE_END_SEGMENT, strict=True)
    return np.stack([made.deaths_counted[..., first:end].sum(axis=-1) for first, end in spans], axis=-1)


def _code(label: str) -> str:
    return TOTAL_CODE if label == EVERYONE.label else label


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
