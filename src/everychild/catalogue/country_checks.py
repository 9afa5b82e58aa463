"""What a country pack must hold to: every code, article, area and key it names exists, every figure is sound.

The tables check themselves row by row when they are read; here they are held against each other and against the
catalogue. All findings are gathered, so one run shows everything there is to mend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from everychild.catalogue.catalogue import Catalogue, catalogue
from everychild.catalogue.countries import FIGURES, CountryPack
from everychild.vocabulary.areas import Gazetteer, gazetteer
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.findings import Finding, findings_of, rules
from everychild.vocabulary.language import LANGUAGES, LocalText
from everychild.vocabulary.observations import Known, conform, key_expression, validate

_FIRST_ROW: Final = 2
_SAME_UNITS: Final = (
    frozenset({"count", "persons"}),
    frozenset({"percent", "percent_of_population", "percent_of_households"}),
)
"""Units that differ in their words only."""


@dataclass(frozen=True)
class Checked:
    """A pack with what it is held against."""

    pack: CountryPack
    catalogue: Catalogue
    gazetteer: Gazetteer

    @cached_property
    def figures(self) -> pl.DataFrame:
        """Every figure under the place where it stands in the pack's own table, so that findings can be mended."""
        rows = self.pack.figure_rows().with_columns(pl.lit(self.pack.place(FIGURES)).alias("file"))
        return conform(rows).with_columns(key_expression())

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(self.figures["key"])


def check_country(pack: CountryPack) -> list[Finding]:
    """Everything found in a pack, table by table; empty when all is well.

    A table that cannot be read is one finding, and what needs it is not checked.
    """
    checked = Checked(pack, catalogue(), gazetteer())
    found: dict[tuple[object, ...], Finding] = {}
    for part in _PARTS:
        for finding in _or_broken(part, checked):
            found.setdefault((finding.file, finding.row, finding.column, finding.value, finding.rule), finding)
    return list(found.values())


def _or_broken(part: Callable[[Checked], Iterable[Finding]], checked: Checked) -> Iterator[Finding]:
    try:
        yield from part(checked)
    except DefinitionError as broken:
        place = broken.place
        yield _finding(place.file, place.row, place.column, "", "broken_definition", problem=broken.problem)


def _finding(file: str, row: int | None, column: str, value: str, rule: str, **parameters: str) -> Finding:
    return Finding(file, row, column, value, rule, rules()[rule].severity, parameters)


def _figures(checked: Checked) -> Iterator[Finding]:
    known = Known(checked.catalogue.indicators, checked.pack.sources, checked.gazetteer)
    yield from findings_of(validate(checked.figures.drop("key"), known))


def _own_groups(checked: Checked) -> Iterator[Finding]:
    """A figure whose breakdown is the indicator's own definition would leave the indicator without a total."""
    file = checked.pack.place("own_groups.csv")
    for row, group in enumerate(checked.pack.own_groups, start=_FIRST_ROW):
        if group.indicator not in checked.catalogue.indicators:
            yield _finding(file, row, "indicator", group.indicator, "unknown_indicator")
    for group in checked.pack.own_groups:
        carries = (
            pl.col("other").str.split(";").list.contains(group.code)
            if group.column == "other"
            else pl.col(group.column) == group.code
        )
        for figure in checked.figures.filter((pl.col("indicator") == group.indicator) & carries)["row"]:
            place = checked.pack.place(FIGURES)
            yield _finding(place, figure, group.column, group.code, "own_group_split", indicator=group.indicator)


def _other_labels(checked: Checked) -> Iterator[Finding]:
    labels = code_list("other")
    parts = checked.figures.filter(pl.col("other") != "").select("row", part=pl.col("other").str.split(";"))
    firsts = parts.explode("part").group_by("part").agg(pl.col("row").min()).sort("part")
    for part, row in firsts.iter_rows():
        for code in (part.partition("=")[0], part):
            if code not in labels:
                yield _finding(checked.pack.place(FIGURES), row, "other", code, "unlabelled_breakdown")


def _units(checked: Checked) -> Iterator[Finding]:
    pairs = checked.figures.group_by("indicator", "unit").agg(pl.col("row").min(), pl.len().alias("rows"))
    for indicator, unit, row, rows in pairs.sort("indicator", "unit").iter_rows():
        defined = checked.catalogue.indicators.get(indicator)
        if defined and not _same_unit(unit, defined.unit):
            named = {"indicator": indicator, "expected": defined.unit, "rows": str(rows)}
            yield _finding(checked.pack.place(FIGURES), row, "unit", unit, "unit_differs", **named)


def _same_unit(unit: str, other: str) -> bool:
    return unit == other or any({unit, other} <= same for same in _SAME_UNITS)


def _indicators(checked: Checked) -> Iterator[Finding]:
    file, used = checked.pack.place("indicators.csv"), frozenset(checked.figures["indicator"])
    for row, indicator in enumerate(checked.pack.indicators.values(), start=_FIRST_ROW):
        if indicator.related and indicator.related not in checked.catalogue.indicators:
            yield _finding(file, row, "related", indicator.related, "unknown_indicator")
        if indicator.code not in used:
            yield _finding(file, row, "code", indicator.code, "unused_indicator")


def _laws(checked: Checked) -> Iterator[Finding]:
    yield from _articles(checked, "laws.csv", [law.crc_articles for law in checked.pack.laws])
    yield from _repeated(checked, "laws.csv", "code", [law.code for law in checked.pack.laws])


def _recommendations(checked: Checked) -> Iterator[Finding]:
    found = checked.pack.recommendations
    yield from _articles(checked, "recommendations.csv", [asked.crc_articles for asked in found])
    yield from _repeated(checked, "recommendations.csv", "code", [asked.code for asked in found])


def _programmes(checked: Checked) -> Iterator[Finding]:
    found = checked.pack.programmes
    yield from _unknown(checked, "programmes.csv", "areas", [p.areas for p in found], checked.gazetteer, "unknown_area")
    yield from _repeated(checked, "programmes.csv", "code", [programme.code for programme in found])


def _facts(checked: Checked) -> Iterator[Finding]:
    keys = [fact.key for fact in checked.pack.facts]
    yield from _unknown(checked, "facts.csv", "key", [(key,) for key in keys], checked.keys, "unknown_figure")
    yield from _repeated(checked, "facts.csv", "key", keys)


def _seed_claims(checked: Checked) -> Iterator[Finding]:
    claims, file = checked.pack.seed_claims, "seed_claims.csv"
    named = [(claim.indicator,) if claim.indicator else () for claim in claims]
    evidence = [claim.evidence_keys for claim in claims]
    yield from _unknown(checked, file, "indicator", named, checked.catalogue.indicators, "unknown_indicator")
    yield from _unknown(checked, file, "evidence_keys", evidence, checked.keys, "unknown_figure")


def _tile_map(checked: Checked) -> Iterator[Finding]:
    areas = [(tile.area,) for tile in checked.pack.tile_map]
    yield from _unknown(checked, "tile_map.csv", "area", areas, checked.gazetteer, "unknown_area")
    places = [f"{tile.column};{tile.row}" for tile in checked.pack.tile_map]
    yield from _repeated(checked, "tile_map.csv", "column", places)


def _articles(checked: Checked, table: str, rows: Iterable[Iterable[str]]) -> Iterator[Finding]:
    yield from _unknown(checked, table, "crc_articles", rows, checked.catalogue.articles, "unknown_article")


def _unknown(
    checked: Checked, table: str, column: str, rows: Iterable[Iterable[str]], known: object, rule: str
) -> Iterator[Finding]:
    """Values of a column (several to a row) that are not among what is known."""
    for row, values in enumerate(rows, start=_FIRST_ROW):
        for value in values:
            if value not in known:  # type: ignore[operator]
                yield _finding(checked.pack.place(table), row, column, value, rule)


def _repeated(checked: Checked, table: str, column: str, values: Collection[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for row, value in enumerate(values, start=_FIRST_ROW):
        if value in seen:
            yield _finding(checked.pack.place(table), row, column, value, "duplicate_record")
        seen.add(value)


def _unreviewed(checked: Checked) -> Iterator[Finding]:
    """How many texts of each table no native speaker has read, by language."""
    for table, texts in _texts(checked.pack).items():
        waiting = Counter(language for text in texts for language in text.unreviewed)
        for language in LANGUAGES:
            if waiting[language]:
                place = checked.pack.place(table)
                yield _finding(place, None, "unreviewed", language, "unreviewed_texts", texts=str(waiting[language]))


def _texts(pack: CountryPack) -> dict[str, list[LocalText]]:
    return {
        "sources.csv": [source.short_name for source in pack.sources.values()],
        "laws.csv": [law.title for law in pack.laws],
        "recommendations.csv": [asked.text for asked in pack.recommendations],
        "programmes.csv": [programme.title for programme in pack.programmes],
        "seed_claims.csv": [text for c in pack.seed_claims for text in (c.claim, c.evidence, c.verdict)],
        "left_out.csv": [left.reason for left in pack.left_out],
        "set_aside.csv": [figure.reason for figure in pack.set_aside],
    }


_PARTS: Final[tuple[Callable[[Checked], Iterable[Finding]], ...]] = (
    _figures, _own_groups, _other_labels, _units, _indicators, _laws, _recommendations, _programmes, _facts,
    _seed_claims, _tile_map, _unreviewed,
)  # fmt: skip
