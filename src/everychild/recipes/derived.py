"""Derived names: `D_…` sub-expressions, `P_…` parameters, and values carried from one file of a survey to another.

A name is replaced by its meaning wherever it stands; names may use names, never in a circle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from everychild.recipes.nodes import Kind, Node, Variable, kind_word, variables
from everychild.recipes.parsing import Resolver, parse
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.tables import read_table

COLUMNS: Final = ("name", "file", "type", "expression", "from_file", "first_by", "confidence", "source", "notes")
TYPES: Final = ("parameter", "boolean", "integer", "number", "carried", "summed", "first", "survey")
"""`carried`, `summed` and `first` look at several rows (see Carried); `survey` waits for the survey's description."""
OVER_ROWS: Final[Mapping[str, Kind]] = {"carried": "truth", "summed": "number", "first": "truth"}
"""What a name is to those who use it, when it is worked out from several rows."""
YIELDS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "boolean": ("truth",), "carried": ("truth",), "first": ("truth",),
    "integer": ("number", "unknown"), "number": ("number", "unknown"), "summed": ("number", "unknown"),
}  # fmt: skip
"""What the expression of each type has to be; a variable of the survey may turn out to be a number."""
EVERY_FILE: Final = "*"
_QUOTE: Final = "'"
_WORD: Final = re.compile(r"\w+")


def _names_in(text: str) -> Iterator[str]:
    """Every word of an expression in upper case, names of variables and derived names among them."""
    return (word.upper() for word in _WORD.findall(text))


@dataclass(frozen=True)
class Carried:
    """A value that is worked out from several rows.

    With `from_file`: true where the condition is true of any row of that file in the same household; or, when it is
    `summed`, the sum of a number over these rows, to which an unknown number adds nothing. Either is unknown where the
    file has no row of the household. With `first_by` (group, order): true on the first row, by order, of those of a
    group that meet the condition, such as the youngest child under two of each woman.
    """

    name: str
    from_file: str
    meaning: Node
    first_by: tuple[str, ...] = ()
    summed: bool = False


@dataclass
class DerivedNames:
    """The names of one table. Resolution is lazy and remembered; a circle is named with its whole round."""

    texts: Mapping[tuple[str, str], tuple[str, Place]]
    carried_texts: Mapping[tuple[str, str], tuple[str, str, tuple[str, ...], Place]]
    left_to_survey: frozenset[str]
    types: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _known: dict[tuple[str, str], Node] = field(default_factory=dict)

    def resolver(self, file: str, place: Place, round_: tuple[str, ...] = ()) -> Resolver:
        """The meaning of names on a file; `place` is where a circle is reported."""

        def resolve(name: str) -> Node | None:
            return self._resolve(name.upper(), file, place, round_)

        return resolve

    def _resolve(self, name: str, file: str, place: Place, round_: tuple[str, ...]) -> Node | None:
        if (name, file) in self.carried_texts:
            return Variable(name.lower(), OVER_ROWS[self.types[name, file]])
        key = (name, file) if (name, file) in self.texts else (name, EVERY_FILE)
        if key not in self.texts:
            if name in self.left_to_survey:
                raise Unsupplied(place, name)
            return None
        if name in round_:
            circle = " → ".join((*round_[round_.index(name) :], name))
            raise WrongDefinition(place, "derived_name_circle", circle)
        # A parameter may use names of the file it is read for, so what is remembered is remembered for each file.
        if (name, file) not in self._known:
            text, stands = self.texts[key]
            self._known[name, file] = parse(text, stands, self.resolver(file, stands, (*round_, name)))
        return self._known[name, file]

    def check(self) -> None:
        """Read every name on every file it is for, used or not. WrongDefinition for the first that is wrong: a circle,
        a name without meaning, an expression of another type than the table says."""
        carried = {key: (text, place) for key, (text, _, _, place) in self.carried_texts.items()}
        for (name, file), (_, place) in {**self.texts, **carried}.items():
            try:
                node = self._meaning(name, file, place)
            except Unsupplied:  # waits for the description of the survey, as the recipes do that use it
                continue
            source = self.carried_texts[name, file][1] or file if (name, file) in carried else file
            loose = sorted(found for found in variables(node) if self.is_loose(found, source))
            if loose and source != EVERY_FILE:
                raise WrongDefinition(place, "expression_name_undefined", loose[0].upper(), part=source)
            wanted = YIELDS.get(self.types.get((name, file), ""), (node.kind,))
            if node.kind not in wanted:
                told = {"type": self.types[name, file], "given": kind_word(node)}
                raise WrongDefinition(place, "derived_name_type", name, **told)

    def _meaning(self, name: str, file: str, place: Place) -> Node:
        if (name, file) in self.carried_texts:
            return self.carried[name.lower(), file].meaning
        found = self._resolve(name, file, place, ())
        assert found is not None
        return found

    def is_loose(self, variable: str, file: str) -> bool:
        """Whether a variable that an expression on a file reads is a derived name without a meaning there."""
        return variable.startswith(("d_", "p_")) and not self.is_carried(variable, file)

    def is_carried(self, name: str, file: str) -> bool:
        return (name.upper(), file) in self.carried_texts

    @cached_property
    def carried(self) -> Mapping[tuple[str, str], Carried]:
        """(name in lower case, file it is carried to) → what is carried."""
        return _CarriedValues(self)

    @cached_property
    def _of_letters(self) -> frozenset[str]:
        """Names (upper case) in whose meaning a text stands in quotation marks, perhaps by way of other names."""
        told = [(name, text) for (name, _), (text, _) in self.texts.items()]
        told += [(name, text) for (name, _), (text, *_) in self.carried_texts.items()]
        found = {name for name, text in told if _QUOTE in text}
        while more := {name for name, text in told if name not in found and not found.isdisjoint(_names_in(text))}:
            found |= more
        return frozenset(found)

    def speaks_of_letters(self, text: str) -> bool:
        """Whether a text stands in an expression or in the meaning of one of its names; said without reading it."""
        return _QUOTE in text or not self._of_letters.isdisjoint(_names_in(text))

    def carried_from(self, file: str) -> Iterator[Carried]:
        """What is worked out from rows of a file."""
        for (name, to), (_, source, _, _) in self.carried_texts.items():
            if (source or to) == file:
                yield self.carried[name.lower(), to]


class _CarriedValues(Mapping[tuple[str, str], Carried]):
    """Carried values by name and file, whose meaning is read when it is first asked for."""

    def __init__(self, names: DerivedNames) -> None:
        self._names = names
        self._texts = {(name.lower(), file): told for (name, file), told in names.carried_texts.items()}
        self._read: dict[tuple[str, str], Carried] = {}

    def __getitem__(self, key: tuple[str, str]) -> Carried:
        if key not in self._read:
            (name, file), (text, source, first_by, place) = key, self._texts[key]
            meaning = parse(text, place, self._names.resolver(source or file, place))
            summed = self._names.types[name.upper(), file] == "summed"
            self._read[key] = Carried(name, source, meaning, first_by, summed)
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Unsupplied(WrongDefinition):
    """A name that every survey defines for itself, and this one does not."""

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(place, "derived_name_left_to_survey", name)
        self.name = name


def not_one_of(place: Place, text: str, known: Sequence[str]) -> WrongDefinition:
    """A cell that holds none of the words that can stand there."""
    return WrongDefinition(place, "description_value_unknown", text, known=", ".join(known))


def read_derived(path: Path, parameters: Mapping[str, str]) -> DerivedNames:
    """Read a table of derived names with every expression in it; `parameters` (name → expression) of a survey replace
    or complete it."""
    names = open_derived(path, parameters)
    names.check()
    return names


def open_derived(path: Path, parameters: Mapping[str, str]) -> DerivedNames:
    """The same names, whose expressions are read as they are needed."""
    texts: dict[tuple[str, str], tuple[str, Place]] = {}
    carried: dict[tuple[str, str], tuple[str, str, tuple[str, ...], Place]] = {}
    left: set[str] = set()
    types: dict[tuple[str, str], str] = {}
    own = {name.upper(): text for name, text in parameters.items()}
    for place, row in read_table(path, COLUMNS):
        name = row["name"].upper()
        if row["type"] not in TYPES:
            raise not_one_of(replace(place, column="type"), row["type"], TYPES)
        if row["type"] == "survey":
            left.add(name)
        for file in (part.strip() for part in row["file"].split(";")):
            if (name, file) in texts or (name, file) in carried:
                raise WrongDefinition(replace(place, column="name"), "derived_name_twice", name, part=file)
            here = replace(place, column="expression")
            types[name, file] = row["type"]
            if row["type"] in OVER_ROWS:
                first_by = tuple(part.strip().lower() for part in row["first_by"].split(";") if part.strip())
                if len(first_by) != (2 if row["type"] == "first" else 0):
                    here = replace(place, column="first_by")
                    raise WrongDefinition(here, "derived_name_order", row["first_by"], type=row["type"])
                carried[name, file] = (row["expression"], row["from_file"], first_by, here)
            elif row["type"] != "survey":
                texts[name, file] = (row["expression"], here)
    for name, text in own.items():
        for key in [k for k in texts if k[0] == name]:
            del texts[key]
        texts[name, EVERY_FILE] = (text, Place("survey description", column=f"parameters.{name}"))
    return DerivedNames(texts, carried, frozenset(left) - set(own), types)
