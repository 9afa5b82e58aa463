"""Birth histories of a survey file: the arrays that rates are made from, classes, and what is wrong with rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from everychild.methods.mortality import BirthHistories, InputFinding, SampleDesign
from everychild.microdata.birth_classes import Classified, classified, columns_of
from everychild.microdata.column_values import ColumnValues, Floats, Truths, Whole, finding
from everychild.microdata.layouts import NEEDED, Layout, Source, read_layout, shipped
from everychild.microdata.reading import DataFile, read_file
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import DataRefused, Finding

Progress = Callable[[str], None]
COLUMN_OF_RULE: Final = {
    "birth_date_missing": "birth", "weight_missing": "weight", "weight_zero": "weight", "weight_negative": "weight",
    "interview_date_missing": "interview", "birth_after_interview": "birth", "survival_unknown": "alive",
    "death_without_age": "age_at_death", "age_at_death_of_living_child": "age_at_death",
    "death_before_birth": "age_at_death", "death_after_interview": "age_at_death", "psu_missing": "psu",
}  # fmt: skip
"""The role whose column a rule on rows is about."""
MANY_STRATA: Final = 3


class LayoutUnlikely(EverychildError):  # noqa: N818 - says what is the case
    """The file has the columns of another layout."""


def _silent(_file: str) -> None:
    pass


@dataclass(frozen=True, eq=False)
class Clusters:
    """The sampling design of a file: `design`, index of each row (n,), names of PSUs and of strata by index."""

    design: SampleDesign
    psu: Whole
    psu_names: tuple[str, ...]
    stratum_names: tuple[str, ...]
    stratified: bool


@dataclass(frozen=True, eq=False)
class QualityColumns:
    """What the measures of data quality need beyond the histories; None where the file does not tell."""

    age_in_days: Floats | None
    male: Whole | None
    birth_date_complete: Truths | None
    age_at_death_sound: Truths | None


@dataclass(frozen=True, eq=False)
class BirthFile:
    """A file of births as read. `findings`: what reading found. `values` and `layout` locate further findings."""

    path: Path
    layout: Layout
    values: ColumnValues
    histories: BirthHistories
    clusters: Clusters
    breakdowns: tuple[Classified, ...]
    quality: QualityColumns
    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.histories)

    def located(self, found: Sequence[InputFinding]) -> tuple[Finding, ...]:
        """Findings of the method with file, row, column and value, in words that a person can act on."""
        return tuple(self._located(each) for each in found)

    def ledger(self, found: Sequence[InputFinding]) -> tuple[Finding, ...]:
        """The same with one finding for every row."""
        rows = [
            self._located(InputFinding(each.rule, each.severity, each.treatment, np.array([row]), each.subject))
            for each in found
            for row in (each.rows if each.count else [-1])
            if row >= 0
        ]
        return (*rows, *(self._located(each) for each in found if not each.count))

    def _located(self, found: InputFinding) -> Finding:
        file = self.path.name
        told = {**self._subject(found), "treatment": found.treatment}
        if not found.count:
            return Finding(file, None, "", "", found.rule, found.severity, told)
        row = int(found.rows[0])
        source = self.layout.births.get(COLUMN_OF_RULE.get(found.rule, ""))
        column = ", ".join(source.columns) if source else found.subject[0] if found.subject else ""
        value = self._value(source, row) if source else ""
        told |= {"count": str(found.count), "rows": self.values.rows_text(found.rows)}
        return Finding(file, row + self.values.first_row, column, value, found.rule, found.severity, told)

    def _value(self, source: Source, row: int) -> str:
        shown = [self.values.series(name)[row] for name in source.columns if self.values.has(Source((name,)))]
        return " ".join("" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in shown)

    def _subject(self, found: InputFinding) -> dict[str, str]:
        if found.rule == "single_psu_stratum":
            stratum = self.clusters.stratum_names[int(found.subject[0])]
            return {"stratum": stratum, "psu": self.clusters.psu_names[int(found.subject[1])]}
        breakdown, label, period, *rates = (*found.subject, "", "", "")[: max(3, len(found.subject))]
        return {"breakdown": breakdown, "class": label, "period": period, "rates": ", ".join(rates)}


def read_births(
    source: Path | DataFile,
    layout: Layout,
    by: Sequence[str] = (),
    *,
    women: Path | None = None,
    progress: Progress = _silent,
) -> BirthFile:
    """Read a file of births (.sav, .zsav, .dta, .csv, .parquet).

    `by`: breakdowns of the layout or the catalogue, or any column; crossed ones as `residence:sex_child`. `women`: the
    file of women, when clusters without a birth shall count in the errors.
    Raises DataRefused when columns are absent or hold words instead of codes, BrokenFile for a file that cannot be
    read, UnknownClass for a breakdown that the file does not have.
    """
    file = source if isinstance(source, DataFile) else read_file(source)
    _check_layout(file, layout)
    values = ColumnValues.read(file, layout.births, NEEDED, columns_of(by, layout, file, "births"), progress)
    sources = layout.births
    alive, known = values.truth(sources["alive"])
    clusters = clusters_of(values, sources, _of_women(women, layout, progress))
    histories = BirthHistories(
        values.date(sources["birth"]),
        values.date(sources["interview"]),
        alive,
        values.months(sources["age_at_death"]),
        values.number(sources["weight"]),
        clusters.psu,
        ~known,
    )
    breakdowns = tuple(classified(code, layout, values, "births") for code in by)
    refused = [f for f in values.findings if f.severity == "error"]
    if refused:
        raise DataRefused(refused)
    quality = _quality(values, sources)
    return BirthFile(file.path, layout, values, histories, clusters, breakdowns, quality, tuple(values.findings))


def _check_layout(file: DataFile, layout: Layout) -> None:
    """LayoutUnlikely when the file has none of the layout's columns and all of another's."""
    if any(column.lower() in file.columns for name in NEEDED for column in layout.births[name].columns):
        return
    for other in (read_layout(name) for name in shipped()):
        columns = [column for name in NEEDED for column in other.births[name].columns]
        if all(column.lower() in file.columns for column in columns):
            raise LayoutUnlikely(
                f"{file.path.name} has the columns of the layout {other.name}, not those of {layout.name}; "
                f"give --layout {other.name}"
            )


def _of_women(path: Path | None, layout: Layout, progress: Progress) -> ColumnValues | None:
    if path is None:
        return None
    wanted = {name: layout.women[name] for name in ("psu", "stratum") if name in layout.women}
    return ColumnValues.read(read_file(path), wanted, ("psu",), (), progress)


def _quality(values: ColumnValues, sources: Mapping[str, Source]) -> QualityColumns:
    def told(name: str) -> Source | None:
        return sources[name] if values.has(sources.get(name)) else None

    days, sex, complete, sound = (
        told(name) for name in ("age_in_days", "sex", "birth_date_complete", "age_at_death_sound")
    )
    before = len(values.findings)
    found = QualityColumns(
        values.number(days) if days else None,
        values.code(sex) if sex else None,
        values.truth(complete)[0] if complete else None,
        values.truth(sound)[0] if sound else None,
    )
    # words in these columns take the measure away, never the rates
    worded = {f.column for f in values.findings[before:]}
    values.findings[before:] = [replace(f, severity="warning") for f in values.findings[before:]]
    lost = {
        name: None
        for name, source in zip(vars(found), (days, sex, complete, sound), strict=True)
        if source is not None and worded & set(source.columns)
    }
    return replace(found, **lost)


def clusters_of(values: ColumnValues, sources: Mapping[str, Source], others: ColumnValues | None = None) -> Clusters:
    """The design seen in the rows of a file, and in those of the file of women when it is given.

    A cluster is a PSU within a stratum, so that numbers which start anew in each stratum are different clusters.
    Raises DataRefused when no row has a PSU.
    """
    stratified = values.has(sources.get("stratum"))
    rows = _design_rows(values, sources, stratified)
    every = rows
    if others is not None:
        every = pl.concat([rows, _design_rows(others, sources, stratified and others.has(sources.get("stratum")))])
    clusters = every.filter(pl.col("psu").is_not_null()).unique().sort("stratum", "psu")
    if not clusters.height:
        raise DataRefused([_without_clusters(values, sources)])
    strata = clusters["stratum"].unique(maintain_order=True).to_list()
    place = {name: i for i, name in enumerate(strata)}
    clusters = clusters.with_columns(pl.col("stratum").replace_strict(place).alias("of")).with_row_index("index")
    _twice(values, sources, clusters)
    index = rows.join(clusters, on=["stratum", "psu"], how="left", maintain_order="left")["index"]
    return Clusters(
        SampleDesign(clusters["of"].cast(pl.Int64).to_numpy()),
        index.cast(pl.Int64).fill_null(-1).to_numpy(),
        tuple(clusters["psu"].to_list()),
        tuple(strata),
        stratified,
    )


def _design_rows(values: ColumnValues, sources: Mapping[str, Source], stratified: bool) -> pl.DataFrame:
    """Stratum (empty when missing) and PSU (null when missing) of each row, as texts."""
    psu = values.key(sources["psu"].columns)
    if not stratified:
        return pl.DataFrame({"psu": psu}).select(pl.lit("").alias("stratum"), "psu")
    keys = values.key(sources["stratum"].columns)
    gone = keys.is_null().arg_true().to_numpy()
    if gone.size:
        column = ", ".join(sources["stratum"].columns)
        told = {"count": gone.size, "rows": values.rows_text(gone)}
        row = int(gone[0]) + values.first_row
        values.findings.append(finding(values.file.path.name, column, "", "stratum_missing", row, **told))
    return pl.DataFrame({"stratum": keys.fill_null(""), "psu": psu})


def _twice(values: ColumnValues, sources: Mapping[str, Source], clusters: pl.DataFrame) -> None:
    twice = clusters.group_by("psu").agg(pl.col("stratum")).filter(pl.col("stratum").list.len() > 1).sort("psu")
    for name, strata in twice.head(MANY_STRATA).iter_rows():
        column = ", ".join(sources["psu"].columns)
        rule = "survey_cluster_in_two_strata"
        values.findings.append(finding(values.file.path.name, column, name, rule, strata=", ".join(sorted(strata))))


def _without_clusters(values: ColumnValues, sources: Mapping[str, Source]) -> Finding:
    column = ", ".join(sources["psu"].columns)
    return finding(values.file.path.name, column, "", "psu_missing", count=values.table.height, treatment="refuse")
