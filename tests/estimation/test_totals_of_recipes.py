"""Recipes of the kind `total` give what a count row by row in plain Python gives, on whatever rows."""

from __future__ import annotations

import tempfile
from math import sqrt
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.estimation.survey import Options, Survey
from everychild.recipes.book import RecipeBook, read_recipes
from everychild.recipes.derived import read_derived
from everychild.recipes.parsing import parse
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.tables import definitions_folder
from tests.recipes.reference_interpreter import Row, value

HERE: Final = Place("the test")
HEADER: Final = (
    "code,part,kind,file,universe,numerator,denominator,rate_of,weight,table,confidence,"
    "source,round_differences,notes\n"
)
DESCRIPTION: Final = """\
survey: TOTALS_2024
title: {en: Totals, ru: Итоги, kk: Жиынтықтар}
country: XEX
layout: mics6
period: "2024"
source: XEX_INVENTED_SURVEY
invented: true
files: {ch: ch.parquet}
design: {ch: {psu: psu, stratum: stratum, household: [psu, line], line: line}}
psus: file
"""
CONDITIONS: Final = ("a = 1", "a <> 1", "a + b > 2", "a IS NULL OR b = 0", "NOT (a = b)", "1")
VALUES: Final = ("a", "a * b - 1", "CASE WHEN a > 1 THEN b END", "COALESCE(b, 5)")
CODE: Final = st.sampled_from([0.0, 1.0, 2.0, 3.0, None])


@st.composite
def surveys(draw: st.DrawFn) -> list[Row]:
    """Rows of two strata: one of two or three PSUs, one of one or two."""
    rows: list[Row] = []
    for stratum, psus in ((1.0, draw(st.integers(2, 3))), (2.0, draw(st.integers(1, 2)))):
        for psu in range(psus):
            for _ in range(draw(st.integers(1, 4))):
                rows.append(
                    {
                        "stratum": stratum, "psu": 10 * stratum + psu, "line": float(len(rows)), "a": draw(CODE),
                        "b": draw(CODE), "hl4": draw(st.sampled_from([1.0, 2.0])),
                        "w": draw(st.sampled_from([0.5, 1.0, 2.25, 0.0])),
                    }
                )  # fmt: skip
    rows[0] = {**rows[0], "w": 1.0}  # weights that are all zero are refused
    return rows


def by_hand(rows: list[Row], universe: str, numerator: str, sex: float | None) -> tuple[float, float, int] | None:
    """Total, error and n, row by row; None without a member. An unknown condition is not met, an unknown value is none
    of the members."""
    design = {(row["stratum"], row["psu"]): 0.0 for row in rows}
    members = 0
    of_universe, of_numerator = parse(universe, HERE), parse(numerator, HERE)
    for row in rows:
        told = 1.0 if numerator == "1" else value(of_numerator, row)
        held = value(of_universe, row) is True and sex in (None, row["hl4"]) and row["w"] > 0  # type: ignore[operator]
        if not held or (told is None and of_numerator.kind != "truth"):
            continue
        members += 1
        design[row["stratum"], row["psu"]] += float(row["w"] or 0) * float(told or 0)  # type: ignore[arg-type]
    if not members:
        return None
    variance = 0.0
    for stratum in {h for h, _ in design}:
        z = [total for (h, _), total in design.items() if h == stratum]
        mean = sum(z) / len(z)
        variance += z[0] ** 2 if len(z) == 1 else len(z) / (len(z) - 1) * sum((each - mean) ** 2 for each in z)
    return sum(design.values()), sqrt(variance), members


@settings(max_examples=60, deadline=None)
@given(
    rows=surveys(), numerator=st.sampled_from(CONDITIONS + VALUES), universe=st.sampled_from(["a >= 1", "b IS NULL"])
)
def test_totals_are_those_of_a_count_row_by_row(rows: list[Row], numerator: str, universe: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.Float64)).write_parquet(folder / "ch.parquet")
        (folder / "survey.yaml").write_text(DESCRIPTION, encoding="utf-8")
        recipe = f'own,1,total,ch,{universe},"{numerator}",1,,w,,unverified,,,\n'
        (folder / "own.csv").write_text(HEADER + recipe, encoding="utf-8")
        survey = Survey.open(folder / "survey.yaml", recipes=folder / "own.csv")
        found = survey.estimate(["own"], ["sex_child"], Options()).rows
    for group, sex in (("total", None), ("male", 1.0), ("female", 2.0)):
        row = found.filter(group=group).row(0, named=True)
        wanted = by_hand(rows, universe, numerator, sex)
        if wanted is None:
            assert (row["value"], row["se"], row["n"]) == (None, None, 0)
        else:
            told = (row["value"], row["se"], row["n"])
            assert told == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def book(folder: Path, **changed: str) -> RecipeBook:
    row: dict[str, Any] = {
        "code": "own", "part": "1", "kind": "total", "file": "ch", "universe": "UF17 = 1", "numerator": "BR1 = 1",
        "denominator": "1", "rate_of": "", "weight": "chweight", "confidence": "unverified", **changed,
    }  # fmt: skip
    cells = ",".join(str(row.get(name, "")) for name in HEADER.strip().split(","))
    path = folder / "own.csv"
    path.write_text(HEADER + cells + "\nof_sexes,1,parity,ch,,HL4 = 2,HL4 = 1,own,,,unverified,,,\n", encoding="utf-8")
    return read_recipes("mics6", path, read_derived(definitions_folder() / "recipes" / "mics6_derived.csv", {}))


def test_totals_and_quantiles_have_no_parity(tmp_path: Path) -> None:
    """A parity is linearised as a quotient of quotients; of two medians it was computed as of two means."""
    assert book(tmp_path, kind="proportion")["of_sexes"].kind == "parity"
    for kind, numerator in (("total", "BR1 = 1"), ("quantile", "HAZ2")):
        with pytest.raises(WrongDefinition) as refused:
            book(tmp_path, kind=kind, numerator=numerator)
        assert "own" in str(refused.value)


@pytest.mark.parametrize(
    ("register", "weight", "told"), [(False, "w", True), (False, "w * 500", False), (True, "w", False)]
)
def test_totals_under_weights_of_one_are_told_as_such(tmp_path: Path, register: bool, weight: str, told: bool) -> None:
    rows = [{"stratum": 1.0, "psu": float(k % 3), "line": float(k), "a": 1.0, "w": 0.9 + k / 60} for k in range(12)]
    pl.DataFrame(rows).write_parquet(tmp_path / "ch.parquet")
    described = DESCRIPTION + ("register: true\n" if register else "")
    (tmp_path / "survey.yaml").write_text(described, encoding="utf-8")
    own = tmp_path / "own.csv"
    own.write_text(f"{HEADER}cases,1,total,ch,1,a = 1,1,,{weight},,unverified,,,\n", encoding="utf-8")
    found = Survey.open(tmp_path / "survey.yaml", recipes=own).estimate(["cases"])
    assert found.rows["n"].to_list() == [12]
    assert [f.value for f in found.findings if f.rule == "estimate_total_of_normalised_weights"] == ["cases"] * told
