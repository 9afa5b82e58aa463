"""A survey, opened: `Survey.open(description, folder).estimate(indicators, by)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import polars as pl

from everychild.engines.design import DesignFacts, DesignProblem, psu_facts
from everychild.engines.plan import DesignColumns, Plan
from everychild.engines.polars_engine import PolarsEngine
from everychild.engines.replicates import replicate_sums
from everychild.engines.totals import PsuTotals
from everychild.estimation.choices import Errors, Options, not_followed
from everychild.estimation.columns import IndicatorColumns
from everychild.estimation.estimates import Estimates, assembled
from everychild.estimation.groups import AskedWrongly, check_known, codes, requested
from everychild.estimation.named_tables import Block, NamedTable
from everychild.estimation.quantiles import quantile_block
from everychild.estimation.refusals import located, refuse_unusable, to_be_known, whose_clusters
from everychild.estimation.replication import Replicates, replicated
from everychild.estimation.stacking import aligned
from everychild.estimation.tables import TableOfEstimates
from everychild.estimation.tables import tables as estimate_tables
from everychild.estimation.unplaced import in_no_group
from everychild.estimation.work import NotComputed, Pass, Rate, computable, passes
from everychild.microdata.description import SurveyDescription, read_description
from everychild.microdata.located import finding
from everychild.microdata.survey_files import MissingFile, SurveyFiles
from everychild.recipes.nodes import Number
from everychild.recipes.recipe import Recipe
from everychild.vocabulary.findings import DataRefused, Finding

Progress = Callable[[str, int], None]
"""Told the file that is being read, and how many further rows are done."""


def _silent(_file: str, _rows: int) -> None:
    return None


class Engine(Protocol):
    """What sums a plan over the rows of a file: polars_engine.PolarsEngine or spark_engine.SparkEngine."""

    def psu_totals(
        self, frame: pl.LazyFrame, plan: Plan, facts: DesignFacts | None = None,
        progress: Callable[[int], None] | None = None, plain: Callable[[], Path | None] | None = None,
    ) -> PsuTotals: ...  # fmt: skip


@dataclass
class Survey:
    """A survey that can be estimated from.

    `engine` sums; quantiles and replicate weights go through the embedded engine whatever it is.
    """

    files: SurveyFiles
    engine: Engine = field(default_factory=PolarsEngine, repr=False)
    _facts: dict[tuple[str, ...], DesignFacts] = field(default_factory=dict, repr=False)

    @classmethod
    def open(
        cls, description: Path | str, data: Path | str | None = None, engine: Engine | None = None,
        recipes: Path | str | None = None,
    ) -> Survey:  # fmt: skip
        """Open a survey by its description. `data` is the folder of its files (default: beside the description),
        `recipes` a table of the user's own recipes, which go before the shipped ones of the same code.

        Raises WrongDescription, with the line, for a description that cannot be used.
        """
        told = read_description(Path(description))
        folder = Path(data) if data is not None else told.path.parent
        files = SurveyFiles(told, folder, Path(recipes) if recipes is not None else None)
        return cls(files, engine or PolarsEngine())

    def __repr__(self) -> str:
        """What it is and which of its files are there; no file is read for it."""
        told, files = self.description, self.files
        there = ", ".join(f"{name} ({files.path(name).name})" for name in files.present) or "none"
        absent = ", ".join(name for name in told.files if name not in files.present)
        lines = [
            f"Survey {told.survey}: {told.title['en']}", *(["INVENTED DATA"] if told.invented else []),
            f"layout {told.layout}, country {told.country}, folder {files.folder}",
            f"files: {there}", *([f"not in the folder: {absent}"] if absent else []),
        ]  # fmt: skip
        return "\n".join(lines)

    @property
    def description(self) -> SurveyDescription:
        return self.files.description

    def estimate(
        self, indicators: Sequence[str] | None = None, by: Sequence[str] = (), options: Options | None = None,
        progress: Progress = _silent,
    ) -> Estimates:  # fmt: skip
        """Estimates of indicators (default: every recipe of this kind of survey) in total and by breakdowns.

        `by`: breakdown codes of the catalogue or the survey, crossed ones as `residence:sex_child`; one text may name
        several, `"residence,region"`. Recipes that the survey cannot answer are listed in `not_computed` with the
        reason. Raises AskedWrongly for codes that are not known, and DataRefused with located findings when a file that
        is read forbids a number: words for codes, weights that are text, negative or missing, design variables that are
        missing, a key twice.
        """
        return self.estimate_recipes(self.recipes(indicators), by, options, progress)

    def recipes(self, indicators: Sequence[str] | None = None) -> list[Recipe]:
        """The recipes of codes, all by default. DataRefused names every code that has none, with near ones."""
        book = self.files.book
        if indicators is None:
            return list(book)
        asked = codes(indicators)
        unknown = [
            finding(
                "", "--indicators", code, "estimate_indicator_unknown",
                layout=self.description.layout, near=", ".join(book.like(code)[:5]) or "–",
            )
            for code in asked if code not in book.recipes
        ]  # fmt: skip
        if unknown:
            raise AskedWrongly(unknown)
        return [book[code] for code in dict.fromkeys(asked)]

    def estimate_recipes(
        self, recipes: Sequence[Recipe], by: Sequence[str] = (), options: Options | None = None,
        progress: Progress = _silent,
    ) -> Estimates:  # fmt: skip
        """The same for recipes that are given, such as those of a user's own table."""
        options = options or Options()
        if not self.files.present:
            raise MissingFile(self.description.path.name, "survey_no_file_present", self.files.folder)
        tables = requested(by, self.files)
        check_known(tables, self.files)
        rates, left = computable(self.files, recipes)
        scans = passes(self.files, rates, tables)
        told = self._of_the_choices(rates, scans, options)
        refuse_unusable(self.files, scans)
        found: list[NamedTable] = []
        for one in scans:
            totals, columns = self._totals_or_findings(one, options, progress)
            made = estimate_tables(totals, one.plan, columns, options.lonely)
            for table in made:
                replicates = self.replicates(one, totals, table, options) if options.errors != "taylor" else None
                shown = table if replicates is None else replicated(table, replicates, columns)
                quantiles = self.quantiles(one, table, totals, options)
                found.append(NamedTable(one, totals, columns, shown, quantiles, replicates))
        known = [*told, *to_be_known(self.files, scans, tables), *in_no_group(found)]
        return assembled(self.files, found, left, recipes, options, known)

    def _of_the_choices(self, rates: Sequence[Rate], scans: Sequence[Pass], options: Options) -> list[Finding]:
        """What a reader has to know of the way of errors; AskedWrongly for a way that the survey does not allow."""
        register = self.description.register
        kinds = {"parity" if rate.side else rate.kind for rate in rates}
        found = list(not_followed(options, kinds, drawn=not register))
        found += whose_clusters(self.files, scans, options)
        if register:
            found.append(finding(self.description.path.name, "", "", "estimate_register"))
        return found

    def _totals_or_findings(
        self, one: Pass, options: Options, progress: Progress
    ) -> tuple[PsuTotals, tuple[IndicatorColumns, ...]]:
        """Totals; what the engine refuses comes back with the rows, columns and values that are to blame."""
        try:
            return self.totals(one, options, progress)
        except DesignProblem as problem:
            raise located(self.files, one, problem) from problem
        except pl.exceptions.PolarsError as problem:
            file = self.files.path(one.file).name
            text = str(problem).strip().splitlines()[0]
            raise DataRefused([finding(file, "", "", "estimate_expression_failed", problem=text)]) from problem

    def totals(
        self, one: Pass, options: Options, progress: Progress = _silent
    ) -> tuple[PsuTotals, tuple[IndicatorColumns, ...]]:
        """PSU totals of a pass; those of stacked files are added."""
        frame = self.files.with_carried(one.file, one.variables)
        psus = options.psus or self.description.psus
        facts = self.survey_psus(one.plan) if psus == "survey" or one.partner is not None else None
        plain = partial(self.files.plain_parquet, one.file, one.variables)
        totals = self.engine.psu_totals(frame, one.plan, facts, lambda rows: progress(one.file, rows), plain)
        if one.partner is None:
            return totals, one.columns
        partner, columns = self.totals(one.partner, options, progress)
        return _stacked(one, totals, one.partner, columns, partner), _positions(len(one.rates))

    def quantiles(self, one: Pass, table: TableOfEstimates, totals: PsuTotals, options: Options) -> dict[int, Block]:
        """The quantiles among the rates of a pass, in the groups of one table."""
        wanted = {k: rate for k, rate in enumerate(one.rates) if rate.kind == "quantile"}
        if not wanted:
            return {}
        frame = self.files.with_carried(one.file, one.variables)
        psus = options.psus or self.description.psus
        facts = self.survey_psus(one.plan) if psus == "survey" else None
        return {
            k: quantile_block(frame, one.plan, facts, rate.parts[0], rate.recipe.quantile or 0.5, table, options.lonely)
            for k, rate in wanted.items()
        }

    def replicates(self, one: Pass, totals: PsuTotals, table: TableOfEstimates, options: Options) -> Replicates:
        """The replicates of a table: its PSU totals, or its sums under the weights that the description names."""
        if options.errors != "replicates":
            return Replicates(options.errors, totals, one.plan, table.table)
        weights = self.description.replicates.get(one.file)
        if weights is None or one.partner is not None:
            raise AskedWrongly([finding(self.description.path.name, "replicates", one.file, "estimate_no_replicates")])
        frame = self.files.with_carried(one.file, one.variables)
        sums = replicate_sums(frame, one.plan, table.table, weights.columns)
        return Replicates(options.errors, totals, one.plan, table.table, sums, weights.scale, weights.centre)

    def survey_psus(self, plan: Plan) -> DesignFacts | None:
        """The PSUs of the household file; None when it does not hold the design variables."""
        file = self.description.household_file
        design = self.description.design_of(file)
        if file not in self.files.present or not design.psu or self.description.register:
            return None
        key = (file, *design.stratum, *design.psu)
        if key not in self._facts:
            frame = self.files.frame(file)
            spelling = {name.lower(): name for name in frame.collect_schema().names()}
            bare = Plan(DesignColumns(design.stratum, design.psu), Number(1), (), ((),), ())
            self._facts[key] = psu_facts(frame, bare, spelling)
        return self._facts[key]


def _positions(rates: int) -> tuple[IndicatorColumns, ...]:
    """Places of the columns of stacked rates: numerator, denominator and rows beyond, rate after rate."""
    return tuple(IndicatorColumns(3 * k, 3 * k + 1, None, 3 * k + 2, 3 * k + 1) for k in range(rates))


def _stacked(
    one: Pass, first: PsuTotals, partner: Pass, columns: tuple[IndicatorColumns, ...], second: PsuTotals
) -> PsuTotals:
    """Totals of two files with the columns of each rate brought to the same places, and added."""
    return aligned(first, one.columns) + aligned(second, columns)


__all__ = ["Errors", "NotComputed", "Options", "Survey"]
