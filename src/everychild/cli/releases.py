"""`everychild releases`: list, show, compare, publish, withdraw, journal."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from everychild.cli.storage import add_data, data_folder
from everychild.cli.tables import add_format, print_rows
from everychild.findings.builders import BUILDERS
from everychild.releases.comparison import COLUMNS, Summary, summary
from everychild.releases.journal import FIELDS
from everychild.releases.manifest import Manifest
from everychild.releases.reading import derive
from everychild.releases.refusals import Refusal
from everychild.releases.store import Store, person
from everychild.vocabulary.language import Language, format_number

SHOWN_CHANGES: Final = 40
_DATED: Final = re.compile(r"(?P<dataset>.+)-\d{4}-\d{2}-\d{2}-(?P<short>[0-9a-f]{10}(-\d+)?)")
_NAMED: Final = "a release by its name, its last ten signs as in the list, or the beginning of either"
Run = Callable[[argparse.Namespace, Store], int]


def add(commands: Any) -> None:
    command = commands.add_parser("releases", help="list, show, compare, publish and withdraw releases")
    actions = command.add_subparsers(title="actions", metavar="ACTION", required=True)
    _action(actions, "list", "all releases with what is published", _list, printing=True)
    show = _action(actions, "show", "what a release holds", _show, printing=True)
    show.add_argument("release", metavar="RELEASE", help=_NAMED)
    compare = _action(actions, "compare", "two releases, number by number", _compare, printing=True)
    compare.add_argument("first", metavar="A", help=_NAMED)
    compare.add_argument("second", metavar="B", help="the release to compare it with")
    publish = _action(actions, "publish", "show a release on the site", _publish)
    publish.add_argument("release", metavar="RELEASE", help=_NAMED)
    publish.add_argument("--reason", default="", help="why, for the journal")
    withdraw = _action(actions, "withdraw", "stop showing a release", _withdraw)
    withdraw.add_argument("release", metavar="RELEASE", help=_NAMED)
    withdraw.add_argument("--reason", required=True, help="why, for the readers of its figures")
    for writing in (publish, withdraw):
        writing.add_argument("--by", help="who (default: the login name of this process)")
    _action(actions, "journal", "who did what, when and why", _journal, printing=True)


def _action(actions: Any, name: str, purpose: str, run: Run, *, printing: bool = False) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=purpose, description=purpose)
    action.set_defaults(run=lambda arguments: _refusable(run, arguments))
    add_data(action)
    if printing:
        add_format(action)
    return action


def _refusable(run: Run, arguments: argparse.Namespace) -> int:
    """Run an action; a refusal is said in the language asked for and ends with 2."""
    try:
        return run(arguments, Store(data_folder(arguments)))
    except Refusal as refusal:
        _complain(refusal, arguments.language)
        return 2


def _complain(refusal: Refusal, language: Language) -> None:
    sys.stderr.write(f"everychild: {refusal.message(language)}\n")


def _list(arguments: argparse.Namespace, store: Store) -> int:
    damaged = {damage.release: damage for damage in store.damaged()}
    for damage in damaged.values():
        _complain(damage, arguments.language)
    states = _states(store) | dict.fromkeys(damaged, "damaged")
    readable = {manifest.release: manifest for manifest in store.releases()}
    names = [*readable, *sorted(damaged.keys() - readable.keys())]
    rows = [_listed(name, readable.get(name), states.get(name, "stored")) for name in names]
    columns = ("release", "state", "dataset", "country", "figures", "errors", "warnings", "created", "by")
    if arguments.format == "table":
        if not rows:
            print(f"No releases in {store.root}")
            return 0
        rows = [{**row, "release": _short(str(row["release"])), "created": _minute(str(row["created"])),
                 **{c: _grouped(row[c]) for c in ("figures", "errors", "warnings")}} for row in rows]  # fmt: skip
    print_rows(rows, columns, arguments.format)
    return 0


def _states(store: Store) -> dict[str, str]:
    withdrawn = dict.fromkeys(store.withdrawn(), "withdrawn")
    return withdrawn | {entry.release: "published" for entry in store.published()}


def _listed(release: str, manifest: Manifest | None, state: str) -> dict[str, object]:
    """A row of the list; of a release whose manifest cannot be trusted only the name is known."""
    row: dict[str, object] = {"release": release, "state": state}
    if manifest:
        row |= {
            "dataset": manifest.dataset,
            "country": manifest.country,
            "figures": manifest.rows,
            "errors": manifest.findings.get("error", 0),
            "warnings": manifest.findings.get("warning", 0),
            "created": manifest.created,
            "by": manifest.by,
        }
    unknown = ("dataset", "country", "figures", "errors", "warnings", "created", "by")
    return {**dict.fromkeys(unknown, ""), **row}


def _show(arguments: argparse.Namespace, store: Store) -> int:
    manifest = store.manifest(store.find(arguments.release))
    facts = [("state", _states(store).get(manifest.release, "stored"))]
    withdrawal = store.withdrawn().get(manifest.release)
    if withdrawal:
        facts.append(("withdrawn", f"{withdrawal.reason} ({withdrawal.by}, {_minute(withdrawal.at)} UTC)"))
    if arguments.format == "json":
        print(json.dumps({**dict(facts), **asdict(manifest)}, ensure_ascii=False, indent=1))
        return 0
    rows = [{"what": what, "value": value} for what, value in [*facts, *_facts(manifest, arguments)]]
    print_rows(rows, ("what", "value"), arguments.format)
    return 0


def _facts(manifest: Manifest, arguments: argparse.Namespace) -> list[tuple[str, object]]:
    number = _grouped if arguments.format == "table" else str
    return [
        ("release", manifest.release),
        ("title", manifest.title.get(arguments.language, "")),
        ("dataset", manifest.dataset),
        ("country", manifest.country),
        ("figures", number(manifest.rows)),
        ("created", manifest.created),
        ("by", manifest.by),
        ("producer", f"{manifest.producer} {manifest.code_version}"),
        *((f"findings: {severity}", number(count)) for severity, count in manifest.findings.items()),
        ("checksum of the figures", manifest.content),
        *((f"checksum of {file}", checksum) for file, checksum in manifest.checksums.items()),
        *((f"input {item.get('file', '')}", item.get("sha256", "")) for item in manifest.inputs),
        *((f"source {s.get('code', '')}", f"{s.get('organisation', '')}: {s.get('publication', '')}")
          for s in manifest.sources),
    ]  # fmt: skip


def _compare(arguments: argparse.Namespace, store: Store) -> int:
    first, second = store.find(arguments.first), store.find(arguments.second)
    differences = store.compare(first, second)
    if arguments.format != "table":
        print_rows(differences.iter_rows(named=True), COLUMNS, arguments.format)
        return 0
    print(f"From {first} to {second}: {_in_words(summary(differences, store.manifest(first).rows))}")
    if differences.height:
        columns = ("key", "change", "value_a", "value_b", "difference", "columns")
        print_rows(differences.head(SHOWN_CHANGES).iter_rows(named=True), columns, "table")
    if differences.height > SHOWN_CHANGES:
        print(f"… and {_grouped(differences.height - SHOWN_CHANGES)} more; --format csv prints all")
    return 0


def _in_words(found: Summary) -> str:
    return ", ".join(f"{_grouped(number)} {what}" for what, number in asdict(found).items())


def _publish(arguments: argparse.Namespace, store: Store) -> int:
    entry = store.publish(store.find(arguments.release), arguments.by or person(), arguments.reason)
    derive(store, BUILDERS)
    print(f"{entry.release} is published as {entry.dataset} since {_minute(entry.since)} UTC")
    return 0


def _withdraw(arguments: argparse.Namespace, store: Store) -> int:
    release = store.find(arguments.release)
    store.withdraw(release, arguments.by or person(), arguments.reason)
    derive(store, BUILDERS)
    print(f"{release} is withdrawn: {arguments.reason}")
    return 0


def _journal(arguments: argparse.Namespace, store: Store) -> int:
    events = store.journal()
    if arguments.format == "table":
        events = [{**event, "at": _minute(event["at"])} for event in events]
    print_rows(events, FIELDS, arguments.format)
    return 0


def _short(release: str) -> str:
    """The last ten signs of a name, which `find` takes as well; the whole name when it is of another make."""
    match = _DATED.fullmatch(release)
    return match["short"] if match else release


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _grouped(number: object) -> str:
    return format_number(number, "en") if isinstance(number, int) else str(number)
