"""`everychild serve`: prepare what is missing, then serve the pages until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from everychild.catalogue.countries import COUNTRY_VARIABLE, country, site_country
from everychild.cli.storage import VARIABLE, add_data, data_folder
from everychild.findings.builders import builders
from everychild.releases.reading import derive
from everychild.releases.storage import exclusive
from everychild.releases.store import Store
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import empty_ledger

PREPARING = ".preparing"
"""The lock of who makes the tables of the registers in a data folder."""
PATIENCE = 60
"""Seconds to wait for the first page before saying that something is wrong."""


class PortTaken(EverychildError):  # noqa: N818
    """Another program listens there."""


def add(commands: Any) -> None:
    command = commands.add_parser(
        "serve", help="open the web site", description="Publish the country pack if it is not, then serve the web site."
    )
    command.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    command.add_argument("--workers", type=int, default=2, help="worker processes (default: 2)")
    command.add_argument("--country", default=site_country(), help="country of the site (default: KAZ)")
    command.add_argument("--started", type=float, help=argparse.SUPPRESS)
    add_data(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    started = arguments.started or time.time()
    folder = data_folder(arguments)
    os.environ[VARIABLE] = str(folder)
    os.environ[COUNTRY_VARIABLE] = arguments.country
    _refuse_taken_port(arguments.host, arguments.port)
    prepare(folder, arguments.country)
    return _serve(arguments, started)


def prepare(folder: Path, country_code: str) -> None:
    """Database, registers, country pack and findings; does nothing where all is already there."""
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / PREPARING):  # two sites that start at once on a new folder would make each table twice
        prepare_registers(country_code)
    publish_pack(Store(folder), country_code)


def publish_pack(store: Store, country_code: str) -> str:
    """Publish the pack's figures unless exactly these are published; returns the release, "" for a pack without any."""
    pack = country(country_code)
    checksum = pack.content_checksum()
    for entry in store.published():
        inputs = store.manifest(entry.release).inputs if entry.dataset == pack.dataset else []
        if any(item["sha256"] == checksum for item in inputs):
            derive(store, builders(country_code), country=country_code)
            return entry.release
    figures = pack.figures()
    if figures.is_empty():
        derive(store, builders(country_code), country=country_code)
        return ""
    manifest = store.write(
        figures,
        empty_ledger(),
        dataset=pack.dataset,
        country=pack.code,
        title={language: pack.title[language] for language in ("kk", "ru", "en")},
        producer="everychild",
        sources=pack.source_records(),
        inputs=[{"file": f"countries/{pack.folder.name}", "sha256": checksum}],
        by="everychild",
    )
    store.publish(manifest.release, by="everychild", reason="country pack")
    derive(store, builders(country_code), country=country_code)
    return manifest.release


def prepare_registers(country_code: str) -> None:
    """The database of the registers in the folder of this process, with the records of the country pack."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everychild.website.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from everychild.registers.loading import load_pack

    load_pack(country(country_code))


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise PortTaken(
                f"port {port} on {host} is not free ({problem.strerror}); choose another: make serve PORT=8123"
            ) from problem


def _serve(arguments: argparse.Namespace, started: float) -> int:
    address = f"http://{arguments.host}:{arguments.port}"
    command = [
        sys.executable, "-m", "gunicorn", "everychild.website.wsgi:application",
        "--bind", f"{arguments.host}:{arguments.port}", "--workers", str(arguments.workers),
        "--threads", "2", "--log-level", "warning", "--preload", "--worker-tmp-dir", _memory_folder(),
    ]  # fmt: skip
    server = subprocess.Popen(command)  # noqa: S603 - our own interpreter and our own arguments
    stop = lambda *_: server.send_signal(signal.SIGTERM)  # noqa: E731
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=_announce, args=(address, started, server), daemon=True).start()
    code = server.wait()
    sys.stdout.write("\nStopped.\n")
    return 0 if code in (0, -signal.SIGTERM, -signal.SIGINT) else code


def _memory_folder() -> str:
    """Where gunicorn writes its heartbeat: memory if the system has it, so that a slow disk stops no worker."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else "."  # noqa: S108


def _announce(address: str, started: float, server: subprocess.Popen[bytes]) -> None:
    until = time.time() + PATIENCE
    while time.time() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/en/", timeout=PATIENCE) as page:  # noqa: S310 - our own address
                page.read()
        except urllib.error.HTTPError as problem:
            sys.stderr.write(f"The first page failed: {problem}\n")
            return
        except OSError:
            time.sleep(0.05)
            continue
        sys.stdout.write(f"First page after {time.time() - started:.1f} s: {address}/\nStop with Ctrl-C.\n")
        sys.stdout.flush()
        return
