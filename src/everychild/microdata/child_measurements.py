"""Measurements of children in a survey file: the arrays that z-scores are made from, the design, and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from everychild.methods.anthropometry import ChildMeasurements, Index
from everychild.methods.anthropometry.measurements import MONTHS
from everychild.methods.anthropometry.standards import LAST_DAY
from everychild.microdata.birth_classes import Classified, classified, columns_of
from everychild.microdata.birth_histories import LayoutUnlikely
from everychild.microdata.child_ages import ChildAges, child_ages
from everychild.microdata.column_values import ColumnValues, Floats, Truths, finding
from everychild.microdata.growth_layouts import SCORES, GrowthLayout, named, read_growth_layout, shipped_growth
from everychild.microdata.layouts import Classes, Layout, Source
from everychild.microdata.reading import DataFile, read_file
from everychild.recipes.groups import Level, file_breakdowns
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.findings import DataRefused, Finding

Progress = Callable[[str], None]
Rows = NDArray[Any]
LIMITS: Final[Mapping[str, tuple[float, float]]] = {"weight": (0.9, 58), "length": (38, 150), "arm": (6, 35)}
"""kg and cm outside which no child under five is; for weight and length those of WHO's own program."""
LEAVE_OUT: Final = ("growth_sampling_weight_missing", "growth_psu_missing")
"""Rules on rows that a user may ask to go on without."""
AGE_COLUMN, SEX_COLUMN = "everychild:age_months", "everychild:sex"
STANDARD_COLUMNS: Final = (AGE_COLUMN, SEX_COLUMN)
TELLING: Final = ("sex", "age_months", "psu")
"""Roles by which one kind of file is told from another."""
CLASS_NAMES: Final[Mapping[str, str]] = {"age_group": "age_months_u5", "sex": "sex_child"}
"""Breakdowns that every file of children has, by other names that they go by."""
FEW: Final = 3


def _silent(_file: str) -> None:
    pass


@dataclass(frozen=True, eq=False)
class ChildFile:
    """A file of children as read; all arrays are (n,), n the rows of the file.

    `counted`: children of the population that the layout names, of known or unknown age below 60 months. `weight`:
    sampling weight, 0 for rows left out. `psu`, `stratum`: texts. `scores`: z-scores that the file itself has, those
    that it flags being NaN. `team`: who measured, or null.
    """

    path: Path
    layout: GrowthLayout
    values: ColumnValues
    children: ChildMeasurements
    ages: ChildAges
    counted: Truths
    weight: Floats
    psu: pl.Series
    stratum: pl.Series
    clustered: bool
    stratified: bool
    oedema_told: bool
    scores: Mapping[Index, Floats]
    team: pl.Series | None
    breakdowns: tuple[Classified, ...]
    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.children)

    def has(self, *roles: str) -> bool:
        sources = self.layout.sources(self.values.file.columns)
        return all(self.values.has(sources.get(role)) for role in roles)

    def located(self, rule: str, role: str, rows: Rows, **told: object) -> Finding:
        """A finding on rows, in the column of a role."""
        return _located(self.values, self.layout.sources(self.values.file.columns).get(role), rule, rows, **told)


def read_children(
    source: Path | DataFile, layout: GrowthLayout, by: Sequence[str] = (), *, leave_out: Sequence[str] = (),
    scores_only: bool = False, progress: Progress = _silent,
) -> ChildFile:  # fmt: skip
    """Read a file of children (.sav, .zsav, .dta, .csv, .parquet).

    `by`: breakdowns of the layout or the catalogue, `age_group`, `sex`, or any column; crossed ones as
    `residence:sex`. `leave_out`: rules of LEAVE_OUT whose rows are left out instead of refused. `scores_only`: only the
    z-scores of the file are wanted. Raises DataRefused with located findings, BrokenFile, UnknownClass.
    """
    file = source if isinstance(source, DataFile) else read_file(source)
    return _Reading(file, layout, leave_out, scores_only).file([_known(code) for code in by], progress)


def _known(code: str) -> str:
    return ":".join(CLASS_NAMES.get(part, part) for part in code.split(":"))


@dataclass
class _Reading:
    given: DataFile
    layout: GrowthLayout
    leave_out: Sequence[str]
    scores_only: bool
    values: ColumnValues = field(init=False)
    sources: Mapping[str, Source] = field(init=False)

    def file(self, by: Sequence[str], progress: Progress) -> ChildFile:
        self._read(by, progress)
        children_rows = self._truth("child", default=True)
        ages = child_ages(self.values, self.sources, self.layout.dates)
        children = self._children(ages)
        counted = self._counted(children_rows, ages)
        weight = self._weight(counted)
        psu, stratum = self._design(counted, weight)
        breakdowns = self._breakdowns(by, children, ages, counted)
        self._check_measures(children, ages, counted)
        refused = [f for f in self.values.findings if f.severity == "error"]
        if refused:
            raise DataRefused([*refused, *(f for f in self.values.findings if f.severity != "error")])
        scores = {role: self.values.number(self.sources[role]) for role in SCORES if self._has(role)}
        team = self.values.key(self.sources["team"].columns) if self._has("team") else None
        return ChildFile(
            self.given.path, self.layout, self.values, children, ages, counted & (weight > 0), weight, psu, stratum,
            self._has("psu"), self._has("stratum"), self._has("oedema"), scores, team,  # type: ignore[arg-type]
            breakdowns, tuple(self.values.findings),
        )  # fmt: skip

    def _read(self, by: Sequence[str], progress: Progress) -> None:
        name = self.given.path.name
        columns = self.given.columns
        self.sources = self.layout.sources(columns)
        if not self.given.frame.select(pl.len()).collect().item():
            raise DataRefused([finding(name, "", "", "growth_no_rows")])
        wanted = dict(self.sources)
        wanted |= {role: Source(dates.columns) for role, dates in self.layout.dates.items()}
        further = [c for c in columns_of(by, self._with_standard(), self.given, "births") if c not in STANDARD_COLUMNS]
        self._check_layout(columns)
        self.values = ColumnValues.read(self.given, wanted, self._needed(columns), further, progress)
        measures = SCORES if self.scores_only else ("weight", "length", "arm", "head")
        if not any(self._has(role) for role in measures):
            named_columns = [c for role in measures if role in self.sources for c in self.sources[role].columns]
            raise DataRefused([finding(name, "", named(named_columns), "growth_nothing_measured")])

    def _needed(self, columns: Mapping[str, str]) -> list[str]:
        """Roles without which nothing can be said: sex, an age, and those by which children are chosen and weighted."""
        needed = [role for role in ("sex", "counted", "child") if role in self.sources]
        needed += [] if self.layout.name == "smart" else [r for r in ("sampling_weight", "psu") if r in self.sources]
        dated = all(
            role in self.layout.dates and all(c.lower() in columns for c in self.layout.dates[role].columns)
            for role in ("born", "measured")
        )
        aged = [r for r in ("age_days", "age_months") if r in self.sources]
        there = [r for r in aged if all(c.lower() in columns for c in self.sources[r].needed)]
        return needed if dated or there or not aged else [*needed, aged[-1]]

    def _has(self, role: str) -> bool:
        return self.values.has(self.sources.get(role))

    def _number(self, role: str) -> Floats | None:
        return self.values.number(self.sources[role]) if self._has(role) else None

    def _truth(self, role: str, *, default: bool) -> Truths:
        if not self._has(role):
            return np.full(self.values.table.height, default)
        return self.values.truth(self.sources[role])[0]

    def _code(self, role: str) -> NDArray[np.int8]:
        """1 yes, 0 no, -1 unknown."""
        if not self._has(role):
            return np.full(self.values.table.height, -1, dtype=np.int8)
        return self.values.code(self.sources[role]).astype(np.int8)

    def _children(self, ages: ChildAges) -> ChildMeasurements:
        nothing = np.full(self.values.table.height, np.nan)
        male = self._code("sex")
        found = {role: self._number(role) for role in ("weight", "length")}
        return ChildMeasurements(
            np.where(male == 1, 1, np.where(male == 0, 2, 0)).astype(np.int8),
            ages.days,
            nothing if found["weight"] is None else found["weight"],
            nothing if found["length"] is None else found["length"],
            self._code("position"),
            self._code("oedema") == 1,
            self._number("head"),
            self._number("arm"),
        )

    def _counted(self, rows: Truths, ages: ChildAges) -> Truths:
        """Children of the population below 60 months, or of unknown age."""
        chosen = rows & self._truth("counted", default=True)
        with np.errstate(invalid="ignore"):
            old = (np.floor(ages.days + 0.5) > LAST_DAY) | (np.isnan(ages.days) & (ages.months >= MONTHS))
        self._found("growth_too_old", self._age_role(), chosen & old)
        return chosen & ~old

    def _weight(self, counted: Truths) -> Floats:
        told = self._number("sampling_weight")
        if told is None:
            return counted.astype(np.float64)
        self._found("growth_sampling_weight_negative", "sampling_weight", told < 0)
        self._found("growth_sampling_weight_zero", "sampling_weight", counted & (told == 0))
        self._asked("growth_sampling_weight_missing", "sampling_weight", counted & np.isnan(told))
        return np.where(np.isfinite(told), told, 0.0)

    def _design(self, counted: Truths, weight: Floats) -> tuple[pl.Series, pl.Series]:
        """PSU and stratum of each row; a PSU is one within its stratum. Rows left out get weight 0."""
        n = self.values.table.height
        stratum = pl.Series("stratum", [""] * n)
        if self._has("stratum"):
            keys = self.values.key(self.sources["stratum"].columns)
            self._found("growth_stratum_missing", "stratum", counted & keys.is_null().to_numpy())
            stratum = keys.fill_null("").alias("stratum")
        if not self._has("psu"):
            self.values.findings.append(finding(self.given.path.name, "", "", "growth_no_clusters"))
            return pl.Series("psu", [str(row) for row in range(n)]), stratum
        psu = self.values.key(self.sources["psu"].columns).alias("psu")
        lacking = psu.is_null().to_numpy()
        self._asked("growth_psu_missing", "psu", counted & lacking)
        weight[lacking] = 0.0
        self._lonely(psu, stratum)
        return psu.fill_null(""), stratum

    def _lonely(self, psu: pl.Series, stratum: pl.Series) -> None:
        if not self._has("stratum"):
            return
        pairs = pl.DataFrame([stratum, psu]).drop_nulls().unique()
        single = pairs.group_by("stratum").len().filter(pl.col("len") == 1).sort("stratum")
        column = named(self.sources["stratum"].columns)
        for value, _ in single.iter_rows():
            row = int((stratum == value).arg_max() or 0) + self.values.first_row
            self.values.findings.append(finding(self.given.path.name, column, value, "survey_single_cluster", row))
        twice = pairs.group_by("psu").agg(pl.col("stratum").sort()).filter(pl.col("stratum").list.len() > 1).sort("psu")
        for name, strata in twice.head(FEW).iter_rows():
            psus, listed = named(self.sources["psu"].columns), ", ".join(strata)
            rule = "survey_cluster_in_two_strata"
            self.values.findings.append(finding(self.given.path.name, psus, name, rule, strata=listed))

    def _breakdowns(
        self, by: Sequence[str], children: ChildMeasurements, ages: ChildAges, counted: Truths
    ) -> tuple[Classified, ...]:
        """Classes of the rows. Age and sex are classed from what was read, whatever the file calls them."""
        table = self.values.table.with_columns(
            pl.Series(AGE_COLUMN, ages.months, nan_to_null=True), pl.Series(SEX_COLUMN, children.sex.astype(np.float64))
        )
        values = ColumnValues(replace(self.values.file, frame=table.lazy()), table, self.values.findings)
        layout = self._with_standard()
        found = tuple(classified(code, layout, values, "births") for code in by)
        for each in found:
            outside = np.flatnonzero(counted & (each.breakdown.codes < 0))
            if outside.size:
                named_columns = columns_of([each.breakdown.name], layout, values.file, "births")
                columns = [c for c in named_columns if c not in STANDARD_COLUMNS]
                told = {"breakdown": each.breakdown.name}
                found_source = Source(tuple(columns)) if columns else None
                self.values.findings.append(
                    _located(self.values, found_source, "growth_class_missing", outside, **told)
                )
        return found

    def _with_standard(self) -> Layout:
        """The layout with the breakdowns that every file of children has, by all their names."""
        standard = {
            "age_months_u5": Classes((AGE_COLUMN,), levels=_age_levels()),
            "sex_child": Classes((SEX_COLUMN,), levels=_sex_levels()),
        }
        layout = self.layout.for_groups
        aliases = {alias: standard[code] for alias, code in CLASS_NAMES.items()}
        return replace(layout, breakdowns={**layout.breakdowns, **aliases, **standard})

    def _check_layout(self, columns: Mapping[str, str]) -> None:
        """LayoutUnlikely when the file has neither sex nor age of the layout, and all of another's."""
        if any(
            _there(self.sources[role], columns) for role in ("sex", "age_months", "age_days") if role in self.sources
        ):
            return
        for other in (read_growth_layout(name) for name in shipped_growth()):
            sources = other.sources(columns)
            if all(_there(sources[role], columns) for role in TELLING):
                raise LayoutUnlikely(
                    f"{self.given.path.name} has the columns of the layout {other.name}, not those of "
                    f"{self.layout.name}; give --layout {other.name}"
                )

    def _check_measures(self, children: ChildMeasurements, ages: ChildAges, counted: Truths) -> None:
        age = self._age_role()
        self._found("growth_sex_unknown", "sex", counted & (children.sex == 0))
        self._found("growth_age_negative", age, counted & (np.floor(ages.days + 0.5) < 0))
        self._found("growth_age_missing", age, counted & np.isnan(ages.days))
        self._found("growth_age_disagrees", age, counted & ages.disagree)
        self._found("growth_day_missing", age, counted & ages.imputed)
        if not ages.of_months[counted].all() or "age_days" in self.sources or self.layout.dates:
            self._found("growth_age_of_months", age, counted & ages.of_months)
        for role, (low, high) in LIMITS.items():
            measured = getattr(children, role)
            if measured is not None and not self.scores_only:
                self._found(f"growth_{role}_impossible", role, counted & ((measured < low) | (measured > high)))
        if not self._has("oedema"):
            self.values.findings.append(finding(self.given.path.name, "", "", "growth_no_oedema"))

    def _age_role(self) -> str:
        if all(r in self.layout.dates and self._has_date(r) for r in ("born", "measured")):
            return "born"
        return "age_days" if self._has("age_days") else "age_months"

    def _has_date(self, role: str) -> bool:
        return self.values.has(Source(self.layout.dates[role].columns))

    def _found(self, rule: str, role: str, rows: Truths, **told: object) -> None:
        where = np.flatnonzero(rows)
        if where.size:
            source = Source(self.layout.dates[role].columns) if role in self.layout.dates else self.sources.get(role)
            self.values.findings.append(_located(self.values, source, rule, where, **told))

    def _asked(self, rule: str, role: str, rows: Truths) -> None:
        """An error that is a warning when the user asked to leave such rows out."""
        before = len(self.values.findings)
        if rule not in self.leave_out:
            self._found(rule, role, rows, treatment="refuse")
            return
        self._found(rule, role, rows, treatment="leave_out")
        self.values.findings[before:] = [replace(f, severity="warning") for f in self.values.findings[before:]]


def _there(source: Source, columns: Mapping[str, str]) -> bool:
    return all(name.lower() in columns for name in source.needed)


def _located(values: ColumnValues, source: Source | None, rule: str, rows: Rows, **told: object) -> Finding:
    row = int(rows[0])
    columns = source.columns if source is not None else ()
    there = [name for name in columns if values.has(Source((name,)))]
    shown = [values.series(name)[row] for name in there]
    value = " ".join("" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in shown)
    if source is not None and source.divide != 1 and len(shown) == 1 and shown[0] is not None:
        value = f"{float(shown[0]) / source.divide:g}"
    value = str(told.pop("value", value))
    where = {"count": rows.size, "rows": values.rows_text(rows), **told}
    return finding(values.file.path.name, named(columns), value, rule, row + values.first_row, **where)


def _age_levels() -> tuple[tuple[str, Level], ...]:
    levels = file_breakdowns("mics6", "ch")["age_months_u5"].levels
    return tuple((level.level.removeprefix("m").replace("_", "-"), level) for level in levels)


def _sex_levels() -> tuple[tuple[str, Level], ...]:
    names = code_list("sex")
    return tuple((str(code), Level(key, names[key].name, "sex", key)) for code, key in ((1, "M"), (2, "F")))


__all__ = ["LEAVE_OUT", "ChildFile", "read_children"]
