"""Labels of SPSS files that are not in Unicode, which the reader turns into question marks.

Only asked when a label came out damaged: files of before 2010 are often in a code page, and say which.
Format: https://www.gnu.org/software/pspp/pspp-dev/html_node/System-File-Format.html
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from everychild.microdata.spss import HEADER, VARIABLE, VARIABLE_SIZE, BrokenFile

VALUE_LABELS, DOCUMENTS, EXTENSION = 3, 6, 7
INTEGERS, ENCODING = 3, 20
"""Extensions: machine integers, of which the eighth is the code page; the name of the encoding."""
NOT_A_PAGE: Final = (1, 2, 3, 4)
DAMAGED: Final = "\ufffd"


@dataclass
class RawLabels:
    """Labels as bytes, in the order of the variables that are no continuation of a long text."""

    encoding: str = ""
    variables: list[bytes] = field(default_factory=list)
    values: dict[int, dict[bytes, bytes]] = field(default_factory=dict)


def damaged(told: Mapping[str, Any]) -> bool:
    """Whether a label of the reader's metadata has lost letters."""
    return any(
        DAMAGED in (text or "")
        for variable in told["variables"]
        for text in (variable.get("label"), *(variable.get("value_labels") or {}).values())
    )


def mended(path: Path, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The reader's variables with their labels in the encoding that the file names. BrokenFile when it names none in
    which they can be read: a guess would put wrong words beside right numbers."""
    raw = _raw_labels(path)
    variables = [dict(variable) for variable in told["variables"]]
    if len(raw.variables) == len(variables):
        for at, variable in enumerate(variables):
            variable["label"] = _text(path, variable["name"], raw.variables[at], raw.encoding)
            labels = raw.values.get(at)
            if labels and variable["type"] == "Numeric":
                variable["value_labels"] = {
                    struct.unpack("<d", code)[0]: _text(path, variable["name"], text, raw.encoding)
                    for code, text in labels.items()
                }
    return variables


def _text(path: Path, variable: str, content: bytes, encoding: str) -> str:
    try:
        return content.rstrip(b" \0").decode(encoding or "utf-8")
    except (UnicodeDecodeError, LookupError) as problem:
        shown = content.decode("ascii", errors="replace")
        raise BrokenFile(path, "survey_text_encoding", None, shown, variable=variable) from problem


def _raw_labels(path: Path) -> RawLabels:
    content, at, raw = path.read_bytes(), HEADER, RawLabels()
    place_of: dict[int, int] = {}
    index, integer = 0, struct.Struct("<i")

    def whole(where: int) -> int:
        return int(integer.unpack_from(content, where)[0])

    while (kind := whole(at)) in (VARIABLE, VALUE_LABELS, DOCUMENTS, EXTENSION):
        if kind == VARIABLE:
            index += 1
            width, has_label, missing = (whole(at + 4 * k) for k in (1, 2, 3))
            at += VARIABLE_SIZE
            label = b""
            if has_label:
                size = whole(at)
                label = content[at + 4 : at + 4 + size]
                at += 4 + (size + 3) // 4 * 4
            at += 8 * abs(missing)
            if width >= 0:
                place_of[index] = len(raw.variables)
                raw.variables.append(label)
        elif kind == VALUE_LABELS:
            at = _value_labels(content, at, place_of, raw)
        elif kind == DOCUMENTS:
            at += 8 + 80 * whole(at + 4)
        else:
            subtype, size, count = (whole(at + 4 * k) for k in (1, 2, 3))
            body = content[at + 16 : at + 16 + size * count]
            if subtype == ENCODING:
                raw.encoding = body.decode("ascii", errors="replace").strip()
            elif subtype == INTEGERS and not raw.encoding:
                page = integer.unpack_from(body, 28)[0]
                raw.encoding = "" if page in NOT_A_PAGE else "utf-8" if page == 65001 else f"cp{page}"
            at += 16 + size * count
    return raw


def _value_labels(content: bytes, at: int, place_of: Mapping[int, int], raw: RawLabels) -> int:
    """One set of labels and the variables it is for; returns where the next record begins."""
    count = struct.unpack_from("<i", content, at + 4)[0]
    at += 8
    labels = {}
    for _ in range(count):
        code, size = content[at : at + 8], content[at + 8]
        labels[code] = content[at + 9 : at + 9 + size]
        at += 8 + (size + 8) // 8 * 8
    variables = struct.unpack_from("<i", content, at + 4)[0]
    for k in range(variables):
        index = struct.unpack_from("<i", content, at + 8 + 4 * k)[0]
        if index in place_of:
            raw.values[place_of[index]] = labels
    return int(at + 8 + 4 * variables)
