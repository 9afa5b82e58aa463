"""Descriptions to start from: `definitions/surveys`, one file for each kind of survey and each known survey.

A template is a description with marks `#: key`, each of which becomes the comment of that key in the reader's
language, and one mark `#: areas VARIABLE`, which becomes the regions of the country: found by their labels where they
are known here, and ready for their codes.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from everychild.microdata.description import BY_LABEL
from everychild.microdata.located import finding
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import Language, LocalText
from everychild.vocabulary.tables import definitions_folder, read_table

MARK: Final = "#: "
AREAS: Final = "areas "
WIDTH: Final = 100


@dataclass(frozen=True)
class Template:
    """One template; `like` is its kind of survey, `country` is empty for a kind as such."""

    name: str
    like: str
    country: str

    @property
    def path(self) -> Path:
        return _folder() / f"{self.name}.yaml"


def _folder() -> Path:
    return definitions_folder() / "surveys"


@cache
def templates() -> tuple[Template, ...]:
    table = read_table(_folder() / "templates.csv", ("template", "like", "country"))
    return tuple(Template(row["template"], row["like"], row["country"]) for _, row in table)


def template_for(like: str, country: str = "") -> Template:
    """The template of a country's survey of that kind, else that of the kind; `like` may also be the name of one."""
    found = [t for t in templates() if like in (t.like, t.name)]
    own = [t for t in found if country and t.country == country] or [t for t in found if t.name == like]
    if not found:
        known = ", ".join(t.name for t in templates())
        raise DataRefused([finding("", "--like", like, "description_value_unknown", known=known)])
    return own[0] if own else found[0]


def description_text(template: Template, language: Language, country: str = "") -> str:
    """The description as a person fills it in, with comments in a language. `country` is put where it is asked."""
    lines: list[str] = []
    for line in template.path.read_text(encoding="utf-8").splitlines():
        mark = line.removeprefix(MARK) if line.startswith(MARK) else ""
        if mark.startswith(AREAS):
            lines += _areas(country or template.country, mark.removeprefix(AREAS), template, language)
        elif mark:
            lines += _comment(mark, language)
        else:
            lines.append(line.replace("<XXX>", country or "<XXX>"))
    return "\n".join(lines) + "\n"


@cache
def _comments() -> dict[str, LocalText]:
    columns = ("key", "text_en", "text_ru", "text_kk", "unreviewed")
    return {row["key"]: LocalText.from_row(row, "text") for _, row in read_table(_folder() / "comments.csv", columns)}


def _comment(key: str, language: Language) -> list[str]:
    return textwrap.wrap(_comments()[key][language], WIDTH, initial_indent="# ", subsequent_indent="# ")


def _areas(country: str, variable: str, template: Template, language: Language) -> list[str]:
    """The breakdown by region: by the labels of the file where the regions of the country are known, and the regions as
    they were in the year of the survey, to be written out instead where labels are not clear."""
    year = template.name.rpartition("_")[2]
    day = date(int(year), 10, 1) if year.isdigit() else date.today()
    found = gazetteer().regions(country, day) if country in gazetteer() else []
    head = ["breakdowns:", "  region:", f"    variable: {variable}", "    dimension: area"]
    if not found:
        waiting = [*head, "    levels:", "      ?: {code: XX-01, en: …, ru: …, kk: …}"]
        return [*_comment("regions_fill", language), *(f"# {line}" for line in waiting)]
    named = [(area.code, area.name.en, area.name.ru, area.name.kk) for area in found]
    levels = (f"#       ?: {{code: {code}, en: {en}, ru: {ru}, kk: {kk}}}" for code, en, ru, kk in named)
    return [*head, f"    levels: {BY_LABEL}", *_comment("regions_by_label", language), "#     levels:", *levels]
