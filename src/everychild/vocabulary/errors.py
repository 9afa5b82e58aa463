"""Errors that a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everychild.vocabulary.findings import Finding


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
        self._problem = problem

    @property
    def problem(self) -> str:
        """What is wrong, in English and without the place."""
        return self._problem


class WrongDefinition(DefinitionError):  # noqa: N818 - says what is the case
    """A definition of a kind that people also write themselves breaks a rule, whose words stand in three languages.

    `value` is the piece of the cell that is wrong, `values` what else the sentences of the rule name. The sentences
    are looked up when someone reads them and not before: many of these errors are raised only to be caught.
    """

    def __init__(self, place: Place, rule: str, value: object = "", **values: object) -> None:
        EverychildError.__init__(self, place, rule, value, values)
        self.place, self.rule, self.value = place, rule, str(value)
        self.values = {name: str(told) for name, told in values.items()}

    @property
    def finding(self) -> Finding:
        """The mistake with its place, which reads in every language."""
        from everychild.vocabulary.findings import Finding  # reads its sentences by way of this module

        place = self.place
        return Finding(place.file, place.row, place.column, self.value, self.rule, "error", self.values)

    @property
    def problem(self) -> str:
        try:
            return self.finding.message("en")
        except DefinitionError:  # the table of the sentences is itself the one that cannot be read
            return " ".join([self.rule, self.value, *self.values.values()]).strip()

    def __str__(self) -> str:
        place = str(self.place)
        return f"{place}: {self.problem}" if place else self.problem
