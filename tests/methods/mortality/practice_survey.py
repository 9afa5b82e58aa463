"""The practice survey of The DHS Program (model data set ZZ, no country) as arrays; see SOURCE.md beside it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from everychild.methods.mortality import BirthHistories, Breakdown, Group, SampleDesign, Siblings, Women
from everychild.methods.mortality.births import IntArray, NumberArray

WOMAN = ("v001", "v002", "v003")
BACKGROUNDS = ("v024", "v025", "v106", "v190", "b4")
PREGNANCY_RELATED = ("died while pregnant", "died during delivery", "2 months after delivery")
MOST_SIBLINGS = 14


@dataclass(frozen=True, eq=False)
class PracticeSurvey:
    births: BirthHistories
    breakdowns: tuple[Breakdown, ...]
    women: Women
    mother: IntArray
    child_birth: IntArray
    ever_born: NumberArray
    dead: NumberArray
    siblings: Siblings
    v022: SampleDesign
    v023: SampleDesign

    @property
    def unstratified(self) -> SampleDesign:
        return SampleDesign.unstratified(self.v022.psu_count)


def read(folder: Path) -> PracticeSurvey:
    women = pl.read_parquet(folder / "women_recode.parquet")
    births = pl.read_parquet(
        folder / "births_recode.parquet",
        columns=[*WOMAN, "v005", "v008", "v021", "b3", "b5", "b7", *BACKGROUNDS],
    )
    place = {key: i for i, key in enumerate(women.select(WOMAN).rows())}
    strata = {name: _codes(women[name].cast(pl.String))[1] for name in ("v022", "v023")}
    psu = women["v021"].to_numpy() - 1
    return PracticeSurvey(
        BirthHistories(
            births["b3"].to_numpy(),
            births["v008"].to_numpy(),
            (births["b5"].cast(pl.String) == "yes").to_numpy(),
            births["b7"].cast(pl.Float64).to_numpy(),
            births["v005"].to_numpy() / 1e6,
            births["v021"].to_numpy() - 1,
        ),
        tuple(Breakdown(name, *_codes(births[name].cast(pl.String))) for name in BACKGROUNDS),
        Women(women["v011"].to_numpy(), women["v008"].to_numpy(), women["v005"].to_numpy() / 1e6, psu),
        np.array([place[key] for key in births.select(WOMAN).rows()]),
        births["b3"].to_numpy(),
        women["v201"].to_numpy(),
        (women["v206"] + women["v207"]).to_numpy(),
        _siblings(women),
        SampleDesign.from_rows(psu, strata["v022"]),
        SampleDesign.from_rows(psu, strata["v023"]),
    )


def _codes(labels: pl.Series) -> tuple[tuple[str, ...], IntArray]:
    classes = tuple(labels.unique().sort().to_list())
    place = {label: i for i, label in enumerate(classes)}
    return classes, np.array([place[label] for label in labels.to_list()])


def _siblings(women: pl.DataFrame) -> Siblings:
    parts = []
    for n in range(1, MOST_SIBLINGS + 1):
        names = {"index": "mmidx", "sex": "mm1", "alive": "mm2", "birth": "mm4", "death": "mm8", "pregnancy": "mm9"}
        columns = [
            (
                women[f"{source}_{n:02d}"].cast(pl.String) if f"{source}_{n:02d}" in women.columns else pl.lit(None)
            ).alias(name)
            for name, source in names.items()
        ]
        parts.append(women.select(pl.int_range(pl.len()).alias("respondent"), *columns))
    rows = pl.concat(parts, how="vertical_relaxed").filter(pl.col("index").is_not_null())
    return Siblings(
        rows["respondent"].to_numpy(),
        rows["sex"].replace_strict({"female": 1, "male": 0}, default=-1).to_numpy(),
        rows["alive"].replace_strict({"alive": 1, "dead": 0}, default=-1).to_numpy(),
        rows["birth"].cast(pl.Float64).to_numpy(),
        rows["death"].cast(pl.Float64).to_numpy(),
        rows["pregnancy"].is_in(PREGNANCY_RELATED).fill_null(False).cast(pl.Int8).to_numpy(),
    )


def reference(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "reference" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def group_of(row: dict[str, str]) -> Group:
    return Group("total", "total") if row["variable"] == "total" else Group(row["variable"], row["level"])


def column(rows: Sequence[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]
