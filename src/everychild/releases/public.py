"""The releases that the public may know of: those that were published, now or at any time before.

A release that is only stored is work in progress, and a site may stand on the folder it is stored in. So whatever
answers the public reads releases through this class alone: here a release that was never published is not there, as if
its name had been made up. One that was published keeps its addresses when it is replaced or withdrawn.
"""

from __future__ import annotations

import polars as pl

from everychild.releases.journal import TORN, Event
from everychild.releases.manifest import Manifest
from everychild.releases.refusals import UnknownRelease
from everychild.releases.store import Published, Store, Withdrawal


class PublicReleases:
    """Reads a store like Store itself, without the releases that were never published; see Store for what is raised."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self) -> frozenset[str]:
        """Releases that are or ever were published; a publication that was cut short is none."""
        now = {entry.release for entry in self._store.published()}
        return frozenset(now | {event["release"] for event in self._store.journal() if event["action"] == "publish"})

    def published(self) -> list[Published]:
        """What is shown; the one published last comes last."""
        return self._store.published()

    def withdrawn(self) -> dict[str, Withdrawal]:
        """Withdrawals in force, by release."""
        names = self.names()
        return {release: why for release, why in self._store.withdrawn().items() if release in names}

    def journal(self) -> list[Event]:
        """Events from the oldest on; of a torn line only that there is one, since its remains may name any release."""
        names = self.names()
        events = [{**event, "reason": ""} if event["action"] == TORN else event for event in self._store.journal()]
        return [event for event in events if event["action"] == TORN or event["release"] in names]

    def releases(self) -> list[Manifest]:
        """Manifests that can be read, the oldest first."""
        names = self.names()
        return [manifest for manifest in self._store.releases() if manifest.release in names]

    def manifest(self, release: str) -> Manifest:
        """UnknownRelease for one that was never published, and then without names like it."""
        return self._store.manifest(self._known(release))

    def observations(self, release: str) -> pl.DataFrame:
        """Figures of a release in canonical order."""
        return self._store.observations(self._known(release))

    def ledger(self, release: str) -> pl.DataFrame:
        """Findings of the load."""
        return self._store.ledger(self._known(release))

    def compare(self, first: str, second: str) -> pl.DataFrame:
        """Differences between two releases, number by number."""
        return self._store.compare(self._known(first), self._known(second))

    def _known(self, release: str) -> str:
        if release not in self.names():
            raise UnknownRelease(release)
        return release
