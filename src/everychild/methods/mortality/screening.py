"""What is wrong with birth histories, found before any rate is computed, and what is done about it.

A rate is never computed silently on part of the data: every row left out is in a finding, and impossible values
refuse the estimate unless the caller names the rule and how to treat it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from everychild.methods.mortality.births import (
    SEGMENT_ENDS,
    SEGMENTS,
    BirthHistories,
    BoolArray,
    Breakdown,
    FloatArray,
    IntArray,
    NumberArray,
    SampleDesign,
)
from everychild.methods.mortality.exact_sums import rounded_weights

Treatment = Literal["refuse", "leave_out", "keep"]
Severity = Literal["error", "warning", "note"]

ROW_RULES: Final[Mapping[str, tuple[Severity, Treatment]]] = MappingProxyType(
    {
        "birth_date_missing": ("warning", "leave_out"),
        "weight_missing": ("warning", "leave_out"),
        "weight_zero": ("note", "leave_out"),
        "weight_negative": ("error", "refuse"),
        "interview_date_missing": ("error", "refuse"),
        "birth_after_interview": ("error", "refuse"),
        "survival_unknown": ("error", "refuse"),
        "death_without_age": ("error", "refuse"),
        "age_at_death_of_living_child": ("error", "refuse"),
        "death_before_birth": ("error", "refuse"),
        "death_after_interview": ("error", "refuse"),
        "psu_missing": ("error", "refuse"),
    }
)
"""Rules on single births: severity, and the treatment unless the caller names another.

Rows without a birth date or with weight 0 are left out by the DHS and MICS programs too."""
KEEPABLE: Final = frozenset({"death_after_interview"})
"""Only the segment of death is used, so a death dated after the interview can be kept, as the DHS program does; a
row of any other rule has no place in a segment, a PSU or a sum."""


@dataclass(frozen=True, eq=False)
class InputFinding:
    """Something wrong with the input: its rule, what was done, and where.

    `rows`: 0-based positions of the births concerned (read-only; empty for findings about a class, a stratum or a
    segment). `subject`: breakdown, class, period or stratum, in that order, as far as it applies.
    """

    rule: str
    severity: Severity
    treatment: Treatment
    rows: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    subject: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.rows.setflags(write=False)

    @property
    def count(self) -> int:
        return int(self.rows.size)


class MortalityInputRefused(ValueError):  # noqa: N818 - what happened to the data, as a person would say it
    """The data break rules that refuse an estimate; `findings` holds all that was found."""

    def __init__(self, findings: tuple[InputFinding, ...]) -> None:
        self.findings = findings
        named = ", ".join(f"{f.rule} ({f.count} rows)" for f in findings if f.treatment == "refuse")
        super().__init__(f"no mortality rate is computed on these data: {named}")


@dataclass(frozen=True, eq=False)
class ScreenedBirths:
    """Births fit for use. `rows`: their positions in the input, None when all were kept; other arrays follow it.

    `death_segment`: 0-7, the segment of death; 8 for children who survived 60 months or live. `weight`: rounded,
    see `rounded_weights`.
    """

    rows: IntArray | None
    birth: IntArray
    interview: IntArray
    death_segment: IntArray
    weight: FloatArray
    psu: IntArray
    findings: tuple[InputFinding, ...]

    def codes(self, breakdown: Breakdown) -> IntArray:
        codes = breakdown.codes if self.rows is None else breakdown.codes[self.rows]
        return codes.astype(np.int64, copy=False)


def screen(
    births: BirthHistories, design: SampleDesign, treatments: Mapping[str, Treatment] = MappingProxyType({})
) -> ScreenedBirths:
    """Find what is wrong with `births` and keep what can be used.

    `treatments`: rule -> treatment other than that of ROW_RULES. Raises MortalityInputRefused when rows break a rule
    whose treatment is "refuse"; ValueError for an unknown rule, "keep" where a row cannot be used, or parts of months.
    """
    for rule, treatment in treatments.items():
        if rule not in ROW_RULES:
            raise ValueError(f"there is no rule {rule!r}; rules are {', '.join(ROW_RULES)}")
        if treatment == "keep" and rule not in KEEPABLE:
            raise ValueError(f"rows that break {rule!r} cannot be kept: they have no place in the sums")
    findings, out = [], np.zeros(len(births), dtype=np.bool_)
    for rule, broken in _broken(births, design).items():
        if not broken.any():
            continue
        severity, usual = ROW_RULES[rule]
        treatment = treatments.get(rule, usual)
        findings.append(InputFinding(rule, severity, treatment, np.flatnonzero(broken)))
        if treatment != "keep":
            out |= broken
    if any(f.treatment == "refuse" for f in findings):
        raise MortalityInputRefused(tuple(findings))
    return _kept(births, np.flatnonzero(~out) if out.any() else None, tuple(findings))


def _broken(births: BirthHistories, design: SampleDesign) -> dict[str, BoolArray]:
    """Rule -> (n,) which births break it. A birth breaks no rule about a value it does not have."""
    birth, interview, age, weight = (
        np.asarray(a, dtype=np.float64) for a in (births.birth, births.interview, births.age_at_death, births.weight)
    )
    aged = ~np.isnan(age)
    unknown = np.zeros(age.size, dtype=np.bool_) if births.survival_unknown is None else births.survival_unknown
    return {
        "birth_date_missing": np.isnan(birth),
        "weight_missing": ~np.isfinite(weight),
        "weight_zero": weight == 0,
        "weight_negative": (weight < 0) & np.isfinite(weight),
        "interview_date_missing": np.isnan(interview),
        "birth_after_interview": birth > interview,
        "survival_unknown": unknown,
        "death_without_age": ~aged & ~births.alive & ~unknown,
        "age_at_death_of_living_child": aged & births.alive & ~unknown,
        "death_before_birth": age < 0,
        "death_after_interview": (birth + age > interview) & (birth <= interview),
        "psu_missing": (births.psu < 0) | (births.psu >= design.psu_count),
    }


def _kept(births: BirthHistories, rows: IntArray | None, findings: tuple[InputFinding, ...]) -> ScreenedBirths:
    chosen = slice(None) if rows is None else rows
    age = np.asarray(births.age_at_death, dtype=np.float64)[chosen]
    segment = np.full(age.size, SEGMENTS, dtype=np.int64)
    died = np.flatnonzero(~np.isnan(age))
    segment[died] = np.searchsorted(SEGMENT_ENDS, age[died], side="right")
    psu = births.psu[chosen].astype(np.int64, copy=False)
    weight = rounded_weights(np.asarray(births.weight, dtype=np.float64)[chosen], psu, (0.5, 1.0))
    birth, interview = (_months(a[chosen]) for a in (births.birth, births.interview))
    return ScreenedBirths(rows, birth, interview, segment, weight, psu, findings)


def _months(dates: NumberArray) -> IntArray:
    months = dates.astype(np.int64, copy=False)
    if dates.dtype.kind == "f" and (months != dates).any():
        raise ValueError("dates are whole months (CMC)")
    return months


def breakdown_findings(screened: ScreenedBirths, breakdown: Breakdown, present: BoolArray) -> tuple[InputFinding, ...]:
    """Findings about a breakdown: births without a class, classes without births, classes within one PSU.

    `present` (classes, k): whether a PSU has a birth of the class. A class within one PSU has no standard error.
    """
    found = []
    codes = screened.codes(breakdown)
    missing = np.flatnonzero(codes < 0)
    if missing.size:
        rows = missing if screened.rows is None else screened.rows[missing]
        found.append(InputFinding("class_missing", "warning", "leave_out", rows, (breakdown.name,)))
    for label, psus in zip(breakdown.classes, present.sum(axis=1), strict=True):
        if psus == 0:
            found.append(InputFinding("class_without_children", "warning", "keep", subject=(breakdown.name, label)))
        elif psus == 1:
            found.append(InputFinding("class_in_one_psu", "warning", "keep", subject=(breakdown.name, label)))
    return tuple(found)


def design_findings(design: SampleDesign) -> tuple[InputFinding, ...]:
    """One finding for each stratum with a single PSU: its variance cannot be seen in the sample."""
    return tuple(
        InputFinding("single_psu_stratum", "warning", "keep", subject=(str(int(design.stratum[i])), str(int(i))))
        for i in design.lonely_psus
    )
