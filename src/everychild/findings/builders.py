"""The tables kept beside the reading copy, by name: what publishing makes and pages read."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from types import MappingProxyType
from typing import Final

import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import country, site_country
from everychild.findings.changes import what_changed
from everychild.findings.grid import rights_grid
from everychild.findings.latest import alternatives_of, latest_of
from everychild.findings.left_behind import by_kind_of, group_rows, widest
from everychild.findings.neighbours import neighbours
from everychild.findings.regions import summary_of
from everychild.findings.series import series
from everychild.findings.setting import Setting

Builder = Callable[[pl.DataFrame], pl.DataFrame]
TABLES: Final = (
    "latest", "alternatives", "worst_off", "worst_off_by_kind", "grid", "region_summary", "neighbours", "what_changed",
)  # fmt: skip


@cache
def setting_of(code: str) -> Setting:
    return Setting.of(catalogue(), country(code))


class Findings:
    """All tables of one frame of published rows; what several of them need is made once."""

    def __init__(self, rows: pl.DataFrame, setting: Setting) -> None:
        self._rows = rows
        self._setting = setting

    def table(self, name: str) -> pl.DataFrame:
        found = getattr(self, name) if name in TABLES else None
        if not isinstance(found, pl.DataFrame):
            raise KeyError(f"no finding is called {name!r}; there are {', '.join(TABLES)}")
        return found

    @cached_property
    def _series(self) -> pl.DataFrame:
        return series(self._rows, self._setting)

    @cached_property
    def _groups(self) -> pl.DataFrame:
        return group_rows(self._rows, self._setting)

    @cached_property
    def latest(self) -> pl.DataFrame:
        return latest_of(self._series, self._rows, self._setting)

    @cached_property
    def alternatives(self) -> pl.DataFrame:
        return alternatives_of(self._series)

    @cached_property
    def worst_off_by_kind(self) -> pl.DataFrame:
        return by_kind_of(self._groups, self._setting)

    @cached_property
    def worst_off(self) -> pl.DataFrame:
        return widest(self.worst_off_by_kind)

    @cached_property
    def grid(self) -> pl.DataFrame:
        return rights_grid(self.latest, self._setting)

    @cached_property
    def region_summary(self) -> pl.DataFrame:
        return summary_of(self.latest, self._series, self._groups, self._setting)

    @cached_property
    def neighbours(self) -> pl.DataFrame:
        return neighbours(self._rows, self._setting)

    @cached_property
    def what_changed(self) -> pl.DataFrame:
        return what_changed(self.latest, self._setting)


class _Shared:
    """Findings of the frame asked for last, for as long as the caller keeps that frame.

    Builders are called one after another with the same frame. Frames have no hash, so the frame itself is compared,
    and weakly: a million rows must not stay in memory because a page was once built from them.
    """

    def __init__(self, code: str | None) -> None:
        self._code = code
        self._held: tuple[weakref.ref[pl.DataFrame], Findings] | None = None

    def of(self, rows: pl.DataFrame) -> Findings:
        held = self._held
        if held is not None and held[0]() is rows:
            return held[1]
        found = Findings(rows.clone(), setting_of(self._code or site_country()))
        self._held = (weakref.ref(rows, self._forget), found)
        return found

    def _forget(self, gone: weakref.ref[pl.DataFrame]) -> None:
        if self._held is not None and self._held[0] is gone:
            self._held = None


def builders(code: str | None = None) -> Mapping[str, Builder]:
    """The builders of one country (ISO alpha-3) by name of table. Nothing is loaded before one of them runs."""
    shared = _Shared(code)

    def builder(name: str) -> Builder:
        return lambda rows: shared.of(rows).table(name)

    return MappingProxyType({name: builder(name) for name in TABLES})


BUILDERS: Final = builders()
"""Of the country of this installation, asked for when a builder runs."""
