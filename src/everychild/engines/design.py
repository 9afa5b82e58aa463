"""The sampling design as it stands in the data: PSUs, their strata, their weight, and what is constant in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from everychild.engines.plan import DesignColumns, Plan
from everychild.engines.totals import Integers, PsuTable
from everychild.methods.sampling.weights import EXTREME
from everychild.recipes.sql import to_sql
from everychild.vocabulary.errors import EverychildError

STRATUM: Final = "stratum"
PSU: Final = "psu"


class DesignProblem(EverychildError):  # noqa: N818 - says what is the case
    """The design of a file cannot be used; the message says which variable, and in how many rows."""


@dataclass(frozen=True)
class DesignFacts:
    """One row for each PSU: columns stratum, psu (texts or numbers), `weight` (a bound of the sum of its weights: the
    largest weight times the rows, the same in any order of rows), and for each grouping `low:NAME` and `high:NAME`,
    its smallest and largest level. `rows` counts the rows of the file, `unweighted` those without a weight."""

    psus: pl.DataFrame
    rows: int
    groupings: tuple[str, ...]
    unweighted: int = 0

    @property
    def heaviest(self) -> float:
        return float(self.psus["weight"].max() or 0.0)  # type: ignore[arg-type]

    @property
    def constant(self) -> frozenset[str]:
        """Groupings with one level in every PSU. A row outside every level makes a grouping vary."""
        return frozenset(
            name for name in self.groupings if bool((self.psus[f"low:{name}"] == self.psus[f"high:{name}"]).all())
        )

    def joined(self, file: DesignFacts) -> DesignFacts:
        """The PSUs of a survey, which the PSUs of one of its files have to be among, with the file's own constancy.

        A PSU that the file has no row of keeps its place in the variance; its levels are unknown and stand as 0.
        """
        for key in (STRATUM, PSU):
            if (file.psus[key].dtype == pl.String) != (self.psus[key].dtype == pl.String):
                raise DesignProblem(
                    f"the {key} is text in one of the two files, this and the household file, and a number in the other"
                )
        strange = file.psus.join(self.psus, on=[STRATUM, PSU], how="anti")
        if strange.height:
            raise DesignProblem(
                f"{strange.height} clusters of this file are not in the household file, the first is "
                f"stratum {strange[STRATUM][0]}, cluster {strange[PSU][0]}"
            )
        levels = [c for c in file.psus.columns if ":" in c]
        known = self.psus.select(STRATUM, PSU).join(file.psus, on=[STRATUM, PSU], how="left")
        whole = known.with_columns(pl.col("weight").fill_null(0.0), *(pl.col(name).fill_null(0) for name in levels))
        return DesignFacts(whole, file.rows, file.groupings)


def psu_facts(frame: pl.LazyFrame, plan: Plan, spelling: Mapping[str, str]) -> DesignFacts:
    """Read the design of a file. Raises DesignProblem for design variables that are missing, weights that are negative,
    and rows that would be counted but have no weight. (Households that were not interviewed often have no number of
    members, and so no weight by members; they are in no universe.)"""
    facts = settled_facts(facts_by_psu(frame, plan, spelling).collect(engine="streaming"), plan)
    if facts.unweighted:
        rows = frame.select(counted_without_weight(plan, spelling)).collect().item()
        refuse_unweighted(rows, plan)
    return facts


def facts_by_psu(frame: pl.LazyFrame, plan: Plan, spelling: Mapping[str, str]) -> pl.LazyFrame:
    """What a part of a file tells of its PSUs; parts are put together by `merged_facts`."""
    levels = [
        pl.sql_expr(to_sql(grouping.code, spelling)).fill_null(0).cast(pl.UInt16).alias(grouping.name)
        for grouping in plan.groupings
    ]
    weight = pl.sql_expr(to_sql(plan.weight, spelling)).cast(pl.Float64).alias("weight")
    rows = frame.select(*design_keys(frame, plan.design), weight, *levels)
    return rows.group_by(STRATUM, PSU).agg(
        pl.col("weight").max().alias("heaviest"),
        pl.len().cast(pl.Int64).alias("rows"),
        pl.col("weight").is_null().sum().cast(pl.Int64).alias("unweighted"),
        (pl.col("weight") < 0).sum().cast(pl.Int64).alias("negative"),
        (~pl.col("weight").is_finite()).sum().cast(pl.Int64).alias("infinite"),
        *(pl.col(g.name).min().alias(f"low:{g.name}") for g in plan.groupings),
        *(pl.col(g.name).max().alias(f"high:{g.name}") for g in plan.groupings),
    )


def merged_facts(parts: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The facts of several parts of a file as those of the whole."""
    return parts.group_by(STRATUM, PSU).agg(
        pl.col("heaviest").max(),
        pl.col("rows", "unweighted", "negative", "infinite").sum(),
        *(pl.col(f"low:{g.name}").min() for g in plan.groupings),
        *(pl.col(f"high:{g.name}").max() for g in plan.groupings),
    )


def settled_facts(found: pl.DataFrame, plan: Plan) -> DesignFacts:
    """Facts of a whole file, refused where they make no design."""
    _refuse(found, plan)
    bound = (pl.col("heaviest") * pl.col("rows")).fill_null(0.0).alias("weight")
    return DesignFacts(
        found.with_columns(bound).drop("heaviest", "unweighted", "negative", "infinite", "rows"),
        int(found["rows"].sum()),
        tuple(grouping.name for grouping in plan.groupings),
        int(found["unweighted"].sum()),
    )


def design_keys(frame: pl.LazyFrame, design: DesignColumns) -> tuple[pl.Expr, pl.Expr]:
    """Stratum and PSU of each row. Numbers are compared as numbers, whatever type two files give them; variables that
    are crossed are joined as text. DesignProblem when a variable is not in the file."""
    schema = {name.lower(): (name, kind) for name, kind in frame.collect_schema().items()}
    return _key(design.stratum, schema, STRATUM), _key(design.psu, schema, PSU)


def _key(columns: tuple[str, ...], schema: Mapping[str, tuple[str, pl.DataType]], name: str) -> pl.Expr:
    missing = [column for column in columns if column.lower() not in schema]
    if missing:
        raise DesignProblem(f"the design variable {missing[0]} is not in the file")
    if not columns:
        # One for each row: of literals alone Polars makes a single one.
        return pl.repeat(0.0, pl.len(), dtype=pl.Float64).alias(name)
    found = [schema[column.lower()] for column in columns]
    parts = [pl.col(column).cast(pl.Float64) if kind.is_numeric() else pl.col(column) for column, kind in found]
    if len(parts) == 1:
        return parts[0].alias(name)
    return pl.concat_str([part.cast(pl.String) for part in parts], separator=" × ").alias(name)


def _refuse(facts: pl.DataFrame, plan: Plan) -> None:
    weight = to_sql(plan.weight)
    for column, problem in (("negative", "a negative weight"), ("infinite", "no number")):
        count = int(facts[column].sum() or 0)
        if count:
            raise DesignProblem(f"{count} rows have {problem} in {weight}")
    heaviest = facts.filter(pl.col("heaviest") > 0)["heaviest"]
    if not heaviest.len() and int(facts["rows"].sum() or 0) > int(facts["unweighted"].sum() or 0):
        raise DesignProblem(f"all weights {weight} are zero")
    most, median = (float(value or 0.0) for value in (heaviest.max(), heaviest.median()))  # type: ignore[arg-type]
    if most > EXTREME * median:
        raise DesignProblem(f"a weight {weight} of {most:g} is more than {EXTREME:,} times the median")
    for column, names in ((STRATUM, plan.design.stratum), (PSU, plan.design.psu)):
        lacking = int(facts.filter(pl.col(column).is_null())["rows"].sum() or 0)
        if lacking:
            raise DesignProblem(f"{lacking} rows have no value in the design variable {', '.join(names)}")


def counted_without_weight(plan: Plan, spelling: Mapping[str, str]) -> pl.Expr:
    """How many rows are counted somewhere and have no weight."""
    counted = [pl.sql_expr(to_sql(node, spelling)).fill_null(False) for node in plan.conditions]
    counted += [(pl.sql_expr(to_sql(node, spelling)) != 0).fill_null(False) for node in plan.values]
    weight = pl.sql_expr(to_sql(plan.weight, spelling))
    return (weight.is_null() & pl.any_horizontal(*counted, pl.lit(False))).sum().cast(pl.Int64).alias("rows")


def refuse_unweighted(rows: int, plan: Plan) -> None:
    if rows:
        raise DesignProblem(f"{rows} rows are counted but have no weight in {to_sql(plan.weight)}")


def psu_table(facts: DesignFacts, constant: tuple[str, ...]) -> PsuTable:
    """PSUs in the order of their stratum, then of what is constant in them, then of their number."""
    levels = [f"low:{name}" for name in constant]
    ordered = facts.psus.sort(STRATUM, *levels, PSU)
    stratum = ordered[STRATUM].rank("dense").cast(pl.Int64).to_numpy() - 1
    codes = {name: ordered[f"low:{name}"].cast(pl.Int64).to_numpy() for name in constant}
    changed = np.zeros(ordered.height, dtype=bool)
    for key in (stratum, *codes.values()):
        changed[1:] |= key[1:] != key[:-1]
    identity = ordered.select(pl.struct(STRATUM, PSU).hash(seed=0)).to_series().to_numpy().view(np.int64)
    return PsuTable(identity, stratum, codes, np.cumsum(changed))


@dataclass
class PsuFinder:
    """Finds the row of the PSU table for each row of a batch."""

    psus: PsuTable
    facts: DesignFacts
    _index: pl.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        levels = [f"low:{name}" for name in self.psus.codes]
        ordered = self.facts.psus.sort(STRATUM, *levels, PSU)
        self._index = ordered.select(STRATUM, PSU).with_row_index("at")

    def index(self, batch: pl.DataFrame) -> Integers:
        """(rows): index into the PSU table, by the columns stratum and psu of the batch.

        Rows of a PSU mostly stand together, so one row of each run is looked up: a tenth of the time of all rows.
        """
        keys = batch.select(STRATUM, PSU)
        first = np.ones(keys.height, dtype=bool)
        for column in keys:
            first[1:] &= (column[1:] == column[:-1]).to_numpy()
        first[1:] = ~first[1:]
        starts = np.flatnonzero(first)
        found = keys[starts].join(self._index, on=[STRATUM, PSU], how="left", maintain_order="left")
        return np.repeat(found["at"].cast(pl.Int64).to_numpy(), np.diff(starts, append=keys.height))
