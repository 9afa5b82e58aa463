"""Clusters of a survey in which no child lives: they were drawn, and count in every error as zeros."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from everychild.microdata.child_measurements import ChildFile
from everychild.microdata.column_values import ColumnValues
from everychild.microdata.layouts import Source
from everychild.microdata.reading import DataFile


def clusters_without_children(
    households: DataFile, psu: Sequence[str], stratum: Sequence[str], children: ChildFile
) -> pl.DataFrame:
    """Stratum and PSU, as texts, of the clusters that the file of households has and the file of children has not.

    `psu`, `stratum`: their names in the file of households. Empty when the children are not told by cluster. Raises
    DataRefused when the columns are not there.
    """
    nothing = pl.DataFrame(schema={"stratum": pl.String, "psu": pl.String})
    if not children.clustered or not psu:
        return nothing
    by_stratum = children.stratified and bool(stratum)
    wanted = {"psu": Source(tuple(psu))} | ({"stratum": Source(tuple(stratum))} if by_stratum else {})
    values = ColumnValues.read(households, wanted, tuple(wanted))
    names = values.key(psu).alias("psu")
    strata = values.key(stratum).fill_null("") if by_stratum else pl.Series([""] * names.len(), dtype=pl.String)
    drawn = pl.DataFrame([strata.alias("stratum"), names]).drop_nulls().unique().sort("stratum", "psu")
    seen = pl.DataFrame([children.stratum.alias("stratum"), children.psu.alias("psu")]).unique()
    return drawn.join(seen, on=["stratum", "psu"], how="anti") if by_stratum or not children.stratified else nothing
