"""Errors that a person can act on."""

from __future__ import annotations

from dataclasses import dataclass


class EverychildError(Exception):
    """Base of all errors of this project; the message is one whole sentence for the reader."""


@dataclass(frozen=True)
class Place:
    """Where in a file something stands; rows are counted from 1 and the header is row 1."""

    file: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


class DefinitionError(EverychildError):
    """A reviewed definition (shipped with the project or a country pack) contradicts itself or another."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem
