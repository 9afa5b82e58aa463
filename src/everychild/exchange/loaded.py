"""What a load brings back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from everychild.vocabulary.findings import LEDGER_SCHEMA
from everychild.vocabulary.observations import SCHEMA


@dataclass(frozen=True)
class Loaded:
    """Figures, the rows that could not become figures, and everything found on the way.

    `rows_read` = figures + rows of `set_aside` + `rows_not_taken` (rows of an indicator that the catalogue leaves out;
    only in repositories). `set_aside` has `file`, `row`, `rules` (codes joined by `|`) and the cells as they stood.
    """

    observations: pl.DataFrame
    set_aside: pl.DataFrame
    ledger: pl.DataFrame
    inputs: Sequence[Mapping[str, str]]
    dataset: str
    title: Mapping[str, str]
    sources: Sequence[Mapping[str, str]]
    rows_read: int
    rows_not_taken: int = 0

    def __post_init__(self) -> None:
        if list(self.observations.columns) != list(SCHEMA) or list(self.ledger.columns) != list(LEDGER_SCHEMA):
            raise ValueError("figures and ledger must be of their schemas")
        if self.rows_read != self.observations.height + self.set_aside.height + self.rows_not_taken:
            raise ValueError(
                f"rows are lost: {self.rows_read} read, {self.observations.height} loaded, "
                f"{self.set_aside.height} set aside, {self.rows_not_taken} not taken"
            )
