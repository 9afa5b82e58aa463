"""What a check says of Stata's extended missing values, `.a` to `.z`, in one file of a survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from everychild.microdata.letters import counted
from everychild.microdata.located import finding
from everychild.microdata.reading import DataFile
from everychild.microdata.survey_files import SurveyFiles
from everychild.vocabulary.findings import Finding

SHOWN: Final = 3
"""Variables that one sentence names: those with the most rows."""


def letter_checks(files: SurveyFiles, name: str) -> Iterator[Finding]:
    """One note for each letter that recipes take for missing; variables under missing_codes that the file lacks."""
    file, given = files.raw(name), files.description.missing_codes.get(name, {})
    for variable in given:
        if variable.lower() not in file.columns:
            near = get_close_matches(variable, file.columns.values(), n=2)
            key = f"missing_codes.{name}"
            yield finding(file.path.name, variable, key, "survey_named_variable_absent", near=", ".join(near) or "–")
    numbers = {file.columns.get(variable.lower(), ""): codes for variable, codes in given.items()}
    for letter, found in counted(file.letters).items():
        missing = {variable: rows for variable, rows in found.items() if letter not in numbers.get(variable, {})}
        if missing:
            yield finding(
                file.path.name, "", letter, "survey_missing_letter",
                count=sum(missing.values()), variables=len(missing), examples=_examples(file, letter, missing),
                line=f"missing_codes: {{{name}: {{{_most(missing)[0]}: {{{letter}: ?}}}}}}",
            )  # fmt: skip


def _most(found: Mapping[str, int]) -> list[str]:
    return sorted(found, key=lambda variable: -found[variable])


def _examples(file: DataFile, letter: str, found: Mapping[str, int]) -> str:
    """`BR1 – Does not know: 12, HA1: 3 …`."""
    texts = []
    for variable in _most(found)[:SHOWN]:
        label = file.words[variable].values.get(letter) if variable in file.words else None
        texts.append(f"{variable} – {label}: {found[variable]}" if label else f"{variable}: {found[variable]}")
    return ", ".join(texts) + (" …" if len(found) > SHOWN else "")
