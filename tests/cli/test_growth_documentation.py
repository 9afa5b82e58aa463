"""The how-to of growth: its map is a layout, its commands are understood, its options and columns exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from everychild.cli.main import parser
from everychild.estimation.child_growth import SCHEMA
from everychild.microdata.growth_layouts import DATES, ROLES, read_growth_layout, shipped_growth

HOW_TO = (Path(__file__).parents[2] / "docs" / "how-to" / "growth.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (everychild .+)$", HOW_TO, re.M)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_understood(command: str) -> None:
    found = parser().parse_args(shlex.split(command)[1:])
    assert found.run.__module__ == "everychild.cli.growth"


def test_every_option_that_is_named_exists_and_the_other_way_round() -> None:
    [commands] = parser()._subparsers._group_actions  # type: ignore[union-attr]
    options = set(re.findall(r"(--[a-z][a-z-]+)", commands.choices["growth"].format_help()))  # type: ignore[index]
    told = set(re.findall(r"(--[a-z][a-z-]+)", HOW_TO))
    assert told <= options
    assert options - told == {"--help", "--release", "--data", "--by-whom", "--store"}


def test_the_map_is_a_layout(tmp_path: Path) -> None:
    [block] = re.findall(r"^    flags: who\n(?:    .*\n)+", HOW_TO, re.M)
    path = tmp_path / "map.yaml"
    path.write_text(re.sub(r"^    ", "", block, flags=re.M), encoding="utf-8")
    layout = read_growth_layout(path)
    assert set(layout.dates) == set(DATES)
    assert set(layout.roles) <= set(ROLES)
    assert set(layout.breakdowns) == {"residence"}


def test_columns_and_layouts_are_the_real_ones() -> None:
    [columns] = re.findall(r"Rows of csv and json: `([^`]+)`", HOW_TO)
    assert columns.split() == [f"{name}," for name in list(SCHEMA)[:-1]] + [list(SCHEMA)[-1]]
    assert all(f"`{name}`" in HOW_TO for name in shipped_growth())
