"""Forms of the links between records."""

from __future__ import annotations

from typing import Any, Final

from everychild.registers.duties.actions import ABOUT, ENDS
from everychild.registers.people.models import Account
from everychild.website.desk.forms.declared import Form

EDGE: Final = "duties.edge"


def _is_drawn(account: Account, edge: Any) -> bool:
    """One that follows from a record goes with the record alone."""
    return bool(edge.origin != "record")


FORMS: Final = (
    Form("duties.join", EDGE, groups={"ends": ENDS, "about": ABOUT}),
    Form("duties.mend", EDGE, EDGE, "edge", groups={"about": ABOUT}, corrects=True),
    Form("duties.part", EDGE, EDGE, "edge", ready=_is_drawn),
)
