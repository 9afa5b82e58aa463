"""`everychild releases`: list, show, compare, publish, withdraw, journal."""

from __future__ import annotations

import argparse
from typing import Any

from everychild.cli.storage import add_data, data_folder
from everychild.cli.tables import add_format, print_rows
from everychild.findings.builders import BUILDERS
from everychild.releases.comparison import COLUMNS
from everychild.releases.manifest import Manifest
from everychild.releases.reading import derive
from everychild.releases.store import Store, person

SHOWN_CHANGES = 40


def add(commands: Any) -> None:
    command = commands.add_parser("releases", help="list, show, compare, publish and withdraw releases")
    actions = command.add_subparsers(title="actions", metavar="ACTION", required=True)
    _action(actions, "list", "all releases with what is published", _list, printing=True)
    show = _action(actions, "show", "what a release holds", _show, printing=True)
    show.add_argument("release", metavar="RELEASE")
    compare = _action(actions, "compare", "two releases, number by number", _compare, printing=True)
    compare.add_argument("first", metavar="A")
    compare.add_argument("second", metavar="B")
    publish = _action(actions, "publish", "show a release on the site", _publish)
    publish.add_argument("release", metavar="RELEASE")
    publish.add_argument("--reason", default="", help="why, for the journal")
    withdraw = _action(actions, "withdraw", "stop showing a release", _withdraw)
    withdraw.add_argument("release", metavar="RELEASE")
    withdraw.add_argument("--reason", required=True, help="why, for the readers of its figures")
    for writing in (publish, withdraw):
        writing.add_argument("--by", default=person(), help="who (default: the user of this process)")
    _action(actions, "journal", "who did what, when and why", _journal, printing=True)


def _action(actions: Any, name: str, purpose: str, run: Any, *, printing: bool = False) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=purpose, description=purpose)
    action.set_defaults(run=run)
    add_data(action)
    if printing:
        add_format(action)
    return action


def _list(arguments: argparse.Namespace) -> int:
    store = Store(data_folder(arguments))
    shown = {entry.release for entry in store.published()}
    rows = [
        {
            "release": m.release,
            "state": "published" if m.release in shown else "stored",
            "country": m.country,
            "figures": m.rows,
            "errors": m.findings.get("error", 0),
            "warnings": m.findings.get("warning", 0),
            "created": m.created[:16].replace("T", " "),
            "by": m.by,
        }
        for m in store.releases()
    ]
    columns = ("release", "state", "country", "figures", "errors", "warnings", "created", "by")
    print_rows(rows, columns, arguments.format)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    store = Store(data_folder(arguments))
    manifest = store.manifest(arguments.release)
    if arguments.format == "json":
        print(manifest.to_json().decode(), end="")
        return 0
    print_rows(_facts(manifest, arguments.language), ("what", "value"), arguments.format)
    return 0


def _facts(manifest: Manifest, language: str) -> list[dict[str, object]]:
    pairs: list[tuple[str, object]] = [
        ("release", manifest.release),
        ("title", manifest.title.get(language, "")),
        ("dataset", manifest.dataset),
        ("country", manifest.country),
        ("figures", manifest.rows),
        ("created", manifest.created),
        ("by", manifest.by),
        ("producer", f"{manifest.producer} {manifest.code_version}"),
        *((f"findings: {severity}", number) for severity, number in manifest.findings.items()),
        *((f"input {item['file']}", item["sha256"]) for item in manifest.inputs),
        *((f"checksum {file}", checksum) for file, checksum in manifest.checksums.items()),
        *((f"source {source['code']}", source["organisation"]) for source in manifest.sources),
    ]
    return [{"what": what, "value": value} for what, value in pairs]


def _compare(arguments: argparse.Namespace) -> int:
    store = Store(data_folder(arguments))
    differences = store.compare(arguments.first, arguments.second)
    if arguments.format != "table":
        print_rows(differences.iter_rows(named=True), COLUMNS, arguments.format)
        return 0
    counts = dict(differences.group_by("change").len().iter_rows())
    print(", ".join(f"{counts.get(change, 0)} {change}" for change in ("added", "removed", "changed")))
    columns = ("key", "change", "value_a", "value_b", "difference", "columns")
    print_rows(differences.head(SHOWN_CHANGES).iter_rows(named=True), columns, "table")
    if differences.height > SHOWN_CHANGES:
        print(f"… and {differences.height - SHOWN_CHANGES} more; --format csv prints all")
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    store = Store(data_folder(arguments))
    entry = store.publish(arguments.release, arguments.by, arguments.reason)
    derive(store, BUILDERS)
    print(f"{entry.release} is published as {entry.dataset} since {entry.since[:19].replace('T', ' ')} UTC")
    return 0


def _withdraw(arguments: argparse.Namespace) -> int:
    store = Store(data_folder(arguments))
    store.withdraw(arguments.release, arguments.by, arguments.reason)
    derive(store, BUILDERS)
    print(f"{arguments.release} is withdrawn: {arguments.reason}")
    return 0


def _journal(arguments: argparse.Namespace) -> int:
    rows = Store(data_folder(arguments)).journal()
    print_rows(rows, ("at", "action", "release", "by", "reason"), arguments.format)
    return 0
