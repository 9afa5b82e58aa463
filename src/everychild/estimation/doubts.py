"""What a file itself says against the numbers that are asked of it: labels that contradict the groups of a table, and
values that a variable cannot have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from everychild.estimation.work import Pass
from everychild.microdata.survey_files import SurveyFiles
from everychild.microdata.value_ranges import impossible_values
from everychild.recipes.nodes import variables
from everychild.vocabulary.findings import Finding


def contradicted_groups(files: SurveyFiles, scan: Pass) -> Iterator[Finding]:
    """Errors: codes that a standard breakdown of a pass puts in one group and the file labels as another."""
    yield from (found for found in _label_findings(files, scan) if found.severity == "error")


def doubtful(files: SurveyFiles, scans: Iterable[Pass]) -> Iterator[Finding]:
    """What forbids no estimate: groups of the description against labels, and impossible values of variables that the
    passes read."""
    read: dict[str, set[str]] = {}
    for scan in scans:
        yield from (found for found in _label_findings(files, scan) if found.severity != "error")
        codes = (grouping.code for grouping in scan.plan.groupings)
        read.setdefault(scan.file, set()).update(scan.variables, variables(*codes))
    for name, names in read.items():
        yield from impossible_values(files, name, names)


def _label_findings(files: SurveyFiles, scan: Pass) -> list[Finding]:
    if not scan.levels:
        return []
    from everychild.microdata.level_labels import level_label_findings  # tables without groups need none of it

    return level_label_findings(files, scan.file, scan.levels)
