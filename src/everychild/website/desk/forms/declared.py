"""How a form is declared: which action, on which record, which columns become which of its parameters.

Labels, kinds of fields, codes and what is required follow from the columns of the models; whether a reason is asked
follows from the action's own parameters. A declaration says only what neither of them knows.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from everychild.registers.actions import ACTIONS
from everychild.registers.people.models import Account

Kind = Literal[
    "line", "long", "texts", "choice", "codes", "date", "day", "number", "whole", "yes_no", "record", "records", "body",
    "parts",
]  # fmt: skip
"""`texts`: three languages side by side. `codes`: several of a list. `date`: as far as it is known. `record`: by its
code. `records`: some of those that belong to the subject. `body`: one of the person's own. `parts`: repeated."""
Ready = Callable[[Account, Any], bool]


def always(account: Account, record: Any) -> bool:
    return True


@dataclass(frozen=True)
class Ask:
    """A field that its column alone does not describe. `name` is the key or parameter that takes it.

    `column`: the column of the made record it is like, when that has another name. `codes`: those to choose from;
    `words`: the beginning of their texts. `refers`: the kind of record that is named by its code; `among`: those of
    them, or of the `records`, that belong to the subject.
    """

    name: str
    column: str = ""
    kind: Kind | None = None
    label: str = ""
    hint: str = ""
    required: bool | None = None
    codes: tuple[str, ...] = ()
    words: str = ""
    refers: str = ""
    among: Callable[[Any], Any] | None = None
    parts: tuple[str | Ask, ...] = ()


Asked = str | Ask


@dataclass(frozen=True)
class Form:
    """The form of one action.

    `makes`: the kind of record whose columns are asked for. `stands`: the kind of record it stands on ("" for none),
    which the parameter `on` takes. `own`: parameters by themselves; `groups`: parameters that take a mapping.
    `corrects`: the record it stands on is itself the one whose columns are asked for, and the form shows them.
    `keys`: the action adds a record or corrects the one with these columns; `under` is the made record's way to the
    subject. `country`: the group, or "own", that takes the site's country. `shows`: parts of
    the record that are told above the fields. `shape`: the last touch to the arguments.
    """

    action: str
    makes: str
    stands: str = ""
    on: str = ""
    own: tuple[Asked, ...] = ()
    groups: Mapping[str, tuple[Asked, ...]] = field(default_factory=dict)
    corrects: bool = False
    keys: tuple[str, ...] = ()
    under: str = ""
    country: str = ""
    shows: tuple[str, ...] = ()
    ready: Ready = always
    shape: Callable[[dict[str, Any]], dict[str, Any]] | None = None

    @property
    def reason(self) -> Literal["", "asked", "required"]:
        """As the action itself has it."""
        parameter = inspect.signature(ACTIONS[self.action].function).parameters.get("reason")
        if parameter is None:
            return ""
        return "required" if parameter.default is inspect.Parameter.empty else "asked"

    @property
    def for_a_body(self) -> bool:
        """Whether it is done on behalf of a body that the person names."""
        return ACTIONS[self.action].on == "body" and self.on != "body"

    @property
    def register(self) -> str:
        return self.action.partition(".")[0]


MARK = ("source", "retrieved", "verified", "note")
"""Where a fact was read, when, and how far it was checked."""
