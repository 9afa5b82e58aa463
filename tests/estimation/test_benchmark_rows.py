"""The made survey that `make bench` measures on, small: a change that breaks the benchmark breaks here."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.survey_engine import CELLS
from benchmarks.survey_rows import BY, INDICATORS, description, ready_columns, recipe_table, recipes, write_rows
from everychild.estimation.survey import Survey


def test_its_recipes_are_computed_alike_as_nodes_as_a_table_and_by_hand(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.parquet", 3000)
    survey = description(tmp_path, "rows.parquet")
    given = Survey.open(survey).estimate_recipes(recipes(), BY).rows
    own = Survey.open(survey, recipes=recipe_table(tmp_path)).estimate(
        [f"indicator_{k}" for k in range(INDICATORS)], BY
    )
    assert given.height == CELLS
    assert own.rows.drop("recipe").equals(given.drop("recipe"))
    table = ready_columns(tmp_path / "rows.parquet")
    plain = [100 * (table[f"y{k}"] * table["w"]).sum() / (table[f"x{k}"] * table["w"]).sum() for k in range(INDICATORS)]
    total = given.filter(breakdown="total")["value"]
    assert (total - pl.Series(plain)).abs().max() < 1e-9
