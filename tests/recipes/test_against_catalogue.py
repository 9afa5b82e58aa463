"""The shipped recipes beside the catalogue of indicators they were made from: every cell that differs is told here with
the reason. Read on 26 November 2026 from recipes_mics6.csv, derived_mics6.csv, recipes_dhs.csv and derived_dhs.csv."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final

import pytest

from everychild.recipes.recipe import LAYOUTS
from everychild.vocabulary.tables import definitions_folder

COMPARED: Final = ("kind", "file", "universe", "numerator", "denominator", "weight", "confidence", "source")
OWN_PROCEDURE: Final = frozenset({"life_table", "rate_exposure", "algorithm"})
"""Computed from histories and not from rows: the catalogue's words for them (SYNTHETIC_COHORT) are no expressions."""
RATE: Final = re.compile(r"RATE\((\w+) WHERE (.+)\)")

AS_EXPRESSION: Final = "the catalogue names the inputs of the algorithm; here it is written as an expression"
CARRIED: Final = "the catalogue leaves the joining of files to the reader; here values are carried by household"
BY_STEPS: Final = "the catalogue names the score of the global MPI; here its steps are written, carried by household"
NOT_AN_ANSWER: Final = "98 and 99 are no numbers of partners, and 99 is not never"
WEAKEST: Final = "a recipe is marked no better than the derived names it rests on"
RECIPES: Final[dict[tuple[str, str, str], str]] = {
    ("mics6", "unmet_need_family_planning", "kind"): AS_EXPRESSION,
    ("mics6", "unmet_need_family_planning", "confidence"): WEAKEST,
    ("mics6", "demand_satisfied_modern", "kind"): AS_EXPRESSION,
    ("mics6", "demand_satisfied_modern", "confidence"): WEAKEST,
    ("mics6", "condom_nonregular_men_15_24", "confidence"): WEAKEST,
    ("mics6", "foundational_reading_7_14", "confidence"): WEAKEST,
    ("mics6", "social_transfers_children", "kind"): CARRIED,
    ("mics6", "social_transfers_children", "numerator"): CARRIED,
    ("mics6", "social_transfers_poorest_households", "kind"): CARRIED,
    ("mics6", "social_transfers_population", "kind"): CARRIED,
    ("mics6", "mpi_headcount_children", "kind"): BY_STEPS,
    ("mics6", "mpi_headcount_children", "universe"): "and the score is known",
    ("mics6", "mpi_headcount_children", "numerator"): BY_STEPS,
    ("mics6", "mpi_headcount_children", "confidence"): "the program of others is for MICS5; names by analogy",
    ("dhs", "neonatal_tetanus_protection", "kind"): AS_EXPRESSION,
    ("dhs", "neonatal_tetanus_protection", "confidence"): WEAKEST,
    ("dhs", "nar_primary", "kind"): AS_EXPRESSION,
    ("dhs", "nar_secondary", "kind"): AS_EXPRESSION,
    ("dhs", "gar_primary", "kind"): AS_EXPRESSION,
    ("dhs", "gar_secondary", "kind"): AS_EXPRESSION,
    ("dhs", "out_of_school_primary", "kind"): AS_EXPRESSION,
    ("dhs", "never_had_sex_women_15_24", "numerator"): NOT_AN_ANSWER,
    ("dhs", "multiple_partners_women", "numerator"): NOT_AN_ANSWER,
    ("dhs", "condom_multiple_partners_women", "universe"): NOT_AN_ANSWER,
    ("dhs", "ipv_physical_12m", "weight"): "women outside the violence module have no weight and count with 0",
    ("dhs", "sexual_violence_before18_women", "weight"): "as for ipv_physical_12m",
}
DERIVED: Final[dict[tuple[str, str, str], str]] = {
    ("mics6", "D_UNMET_NEED", "type"): AS_EXPRESSION,
    ("mics6", "D_UNMET_NEED", "expression"): AS_EXPRESSION,
    ("mics6", "D_UNMET_NEED", "confidence"): "own reading of the algorithm",
    ("dhs", "D_IYCF", "type"): "the youngest child of each woman is told by the type and not by a note",
    ("dhs", "D_MILKFEEDS", "expression"): "9, no answer, is no nine feeds",
    ("dhs", "D_SCHOOL_AGE", "type"): "every survey says it for itself: it needs the start of its school year",
    ("dhs", "D_SCHOOL_AGE", "expression"): "as above",
    ("dhs", "D_TT_PROTECTED", "type"): AS_EXPRESSION,
    ("dhs", "D_TT_PROTECTED", "expression"): AS_EXPRESSION,
    ("dhs", "D_TT_PROTECTED", "confidence"): "written from the description of the algorithm",
}
GLOBAL_MPI: Final = (
    "D_MPI_ELECTRICITY", "D_MPI_SANITATION", "D_MPI_WATER", "D_MPI_HOUSING", "D_MPI_FUEL", "D_MPI_ASSETS",
    "D_MPI_LIVING", "D_HH_MPI_LIVING", "D_SCHOOL_YEARS_BEFORE", "D_SCHOOL_YEARS", "D_MPI_YEARS",
    "D_HH_MPI_SIX_YEARS", "D_HH_MPI_YEARS_TOLD", "D_MPI_SCHOOLING", "D_HH_MPI_OUT_OF_SCHOOL",
    "D_HH_MPI_ATTENDANCE_TOLD", "D_MPI_ATTENDANCE", "D_HH_MPI_UNDER_FIVE", "D_HH_MPI_UNDERNOURISHED",
    "D_HH_MPI_NOURISHED", "D_MPI_NUTRITION", "D_HH_MPI_WOMAN", "D_HH_MPI_CHILD_DIED", "D_HH_MPI_DEATHS_TOLD",
    "D_MPI_CHILD_DEATH", "D_MPI_SCORE",
)  # fmt: skip
ADDED: Final[dict[str, dict[str, str]]] = {
    "mics6": {
        "D_AMENORRHOEIC": "a step of D_UNMET_NEED", "D_INFECUND": "a step of D_UNMET_NEED",
        "D_HH_ANY_TRANSFER": CARRIED, "D_HH_SCHOOL_SUPPORT": CARRIED, **dict.fromkeys(GLOBAL_MPI, BY_STEPS),
    },
    "dhs": {"D_TT_DOSES": "a step of D_TT_PROTECTED", "D_TT_YEARS": "a step of D_TT_PROTECTED"},
}  # fmt: skip
MORE_FILES: Final = {("dhs", "D_AGE_M"): ("KR", "KR;BR")}
"""The catalogue says in a note that the age of a birth is worked out alike."""


def rows(path: Path, *key: str) -> dict[tuple[str, ...], dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        found = [{name: cell.strip() for name, cell in row.items()} for row in csv.DictReader(lines)]
    made = {tuple(row.get(name, "1") for name in key): row for row in found}
    assert len(made) == len(found)
    return made


def ours(name: str) -> Path:
    return definitions_folder() / "recipes" / name


@pytest.fixture
def catalogue(shared_folder: Path) -> Path:
    return shared_folder / "catalogue"


@pytest.mark.shared
@pytest.mark.parametrize(("layout", "parts", "codes"), [("mics6", 209, 202), ("dhs", 127, 127)])
def test_every_recipe_of_the_catalogue_is_here(catalogue: Path, layout: str, parts: int, codes: int) -> None:
    """209 rows of the catalogue are 202 indicators: seven are put together from two files each."""
    theirs = rows(catalogue / f"recipes_{layout}.csv", "code", "part")
    assert list(rows(ours(f"{layout}.csv"), "code", "part")) == list(theirs)
    assert (len(theirs), len({code for code, _ in theirs})) == (parts, codes)


@pytest.mark.shared
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_cell_that_differs_has_a_reason(catalogue: Path, layout: str) -> None:
    theirs = rows(catalogue / f"recipes_{layout}.csv", "code", "part")
    found = {
        (layout, key[0], column)
        for key, row in rows(ours(f"{layout}.csv"), "code", "part").items()
        for column in COMPARED
        if row[column] != expected(theirs[key], row["kind"], column)
    }
    assert found == {key for key in RECIPES if key[0] == layout}


def expected(theirs: dict[str, str], kind: str, column: str) -> str:
    """What a cell of the catalogue becomes by form alone: a procedure has no expressions, a parity two conditions."""
    if kind in OWN_PROCEDURE and column in ("universe", "numerator", "denominator"):
        return ""
    if kind == "parity" and column in ("universe", "weight"):
        return ""
    told = RATE.fullmatch(theirs[column]) if kind == "parity" else None
    return told[2] if told else theirs[column]


@pytest.mark.shared
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_parity_compares_the_rate_that_the_catalogue_names(catalogue: Path, layout: str) -> None:
    theirs = rows(catalogue / f"recipes_{layout}.csv", "code", "part")
    parities = {key: row for key, row in rows(ours(f"{layout}.csv"), "code", "part").items() if row["kind"] == "parity"}
    assert parities
    for key, row in parities.items():
        told = [RATE.fullmatch(theirs[key][side]) for side in ("numerator", "denominator")]
        assert [match[1] for match in told if match] == [row["rate_of"]] * 2, key


@pytest.mark.shared
@pytest.mark.parametrize("layout", LAYOUTS)
def test_derived_names_are_those_of_the_catalogue(catalogue: Path, layout: str) -> None:
    theirs = rows(catalogue / f"derived_{layout}.csv", "name")
    here = rows(ours(f"{layout}_derived.csv"), "name")
    assert {name for (name,) in here.keys() - theirs.keys()} == set(ADDED[layout])
    assert theirs.keys() <= here.keys()
    found = {
        (layout, name, column)
        for (name,), row in theirs.items()
        for column in ("type", "expression", "confidence", "source")
        if row[column] != here[name,][column]
    }
    assert found == {key for key in DERIVED if key[0] == layout}
    files = {name: (row["file"], here[name,]["file"]) for (name,), row in theirs.items()}
    moved = {(layout, name): pair for name, pair in files.items() if pair[0] != pair[1]}
    assert moved == {key: pair for key, pair in MORE_FILES.items() if key[0] == layout}
