"""A survey, opened: `Survey.open(description, folder).estimate(indicators, by)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import polars as pl

from everychild.engines.design import PSU, STRATUM, DesignFacts, DesignProblem, psu_facts
from everychild.engines.plan import DesignColumns, Plan
from everychild.engines.polars_engine import PolarsEngine
from everychild.engines.replicates import ReplicateRows, replicate_rows
from everychild.engines.totals import PsuTotals
from everychild.estimation.choices import Errors, Options, not_followed
from everychild.estimation.columns import IndicatorColumns
from everychild.estimation.estimates import Estimates, assembled
from everychild.estimation.expansion import not_of_the_population
from everychild.estimation.groups import AskedWrongly, check_known, codes, requested
from everychild.estimation.named_tables import Block, NamedTable
from everychild.estimation.quantiles import Source, quantile_block
from everychild.estimation.refusals import chain, located, refuse_unusable, to_be_known, whose_clusters
from everychild.estimation.replicate_weights import refuse_ways, replication_of, stands_for
from everychild.estimation.replication import Replicates, Replication, replicated
from everychild.estimation.reservations import own_under_official_codes, without_value_in_a_replicate
from everychild.estimation.stacking import aligned, positions, stacked_rows
from everychild.estimation.tables import TableOfEstimates
from everychild.estimation.tables import tables as estimate_tables
from everychild.estimation.unplaced import in_no_group
from everychild.estimation.work import NotComputed, Pass, Rate, computable, passes, with_varying
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
            found += self._tables_or_findings(one, options, progress)
        normalised = not_of_the_population(found, register=self.description.register)
        known = [*told, *to_be_known(self.files, scans, tables), *normalised, *in_no_group(found)]
        known += own_under_official_codes(self.files, recipes)
        estimates = assembled(self.files, found, left, recipes, options, known)
        if options.errors != "taylor":
            estimates = replace(estimates, findings=(*known, *without_value_in_a_replicate(estimates.rows)))
        return estimates

    def _of_the_choices(self, rates: Sequence[Rate], scans: Sequence[Pass], options: Options) -> list[Finding]:
        """What a reader has to know of the way of errors; AskedWrongly for a way that the survey does not allow."""
        register = self.description.register
        kinds = {"parity" if rate.side else rate.kind for rate in rates}
        found = list(not_followed(options, kinds, drawn=not register))
        refuse_ways(self.files, [list(chain(one)) for one in scans], options)
        found += whose_clusters(self.files, scans, options)
        if register:
            found.append(finding(self.description.path.name, "", "", "estimate_register"))
        return found

    def _tables_or_findings(self, one: Pass, options: Options, progress: Progress) -> list[NamedTable]:
        """Tables of a pass; what the engine refuses comes back with the rows, columns and values that are to blame."""
        try:
            return self._tables(one, options, progress)
        except DesignProblem as problem:
            raise located(self.files, one, problem) from problem
        except pl.exceptions.PolarsError as problem:
            file = self.files.path(one.file).name
            text = str(problem).strip().splitlines()[0]
            raise DataRefused([finding(file, "", "", "estimate_expression_failed", problem=text)]) from problem

    def _tables(self, one: Pass, options: Options, progress: Progress) -> list[NamedTable]:
        totals, columns = self.totals(one, options, progress)
        replication = replication_of(self.files, one, options)
        rows = self._replicate_rows(one)[0] if replication is not None and replication.given else None
        found = []
        for table in estimate_tables(totals, one.plan, columns, options.lonely):
            quantiles = self._quantiles(one, table, options, replication)
            if replication is None:
                found.append(NamedTable(one, totals, columns, table, quantiles))
            else:
                replicates = Replicates(replication, totals, one.plan, table.table, rows)
                shown = replicated(table, replicates, columns)
                found.append(NamedTable(one, totals, columns, shown, quantiles, replicates))
        return found

    def totals(
        self, one: Pass, options: Options, progress: Progress = _silent
    ) -> tuple[PsuTotals, tuple[IndicatorColumns, ...]]:
        """PSU totals of a pass; those of stacked files are added."""
        return self._totals(one, self._psus(one, options), progress)

    def _totals(
        self, one: Pass, facts: DesignFacts | None, progress: Progress
    ) -> tuple[PsuTotals, tuple[IndicatorColumns, ...]]:
        frame = self.files.with_carried(one.file, one.variables)
        plain = partial(self.files.plain_parquet, one.file, one.variables)
        totals = self.engine.psu_totals(frame, one.plan, facts, lambda rows: progress(one.file, rows), plain)
        if one.partner is None:
            return totals, one.columns
        partner, columns = self._totals(one.partner, facts, progress)
        if totals.lattice != partner.lattice and not one.plan.varying:
            both = {*totals.lattice.constant} & {*partner.lattice.constant}
            return self._totals(with_varying(one, frozenset(one.plan.named) - both), facts, progress)
        return aligned(totals, one.columns) + aligned(partner, columns), positions(len(one.rates))

    def _replicate_rows(self, one: Pass) -> tuple[ReplicateRows, tuple[IndicatorColumns, ...]]:
        """Rows of a pass under the replicate weights that the description names; those of stacked files together."""
        frame, told = self.files.with_carried(one.file, one.variables), self.description.replicates[one.file]
        rows = replicate_rows(frame, one.plan, told.columns, stands_for(self.files, one))
        if one.partner is None:
            return rows, one.columns
        partner, columns = self._replicate_rows(one.partner)
        return stacked_rows(rows, one.columns, partner, columns), positions(len(one.rates))

    def _quantiles(
        self, one: Pass, table: TableOfEstimates, options: Options, replication: Replication | None
    ) -> dict[int, Block]:
        """The quantiles among the rates of a pass, in the groups of one table."""
        wanted = {k: rate for k, rate in enumerate(one.rates) if rate.kind == "quantile"}
        if not wanted:
            return {}
        facts, scans = self._psus(one, options), list(chain(one))
        frames = [self.files.with_carried(scan.file, scan.variables) for scan in scans]
        given = [
            (self.description.replicates[scan.file].columns, stands_for(self.files, scan))
            if replication is not None and replication.given else ()
            for scan in scans
        ]  # fmt: skip
        found = {}
        for k, rate in wanted.items():
            sources = [
                Source(frame, scan.plan, scan.rates[k].parts[at], facts, *weights)
                for at, (frame, scan, weights) in enumerate(zip(frames, scans, given, strict=True))
            ]
            found[k] = quantile_block(sources, rate.recipe.quantile or 0.5, table, options.lonely, replication)
        return found

    def _psus(self, one: Pass, options: Options) -> DesignFacts | None:
        """The PSUs that count in the strata of a pass: those of the survey, those of all files that are put under each
        other, or (None) those of its only file."""
        if (options.psus or self.description.psus) == "survey" or one.partner is not None:
            survey = self.survey_psus()
            if survey is not None or one.partner is None or not one.plan.design.psu:
                return survey
            each = [self._psus_of(scan.file) for scan in chain(one)]
            return replace(each[0], psus=pl.concat([f.psus for f in each]).unique([STRATUM, PSU], keep="first"))
        return None

    def survey_psus(self) -> DesignFacts | None:
        """The PSUs of the household file; None when it does not hold the design variables."""
        file = self.description.household_file
        if file not in self.files.present or self.description.register:
            return None
        return self._psus_of(file) if self.description.design_of(file).psu else None

    def _psus_of(self, file: str) -> DesignFacts:
        design = self.description.design_of(file)
        key = (file, *design.stratum, *design.psu)
        if key not in self._facts:
            frame = self.files.frame(file)
            spelling = {name.lower(): name for name in frame.collect_schema().names()}
            bare = Plan(DesignColumns(design.stratum, design.psu), Number(1), (), ((),), ())
            self._facts[key] = psu_facts(frame, bare, spelling)
        return self._facts[key]


__all__ = ["Errors", "NotComputed", "Options", "Survey"]
