"""Write the invented survey of the engine cases: engine_cases.csv, engine_replicates.csv, paired_cases.csv,
paired_replicates.csv.

    python tests/golden/r_survey/make_cases.py

No row stands for a person: every value is drawn from a generator with a fixed seed. The files are committed, since
another numpy may draw other numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from scipy.linalg import hadamard

HERE = Path(__file__).resolve().parent
PSU_IN_STRATUM = (12, 9, 10, 8, 13, 7, 11, 1)
"""The last stratum has one PSU. PSU numbers restart in every stratum."""
QUANTUM = 2.0**-40


def quantised(weight: np.ndarray) -> np.ndarray:
    return np.round(weight / QUANTUM) * QUANTUM


def frame(random: np.random.Generator) -> pl.DataFrame:
    """One row a child: design, weights and groups. An empty text is a missing group until the file is written."""
    units = [(s, u) for s, count in enumerate(PSU_IN_STRATUM, start=1) for u in range(1, count + 1)]
    h, i = np.repeat(np.array(units), [int(random.integers(12, 32)) for _ in units], axis=0).T
    psu_factor = random.lognormal(0, 0.3, size=(9, 14))[h, i]
    weight = quantised((0.4 + 0.25 * (h % 4)) * psu_factor * random.lognormal(0, 0.25, len(h)))
    weight[random.random(len(h)) < 0.02] = 0.0
    weight[(h == 3) & (i == 4)] = 0.0  # a whole PSU without weight
    ethnicity = random.choice(["a", "b", "c", ""], p=[0.6, 0.25, 0.12, 0.03], size=len(h))
    ethnicity[(h == 5) & (i == 2) & (random.random(len(h)) < 0.5)] = "d"  # a group that lives in one PSU
    return pl.DataFrame(
        {
            "row": np.arange(1, len(h) + 1),
            "stratum": h,
            "psu": i,
            "weight": weight,
            "residence": np.where(h <= 4, "urban", "rural"),
            "region": np.array(["", "north", "south", "east", "west"])[(h + 1) // 2],
            "sex": random.choice(["female", "male"], size=len(h)),
            "wealth": random.choice(["1", "2", "3", "4", "5", ""], p=[0.22, 0.2, 0.2, 0.18, 0.17, 0.03], size=len(h)),
            "ethnicity": ethnicity,
        }
    )


def within(mask: np.ndarray, values: np.ndarray) -> list[float | None]:
    """The values inside the universe, nothing outside."""
    return [float(v) if m else None for m, v in zip(mask, values, strict=True)]


def indicators(random: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    h, i, w = (rows[name].to_numpy() for name in ("stratum", "psu", "weight"))
    n = len(h)
    cluster = random.normal(0, 0.8, size=(9, 14))[h, i]
    female = rows["sex"].to_numpy() == "female"
    everyone = np.ones(n, bool)

    def draw(logit: float, spread: float) -> np.ndarray:
        chance = 1 / (1 + np.exp(-(logit + spread * cluster + 0.3 * female)))
        return np.where(random.random(n) < chance, 1.0, 0.0)

    common = draw(0.2, 1.0)
    age = random.integers(0, 60, n)
    score = np.round(50 + 8 * cluster + random.normal(0, 12, n), 1)
    columns = {
        "common": within(everyone, common),
        "second": within(random.random(n) < 0.9, np.where(random.random(n) < 0.7, common, draw(0.0, 0.5))),
        "rare": within(everyone, draw(-4.0, 0.6)),
        "never": within(everyone, np.zeros(n)),
        "always": within(everyone, np.ones(n)),
        "limited": within((age >= 12) & (age <= 23), draw(0.8, 0.7)),
        "one_psu": within((h == 2) & (i == 5), draw(0.0, 0.0)),
        "two_strata": within(((h == 1) & (i == 3)) | ((h == 6) & (i == 2)), draw(0.0, 0.0)),
        "lonely": within(h == 8, draw(0.0, 0.0)),
        "weightless": within(w == 0, draw(0.0, 0.0)),
        "empty": within(~everyone, np.zeros(n)),
    }
    measures = {
        "score": within(random.random(n) < 0.94, score),
        "meals": within(random.random(n) < 0.97, random.poisson(2.5 + 0.5 * (cluster > 0), n)),
        "visits": within(everyone, random.poisson(1.2, n)),
        "months": within(random.random(n) < 0.95, np.round(random.uniform(0.5, 12, n), 2)),
    }
    return pl.DataFrame({**columns, **measures}, schema=dict.fromkeys([*columns, *measures], pl.Float64))


def bootstrap_factors(random: np.random.Generator, replicates: int) -> pl.DataFrame:
    """Rao-Wu factors by PSU, n-1 of n drawn in a stratum; the single PSU keeps the factor 1."""
    records = []
    for h, count in enumerate(PSU_IN_STRATUM, start=1):
        drawn = np.ones((count, replicates))
        if count > 1:
            chosen = random.integers(0, count, size=(count - 1, replicates))
            drawn = np.array([(chosen == i).sum(axis=0) for i in range(count)]) * count / (count - 1)
        records += [[float(h), float(i + 1), *drawn[i]] for i in range(count)]
    names = ["stratum", "psu", *(f"r{r}" for r in range(1, replicates + 1))]
    return pl.DataFrame(records, schema=dict.fromkeys(names, pl.Float64), orient="row").with_columns(
        pl.col("stratum", "psu").cast(pl.Int64)
    )


def paired(random: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Twelve strata of two PSUs, and the signs of sixteen balanced half-samples from a Hadamard matrix."""
    strata, size = 12, 10
    h = np.repeat(np.arange(1, strata + 1), 2 * size)
    i = np.tile(np.repeat([1, 2], size), strata)
    level = random.normal(0, 0.6, size=(strata + 1, 3))[h, i]
    rows = pl.DataFrame(
        {
            "stratum": h,
            "psu": i,
            "weight": quantised(random.lognormal(0, 0.4, len(h))),
            "sex": random.choice(["female", "male"], size=len(h)),
            "common": (random.random(len(h)) < 1 / (1 + np.exp(-level))).astype(float),
            "score": np.round(20 + 4 * level + random.normal(0, 5, len(h)), 1),
        }
    )
    signs = hadamard(16)[:, 1 : strata + 1]  # replicates x strata; the first column is constant and is not used
    records = [[g, j, *(signs[:, g - 1] * (1 if j == 1 else -1))] for g in range(1, strata + 1) for j in (1, 2)]
    names = ["stratum", "psu", *(f"s{r}" for r in range(1, 17))]
    return rows, pl.DataFrame([[int(v) for v in r] for r in records], schema=names, orient="row")


def main() -> None:
    random = np.random.default_rng(20261126)
    rows = frame(random)
    rows = pl.concat([rows, indicators(random, rows)], how="horizontal")
    groups = pl.col("wealth", "ethnicity").replace("", None)
    rows.with_columns(groups).write_csv(HERE / "engine_cases.csv")
    bootstrap_factors(random, 24).write_csv(HERE / "engine_replicates.csv")
    pairs, signs = paired(random)
    pairs.write_csv(HERE / "paired_cases.csv")
    signs.write_csv(HERE / "paired_replicates.csv")


if __name__ == "__main__":
    main()
