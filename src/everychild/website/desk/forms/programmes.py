"""Forms of the programmes."""

from __future__ import annotations

from typing import Any, Final

from everychild.registers.audit.queries import events_of
from everychild.registers.people.models import Account
from everychild.registers.programmes.actions import OF_PILOT, OF_RESULT, OF_STEP, OF_USE
from everychild.registers.programmes.models import OF_PROGRAMME, Result
from everychild.website.desk.forms.declared import MARK, Ask, Asked, Form
from everychild.website.desk.forms.recommendations import CHECKED

PROGRAMME: Final = "programmes.programme"
ON: Final = (PROGRAMME, "programme")


def _reported_by_others(account: Account, step: Any) -> bool:
    return not events_of(step).filter(account=account).exists()


def _results(subject: Any) -> Any:
    """Those of the programme that the subject is, or belongs to."""
    programme = getattr(subject, "programme_id", None) or subject.pk
    return Result.objects.filter(programme=programme)


def _within(columns: tuple[str, ...], name: str) -> tuple[Asked, ...]:
    """The columns, `name` among them as one of the programme's own results."""
    return tuple(Ask(column, among=_results) if column == name else column for column in columns)


FORMS: Final = (
    Form("programmes.add", PROGRAMME, own=("code",), groups={"values": (*OF_PROGRAMME, *MARK)}, country="values"),
    Form(
        "programmes.amend", PROGRAMME, *ON, corrects=True,
        groups={"values": tuple(name for name in (*OF_PROGRAMME, *MARK) if name != "responsible")},
    ),
    Form("programmes.entrust", PROGRAMME, *ON, own=("responsible",), corrects=True),
    Form(
        "programmes.add_partner", "programmes.partner", own=("code",),
        groups={"values": ("kind", "name", "body", *MARK)},
    ),
    Form(
        "programmes.join_partner", "programmes.partnership", *ON, own=("partner", Ask("role", required=True)),
        groups={"values": ("answers_for", *MARK)},
    ),
    Form("programmes.end_partnership", "programmes.partnership", "programmes.partnership", "partnership"),
    Form(
        "programmes.add_result", "programmes.result", *ON, own=("code",),
        groups={"values": _within(OF_RESULT, "parent")},
    ),
    Form(
        "programmes.amend_result", "programmes.result", "programmes.result", "result",
        groups={"values": _within(OF_RESULT, "parent")}, corrects=True,
    ),
    Form(
        "programmes.use_indicator", "programmes.indicatoruse", "programmes.result", "result", own=("indicator",),
        groups={"values": OF_USE},
    ),
    Form(
        "programmes.amend_use", "programmes.indicatoruse", "programmes.indicatoruse", "use",
        groups={"values": OF_USE}, corrects=True,
    ),
    Form(
        "programmes.add_pilot", "programmes.pilot", *ON, own=("code",), groups={"values": _within(OF_PILOT, "result")},
    ),
    Form("programmes.report_step", "programmes.step", "programmes.pilot", "pilot", groups={"values": OF_STEP}),
    Form(
        "programmes.check_step", "programmes.step", "programmes.step", "step", own=(CHECKED,), corrects=True,
        ready=_reported_by_others,
    ),
)  # fmt: skip
