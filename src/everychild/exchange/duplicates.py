"""The same figure twice: the repeat of an equal value is set aside, another value is kept and flagged as a conflict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from everychild.exchange.ledger import entries
from everychild.vocabulary.findings import empty_ledger
from everychild.vocabulary.observations import DIMENSIONS, key_expression

KEY: Final = ("indicator", "area", "area_version", "period", "source", *DIMENSIONS, "other")
MOST_CONFLICTS: Final = 3
"""Values of one key that are kept side by side; the code list `other` names conflict=2 and conflict=3."""


@dataclass
class Duplicates:
    """Remembers the keys of all earlier frames by their 64-bit hash, with value and row."""

    seen: list[pl.DataFrame] = field(default_factory=list)

    def resolve(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Split a frame of the schema into kept rows (conflicts marked) and repeats; third is the ledger of both."""
        keyed = _with_hash(frame)
        suspects = keyed.filter(self._repeats(keyed))
        if suspects.is_empty():
            self._remember(keyed)
            return frame, frame.clear(), empty_ledger()
        verdicts = self._judge(keyed, suspects)
        joined = keyed.join(verdicts, on=["file", "row"], how="left", maintain_order="left")
        is_repeat = (pl.col("number") == 0).fill_null(False)
        kept = _mark(joined.filter(~is_repeat), frame.columns)
        repeats = joined.filter(is_repeat)
        self._remember(_with_hash(kept))
        conflicts = joined.filter((pl.col("number") > 1).fill_null(False))
        found = [
            entries(conflicts, "duplicate_conflict", "value", pl.col("value"),
                    {"first": pl.col("first_row"), "other": pl.col("first_value")}),
            entries(repeats, "duplicate_key", "value", key_expression()),
        ]  # fmt: skip
        return kept, repeats.select(frame.columns), pl.concat(found)

    def _repeats(self, keyed: pl.DataFrame) -> pl.Series:
        inside = ~keyed["hash"].is_first_distinct()
        if not self.seen:
            return inside
        before = pl.concat([frame["hash"] for frame in self.seen])
        return inside | keyed["hash"].is_in(before.implode())

    def _remember(self, keyed: pl.DataFrame) -> None:
        self.seen.append(keyed.select("hash", "value", "row"))

    def _judge(self, keyed: pl.DataFrame, suspects: pl.DataFrame) -> pl.DataFrame:
        """For each repeated row: 0 = equal to one before, 2, 3 … = the how-manieth value of its key."""
        wanted = suspects["hash"].unique().implode()
        earlier = [frame.filter(pl.col("hash").is_in(wanted)) for frame in self.seen]
        first = keyed.filter(pl.col("hash").is_in(wanted) & ~self._repeats(keyed)).select("hash", "value", "row")
        values: dict[int, list[float | None]] = {}
        rows: dict[int, int] = {}
        for digest, value, row in pl.concat([*earlier, first]).iter_rows():
            values[digest], rows[digest] = [value], row
        found = []
        for file, row, digest, value in suspects.select("file", "row", "hash", "value").iter_rows():
            known = values[digest]
            number = 0 if value in known or len(known) == MOST_CONFLICTS else len(known) + 1
            if number:
                known.append(value)
            found.append((file, row, number, rows[digest], known[0]))
        schema = {"file": pl.String, "row": pl.Int64, "number": pl.Int64, "first_row": pl.Int64,
                  "first_value": pl.Float64}  # fmt: skip
        return pl.DataFrame(found, schema=schema, orient="row")


def _with_hash(frame: pl.DataFrame) -> pl.DataFrame:
    """Add a 64-bit hash of the columns of the key; hashing columns is ten times faster than writing keys out."""
    return frame.with_columns(frame.select(KEY).hash_rows(seed=1).alias("hash"))


def _mark(joined: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    is_conflict = (pl.col("number") > 1).fill_null(False)
    mark = pl.concat_str(pl.lit("conflict="), pl.col("number"))
    pairs = pl.concat_list(pl.col("other").str.split(";"), mark).list.sort().list.join(";").str.strip_prefix(";")
    return joined.with_columns(
        pl.when(is_conflict).then(pairs).otherwise("other").alias("other"),
        pl.when(is_conflict).then(with_flag("duplicate_conflict")).otherwise("flag").alias("flag"),
    ).select(columns)


def with_flag(flag: str) -> pl.Expr:
    """The column `flag` with one more flag, each once."""
    return (
        pl.when(pl.col("flag") == "").then(pl.lit(flag))
        .when(pl.concat_str(pl.lit("|"), "flag", pl.lit("|")).str.contains(f"|{flag}|", literal=True))
        .then(pl.col("flag"))
        .otherwise(pl.concat_str("flag", pl.lit(f"|{flag}")))
    )  # fmt: skip
