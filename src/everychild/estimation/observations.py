"""Estimates as observations of the one cube, ready to become a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from everychild.estimation.estimates import Estimates
from everychild.recipes.groups import Level
from everychild.vocabulary.computations import Computation
from everychild.vocabulary.observations import FEW_CASES, SCHEMA, conform

FLAG_OF_CONFIDENCE: Final[Mapping[str, str]] = {
    "partly_verified": "recipe_partly_verified",
    "unverified": "recipe_unverified",
}


def observations(estimates: Estimates) -> pl.DataFrame:
    """Rows of the observation schema; groups without a single case are left out, small ones are suppressed: of a
    sample for want of cases, which a flag says, of a register to protect those who were counted.

    The note of each figure tells, in codes, the recipe that made it, its design effect and degrees of freedom.
    """
    description = estimates.files.description
    rows = estimates.shown().with_row_index("at", offset=1).filter(pl.col("n") > 0)
    made = [_row(estimates, row) for row in rows.iter_rows(named=True)]
    frame = pl.DataFrame(
        made, schema={name: kind for name, kind in SCHEMA.items() if name in (made[0] if made else {})}
    )
    return conform(
        frame.with_columns(
            pl.lit(description.period).alias("period"),
            pl.lit(description.source).alias("source"),
            pl.lit("survey").alias("quality"),
            pl.lit(f"estimates of {description.survey}").alias("file"),
        )
    )


def _row(estimates: Estimates, row: Mapping[str, Any]) -> dict[str, Any]:
    levels = estimates.levels(row["indicator"], row["breakdown"], row["group"])
    flags = [FLAG_OF_CONFIDENCE[row["confidence"]]] if row["confidence"] in FLAG_OF_CONFIDENCE else []
    if estimates.files.description.invented:
        flags.append("invented")
    hidden = row["status"] == "Q"
    if hidden and not estimates.files.description.register:
        flags.append(FEW_CASES)
    return {
        **_place(estimates.files.description.area, levels),
        "indicator": row["indicator"],
        "value": row["value"],
        "lower": row["lower"],
        "upper": row["upper"],
        "interval": _interval(row, register=estimates.files.description.register),
        "se": row["se"],
        "n": row["n"],
        "unit": row["unit"],
        "status": row["status"] if hidden or row["value"] is not None else "M",
        "flag": "|".join(flags),
        "note": _note(row),
        "row": row["at"],
    }


def _interval(row: Mapping[str, Any], *, register: bool) -> str:
    if row["lower"] is None:
        return ""
    return "EXACT95" if register else "CI95"


def _place(area: str, levels: tuple[Level, ...]) -> dict[str, str]:
    """The columns in which the levels of a group stand."""
    found = {"area": area, "sex": "_T", "age": "_T", "residence": "_T", "wealth": "_T", "education": "_T",
             "disability": "_T", "ethnicity": "_T", "other": ""}  # fmt: skip
    other = []
    for level in levels:
        if level.dimension == "other":
            other.append(level.code)
        else:
            found[level.dimension] = level.code
    found["other"] = ";".join(other)
    return found


def _note(row: Mapping[str, Any]) -> str:
    return Computation(
        recipe=row["indicator"],
        version=row["recipe"],
        checked=row["confidence"],
        deff=row["deff"],
        df=row["df"],
        lonely=row["lonely"] or 0,
    ).note
