"""Random rows and random plans over them: conditions, values, crossed groupings, clusters by number, text or none."""

from __future__ import annotations

import numpy as np
import polars as pl

from everychild.engines.plan import DesignColumns, Grouping, Plan
from everychild.recipes.groups import level_code
from everychild.recipes.nodes import Node
from everychild.recipes.parsing import condition, parse
from everychild.vocabulary.errors import Place

HERE = Place("the test")
ROWS, PSUS = 9000, 60
LEVELS = {"sex": 2, "region": 6, "wealth": 5, "age": 4}
SECRET = "spoken-by-one-person"


def rows(seed: int = 1) -> pl.DataFrame:
    """In the order of nothing; a tenth of two columns is missing, and one row holds SECRET."""
    rng = np.random.default_rng(seed)
    psu = rng.integers(1, PSUS + 1, ROWS)
    frame = pl.DataFrame(
        {
            "stratum": (psu - 1) // 20 + 1, "psu": psu, "The.cluster`s name": [f"c{number}" for number in psu],
            "W": rng.lognormal(0, 0.7, ROWS), "sex": rng.integers(1, 3, ROWS), "region": (psu - 1) // 10 + 1,
            "wealth": rng.integers(1, 6, ROWS), "age": rng.integers(0, 6, ROWS), "a": rng.integers(0, 5, ROWS),
            "b": rng.normal(3, 1, ROWS), "text": rng.choice(["x", "y"], ROWS),
        }
    )  # fmt: skip
    hide = pl.Series(rng.random(ROWS) < 0.1)
    return frame.with_columns(
        *(pl.when(hide).then(None).otherwise(pl.col(name)).alias(name) for name in ("a", "b")),
        pl.when(pl.int_range(ROWS) == 17).then(pl.lit(SECRET)).otherwise(pl.col("text")).alias("text"),
    )


def plan(seed: int) -> Plan:
    rng = np.random.default_rng(seed)
    named = [str(name) for name in rng.permutation(list(LEVELS))]
    groupings = tuple(
        Grouping(name, level_code(name, [(str(i), str(i), i) for i in range(1, LEVELS[name] + 1)]), LEVELS[name])
        for name in named
    )
    crossings = [tuple(str(n) for n in rng.permutation(named)[: rng.integers(1, 4)]) for _ in range(4)]
    designs = [DesignColumns(("stratum",), ("psu",)), DesignColumns(("stratum", "sex"), ("The.cluster`s name",)),
               DesignColumns((), ("psu",)), DesignColumns()]  # fmt: skip
    weights = ["w", "w * 1000", "CASE WHEN a = 0 THEN 0 ELSE w END"]
    return Plan(
        designs[seed % len(designs)], parse(weights[seed % len(weights)], HERE), groupings,
        ((), *dict.fromkeys(crossings)), tuple(_condition(rng) for _ in range(rng.integers(1, 5))),
        tuple(_value(rng) for _ in range(seed % 3)),
    )  # fmt: skip


def _condition(rng: np.random.Generator) -> Node:
    k, x = rng.integers(0, 5), rng.normal(3, 1)
    texts = [f"a > {k}", f"b < {x}", "a IS NOT NULL AND text = 'x'", f"a IN (1, {k}) OR b > {x}", "1 = 1"]
    text = str(rng.choice(texts))
    return condition(parse(text, HERE), HERE, text)


def _value(rng: np.random.Generator) -> Node:
    texts = ["b", "CASE WHEN b IS NOT NULL THEN b * b ELSE 0 END", "a * 1000000", "b / 3"]
    return parse(str(rng.choice(texts)), HERE)
