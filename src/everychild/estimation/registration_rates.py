"""Rates from registered deaths and births, by area, period and sex, as tables and as observations of the cube."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from everychild import __version__
from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.rate_bases import NoRate, base_of
from everychild.catalogue.registration_breaks import breaks_of
from everychild.estimation.publication import checksums, store_figures
from everychild.methods.registration import RELIABLE_FROM, Count, rate_ratio, registration_rates, windows, years_for
from everychild.releases.manifest import Manifest
from everychild.vocabulary.findings import Finding, rules
from everychild.vocabulary.observations import SCHEMA as CUBE
from everychild.vocabulary.observations import conform

SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "period": pl.String, "group": pl.String, "area": pl.String, "sex": pl.String,
    "value": pl.Float64, "se": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "n": pl.Int64, "deaths": pl.Int64,
    "one_death": pl.Float64, "years_for_20": pl.Int64, "unit": pl.String, "status": pl.String, "break": pl.Int64,
}  # fmt: skip
"""`n`: births. `one_death`: what one more death adds to the rate. `years_for_20`: years to pool for 20 deaths.
`status`: A, U (fewer than 20 deaths), B (first figure of a new definition), O (no births)."""
RATIO_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "period": pl.String, "group": pl.String, "area": pl.String, "sex": pl.String,
    "compared": pl.String, "with": pl.String, "value": pl.Float64, "lower": pl.Float64, "upper": pl.Float64,
    "p": pl.Float64, "across_break": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class Pooled:
    """Deaths and births of one area, sex and stretch of years."""

    indicator: str
    area: str
    sex: str
    first: int
    last: int
    deaths: int
    births: int
    years: int
    row: int

    @property
    def period(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}/{self.last}"

    @property
    def group(self) -> str:
        return self.area if self.sex == "_T" else f"{self.area};sex={self.sex}"


@dataclass(frozen=True)
class RegistrationTable:
    """Rates of a table of counts. `rows` is a table of SCHEMA."""

    country: str
    rows: pl.DataFrame
    pooled: tuple[Pooled, ...]
    breaks: Mapping[str, tuple[int, ...]]
    findings: tuple[Finding, ...]

    def years_needed(self) -> Mapping[str, int]:
        """Areas with a rate on fewer than 20 deaths → years to pool for 20, at their mean number of deaths a year."""
        few = {one.area for one in self.pooled if one.deaths < RELIABLE_FROM}
        found: dict[str, int] = {}
        for area in dict.fromkeys(one.area for one in self.pooled if one.area in few):
            for code in self.breaks:
                own = [one for one in self.pooled if (one.area, one.indicator, one.sex) == (area, code, "_T")]
                years = years_for(sum(one.deaths for one in own), sum(one.years for one in own))
                if years is not None:
                    found[area] = max(years, found.get(area, 0))
        return found

    def differences(self) -> pl.DataFrame:
        """Every area against the country in the same period, every period against the one before; RATIO_SCHEMA.

        A ratio across a change of definition is marked: it compares two things.
        """
        return pl.DataFrame([*self._with_country(), *self._with_before()], schema=RATIO_SCHEMA)

    def _with_country(self) -> Iterator[dict[str, Any]]:
        whole = {(p.indicator, p.period, p.sex): p for p in self.pooled if p.area == self.country}
        for one in self.pooled:
            other = whole.get((one.indicator, one.period, one.sex))
            if other is not None and one.area != self.country:
                yield from self._ratio(one, other, self.country, "area")

    def _with_before(self) -> Iterator[dict[str, Any]]:
        before: dict[tuple[str, str, str], Pooled] = {}
        for one in sorted(self.pooled, key=lambda p: (p.indicator, p.area, p.sex, p.first)):
            key = (one.indicator, one.area, one.sex)
            if key in before:
                yield from self._ratio(one, before[key], before[key].period, "period")
            before[key] = one

    def _ratio(self, one: Pooled, other: Pooled, name: str, compared: str) -> Iterator[dict[str, Any]]:
        if not (one.births and other.births):
            return
        deaths, births = one.deaths, one.births
        rest_deaths, rest_births = other.deaths, other.births
        if compared == "area":
            # an area is part of its country: it is held against the rest, which is independent of it
            rest_deaths, rest_births = other.deaths - deaths, other.births - births
            if rest_births <= 0 or rest_deaths < 0:
                return
        found = rate_ratio(deaths, births, rest_deaths, rest_births)
        yield {
            "indicator": one.indicator, "period": one.period, "group": one.group, "area": one.area, "sex": one.sex,
            "compared": compared, "with": name,
            "value": _number(found.ratio), "lower": _number(found.lower), "upper": _number(found.upper),
            "p": _number(found.p),
            "across_break": any(other.last < b <= one.first for b in self.breaks[one.indicator]),
        }  # fmt: skip


def rates_of_counts(
    counts: Sequence[Count], country_code: str, *, pool: int = 1, breaks: Sequence[int] | None = None, file: str = ""
) -> RegistrationTable:
    """Rates of counts, in windows of `pool` years that never cross a change of definition.

    `breaks`: years in which a definition changed; by default those known of the country and the indicator.
    Raises NoRate for an indicator that is not in the catalogue or is no rate.
    """
    codes = dict.fromkeys(count.indicator for count in counts)
    bases = {code: base_of(code) for code in codes}
    known = {
        code: tuple(breaks) if breaks is not None else tuple(b.year for b in breaks_of(country_code, code))
        for code in codes
    }
    found: list[Finding] = []
    pooled = tuple(one for code in codes for one in _pool(code, counts, pool, known[code], file, found))
    rows = [_row(one, bases[one.indicator], known[one.indicator]) for one in pooled]
    return RegistrationTable(country_code, pl.DataFrame(rows, schema=SCHEMA), pooled, known, tuple(found))


def _pool(
    code: str, counts: Sequence[Count], length: int, breaks: Sequence[int], file: str, found: list[Finding]
) -> Iterator[Pooled]:
    series: dict[tuple[str, str], list[Count]] = {}
    for count in counts:
        if count.indicator == code and count.births is not None:
            series.setdefault((count.area, count.sex), []).append(count)
    every = [count.year for one in series.values() for count in one]
    cut = [b for b in breaks if every and min(every) < b <= max(every)]
    if length > 1:
        found += [_finding(file, "counts_across_break", f"{b - 1}, {b}", year=b) for b in cut]
    for (area, sex), one in series.items():
        by_year = {count.year: count for count in one}
        for first, last in windows(every, length, breaks):
            inside = [by_year[year] for year in range(first, last + 1) if year in by_year]
            absent = [year for year in range(first, last + 1) if year not in by_year]
            if not inside:
                continue
            if absent:
                years = ", ".join(map(str, absent))
                found.append(_finding(file, "counts_year_absent", f"{area} {first}-{last}", years=years))
            yield Pooled(
                code, area, sex, first, last, sum(count.deaths for count in inside),
                sum(count.births or 0 for count in inside), len(inside), inside[0].row,
            )  # fmt: skip


def _finding(file: str, rule: str, value: str, **more: object) -> Finding:
    told = {name: str(text) for name, text in more.items()}
    return Finding(file, None, "year", value, rule, rules()[rule].severity, told)


def _row(one: Pooled, base: float, breaks: Sequence[int]) -> dict[str, Any]:
    made = registration_rates([one.deaths], [one.births], base)
    starts = next((b for b in breaks if one.first == b), None)
    status = "O" if not one.births else "B" if starts else "A" if made.reliable[0] else "U"
    return {
        "indicator": one.indicator, "period": one.period, "group": one.group, "area": one.area, "sex": one.sex,
        "value": _number(made.value[0]), "se": _number(made.standard_error[0]),
        "lower": _number(made.lower[0]), "upper": _number(made.upper[0]),
        "n": one.births, "deaths": one.deaths, "one_death": _number(made.one_death[0]),
        "years_for_20": None if made.reliable[0] else years_for(one.deaths, one.years),
        "unit": catalogue().indicators[one.indicator].unit, "status": status, "break": starts,
    }  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def observations(table: RegistrationTable, source: str, file: str) -> pl.DataFrame:
    """Rows of the observation schema; the first figure of a new definition carries the flag `break`."""
    made = [
        {
            "indicator": row["indicator"], "area": row["area"], "period": row["period"], "sex": row["sex"],
            "value": row["value"], "lower": row["lower"], "upper": row["upper"], "se": row["se"], "n": row["n"],
            "interval": "EXACT95" if row["lower"] is not None else "", "unit": row["unit"], "status": row["status"],
            "quality": "official", "flag": "break" if row["break"] else "", "source": source, "file": file,
            "note": f"{row['deaths']} deaths among {row['n']} births; exact Poisson interval", "row": one.row,
        }
        for row, one in zip(table.rows.iter_rows(named=True), table.pooled, strict=True)
    ]  # fmt: skip
    return conform(
        pl.DataFrame(made, schema={name: kind for name, kind in CUBE.items() if name in (made[0] if made else {})})
    )


def release(
    table: RegistrationTable, file: Path, findings: Sequence[Finding], source: str, folder: Path, by: str | None = None,
    *, publish: bool = False,
) -> Manifest:  # fmt: skip
    """Store rates as a release of the country. Raises UnknownCountry and SourceUnknown."""
    return store_figures(
        observations(table, source, file.name), [*findings, *table.findings], table.country, source, folder, by,
        dataset=f"registration-{source.lower().replace('_', '-')}",
        title={"en": "Rates from civil registration", "ru": "Показатели по данным регистрации",
               "kk": "Тіркеу деректері бойынша көрсеткіштер"},
        producer=f"everychild rates {__version__}", inputs=checksums([file]), publish=publish,
    )  # fmt: skip


__all__ = ["NoRate", "Pooled", "RegistrationTable", "observations", "rates_of_counts", "release"]
