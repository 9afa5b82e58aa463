"""What a check says of the regions of a survey: labels that name none, that contradict the description, and the lines
of the description that the labels suggest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from everychild.microdata.description import OwnBreakdown, SurveyDescription
from everychild.microdata.level_labels import contradictions_of
from everychild.microdata.located import finding
from everychild.microdata.reading import DataFile
from everychild.microdata.region_labels import (
    RegionLabel,
    level_of,
    region_labels,
    regions_of,
    variable_of,
    with_regions,
)
from everychild.microdata.spss import BrokenFile
from everychild.microdata.survey_files import SurveyFiles
from everychild.microdata.variables import VariableWords
from everychild.vocabulary.area_names import meant, nearest
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import DataRefused, Finding

REGION: Final[Mapping[str, str]] = {
    **dict.fromkeys(("hh", "hl", "wm", "mn", "ch", "bh", "fs"), "HH7"),
    **dict.fromkeys(("HR", "PR"), "hv024"), **dict.fromkeys(("IR", "KR", "BR"), "v024"), "MR": "mv024",
}  # fmt: skip
"""The variable in which each file of MICS and DHS has the region."""


@dataclass(frozen=True)
class LabelledRegions:
    """The regions that the labels of a variable name; `own` is the breakdown that describes them."""

    variable: str
    own: OwnBreakdown | None
    labels: tuple[RegionLabel, ...]


def region_checks(files: SurveyFiles, name: str) -> Iterator[Finding]:
    """Findings on the regions of a file. What is said of the first file that has regions is not said again of others
    with the same labels."""
    first = _first(files)
    if first is None:
        return
    said = () if name == first else tuple(_of_file(files, first))
    for each in _of_file(files, name):
        if each not in said:
            yield from _found(files.description, files.path(name).name, each)


def _found(description: SurveyDescription, shown: str, each: LabelledRegions) -> Iterator[Finding]:
    if each.own is None:
        if each.labels:
            yield finding(shown, each.variable, len(each.labels), "survey_regions_undescribed")
        return
    if not each.own.by_label:
        yield from _contradicted(shown, each)
        return
    problems = list(_unclear(description, shown, each))
    matches = ", ".join(f"{label.code} {label.label} = {label.areas[0]}" for label in each.labels if label.clear)
    yield from problems or [finding(shown, each.variable, "", "survey_regions_found", matches=matches)]


def unclear(files: SurveyFiles, name: str, asked: Collection[str]) -> list[Finding]:
    """What keeps the regions of a file from being found by label, for those breakdowns among the asked that need it."""
    wanted = [each for each in _of_file(files, name) if _is_asked(each, asked)]
    return [found for each in wanted for found in _unclear(files.description, files.path(name).name, each)]


def with_regions_asked(description: SurveyDescription, name: str, file: DataFile, by: str) -> SurveyDescription:
    """The description with the regions of a file found by label where it says so. DataRefused when breakdowns that
    are asked for, as `residence,region:sex`, need regions that are not clear or have labels of other groups."""
    standard = {own.lower(): new for own, new in description.rename.get(name, {}).items()}
    words = {standard.get(own.lower(), own).lower(): told for own, told in file.words.items()}
    asked = re.split(r"[,:\s]+", by)
    wanted = [each for each in labelled(description, name, words, file.columns) if _is_asked(each, asked)]
    problems = [found for each in wanted for found in _unclear(description, file.path.name, each)]
    labelled_so = replace(file, words=words)
    problems += [f for f in contradictions_of(description, name, labelled_so, asked) if f.severity == "error"]
    if problems:
        raise DataRefused(problems)
    return with_regions(description, name, words)


def _is_asked(each: LabelledRegions, asked: Collection[str]) -> bool:
    return each.own is not None and each.own.by_label and each.own.code in asked


def _of_file(files: SurveyFiles, name: str) -> Iterator[LabelledRegions]:
    return labelled(files.description, name, files.words(name), files.columns(name))


def labelled(
    description: SurveyDescription, name: str, words: Mapping[str, VariableWords], columns: Mapping[str, str]
) -> Iterator[LabelledRegions]:
    """The variables of a file that hold regions: those that the description says, else that of the kind of survey.
    `words` and `columns`: by lower-case standard name."""
    regions = regions_of(description)
    described = [own for own in description.breakdowns if any(level.dimension == "area" for _, level in own.levels)]
    described += [own for own in description.breakdowns if own.by_label]
    pairs: list[tuple[str, OwnBreakdown | None]] = [(variable_of(own, name), own) for own in described]
    for variable, own in pairs or [(REGION.get(name, ""), None)]:
        column = columns.get(variable.lower())
        if column is not None and (regions or own is not None):
            labels = region_labels(words.get(variable.lower(), VariableWords()), regions)
            yield LabelledRegions(column, own, labels)


def suggested_lines(files: SurveyFiles) -> list[str]:
    """Lines of YAML for the regions that the description lacks or cannot find by label; none when it needs none.

    Where a label is clear, its region stands there; where it is not, marks < > wait for a person.
    """
    for name in _in_order(files):
        if not _opens(files, name):  # the check has said why
            continue
        for each in _of_file(files, name):
            lacking = _lacking(each)
            if lacking:
                code = each.own.code if each.own is not None else "region"
                head = ["breakdowns:", f"  {code}:", f"    variable: {each.variable}", "    dimension: area"]
                return [*head, "    levels:", *(_line(label) for label in lacking)]
    return []


def _lacking(each: LabelledRegions) -> list[RegionLabel]:
    if each.own is None:
        return list(each.labels)
    if each.own.by_label:
        return [] if all(label.clear for label in each.labels) else list(each.labels)
    return [label for label in each.labels if level_of(each.own.levels, label.code) is None]


def _line(label: RegionLabel) -> str:
    if label.clear:
        area = gazetteer()[label.areas[0]]
        texts = f"code: {area.code}, en: {area.name.en}, ru: {area.name.ru}, kk: {area.name.kk}"
    else:
        texts = f"code: <{' | '.join(label.areas)}>, en: <>, ru: <>, kk: <>"
    return f"      {label.code}: {{{texts}}}  # {label.label}"


def _unclear(description: SurveyDescription, shown: str, each: LabelledRegions) -> Iterator[Finding]:
    country, period = description.country, description.period
    if not regions_of(description):
        yield finding(shown, each.variable, country, "survey_regions_of_country_unknown", period=period)
        return
    if not each.labels:
        yield finding(shown, each.variable, "", "survey_regions_without_labels")
    for label in each.labels:
        if not label.areas:
            yield finding(
                shown, each.variable, label.label, "survey_region_label_unknown",
                near_area=_near(label.label, description), code=label.code, country=country, period=period,
            )  # fmt: skip
        elif not label.clear:
            may = ", ".join(label.areas)
            yield finding(shown, each.variable, label.label, "survey_region_label_unclear", areas=may, code=label.code)


def _near(label: str, description: SurveyDescription) -> str:
    """The region that a label names at another time, with its days; else the one whose name is most alike."""
    every = [area for area in gazetteer() if area.parent == description.country]
    clear = meant([label], every)[0]
    if len(clear) == 1:
        extents = gazetteer()[clear[0]].extents
        return f"{clear[0]} ({extents[0].valid_from} – {extents[-1].valid_to or ''})"
    return nearest(label, regions_of(description)) or "–"


def _contradicted(shown: str, each: LabelledRegions) -> Iterator[Finding]:
    """Codes that the description gives to one region and whose label clearly names another."""
    levels = each.own.levels if each.own is not None else ()
    for label in each.labels:
        level = level_of(levels, label.code)
        if level is not None and level.dimension == "area" and label.clear and label.areas[0] != level.code:
            yield finding(
                shown, each.variable, label.label, "survey_region_label_differs",
                code=label.code, described=level.code, meant=label.areas[0],
            )  # fmt: skip


def _in_order(files: SurveyFiles) -> list[str]:
    """Present files, that of the households first."""
    household = files.description.household_file
    return sorted(files.present, key=lambda name: name != household)


def _opens(files: SurveyFiles, name: str) -> bool:
    try:
        return bool(files.columns(name))
    except BrokenFile:
        return False


def _first(files: SurveyFiles) -> str | None:
    """The first file that has the variable of the region."""
    return next((name for name in _in_order(files) if _opens(files, name) and any(_of_file(files, name))), None)
