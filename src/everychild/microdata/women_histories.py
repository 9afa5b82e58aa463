"""Women of a survey file, their births, their siblings, and their answers on children born and dead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from everychild.methods.mortality import Breakdown, Siblings, Women
from everychild.microdata.birth_classes import Classified, classified, columns_of
from everychild.microdata.birth_histories import Clusters, Progress, clusters_of
from everychild.microdata.column_values import ColumnValues, Floats, Truths, Whole, finding
from everychild.microdata.layouts import WOMEN_NEEDED, Layout, Source
from everychild.microdata.reading import DataFile, read_file
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.findings import DataRefused, Finding

DATES: Final = ("birth", "interview")
MOST_SIBLINGS: Final = 30
MOST_CHILDREN: Final = 60
"""Children of one woman beyond which the answer is a code for missing (98, 99) that nobody declared."""


@dataclass(frozen=True, eq=False)
class WomenFile:
    """Women with a weight, in the order of the file. `rows` (n,): their places in it; other arrays follow it."""

    path: Path
    layout: Layout
    values: ColumnValues
    women: Women
    clusters: Clusters
    breakdowns: tuple[Classified, ...]
    rows: Whole
    findings: tuple[Finding, ...]

    def children(self) -> tuple[Floats, Floats]:
        """(n,) children ever born and children dead. Raises DataRefused when an answer is missing or more died than
        were born, WrongDefinition when the layout does not name the columns."""
        sources = self.layout.women
        for name in ("ever_born", "dead"):
            if not self.values.has(sources.get(name)):
                raise WrongDefinition(Place(self.path.name), "layout_summary_absent", name)
        born, dead = (self.values.number(sources[name])[self.rows] for name in ("ever_born", "dead"))
        # who never gave birth is not asked about the dead
        dead = np.where((born == 0) & np.isnan(dead), 0.0, dead)
        with np.errstate(invalid="ignore"):
            odd = np.flatnonzero(~(born >= dead) | ~(dead >= 0) | (born > MOST_CHILDREN))
        if odd.size:
            raise DataRefused([_found(self.values, sources["dead"], "summary_answers_odd", self.rows[odd])])
        return born, dead

    def siblings(self) -> Siblings:
        """One element for each brother or sister; blocks of columns `mm1_01`, `mm1_02` … of the women's rows.

        Raises WrongDefinition when the layout names no siblings or the file has none, DataRefused for dates or codes
        that are none."""
        blocks = list(self._blocks())
        if not blocks:
            raise WrongDefinition(Place(self.path.name), "layout_siblings_absent")
        before = len(self.values.findings)
        parts = [self._sibling_block(block) for block in blocks]
        broken = [f for f in self.values.findings[before:] if f.severity == "error"]
        if broken:
            raise DataRefused(broken)
        columns = [np.concatenate([part[i] for part in parts]) for i in range(6)]
        respondent, female, alive, birth, death, pregnancy = columns
        return Siblings(respondent.astype(np.int64), female, alive, birth, death, pregnancy)

    def _blocks(self) -> Iterator[Mapping[str, Source]]:
        for number in range(1, MOST_SIBLINGS + 1):
            block = sibling_block(self.layout, number)
            if block and self.values.has(block["sex"]) and self.values.has(block["alive"]):
                yield block

    def _sibling_block(self, block: Mapping[str, Source]) -> tuple[Whole | Floats, ...]:
        def dated(name: str) -> Floats:
            held = self.values.has(block.get(name))
            return self.values.date(block[name])[self.rows] if held else np.full(self.rows.size, np.nan)

        female, alive = 1 - self.values.code(block["sex"])[self.rows], self.values.code(block["alive"])[self.rows]
        female = np.where(female == 2, -1, female)
        birth, death = dated("birth"), dated("death")
        told = block.get("pregnancy")
        pregnancy = (
            self.values.truth(told)[0][self.rows].astype(np.int64) if self.values.has(told) and told else 0 * alive
        )
        there = np.flatnonzero((female >= 0) | (alive >= 0) | ~np.isnan(birth))
        return (there, female[there], alive[there], birth[there], death[there], pregnancy[there])


def sibling_block(layout: Layout, number: int) -> Mapping[str, Source]:
    """The sources of one sibling: every column with `_01`, `_02` … behind it."""
    return {
        name: replace(source, columns=tuple(f"{column}_{number:02d}" for column in source.columns))
        for name, source in layout.siblings.items()
    }


def read_women(
    source: Path | DataFile, layout: Layout, by: Sequence[str] = (), *, siblings: bool = False,
    progress: Progress = lambda _file: None,
) -> WomenFile:  # fmt: skip
    """Read a file of women. Raises DataRefused when columns, dates or clusters are missing, WrongDefinition when the
    layout does not name the columns of women."""
    if not layout.women:
        raise WrongDefinition(Place(""), "layout_women_absent", layout.name)
    file = source if isinstance(source, DataFile) else read_file(source)
    wanted = dict(layout.women)
    if siblings:
        for number in range(1, MOST_SIBLINGS + 1):
            wanted |= {f"{name} {number}": each for name, each in sibling_block(layout, number).items()}
    values = ColumnValues.read(file, wanted, WOMEN_NEEDED, columns_of(by, layout, file, "women"), progress)
    weight = values.number(layout.women["weight"])
    usable = _usable(values, layout, weight)
    clusters = clusters_of(values, layout.women)
    rows = np.flatnonzero(usable)
    if not rows.size and not any(f.severity == "error" for f in values.findings):
        values.findings.append(finding(file.path.name, "", "", "births_no_rows"))
    _check(values, layout, clusters, rows)
    breakdowns = tuple(_kept(classified(code, layout, values, "women"), rows) for code in by)
    if any(f.severity == "error" for f in values.findings):
        raise DataRefused([f for f in values.findings if f.severity == "error"])
    factor = layout.women.get("factor")
    made = Women(
        values.months(layout.women["birth"])[rows],
        values.months(layout.women["interview"])[rows],
        weight[rows],
        clusters.psu[rows],
        values.number(factor)[rows] if factor is not None and values.has(factor) else None,
    )
    return WomenFile(file.path, layout, values, made, clusters, breakdowns, rows, tuple(values.findings))


def _usable(values: ColumnValues, layout: Layout, weight: Floats) -> Truths:
    negative = np.flatnonzero(weight < 0)
    if negative.size:
        values.findings.append(_found(values, layout.women["weight"], "weight_negative", negative))
    usable: Truths = (weight > 0) & np.isfinite(weight)
    out = np.flatnonzero(~usable & ~(weight < 0))
    if out.size:
        values.findings.append(_found(values, layout.women["weight"], "woman_weight_zero", out))
    return usable


def _check(values: ColumnValues, layout: Layout, clusters: Clusters, rows: Whole) -> None:
    for name in DATES:
        gone = rows[np.isnan(values.date(layout.women[name])[rows])]
        if gone.size:
            values.findings.append(_found(values, layout.women[name], "woman_date_missing", gone))
    gone = rows[clusters.psu[rows] < 0]
    if gone.size:
        values.findings.append(_found(values, layout.women["psu"], "psu_missing", gone))


def _kept(found: Classified, rows: Whole) -> Classified:
    own = found.breakdown
    return Classified(Breakdown(own.name, own.classes, own.codes[rows]), found.levels)


def _found(values: ColumnValues, source: Source, rule: str, rows: Whole) -> Finding:
    told = {"count": rows.size, "rows": values.rows_text(rows)}
    column = ", ".join(source.columns)
    return finding(values.file.path.name, column, "", rule, int(rows[0]) + values.first_row, **told)


def read_mothers(
    source: Path | DataFile, women: WomenFile, progress: Progress = lambda _file: None
) -> tuple[Whole, Whole]:
    """(m,) months of birth and places of the mothers among the women, of every live birth of the births file.

    Births of women without weight are left out with them. Raises DataRefused for a birth without date or mother.
    """
    layout = women.layout
    key, mother = layout.women.get("key"), layout.births.get("mother")
    if key is None or mother is None:
        raise WrongDefinition(Place(""), "layout_join_absent", layout.name)
    file = source if isinstance(source, DataFile) else read_file(source)
    wanted = {"birth": layout.births["birth"], "mother": mother}
    values = ColumnValues.read(file, wanted, ("birth", "mother"), (), progress)
    born = values.date(layout.births["birth"])
    keys = women.values.key(key.columns)
    place = pl.DataFrame({"key": keys}).with_row_index("place").unique("key", keep="first")
    found = pl.DataFrame({"key": values.key(mother.columns)}).join(place, on="key", how="left", maintain_order="left")
    index = found["place"].cast(pl.Int64).fill_null(-1).to_numpy()
    for name, gone in (("mother", np.flatnonzero(index < 0)), ("birth", np.flatnonzero(np.isnan(born)))):
        if gone.size:
            rule = "mother_not_found" if name == "mother" else "birth_date_missing"
            values.findings.append(_found(values, wanted[name], rule, gone))
    broken = [f for f in values.findings if f.severity == "error" or f.rule == "birth_date_missing"]
    if broken:
        raise DataRefused(broken)
    among = np.full(keys.len(), -1, dtype=np.int64)
    among[women.rows] = np.arange(women.rows.size)
    mothers = among[index]
    return born[mothers >= 0].astype(np.int64), mothers[mothers >= 0]
