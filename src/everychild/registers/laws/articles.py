"""The articles of the Convention that an act may concern."""

from __future__ import annotations

from typing import Final

CRC_ARTICLES: Final = frozenset((*(str(number) for number in range(1, 55)), "OPAC", "OPSC", "OPIC"))
