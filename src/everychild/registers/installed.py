"""The registers of this installation, in the order in which their tables may refer to each other.

A register stands here once its migrations, its permissions and its tests do: an unfinished app would stop them all.
"""

from __future__ import annotations

from typing import Final

REGISTERS: Final = (
    "audit", "people", "laws", "recommendations", "programmes", "duties", "submissions", "budget", "care", "voices",
)  # fmt: skip
APPS: Final = (*(f"everychild.registers.{name}" for name in REGISTERS), "everychild.registers")
"""For INSTALLED_APPS; the last one holds all actions against the table of permissions when everything is loaded."""
