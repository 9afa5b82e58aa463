"""The words of variables as JSON, kept in the metadata of the private Parquet files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from everychild.microdata.variables import MissingRange, VariableWords


def words_to_json(words: Mapping[str, VariableWords]) -> str:
    return json.dumps({name: _plain(word) for name, word in words.items()}, ensure_ascii=False)


def words_from_json(text: str) -> Mapping[str, VariableWords]:
    return {name: _words(plain) for name, plain in json.loads(text).items()}


def _plain(word: VariableWords) -> dict[str, Any]:
    held = word.missing_range
    return {
        "label": word.label,
        "values": list(word.values.items()),
        "missing": list(word.missing),
        "missing_range": None if held is None else [held.low, held.high],
    }


def _words(plain: Mapping[str, Any]) -> VariableWords:
    held = plain["missing_range"]
    values = dict(plain["values"])
    return VariableWords(plain["label"], values, tuple(plain["missing"]), None if held is None else MissingRange(*held))
