"""YAML files whose mistakes can be named with their line."""

from __future__ import annotations

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
    """Read a YAML file. Raises WrongDescription when it is not there, is no YAML in UTF-8 or has a key twice."""
    if not path.is_file():
        raise wrong(path, None, "", "", "description_absent")
    try:
        loader = _LOADER(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise wrong(path, 1, "", "", "description_no_keys")
        _refuse_repeated(path, node, "")
        return LocatedYaml(_constructed(path, loader, node), node)
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        byte = f"{problem.object[problem.start]:#04x}"
        raise wrong(path, line, "", byte, "wrong_encoding") from problem
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, near = _stopped(path, mark.line if mark else 0, mark.column if mark else 0)
        raise wrong(path, line, "", "", "description_not_yaml", near=near) from problem
    except yaml.reader.ReaderError as problem:
        line = path.read_text(encoding="utf-8").count("\n", 0, problem.position)
        near = f"U+{problem.character:04X}"
        raise wrong(path, line + 1, "", "", "description_not_yaml", near=near) from problem


def _stopped(path: Path, line: int, column: int) -> tuple[int, str]:
    """Line, from 1, and text where reading stopped; the last ones with words when it stopped where there are none."""
    lines = path.read_text(encoding="utf-8").splitlines()
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
