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
            raise wrong(path, 1, "", "", "description_not_yaml", problem="no key: value")
        _refuse_repeated(path, node, "")
        return LocatedYaml(loader.construct_document(node), node)
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise wrong(path, line, "", "", "description_not_yaml", problem=f"byte {problem.start}") from problem
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        text = problem.problem or problem.context or ""
        raise wrong(path, mark.line + 1 if mark else None, "", "", "description_not_yaml", problem=text) from problem
    except yaml.YAMLError as problem:
        raise wrong(path, None, "", "", "description_not_yaml", problem=str(problem).splitlines()[0]) from problem


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
