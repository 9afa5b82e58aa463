"""Codes of a note: what is written can be read, what is not codes stays a note in words."""

from __future__ import annotations

import polars as pl
import pytest

from everychild.vocabulary.computations import (
    COLUMNS,
    Computation,
    Procedure,
    computation_columns,
    computation_of,
    procedure_of,
)  # fmt: skip

WHOLE = Computation("stunting_moderate_severe", "a304bef8", "verified_syntax", deff=1.04, df=412, lonely=2)
BARE = Computation("bcg_coverage", "0badcafe", "unverified")


@pytest.mark.parametrize("made", [WHOLE, BARE], ids=["whole", "bare"])
def test_a_note_reads_back_as_what_was_written(made: Computation) -> None:
    assert computation_of(made.note) == made


def test_the_note_is_the_text_that_releases_hold() -> None:
    """Literal, because releases never change: a reader of later versions has to know these texts."""
    assert WHOLE.note == (
        "recipe=stunting_moderate_severe;version=a304bef8;checked=verified_syntax;deff=1.0400;df=412;lonely=2"
    )
    assert BARE.note == "recipe=bcg_coverage;version=0badcafe;checked=unverified"


def test_keys_of_later_versions_are_passed_over() -> None:
    assert computation_of(f"{WHOLE.note};psus=430") == WHOLE


@pytest.mark.parametrize(
    "note",
    [
        "",
        "7399 deaths among 356575 births; exact Poisson interval",
        "recipe stunting_moderate_severe a304bef8 (verified_syntax); design effect 1.04",
        "recipe=bcg_coverage;version=1",
        "recipe=bcg_coverage;version=1;checked=unverified;df=many",
    ],
)
def test_a_note_in_words_and_a_broken_one_tell_no_computation(note: str) -> None:
    assert computation_of(note) is None


def test_columns_hold_what_notes_tell_and_are_null_elsewhere() -> None:
    frame = pl.DataFrame({"note": [WHOLE.note, BARE.note, "corrected; recipe=none;df=3", ""]})
    found = frame.select(computation_columns())
    assert list(found.schema.items()) == [(name, kind()) for name, kind in COLUMNS.items()]
    assert found.rows() == [
        ("stunting_moderate_severe", "a304bef8", "verified_syntax", 1.04, 412, 2),
        ("bcg_coverage", "0badcafe", "unverified", None, None, None),
        (None,) * 6,
        (None,) * 6,
    ]


def test_a_method_with_a_command_of_its_own_reads_back() -> None:
    made = Procedure("child_mortality", {"window": "0-4", "errors": "jackknife", "psus": "412"})
    assert made.note == "method=child_mortality;window=0-4;errors=jackknife;psus=412"
    assert procedure_of(made.note) == made
    assert procedure_of(WHOLE.note) is None
    assert computation_of(made.note) is None
    two = Procedure("growth", {"standard": "WHO 2006; own tables"})
    assert procedure_of(two.note) == Procedure("growth", {"standard": "WHO 2006, own tables"})
