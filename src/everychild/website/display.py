"""How a figure is written: number, unit, interval, marks and address, in the reader's language.

The four states look different everywhere: a zero is a number; missing, not applicable and suppressed are words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import quote

from everychild.catalogue.countries import CountryPack
from everychild.vocabulary.ages import parse_age
from everychild.vocabulary.areas import Gazetteer, gazetteer
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.computations import Procedure, computation_of, procedure_of
from everychild.vocabulary.language import EN_DASH, NO_BREAK_SPACE, Language, format_number
from everychild.vocabulary.observations import FEW_CASES, TOTAL, dimensions_of
from everychild.vocabulary.periods import parse_period
from everychild.website.texts import interface_texts, say, say_count

_ESTIMATES_OF = "estimates of "
"""How `estimation` begins the file of figures that it computed."""
UNSTATED = "UNSTATED"
"""Code of the source of figures whose file names none."""
UNVERIFIED = ("unverified", "seed_claim")
"""Qualities of figures that no readable source stands behind."""
STALE_AFTER = 5
"""Whole years after which a figure says how old it is."""
FEWEST_CASES = 25
"""Unweighted cases of a survey below which a figure is not shown (`estimation` hides it; here it is put into words)."""
LOW_RELIABILITY = "U"
"""Status of figures whose number stands in parentheses, the sign of MICS and DHS reports."""
_SHOWN_STATUS = {"D", "F", "I", "P", LOW_RELIABILITY, "V"}
"""Statuses with a mark of their own."""
_SAID_BY_QUALITY = {("V", "unverified")}
"""Status and quality with the same words; every other mark stands beside those that hold as well."""
_WHOLE = {"count", "persons", "year", "years"}


@dataclass(frozen=True)
class Mark:
    """A small word beside a figure that changes how far it may be relied on."""

    code: str
    label: str
    title: str


@dataclass(frozen=True)
class Shown:
    """A figure ready for a page. `state` is value, missing, not_applicable, suppressed or few_cases; `cases` its
    unweighted n in words, "" where nobody told it."""

    text: str
    state: str
    with_unit: str
    unit: str
    interval: str
    interval_name: str
    period: str
    area: str
    area_code: str
    groups: str
    source: str
    source_code: str
    href: str
    marks: tuple[Mark, ...]
    cases: str
    value: float | None
    row: Mapping[str, Any]


class Names(Protocol):
    """What names areas and sources (an Observatory does)."""

    @property
    def areas(self) -> Gazetteer: ...

    @property
    def country(self) -> CountryPack: ...


def show(row: Mapping[str, Any], language: Language, site: Names) -> Shown:
    """The figure of one published row."""
    period = parse_period(row["period"])
    text = written(row, language)
    return Shown(
        text=text,
        state=state_of(row),
        with_unit=written(row, language, unit=True),
        unit=code_list("unit").label(row["unit"], language),
        interval=_interval(row, language),
        interval_name=code_list("interval").label(row["interval"], language) if row["interval"] else "",
        period=period.label(language),
        area=site.areas[row["area"]].name[language],
        area_code=row["area"],
        groups=", ".join(group_label(key, code, language) for key, code in dimensions_of(dict(row)))
        if "sex" in row
        else "",
        source=source_name(row["source"], language, site),
        source_code=row["source"],
        href=figure_address(row["release"], row["key"], language),
        marks=marks_of(row, language),
        cases=cases_of(row, language),
        value=row["value"],
        row=row,
    )


def written(row: Mapping[str, Any], language: Language, *, unit: bool = False) -> str:
    """The number of a row, in parentheses where its reliability is low; without a number the word for it."""
    if row["value"] is None:
        return missing_word(row, language)
    text = number(row["value"], row["unit"], language)
    text = with_unit(text, row["unit"], language) if unit else text
    return f"({text})" if row["status"] == LOW_RELIABILITY else text


def number(value: float, unit: str, language: Language) -> str:
    """As many decimals as the unit deserves; small values keep two so that 0.04 is not shown as 0."""
    if unit in _WHOLE:
        return format_number(value, language, 0 if value == int(value) else 1)
    if unit in ("ratio", "binary", "boolean"):
        text = format_number(value, language, 3)
        return text.rstrip("0").rstrip(".,") if "." in text or "," in text else text
    if 0 < abs(value) < 1:
        return format_number(value, language)
    return format_number(value, language, 1)


def exact(value: float, language: Language) -> str:
    """All digits that the float has (the shortest text that reads back as it), written as the language does."""
    decimals = 0 if value == int(value) else -int(Decimal(repr(value)).as_tuple().exponent)
    return format_number(value, language, decimals)


def with_unit(text: str, unit: str, language: Language) -> str:
    """`86.1%`, `86,1 %`, `12.4 per 1,000 live births`; of what the percent is, the indicator's name says."""
    if unit.startswith("percent"):
        return f"{text}%" if language == "en" else f"{text}{NO_BREAK_SPACE}%"
    if unit in ("ratio", "score", "count", "binary", "boolean", "ordinal", "year"):
        return text
    return f"{text} {code_list('unit').label(unit, language)}"


def state_of(row: Mapping[str, Any]) -> str:
    """Why a figure has no number, `value` when it has one. Too few cases to say anything is one reason, too few
    children to keep them unknown another; releases call both suppressed and flag the first."""
    reason = str(row["missing_reason"])
    return FEW_CASES if reason == "suppressed" and FEW_CASES in row["flag"].split("|") else reason or "value"


def missing_word(row: Mapping[str, Any], language: Language) -> str:
    state = state_of(row)
    if state != FEW_CASES:
        return code_list("missing_reason").label(state, language)
    n = row.get("n")
    if n is not None and n < FEWEST_CASES:
        return say("figure.fewer", language, limit=FEWEST_CASES)
    return code_list("flag").label(FEW_CASES, language)


def cases_of(row: Mapping[str, Any], language: Language) -> str:
    n = row.get("n")
    return "" if n is None else format_number(n, language, 0)


def _interval(row: Mapping[str, Any], language: Language) -> str:
    if row["lower"] is None or row["upper"] is None:
        return ""
    return f"{number(row['lower'], row['unit'], language)}{EN_DASH}{number(row['upper'], row['unit'], language)}"


def has_marks(row: Mapping[str, Any]) -> bool:
    """Whether a figure may carry a mark other than its age; cheap, for grids of hundreds of figures."""
    marked = row["flag"] or row["area_version"] or row["status"] in _SHOWN_STATUS
    return bool(marked or is_unverified(row))


def marks_of(row: Mapping[str, Any], language: Language) -> tuple[Mark, ...]:
    """Unverified, claim of 2009, UN estimate, status, flags and age, in the order of their weight."""
    found: list[Mark] = []
    if row["quality"] in ("unverified", "seed_claim", "un_estimate"):
        found.append(
            Mark(row["quality"], say(f"mark.{row['quality']}", language), say(f"mark.{row['quality']}.title", language))
        )
    if row["status"] in _SHOWN_STATUS and (row["status"], row["quality"]) not in _SAID_BY_QUALITY:
        found.append(_status_mark(row["status"], language))
    for flag in row["flag"].split("|"):
        if flag and flag != FEW_CASES:  # said in place of the number
            label = code_list("flag").label(flag, language)
            found.append(Mark(f"flag-{flag}", label, say(f"flag.{flag}.title", language)))
    if row.get("area_version") == "unclear":
        found.append(Mark("area-unclear", say("mark.area_unclear", language), say("mark.area_unclear.title", language)))
    elif has_former_borders(row):
        found.append(Mark("area-former", say("mark.area_former", language), say("mark.area_former.title", language)))
    age = parse_period(row["period"]).age_in_years(date.today())
    if age >= STALE_AFTER:
        found.append(Mark("stale", say_count("mark.stale", age, language), say("mark.stale.title", language)))
    return tuple(found)


def _status_mark(status: str, language: Language) -> Mark:
    label = code_list("status").label(status, language)
    title = say("mark.low_reliability.title", language) if status == LOW_RELIABILITY else label
    return Mark(f"status-{status}", label.lower(), title)


def computed_words(row: Mapping[str, Any], language: Language) -> str:
    """How a figure was computed, in a sentence; "" where its note does not tell it in codes."""
    found = computation_of(row["note"])
    if found is None:
        procedure = procedure_of(row["note"])
        return "" if procedure is None else _procedure_words(procedure, language)
    key = f"recipe.checked.{found.checked}"
    checked = say(key, language) if key in interface_texts() else found.checked
    parts = [say("computed.recipe", language, recipe=found.recipe, version=found.version, checked=checked)]
    if found.deff is not None:
        parts.append(say("computed.deff", language, deff=format_number(found.deff, language, 2)))
    if found.df is not None:
        parts.append(say("computed.df", language, df=format_number(found.df, language, 0)))
    if found.lonely:
        parts.append(say("computed.lonely", language, strata=format_number(found.lonely, language, 0)))
    return "; ".join(parts)


def _procedure_words(procedure: Procedure, language: Language) -> str:
    parts = []
    for key, told in {"method": procedure.method, **procedure.told}.items():
        whole = f"computed.{key}.{told}"
        if whole in interface_texts():
            parts.append(say(whole, language))
        elif f"computed.{key}" in interface_texts():
            parts.append(say(f"computed.{key}", language, **{key: _told(key, told, language)}))
    return "; ".join(parts)


def _told(key: str, text: str, language: Language) -> str:
    """Counts and design effects as the reader writes numbers; spans of years with a dash between figures."""
    if key in ("psus", "deff"):
        return format_number(float(text), language, 2 if key == "deff" else 0)
    return text.replace("-", "–") if key in ("window", "calendar", "mothers") else text


def has_former_borders(row: Mapping[str, Any]) -> bool:
    """Whether the figure is for an extent that its area no longer has."""
    area, version = row["area"], row.get("area_version", "")
    return bool(version) and area in gazetteer() and version != gazetteer()[area].extents[-1].version


def is_unverified(row: Mapping[str, Any]) -> bool:
    return row["quality"] in UNVERIFIED


def group_label(dimension: str, code: str, language: Language) -> str:
    """`("sex", "F")` → Female; `("age", "Y0T4")` → 0–4 years; `("level", "primary")` → primary school."""
    if dimension == "age":
        return code if code == TOTAL else parse_age(code).label(language)
    if dimension in ("sex", "residence", "wealth", "education", "disability", "ethnicity"):
        return code_list(dimension).label(code, language)
    other = code_list("other")
    pair = f"{dimension}={code}"
    return other.label(pair, language) if pair in other else f"{dimension_name(dimension, language)}: {code}"


def dimension_name(dimension: str, language: Language) -> str:
    other = code_list("other")
    if dimension in other:
        return other.label(dimension, language)
    return say(f"dimension.{dimension}", language)


def source_name(code: str, language: Language, site: Names) -> str:
    source = site.country.sources.get(code)
    if source:
        return source.short_name[language]
    return say("figure.source_unstated", language) if code == UNSTATED else code


def file_name(file: str, language: Language) -> str:
    """The file of a figure, in words where a survey was computed and no file holds the figure."""
    survey = file.removeprefix(_ESTIMATES_OF)
    return file if survey == file else say("figure.file.estimates", language, survey=survey)


def figure_address(release: str, key: str, language: Language | None = None) -> str:
    """The permanent address; with a language, the page of it in that language."""
    path = f"/figures/{release}/{quote(key, safe=':=;@,_-.~')}"
    return f"/{language}{path}" if language else path
