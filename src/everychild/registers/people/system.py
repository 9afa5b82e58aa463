"""The account of the program itself."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction

from everychild.registers.audit.writing import write_event
from everychild.registers.changes import collecting
from everychild.registers.people.models import SYSTEM, Account


def system_account() -> Account:
    """The account that loads country packs and serves the command line; made on first use.

    Its making is the one deed without an author: the account stands as its own.
    """
    found = Account.objects.filter(email=SYSTEM).first()
    if found:
        return found
    with transaction.atomic(), collecting() as changes:
        account = Account(email=SYSTEM, language="en", password=make_password(None))
        account.save()
        write_event(account, None, "people.begin", "", changes.effective())
    return account
