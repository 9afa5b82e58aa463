"""What an indicator must hold to on its own: unit, ages and name say the same; its words are there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from everychild.catalogue.definition_tables import DefinitionTables, Row
from everychild.catalogue.indicators import CODE, DIRECTIONS, OLDEST_CHILD, SOURCE_TYPES, SURVEY_FILES
from everychild.catalogue.reference_checks import INDICATORS
from everychild.vocabulary.findings import Finding, rules
from everychild.vocabulary.language import LANGUAGES

MICS_CODE_STATES: Final = ("verified", "from memory")
CRPD_ARTICLES: Final = frozenset(str(number) for number in range(1, 51))
COUNTS: Final = frozenset({"count", "persons", "thousand_persons"})
WITHOUT_DENOMINATOR: Final = COUNTS | {"binary", "ordinal", "score", "score_points", "micrograms_per_m3"}
_SDG: Final = re.compile(r"\d{1,2}\.[0-9a-z]{1,2}\.\d{1,2}(\.\d{1,2})?")
_SCALE: Final = re.compile(r"(?<![\d,])(10{0,2}[ \u00a0,]?000)(?![\d,])")
_AGES: Final = re.compile(r"(?<!\d)(\d{1,2})[-–](\d{1,2})(?= ?(?P<months>months?)| years|\)|,|$| )")
_MONTHS: Final = 12
_ALL_AGES: Final = f"0-{OLDEST_CHILD}"


def indicator_findings(tables: DefinitionTables) -> Iterator[Finding]:
    """Findings on each indicator of the catalogue and of all country packs."""
    rows = [row for pattern in INDICATORS for row in tables.rows(pattern)]
    for row in rows:
        yield from _codes(row)
        yield from _unit(row)
        yield from _ages(row)
        if row["related"] == row["code"] and row["related"]:
            yield row.finding("related", "related_to_itself")
    yield from _definitions(tables, rows)
    yield from _foreign_codes(rows)
    yield from _without_plain(rows)


def _codes(row: Row) -> Iterator[Finding]:
    """Cells that hold words of a short fixed list."""
    if not CODE.fullmatch(row["code"]):
        yield row.finding("code", "bad_code")
    if row["direction"] not in DIRECTIONS:
        yield row.finding("direction", "unknown_code")
    if row["mics_code"] and row["mics_code_status"] not in MICS_CODE_STATES:
        yield row.finding("mics_code_status", "unknown_code")
    if row["sdg_code"] and not _SDG.fullmatch(row["sdg_code"]):
        yield row.finding("sdg_code", "unknown_code")
    for column, known in (
        ("source_types", SOURCE_TYPES), ("survey_file", SURVEY_FILES), ("crpd_articles", CRPD_ARTICLES),
    ):  # fmt: skip
        for part in row.list(column):
            if part not in known:
                yield row.finding(column, "unknown_code", part)


def _unit(row: Row) -> Iterator[Finding]:
    """“per 1,000” of a name is in no other unit; a percentage of a name is a percentage."""
    unit = row["unit"]
    for language in LANGUAGES:
        for number in _SCALE.findall(row[f"name_{language}"]):
            scale = re.sub(r"\D", "", number)
            if unit not in COUNTS and not unit.startswith(f"per_{scale}_"):
                yield row.finding("unit", "unit_against_name", name=row[f"name_{language}"])
    english = row["name_en"].casefold()
    if "of gdp" in english and unit != "percent_of_gdp":
        yield row.finding("unit", "unit_against_name", name=row["name_en"])
    if english.startswith("number of") and unit not in COUNTS:
        yield row.finding("unit", "unit_against_name", name=row["name_en"])
    if re.search(r"\b(share|coverage|prevalence)\b", english) and not unit.startswith("percent"):
        yield row.finding("unit", "unit_against_name", name=row["name_en"])


def _ages(row: Row) -> Iterator[Finding]:
    """Ages are within childhood, and those that the name states are the children it speaks about."""
    cell = row["child_ages"]
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", cell)
    if cell and (not match or not int(match[1]) <= int(match[2]) <= OLDEST_CHILD):
        yield row.finding("child_ages", "bad_child_ages")
        return
    stated = _stated_ages(row["name_en"])
    if stated and stated != (cell or _ALL_AGES):
        yield row.finding("child_ages", "ages_against_name", expected=stated, name=row["name_en"])


def _stated_ages(name: str) -> str:
    """`5-17` for “(5-17 years)”, `15-17` for “women 15-49”, `2-4` for “24-59 months”; "" when the name says none.

    A group that begins after childhood is a witness (“women aged 20-24 married before 18”) and says nothing of it.
    """
    found = _AGES.search(name)
    if not found:
        return ""
    first, last = int(found[1]), int(found[2])
    if found["months"]:
        first, last = first // _MONTHS, last // _MONTHS
    return f"{first}-{min(last, OLDEST_CHILD)}" if first <= OLDEST_CHILD else ""


def _definitions(tables: DefinitionTables, rows: list[Row]) -> Iterator[Finding]:
    """What is counted, and out of whom, in words."""
    defined = {row["code"]: row for row in tables.rows("indicator_definitions.csv")}
    for row in rows:
        if "/" in row.file:
            continue  # the packs' own indicators are near to those of the catalogue; their sources define them
        definition = defined.get(row["code"])
        if definition is None:
            yield row.finding("code", "without_definition", part="numerator")
        elif not definition["numerator_en"]:
            yield definition.finding("numerator_en", "without_definition", row["code"], part="numerator")
        elif not definition["denominator_en"] and row["unit"] not in WITHOUT_DENOMINATOR:
            yield definition.finding("denominator_en", "without_definition", row["code"], part="denominator")


def _foreign_codes(rows: list[Row]) -> Iterator[Finding]:
    """One code of another warehouse under two indicators: one of them may be wrong."""
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["transmonee_code"]:
            by_code[row["transmonee_code"]].append(row)
    for first, *others in by_code.values():
        for row in others:
            yield row.finding("transmonee_code", "shared_foreign_code", first=first["code"])


def _without_plain(rows: list[Row]) -> Iterator[Finding]:
    rule = "without_plain_question"
    for file in dict.fromkeys(row.file for row in rows):
        waiting = sum(1 for row in rows if row.file == file and not row["plain_en"])
        if waiting:
            yield Finding(file, None, "plain_en", "", rule, rules()[rule].severity, {"indicators": str(waiting)})
