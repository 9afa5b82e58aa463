"""Forms of the laws."""

from __future__ import annotations

from typing import Any, Final

from everychild.registers.laws.actions import OF_ACT, OF_OBLIGATION, OF_PROVISION
from everychild.registers.laws.models import Reading
from everychild.registers.people.models import Account
from everychild.website.desk.forms.declared import MARK, Ask, Form


def _reads(account: Account, cell: Any) -> bool:
    return Reading.objects.filter(cell=cell, round=cell.round, coder=account).exists()


def _may_be_read(account: Account, cell: Any) -> bool:
    return cell.state == "open" and not _reads(account, cell)


def _may_be_decided(account: Account, cell: Any) -> bool:
    return cell.state == "disputed" and not _reads(account, cell)


def _is_closed(account: Account, cell: Any) -> bool:
    """An open cell offers no button, or the button would tell whether somebody has read it."""
    return bool(cell.state != "open")


FORMS: Final = (
    Form("laws.add_act", "laws.act", own=("code",), groups={"values": OF_ACT}, country="values"),
    Form("laws.amend_act", "laws.act", "laws.act", "act", groups={"values": OF_ACT}, corrects=True),
    Form(
        "laws.add_version", "laws.actversion", "laws.act", "act",
        own=("in_force_from", "amended_by",
             Ask("provisions", kind="records", label="desk.fill.provisions", refers="laws.provision",
                 among=lambda act: act.provisions.all())),
        groups={"mark": MARK},
    ),
    Form(
        "laws.record_succession", "laws.succession", "laws.act", "later", own=("kind", "earlier", "on"),
        groups={"mark": MARK},
    ),
    Form("laws.add_provision", "laws.provision", "laws.act", "act", own=("code",), groups={"values": OF_PROVISION}),
    Form(
        "laws.amend_provision", "laws.provision", "laws.provision", "provision", groups={"values": OF_PROVISION},
        corrects=True,
    ),
    Form(
        "laws.add_obligation", "laws.obligation", own=("code", "instrument", "article"),
        groups={"values": OF_OBLIGATION},
    ),
    Form(
        "laws.amend_obligation", "laws.obligation", "laws.obligation", "obligation", groups={"values": OF_OBLIGATION},
        corrects=True,
    ),
    Form(
        "laws.open_cell", "laws.cell", "laws.obligation", "obligation",
        own=(Ask("provision", hint="desk.fill.hint.provision"),), country="own",
    ),
    Form("laws.reopen_cell", "laws.cell", "laws.cell", "cell", ready=_is_closed),
    Form(
        "laws.hand_in_reading", "laws.reading", "laws.cell", "cell",
        own=("verdict", Ask("reading", "reason"), Ask("quotation", hint="desk.fill.hint.quotation")),
        ready=_may_be_read,
    ),
    Form("laws.adjudicate", "laws.adjudication", "laws.cell", "cell", own=("verdict",), shows=("readings",),
         ready=_may_be_decided),
)  # fmt: skip
