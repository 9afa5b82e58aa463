"""Which forms a person may fill in, on which record, for which of her bodies."""

from __future__ import annotations

from typing import Any

from everychild.registers.actions import ACTIONS, may
from everychild.registers.people.models import Account, Body
from everychild.registers.records import Record, kind_of
from everychild.website.desk.forms.declarations import forms_of, forms_on
from everychild.website.desk.forms.declared import Form


def bodies_for(account: Account, form: Form) -> list[Body]:
    """Her own bodies on whose behalf she may do it."""
    own = {body.pk: body for _, body in account.roles() if body is not None}
    return [body for body in own.values() if may(account, form.action, body)]


def permitted(account: Account, form: Form, subject: Any) -> bool:
    """What the table of permissions grants; the action asks again."""
    if form.for_a_body:
        return bool(bodies_for(account, form))
    return may(account, form.action, subject if ACTIONS[form.action].on else None)


def offered(account: Account, record: Record) -> list[Form]:
    """The forms worth a button on a record: permitted, and possible in its present state."""
    found = []
    for form in forms_on(kind_of(record)):
        subject = subject_of(form, record)
        if permitted(account, form, subject) and form.ready(account, subject):
            found.append(form)
    return found


def additions(account: Account, register: str) -> list[Form]:
    """The forms of a register that stand on no record."""
    return [form for form in forms_of(register) if permitted(account, form, None)]


def subject_of(form: Form, record: Any) -> Any:
    """What a form stands on when it is reached from a record: the record, or what the record to correct belongs to."""
    if form.stands == kind_of(record):
        return record
    return getattr(record, form.under) if form.under else None
