"""What stands under a table of estimates: its signs, how its errors were taken, what could not be computed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from everychild.estimation.presentation import shown_rows
from everychild.microdata.located import finding
from everychild.vocabulary.command_words import say
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import Language, format_number

if TYPE_CHECKING:
    from everychild.estimation.estimates import Estimates


def signs(estimates: Estimates, language: Language, *, hidden: bool = False) -> list[str]:
    """What parentheses and asterisks mean, when some cell has them."""
    if not set(shown_rows(estimates)["status"]) & {"Q", "U"}:
        return []
    return [say("estimate.signs_seen" if hidden else "estimate.signs", language)]


def notes(estimates: Estimates, language: Language, *, hidden: bool = False) -> list[str]:
    """One sentence each: rules and choices of the errors, indicators without a case, what the files were found to be.

    `hidden` says that small cells are shown: a remark on rows is made only where such a row is seen.
    """
    return [
        *_on_errors(estimates, language, hidden=hidden),
        *_without_case(estimates, language),
        *_undivided(estimates, language),
        *(f"! {told}" for told in _located(estimates, language)),
    ]


def _on_errors(estimates: Estimates, language: Language, *, hidden: bool) -> list[str]:
    told = []
    options = estimates.options
    lonely = int(estimates.rows["lonely"].max() or 0) if estimates.rows.height else 0  # type: ignore[arg-type]
    if lonely:  # counted only where errors have a rule for such strata; by the jackknife they have no replicate
        rule = options.lonely if options.errors == "taylor" else "certainty"
        told.append(say("estimate.lonely", language, lonely, say(f"estimate.lonely.{rule}", language)))
    if not estimates.files.description.register:
        seen = shown_rows(estimates, hidden=hidden)
        if seen.filter(pl.col("value").is_not_null() & pl.col("lower").is_null() & (pl.col("df") < 1)).height:
            told.append(say("estimate.no_error", language))
        if options.errors != "taylor":
            told.append(say("estimate.replicated", language))
    as_asked = options.as_asked(estimates.kinds)
    if as_asked:
        told.append(say("estimate.as_asked", language, as_asked))
    return told


def _without_case(estimates: Estimates, language: Language) -> list[str]:
    empty = estimates.rows.filter((pl.col("breakdown") == "total") & (pl.col("n") == 0))["indicator"]
    return [say("estimate.no_case", language, ", ".join(empty))] if len(empty) else []


def _undivided(estimates: Estimates, language: Language) -> list[str]:
    """One sentence for each breakdown, with all files that cannot be divided by it."""
    found = [f for f in estimates.findings if f.rule == "estimate_breakdown_absent"]
    return [
        say("estimate.undivided", language, code, ", ".join(f.file for f in found if f.value == code))
        for code in dict.fromkeys(f.value for f in found)
    ]


def _located(estimates: Estimates, language: Language) -> list[str]:
    told = []
    for each in estimates.findings:
        if each.rule != "estimate_breakdown_absent":
            place = ", ".join(part for part in (each.file, each.column, _row(each, language)) if part)
            told.append(f"{place}: {each.message(language)}" if place else each.message(language))
    return told


def _row(found: Finding, language: Language) -> str:
    return "" if found.row is None else f"{say('estimate.row', language)} {found.row}"


def not_computed(estimates: Estimates, language: Language, first: int | None = None) -> list[str]:
    """A heading, and one sentence for each reason with all indicators that it holds for; the first ones only where
    `first` says so. Nothing where all was computed."""
    if not estimates.not_computed:
        return []
    count = format_number(len(estimates.not_computed), language)
    told = [f.message(language) for f in reasons(estimates)]
    kept = told if first is None else told[:first]
    more = len(told) - len(kept)
    return [
        f"{say('estimate.left', language)} ({count})", *kept,
        *([say("estimate.more_reasons", language, more)] if more else []),
    ]  # fmt: skip


def reasons(estimates: Estimates) -> list[Finding]:
    """Why indicators were not computed: one finding for each reason, with all indicators that it holds for."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for each in estimates.not_computed:
        together.setdefault((each.rule, each.value, each.part), []).append(each.indicator)
    return [
        finding("", "", value, rule, indicator=", ".join(codes), part=part)
        for (rule, value, part), codes in together.items()
    ]
