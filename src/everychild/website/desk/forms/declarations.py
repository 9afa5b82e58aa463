"""All forms of the desk, by action and by the kind of record they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from everychild.website.desk.forms import budget, care, duties, laws, programmes, recommendations, voices
from everychild.website.desk.forms.declared import Form

REGISTERS = ("laws", "recommendations", "budget", "programmes", "care", "voices", "duties")


@cache
def forms() -> Mapping[str, Form]:
    declared = (laws, recommendations, budget, programmes, care, voices, duties)
    return {form.action: form for module in declared for form in module.FORMS}


@cache
def forms_on(kind: str) -> tuple[Form, ...]:
    """Forms that stand on a record of this kind, and those that correct one (`Form.keys`)."""
    return tuple(form for form in forms().values() if form.stands == kind or (form.keys and form.makes == kind))


@cache
def forms_of(register: str) -> tuple[Form, ...]:
    """Forms that stand on no record: they add one."""
    return tuple(form for form in forms().values() if form.register == register and not form.stands)
