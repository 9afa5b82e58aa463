"""Growth of children as observations of the cube, and as a release."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.estimation.child_growth import ChildGrowth
from everychild.estimation.demographic_release import place
from everychild.estimation.publication import store_of_survey
from everychild.microdata.description import SurveyDescription
from everychild.releases.manifest import Manifest
from everychild.vocabulary.computations import Procedure
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import SCHEMA, conform

TITLE: Final[Mapping[Language, str]] = {"en": "growth of children", "ru": "рост и вес детей", "kk": "балалардың өсуі"}


def observations(found: ChildGrowth, survey: SurveyDescription) -> pl.DataFrame:
    """Rows of the observation schema, of the indicators that the catalogue has; groups without a child are left out,
    small ones are suppressed."""
    known = catalogue().indicators
    rows = found.shown().with_row_index("at", offset=1).filter(
        (pl.col("n") > 0) & pl.col("indicator").is_in(list(known))
    )  # fmt: skip
    made = [_row(found, survey, row) for row in rows.iter_rows(named=True)]
    schema = {name: kind for name, kind in SCHEMA.items() if name in (made[0] if made else {})}
    return conform(
        pl.DataFrame(made, schema=schema).with_columns(
            pl.lit(survey.source).alias("source"), pl.lit("survey").alias("quality"),
            pl.lit(f"growth of children, {survey.survey}").alias("file"),
        )
    )  # fmt: skip


def _row(found: ChildGrowth, survey: SurveyDescription, row: Mapping[str, Any]) -> dict[str, Any]:
    hidden = row["status"] == "Q"
    return {
        **place(survey.area, found.levels[row["breakdown"], row["group"]]),
        "indicator": row["indicator"],
        "period": survey.period,
        **{name: row[name] for name in ("value", "lower", "upper", "se", "n", "unit")},
        "interval": "" if row["lower"] is None else "CI95",
        "status": row["status"] if hidden or row["value"] is not None else "M",
        "flag": "invented" if survey.invented else "",
        "note": _note(found, row),
        "row": row["at"],
    }


def _note(found: ChildGrowth, row: Mapping[str, Any]) -> str:
    standard = found.scored.source if found.options.scores == "computed" else "file"
    told = {"standard": standard, "flags": found.scored.rule}
    if not found.scored.file.oedema_told:
        told["oedema"] = "none"
    if row["deff"] is not None:
        told["deff"] = f"{row['deff']:.4f}"
    return Procedure("growth", {**told, "errors": "taylor", "psus": str(row["psus"])}).note


def release(
    found: ChildGrowth, survey: SurveyDescription, folder: Path, by: str | None = None, *, publish: bool = False
) -> Manifest:
    """Store prevalences as a release of the survey's country, with the findings on its children, and publish it when
    asked. Raises UnknownCountry and SourceUnknown: what nobody can look up is not stored."""
    file = found.scored.file
    method = f"layout {file.layout.name}, {found.scored.source}"
    return store_of_survey(
        observations(found, survey), found.findings, survey, "growth", TITLE, [file.path, survey.path], method, folder,
        by, publish=publish,
    )  # fmt: skip
