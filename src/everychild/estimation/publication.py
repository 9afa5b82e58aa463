"""Figures as a release: what every command that stores its results has to say of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from everychild import __version__
from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import UnknownCountry, country
from everychild.estimation.estimates import Estimates
from everychild.estimation.observations import observations
from everychild.microdata.description import SurveyDescription
from everychild.microdata.located import finding
from everychild.releases.manifest import Manifest
from everychild.releases.store import Store, person
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import DataRefused, Finding, ledger
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.vocabulary.observations import FEW_CASES


class SourceUnknown(EverychildError):  # noqa: N818 - says what is the case
    """The source that a description names is not in the register of its country."""


def release(estimates: Estimates, folder: Path, by: str | None = None, *, publish: bool = False) -> Manifest:
    """Store estimates as a release of their country, and publish it when asked.

    Raises UnknownCountry and SourceUnknown, and DataRefused for own recipes whose codes nobody has described: a figure
    whose country, source or indicator nobody can look up is not stored.
    """
    survey = estimates.files.description
    figures = observations(estimates)
    known = {*catalogue().indicators, *country(survey.country).indicators}
    unknown = [code for code in figures["indicator"].unique(maintain_order=True) if code not in known]
    if unknown:
        raise DataRefused(finding(survey.path.name, "", code, "unknown_indicator") for code in unknown)
    return store_figures(
        figures, publishable(_left(estimates)), survey.country, survey.source, folder, by,
        dataset=survey.survey.lower().replace("_", "-"),
        title={"en": survey.title.en, "ru": survey.title.ru, "kk": survey.title.kk},
        producer=f"everychild estimate {estimates.options.as_asked(estimates.kinds)}".strip(),
        inputs=_inputs(estimates), publish=publish,
    )  # fmt: skip


def store_figures(
    figures: pl.DataFrame, findings: Iterable[Finding], of_country: str, source: str, folder: Path, by: str | None, *,
    dataset: str, title: Mapping[str, str], producer: str, inputs: Sequence[Mapping[str, str]], publish: bool,
) -> Manifest:  # fmt: skip
    """Store figures of one source as a release, and publish it when asked. Raises UnknownCountry and SourceUnknown."""
    records = records_of_source(of_country, source)
    store, by = Store(folder), by or person()
    manifest = store.write(
        figures, ledger(findings), dataset=dataset, country=of_country, title=title, producer=producer,
        sources=records, inputs=inputs, by=by,
    )  # fmt: skip
    if publish:
        store.publish(manifest.release, by)
    return manifest


def store_of_survey(
    figures: pl.DataFrame, findings: Iterable[Finding], survey: SurveyDescription, kind: str,
    name: Mapping[Language, str], files: Iterable[Path], method: str, folder: Path, by: str | None, *, publish: bool,
) -> Manifest:  # fmt: skip
    """Store what one method made of a survey; `kind` ends the name of the dataset, `name` its title. Raises
    UnknownCountry and SourceUnknown."""
    return store_figures(
        _hidden_for_want_of_cases(figures), publishable(findings), survey.country, survey.source, folder, by,
        dataset=f"{survey.survey.lower().replace('_', '-')}-{kind}",
        title={language: f"{survey.title[language]}: {name[language]}" for language in LANGUAGES},
        producer=f"everychild {kind.removeprefix('indirect-')}", inputs=[*checksums(files), checksum_of_method(method)],
        publish=publish,
    )  # fmt: skip


def _hidden_for_want_of_cases(figures: pl.DataFrame) -> pl.DataFrame:
    """Suppressed figures of a sample with the flag that says why; see `observations`."""
    flags = pl.concat_str(
        pl.when(pl.col("flag") != "").then("flag"), pl.lit(FEW_CASES), separator="|", ignore_nulls=True
    )
    return figures.with_columns(pl.when(pl.col("status") == "Q").then(flags).otherwise("flag").alias("flag"))


def source_records(survey: SurveyDescription) -> list[dict[str, str]]:
    """What is known of the source of a survey; asked before a long estimate as well as after it."""
    return records_of_source(survey.country, survey.source)


def records_of_source(of_country: str, source: str) -> list[dict[str, str]]:
    """What the pack of a country knows of a source. Raises UnknownCountry and SourceUnknown."""
    records = [dict(record) for record in country(of_country).source_records() if record["code"] == source]
    if not records:
        raise SourceUnknown(f"the source {source!r} is not in the sources of {of_country}")
    return records


def publishable(findings: Iterable[Finding]) -> list[Finding]:
    """Findings on microdata without rows and values: a release is public, and a row of a survey is a person.

    That nobody died in a class is left out too, because the class may be one whose rates are hidden.
    """
    return [f if f.row is None else _without_row(f) for f in findings if f.rule != "rate_without_deaths"]


def _without_row(found: Finding) -> Finding:
    """`rows` are further rows; `first`, the one that another repeats, stands in the sentence."""
    parameters = {name: told for name, told in found.parameters.items() if name != "rows"}
    if "first" in parameters:
        parameters["first"] = "…"
    return replace(found, row=None, value="", parameters=parameters)


def checksums(paths: Iterable[Path]) -> list[dict[str, str]]:
    """Names and checksums of files; never a path, and never a row of a file."""
    told = []
    for path in paths:
        with path.open("rb") as content:
            told.append({"file": path.name, "sha256": hashlib.file_digest(content, "sha256").hexdigest()})
    return told


def checksum_of_method(method: str) -> dict[str, str]:
    """A method in words with the version of the program, as one more input of a release."""
    told = f"{method}, everychild {__version__}"
    return {"file": told, "sha256": hashlib.sha256(told.encode()).hexdigest()}


def _left(estimates: Estimates) -> list[Finding]:
    file = estimates.files.description.path.name
    return [*(each.finding(file) for each in estimates.not_computed), *estimates.findings]


def _inputs(estimates: Estimates) -> list[Mapping[str, str]]:
    files = estimates.files
    told = checksums([files.description.path, *(files.path(name) for name in files.present)])
    recipes = sorted(set(zip(estimates.rows["indicator"], estimates.rows["recipe"], strict=True)))
    version = hashlib.sha256(repr(recipes).encode()).hexdigest()
    return [*told, {"file": f"recipes {files.description.layout}, everychild {__version__}", "sha256": version}]


__all__ = ["SourceUnknown", "UnknownCountry", "release"]
