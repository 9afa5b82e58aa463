"""The how-to of demographic rates: its maps are layouts, its commands are understood, its tables name what exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from everychild.cli.main import parser
from everychild.microdata.layouts import read_layout

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = (DOCS / "how-to" / "mortality.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (everychild .+)$", HOW_TO, re.M)
OPTIONS = sorted(set(re.findall(r"(--[a-z][a-z-]+)", HOW_TO)))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_understood(command: str) -> None:
    found = parser().parse_args(shlex.split(command)[1:])
    assert callable(found.run)


def test_every_option_that_is_named_exists() -> None:
    text = "".join(
        action.format_help()
        for group in parser()._subparsers._group_actions  # type: ignore[union-attr]
        for action in group.choices.values()  # type: ignore[union-attr]
    )
    assert len(OPTIONS) > 15
    assert [option for option in OPTIONS if option not in text] == []


def test_the_map_is_a_layout(tmp_path: Path) -> None:
    [block] = re.findall(r"^    births:\n(?:    .*\n)+", HOW_TO, re.M)
    path = tmp_path / "map.yaml"
    path.write_text(re.sub(r"^    ", "", block, flags=re.M), encoding="utf-8")
    layout = read_layout(path)
    assert set(layout.births) >= {"interview", "birth", "alive", "age_at_death", "weight", "psu"}
    assert set(layout.breakdowns) == {"residence", "mother_age_at_birth"}
