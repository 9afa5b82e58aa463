"""Who may do what: a reviewed table of roles × actions, read once; what it does not grant cannot be done.

The rows stand in `definitions/desk/permissions/<register>.csv`, one file a register, so that who reviews the laws does
not read past the budget.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from everychild.vocabulary.errors import DefinitionError, EverychildError, Place
from everychild.vocabulary.tables import definitions_folder, read_table

Role = Literal["reader", "contributor", "reviewer", "publisher", "administrator", "system"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""`system` is the account that loads the country pack and serves the command line; nobody signs in as it."""
Scope = Literal["own_account", "own_body", "any"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
"""From narrow to wide: the person's own account, what the body of the role is in charge of, everything."""


class PermissionsDoNotHold(EverychildError):  # noqa: N818 - what happened
    """The table of permissions and the actions of the program contradict each other."""


@dataclass(frozen=True)
class PermissionTable:
    """The widest scope granted, by (role, action)."""

    scopes: Mapping[tuple[str, str], Scope]

    def scope(self, role: str, action: str) -> Scope | None:
        return self.scopes.get((role, action))

    def hold_against(self, actions: Collection[str]) -> None:
        """Raise PermissionsDoNotHold for an action without a row and a row without an action."""
        granted = {action for _, action in self.scopes}
        problems = [f"nobody may do {name!r}: the table of permissions has no row" for name in {*actions} - granted]
        problems += [
            f"the table of permissions grants {name!r}, which no register does" for name in granted - {*actions}
        ]
        if problems:
            raise PermissionsDoNotHold("; ".join(sorted(problems)))


@cache
def permission_table(registers: tuple[str, ...]) -> PermissionTable:
    """The grants of these registers; one without actions needs no file."""
    folder = definitions_folder() / "desk" / "permissions"
    return read_permissions(path for name in registers if (path := folder / f"{name}.csv").is_file())


def read_permissions(paths: Iterable[Path]) -> PermissionTable:
    """Raises DefinitionError for an unknown role or scope, a pair named twice, an action of another register."""
    scopes: dict[tuple[str, str], Scope] = {}
    for path in paths:
        for place, row in read_table(path, ("role", "action", "scope")):
            _check(place, row, path.stem)
            if (row["role"], row["action"]) in scopes:
                raise DefinitionError(place, f"{row['role']} × {row['action']} stands twice")
            scopes[row["role"], row["action"]] = next(s for s in SCOPES if s == row["scope"])
    return PermissionTable(scopes)


def _check(place: Place, row: Mapping[str, str], register: str) -> None:
    if row["role"] not in ROLES:
        raise DefinitionError(place, f"role {row['role']!r} is none of {', '.join(ROLES)}")
    if row["scope"] not in SCOPES:
        raise DefinitionError(place, f"scope {row['scope']!r} is none of {', '.join(SCOPES)}")
    if not row["action"].startswith(f"{register}."):
        raise DefinitionError(place, f"action {row['action']!r} is not one of the register {register}")
