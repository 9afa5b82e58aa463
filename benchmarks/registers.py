"""Pages of the registers with 10,000 recommendations, 2,000 acts and 200,000 budget lines, rendered anew each time."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import Result, milliseconds

RECOMMENDATIONS, ACTS, REQUESTS = 10_000, 2_000, 40
YEARS, PLACES, PROGRAMMES = range(2015, 2025), 20, 1_000
"""A budget line for each: 200,000 lines."""
PAGES = (
    "laws", "laws?q=детей&status=in_force", "laws?article=19&page=3", "laws/A-77", "recommendations",
    "recommendations?page=200", "recommendations?q=институтов", "recommendations?mechanism=CRC&article=19",
    "recommendations?status=no_information&party=government", "recommendations?status=implemented",
    "recommendations?state=repeated", "recommendations?state=overdue", "recommendations/R-5000", "programmes",
    "budget?definition=c-pem", "budget?definition=c-pem&year=2020&region=KZ-43", "budget?definition=c-pem&q=школьн",
    "budget?definition=c-pem&year=2019&page=40", "care", "voices",
)  # fmt: skip


def measure() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="everychild-bench-") as folder:
        os.environ |= {"EVERYCHILD_DATA": folder, "EVERYCHILD_PAGE_MEMORY": "0",
                       "DJANGO_SETTINGS_MODULE": "everychild.website.settings"}  # fmt: skip
        import django
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        django.setup()
        setup_test_environment()
        call_command("migrate", verbosity=0)
        from everychild.catalogue.countries import country
        from everychild.cli.serve import publish_pack
        from everychild.registers.loading import load_pack
        from everychild.releases.store import Store

        publish_pack(Store(Path(folder)), "KAZ")
        load_pack(country("KAZ"))
        fill()
        start = time.perf_counter()
        lines = fill_budget()
        how = "action budget.hand_in_lines, a year at a time: kept, audited, counted anew by every definition"
        yield Result(f"{lines:,} budget lines handed in", f"{time.perf_counter() - start:.0f} s", "measured", how)
        yield from _measured()


def _measured() -> Iterator[Result]:
    from django.test import Client

    client = Client()
    for page in PAGES:
        client.get(f"/ru/{page}")
        seconds = []
        for _ in range(REQUESTS):
            start = time.perf_counter()
            response = client.get(f"/ru/{page}")
            seconds.append(time.perf_counter() - start)
            if response.status_code != 200:
                raise RuntimeError(f"{page} answers {response.status_code}")
        how = f"{REQUESTS} requests of Django's test client; SQLite; {len(response.content) / 1024:.0f} KiB"
        yield Result(f"page /{page}", milliseconds(seconds), "p95 under 50 ms", how)


def fill() -> None:
    """Bulk loads inside the actions of the packs, as a country would do it."""
    from django.utils import timezone

    from everychild.registers.changes import collecting
    from everychild.registers.laws.models import Act
    from everychild.registers.people.actions import add_body
    from everychild.registers.people.system import system_account
    from everychild.registers.recommendations.models import Evidence, Recommendation, Repeat, StatusReport
    from everychild.registers.recommendations.vocabulary import MECHANISMS, PARTY_OF_KIND, STATUSES
    from everychild.vocabulary.language import LocalText

    by = system_account()
    kinds = ("ministry", "ombudsman", "ngo")
    bodies = [add_body(by=by, code=kind, kind=kind, name=LocalText(en=kind, ru=kind, kk=kind)) for kind in kinds]
    words = {"en": "Move children out of institutions and ban violence in every setting, at home too",
             "ru": "Забрать детей из институтов и запретить насилие везде, также и дома",
             "kk": "Балаларды мекемелерден шығарып, зорлық-зомбылыққа барлық жерде тыйым салу"}  # fmt: skip
    with collecting():
        acts = Act.objects.bulk_create(
            Act(code=f"A-{n}", kind="law", adopted=f"{1995 + n % 30}", status="in_force" if n % 5 else "repealed",
                articles=f"{n % 54 + 1};19", **{f"title_{k}": f"{v} {n}" for k, v in words.items()})
            for n in range(ACTS)
        )  # fmt: skip
        found = Recommendation.objects.bulk_create(
            Recommendation(code=f"R-{n}", mechanism=MECHANISMS[n % len(MECHANISMS)], document=f"D/{n // 60}",
                           adopted=f"{2000 + n // 400}-0{n % 9 + 1}", due=f"{2005 + n // 400}", paragraph=str(n % 90),
                           articles=f"{n % 54 + 1};19", **{f"text_{k}": f"{v} {n}" for k, v in words.items()})
            for n in range(RECOMMENDATIONS)
        )  # fmt: skip
        StatusReport.objects.bulk_create(
            StatusReport(recommendation=one, body=body, party=PARTY_OF_KIND[body.kind], on=f"202{turn + 2}",
                         status=STATUSES[(n + turn) % len(STATUSES)], reason_en="Because",
                         handed_in=timezone.now(), last=turn == 1)
            for n, one in enumerate(found) if n % 3 for body in bodies for turn in range(2)
        )  # fmt: skip
        Evidence.objects.bulk_create(
            Evidence(recommendation=one, body=bodies[0], brought_by=by, kind="act_in_force", act=acts[n % ACTS],
                     on=f"20{n % 10 + 15}", says_en="An act", verified="yes")
            for n, one in enumerate(found) if n % 2
        )  # fmt: skip
        Repeat.objects.bulk_create(
            Repeat(earlier=found[n], later=found[n + 15 * 60], kind="repeated") for n in range(0, 9_000, 9)
        )


def fill_budget() -> int:
    """As a ministry hands them in: checked rows of the template, a table a year."""
    from decimal import Decimal

    from everychild.registers.budget.actions import hand_in_lines
    from everychild.registers.people.actions import add_account, entrust_role
    from everychild.registers.people.models import Account, Body
    from everychild.registers.people.system import system_account
    from everychild.vocabulary.areas import gazetteer

    body, by = Body.objects.get(code="ministry"), system_account()
    made = add_account(by=by, email="budget@example.org", home=body, language="ru", password="seven lakes, one steppe")
    entrust_role(by=by, account=made, body=body, role="contributor")
    person = Account.objects.get(pk=made.pk)
    places = [area.code for area in gazetteer() if area.parent == "KAZ"][:PLACES]
    cofog = ("09.1", "09.2", "07.3", "10.4", "07.4", "04.5", "10.9", "01.1")
    lines = 0
    for year in YEARS:
        rows = [
            {"row": n, "year": year, "level": "regional", "region": place,
             "programme": f"{100 + n % 900}.{n // 900:03d}",
             "cofog": cofog[n % len(cofog)], "title_kk": f"Мектеп {n}", "title_ru": f"Школьные расходы {n}",
             "title_en": f"School spending {n}", "unit": "thousand", "planned": Decimal(1000 + n), "revised": None,
             "executed": Decimal(900 + n), "transfer": None, "article": "28" if n % 50 == 0 else None,
             "programme_area": None}
            for place in places for n in range(PROGRAMMES)
        ]  # fmt: skip
        lines += hand_in_lines(by=person, body=body, rows=rows, mark={"source": "made", "verified": "yes"})
    return lines
