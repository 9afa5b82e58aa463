"""Texts in three languages as columns side by side: `title = LocalTextColumns()` makes title_kk, title_ru, title_en."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from everychild.vocabulary.language import LANGUAGES, LocalText, parse_languages


class LocalTextColumns:
    """Three text columns and, once a model, `unreviewed`: the languages no native speaker has read.

    Reading gives a LocalText or None when all three are empty. A missing language shows the first one there is and
    counts as unreviewed, so that a page marks it. Assigning takes a LocalText or a mapping by language.
    """

    def __init__(self, *, required: bool = True) -> None:
        self.required = required

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        self.name = name
        for language in LANGUAGES:
            column = models.TextField(blank=not (self.required and language == "en"), default="")
            column.contribute_to_class(model, f"{name}_{language}")
        if not any(field.name == "unreviewed" for field in model._meta.local_fields):
            unreviewed = models.CharField(max_length=8, blank=True, default="", validators=[check_languages])
            unreviewed.contribute_to_class(model, "unreviewed")
        setattr(model, name, self)

    def __get__(self, record: Any, owner: type | None = None) -> Any:
        if record is None:
            return self
        texts = {language: getattr(record, f"{self.name}_{language}") for language in LANGUAGES}
        present = [text for text in texts.values() if text.strip()]
        if not present:
            return None
        missing = frozenset(language for language in LANGUAGES if not texts[language].strip())
        filled = {language: texts[language] if language not in missing else present[0] for language in LANGUAGES}
        return LocalText(**filled, unreviewed=parse_languages(record.unreviewed) | missing)

    def __set__(self, record: Any, text: LocalText | Mapping[str, str]) -> None:
        for language in LANGUAGES:
            setattr(record, f"{self.name}_{language}", text[language])
        if isinstance(text, LocalText):
            record.unreviewed = ";".join(language for language in LANGUAGES if language in text.unreviewed)


def check_languages(text: str) -> None:
    try:
        parse_languages(text)
    except ValueError as problem:
        raise ValidationError("", code="field_invalid") from problem
