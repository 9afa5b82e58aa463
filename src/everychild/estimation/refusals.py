"""What forbids computing from a file, found before or instead of a number, with its row, column and value.

Only what the asked recipes read is looked at: a survey may have a broken file that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from everychild.engines.design import DesignProblem
from everychild.engines.polars_engine import expression
from everychild.estimation.choices import Options
from everychild.estimation.doubts import contradicted_groups, doubtful
from everychild.estimation.groups import AskedWrongly, Table, breakdowns_of
from everychild.estimation.work import Pass
from everychild.microdata.checking import changed
from everychild.microdata.expected_types import expected
from everychild.microdata.file_checks import ROW, FileChecks
from everychild.microdata.located import finding, plain
from everychild.microdata.survey_files import SurveyFiles
from everychild.recipes.nodes import Node, Variable, variables
from everychild.recipes.readable import readable
from everychild.vocabulary.findings import DataRefused, Finding


def refuse_unusable(files: SurveyFiles, scans: Iterable[Pass]) -> None:
    """DataRefused when a file that is about to be read has no rows, words for numbers, a key twice, rows whose
    household is unknown although its answers are asked for, labels that contradict the groups of a table, or is not the
    file that the workspace kept."""
    scans = [each for scan in scans for each in chain(scan)]
    names = list(dict.fromkeys(scan.file for scan in scans))
    found = list(changed(files, names))
    if not found:
        for name in names:
            found += _rows_and_keys(files, name)
    if not found:
        for scan in scans:
            found += [*_of_scan(files, scan), *contradicted_groups(files, scan)]
    if found:
        raise DataRefused(_once(found))


def _rows_and_keys(files: SurveyFiles, name: str) -> list[Finding]:
    """Errors of a file as a whole; a file that was found in order is not asked again."""
    checks = FileChecks(files, name)
    if name in files.in_order or checks.has_rows_and_keys_in_order():
        files.in_order.add(name)
        return []
    return list(checks.rows()) or [f for f in checks.key_findings() if f.severity == "error"]


def chain(scan: Pass) -> Iterator[Pass]:
    """A pass and those over further files that are stacked under it."""
    yield scan
    if scan.partner is not None:
        yield from chain(scan.partner)


def _of_scan(files: SurveyFiles, scan: Pass) -> Iterator[Finding]:
    checks = FileChecks(files, scan.file)
    plan = scan.plan
    weight = variables(plan.weight)
    nodes = (*plan.conditions, *plan.values, *(grouping.code for grouping in plan.groupings))
    yield from _wrong_types(checks, nodes, weight)
    carried = [
        files.book.carried[name, scan.file] for name in scan.variables if (name, scan.file) in files.book.carried
    ]
    for each in carried:
        source = each.from_file or scan.file
        yield from _wrong_types(FileChecks(files, source), [each.meaning], frozenset())
        if each.from_file == files.description.household_file:
            yield from checks.orphans()
        if each.from_file:
            yield from _rows_and_keys(files, source)


def _wrong_types(checks: FileChecks, nodes: Sequence[Node], weight: frozenset[str]) -> Iterator[Finding]:
    read = variables(*nodes) | weight
    if not read & (checks.texts | checks.files.numbers_for_letters(checks.name)):
        return  # every column is a number, as in most files
    types = expected(*((node, "unknown") for node in nodes))
    yield from checks.words(types.numbers - weight)
    yield from checks.numbers(types.letters)
    for name in sorted(weight & checks.texts):
        yield from checks.weight(name)


def located(files: SurveyFiles, scan: Pass, problem: DesignProblem) -> Exception:
    """A problem of the design with its rows, when the checks find them; else as it is."""
    found: list[Finding] = []
    names = dict.fromkeys((scan.file, files.description.household_file))
    for name in (name for name in names if name in files.present):
        checks = FileChecks(files, name)
        found += [f for f in checks.design_variables() if f.column not in _unused(checks)]
        if name == scan.file:
            for weight in sorted(variables(scan.plan.weight)):
                if weight in checks.schema:
                    found += checks.weight(weight)
            found += _of_worked_out_weight(checks, scan.plan.weight)
            found += checks.strange_clusters()
    errors = [f for f in found if f.severity == "error"]
    return DataRefused(_once(errors)) if errors else problem


def _of_worked_out_weight(checks: FileChecks, weight: Node) -> Iterator[Finding]:
    """Of a weight that a recipe works out from variables, as `hhweight * HH48`, which may each be as they should."""
    if isinstance(weight, Variable) or not variables(weight) <= checks.schema.keys():
        return
    spelling = {lower: name for lower, (name, _) in checks.schema.items()}
    rows = checks.numbered().select(ROW, expression(weight, spelling).cast(pl.Float64).alias("weight"))
    for rule, wrong in (("negative", pl.col("weight") < 0), ("not_finite", ~pl.col("weight").is_finite())):
        found = rows.filter(wrong).collect()
        if found.height:
            row, value = found.row(0)
            told = plain(value)
            yield finding(checks.file, readable(weight), told, f"survey_weight_{rule}", row, count=found.height)


def _unused(checks: FileChecks) -> frozenset[str]:
    """Keys of households and persons: an estimate does without them."""
    return frozenset((*checks.design.household, *checks.design.line)) - {*checks.design.stratum, *checks.design.psu}


def _once(found: Iterable[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for each in found:
        if each not in kept:
            kept.append(each)
    return kept


def whose_clusters(files: SurveyFiles, scans: Iterable[Pass], options: Options) -> list[Finding]:
    """A finding for each file whose own clusters are counted, because those of the survey are not known although the
    description wants them (a cluster without a row in the file is then left out). AskedWrongly when the options ask
    for the clusters of the survey."""
    told, household = files.description, files.description.household_file
    wanted = (options.psus or told.psus) == "survey" and options.errors != "replicates" and not told.register
    known = household in files.present and bool(told.design_of(household).psu)
    if known or not wanted:
        return []
    if options.psus == "survey":
        name = told.files[household] if household else ""
        raise AskedWrongly([finding(name, "--clusters", "survey", "estimate_no_household_file")])
    names = dict.fromkeys(each.file for scan in scans for each in chain(scan))
    return [finding(files.path(name).name, "", "", "estimate_clusters_of_file") for name in names]


def to_be_known(files: SurveyFiles, scans: Sequence[Pass], tables: Sequence[Table]) -> list[Finding]:
    """What a reader of the estimates has to know: breakdowns that a file has no variable for, what a file says against
    its own numbers, and households that share a key in a household file of which no answer is read."""
    read = {each.file for scan in scans for each in chain(scan)}
    household = files.description.household_file
    found = [*undivided(files, scans, tables), *doubtful(files, [each for scan in scans for each in chain(scan)])]
    if household in files.present and household not in read:
        found += [f for f in _rows_and_keys(files, household) if f.rule == "survey_duplicate_key"]
    return found


def undivided(files: SurveyFiles, scans: Iterable[Pass], tables: Sequence[Table]) -> list[Finding]:
    """Breakdowns that were asked for and that a file has no variable for, or no clear labels of regions."""
    names = dict.fromkeys(each.file for scan in scans for each in chain(scan))
    asked = dict.fromkeys(code for table in tables for code in table.breakdowns)
    found = []
    for name in names:
        have = breakdowns_of(files, name)
        absent = [code for code in asked if code not in have]
        by_label = [own.code for own in files.description.breakdowns if own.by_label and own.code in absent]
        problems = _unclear_regions(files, name, by_label) if by_label else []
        absent = [code for code in absent if not problems or code not in by_label]
        found += [finding(files.path(name).name, "", code, "estimate_breakdown_absent") for code in absent] + problems
    return found


def _unclear_regions(files: SurveyFiles, name: str, by_label: Sequence[str]) -> list[Finding]:
    from everychild.microdata.region_checks import unclear  # and the gazetteer, which few estimates need

    return unclear(files, name, by_label)
