"""Indicators that are no expression over rows: which command has their procedure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COMMANDS: Final[Mapping[str, str]] = {"life_table": "everychild mortality", "rate_exposure": "everychild fertility"}
"""By the kind of the recipe. Recipes of the kind `algorithm` have none: the sibling method of `everychild mortality`
gives the pregnancy-related ratio, which is not the maternal mortality ratio that such a recipe means."""


def procedure(kind: str) -> tuple[str, str]:
    """The rule that says who computes a recipe of a kind, and the command; "" where there is none."""
    command = COMMANDS.get(kind, "")
    return ("recipe_own_procedure" if command else "recipe_no_command"), command
