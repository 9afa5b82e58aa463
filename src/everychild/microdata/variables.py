"""What is known of a variable besides its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class MissingRange:
    """Codes that a file declares to be missing, both ends included."""

    low: float
    high: float


@dataclass(frozen=True)
class VariableWords:
    """Label of a variable, labels of its codes, and the codes declared missing.

    `values`: code → label; codes are numbers for numeric variables. `missing`: single codes. The codes stay in the
    data: "does not know" is an answer, and some indicators count it.
    """

    label: str = ""
    values: Mapping[float | str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[float | str, ...] = ()
    missing_range: MissingRange | None = None
