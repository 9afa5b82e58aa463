"""Two shares that belong together, and the bounds of what was not looked at."""

from __future__ import annotations

import math

import pytest

from everychild.methods.alignment import Alignment


def test_worked_example() -> None:
    """../shared/methods/care_and_rights.md, section 5."""
    found = Alignment({"aligned": 22, "partly": 11, "not_aligned": 4, "not_assessed": 9, "not_applicable": 3})
    assert found.aligned_of_assessed == pytest.approx(59.5, abs=0.05)
    assert found.assessed_of_applicable == pytest.approx(80.4, abs=0.05)
    assert found.bounds == pytest.approx((47.8, 67.4), abs=0.05)


def test_a_silent_law_was_assessed_and_is_not_aligned() -> None:
    found = Alignment({"aligned": 1, "silent": 1})
    assert (found.aligned_of_assessed, found.assessed_of_applicable) == (50, 100)


def test_nothing_below_the_line_is_no_share() -> None:
    found = Alignment({"not_applicable": 3})
    assert math.isnan(found.aligned_of_assessed)
    assert math.isnan(found.assessed_of_applicable)


def test_what_is_no_count_is_refused() -> None:
    for counts in ({"good": 1}, {"aligned": -1}):
        with pytest.raises(ValueError, match="are not counts of verdicts"):
            Alignment(counts)
