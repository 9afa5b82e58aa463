"""Estimates as a release: figures, the findings on what was not computed, and what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from everychild import __version__
from everychild.catalogue.countries import UnknownCountry, country
from everychild.estimation.estimates import Estimates
from everychild.estimation.observations import observations
from everychild.microdata.description import SurveyDescription
from everychild.releases.manifest import Manifest
from everychild.releases.store import Store, person
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import Finding, ledger


class SourceUnknown(EverychildError):  # noqa: N818 - says what is the case
    """The source that a description names is not in the register of its country."""


def release(estimates: Estimates, folder: Path, by: str | None = None, *, publish: bool = False) -> Manifest:
    """Store estimates as a release of their country, and publish it when asked.

    Raises UnknownCountry and SourceUnknown: a figure whose country or source nobody can look up is not stored.
    """
    description = estimates.files.description
    records = source_records(description)
    store = Store(folder)
    by = by or person()
    manifest = store.write(
        observations(estimates),
        ledger(_left(estimates)),
        dataset=description.survey.lower().replace("_", "-"),
        country=description.country,
        title={"en": description.title.en, "ru": description.title.ru, "kk": description.title.kk},
        producer=f"everychild estimate {estimates.options.as_asked}".strip(),
        sources=records,
        inputs=_inputs(estimates),
        by=by,
    )
    if publish:
        store.publish(manifest.release, by)
    return manifest


def source_records(description: SurveyDescription) -> list[dict[str, str]]:
    """What is known of the source of a survey. Raises UnknownCountry and SourceUnknown; asked before a long estimate
    as well as after it."""
    pack = country(description.country)
    records = [dict(record) for record in pack.source_records() if record["code"] == description.source]
    if not records:
        raise SourceUnknown(f"the source {description.source!r} is not in the sources of {description.country}")
    return records


def _left(estimates: Estimates) -> list[Finding]:
    file = estimates.files.description.path.name
    return [*(each.finding(file) for each in estimates.not_computed), *estimates.findings]


def _inputs(estimates: Estimates) -> list[Mapping[str, str]]:
    """Checksums of the description and of the survey files; never a path, and never a row of the files."""
    files = estimates.files
    told = [{"file": files.description.path.name, "sha256": _checksum(files.description.path)}]
    told += [{"file": files.path(name).name, "sha256": _checksum(files.path(name))} for name in files.present]
    recipes = sorted(set(zip(estimates.rows["indicator"], estimates.rows["recipe"], strict=True)))
    version = hashlib.sha256(repr(recipes).encode()).hexdigest()
    return [*told, {"file": f"recipes {files.description.layout}, everychild {__version__}", "sha256": version}]


def _checksum(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


__all__ = ["SourceUnknown", "UnknownCountry", "release"]
