"""An Open SDG data repository, as national statistics offices keep it, becomes observations of one country.

Files are read one by one (a bad one stops no other); the cells of all mapped files then stand in one frame of texts, so
that every rule runs once over the whole repository.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import CountryPack, country
from everychild.exchange import rules_files, rules_rows, rules_series
from everychild.exchange.duplicates import Duplicates, with_flag
from everychild.exchange.ledger import finding, whole_ledger
from everychild.exchange.loaded import Loaded
from everychild.exchange.mapping import BREAKDOWNS, RepositoryMapping, mapping
from everychild.exchange.repository import Repository, open_repository
from everychild.exchange.repository_cells import CELLS, Read, RepositoryReader
from everychild.exchange.versions import with_regional_versions
from everychild.vocabulary.ages import is_age_code
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import DataRefused, Finding, findings_of
from everychild.vocabulary.observations import TOTAL, Known, conform, validate

_NAMES: Final = {
    "period": "Year", "value": "Value", "area": "REF_AREA", "sex": "SEX", "residence": "URBANISATION", "age": "AGE",
    "wealth": "INCOME_WEALTH_QUANTILE", "disability": "DISABILITY_STATUS", "education": "EDUCATION_LEV",
    "composite": "COMPOSITE_BREAKDOWN", "series": "SERIES", "unit": "UNIT_MEASURE", "multiplier": "UNIT_MULT",
    "status": "OBS_STATUS", "note": "COMMENT_OBS",
}  # fmt: skip
"""How findings call the column of a role: the name of the Open SDG convention, whatever the file calls it."""


def load_open_sdg(path: Path, country_code: str, progress: Callable[[int], None]) -> Loaded:
    """Load a repository; `progress` is told the rows read so far. Raises DataRefused when no figure could be loaded."""
    tables = mapping(country_code)
    repository = open_repository(path)
    reader = RepositoryReader(repository, tables)
    for file in repository.readable():
        reader.read_file(file)
        progress(reader.read.rows)
    return _Loader(repository, country(country_code), tables).make(reader.read)


@dataclass
class _Loader:
    repository: Repository
    pack: CountryPack
    tables: RepositoryMapping

    # ------------------------------------------------------------------ cells to figures

    def _note(self, *findings: Finding) -> None:
        self.repository.findings.extend(findings)

    def make(self, read: Read) -> Loaded:
        """Apply the rules of rows, make figures, apply the rules of series and files."""
        cells = pl.concat(read.cells) if read.cells else pl.DataFrame(schema=CELLS)
        self._label_rules()
        bad_rows = self._row_rules(cells, read)
        unmapped = cells.filter(pl.col("matches") == 0).join(bad_rows, on=["file", "row"], how="anti")
        self._not_mapped(unmapped)
        good = cells.filter(pl.col("matches") == 1).join(bad_rows, on=["file", "row"], how="anti")
        figures = self._figures(good, read)
        figures, bad_figures = self._figure_rules(figures, read)
        figures = self._series_rules(figures, read)
        taken = pl.col("indicator").is_in(list(catalogue().indicators))
        self._not_taken(figures.filter(~taken))
        ledger = whole_ledger(self.repository.findings, read.ledgers)
        if figures.filter(taken).is_empty():
            name = self.repository.root.name
            raise DataRefused([finding(name, "no_figures", value=name), *findings_of(ledger)])
        broken = pl.DataFrame(read.broken, schema={"file": pl.String, "row": pl.Int64}, orient="row")
        bad = pl.concat([bad_rows, bad_figures, broken]).unique()
        return Loaded(
            observations=figures.filter(taken),
            set_aside=_set_aside(bad, read, ledger),
            ledger=ledger,
            inputs=sorted(self.repository.inputs, key=lambda item: item["file"]),
            dataset=self.tables.dataset,
            title=self.tables.title,
            sources=[record for record in self.pack.source_records() if record["code"] == self.tables.source],
            rows_read=read.rows,
            rows_not_taken=unmapped.height + figures.filter(~taken).height,
        )

    def _known(self, role: str, file: str, code: str) -> bool:
        """Whether a cell of a role means something in that file."""
        if code in self.tables.codes_of(role, file):
            return True
        if role == "area":
            return gazetteer().by_office_code(self.pack.code, code) is not None or code in gazetteer()
        return role == "age" and is_age_code(code)

    def _row_rules(self, cells: pl.DataFrame, read: Read) -> pl.DataFrame:
        """Run the rules of rows over the rows that some indicator claims; returns file and row of the bad ones."""
        block = rules_rows.label_against_block(cells, _NAMES)
        claimed = cells.filter(pl.col("matches") > 0)
        found = [
            block,
            rules_rows.ambiguous_series(claimed.join(block, on=["file", "row"], how="anti"), _NAMES),
            rules_rows.value_in_other_column(claimed, _NAMES),
            rules_rows.value_not_a_number(claimed, _NAMES),
            rules_rows.period_not_a_period(claimed, _NAMES),
            rules_rows.code_in_other_column(claimed, _NAMES, self._known),
            rules_rows.unknown_code(claimed, _NAMES, self._known),
            rules_rows.stray_breakdown(claimed, _NAMES),
            rules_rows.unknown_multiplier(claimed, _NAMES),
        ]
        moved = found[2].select("file", "row")
        found.append(rules_rows.value_missing(claimed.join(moved, on=["file", "row"], how="anti"), _NAMES))
        read.ledgers += found
        return pl.concat([frame.select("file", "row") for frame in found]).unique()

    def _figures(self, cells: pl.DataFrame, read: Read) -> pl.DataFrame:
        """Figures of the schema; the unit is the mapping's, and a cell of another unit gets the flag corrected."""
        allowed = {unit: frozenset(target.split("|")) for unit, target in self.tables.codes_of("unit", "").items()}
        found, replaced = rules_files.unit_against_title(cells, _NAMES["unit"], allowed)
        self._note(*found)
        decoded = cells.with_columns([self._decode(cells, role) for role in BREAKDOWNS])
        pairs = [pl.when(pl.col(c).str.contains("=", literal=True)).then(pl.col(c)) for c in ("education", "composite")]
        other = pl.concat_list(pairs).list.drop_nulls().list.sort().list.join(";")
        flagged = replaced.with_columns(pl.lit("corrected").alias("flag"))
        frame = decoded.join(flagged, on=["file", "row"], how="left", maintain_order="left").select(
            "indicator", "area", "period", "sex", "age", "residence", "wealth", "disability", "file", "row",
            other.alias("other"),
            pl.col("value").replace("", None).cast(pl.Float64),
            pl.col("map_unit").alias("unit"),
            pl.col("status"),
            pl.lit(self.tables.quality).alias("quality"),
            pl.lit(self.tables.source).alias("source"),
            pl.col("note"),
            pl.col("flag"),
        )  # fmt: skip
        figures, absent = with_regional_versions(_own_groups(frame, self.pack), gazetteer())
        self._note(*absent)
        return conform(figures)

    def _decode(self, cells: pl.DataFrame, role: str) -> pl.Series:
        """Our codes for the cells of a role; an empty cell is the total, and the country."""
        total = self.pack.code if role == "area" else TOTAL
        pairs = cells.select("file", role).unique()
        meant = [(f, c, self._meaning(role, f, c) if c else total) for f, c in pairs.iter_rows()]
        schema = {"file": pl.String, role: pl.String, "meant": pl.String}
        table = pl.DataFrame(meant, schema=schema, orient="row")
        joined = cells.select("file", role).join(table, on=["file", role], how="left", maintain_order="left")
        return joined["meant"].alias(role)

    def _meaning(self, role: str, file: str, code: str) -> str:
        codes = self.tables.codes_of(role, file)
        area = gazetteer().by_office_code(self.pack.code, code) if role == "area" and code not in codes else None
        return area.code if area else codes.get(code, code)

    @cached_property
    def _vocabulary(self) -> Known:
        left_out = {m.indicator for rows in self.tables.files.values() for m in rows}
        return Known({*catalogue().indicators, *left_out}, self.pack.sources, gazetteer())

    def _figure_rules(self, figures: pl.DataFrame, read: Read) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What the schema refuses, and repeats; returns the kept figures and file and row of the others."""
        lost = rules_series.decimal_point_lost(figures)
        failures = validate(figures, self._vocabulary, repeats=False)
        said = (pl.col("rule") == "percent_out_of_range") & pl.struct("file", "row").is_in(
            lost.select(pl.struct("file", "row")).to_series().implode()
        )
        failures = pl.concat([lost, failures.filter(~said)])
        bad = failures.select("file", "row").unique()
        kept, repeats, found = Duplicates().resolve(figures.join(bad, on=["file", "row"], how="anti"))
        read.ledgers += [failures, found]
        return kept, pl.concat([bad, repeats.select("file", "row")]).unique()

    def _series_rules(self, figures: pl.DataFrame, read: Read) -> pl.DataFrame:
        """Rules of whole series; figures they name are kept and flagged."""
        yearly = rules_series.with_year(figures)
        breaks = self._breaks()
        marked = rules_series.marked_break(yearly, breaks)
        found = [
            rules_series.repeated_last_year(yearly),
            rules_series.total_not_between_parts(yearly),
            rules_series.total_unlike_parts(yearly),
            rules_series.overlapping_areas(yearly, gazetteer()),
            *[
                rule(yearly).join(marked, on=["file", "row"], how="anti")
                for rule in (rules_series.sudden_factor, rules_series.zero_after_level, rules_series.level_shift)
            ],
            rules_series.regional_outlier(yearly, self.pack.code),
            rules_series.capped_values(yearly, self.pack.code),
            rules_series.count_with_fraction(yearly),
            marked,
        ]
        overlapping = found[3].select("file", pl.col("value").alias("area")).unique()
        early = rules_series.area_not_yet(yearly, gazetteer())
        found.append(early.join(overlapping, left_on=["file", "value"], right_on=["file", "area"], how="anti"))
        read.ledgers += found
        self._note(*rules_files.series_stops(_last_years(yearly)))
        return _flagged(figures, pl.concat(found))

    def _breaks(self) -> pl.DataFrame:
        rows = [
            (m.indicator, period, reason)
            for rows in self.tables.files.values()
            for m in rows
            for period, reason in m.breaks
        ]
        schema = {"indicator": pl.String, "period": pl.String, "reason": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row").unique(maintain_order=True)

    def _not_mapped(self, cells: pl.DataFrame) -> None:
        label = pl.coalesce(
            [pl.when(pl.col(c) != "").then(pl.col(c)) for c in ("series", "composite", "education", "age")]
        )
        groups = cells.group_by("file", label.fill_null("").alias("label"), maintain_order=True).agg(
            pl.col("row").min(), pl.len().alias("rows")
        )  # fmt: skip
        for file, name, row, rows in groups.iter_rows():
            self._note(finding(file, "series_not_mapped", row, _NAMES["series"], name, rows=str(rows)))

    def _not_taken(self, figures: pl.DataFrame) -> None:
        groups = figures.group_by("file", "indicator", maintain_order=True).agg(pl.len().alias("rows"))
        for file, indicator, rows in groups.iter_rows():
            self._note(finding(file, "indicator_not_taken", value=indicator, rows=str(rows)))

    def _label_rules(self) -> None:
        """Labels are checked only; they never change a figure."""
        sexes, areas = self.repository.labels("SEX"), self.repository.labels("REF_AREA")
        code, known = self.pack.code, gazetteer()
        self._note(
            *rules_files.total_label_names_children("translations/{}/SEX.yml", sexes, self.tables.words_of_children),
            *rules_files.code_of_another_area("translations/{}/REF_AREA.yml", areas, code, known),
            *rules_files.label_of_another_area("translations/{}/REF_AREA.yml", areas, code, known),
        )


def _own_groups(frame: pl.DataFrame, pack: CountryPack) -> pl.DataFrame:
    """Groups that are the indicator's own definition stand as totals (under-five mortality is of ages 0 to 4)."""
    for group in pack.own_groups:
        own = (pl.col("indicator") == group.indicator) & (pl.col(group.column) == group.code)
        if group.column in frame.columns and group.indicator in _indicators(frame):
            total = "" if group.column == "other" else TOTAL
            frame = frame.with_columns(pl.when(own).then(pl.lit(total)).otherwise(group.column).alias(group.column))
    return frame


def _indicators(frame: pl.DataFrame) -> set[str]:
    return set(frame["indicator"].unique())


def _last_years(figures: pl.DataFrame) -> dict[str, int]:
    last = figures.filter(pl.col("year").is_not_null()).group_by("file").agg(pl.col("year").max()).sort("file")
    return dict(last.iter_rows())


def _flagged(figures: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Figures with the flags of the rules that name their file and row."""
    for flag in sorted(set(rules_series.FLAGS.values())):
        rules = [rule for rule, own in rules_series.FLAGS.items() if own == flag]
        rows = found.filter(pl.col("rule").is_in(rules)).select("file", "row", pl.lit(True).alias("named")).unique()
        joined = figures.join(rows, on=["file", "row"], how="left", maintain_order="left")
        named = pl.col("named").fill_null(False)
        figures = joined.with_columns(pl.when(named).then(with_flag(flag)).otherwise("flag").alias("flag")).drop(
            "named"
        )
    return figures


def _set_aside(bad: pl.DataFrame, read: Read, ledger: pl.DataFrame) -> pl.DataFrame:
    """Bad rows as they stood in their files; columns of all files side by side."""
    errors = ledger.filter((pl.col("severity") == "error") & pl.col("row").is_not_null())
    rules = errors.group_by("file", "row").agg(pl.col("rule").unique().sort().str.join("|").alias("rules"))
    named = bad.join(rules, on=["file", "row"], how="left").sort("file", "row")
    rows = [
        {"file": file, "row": row, "rules": codes or "", **read.raw[file, row]}
        for file, row, codes in named.iter_rows()
    ]
    columns = list(dict.fromkeys(column for row in rows for column in row)) or ["file", "row", "rules"]
    schema = {column: pl.Int64 if column == "row" else pl.String for column in columns}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.String).fill_null(""))
