"""Every code a table of the definitions names must stand in the table it points to, once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from everychild.catalogue.definition_tables import PACK, DefinitionTables, Row
from everychild.vocabulary.findings import Finding

INDICATORS: Final = ("indicators.csv", f"{PACK}indicators.csv")
AREAS: Final = ("areas.csv", f"{PACK}areas.csv")


@dataclass(frozen=True)
class Reference:
    """The cells of a column (parts joined by `;`) name codes of other tables."""

    tables: tuple[str, ...]
    column: str
    targets: tuple[str, ...]
    target_column: str = "code"
    rule: str = "dangling_code"
    required: bool = False


REFERENCES: Final = (
    Reference(INDICATORS, "domain", ("domains.csv",), required=True),
    Reference(INDICATORS, "subdomain", ("subdomains.csv",), required=True),
    Reference(INDICATORS, "programme_area", ("programme_areas.csv",), required=True),
    Reference(INDICATORS, "unit", ("code_lists/unit.csv",), required=True),
    Reference(INDICATORS, "crc_articles", ("crc_articles.csv",), "number", "unknown_article", required=True),
    Reference(INDICATORS, "related", ("indicators.csv",), rule="unknown_indicator"),
    Reference(("indicator_definitions.csv",), "code", INDICATORS, rule="unknown_indicator"),
    Reference(("crc_articles.csv",), "cluster", ("crc_clusters.csv",), "number", required=True),
    Reference(("crc_articles.csv",), "further_clusters", ("crc_clusters.csv",), "number"),
    Reference(AREAS, "parent", AREAS, rule="unknown_area"),
    Reference(AREAS, "predecessors", AREAS, rule="unknown_area"),
    Reference(AREAS, "successors", AREAS, rule="unknown_area"),
)
ARTICLES: Final = (*(str(number) for number in range(1, 55)), "OPAC", "OPSC", "OPIC")
CLUSTERS: Final = tuple(str(number) for number in range(10))


def reference_findings(tables: DefinitionTables) -> Iterator[Finding]:
    """Dangling, repeated and absent codes of all tables."""
    for reference in REFERENCES:
        yield from _dangling(tables, reference)
    yield from _repeated(tables)
    yield from _repeated_across_packs(tables)
    yield from _absent(tables, "crc_articles.csv", ARTICLES)
    yield from _absent(tables, "crc_clusters.csv", CLUSTERS)
    yield from _breakdown_keys(tables)
    yield from _extents(tables)


def _dangling(tables: DefinitionTables, reference: Reference) -> Iterator[Finding]:
    known = tables.codes(*reference.targets, column=reference.target_column)
    if known is None:
        return
    for pattern in reference.tables:
        for row in tables.rows(pattern):
            parts = row.list(reference.column)
            if reference.required and not parts:
                yield row.finding(reference.column, "empty_cell")
            for part in parts:
                if part not in known:
                    yield row.finding(reference.column, reference.rule, part, table=", ".join(reference.targets))


def _repeated(tables: DefinitionTables) -> Iterator[Finding]:
    for table, _, rows in tables.tables():
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            key = tuple(row[column] for column in table.key)
            if key and key in seen:
                yield row.finding(table.key[0], "duplicate_record", " ".join(part for part in key if part))
            seen.add(key)


def _repeated_across_packs(tables: DefinitionTables) -> Iterator[Finding]:
    """A country's own indicator or area may not take a code of the shared table."""
    for shared, packs in (INDICATORS, AREAS):
        taken = {row["code"] for row in tables.rows(shared)}
        for row in tables.rows(packs):
            if row["code"] in taken:
                yield row.finding("code", "duplicate_record")


def _absent(tables: DefinitionTables, file: str, wanted: Collection[str]) -> Iterator[Finding]:
    present = tables.codes(file, column="number")
    rows = tables.rows(file)
    if present is None or not rows:
        return
    for row in rows:
        if row["number"] not in wanted:
            yield row.finding("number", "unknown_code")
    for number in wanted:
        if number not in present:
            yield Row(file, 1, {}).finding("number", "absent_code", number)


def _breakdown_keys(tables: DefinitionTables) -> Iterator[Finding]:
    """`level=primary` needs a row `level`, which names the breakdown itself."""
    rows = [row for row in tables.rows("code_lists/*.csv") if row.file.endswith("/other.csv")]
    keys = {row["code"] for row in rows}
    for row in rows:
        key = row["code"].partition("=")[0]
        if key not in keys:
            yield row.finding("code", "dangling_code", key, table=row.file)


def _extents(tables: DefinitionTables) -> Iterator[Finding]:
    """Dates that hold, and successors that name whom they follow."""
    rows = [row for pattern in AREAS for row in tables.rows(pattern)]
    for row in rows:
        yield from _dates(row)
        for successor in row.list("successors"):
            starting = [r for r in rows if r["code"] == successor and r["valid_from"] == row["valid_to"]]
            if starting and not any(row["code"] in r.list("predecessors") for r in starting):
                yield starting[0].finding("predecessors", "one_sided_succession", row["code"], area=successor)
            elif not starting and any(r["code"] == successor for r in rows):
                yield row.finding("successors", "succession_gap", successor, day=row["valid_to"])


def _dates(row: Row) -> Iterator[Finding]:
    days: dict[str, date] = {}
    for column in ("valid_from", "valid_to"):
        if row[column]:
            try:
                days[column] = date.fromisoformat(row[column])
            except ValueError:
                yield row.finding(column, "bad_date")
    if len(days) > 1 and days["valid_to"] <= days["valid_from"]:
        yield row.finding("valid_to", "ends_before_it_begins")
