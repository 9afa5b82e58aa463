"""YAML files whose mistakes can be named with their line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from everychild.vocabulary.errors import Place
from everychild.vocabulary.findings import OwnDefinitionRefused

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader is eight times faster; PyYAML has it on most machines."""

NEAR: Final = 40
"""Letters that are shown of the place where reading stopped."""
DEEPEST: Final = 40
"""Levels of keys and lists; a description has five, and what reads it goes down them one by one."""
BEGINNING: Final = 1024
"""Bytes in which a file of data shows a zero byte; no text has one."""
DATA: Final = frozenset({".sav", ".zsav", ".dta", ".csv", ".parquet", ".xlsx"})
YAML: Final = frozenset({".yaml", ".yml"})
_TAB: Final = re.compile(r" *\t\s*\S")


class WrongDescription(OwnDefinitionRefused):
    """A description of a survey, or a map of columns, that cannot be used, with the line and the key."""


def wrong(path: Path, line: int | None, key: str, value: object, rule: str, **values: object) -> WrongDescription:
    return WrongDescription(Place(path.name, line, key), rule, value, **values)


@dataclass(frozen=True)
class LocatedYaml:
    """The content of a YAML file that is a list of keys and values, and where each key stands."""

    content: Mapping[str, Any]
    node: yaml.MappingNode

    def line(self, key: str) -> int | None:
        """The line of a key such as `breakdowns.region.levels`; of the nearest key above it when it is not there."""
        at, found = self.node, None
        for part in key.split("."):
            pairs = at.value if isinstance(at, yaml.MappingNode) else []
            pair = next(((name, value) for name, value in pairs if name.value == part), None)
            if pair is None:
                break
            found, at = pair[0].start_mark.line + 1, pair[1]
        return found


def read_yaml(path: Path) -> LocatedYaml:
    """Read a YAML file. Raises WrongDescription when it is not there, is no YAML in UTF-8, has a key twice, or repeats
    pieces by reference."""
    text = _text(path)
    try:
        _refuse_references(path, text)
        loader = _LOADER(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise wrong(path, 1, "", "", "description_no_keys")
        _refuse_repeated(path, node, "")
        return LocatedYaml(_constructed(path, loader, node), node)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        _refuse_tab(path, text, mark.line if mark else 0, problem)
        line, near = _stopped(text, mark.line if mark else 0, mark.column if mark else 0)
        raise wrong(path, line, "", "", "description_not_yaml", near=near) from problem
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, problem.position)
        near = f"U+{problem.character:04X}"
        raise wrong(path, line + 1, "", "", "description_not_yaml", near=near) from problem


def _text(path: Path) -> str:
    """The text of a file; a file of data that was named instead of its description is told by its name or its bytes."""
    if not path.is_file():
        raise wrong(path, None, "", "", "description_absent")
    if path.suffix.lower() not in YAML:
        with path.open("rb") as file:
            if path.suffix.lower() in DATA or b"\0" in file.read(BEGINNING):
                raise wrong(path, None, "", "", "description_is_data")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        byte = f"{problem.object[problem.start]:#04x}"
        raise wrong(path, line, "", byte, "description_encoding") from problem


def _refuse_references(path: Path, text: str) -> None:
    """An alias repeats what an anchor marks; ten lines of them, each in the next, are a thousand million values. What
    lies too deep would end in an error of Python."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            raise wrong(path, line, "", f"{sign}{event.anchor}", "description_alias")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise wrong(path, line, "", DEEPEST, "description_deep")


def _refuse_tab(path: Path, text: str, stopped: int, problem: yaml.MarkedYAMLError) -> None:
    """A TAB among the spaces that indent a line looks like them; reading stops at it or in the line before."""
    lines = text.split("\n")
    for line in range(max(stopped - 1, 0), min(stopped + 2, len(lines))):
        if _TAB.match(lines[line]):
            raise wrong(path, line + 1, "", "", "description_tab") from problem


def _stopped(text: str, line: int, column: int) -> tuple[int, str]:
    """Line, from 1, and text where reading stopped; the last ones with words when it stopped where there are none."""
    lines = text.splitlines()
    text = lines[line][column:].strip() if line < len(lines) else ""
    if not text:
        line = next((at for at in reversed(range(min(line + 1, len(lines)))) if lines[at].strip()), 0)
        text = lines[line].strip()
    return line + 1, text if len(text) <= NEAR else text[: NEAR - 1] + "…"


def _constructed(path: Path, loader: Any, node: yaml.MappingNode) -> Mapping[str, Any]:
    """`2015-13-01` is a day to YAML, whose making fails without a place; it is looked for when that has happened."""
    try:
        return dict(loader.construct_document(node))
    except ValueError:
        _refuse_impossible_days(path, _LOADER(""), node)  # this loader is in the middle of its work
        raise


def _refuse_impossible_days(path: Path, loader: Any, node: yaml.Node) -> None:
    if isinstance(node, yaml.ScalarNode):
        try:
            loader.construct_object(node)
        except ValueError as problem:
            raise wrong(path, node.start_mark.line + 1, "", node.value, "bad_date") from problem
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _refuse_impossible_days(path, loader, each)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            _refuse_impossible_days(path, loader, value)


def _refuse_repeated(path: Path, node: yaml.Node, above: str) -> None:
    """The loader keeps the last of two equal keys without a word."""
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _refuse_repeated(path, each, above)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = f"{above}.{key.value}" if above else str(key.value)
        if name in seen:
            raise wrong(path, key.start_mark.line + 1, name, "", "description_key_twice")
        seen.add(name)
        _refuse_repeated(path, value, name)
