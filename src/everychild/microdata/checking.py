"""What is missing or odd in the files of a survey, said before anything is computed from them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

import polars as pl

from everychild.microdata.expected_types import standard_breakdowns
from everychild.microdata.file_checks import ROW, FileChecks
from everychild.microdata.letter_checks import letter_checks
from everychild.microdata.located import finding
from everychild.microdata.no_answer import is_no_answer
from everychild.microdata.reading import unreadable
from everychild.microdata.replicate_checks import replicate_checks
from everychild.microdata.spss import BrokenFile
from everychild.microdata.survey_files import SurveyFiles
from everychild.microdata.workspace import damaged
from everychild.recipes.groups import own_breakdown
from everychild.recipes.nodes import FirstPresent, Node, Variable, walk
from everychild.recipes.sql import to_sql
from everychild.vocabulary.findings import Finding

_DIGITS: Final = re.compile(r"\d+")
FEW: Final = 3
STRAY: Final = 2
SHOWN: Final = 10
"""Absent variables that one sentence names."""
CODED: Final = ("residence", "wealth_quintile", "sex_child")
"""Standard breakdowns whose every code is a group, so that another code is odd."""
NO_ANSWER: Final = (0.0, 7.0, 8.0, 9.0, 97.0, 98.0, 99.0, 997.0, 998.0, 999.0)
"""Codes by which surveys mean "does not know", "no information" and the like; no group is missed with them, unless the
file gives them a label of another kind."""
MANY: Final = 0.05
"""Share of the rows from which a code for no answer is worth a word."""


def check(files: SurveyFiles) -> list[Finding]:
    """All findings on the files of a survey, errors first."""
    if not files.present:
        return [finding(files.description.path.name, "", files.folder, "survey_no_file_present")]
    found = list(_files(files))
    broken = {f.file for f in found if f.severity == "error"}
    usable = [name for name in files.present if files.path(name).name not in broken]
    for name in usable:
        found += _of_file(files, name)
    found += _absent_variables(files, usable)
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda f: order[f.severity])


def _files(files: SurveyFiles) -> Iterator[Finding]:
    for name, file in files.description.files.items():
        if name not in files.present:
            rule = "survey_file_is_folder" if files.path(name).is_dir() else "survey_file_absent"
            yield finding(file, "", file, rule)
            continue
        try:
            files.frame(name).collect_schema()
        except BrokenFile as problem:
            yield from problem.findings
    yield from changed(files, files.present)


def changed(files: SurveyFiles, names: Iterable[str]) -> Iterator[Finding]:
    """Files of a private workspace that are not what was kept."""
    kept = [name for name in names if files.path(name).name == f"{name}.parquet"]
    for name in damaged(files.folder, kept):
        yield finding(files.path(name).name, "", "", "survey_file_changed")


def _of_file(files: SurveyFiles, name: str) -> list[Finding]:
    from everychild.microdata.level_labels import level_label_findings  # estimates import this module and need none
    from everychild.microdata.region_checks import region_checks
    from everychild.microdata.value_ranges import impossible_values

    checks = FileChecks(files, name)
    try:
        empty = list(checks.rows())
        if empty:
            return empty
        found = [*checks.design_variables(), *checks.strata(), *checks.strange_clusters()]
        for weight in weights(files, name):
            found += checks.weight(weight, may_lack=weight in replaced_when_missing(files, name))
        found += replicate_checks(checks, weights(files, name))
        expected = files.expected(name)
        if expected is not None:
            found += checks.words(expected.numbers - weights(files, name))
            found += checks.numbers(expected.letters)
            found += checks.unknown_labels(expected.numbers)
        found += [*letter_checks(files, name), *region_checks(files, name)]
        found += [*checks.key_findings(), *checks.orphans(), *_named(files, checks)]
        labels = level_label_findings(files, name)
        said = {(f.column, f.parameters["code"]) for f in labels}
        found += [*labels, *(f for f in _unknown_codes(files, checks) if (f.column, f.value) not in said)]
        found += [*_codes_without_label(files, checks), *impossible_values(files, name)]
    except pl.exceptions.PolarsError as problem:
        return list(unreadable(checks.path, problem).findings)
    return found


def weights(files: SurveyFiles, name: str) -> frozenset[str]:
    """Weight variables (lower case) that recipes use on a file, and that the file has."""
    have = files.columns(name)
    used = {
        node.name for part in files.book.parts(name) for node in _leaves(part.weight) if not files.description.register
    }
    return frozenset(name for name in used if name in have and _is_weight(name))


def replaced_when_missing(files: SurveyFiles, name: str) -> frozenset[str]:
    """Weight variables for which every recipe on a file says what stands where one is missing: COALESCE(d005, 0)."""
    bare: set[str] = set()
    replaced: set[str] = set()
    for weight in dict.fromkeys(part.weight for part in files.book.parts(name)):
        inside = {v.name for n in walk(weight) if isinstance(n, FirstPresent) for v in _leaves(n)}
        replaced |= inside
        bare |= {v.name for v in _leaves(weight)} - inside
    return frozenset(replaced - bare)


def _is_weight(name: str) -> bool:
    """Weights by name: a household's weight times its members has the number of members beside it."""
    return "weight" in name or name.endswith("005")


def _leaves(node: Node) -> Iterator[Variable]:
    yield from (part for part in walk(node) if isinstance(part, Variable))


def _named(files: SurveyFiles, checks: FileChecks) -> Iterator[Finding]:
    """Variables that the description names for this file and the file lacks."""
    raw = files.raw(checks.name).columns
    renamed = files.description.rename.get(checks.name, {})
    moved = {standard.lower() for standard in renamed.values()}  # a name that only makes room may well be absent
    named = [(f"rename.{checks.name}", own, raw) for own in renamed if own.lower() not in moved]
    for own in files.description.breakdowns:
        variable = own.variable.get(checks.name)
        if variable is not None:
            named.append((f"breakdowns.{own.code}", variable, files.columns(checks.name)))
    for key, variable, have in named:
        if variable.lower() not in have:
            near = ", ".join(near_names(variable, have.values())) or "–"
            yield finding(checks.file, variable, key, "survey_named_variable_absent", near=near)


def _unknown_codes(files: SurveyFiles, checks: FileChecks) -> Iterator[Finding]:
    """Codes of breakdown variables that belong to no group."""
    trees = {
        code: each.code
        for code, each in standard_breakdowns(files.description.layout, checks.name).items()
        if code in CODED
    }
    variable_of = {}
    for code, tree in trees.items():
        variable_of[code] = next(iter(_leaves(tree))).name
    for own in files.own_breakdowns(checks.name):
        variable = own.variable.get(checks.name, own.variable.get("*"))
        if variable is not None and own.levels:
            variable_of[own.code] = variable.lower()
            trees[own.code] = own_breakdown(own.code, variable, own.levels).code
    spelling = files.columns(checks.name)
    for code, variable in variable_of.items():
        if variable not in spelling or checks.schema[variable][1] == pl.String:
            continue
        yield from _in_no_group(files, checks, code, spelling[variable], trees[code])


def _in_no_group(files: SurveyFiles, checks: FileChecks, breakdown: str, column: str, tree: Node) -> Iterator[Finding]:
    """Codes of a variable outside every group; those for no answer only where they stand in many rows."""
    words = files.raw(checks.name).words.get(column)
    labels = words.values if words is not None else {}
    silent = [code for code in NO_ANSWER if code not in labels or is_no_answer(labels[code])]
    outside = pl.sql_expr(to_sql(tree, files.columns(checks.name))) == 0
    counted = checks.numbered().filter(outside).group_by(column).agg(pl.len(), pl.col(ROW).min()).collect()
    rows = checks.frame.select(pl.col(column).is_not_null().sum()).collect().item()
    odd = pl.col(column).cast(pl.Float64).is_in(silent)
    for value, count, row in counted.filter(~odd).sort("len", column, descending=[True, False]).head(FEW).iter_rows():
        yield finding(checks.file, column, f"{value:g}", "survey_unknown_code", row, count=count, breakdown=breakdown)
    for value, count, row in counted.filter(odd, pl.col("len") > MANY * rows).sort(column).iter_rows():
        told = {"count": count, "rows": rows, "breakdown": breakdown}
        yield finding(checks.file, column, f"{value:g}", "survey_no_answer_many", row, **told)


def _codes_without_label(files: SurveyFiles, checks: FileChecks) -> Iterator[Finding]:
    """Values of a variable that recipes read and whose codes the file labels, without a label of their own.

    Of ages, counts and dates only special codes are labelled. A variable is taken for coded where it has labels enough
    and no more than STRAY different values are without one.
    """
    words, spelling = files.raw(checks.name).words, files.columns(checks.name)
    columns = {}
    for variable in sorted(files.expected_names(checks.name)):
        column = spelling.get(variable, "")
        labelled = [code for code in words[column].values if isinstance(code, float)] if column in words else []
        if len(labelled) > STRAY and checks.schema[variable][1].is_numeric():
            columns[column] = (pl.col(column).is_not_null(), ~pl.col(column).cast(pl.Float64).is_in(labelled))
    if not columns:
        return
    kinds = checks.numbered().select(
        pl.col(column).filter(given & odd).n_unique().alias(column) for column, (given, odd) in columns.items()
    ).collect().row(0, named=True)  # fmt: skip
    for column, (given, odd) in columns.items():
        if not 0 < kinds[column] <= STRAY:
            continue
        rows = checks.numbered().filter(given & odd).group_by(column).agg(pl.len(), pl.col(ROW).min())
        for value, count, row in rows.sort("len", column, descending=[True, False]).collect().iter_rows():
            yield finding(checks.file, column, f"{value:g}", "survey_code_without_label", row, count=count)


def _absent_variables(files: SurveyFiles, usable: list[str]) -> Iterator[Finding]:
    """Variables that recipes need and a file lacks: one by one where another name is likely meant, else in one
    sentence for each file, because a survey without a module lacks a hundred of them."""
    for name in usable:
        needed = needed_by(files, name)
        spare = [column for lower, column in files.columns(name).items() if lower not in files.expected_names(name)]
        alone: list[str] = []
        for variable, codes in needed.items():
            near = near_names(variable, spare)
            if not near:
                alone.append(variable.upper())
                continue
            yield finding(
                files.path(name).name, variable.upper(), "", "survey_variable_absent",
                count=len(codes), recipes=", ".join(codes[:FEW]), near=", ".join(near),
            )  # fmt: skip
        if alone:
            shown = ", ".join(alone[:SHOWN]) + (" …" if len(alone) > SHOWN else "")
            yield finding(files.path(name).name, "", shown, "survey_variables_absent", count=len(alone))


def needed_by(files: SurveyFiles, name: str) -> Mapping[str, list[str]]:
    """Variables (lower case) that a file lacks → codes of the recipes that need them."""
    needed: dict[str, list[str]] = defaultdict(list)
    for recipe in files.book.on(name):
        wanted = frozenset().union(*(part.variables for part in recipe.parts if part.file == name))
        for variable in files.lacking(name, wanted):
            needed[variable].append(recipe.code)
    return needed


def near_names(variable: str, columns: Iterable[str]) -> list[str]:
    """Names that are likely the same variable: spelled nearly so and with the same numbers, for V171A and V714A are two
    questions."""
    digits = _DIGITS.findall(variable)
    lower = {column.lower(): column for column in columns if _DIGITS.findall(column) == digits}
    return [lower[name] for name in get_close_matches(variable.lower(), list(lower), n=2, cutoff=0.75)]
