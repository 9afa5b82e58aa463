"""What the public may know of releases: of those that were published everything, of the others nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from everychild.releases.public import PublicReleases
from everychild.releases.refusals import DamagedRelease, UnknownRelease
from everychild.releases.store import Store
from tests.releases.made import figures, write


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def names(store: Store) -> dict[str, str]:
    """One release of every fate."""
    fates = ("replaced", "withdrawn", "shown", "stored", "given up")
    found = {fate: write(store, figures(shift=shift)).release for shift, fate in enumerate(fates)}
    for fate in ("replaced", "withdrawn"):
        store.publish(found[fate], "tester")
    store.withdraw(found["withdrawn"], "tester", "columns were swapped")
    store.withdraw(found["given up"], "tester", "a name that nobody may read")
    store.publish(found["shown"], "tester")
    return found


KNOWN = ("replaced", "withdrawn", "shown")
UNKNOWN = ("stored", "given up")
QUESTIONS: dict[str, Callable[[Any, str], Any]] = {
    "manifest": lambda releases, name: releases.manifest(name),
    "observations": lambda releases, name: releases.observations(name),
    "ledger": lambda releases, name: releases.ledger(name),
}


def test_lists_hold_what_was_published_once(store: Store, names: dict[str, str]) -> None:
    public = PublicReleases(store)
    known = [names[fate] for fate in KNOWN]
    assert public.names() == frozenset(known)
    assert sorted(manifest.release for manifest in public.releases()) == sorted(known)
    assert [entry.release for entry in public.published()] == [names["shown"]]
    assert list(public.withdrawn()) == [names["withdrawn"]]
    assert {event["release"] for event in public.journal()} == set(known)
    assert [e["action"] for e in public.journal() if e["release"] == names["withdrawn"]] == [
        "write",
        "publish",
        "withdraw",
    ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_published_once_is_read_as_the_store_reads_it(
    store: Store, names: dict[str, str], question: str
) -> None:
    for fate in KNOWN:
        found, wanted = (QUESTIONS[question](releases, names[fate]) for releases in (PublicReleases(store), store))
        assert found == wanted if question == "manifest" else found.equals(wanted)


@pytest.mark.parametrize("fate", UNKNOWN)
@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_never_published_is_unknown_whole_or_damaged(
    store: Store, names: dict[str, str], question: str, fate: str
) -> None:
    for _ in ("whole", "damaged"):
        with pytest.raises(UnknownRelease) as refused:
            QUESTIONS[question](PublicReleases(store), names[fate])
        assert refused.value.near == (), "names like it may be those of others never published"
        (store.folder / names[fate] / "manifest.json").unlink(missing_ok=True)


def test_a_comparison_takes_two_that_were_published(store: Store, names: dict[str, str]) -> None:
    public = PublicReleases(store)
    first, second = names["replaced"], names["shown"]
    assert_frame_equal(public.compare(first, second), store.compare(first, second))
    for fate in UNKNOWN:
        for pair in ((first, names[fate]), (names[fate], first)):
            with pytest.raises(UnknownRelease):
                public.compare(*pair)


def test_damage_to_what_was_published_is_told(store: Store, names: dict[str, str]) -> None:
    (store.folder / names["replaced"] / "manifest.json").unlink()
    with pytest.raises(DamagedRelease):
        PublicReleases(store).manifest(names["replaced"])


def test_a_publication_cut_short_publishes_nothing_and_a_torn_line_tells_nothing(
    store: Store, names: dict[str, str]
) -> None:
    journal = store.root / "journal.jsonl"
    meant = {"at": "2026-01-01T00:00:00+00:00", "release": names["stored"], "by": "", "reason": ""}
    torn = f'{{"release": "{names["given up"]}'
    lines = f"{torn}\n{json.dumps(meant | {'action': 'publish'})}\n"
    journal.write_bytes(journal.read_bytes() + lines.encode())
    assert store.journal()[-1]["action"] == "interrupted"
    public = PublicReleases(store)
    assert names["stored"] not in public.names()
    assert (public.journal()[-1]["action"], public.journal()[-1]["reason"]) == ("torn", "")
    assert not any(names[fate] in str(event) for event in public.journal() for fate in UNKNOWN)


def test_publishing_makes_it_known_at_once(store: Store, names: dict[str, str]) -> None:
    public = PublicReleases(store)
    store.publish(names["stored"], "tester")
    assert public.manifest(names["stored"]).release == names["stored"]
