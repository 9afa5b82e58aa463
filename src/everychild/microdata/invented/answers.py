"""Answers to the questions of one file, drawn row by row of `draws.csv`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from everychild.microdata.invented.chances import Covariates, success
from everychild.microdata.invented.conditions import Code, TextColumn, Values, where
from everychild.microdata.invented.definitions import Draw, draws
from everychild.microdata.invented.frame import Floats, Whole


class Answers:
    """The columns of one file while it is filled. A question is asked where its condition holds; where several rows of
    the table draw one variable, a later row answers only what is still open."""

    def __init__(self, file: str, columns: Mapping[str, Values], covariates: Covariates, rng: np.random.Generator):
        self.file = file
        self.columns: dict[str, Values] = dict(columns)
        self.rows = covariates.rural.size
        self._covariates = covariates
        self._rng = rng

    def numbers(self, name: str) -> Floats:
        """A column of numbers; NaN where not asked."""
        values = self.columns[name]
        if isinstance(values, TextColumn):
            raise TypeError(f"{name} holds text")
        return values

    def asked(self, **codes: float) -> np.typing.NDArray[np.bool_]:
        """Rows where all these variables have these codes."""
        kept = np.ones(self.rows, dtype=np.bool_)
        for name, code in codes.items():
            kept &= self.numbers(name) == code
        return kept

    def draw(self, until: str | None = None, since: str | None = None) -> None:
        """Make the draws of the file; `until` and `since` name the first variable of a later stretch."""
        table = draws(self.file)
        names = [draw.variable for draw in table]
        first = names.index(since) if since else 0
        last = names.index(until) if until else len(names)
        for draw in table[first:last]:
            self._answer(draw)

    def _answer(self, draw: Draw) -> None:
        asked = where(draw.when, self.columns, self.rows)
        old = self.columns.get(draw.variable)
        if isinstance(old, TextColumn):
            asked &= old.places == 0
        elif old is not None:
            asked &= np.isnan(old)
        rows = np.flatnonzero(asked)
        covariates = self._covariates if rows.size == self.rows else self._covariates.at(rows)
        if draw.kind != "codes":
            self.columns[draw.variable] = _filled(old, rows, self._measured(draw, covariates, rows.size), self.rows)
            return
        codes = [code for code, _ in (*draw.success, *draw.failure)]
        places = self._places(draw, covariates, rows.size)
        if any(isinstance(code, str) for code in codes):
            self.columns[draw.variable] = _lettered(old, rows, places, codes, self.rows)
        else:
            self.columns[draw.variable] = _filled(old, rows, np.array(codes, dtype=np.float64)[places], self.rows)

    def _places(self, draw: Draw, covariates: Covariates, size: int) -> Whole:
        """Places among the codes of a draw: first success or failure, then a code of that group."""
        deviate, chance = self._rng.random(size), success(draw, covariates)
        good = deviate < chance
        if len(draw.success) <= 1 and len(draw.failure) <= 1:
            return np.where(good, 0, len(draw.success))
        second, places = self._rng.random(size), np.empty(size, dtype=np.int64)
        for chosen, group, offset in ((good, draw.success, 0), (~good, draw.failure, len(draw.success))):
            if not group:  # then its chance is 0 or 1 and nobody is chosen
                continue
            limits = np.cumsum([weight for _, weight in group])
            places[chosen] = offset + np.searchsorted(limits[:-1] / limits[-1], second[chosen], side="right")
        return places

    def _measured(self, draw: Draw, covariates: Covariates, size: int) -> Floats:
        numbers = draw.numbers
        if draw.kind == "whole":
            return self._rng.integers(int(numbers[0]), int(numbers[1]) + 1, size).astype(np.float64)
        mean, spread, low, high, digits = numbers
        values = mean + covariates.shift(draw) + spread * self._rng.standard_normal(size)
        return np.round(np.clip(values, low, high), int(digits)).astype(np.float64)


def _filled(old: Values | None, rows: Whole, values: Floats, size: int) -> Floats:
    if isinstance(old, TextColumn):
        raise TypeError("a variable is drawn as text and as number")
    column = np.full(size, np.nan) if old is None else old
    column[rows] = values
    return column


def _lettered(old: Values | None, rows: Whole, places: Whole, codes: list[Code], size: int) -> TextColumn:
    if old is not None and not isinstance(old, TextColumn):
        raise TypeError("a variable is drawn as text and as number")
    known = ("",) if old is None else old.codes
    known += tuple(dict.fromkeys(str(code) for code in codes if code not in known))
    column = np.zeros(size, dtype=np.int8) if old is None else old.places
    column[rows] = np.array([known.index(str(code)) for code in codes], dtype=np.int8)[places]
    return TextColumn(column, known)
