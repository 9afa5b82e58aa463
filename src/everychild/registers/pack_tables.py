"""Tables of a country pack as rows for the registers' loaders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from everychild.vocabulary.language import LANGUAGES, LocalText
from everychild.vocabulary.tables import read_table


def pack_table(path: Path, columns: tuple[str, ...], text: str = "") -> Iterator[dict[str, Any]]:
    """Rows with a text of three languages; a country without such a table has nothing of that kind."""
    texts = (*(f"{text}_{language}" for language in LANGUAGES), "unreviewed") if text else ()
    for _, row in read_table(path, (*columns, *texts)) if path.is_file() else ():
        found: dict[str, Any] = {name: row[name] for name in columns}
        yield {**found, text: LocalText.from_row(row, text)} if text else found
