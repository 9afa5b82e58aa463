"""`everychild desk`: bodies, accounts and roles from the command line, the audit, open files.

Whoever may run this may write to the database anyway, so it acts as the system's account; the audit says so.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from everychild.cli.storage import VARIABLE, add_data, data_folder
from everychild.cli.tables import add_format, print_rows
from everychild.cli.unwritable import write_whole
from everychild.registers.permissions import ROLES
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import LANGUAGES, LocalText

PERSONS: Final = tuple(role for role in ROLES if role != "system")
Run = Callable[[argparse.Namespace], int]
Found = TypeVar("Found")


class NotFound(EverychildError):  # noqa: N818
    """No body, account or open file of that name."""


def add(commands: Any) -> None:
    purpose = "bodies, accounts and roles of the desk; the audit; open files"
    desk = commands.add_parser("desk", help=purpose, description=f"Manage {purpose}.")
    parts = desk.add_subparsers(title="commands", metavar="COMMAND", required=True)
    body = _part(parts, "add-body", "add a ministry, an NGO, a UN office …", _add_body)
    body.add_argument("code")
    body.add_argument("--kind", required=True, help="ministry, ombudsman, bureau, court, ngo, un_office …")
    for language in LANGUAGES:
        body.add_argument(f"--name-{language}", required=True)
    _part(parts, "bodies", "list bodies", _bodies, table=True)
    account = _part(parts, "add-account", "add an account; asks for the first password", _add_account)
    account.add_argument("email")
    account.add_argument("--body", required=True, help="code of the body that looks after the account")
    account.add_argument("--role", choices=PERSONS, default="reader")
    account.add_argument("--speaks", choices=LANGUAGES, default="kk", help="language of the desk's pages and mails")
    _part(parts, "accounts", "list accounts with their roles", _accounts, table=True)
    _part(parts, "set-password", "set a new password", _set_password).add_argument("email")
    _part(parts, "drop-codes", "stop asking for one-time codes", _drop_codes).add_argument("email")
    for name, purpose in (("give-role", "give a role in a body"), ("end-role", "end a role in a body")):
        role = _part(parts, name, purpose, _give_role if name == "give-role" else _end_role)
        role.add_argument("email")
        role.add_argument("body")
        role.add_argument("role", choices=PERSONS)
    _part(parts, "close-account", "close an account", _close).add_argument("email")
    _part(parts, "open-account", "open a closed account", _open).add_argument("email")
    _part(parts, "verify-audit", "recompute the chain of audit events", _verify)
    _part(parts, "remind", "write to bodies whose figures are due or overdue, once a week for each", _remind)
    export = _part(parts, "export", "write an open file, such as laws/acts, as CSV", _export)
    export.add_argument("file", help="register/table, or `list`")
    export.add_argument("--to", type=Path, help="file to write (default: standard output)")
    export.add_argument("--labels", choices=LANGUAGES, help="headers as labels of a language instead of column names")


def _part(parts: Any, name: str, purpose: str, run: Run, *, table: bool = False) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = parts.add_parser(name, help=purpose, description=purpose.capitalize() + ".")
    add_data(command)
    if table:
        add_format(command)
    command.set_defaults(run=lambda arguments: _run(arguments, run))
    return command


def _run(arguments: argparse.Namespace, run: Run) -> int:
    prepare_database(data_folder(arguments))
    try:
        return run(arguments)
    except DataRefused as refused:
        for finding in refused.findings:
            place = f"{finding.column}: " if finding.column else ""
            sys.stderr.write(
                f"{place}{finding.message(arguments.language)}. {finding.suggestion(arguments.language)}.\n"
            )
        return 1


def prepare_database(folder: Path) -> None:
    """Start Django on the database of that data folder and bring its tables up to date."""
    import django
    from django.core.management import call_command

    folder.mkdir(parents=True, exist_ok=True)
    os.environ[VARIABLE] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everychild.website.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _system() -> Any:
    from everychild.registers.people.system import system_account

    return system_account()


def _found(found: Found | None, kind: str, name: str) -> Found:
    if found is None:
        raise NotFound(f"there is no {kind} {name!r}")
    return found


def _body(code: str) -> Any:
    from everychild.registers.people import queries

    return _found(queries.body(code), "body", code)


def _account(email: str) -> Any:
    from everychild.registers.people import queries

    return _found(queries.account(email), "account", email)


def _password() -> str:
    """Asked twice at a terminal; one line where standard input is a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise EverychildError("the two passwords differ")
    return first


def _add_body(arguments: argparse.Namespace) -> int:
    from everychild.registers.people import actions

    name = LocalText(en=arguments.name_en, ru=arguments.name_ru, kk=arguments.name_kk)
    actions.add_body(by=_system(), code=arguments.code, kind=arguments.kind, name=name)
    return 0


def _add_account(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from everychild.registers.people import actions

    by, body, password = _system(), _body(arguments.body), _password()
    with transaction.atomic():
        account = actions.add_account(
            by=by, email=arguments.email, home=body, language=arguments.speaks, password=password
        )
        actions.entrust_role(by=by, account=account, body=body, role=arguments.role)
    return 0


def _set_password(arguments: argparse.Namespace) -> int:
    from everychild.registers.people import actions

    actions.set_password(by=_system(), account=_account(arguments.email), password=_password())
    return 0


def _drop_codes(arguments: argparse.Namespace) -> int:
    from everychild.registers.people import actions

    actions.drop_one_time_codes(by=_system(), account=_account(arguments.email), reason="command line")
    return 0


def _give_role(arguments: argparse.Namespace) -> int:
    from everychild.registers.people import actions

    account, body = _account(arguments.email), _body(arguments.body)
    actions.entrust_role(by=_system(), account=account, body=body, role=arguments.role)
    return 0


def _end_role(arguments: argparse.Namespace) -> int:
    from everychild.registers.people import actions, queries

    held = queries.roles_held(_account(arguments.email))
    membership = held.filter(body__code=arguments.body, role=arguments.role).first()
    name = f"{arguments.role} of {arguments.body} for {arguments.email}"
    actions.end_role(by=_system(), membership=_found(membership, "role", name), reason="command line")
    return 0


def _close(arguments: argparse.Namespace) -> int:
    return _set_active(arguments, active=False)


def _open(arguments: argparse.Namespace) -> int:
    return _set_active(arguments, active=True)


def _set_active(arguments: argparse.Namespace, *, active: bool) -> int:
    from everychild.registers.people import actions

    actions.set_active(by=_system(), account=_account(arguments.email), active=active, reason="command line")
    return 0


def _bodies(arguments: argparse.Namespace) -> int:
    from everychild.registers.people import queries

    rows = [{"body": b.code, "kind": b.kind, "name": b.name[arguments.language]} for b in queries.bodies()]
    print_rows(rows, ("body", "kind", "name"), arguments.format)
    return 0


def _accounts(arguments: argparse.Namespace) -> int:
    from everychild.registers.people import queries

    rows = [_account_row(account, queries.roles_held(account)) for account in queries.people()]
    print_rows(rows, ("email", "open", "codes", "roles"), arguments.format)
    return 0


def _account_row(account: Any, held: Any) -> Mapping[str, object]:
    roles = ", ".join(f"{membership.role} of {membership.body.code}" for membership in held)
    return {
        "email": account.email,
        "open": "yes" if account.is_active else "no",
        "codes": "yes" if account.totp_secret else "no",
        "roles": roles,
    }


def _verify(arguments: argparse.Namespace) -> int:
    from everychild.registers.audit.queries import verify_chain

    report = verify_chain()
    for number, said in report.broken:
        print(f"event {number}: {said}")
    print(f"{report.events} events, last checksum {report.head}: {'the chain holds' if report.holds else 'BROKEN'}")
    return 0 if report.holds else 1


def _remind(arguments: argparse.Namespace) -> int:
    from everychild.registers.submissions.reminders import remind

    print(f"{remind(date.today())} letters sent")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from everychild.registers.open_files import OPEN_FILES, lines

    names = {"/".join(name): open_file for name, open_file in OPEN_FILES.items()}
    if arguments.file == "list":
        print("\n".join(sorted(names)))
        return 0
    open_file = _found(names.get(arguments.file), "open file", arguments.file)
    if arguments.to:
        write_whole(arguments.to, "".join(lines(open_file, arguments.labels)).encode(), "--to")
    else:
        sys.stdout.writelines(lines(open_file, arguments.labels))
    return 0
