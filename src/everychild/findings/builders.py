"""The tables kept beside the reading copy, by name: what publishing makes and pages read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import country
from everychild.findings.changes import what_changed
from everychild.findings.grid import rights_grid
from everychild.findings.latest import alternatives, latest_figures
from everychild.findings.left_behind import worst_off, worst_off_by_kind
from everychild.findings.neighbours import neighbours
from everychild.findings.regions import region_summary
from everychild.findings.setting import Setting

Builder = Callable[[pl.DataFrame], pl.DataFrame]


@cache
def setting_of(code: str) -> Setting:
    return Setting.of(catalogue(), country(code))


def builders(code: str) -> Mapping[str, Builder]:
    """The builders of one country (ISO alpha-3). Nothing is loaded before the first of them runs."""

    def bound(find: Callable[[pl.DataFrame, Setting], pl.DataFrame]) -> Builder:
        return lambda rows: find(rows, setting_of(code))

    def from_latest(find: Callable[[pl.DataFrame, Setting], pl.DataFrame]) -> Builder:
        return lambda rows: find(latest_figures(rows, setting_of(code)), setting_of(code))

    return MappingProxyType(
        {
            "latest": bound(latest_figures),
            "alternatives": bound(alternatives),
            "worst_off": bound(worst_off),
            "worst_off_by_kind": bound(worst_off_by_kind),
            "grid": from_latest(rights_grid),
            "region_summary": bound(region_summary),
            "neighbours": bound(neighbours),
            "what_changed": from_latest(what_changed),
        }
    )


BUILDERS: Final = builders("KAZ")
