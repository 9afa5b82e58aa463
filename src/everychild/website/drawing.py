"""What the pictures of a page share: how figures are written, marked and linked in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, cast

import polars as pl

from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.language import Language
from everychild.vocabulary.observations import DIMENSIONS, FEW_CASES
from everychild.website import charts
from everychild.website.display import LOW_RELIABILITY, UNVERIFIED, Shown, number, source_name, state_of
from everychild.website.groups import Groups, groups_of
from everychild.website.observatory import Observatory, Row
from everychild.website.texts import say

WIDE: Final = 720
NARROW: Final = 340
"""Widths, in px, of the two drawings of a picture."""
UNDRAWN: Final = ("stale", "un_estimate", "flag-break")
"""Marks that are not drawn: the axis, the source and the break in the line tell them."""


@dataclass(frozen=True)
class Picture:
    """A chart in a wide and a narrow drawing, with its table as HTML."""

    name: str
    title: str
    lead: str
    rendered: charts.Rendered
    wide: str
    narrow: str
    table: str
    source: str


@dataclass(frozen=True)
class Drawing:
    """What all pictures of one page share."""

    site: Observatory
    code: str
    language: Language
    verified: bool
    held: list[list[Groups]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.site.catalogue.indicators[self.code].name[self.language]

    @property
    def has_direction(self) -> bool:
        """Whether there is a better and a worse side, so that groups can be called worst off."""
        return self.site.catalogue.indicators[self.code].direction != "neutral"

    def say(self, key: str, **places: object) -> str:
        return say(key, self.language, **places)

    def words(self) -> charts.Words:
        reason = code_list("missing_reason")
        return charts.Words(
            value=self.say("chart.value"),
            lower=self.say("chart.lower"),
            upper=self.say("chart.upper"),
            missing=reason.label("missing", self.language),
            not_applicable=reason.label("not_applicable", self.language),
            suppressed=reason.label("suppressed", self.language),
            few_cases=code_list("flag").label(FEW_CASES, self.language),
            unverified=self.say("mark.unverified"),
            low_reliability=code_list("status").label(LOW_RELIABILITY, self.language).lower(),
            series_break=self.say("chart.break"),
            no_data=self.say("chart.no_data"),
            period=self.say("chart.period"),
            area=self.say("chart.area"),
            group=self.say("chart.group"),
            series=self.say("figure.source"),
            note=self.say("chart.note"),
            cases=self.say("chart.cases"),
        )

    def format(self, unit: str) -> charts.model.NumberFormat:
        return lambda value: number(value, unit, self.language)

    def rows(self) -> pl.DataFrame:
        """Figures of the indicator, without those that nothing readable stands behind where these were asked away."""
        rows = self.site.figures.indicator(self.code)
        return rows.filter(~pl.col("quality").is_in(UNVERIFIED)) if self.verified else rows

    def kind(self, kind: str) -> str:
        """What a breakdown is called: `region`, a dimension, or a key of `other`."""
        if kind in ("region", *DIMENSIONS):
            return self.say(f"dimension.{kind}")
        other = code_list("other")
        return other.label(kind, self.language) if kind in other else kind

    def dot(self, row: Row, label: str) -> charts.DotRow:
        shown = self.show(row)
        return charts.DotRow(
            label=label,
            value=row["value"],
            text=shown.text,
            lower=row["lower"],
            upper=row["upper"],
            state=self.state(row),
            mark=self.mark(row),
            cases=shown.cases,
            href=shown.href,
        )

    def show(self, row: Row) -> Shown:
        return self.site.shown_row(row, self.language)

    def state(self, row: Row) -> charts.model.State:
        return cast("charts.model.State", state_of(row))

    def mark(self, row: Row) -> str:
        """Marks of a figure that change how its point is drawn; its age is seen on the axis."""
        return ", ".join(mark.label for mark in self.show(row).marks if mark.code not in UNDRAWN)

    def groups(self, rows: pl.DataFrame) -> list[Groups]:
        """Groups beside each other, found once for the plots and the map."""
        if not self.held:
            self.held.append(list(groups_of(self.site, self.code, rows)))
        return self.held[0]

    def source(self, code: str) -> str:
        return source_name(code, self.language, self.site)

    def break_before(self, row: Row, before: Row | None) -> str:
        """Why the line must not come from the figure before: a break said by the producer, or other borders."""
        if row["status"] == "B" or "break" in row["flag"].split("|"):
            return self.say("flag.break.title")
        if before is not None and not self.site.areas.comparable(
            row["area"], row["area_version"], before["area"], before["area_version"]
        ):
            return self.say("place.borders.note")
        return ""


def picture(
    drawing: Drawing, name: str, title: str, lead: str, draw: Callable[[str, float], charts.Rendered], source: str
) -> Picture:
    wide, narrow = draw(f"{name}-w", WIDE), draw(f"{name}-n", NARROW)
    return Picture(
        name, title, lead, wide, wide.svg, narrow.svg, charts.table_html(wide.table, f"{drawing.name}: {title}"), source
    )
