"""Personal data are refused, wherever they turn up: in a column's name, in a cell, in a text that somebody types.

Registers keep laws, money and counts. A list of children in a register would be a breach no permission could mend, so
the check stands before anything is stored, and says where it has seen what.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from everychild.vocabulary.findings import Finding, rules

_TWELVE: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_CENTURIES: Final = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
_FIRST_WEIGHTS: Final = tuple(range(1, 12))
_SECOND_WEIGHTS: Final = (*range(3, 12), 1, 2)


def is_personal_number(digits: str) -> bool:
    """Whether twelve digits are an individual identification number (ИИН, ЖСН) of Kazakhstan.

    Day of birth, century with sex, running number, check digit: Σ i·a_i mod 11, and when that is 10 once more with the
    weights 3 … 11, 1, 2 (Government resolution 853 of 22 July 2003, not read; two public libraries agree). Numbers of
    companies (БИН, БСН) have 4, 5 or 6 where the day has its first digit and never pass for one.
    """
    if len(digits) != 12 or not digits.isascii() or not digits.isdigit() or not _has_birthday(digits):
        return False
    numbers = [int(digit) for digit in digits]
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        check = sum(weight * number for weight, number in zip(weights, numbers, strict=False)) % 11
        if check < 10:
            return check == numbers[11]
    return False


def _has_birthday(digits: str) -> bool:
    century = _CENTURIES.get(digits[6])
    if century is None:
        return False
    try:
        date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return True


def contains_personal_number(text: str) -> bool:
    return any(is_personal_number(found) for found in _TWELVE.findall(text))


_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "personal_number_column": ("иин", "жсн", "iin", "individual identification number", "жеке сәйкестендіру нөмірі",
                               "индивидуальный идентификационный номер", "personal id", "national id"),
    "personal_name_column": ("фио", "ф и о", "фамилия", "имя", "отчество", "имя ребенка", "фио ребенка", "тегі",
                             "есімі", "аты", "аты жөні", "әкесінің аты", "баланың аты", "баланың аты жөні", "surname",
                             "first name", "last name", "full name", "patronymic", "middle name", "child name",
                             "name of child", "name of the child", "given name", "family name", "имена детей",
                             "фамилия имя отчество"),
    "birth_date_column": ("дата рождения", "день рождения", "туған күні", "date of birth", "birth date", "birthdate",
                          "birthday", "dob", "д р"),
    "contact_column": ("телефон", "номер телефона", "мобильный телефон", "phone", "phone number", "mobile", "адрес",
                       "домашний адрес", "адрес проживания", "мекенжайы", "тұрғылықты мекенжайы", "home address",
                       "address", "паспорт", "номер паспорта", "passport", "passport number", "төлқұжат", "e mail",
                       "email", "электронная почта", "номер свидетельства о рождении", "birth certificate number"),
}  # fmt: skip
"""Columns that hold one person a row, by the rule that refuses them; compared without case, signs and ё."""
_ALONE: Final[Mapping[str, frozenset[str]]] = {
    next(rule for rule, words in _NAMED.items() if "фамилия" in words): frozenset(
        {"фио", "фамилия", "отчество", "ученик", "ученица", "surname", "patronymic", "есімі"}
    ),
    next(rule for rule, words in _NAMED.items() if "иин" in words): frozenset({"иин", "жсн", "iin"}),
}
"""Words that refuse a column wherever they stand in its name."""
_PATRONYMIC: Final = re.compile(
    r"(?:[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі-]+\s+){1,2}"
    r"[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]+(?:ович|евич|ьич|овна|евна|инична|ична|ұлы|улы|қызы|кызы)\b"
)
_NAMED_AFTER: Final = re.compile(r"\bимени\b|\bим\.|атындағы|\bnamed after\b", re.IGNORECASE)


def looks_like_a_name(text: str) -> bool:
    """Capitalised words that end in a patronymic; a school or street named after somebody is none."""
    return bool(_PATRONYMIC.search(text)) and not _NAMED_AFTER.search(text)


def refused_columns(file: str, header: Sequence[str], row: int = 1) -> Iterator[Finding]:
    """Columns whose names say that they hold persons."""
    for name in header:
        spelled = re.sub(r"[^\w]+|_", " ", name.casefold().replace("ё", "е")).strip()
        tokens = set(spelled.replace("ф и о", "фио").split())
        for rule, words in _NAMED.items():
            if spelled in words or tokens & _ALONE.get(rule, frozenset()):
                yield Finding(file, row, name, name, rule, rules()[rule].severity)


def refused_cells(
    file: str, cells: pl.DataFrame, rows: pl.Series, header: Sequence[str], numeric: Collection[str] = ()
) -> Iterator[Finding]:
    """Cells with an identification number or a person's name; the finding does not repeat what it has seen.

    In `numeric` columns an amount of twelve digits passes the check of a number once in four hundred times, so there a
    column is refused only where at least two and half of its twelve-digit cells do.
    """
    for position, name in enumerate(header):
        cell = cells[str(position)]
        twelve = cell.str.contains(r"(?:^|[^0-9])[0-9]{12}(?:$|[^0-9])").fill_null(False)
        found = [row for row, text in zip(rows.filter(twelve), cell.filter(twelve), strict=True)
                 if contains_personal_number(text)]  # fmt: skip
        if name in numeric and (len(found) < 2 or 2 * len(found) < int(twelve.sum())):
            found = []
        yield from (_hidden(file, row, name, "personal_number") for row in found)
        likely = cell.str.contains(r"(?:вич|вна|чна|ьич|ұлы|улы|қызы|кызы)(?:$|\P{L})").fill_null(False)
        for row, text in zip(rows.filter(likely), cell.filter(likely), strict=True):
            if looks_like_a_name(text):
                yield _hidden(file, row, name, "personal_name")


def _hidden(file: str, row: int, column: str, rule: str) -> Finding:
    return Finding(file, row, column, "", rule, rules()[rule].severity)
