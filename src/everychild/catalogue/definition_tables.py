"""The tables of `definitions/` as they stand, row by row, for the checks.

`catalogue.load` stops at the first mistake, because a catalogue with a hole must never be used. A check has to show
everything there is to mend in one run, so it reads the raw rows instead of the finished objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Final

from everychild.catalogue import breakdowns, indicators
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.findings import Finding, Severity, rules
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.vocabulary.tables import read_table

PACK: Final = "countries/*/"


@dataclass(frozen=True)
class Table:
    """What the checks know of one table, or of the tables of that name in all country packs.

    `texts` stand in three languages, always; `optional_texts` in all three or in none. `counts_waiting` is off where
    the country pack itself counts the texts that no native speaker has read, `reviewable` where the table does not
    keep who has read them.
    """

    pattern: str
    key: tuple[str, ...]
    texts: tuple[str, ...]
    optional_texts: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    counts_waiting: bool = True
    reviewable: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        texts = (*self.texts, *self.optional_texts)
        named = [column_of(stem, language) for stem in texts for language in LANGUAGES]
        reviewed = ("unreviewed",) if self.reviewable else ()
        return tuple(dict.fromkeys((*self.key, *named, *reviewed, *self.further)))


def column_of(stem: str, language: Language) -> str:
    """`name` → `name_kk`; the interface has one text a row, whose columns are called by the language alone."""
    return f"{stem}_{language}" if stem else language


_AREAS: Final = ("kind", "parent", "valid_to", "predecessors", "successors")
TABLES: Final[tuple[Table, ...]] = (
    Table("indicators.csv", ("code",), ("name",), ("plain",), indicators.COLUMNS),
    Table(f"{PACK}indicators.csv", ("code",), ("name",), ("plain",), indicators.COLUMNS),
    Table("indicator_definitions.csv", ("code",), (), ("numerator", "denominator")),
    Table("crc_articles.csv", ("number",), ("title", "summary"), (), ("cluster", "further_clusters")),
    Table("crc_clusters.csv", ("number",), ("name",)),
    Table("domains.csv", ("code",), ("name",)),
    Table("subdomains.csv", ("code",), ("name",)),
    Table("programme_areas.csv", ("code",), ("name",)),
    Table("breakdowns.csv", ("code",), ("name",), (), breakdowns.COLUMNS),
    Table("code_lists/*.csv", ("code",), ("name",)),
    Table("recipes/*_groups.csv", ("breakdown", "files", "variable", "level"), ("name",)),
    Table("recipes/*_ranges.csv", ("layout", "files", "variable"), ("name",)),
    Table("registration_breaks.csv", ("country", "year"), ("name",)),
    Table("treaties/*.csv", ("code",), ("duty", "criteria")),
    Table("desk/columns/*.csv", ("table", "column"), ("name",)),
    Table("rules.csv", ("rule",), ("message", "suggestion"), (), ("severity",)),
    Table("interface.csv", ("key",), ("",)),
    Table("commands/*.csv", ("key",), ("",)),
    Table("desk/words/*.csv", ("key",), ("",)),
    Table("reporting_rhythms.csv", ("mechanism",), ("name",)),
    Table("surveys/comments.csv", ("key",), ("text",)),
    Table("duties/relations.csv", ("code",), ("name", "back")),
    Table(f"{PACK}interface.csv", ("key",), ("",)),
    Table("areas.csv", ("code", "valid_from"), ("name",), ("seat",), _AREAS),
    Table(f"{PACK}areas.csv", ("code", "valid_from"), ("name",), ("seat",), _AREAS),
    Table(f"{PACK}sources.csv", ("code",), ("short_name",), counts_waiting=False),
    Table(f"{PACK}laws.csv", ("code",), ("title",), counts_waiting=False),
    Table(f"{PACK}registers/provisions.csv", ("code",), ("label",), ("text",), counts_waiting=False),
    Table(f"{PACK}registers/budget_rule_sets.csv", ("code",), ("name",), ("meaning",), counts_waiting=False),
    Table(f"{PACK}registers/budget_rules.csv", (), (), ("reason",), counts_waiting=False),
    Table(f"{PACK}registers/care_definitions.csv", ("code",), ("name",), ("meaning",), counts_waiting=False),
    Table(f"{PACK}registers/programmes_partners.csv", ("code",), ("name",), counts_waiting=False),
    Table(f"{PACK}registers/programmes_partnerships.csv", (), (), ("answers_for",), counts_waiting=False),
    Table(f"{PACK}registers/programmes_pilots.csv", ("code",), ("title",), counts_waiting=False),
    Table(f"{PACK}registers/programmes_steps.csv", (), (), ("evidence",), counts_waiting=False),
    Table(f"{PACK}registers/recommendations_bodies.csv", ("code",), ("name",), counts_waiting=False),
    Table(f"{PACK}registers/recommendations_evidence.csv", (), (), ("says",), counts_waiting=False),
    Table(f"{PACK}registers/recommendations_paragraphs.csv", ("code",), (), ("text",), counts_waiting=False),
    Table(f"{PACK}registers/recommendations_reports.csv", (), (), ("reason",), counts_waiting=False),
    Table(f"{PACK}recommendations.csv", ("code",), ("text",), counts_waiting=False),
    Table(f"{PACK}programmes.csv", ("code",), ("title",), counts_waiting=False),
    Table(f"{PACK}seed_claims.csv", (), ("claim", "evidence", "verdict"), counts_waiting=False),
    Table(f"{PACK}left_out.csv", (), ("reason",), counts_waiting=False),
    Table(f"{PACK}set_aside.csv", (), ("reason",), counts_waiting=False),
    Table(f"{PACK}tile_map.csv", ("area",), ("short", "abbreviation"), counts_waiting=False, reviewable=False),
)


@dataclass(frozen=True)
class Row:
    """One row with its place; `file` is the path below `definitions/`."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def list(self, column: str) -> list[str]:
        """The parts of a cell joined by `;`."""
        return [part.strip() for part in self.cells[column].split(";") if part.strip()]

    def finding(
        self, column: str, rule: str, value: str | None = None, severity: Severity | None = None, **parameters: str
    ) -> Finding:
        """A finding on one cell; `value` is the cell unless only a part of it is meant."""
        told = self.cells.get(column, "") if value is None else value
        return Finding(self.file, self.number, column, told, rule, severity or rules()[rule].severity, parameters)


@dataclass(frozen=True)
class DefinitionTables:
    """All tables below a folder of definitions, and what could not be read."""

    folder: Path

    @cached_property
    def _read(self) -> tuple[Mapping[str, tuple[Row, ...]], tuple[Finding, ...]]:
        rows: dict[str, tuple[Row, ...]] = {}
        broken: list[Finding] = []
        for table in TABLES:
            for path in self._paths(table):
                file = path.relative_to(self.folder).as_posix()
                try:
                    rows[file] = tuple(_rows(path, file, table.columns))
                except DefinitionError as problem:
                    broken.append(broken_definition(file, problem))
        return rows, tuple(broken)

    def _paths(self, table: Table) -> list[Path]:
        """Every path of a pattern; a table without `*` is named even when its file is missing."""
        found = sorted(self.folder.glob(table.pattern))
        return found if "*" in table.pattern else [self.folder / table.pattern]

    @property
    def broken(self) -> tuple[Finding, ...]:
        return self._read[1]

    def rows(self, pattern: str) -> tuple[Row, ...]:
        """Rows of all tables of a pattern that could be read."""
        return tuple(row for file, rows in self._read[0].items() if fnmatchcase(file, pattern) for row in rows)

    def tables(self) -> Iterator[tuple[Table, str, tuple[Row, ...]]]:
        """Each table that could be read: what it is, its name, its rows."""
        for table in TABLES:
            for path in self._paths(table):
                file = path.relative_to(self.folder).as_posix()
                if file in self._read[0]:
                    yield table, file, self._read[0][file]

    def codes(self, *patterns: str, column: str = "code") -> frozenset[str] | None:
        """All codes of some tables; None when one of them could not be read, so that nothing is called dangling."""
        files = {finding.file for finding in self.broken}
        if any(fnmatchcase(file, pattern) for file in files for pattern in patterns):
            return None
        return frozenset(row[column] for pattern in patterns for row in self.rows(pattern))


def broken_definition(file: str, problem: DefinitionError) -> Finding:
    """The first mistake of a table as a finding: it cannot be read beyond that."""
    place = problem.place
    rule = "broken_definition"
    return Finding(file, place.row, place.column, "", rule, rules()[rule].severity, {"problem": problem.problem})


def _rows(path: Path, file: str, columns: tuple[str, ...]) -> Iterator[Row]:
    for place, cells in read_table(path, columns):
        yield Row(file, place.row or 1, cells)
