"""Every write is a named action: one person, one permission, one transaction, one audit event.

@action("laws.amend_act", on="act")
def amend_act(*, by: Account, act: Act, status: str, reason: str) -> Act:
    act.status = status
    act.save()
    return act
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from django.db import transaction

from everychild.registers.audit.writing import write_event
from everychild.registers.changes import Changes, collecting
from everychild.registers.installed import REGISTERS
from everychild.registers.permissions import permission_table
from everychild.registers.refusals import NotPermitted, problem

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Action:
    """A named action; `on` is the parameter whose body decides, `""` for what concerns no single body.

    `restorable`: whether an event of it may be turned back; not where a later step relied on it (roles, publication).
    """

    name: str
    on: str
    restorable: bool
    function: Callable[..., Any]


ACTIONS: Final[dict[str, Action]] = {}
"""All actions by name, filled when the registers are loaded."""
FOLLOWERS: Final[list[Callable[[Changes], None]]] = []
"""Called with what an action has changed, before its event is written: what follows from records, such as edges of the
graph, changes in the same transaction and under the same event."""


def action(
    name: str, *, on: str = "", restorable: bool = True
) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Make a function a named action. Its parameters are keywords; `by` is the account, `reason` goes to the audit."""

    def register(function: Callable[Given, Result]) -> Callable[Given, Result]:
        _check_declaration(name, on, function)

        @wraps(function)
        def run(*args: Given.args, **given: Given.kwargs) -> Result:
            by, subject = given.get("by"), given.get(on) if on else None
            with transaction.atomic():
                body = permitted_as(by, name, subject)
                with collecting() as changes:
                    result = function(*args, **given)
                    for follow in FOLLOWERS:
                        follow(changes)
                if effective := changes.effective():
                    write_event(by, body, name, str(given.get("reason") or ""), effective)
            return result

        ACTIONS[name] = Action(name, on, restorable, run)
        return run

    return register


def _check_declaration(name: str, on: str, function: Callable[..., Any]) -> None:
    register = function.__module__.removeprefix("everychild.registers.").partition(".")[0]
    parameters = inspect.signature(function).parameters
    if name in ACTIONS:
        raise ValueError(f"two actions are called {name!r}")
    if name.partition(".")[0] != register:
        raise ValueError(f"action {name!r} stands in the register {register!r}")
    if "by" not in parameters or (on and on not in parameters):
        raise ValueError(f"action {name!r} has no parameter 'by' or {on!r}")
    if any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters.values()):
        raise ValueError(f"parameters of action {name!r} are given by name")


def permitted_as(by: Any, name: str, subject: Any = None) -> Any:
    """The body for which `by` may do it (None: for no single body). Raises NotPermitted."""
    from everychild.registers.people.models import Account

    if isinstance(by, Account) and by.is_active:
        table, of_subject = permission_table(REGISTERS), _body_of(subject)
        for role, body in by.roles():
            scope = table.scope(role, name)
            own_body = of_subject is not None and body is not None and body.pk == of_subject.pk
            own_account = isinstance(subject, Account) and subject.pk == by.pk
            if scope == "any" or (scope == "own_body" and own_body) or (scope == "own_account" and own_account):
                return body
    raise NotPermitted([problem(name.partition(".")[0], "not_permitted", value=name)])


def may(by: Any, name: str, subject: Any = None) -> bool:
    """Whether `by` may do it: for pages, to show a button or not. The action itself asks again."""
    try:
        permitted_as(by, name, subject)
    except NotPermitted:
        return False
    return True


def _body_of(subject: Any) -> Any:
    return getattr(subject, "body_in_charge", None)
