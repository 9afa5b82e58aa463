"""Growth of the children of a survey: z-scores, then prevalences, means and spreads through the survey engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from everychild.engines.plan import DesignColumns, Grouping, Plan
from everychild.engines.polars_engine import psu_totals
from everychild.engines.totals import PsuTotals
from everychild.estimation.columns import ColumnBook, IndicatorColumns, settled
from everychild.estimation.domains import domain_totals
from everychild.estimation.growth_indicators import GrowthIndicator, growth_indicators
from everychild.estimation.named_tables import status_of
from everychild.estimation.tables import Floats, TableOfEstimates, tables
from everychild.methods.anthropometry import (
    FlagRule,
    GrowthScores,
    GrowthStandards,
    Index,
    computable,
    flagged,
    package_standards,
    rounded,
    z_scores,
)
from everychild.methods.anthropometry.measurements import Truths
from everychild.methods.sampling import intervals
from everychild.methods.sampling.taylor import LonelyPsu, linearised, total_variance
from everychild.microdata.child_measurements import ChildFile
from everychild.microdata.column_values import finding
from everychild.recipes.groups import Level
from everychild.recipes.nodes import Variable
from everychild.vocabulary.command_words import say
from everychild.vocabulary.findings import DataRefused, Finding
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import TOTAL as TOTAL_CODE

Scores = Literal["computed", "file"]
IntervalOf = Literal["logit", "linear"]
EVERYONE: Final = "total"
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "period": pl.String, "breakdown": pl.String, "group": pl.String, "value": pl.Float64,
    "se": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "n": pl.Int64, "weighted_n": pl.Float64,
    "deff": pl.Float64, "df": pl.Int64, "psus": pl.Int64, "unit": pl.String, "status": pl.String,
}  # fmt: skip
"""`n`: children, unweighted. `status`: A fit to print, U few children or one PSU, Q hidden."""
NUMBERS: Final = ("value", "se", "lower", "upper", "deff")
NEEDS: Final[Mapping[Index, tuple[str, ...]]] = {
    "haz": ("length",), "waz": ("weight",), "whz": ("weight", "length"), "baz": ("weight", "length"), "acz": ("arm",),
    "hcz": ("head",),
}  # fmt: skip
JUDGED: Final[tuple[Index, ...]] = ("haz", "waz", "whz")
"""The indices of the indicators: too many children without them are said, or refused."""
MANY_UNMEASURED, MOST_UNMEASURED = 0.1, 0.5
ALMOST: Final = 1e-12
NOT_ASKED: Final = "growth_unmeasured_many"
Progress = Callable[[int], None]
"""Told how many further rows are done."""


@dataclass(frozen=True)
class Options:
    """How growth is estimated. `scores`: z computed here, or those of the file (to reproduce a report). `flags`: None
    is as the layout says. `leave_out`: refusals that the user goes on without.
    `period`: years of the survey; "" is as the dates of measuring have it."""

    scores: Scores = "computed"
    flags: FlagRule | None = None
    lonely: LonelyPsu = "adjust"
    interval: IntervalOf = "logit"
    leave_out: tuple[str, ...] = ()
    standards: GrowthStandards | None = None
    period: str = ""


@dataclass(frozen=True, eq=False)
class ScoredChildren:
    """The children of a file with their z-scores, unrounded, and which of them are implausible."""

    file: ChildFile
    scores: GrowthScores
    flags: Mapping[Index, Truths]
    rule: FlagRule
    source: str

    def usable(self, index: Index) -> Floats:
        """z as it is classified: two decimals, NaN where flagged."""
        return np.where(self.flags[index], np.nan, rounded(self.scores.z[index]))

    def table(self, *, everyone: bool = False) -> pl.DataFrame:
        """One row for each child, numbered as in the file: measurements, z-scores (two decimals kept apart from the
        unrounded), flags. Private: it is never published."""
        file, children = self.file, self.file.children
        columns: dict[str, Any] = {
            "row": np.arange(len(file)) + file.values.first_row,
            "sex": children.sex, "age_days": children.days, "weight": children.weight, "length": children.length,
            "position": children.position, "oedema": children.oedema, "length_adjusted": self.scores.length,
            "bmi": self.scores.bmi,
        }  # fmt: skip
        columns |= {index: rounded(z) for index, z in self.scores.z.items()}
        columns |= {f"{index}_unrounded": z for index, z in self.scores.z.items()}
        columns |= {f"{index}_flag": self.flags[index].astype(np.int8) for index in self.scores.z}
        columns["standing_not_believed"] = self.scores.disbelieved
        columns["counted"] = file.counted
        table = pl.DataFrame(columns, nan_to_null=True)
        return table if everyone else table.filter(pl.Series(file.counted))


@dataclass(frozen=True, eq=False)
class ChildGrowth:
    """Estimates of growth. `rows` is a table of SCHEMA, groups by code (`_T` for everyone)."""

    scored: ScoredChildren
    options: Options
    rows: pl.DataFrame
    findings: tuple[Finding, ...]
    levels: Mapping[tuple[str, str], tuple[Level, ...]]
    lonely: int = 0
    psus: int = 0
    strata: int = 0

    def shown(self, *, hidden: bool = False) -> pl.DataFrame:
        """Rows as they may be published: numbers of groups with fewer than 25 children are null."""
        if hidden:
            return self.rows
        kept = pl.col("status") != "Q"
        return self.rows.with_columns(pl.when(kept).then(pl.col(c)).alias(c) for c in NUMBERS)

    def group_name(self, breakdown: str, group: str, language: Language) -> str:
        found = self.levels[breakdown, group]
        return ", ".join(level.name[language] for level in found) or say("estimate.total", language)


def score(file: ChildFile, options: Options | None = None) -> ScoredChildren:
    """z-scores of every child of a file, computed or as the file has them, with flags."""
    options = options or Options()
    standards = options.standards or package_standards()
    rule = options.flags or file.layout.flags
    if options.scores == "file":
        computed = z_scores(file.children, (), standards)
        scores = GrowthScores(dict(file.scores), computed.length, computed.bmi, computed.disbelieved)
        return ScoredChildren(file, scores, flagged(scores.z, rule), rule, "z-scores of the file")
    there = [index for index in computable(file.children, standards) if file.has(*NEEDS[index])]
    scores = z_scores(file.children, there, standards)
    return ScoredChildren(file, scores, flagged(scores.z, rule), rule, standards.source)


def child_growth(
    file: ChildFile, options: Options | None = None, progress: Progress | None = None, empty: pl.DataFrame | None = None
) -> ChildGrowth:
    """All indicators of growth that the file can answer, for everyone and by the breakdowns that it was read with.

    `empty`: stratum and psu of clusters of the survey without a child (microdata.child_clusters). Raises DataRefused
    when more than half of the children have no usable z-score of an index, unless told to go on.
    """
    options = options or Options()
    scored = score(file, options)
    findings = _findings(scored, options)
    work = _Work(scored, options, progress, empty)
    levels: dict[tuple[str, str], tuple[Level, ...]] = {(EVERYONE, TOTAL_CODE): ()}
    for each in file.breakdowns:
        levels |= {(each.breakdown.name, c): ls for c, ls in zip(each.breakdown.classes, each.levels, strict=True)}
    psus = work.totals.psus
    return ChildGrowth(
        scored, options, work.rows(), (*file.findings, *findings), levels,
        int((psus.psus_of_stratum == 1).sum()), psus.size, psus.strata,
    )  # fmt: skip


def _findings(scored: ScoredChildren, options: Options) -> list[Finding]:
    file = scored.file
    found: list[Finding] = []
    standing = np.flatnonzero(scored.scores.disbelieved & file.counted)
    if standing.size and options.scores == "computed":
        found.append(file.located("growth_standing_infant", "position", standing))
    children = int(file.counted.sum())
    for index in JUDGED:
        if index not in scored.scores.z:
            continue
        told = {"index": index.upper(), "children": children}
        rows = np.flatnonzero(scored.flags[index] & file.counted & ~np.isnan(scored.scores.z[index]))
        if rows.size and options.scores == "computed":
            measured = int((~np.isnan(scored.scores.z[index]) & file.counted).sum())
            told_flags = {**told, "children": measured, "value": f"{scored.scores.z[index][rows[0]]:.2f}"}
            found.append(file.located("growth_flagged", NEEDS[index][0], rows, **told_flags))
        found += _unmeasured(scored, index, told, options)
    refused = [f for f in found if f.severity == "error"]
    if refused or not children:
        raise DataRefused([*refused, *file.findings, *(f for f in found if f.severity != "error")] or [_nobody(file)])
    return found


def _nobody(file: ChildFile) -> Finding:
    return finding(file.path.name, "", "", "growth_no_rows")


def _unmeasured(
    scored: ScoredChildren, index: Index, told: Mapping[str, object], options: Options
) -> Sequence[Finding]:
    file = scored.file
    swollen = file.children.oedema & (index != "haz")
    lacking = np.flatnonzero(file.counted & np.isnan(scored.usable(index)) & ~swollen)
    share = lacking.size / max(int(file.counted.sum()), 1)
    if share <= MANY_UNMEASURED:
        return []
    refused = share > MOST_UNMEASURED and NOT_ASKED not in options.leave_out
    rule, treatment = (NOT_ASKED, "refuse") if refused else ("growth_unmeasured", "leave_out")
    percent = f"{100 * share:.0f}"
    role = index if options.scores == "file" else NEEDS[index][0]
    return [file.located(rule, role, lacking, share=percent, treatment=treatment, **told)]


@dataclass
class _Work:
    """One pass of the engine over the scored children."""

    scored: ScoredChildren
    options: Options
    progress: Progress | None = None
    empty: pl.DataFrame | None = None
    indicators: tuple[GrowthIndicator, ...] = field(init=False)
    columns: list[IndicatorColumns] = field(init=False)
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        there = set(self.frame.columns)
        self.indicators = tuple(i for i in growth_indicators() if i.needs <= there)
        book = ColumnBook()
        added = [book.add(i.part, "proportion" if i.kind == "proportion" else "mean") for i in self.indicators]
        self.columns = settled(book, added)
        groupings = tuple(
            Grouping(each.breakdown.name, Variable(f"g{k}"), len(each.levels))
            for k, each in enumerate(self.scored.file.breakdowns)
        )
        wanted = ((), *((g.name,) for g in groupings))
        self.plan = Plan(
            DesignColumns(("stratum",), ("psu",)), Variable("weight"), groupings, wanted, tuple(book.conditions),
            tuple(book.values), book.counted,
        )  # fmt: skip

    @cached_property
    def frame(self) -> pl.DataFrame:
        """What the engine reads: design, weight, groups, usable z-scores, oedema, arm and age."""
        file = self.scored.file
        columns: dict[str, Any] = {
            "stratum": file.stratum, "psu": file.psu, "weight": file.weight, "counted": file.counted.astype(np.int8),
            "months": file.ages.months,
        }  # fmt: skip
        columns |= {index: self.scored.usable(index) for index in self.scored.scores.z}
        columns |= {f"g{k}": each.breakdown.codes + 1 for k, each in enumerate(file.breakdowns)}
        hidden = "oedema" if file.oedema_told else "no_oedema"
        columns[hidden] = file.children.oedema.astype(np.int8)
        if file.children.arm is not None:
            columns["arm"] = np.where(file.children.arm > 0, file.children.arm, np.nan)
        table = pl.DataFrame(columns, nan_to_null=True)
        # a child drawn by itself that is not of the population was never in the sample, as WHO's program has it
        if not file.clustered:
            return table.filter(pl.col("counted") == 1)
        return self._with_empty(table.filter(pl.col("psu") != ""))

    def _with_empty(self, table: pl.DataFrame) -> pl.DataFrame:
        """A row of no weight for every cluster of the survey without a child; it is counted in nothing."""
        if self.empty is None or not self.empty.height:
            return table
        kinds = [pl.lit(0).cast(table.schema[name]).alias(name) for name in ("weight", "counted")]
        return pl.concat([table, self.empty.with_columns(kinds)], how="diagonal")

    @cached_property
    def totals(self) -> PsuTotals:
        frame = self.frame if "oedema" in self.frame.columns else self.frame.rename({"no_oedema": "oedema"})
        return psu_totals(frame.lazy(), self.plan, progress=self.progress)

    def rows(self) -> pl.DataFrame:
        found = [self._of_table(table) for table in tables(self.totals, self.plan, self.columns, self.options.lonely)]
        order = {indicator.code: place for place, indicator in enumerate(self.indicators)}
        whole = pl.concat(found).with_columns(
            pl.col("indicator").replace_strict(order, return_dtype=pl.Int64).alias("at")
        )
        return whole.sort("at", maintain_order=True).select(list(SCHEMA))

    def _of_table(self, table: TableOfEstimates) -> pl.DataFrame:
        classes = next((b.breakdown.classes for b in self.scored.file.breakdowns if table.table == (b.breakdown.name,)),
                       (TOTAL_CODE,))  # fmt: skip
        frames = [self._of_indicator(table, k, classes) for k in range(len(self.indicators))]
        breakdown = ":".join(table.table) or EVERYONE
        return pl.concat(frames).with_columns(
            pl.lit(breakdown).alias("breakdown"),
            pl.lit(self.options.period or period_of(self.scored.file)).alias("period"),
        )

    def _of_indicator(self, table: TableOfEstimates, k: int, classes: Sequence[str]) -> pl.DataFrame:
        indicator = self.indicators[k]
        n, df = table.n[:, k], table.psus[:, k] - table.strata[:, k]
        value, se = _exact_ends(table.value[:, k], np.sqrt(table.variance[:, k]), indicator.kind)
        deff = np.where(se > 0, table.deff[:, k], np.nan)
        if indicator.kind == "spread":
            value, se = self._spread(table, k)
            deff = np.full(len(n), np.nan)
        lower, upper = self._interval(indicator, value, se, n, df)
        scale = 100.0 if indicator.kind == "proportion" else 1.0
        frame = pl.DataFrame(
            {
                "indicator": [indicator.code] * len(n), "group": list(classes), "value": value * scale,
                "se": se * scale, "lower": lower * scale, "upper": upper * scale, "n": n,
                "weighted_n": table.weight[:, k], "deff": deff, "df": df, "psus": table.psus[:, k],
                "unit": [indicator.unit] * len(n),
            },
            nan_to_null=True,
        )  # fmt: skip
        return frame.with_columns(status_of(pl.col("se").is_null()).alias("status"))

    def _interval(
        self, indicator: GrowthIndicator, value: Floats, se: Floats, n: Any, df: Any
    ) -> tuple[Floats, Floats]:
        """Logit for shares, Korn–Graubard where a share is 0 or 1; linear for means, log for spreads."""
        if indicator.kind == "spread":
            return intervals.log(value, se, df)
        if indicator.kind == "mean" or self.options.interval == "linear":
            return intervals.linear(value, se, df)
        lower, upper = intervals.logit(value, se, df)
        edge = ((value <= 0) | (value >= 1)) & (df > 0)
        if edge.any():
            lower[edge], upper[edge] = intervals.korn_graubard(value[edge], n[edge], np.nan, df[edge])
        return lower, upper

    def _spread(self, table: TableOfEstimates, k: int) -> tuple[Floats, Floats]:
        """Standard deviation √((E z² − (E z)²) n/(n − 1)) and its error: the linearised total of the variance is
        that of z² less 2·E z times that of z, divided by twice the deviation (delta method)."""
        mean = next(i for i, other in enumerate(self.indicators)
                    if other.kind == "mean" and other.needs == self.indicators[k].needs)  # fmt: skip
        n = table.n[:, k]
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = table.value[:, k] - table.value[:, mean] ** 2
            value = np.sqrt(np.maximum(variance, 0) * (n / (n - 1)))
            one, square = (self._linearised(table, place) for place in (mean, k))
            z = (square - 2 * table.value[:, mean] * one) / (2 * value)
        z = np.where(np.isfinite(z), z, 0.0)
        psus = self.totals.psus
        held = domain_totals(self.totals, self.plan, table.table, self.columns[k].members) > 0
        found = total_variance(z, held, psus.stratum, psus.psus_of_stratum, self.options.lonely)
        told = (table.psus[:, k] > 1) & np.isfinite(value) & (value > 0)
        return value, np.where(told, np.sqrt(np.maximum(found, 0)), np.nan)

    def _linearised(self, table: TableOfEstimates, k: int) -> Floats:
        places = (self.columns[k].numerator, self.columns[k].denominator)
        return linearised(*(domain_totals(self.totals, self.plan, table.table, place) for place in places))


def _exact_ends(value: Floats, se: Floats, kind: str) -> tuple[Floats, Floats]:
    """None and all are 0 and 1 exactly: centring leaves 1e-18, whose interval by the logit would be 0 to 1."""
    if kind != "proportion":
        return value, se
    end = np.abs(value - np.rint(value)) < ALMOST
    return np.where(end, np.rint(value), value), np.where(end & ~np.isnan(se), 0.0, se)


def period_of(file: ChildFile) -> str:
    """Years in which children were measured, `2015` or `2015/2016`; empty where the file has no dates."""
    years = file.ages.year[file.counted]
    years = years[~np.isnan(years)]
    if not years.size:
        return ""
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first}/{last}"
