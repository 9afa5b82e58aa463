"""Neighbourhoods in a graph of duties of 100,000 edges."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator

from benchmarks.results import Result, milliseconds

EDGES = 100_000
ASKED = 300


def measure() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="everychild-bench-") as folder:
        os.environ["EVERYCHILD_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "everychild.website.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield from _measured()


def _measured() -> Iterator[Result]:
    from everychild.registers.duties import actions, queries
    from everychild.registers.people.system import system_account

    rng = random.Random(20261126)
    edges = {}
    while len(edges) < EDGES:
        kind, relation = rng.choice((("act", "gives_effect_to"), ("recommendation", "concerns")))
        code = f"{kind}-{rng.randrange(12_000)}"
        if rng.random() < 0.3:
            ends = (kind, code, relation, "article", str(rng.randrange(1, 43)))
        else:
            ends = (
                "recommendation",
                f"recommendation-{rng.randrange(12_000)}",
                "asks_for",
                "act",
                f"act-{rng.randrange(12_000)}",
            )
        edges[ends] = dict(zip(actions.ENDS, ends, strict=True)) | {"origin": "record", "strength": "some"}
    actions.load_edges(by=system_account(), edges=edges.values())
    seconds, sizes = [], []
    for n in range(ASKED):
        node = ("article", str(n % 42 + 1)) if n % 10 == 0 else ("act", f"act-{rng.randrange(12_000)}")
        start = time.perf_counter()
        found = queries.neighbourhood(*node)
        seconds.append(time.perf_counter() - start)
        sizes.append(len(found.nodes))
    yield Result(
        f"two-step neighbourhood among {EDGES:,} edges", milliseconds(seconds), "under 20 ms",
        f"{ASKED} nodes, every tenth an article; SQLite; {sum(sizes) / len(sizes):.0f} nodes on average, titles read",
    )  # fmt: skip
