"""Dates as far as they are known: `2011`, `2011-12` or `2011-12-26`, as text that sorts."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models

from everychild.registers.columns import CellRefused

_PARTIAL: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)


class PartialDateField(models.CharField):
    """A day, a month or a year; empty when nothing is known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 10, "blank": True, "default": "", "validators": [check_date], **options})

    def deconstruct(self) -> Any:
        """`blank` is named always: Django leaves out what it thinks is the default."""
        name, path, positional, named = super().deconstruct()
        return name, path, positional, {**named, "blank": self.blank}


def check_date(text: str) -> None:
    """Raises ValidationError for what no calendar has."""
    try:
        if _PARTIAL.fullmatch(text):
            date.fromisoformat((text + "-01-01")[:10])
            return
    except ValueError:
        pass
    raise ValidationError("", code="bad_date")


def check_date_cell(cell: object) -> None:
    """The same for the cells of a table that people send: raises CellRefused."""
    try:
        check_date(str(cell))
    except ValidationError as refused:
        raise CellRefused("bad_date") from refused


def is_before(earlier: str, later: str) -> bool:
    """Whether one date is certainly before the other: compared as far as both are known."""
    length = min(len(earlier), len(later))
    return bool(length) and earlier[:length] < later[:length]
