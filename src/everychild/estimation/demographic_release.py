"""Child mortality as observations of the one cube, and as a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.estimation.demographic_rates import BadPeriod, ChildMortality
from everychild.estimation.publication import store_of_survey
from everychild.estimation.women_rates import WomenTable
from everychild.methods.mortality import Period
from everychild.microdata.description import SurveyDescription
from everychild.recipes.groups import Level
from everychild.releases.manifest import Manifest
from everychild.vocabulary.computations import Procedure
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import DIMENSIONS, SCHEMA, TOTAL, conform

EPOCH: Final = 1900
NAMES: Final[Mapping[str, Mapping[Language, str]]] = {
    "mortality": {"en": "child mortality", "ru": "детская смертность", "kk": "бала өлімі"},
    "indirect-mortality": {"en": "child mortality, indirect", "ru": "детская смертность, косвенная оценка",
                           "kk": "бала өлімі, жанама бағалау"},
    "fertility": {"en": "fertility", "ru": "рождаемость", "kk": "туу"},
}  # fmt: skip


def observations(found: ChildMortality, survey: SurveyDescription) -> pl.DataFrame:
    """Rows of the observation schema; groups without exposed children are left out, small ones are suppressed.

    The period of a figure is the calendar years that its window covers, from the first interview to the last: five
    years before interviews of June to October 2015 are 2010/2015. Raises BadPeriod when two windows cover the same
    years, because their figures could not be told apart.
    """
    years = _calendar(found)
    rows = found.shown().with_row_index("at", offset=1).filter(pl.col("n") > 0)
    made = [_row(found, survey, row, years) for row in rows.iter_rows(named=True)]
    schema = {name: kind for name, kind in SCHEMA.items() if name in (made[0] if made else {})}
    return conform(
        pl.DataFrame(made, schema=schema).with_columns(
            pl.lit(survey.source).alias("source"),
            pl.lit("survey").alias("quality"),
            pl.lit(f"child mortality of {survey.survey}").alias("file"),
        )
    )


def _calendar(found: ChildMortality) -> Mapping[str, str]:
    interviews = found.births.histories.interview
    first, last = int(np.nanmin(interviews)), int(np.nanmax(interviews))
    years = {period.label: _years(period, first, last) for period in found.estimates.periods}
    if len(set(years.values())) < len(years):
        told = ", ".join(f"{label} is {text}" for label, text in years.items())
        raise BadPeriod(f"two periods cover the same calendar years and cannot be published together: {told}")
    return years


def _years(period: Period, first: int, last: int) -> str:
    """`2010/2015`: the calendar years that a window touches, for interviews between two months."""
    start = period.lower + (first if period.before_interview else 0)
    end = period.upper - 1 + (last if period.before_interview else 0)
    one, other = (EPOCH + (month - 1) // 12 for month in (start, end))
    return str(one) if one == other else f"{one}/{other}"


def _row(
    found: ChildMortality, survey: SurveyDescription, row: Mapping[str, Any], years: Mapping[str, str]
) -> dict[str, Any]:
    return {
        **place(survey.area, found.levels[row["breakdown"], row["group"]]),
        "indicator": row["indicator"],
        "period": years[row["period"]],
        "value": row["value"],
        "lower": row["lower"],
        "upper": row["upper"],
        "interval": "" if row["lower"] is None else "CI95",
        "se": row["se"],
        "n": round(row["n"]),
        "unit": row["unit"],
        "status": row["status"],
        "flag": "invented" if survey.invented else "",
        "note": _note(found, row),
        "row": row["at"],
    }


def place(area: str, levels: Sequence[Level]) -> dict[str, str]:
    """The columns of the cube in which the levels of a group stand."""
    stands = {"area": area, **dict.fromkeys(DIMENSIONS, TOTAL)}
    for level in levels:
        if level.dimension != "other":
            stands[level.dimension] = level.code
    return {**stands, "other": ";".join(level.code for level in levels if level.dimension == "other")}


def _note(found: ChildMortality, row: Mapping[str, Any]) -> str:
    window = row["period"]
    before = next(p.before_interview for p in found.estimates.periods if p.label == window)
    told = {"window" if before else "calendar": window, "errors": found.options.errors, "psus": str(row["psus"])}
    return Procedure("child_mortality", {**told, "interval": found.options.interval}).note


def release(
    found: ChildMortality, survey: SurveyDescription, folder: Path, by: str | None = None, *, publish: bool = False
) -> Manifest:
    """Store rates as a release of the survey's country, with the findings on its births, and publish it when asked.

    Raises UnknownCountry and SourceUnknown: a figure whose country or source nobody can look up is not stored.
    """
    files, method = [found.births.path, survey.path], f"layout {found.births.layout.name}"
    figures = observations(found, survey)
    return store_of_survey(
        figures, found.findings, survey, "mortality", NAMES["mortality"], files, method, folder, by, publish=publish
    )


def women_observations(found: WomenTable, survey: SurveyDescription, period: Period | None) -> pl.DataFrame:
    """Rows of the schema from a table of women, as far as the catalogue has the indicators.

    Fertility stands in the calendar years of its window; an indirect estimate of mortality in the year that it is
    about, with status E, because a model life table made it.
    """
    women = found.women.women
    interviews = int(np.nanmin(women.interview)), int(np.nanmax(women.interview))
    known = catalogue().indicators
    rows = found.shown().with_row_index("at", offset=1).filter(pl.col("indicator").is_in(list(known)))
    made = []
    for row in rows.iter_rows(named=True):
        indirect = row["date"] is not None
        levels = () if indirect else found.levels[row["breakdown"], row["group"]]
        if indirect and row["status"] != "A":
            continue
        made.append(
            {
                **place(survey.area, levels),
                "indicator": row["indicator"],
                "period": str(int(row["date"])) if period is None else _years(period, *interviews),
                **{name: row[name] for name in ("value", "lower", "upper", "se", "unit")},
                "interval": "" if row["lower"] is None else "CI95",
                "n": round(row["n"]),
                "status": "E" if indirect else row["status"],
                "flag": "invented" if survey.invented else "",
                "note": _women_note(row),
                "row": row["at"],
            }
        )
    schema = {name: kind for name, kind in SCHEMA.items() if name in (made[0] if made else {})}
    return conform(
        pl.DataFrame(made, schema=schema).with_columns(
            pl.lit(survey.source).alias("source"), pl.lit("survey").alias("quality"),
            pl.lit(f"interviews of women of {survey.survey}").alias("file"),
        )
    )  # fmt: skip


def _women_note(row: Mapping[str, Any]) -> str:
    if row["date"] is not None:
        return Procedure("indirect_mortality", {"mothers": str(row["age"]), "about": str(int(row["date"]))}).note
    return Procedure("fertility", {"window": row["period"], "errors": row["errors"]}).note


def release_of_women(
    found: WomenTable, births: Path | None, survey: SurveyDescription, period: Period | None, folder: Path,
    by: str | None, *, publish: bool,
) -> Manifest:  # fmt: skip
    """The same for a table of women: fertility when there is a period, else indirect child mortality."""
    files = [found.women.path, *([births] if births else []), survey.path]
    method = f"{'fertility' if period else 'indirect mortality'}, layout {found.women.layout.name}"
    figures = women_observations(found, survey, period)
    kind = "fertility" if period else "indirect-mortality"
    return store_of_survey(
        figures, found.findings, survey, kind, NAMES[kind], files, method, folder, by, publish=publish
    )
