"""Reminders by e-mail of what is due, once a week for each, through Django's mail settings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.core.mail import send_mail

from everychild.registers.people.models import Account
from everychild.registers.people.system import system_account
from everychild.registers.submissions import actions, queries
from everychild.vocabulary.findings import rules

PAUSE: Final = timedelta(days=7)


def remind(today: date) -> int:
    """Write to the contributors of every body that owes something; returns how many letters were sent."""
    sent = 0
    for item in queries.due(None, today):
        last = item.expectation.reminded_on
        if last is not None and today - last < PAUSE:
            continue
        for account in _contributors(item.expectation.body_id):
            words = rules()["submission_due"]
            text = words.message[account.language].format(
                value=item.expectation.title[account.language], due=item.expectation.due.isoformat()
            )
            sent += send_mail(text, f"{text}\n\n{words.suggestion[account.language]}", None, [account.email])
        actions.note_reminder(by=system_account(), expectation=item.expectation, on=today)
    return sent


def _contributors(body: int) -> list[Account]:
    held = Account.objects.filter(
        is_active=True, memberships__body_id=body, memberships__role="contributor", memberships__ended_at=None
    )
    return list(held.distinct())
