"""Code lists (SDMX codes with names in three languages), read once from `definitions/code_lists/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import Language, LocalText
from everychild.vocabulary.tables import definitions_folder, read_table


@dataclass(frozen=True)
class Code:
    """One code of a list. `order` is the row's place in its table, which is the order to show."""

    code: str
    name: LocalText
    order: int
    description: str = ""


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes, in the order to show them."""

    name: str
    codes: Mapping[str, Code]

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes.values())

    def __getitem__(self, code: str) -> Code:
        try:
            return self.codes[code]
        except KeyError:
            raise KeyError(f"{code!r} is not in the code list {self.name!r}") from None

    def label(self, code: str, language: Language) -> str:
        return self[code].name[language]


@cache
def code_list(name: str) -> CodeList:
    """The code list of that name: sex, residence, wealth, education, disability, ethnicity, unit, status,
    missing_reason, quality, flag, interval, column_role, value_kind, other (breakdowns as `key` and `key=value`)."""
    codes: dict[str, Code] = {}
    path = definitions_folder() / "code_lists" / f"{name}.csv"
    for place, row in read_table(path, ("code", "name_en", "name_ru", "name_kk", "unreviewed")):
        if row["code"] in codes:
            raise DefinitionError(place, f"code {row['code']!r} stands twice")
        try:
            text = LocalText.from_row(row)
        except ValueError as problem:
            raise DefinitionError(place, str(problem)) from problem
        codes[row["code"]] = Code(row["code"], text, len(codes), row.get("description", ""))
    return CodeList(name, codes)
