"""How a figure was computed, as codes in its note, so that every reader can be told in their own language.

    recipe=stunting_moderate_severe;version=a304bef8;checked=verified_syntax;deff=1.04;df=412;lonely=2

`recipe`, `version` and `checked` (the verification mark of the recipe) always stand there, in this order; `deff`
(design effect), `df` (degrees of freedom of the interval) and `lonely` (strata with one PSU, where there are any) as
far as they exist. Keys may be added, and a reader passes over those it does not know. Columns of the observation
schema for them were rejected: most figures come from elsewhere and would carry them empty, and every release written
so far would have another content checksum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

COLUMNS: Final = {
    "recipe": pl.String,
    "version": pl.String,
    "checked": pl.String,
    "deff": pl.Float64,
    "df": pl.Int64,
    "lonely": pl.Int64,
}
"""Keys of a note and the types of what they hold."""
_BEGIN: Final = "recipe="


@dataclass(frozen=True)
class Computation:
    """By which version of which recipe a figure was computed, and how far its sample is from a simple random one."""

    recipe: str
    version: str
    checked: str
    deff: float | None = None
    df: int | None = None
    lonely: int = 0

    @property
    def note(self) -> str:
        """The text of the note; the design effect keeps four digits after the point."""
        parts = [f"{_BEGIN}{self.recipe}", f"version={self.version}", f"checked={self.checked}"]
        parts += [f"deff={self.deff:.4f}"] if self.deff is not None else []
        parts += [f"df={self.df}"] if self.df is not None else []
        parts += [f"lonely={self.lonely}"] if self.lonely else []
        return ";".join(parts)


def computation_of(note: str) -> Computation | None:
    """What a note tells of the computation; None for a note in words, or one whose codes cannot be read."""
    if not note.startswith(_BEGIN):
        return None
    told = dict(part.split("=", 1) for part in note.split(";") if "=" in part)
    try:
        return Computation(
            recipe=told["recipe"],
            version=told["version"],
            checked=told["checked"],
            deff=float(told["deff"]) if "deff" in told else None,
            df=int(told["df"]) if "df" in told else None,
            lonely=int(told.get("lonely", 0)),
        )
    except (KeyError, ValueError):
        return None


_METHOD: Final = "method="


@dataclass(frozen=True)
class Procedure:
    """By which method with a command of its own a figure was computed: `child_mortality`, `fertility`,
    `indirect_mortality`, `growth`; `told` are the particulars, worded in their order, such as
    {"window": "0-4", "errors": "jackknife", "psus": "412"}."""

    method: str
    told: Mapping[str, str]

    @property
    def note(self) -> str:
        """`method=child_mortality;window=0-4;errors=jackknife;psus=412`"""
        told = (f"{key}={text.replace(';', ',')}" for key, text in self.told.items())
        return ";".join([f"{_METHOD}{self.method}", *told])


def procedure_of(note: str) -> Procedure | None:
    """What a note tells of the procedure; None for any other note."""
    if not note.startswith(_METHOD):
        return None
    told = dict(part.split("=", 1) for part in note.split(";") if "=" in part)
    return Procedure(told.pop("method"), told)


def computation_columns(note: str = "note") -> Sequence[pl.Expr]:
    """COLUMNS taken out of the notes of a frame, null where a note does not tell them."""
    codes = pl.when(pl.col(note).str.starts_with(_BEGIN)).then(pl.col(note))
    return [
        codes.str.extract(f"(?:^|;){key}=([^;]*)").cast(kind, strict=False).alias(key) for key, kind in COLUMNS.items()
    ]
