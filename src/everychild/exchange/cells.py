"""Cells of number columns in a frame of texts: each distinct text is judged once, whatever the number of rows."""

from __future__ import annotations

from typing import Final

import polars as pl

from everychild.exchange.ledger import entries
from everychild.exchange.limits import MAX_SHOWN
from everychild.exchange.numerals import judge_numbers

PLAIN_NUMBER: Final = r"^-?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})$"
PLAIN_COUNT: Final = r"^-?[0-9]{1,18}$"
"""Cells that polars turns into a finite number without a second look."""


def odd_numbers(texts: pl.DataFrame, column: str, plain: str = PLAIN_NUMBER, named: str = "") -> list[pl.DataFrame]:
    """Ledger frames for cells that are neither empty nor plain numbers; `named` is the column as the file calls it."""
    odd = texts.filter(~pl.col(column).str.contains(plain) & (pl.col(column) != ""))
    if odd.is_empty():
        return []
    judged = judge_numbers(odd[column].unique())
    rules = {text: j.rule or "not_a_number" for text, j in judged.items()}
    meant = pl.col(column).replace_strict({text: j.meant for text, j in judged.items()}, return_dtype=pl.String)
    found = []
    for rule in sorted(set(rules.values())):
        rows = odd.filter(pl.col(column).is_in([text for text, r in rules.items() if r == rule]))
        found.append(entries(rows, rule, named or column, shown_cell(column), {"meant": meant}))
    return found


def shown_cell(column: str) -> pl.Expr:
    """A cell as findings repeat it: short, without control characters."""
    return pl.col(column).str.replace_all(r"\p{C}", "\ufffd").str.slice(0, MAX_SHOWN)
