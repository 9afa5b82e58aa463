"""What a table would do to a register: how many of its rows are new, would change one that stands, or say the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from everychild.vocabulary.findings import Finding


@dataclass(frozen=True)
class Compared:
    """Counts of rows; `findings` name those that the register would refuse, as what another body keeps."""

    new: int
    changed: int
    unchanged: int
    findings: tuple[Finding, ...] = ()


def compare(
    given: Mapping[Hashable, Mapping[str, object]],
    stored: Mapping[Hashable, Mapping[str, object]],
    findings: tuple[Finding, ...] = (),
) -> Compared:
    """Rows and records by their key; of a record only what the rows say is looked at."""
    changed = sum(
        1
        for key, values in given.items()
        if key in stored and any(stored[key][name] != value for name, value in values.items())
    )
    new = sum(key not in stored for key in given)
    return Compared(new, changed, len(given) - new - changed, findings)
