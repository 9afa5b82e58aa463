"""What the texts of the definitions must hold to: three languages, each its own, in its own letters."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from string import Formatter
from typing import Final

from everychild.catalogue.definition_tables import DefinitionTables, Row, Table, column_of
from everychild.vocabulary.findings import Finding, rules
from everychild.vocabulary.language import LANGUAGES, Language, parse_languages

KAZAKH_LETTERS: Final = frozenset("әғқңөұүһі")
"""Letters of the Kazakh alphabet that the Russian one does not have."""
LONG_TEXT: Final = 4
"""From so many words on, a Kazakh text without one of its own letters is rare enough to be looked at."""
_LATIN, _CYRILLIC = "a-z", "а-яёәғқңөұүһі"
_MIXED_WORD: Final = re.compile(
    rf"[{_LATIN}{_CYRILLIC}]*(?:[{_LATIN}][{_CYRILLIC}]|[{_CYRILLIC}][{_LATIN}])[{_LATIN}{_CYRILLIC}]*"
)
_WORD: Final = re.compile(rf"[{_CYRILLIC}]+(?:-[{_CYRILLIC}]+)*")
_LONG_WORD: Final = re.compile(rf"[{_LATIN}{_CYRILLIC}]{{4,}}", re.IGNORECASE)
_BRACES: Final = re.compile(r"\{[^}]*\}")


def text_findings(tables: DefinitionTables) -> Iterator[Finding]:
    """Findings on every text of every table."""
    for table, file, rows in tables.tables():
        for row in rows:
            yield from _of_row(table, row)
        if table.counts_waiting:
            yield from _waiting(table, file, rows)
    yield from _shared_names(tables)


def _of_row(table: Table, row: Row) -> Iterator[Finding]:
    try:
        parse_languages(row["unreviewed"] if table.reviewable else "")
    except ValueError:
        yield row.finding("unreviewed", "unknown_code")
    for stem in (*table.texts, *table.optional_texts):
        texts = {language: row[column_of(stem, language)] for language in LANGUAGES}
        if not any(texts.values()) and stem in table.optional_texts:
            continue
        yield from _missing(row, stem, texts)
        yield from _copied(row, stem, texts)
        yield from _places(row, stem, texts)
        for language, text in texts.items():
            yield from _letters(row, column_of(stem, language), language, text)


def _missing(row: Row, stem: str, texts: dict[Language, str]) -> Iterator[Finding]:
    for language, text in texts.items():
        if not text:
            yield row.finding(column_of(stem, language), "missing_language")


def _copied(row: Row, stem: str, texts: dict[Language, str]) -> Iterator[Finding]:
    """One text for two languages, unless it may honestly be the same in both."""
    pairs: tuple[tuple[Language, Language], ...] = (("kk", "ru"), ("kk", "en"), ("ru", "en"))
    for language, other in pairs:
        if texts[language] == texts[other] and _needs_translation(texts[language]):
            yield row.finding(column_of(stem, language), "copied_text", other=other)


def _needs_translation(text: str) -> bool:
    """Several whole words. One word (`Демография`), short forms (`обл.`), places in braces and names of publications
    (`The Astana Times`) stand in any language as they are."""
    words = _LONG_WORD.findall(_BRACES.sub(" ", text))
    return len(words) > 1 and any(_WORD.match(word.casefold()) or word.islower() for word in words)


def _places(row: Row, stem: str, texts: dict[Language, str]) -> Iterator[Finding]:
    """`{value}` lost or misspelt in a translation would leave the reader with `…`."""
    wanted = _fields(texts["en"])
    for language in LANGUAGES:
        if texts[language] and _fields(texts[language]) != wanted:
            yield row.finding(column_of(stem, language), "places_differ")


def _fields(text: str) -> Counter[str] | None:
    """Names in braces; None when the braces do not hold."""
    try:
        return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return None


def _letters(row: Row, column: str, language: Language, text: str) -> Iterator[Finding]:
    lower = _BRACES.sub(" ", text.casefold())
    for word in _MIXED_WORD.findall(lower):
        yield row.finding(column, "mixed_alphabets", word)
    if language == "kk":
        if len(_WORD.findall(lower)) >= LONG_TEXT and not KAZAKH_LETTERS & set(lower):
            yield row.finding(column, "no_kazakh_letters")
    elif _is_kazakh(lower) if language == "ru" else _WORD.search(lower):
        yield row.finding(column, "foreign_letters")


def _is_kazakh(text: str) -> bool:
    """Most words have Kazakh letters; names keep theirs in Russian (Жетісу, область Ұлытау, all that is in quotes)."""
    words = _WORD.findall(re.sub(r"«[^»]*»", " ", text))
    return len(words) > 1 and sum(1 for word in words if KAZAKH_LETTERS & set(word)) * 2 > len(words)


def _waiting(table: Table, file: str, rows: tuple[Row, ...]) -> Iterator[Finding]:
    """How many texts no native speaker has read, by language."""
    stems = (*table.texts, *table.optional_texts)
    waiting: Counter[str] = Counter()
    for row in rows:
        for language in LANGUAGES:
            if language in row.list("unreviewed"):
                waiting[language] += sum(1 for stem in stems if row[column_of(stem, language)])
    rule = "unreviewed_texts"
    for language in LANGUAGES:
        if waiting[language]:
            texts = {"texts": str(waiting[language])}
            yield Finding(file, None, "unreviewed", language, rule, rules()[rule].severity, texts)


_NAMED: Final = (
    ("indicators.csv", "countries/*/indicators.csv"),
    ("domains.csv",),
    ("subdomains.csv",),
    ("programme_areas.csv",),
    ("breakdowns.csv",),
    ("crc_clusters.csv",),
)


def _shared_names(tables: DefinitionTables) -> Iterator[Finding]:
    """Two things of one kind under one name: the reader of a list cannot tell them apart."""
    for patterns in _NAMED:
        rows = [row for pattern in patterns for row in tables.rows(pattern)]
        for language in LANGUAGES:
            column = column_of("name", language)
            by_name: dict[str, list[Row]] = defaultdict(list)
            for row in rows:
                if row[column]:
                    by_name[row[column].casefold()].append(row)
            for first, *others in by_name.values():
                for row in others:
                    yield row.finding(column, "duplicate_name", first=f"{first.file}:{first.number}")
