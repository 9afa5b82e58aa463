"""Words of columns and of their codes, for fields and facts; the code lists are those of the public pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import models

from everychild.catalogue.catalogue import catalogue
from everychild.registers.dates import PartialDateField
from everychild.registers.duties.relations import relations
from everychild.registers.laws.articles import CRC_ARTICLES
from everychild.registers.laws.models import Cell
from everychild.registers.people.models import Account, Body
from everychild.registers.recommendations.vocabulary import PROOFS
from everychild.registers.records import Record
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.language import LANGUAGE_NAMES, LANGUAGES, Language, format_date
from everychild.website.desk import told
from everychild.website.texts import interface_texts, say

WORDS: Final[Mapping[str, str]] = {
    "laws.act.kind": "word.act", "laws.act.status": "word.law", "laws.succession.kind": "word.follows",
    "laws.cell.state": "desk.code.cell", "laws.cell.outcome": "word.verdict", "laws.reading.verdict": "word.verdict",
    "laws.adjudication.verdict": "word.verdict",
    "recommendations.recommendation.mechanism": "word.mechanism",
    "recommendations.recommendation.kind": "word.recommendation",
    "recommendations.recommendation.wording": "word.wording",
    "recommendations.recommendation.upr_position": "word.position",
    "recommendations.recommendation.due_set_by": "desk.code.due_set_by",
    "recommendations.recommendation.proofs": "word.evidence", "recommendations.repeat.kind": "word.repeat",
    "recommendations.statusreport.status": "word.status", "recommendations.statusreport.party": "word.party",
    "recommendations.evidence.kind": "word.evidence",
    "programmes.programme.kind": "word.programme", "programmes.partner.kind": "word.partner",
    "programmes.partnership.role": "word.role", "programmes.result.level": "word.level",
    "programmes.pilot.scope": "word.scope", "programmes.step.stage": "word.stage",
    "programmes.step.evidence_kind": "word.step_evidence",
    "duties.edge.from_kind": "node", "duties.edge.to_kind": "node", "duties.edge.strength": "strength",
    "duties.edge.origin": "desk.code.origin",
    "budget.line.level": "word.budget_level", "budget.rule.level": "word.budget_level",
    "budget.rule.kind": "word.budget_kind", "budget.lineshare.kind": "word.budget_kind",
    "budget.rule.evidence": "word.evidence_level", "budget.lineshare.evidence": "word.evidence_level",
    "care.caredefinition.placement": "word.placement", "care.justicelevel.number": "word.justice_level",
    "care.justicebase.kind": "desk.code.base",
    "voices.poll.kind": "word.poll", "voices.poll.state": "desk.code.poll", "voices.comment.state": "desk.code.comment",
    "voices.margin.dimension": "word.group",
}  # fmt: skip
"""The beginning of the texts that say the codes of a column."""
TITLES: Final = ("title", "name", "label", "duty", "text", "says", "said", "meaning")
"""Columns, in three languages, that name a record."""
SEVERAL: Final = ("articles", "programme_areas", "places", "proofs", "unreviewed")
"""Columns that hold several codes, joined by `;`."""
Codes = tuple[tuple[str, str], ...]


def column_of(kind: str, name: str) -> models.Field[Any, Any] | None:
    """The column of that name; None for a text in three languages and for what is no column."""
    fields = apps.get_model(kind)._meta.concrete_fields
    return next((field for field in fields if name in (field.name, field.attname)), None)


def code_word(kind: str, name: str, code: object, language: Language) -> str:
    """A code in words; one without a word is shown as it is."""
    text = str(code)
    if name == "verified":
        return _said("verified", text, language) or _said("desk.code.verified", text, language) or text
    if name == "relation" and text in relations():
        return relations()[text].name[language]
    if name in ("language", "unreviewed") and text in LANGUAGE_NAMES:
        return LANGUAGE_NAMES[text]  # type: ignore[index]
    listed = dict(_listed(name, language))
    return _said(WORDS.get(f"{kind}.{name}", ""), text, language) or listed.get(text, text)


def _said(stem: str, code: str, language: Language) -> str:
    key = f"{stem}.{code}"
    return say(key, language).rstrip(":") if key in interface_texts() else ""


def codes_of(kind: str, name: str, language: Language) -> Codes:
    """What can be chosen for a column, in its order; empty for a column of free text."""
    column = column_of(kind, name)
    if name == "relation":
        return tuple((code, relation.name[language]) for code, relation in relations().items())
    if name == "unreviewed":
        return tuple((code, LANGUAGE_NAMES[code]) for code in LANGUAGES)
    if name == "proofs":
        return tuple((code, code_word(kind, name, code, language)) for code in PROOFS)
    if name == "article" and kind == "laws.obligation":  # of other treaties, too
        return ()
    if column is not None and column.choices:
        return tuple((str(code), code_word(kind, name, code, language)) for code, _ in column.choices)  # type: ignore[union-attr,misc]
    return _listed(name, language)


@cache
def _listed(name: str, language: Language) -> Codes:
    """Codes of the catalogue and of the country that columns of this name hold."""
    if name in ("article", "articles"):
        known = catalogue().articles
        found = {code: f"{code} · {named.title[language]}" for code, named in known.items() if code in CRC_ARTICLES}
    elif name in ("programme_area", "programme_areas"):
        found = {code: named.name[language] for code, named in catalogue().programme_areas.items()}
    elif name in ("area", "region", "places"):
        found = {area.code: area.name[language] for area in gazetteer() if settings.COUNTRY in (area.code, area.parent)}
    else:
        found = {}
    return tuple(found.items())


def label_of(kind: str, name: str, language: Language) -> str:
    return told.column_word(kind, name, language)


def value_word(record: Record, name: str, account: Account) -> str:
    """One column of a record as its reader says it; "" for nothing. Of people only oneself is named."""
    language: Language = account.language  # type: ignore[assignment]
    kind, column = record._meta.label_lower, column_of(record._meta.label_lower, name)
    value = getattr(record, name)
    if value is None or value == "":
        return ""
    if isinstance(value, Account):
        return say("desk.records.yourself", language) if value.pk == account.pk else ""
    if isinstance(value, Body):
        return str(value.name[language])
    if isinstance(value, Record):
        return name_of(value, language)
    if isinstance(value, bool):
        return say("desk.yes" if value else "desk.no", language)
    if isinstance(value, datetime):
        return told.moment(value, language)
    if isinstance(column, PartialDateField) or isinstance(value, date):
        return partial_date(str(value), language)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    parts = str(value).split(";") if name in SEVERAL else [value]
    return "; ".join(code_word(kind, name, part, language) for part in parts)


def partial_date(text: str, language: Language) -> str:
    """A day in words; a month or a year as they are."""
    try:
        return format_date(date.fromisoformat(text), language)
    except ValueError:
        return text


NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "laws.succession": ("later", "kind", "earlier"), "laws.reading": ("body", "round"),
    "laws.adjudication": ("cell", "round"), "laws.actversion": ("act", "in_force_from"),
    "recommendations.evidence": ("recommendation", "kind", "on"),
    "recommendations.repeat": ("later", "kind", "earlier"),
    "recommendations.statusreport": ("recommendation", "body", "on"), "budget.lineshare": ("line", "rule_set"),
    "budget.yearbasis": ("area", "year"), "programmes.step": ("pilot", "stage"),
    "programmes.partnership": ("partner", "role", "programme"), "programmes.indicatoruse": ("result", "indicator"),
    "care.justicebase": ("area", "year", "kind"), "care.justicelevel": ("number", "year"),
    "voices.margin": ("poll", "dimension", "category"), "voices.comment": ("poll", "id"),
    "duties.edge": ("from_kind", "from_code", "relation", "to_kind", "to_code"),
}  # fmt: skip
"""Columns that name a record that has no code, in words."""


def name_of(record: Record, language: Language) -> str:
    """A record's title with its code before it, as far as it has them."""
    title = next((text for stem in TITLES if (text := getattr(record, stem, None))), None)
    words = title[language] if title is not None and not isinstance(title, str) else ""
    columns = NAMED_BY.get(record._meta.label_lower)
    code = " · ".join(_short(record, name, language) for name in columns) if columns else str(record)
    if isinstance(record, Cell) and record.provision_id is None:
        code = f"{record.obligation} × {say('desk.records.any_law', language)}"
    return f"{code} · {words}" if words and words != code else code


def _short(record: Record, name: str, language: Language) -> str:
    """One column in a name: of records their codes."""
    value = getattr(record, name)
    if isinstance(value, Body):
        return str(value.name[language])
    if isinstance(value, Record):
        return str(value)
    if isinstance(column_of(record._meta.label_lower, name), PartialDateField):
        return partial_date(value, language)
    return code_word(record._meta.label_lower, name, value, language)
