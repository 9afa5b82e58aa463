"""Pages from a release of one million observations: rendering, ETag match, load, and weight."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.made_release import ROWS, publish_made
from benchmarks.results import Result, milliseconds, percentile

PAGES = (
    "", "rights", "rights/24", "rights/28", "indicators/u5mr", "indicators/birth_registration",
    "indicators/violent_discipline", "indicators/stunting_moderate_severe", "places/KZ-61", "places/KZ-43",
)  # fmt: skip
LANGUAGES = ("kk", "ru", "en")
REQUESTS_PER_SECOND, SECONDS, CLIENTS = 200, 20, 16
ROUNDS = 20


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        publish_made(folder)
        registers = "from everychild.cli.serve import prepare_registers; prepare_registers('KAZ')"
        subprocess.run(
            [sys.executable, "-c", registers], env={**os.environ, "EVERYCHILD_DATA": str(folder)}, check=True
        )
        with served(folder, page_memory=0) as port:
            results = [rendering(port), matching(port)]
        with served(folder) as port:
            results += [load(port), weight(port)]
    return results


@contextlib.contextmanager
def served(folder: Path, page_memory: int | None = None) -> Iterator[int]:
    """Two gunicorn workers as `everychild serve` starts them; `page_memory=0` makes every page be rendered anew."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "EVERYCHILD_DATA": str(folder)}
    if page_memory is not None:
        environment["EVERYCHILD_PAGE_MEMORY"] = str(page_memory)
    command = [sys.executable, "-m", "gunicorn", "everychild.website.wsgi:application", "--bind", f"127.0.0.1:{port}",
               "--workers", "2", "--threads", "2", "--log-level", "critical", "--keep-alive", "30"]  # fmt: skip
    server = subprocess.Popen(command, env=environment)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            for _ in range(12):  # both workers open the reading copy before anything is measured
                fetch(http.client.HTTPConnection("127.0.0.1", port, timeout=60), "/en/")
            return
        time.sleep(0.1)
    raise TimeoutError("the server did not answer within 60 s")


def fetch(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[float, int, bytes, str]:
    """Seconds, status, body and ETag of one request."""
    started = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status >= 500:
        raise AssertionError(f"{path}: {answer.status}")
    return time.perf_counter() - started, answer.status, body, answer.headers.get("ETag", "")


def rendering(port: int) -> Result:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    paths = [f"/{language}/{page}" for language in LANGUAGES for page in PAGES]
    first = [fetch(connection, path)[0] for path in paths]
    times = [fetch(connection, path)[0] for _ in range(ROUNDS) for path in paths]
    how = f"{len(times)} requests, {len(PAGES)} pages × 3 languages, page memory off, one client, {ROWS:,} rows; "
    how += f"the first rendering in a worker: {milliseconds(first)}"
    return Result("home, right, indicator and region pages, rendered anew", milliseconds(times), "p95 under 50 ms", how)


def matching(port: int) -> Result:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times = []
    for page in PAGES:
        tag = fetch(connection, f"/en/{page}")[3]
        for _ in range(20):
            seconds, status, _, _ = fetch(connection, f"/en/{page}", **{"If-None-Match": tag})
            if status != 304:
                raise AssertionError(f"{page}: {status} instead of 304")
            times.append(seconds)
    return Result(
        "the same pages on ETag match", milliseconds(times), "p95 under 5 ms", f"{len(times)} requests, 304 each"
    )


def load(port: int) -> Result:
    """Open loop: requests are due at fixed times whether or not earlier ones were answered, so waiting is counted."""
    paths = [f"/{language}/{page}" for page in PAGES for language in LANGUAGES]
    total = REQUESTS_PER_SECOND * SECONDS
    times: list[float] = []
    errors: list[str] = []
    lock = threading.Lock()
    begin = time.perf_counter() + 0.5

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for position in range(number, total, CLIENTS):
            due = begin + position / REQUESTS_PER_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                _, status, _, _ = fetch(connection, paths[position * 7 % len(paths)])
                failure = "" if status == 200 else str(status)
            except (OSError, http.client.HTTPException) as problem:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                failure = repr(problem)
            with lock:
                times.append(time.perf_counter() - due)
                errors.extend([failure] if failure else [])

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = total / (max(times) and time.perf_counter() - begin)
    slowest = f"p99 {1000 * percentile(times, 0.99):.0f} ms"
    measured = f"{rate:.0f} requests/s, {len(errors)} errors, {milliseconds(times)}, {slowest}"
    how = f"2 workers, {SECONDS} s, open loop, {len(paths)} addresses, client on the same machine"
    return Result("mixed pages under load", measured, "200 requests/s, no error", how)


def weight(port: int) -> Result:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sizes = {}
    for code in ("u5mr", "birth_registration", "violent_discipline"):
        body = fetch(connection, f"/kk/indicators/{code}")[2]
        page = gzip.decompress(body).decode()
        parts = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js|svg))"', page))
        others = [fetch(connection, part)[2] for part in parts]
        sizes[code] = len(body) + sum(len(gzip.compress(o, 6)) if o[:2] != b"\x1f\x8b" else len(o) for o in others)
    largest = max(sizes, key=lambda code: sizes[code])
    what = "an indicator page with style, script and icon, compressed"
    measured = f"{sizes[largest] / 1000:.1f} kB ({largest})"
    return Result(what, measured, "under 60 kB", "sum of the answers' sizes, gzip")
