"""Regions of a survey found by the labels of its own file: `levels: by label` in a description.

The codes of regions are each survey's own and are seldom published, but the file names them: 3 = "Almaty oblast". Where
the description asks for it, codes get the regions that their labels clearly name (vocabulary.area_names); a label that
does not takes the whole breakdown away, so that no group is lost without a word. That codes follow the order of the
report's tables was rejected as a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from everychild.microdata.description import OwnBreakdown, SurveyDescription
from everychild.microdata.no_answer import is_no_answer
from everychild.microdata.variables import VariableWords
from everychild.recipes.groups import Level
from everychild.vocabulary.area_names import meant, regions_in
from everychild.vocabulary.areas import Area, gazetteer
from everychild.vocabulary.periods import Period, parse_period


@dataclass(frozen=True)
class RegionLabel:
    """A code of a variable, its label, and the codes of the regions that the label may mean; one when it is clear."""

    code: str
    label: str
    areas: tuple[str, ...]

    @property
    def clear(self) -> bool:
        return len(self.areas) == 1


def regions_of(description: SurveyDescription) -> list[Area]:
    """The regions of the survey's country in its time; none when the country or the period is not known."""
    period = period_of(description)
    return regions_in(description.country, period) if period is not None else []


def period_of(description: SurveyDescription) -> Period | None:
    """From the first to the last year that the description names: `2010/2011`, but also `September 2015`."""
    years = sorted(re.findall(r"\d{4}", description.period))
    try:
        return parse_period("/".join(dict.fromkeys((years[0], years[-1])))) if years else None
    except ValueError:
        return None


def region_labels(words: VariableWords, regions: Sequence[Area]) -> tuple[RegionLabel, ...]:
    """What the labels of a variable say, in order of the codes; labels that mean "no answer" are left out."""
    codes = sorted(code for code in words.values if isinstance(code, float) and not is_no_answer(words.values[code]))
    found = meant([words.values[code] for code in codes], regions)
    return tuple(RegionLabel(f"{c:g}", words.values[c], areas) for c, areas in zip(codes, found, strict=True))


def by_labels(own: OwnBreakdown, labels: Sequence[RegionLabel]) -> OwnBreakdown:
    """The breakdown with the regions that labels name, in order of the regions; with none when a label is not clear."""
    if not all(label.clear for label in labels):
        return own
    found = sorted((label.areas[0], label.code) for label in labels)
    return replace(own, levels=tuple((code, region_level(area)) for area, code in found))


def region_level(area: str) -> Level:
    return Level(area, gazetteer()[area].name, "area", area)


def level_of(levels: Sequence[tuple[str, Level]], code: str) -> Level | None:
    """The level of a whole code among codes and ranges of codes (`5-9`) as a description gives them."""
    for value, level in levels:
        found = re.fullmatch(r"(-?\d+)(?:-(\d+))?", value)
        if found is not None and int(found[1]) <= float(code) <= int(found[2] or found[1]):
            return level
    return None


def with_regions(description: SurveyDescription, file: str, words: Mapping[str, VariableWords]) -> SurveyDescription:
    """The description with the regions of one file found by its labels. `words`: by standard name."""
    if not any(own.by_label for own in description.breakdowns):
        return description
    regions, known = regions_of(description), {name.lower(): told for name, told in words.items()}
    found = [
        by_labels(own, region_labels(known.get(variable_of(own, file).lower(), VariableWords()), regions))
        if own.by_label else own
        for own in description.breakdowns
    ]  # fmt: skip
    return replace(description, breakdowns=tuple(found))


def variable_of(own: OwnBreakdown, file: str) -> str:
    """The variable of a breakdown on a file; empty when the description names none."""
    return own.variable.get(file, own.variable.get("*", ""))
