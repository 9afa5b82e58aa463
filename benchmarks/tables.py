"""A budget table of 50,000 rows at the desk: from the file's arrival to the page that says what was found in it."""

from __future__ import annotations

import io
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.results import Result

ROWS, TIMES = 50_000, 5


def measure() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="everychild-bench-") as folder:
        os.environ |= {"EVERYCHILD_DATA": folder, "DJANGO_SETTINGS_MODULE": "everychild.website.settings"}
        import django
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        django.setup()
        setup_test_environment()
        call_command("migrate", verbosity=0)
        yield from _measured()


def _measured() -> Iterator[Result]:
    from django.test import Client

    from everychild.website.desk.table_kinds import TABLES

    client, content = Client(), _workbook()
    client.force_login(_analyst())
    size = f"{len(content) / 2**20:.1f} MiB XLSX of {len(TABLES['budget', 'lines'].columns(None))} columns"
    new = [_sent(client, content) for _ in range(TIMES)]
    how = f"{TIMES} times; {size}; sent by Django's test client to /desk/tables/budget/lines, SQLite"
    yield _result("none of its lines stands yet", [seconds for seconds, _ in new], how)
    start = time.perf_counter()
    _kept(client, new[-1][1])
    yield Result(f"{ROWS:,} rows written", f"{time.perf_counter() - start:.1f} s", "measured",
                 "the file is checked once more, then one action, one transaction, one audit event")  # fmt: skip
    yield _result("all of its lines stand", [_sent(client, content)[0] for _ in range(TIMES)], how)


def _result(which: str, seconds: list[float], how: str) -> Result:
    told = f"median {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s"
    return Result(f"{ROWS:,} rows checked and compared, {which}", told, "under 3 s", how)


def _sent(client: Any, content: bytes) -> tuple[float, str]:
    """Seconds until the page of findings stands, and its address.

    Its state is read meanwhile, not the page: rendering it here would take the processor from the check, as no reader's
    page does that one of several workers renders.
    """
    from django.core.files.uploadedfile import SimpleUploadedFile

    from everychild.website.desk import looked_at

    form = {"body": "ministry", "source": "made", "retrieved": "2026-01-31", "verified": "no"}
    start = time.perf_counter()
    answer = client.post("/desk/tables/budget/lines", {**form, "file": SimpleUploadedFile("lines.xlsx", content)})
    address = answer.headers["Location"]
    token = address.rpartition("/")[2]
    while (state := looked_at.read(token)) and state.busy:
        time.sleep(0.05)
    look = client.get(address).context["file"]
    if look.stage != "checked" or look.errors or look.rows != ROWS:
        raise RuntimeError(f"the table is {look.stage} with {look.errors} errors")
    return time.perf_counter() - start, address


def _kept(client: Any, address: str) -> None:
    client.post(address)
    while (look := client.get(address).context["file"]).busy:
        time.sleep(0.1)
    if look.written != ROWS:
        raise RuntimeError(f"{look.written} rows were written")


def _analyst() -> Any:
    from everychild.registers.people.actions import add_account, add_body, entrust_role
    from everychild.registers.people.models import Account
    from everychild.registers.people.system import system_account
    from everychild.vocabulary.language import LocalText

    by = system_account()
    body = add_body(by=by, code="ministry", kind="ministry", name=LocalText(en="M", ru="М", kk="М"))
    made = add_account(by=by, email="budget@example.org", home=body, language="kk", password="seven lakes, one steppe")
    entrust_role(by=by, account=made, body=body, role="contributor")
    return Account.objects.get(pk=made.pk)


def _workbook() -> bytes:
    import xlsxwriter

    from everychild.registers.budget.rows import columns
    from everychild.vocabulary.areas import gazetteer

    places = [area.code for area in gazetteer() if area.parent == "KAZ"][:20]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.name for column in columns()])
        for n in range(ROWS):
            programme = f"{100 + n % 900}.{n // 900:03d}"
            titles = (f"Мектеп {n}", f"Школьные расходы {n}", f"School {n}")
            row = (2020 + n % 5, "regional", places[n // 5 % 20], programme, "09.1", *titles, "thousand", 1000.5 + n,
                   1100 + n, 900 + n, "no", "28", "child_health")  # fmt: skip
            sheet.write_row(n + 1, 0, row)
    return out.getvalue()
