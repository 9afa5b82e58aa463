"""What is missing or odd in one file of a survey: its design, weights, keys, and words where codes should stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import polars as pl

from everychild.methods.sampling.weights import EXTREME
from everychild.microdata.description import SurveyDesign
from everychild.microdata.located import finding, first_row, plain
from everychild.microdata.survey_files import SurveyFiles
from everychild.vocabulary.findings import Finding

NORMALISED: Final = (0.9, 1.1)
"""Range in which a mean weight passes for 1: rounding and rows of zero weight move it a little."""
OF_ONE_SELECTED: Final = frozenset({"fsweight"})
"""Weights of one child drawn in each household: MICS6 multiplies the weight that averages 1 (fshweight) by the number
of children it was drawn from, so these average that number."""
LARGE: Final = 100
"""Times the median weight from which a weight is worth a look."""
MILLIONTHS: Final = "005"
"""End of the names of weights in DHS files (v005, hv005, d005), which are whole numbers: a million is a weight of 1."""
FEW: Final = 3
"""Examples of one kind that are listed; the count says how many there are."""
ROW: Final = "row of the file"


class FileChecks:
    """The checks of one file; each yields findings. Rows are counted as a person counts them."""

    def __init__(self, files: SurveyFiles, name: str) -> None:
        self.files, self.name = files, name
        self.path = files.path(name)
        self.file = self.path.name
        self.frame = files.frame(name)
        self.schema = {column.lower(): (column, kind) for column, kind in self.frame.collect_schema().items()}
        self.design: SurveyDesign = files.description.design_of(name)

    @property
    def is_household_file(self) -> bool:
        return self.name == self.files.description.household_file

    @property
    def texts(self) -> frozenset[str]:
        """Names (lower case) of the columns that hold text."""
        return frozenset(lower for lower, (_, kind) in self.schema.items() if kind == pl.String)

    def has(self, names: Collection[str]) -> bool:
        return all(name.lower() in self.schema for name in names)

    def column(self, name: str) -> pl.Expr:
        return pl.col(self.schema[name.lower()][0])

    def numbered(self) -> pl.LazyFrame:
        return self.frame.with_row_index(ROW, offset=first_row(self.path))

    def rows(self) -> Iterator[Finding]:
        if not self.frame.select(pl.len()).collect().item():
            yield finding(self.file, "", "", "survey_no_rows")

    def design_variables(self) -> Iterator[Finding]:
        """Design variables that are absent, or missing in some rows."""
        names = list(dict.fromkeys((*self.design.stratum, *self.design.psu)))
        for name in dict.fromkeys((*names, *self.design.household, *self.design.line)):
            if name.lower() not in self.schema:
                yield finding(self.file, name, "", "survey_design_absent")
        for name in names:
            if name.lower() in self.schema:
                yield from self._where(name, self.column(name).is_null(), "survey_design_missing")

    def _where(self, name: str, condition: pl.Expr, rule: str, **told: object) -> Iterator[Finding]:
        """A finding on the rows of a column that meet a condition, with the first of them."""
        column = self.schema[name.lower()][0]
        found = self.numbered().filter(condition).select(ROW, column)
        count, first = pl.collect_all([found.select(pl.len()), found.head(1)])
        if count.item():
            yield finding(self.file, column, plain(first[column][0]), rule, first[ROW][0], count=count.item(), **told)

    def strata(self) -> Iterator[Finding]:
        """Clusters that lie in two strata; strata of the household file that have one cluster."""
        if not self.design.psu or not self.has((*self.design.stratum, *self.design.psu)):
            return
        stratum, psu = self._text(self.design.stratum), self._text(self.design.psu)
        pairs = (
            self.numbered().group_by(stratum.alias("stratum"), psu.alias("psu"))
            .agg(pl.len().alias("rows"), pl.col(ROW).min()).drop_nulls().collect()
        )  # fmt: skip
        twice = pairs.sort("rows").group_by("psu", maintain_order=True).agg(pl.col("stratum"), pl.col(ROW).first())
        twice = twice.filter(pl.col("stratum").list.len() > 1).sort("psu")
        for cluster, strata, row in twice.head(FEW).iter_rows():
            where = ", ".join(sorted(strata))
            column = ", ".join(self.design.psu)
            yield finding(self.file, column, cluster, "survey_cluster_in_two_strata", row, strata=where)
        if self.is_household_file:
            single = pairs.group_by("stratum").len().filter(pl.col("len") == 1).sort("stratum")
            for value, _ in single.iter_rows():
                yield finding(self.file, ", ".join(self.design.stratum), value, "survey_single_cluster")

    def _text(self, names: Sequence[str]) -> pl.Expr:
        parts = [self._plain(name) for name in names] or [pl.lit("")]
        return pl.concat_str(parts, separator=" × ")

    def _plain(self, name: str) -> pl.Expr:
        return self.column(name).cast(pl.String).str.replace(r"^(-?\d+)\.0$", "$1")

    def _keyed(self, names: Sequence[str]) -> pl.LazyFrame:
        """Rows with their number and a key as texts, key0, key1, …"""
        return self.numbered().select(ROW, *(self._plain(name).alias(f"key{i}") for i, name in enumerate(names)))

    def strange_clusters(self) -> Iterator[Finding]:
        """Clusters that the household file does not have in that stratum."""
        household = self.files.description.household_file
        if self.is_household_file or household not in self.files.present or not self.design.psu:
            return
        other = FileChecks(self.files, household)
        keys, others = ((*checks.design.stratum, *checks.design.psu) for checks in (self, other))
        if not self.has(keys) or not other.has(others) or len(keys) != len(others):
            return
        known = other.frame.select(other._plain(name).alias(f"key{i}") for i, name in enumerate(others)).unique()
        on = [f"key{i}" for i in range(len(keys))]
        rows = self._keyed(keys).drop_nulls().join(known, on=on, how="anti")
        strange = rows.group_by(on).agg(pl.col(ROW).min()).sort(ROW).collect()
        if strange.height:
            *values, row = strange.row(0)
            value = ", ".join("" if v is None else v for v in values)
            column = ", ".join(keys)
            yield finding(self.file, column, value, "survey_cluster_unknown", row, count=strange.height)

    def weight(self, name: str, *, may_lack: bool = False) -> Iterator[Finding]:
        """What is wrong with a weight variable (any case of letters). `may_lack`: recipes say what a missing weight is
        worth, as for women who were not drawn for the questions on violence."""
        column, kind = self.schema[name.lower()]
        if not kind.is_numeric():
            words = pl.col(column).cast(pl.String)
            no_number = words.cast(pl.Float64, strict=False).is_null() & (words != "")
            yield from self._where(column, no_number, "survey_weight_text")
            return
        value = pl.col(column).cast(pl.Float64)
        missing = value.is_null() | self._declared_missing(column)
        if not may_lack:
            yield from self._where(column, missing, "survey_weight_missing")
        yield from self._where(column, value < 0, "survey_weight_negative")
        yield from self._where(column, ~value.is_finite(), "survey_weight_not_finite")
        if self._kept_as_text(column):
            yield finding(self.file, column, "", "survey_weight_numbers_as_text")
        used = value.filter(value.is_finite() & (value > 0) & ~self._declared_missing(column))
        mean, median, most, rows = (
            self.frame.select(
                used.mean(), used.median().alias("median"), used.max().alias("most"),
                value.is_not_null().sum().alias("n"),
            ).collect().row(0)
        )  # fmt: skip
        if rows and mean is None:
            yield finding(self.file, column, "0", "survey_weight_all_zero")
        elif mean is not None and most > LARGE * median:
            yield from self._far_above(column, value, median, most)
        elif mean is not None and name.lower() not in OF_ONE_SELECTED and not self._averages_one(name, mean):
            yield finding(self.file, column, f"{mean:.0f}" if mean >= 1000 else f"{mean:.4g}", "survey_weight_mean")

    def _kept_as_text(self, column: str) -> bool:
        """Whether the file itself has texts where recipes read numbers."""
        names = {new: own for own, new in self.files.description.rename.get(self.name, {}).items()}
        raw = self.files.raw(self.name)
        own = raw.columns.get(names.get(column, column).lower(), column)
        return raw.frame.collect_schema().get(own) == pl.String

    def _far_above(self, column: str, value: pl.Expr, median: float, most: float) -> Iterator[Finding]:
        times, rule = (EXTREME, "extreme") if most > EXTREME * median else (LARGE, "large")
        far = value.is_finite() & (value > times * median) & ~self._declared_missing(column)
        yield from self._where(column, far, f"survey_weight_{rule}", times=f"{times:,}")

    def _averages_one(self, name: str, mean: float) -> bool:
        means = (mean, mean / 1e6) if name.lower().endswith(MILLIONTHS) else (mean,)
        return any(NORMALISED[0] <= each <= NORMALISED[1] for each in means)

    def _declared_missing(self, column: str) -> pl.Expr:
        """Whether the file declares the code of a row missing: 999 as a weight would weigh 999."""
        words = self.files.raw(self.name).words.get(column)
        value, gone = pl.col(column).cast(pl.Float64), pl.lit(False)
        if words is None:
            return gone
        codes = [float(code) for code in words.missing if not isinstance(code, str)]
        if codes:
            gone = gone | value.is_in(codes)
        if words.missing_range is not None:
            gone = gone | value.is_between(words.missing_range.low, words.missing_range.high)
        return gone

    def has_rows_and_keys_in_order(self) -> bool:
        """Whether there are rows, and no key is missing or stands twice: one reading of the keys alone, asked before
        the findings, which take several."""
        names = [self.schema[name.lower()][0] for name in self._key if name.lower() in self.schema]
        unique = bool(names) and self._unique
        asked = [pl.len().alias("rows"), *(pl.col(name).null_count() for name in names)]
        if unique:
            asked.append(_ascending(names).alias("ascending"))
        found = self.frame.select(asked).collect().row(0, named=True)
        rows, ascending = found.pop("rows"), found.pop("ascending", True)
        if not rows or any(found.values()):
            return False
        # To count different keys takes 100 bytes a row; files in the order of their keys do without.
        return bool(ascending or self.frame.select(pl.struct(names).n_unique()).collect().item() == rows)

    @property
    def _key(self) -> tuple[str, ...]:
        line = () if self.is_household_file else self.design.line
        return tuple(dict.fromkeys((*self.design.household, *line)))

    @property
    def _unique(self) -> bool:
        return self.has(self._key) and (self.is_household_file or bool(self.design.line))

    def key_findings(self) -> Iterator[Finding]:
        """Rows without a key, and keys that stand twice: households in the household file, persons elsewhere."""
        if not self.has(self._key):
            return
        for name in self._key:
            yield from self._where(name, self.column(name).is_null(), "survey_key_missing")
        if self._unique:
            yield from self._repeated(self._key)

    def _repeated(self, key: tuple[str, ...]) -> Iterator[Finding]:
        names = [self.schema[name.lower()][0] for name in key]
        some, distinct = self.frame.select(names).drop_nulls(), self.frame.select(names).drop_nulls().unique()
        rows, keys = (part.item() for part in pl.collect_all([some.select(pl.len()), distinct.select(pl.len())]))
        if rows == keys:
            return
        repeated = (
            self.numbered().drop_nulls(names).group_by(names).agg(pl.len(), pl.col(ROW).sort())
            .filter(pl.col("len") > 1).sort(pl.col(ROW).list.first()).collect()
        )  # fmt: skip
        for *values, count, places in repeated.head(FEW).iter_rows():
            text = ", ".join(map(plain, values))
            column = ", ".join(names)
            yield finding(self.file, column, text, "survey_duplicate_key", places[1], count=count, first=places[0])

    def orphans(self) -> Iterator[Finding]:
        """Rows whose household is not in the household file."""
        household = self.files.description.household_file
        if self.is_household_file or household not in self.files.present:
            return
        other = FileChecks(self.files, household)
        here, there = self.design.household, other.design.household
        if not self.has(here) or not other.has(there) or len(here) != len(there):
            return
        on = [f"key{i}" for i in range(len(here))]
        known = other.frame.select(other._plain(name).alias(f"key{i}") for i, name in enumerate(there)).unique()
        orphans = self._keyed(here).join(known, on=on, how="anti").sort(ROW).collect()
        if orphans.height:
            row, *values = orphans.row(0)
            value = ", ".join("" if v is None else v for v in values)
            yield finding(self.file, ", ".join(here), value, "survey_orphan", row, count=orphans.height)

    def words(self, compared: Collection[str]) -> Iterator[Finding]:
        """Variables (lower case) that are compared with numbers, and hold text."""
        for name in sorted(compared):
            column, kind = self.schema.get(name, ("", pl.Null()))
            if kind != pl.String:
                continue
            text = pl.col(column)
            labels = list(self._where(column, text.str.contains(r"[^\d\s.,+-]"), "survey_labels_not_codes"))
            yield from labels or self._where(column, text.is_not_null() & (text != ""), "survey_text_not_numbers")

    def numbers(self, lettered: frozenset[str]) -> Iterator[Finding]:
        """Variables (lower case) that are compared with letters, and hold numbers."""
        for name in sorted(lettered & self.files.numbers_for_letters(self.name)):
            column, _ = self.schema[name]
            yield from self._where(column, pl.col(column).is_not_null(), "survey_numbers_not_letters")

    def unknown_labels(self, wanted: Collection[str]) -> Iterator[Finding]:
        """Labels of the wanted variables (lower case) that the table of labels has no code for."""
        if self.files.description.labels is None:
            return
        codes, raw = self.files.label_codes, self.files.raw(self.name)
        standard = {own.lower(): new for own, new in self.files.description.rename.get(self.name, {}).items()}
        schema = raw.frame.collect_schema()
        for lower, column in raw.columns.items():
            name = standard.get(lower, lower).lower()
            if name not in codes or name not in wanted or schema[column] != pl.String:
                continue
            text = pl.col(column)
            unknown = ~text.is_in([*codes.get("*", {}), *codes[name]]) & text.cast(pl.Float64, strict=False).is_null()
            counted = raw.frame.filter(unknown & (text != "")).group_by(column).len().sort("len", descending=True)
            for value, count in counted.head(FEW).collect().iter_rows():
                yield finding(self.file, column, value, "survey_label_unknown", count=count)


def _ascending(names: Sequence[str]) -> pl.Expr:
    """Whether every row has a greater key than the row before it; keys are compared column by column."""
    greater = pl.lit(False)
    for name in reversed(names):
        here, before = pl.col(name), pl.col(name).shift(1)
        greater = (here > before) | ((here == before) & greater)
    return greater.all()
