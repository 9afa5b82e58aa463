"""`everychild serve`: prepares, says when the first page stands, ends on Ctrl-C, changes nothing the second time."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from everychild.cli import serve
from everychild.cli.main import main
from everychild.cli.serve import publish_pack
from everychild.releases.store import Store


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "everychild.cli.main", "serve", "--port", str(port), "--data", str(folder)]
    environment = {**os.environ, "EVERYCHILD_HOSTS": "127.0.0.1"}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
    )


def test_serves_until_ctrl_c_and_the_second_start_changes_nothing(tmp_path: Path) -> None:
    states = []
    for _ in range(2):
        port = free_port()
        server = start(tmp_path, port)
        assert server.stdout is not None
        said = ""
        for line in server.stdout:
            said += line
            if "First page after" in line:
                break
        assert re.search(rf"First page after [\d.]+ s: http://127.0.0.1:{port}/", said), said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/kk/", timeout=30) as page:
            assert "Әрбір бала" in page.read().decode()
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait(timeout=30) == 0
        states.append(((tmp_path / "published.json").read_bytes(), (tmp_path / "journal.jsonl").read_bytes()))
    assert states[0] == states[1]


def test_two_first_starts_at_once_make_the_registers_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrating one empty database twice at once fails with "table already exists"."""
    is_held = []

    def registers(_: str) -> None:
        with (tmp_path / serve.PREPARING).open("ab") as lock:
            with pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_held.append(True)

    monkeypatch.setattr(serve, "prepare_registers", registers)
    serve.prepare(tmp_path, "XEX")
    assert is_held == [True]


def test_a_taken_port_is_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), "--data", str(tmp_path)]) == 2
    assert f"port {port} on 127.0.0.1 is not free" in capsys.readouterr().err
    assert not (tmp_path / "published.json").exists()


def test_publishing_the_pack_again_is_the_same_release(tmp_path: Path) -> None:
    first = publish_pack(Store(tmp_path), "KAZ")
    assert publish_pack(Store(tmp_path), "KAZ") == first
    assert [entry.release for entry in Store(tmp_path).published()] == [first]
