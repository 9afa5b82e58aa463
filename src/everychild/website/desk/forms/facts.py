"""What a register says of a record, column by column, as a person at the desk reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from everychild.registers.people.models import Account
from everychild.registers.records import Record, kind_of
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.desk.forms.declared import MARK
from everychild.website.desk.forms.kinds import KINDS, code_in_address, parts_of
from everychild.website.desk.forms.words import label_of, name_of, value_word
from everychild.website.desk.told import kind_word

HIDDEN: Final = frozenset({"id", "revision", "country", "last"})
"""Columns that tell a person nothing here."""


@dataclass(frozen=True)
class Fact:
    """A column in words; `where` is the page of the record it names."""

    label: str
    value: str
    where: str = ""


@dataclass(frozen=True)
class Told:
    """A record with its facts."""

    word: str
    name: str
    where: str
    facts: list[Fact]


def address_of(record: Record) -> str:
    """The page of a record at the desk."""
    return reverse("desk-record", args=[kind_of(record), code_in_address(record)])


def facts(record: Record, account: Account) -> list[Fact]:
    """Every column that says something; of accounts only one's own. Texts first, source and mark last."""
    language: Language = account.language  # type: ignore[assignment]
    found = []
    for name in _ordered(record):
        column = record._meta.get_field(name)
        value = value_word(record, name, account)
        if value:
            other = getattr(record, name) if column.is_relation else None
            where = address_of(other) if isinstance(other, Record) and kind_of(other) in KINDS else ""
            found.append(Fact(label_of(kind_of(record), column.attname, language), value, where))
    return found


def _ordered(record: Record) -> list[str]:
    names = [column.name for column in record._meta.concrete_fields if column.name not in HIDDEN]
    texts = {
        f"{name.rpartition('_')[0]}_{language}" for name in names if name.endswith("_en") for language in LANGUAGES
    }
    return sorted(names, key=lambda name: (name in MARK or name == "unreviewed", name not in texts and name != "code"))


def told(record: Record, account: Account) -> Told:
    language: Language = account.language  # type: ignore[assignment]
    word = kind_word(kind_of(record), language)
    return Told(word, name_of(record, language), address_of(record), facts(record, account))


def told_with(record: Record, account: Account) -> list[Told]:
    """The records without which it cannot be judged: of an assessment the duty and the provision."""
    named = (getattr(record, name) for name in KINDS[kind_of(record)].tells)
    return [told(other, account) for other in named if other is not None]


def told_parts(record: Record, account: Account, names: tuple[str, ...]) -> list[Told]:
    """Those of its parts, as far as this person may see them."""
    parts = [rows for name, _, rows in parts_of(record, account) if name in names]
    return [told(one, account) for rows in parts for one in rows]
