"""All checks of the definitions: what a reviewer runs before a change is taken over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from everychild.catalogue.catalogue import load
from everychild.catalogue.countries import CountryPack, country
from everychild.catalogue.country_checks import check_country
from everychild.catalogue.country_file import read_country_file
from everychild.catalogue.definition_tables import DefinitionTables, broken_definition
from everychild.catalogue.indicator_checks import indicator_findings
from everychild.catalogue.reference_checks import reference_findings
from everychild.catalogue.text_checks import text_findings
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.findings import SEVERITIES, Finding
from everychild.vocabulary.tables import definitions_folder


def check(folder: Path | None = None, packs: Iterable[CountryPack] | None = None) -> list[Finding]:
    """Everything found in a folder of definitions and in country packs, errors first; empty when all is well.

    Without arguments: the shipped definitions with all shipped packs. Packs are held against the shipped catalogue,
    so a folder of one's own is checked without packs unless some are given.
    """
    tables = DefinitionTables(folder or definitions_folder())
    found = [*tables.broken, *text_findings(tables), *reference_findings(tables), *indicator_findings(tables)]
    for pack in _shipped_packs() if packs is None and folder is None else packs or ():
        found += check_country(pack)
    found += _not_loading(tables.folder, found)
    return sorted(_once(found), key=lambda finding: SEVERITIES.index(finding.severity))


def _shipped_packs() -> list[CountryPack]:
    abouts = sorted((definitions_folder() / "countries").glob("*/country.yaml"))
    return [country(str(read_country_file(path.parent)["code"])) for path in abouts]


def _not_loading(folder: Path, found: list[Finding]) -> list[Finding]:
    """What stops the catalogue from loading although no check above has named its place."""
    try:
        load(folder)
    except DefinitionError as problem:
        named = {(f.file.rpartition("/")[2], f.row) for f in found if f.severity == "error"}
        file = problem.place.file
        if (file.rpartition("/")[2], problem.place.row) not in named:
            return [broken_definition(file, problem)]
    return []


def _once(found: list[Finding]) -> list[Finding]:
    """One finding a place and rule; a row that is said to lack a language need not also be called unreadable."""
    told = {(f.file, f.row) for f in found if f.rule == "missing_language"}
    kept: dict[tuple[object, ...], Finding] = {}
    for f in found:
        if f.rule != "broken_definition" or (f.file, f.row) not in told:
            kept.setdefault((f.file, f.row, f.column, f.value, f.rule), f)
    return list(kept.values())
