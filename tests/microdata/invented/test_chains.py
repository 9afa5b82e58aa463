"""Chains of answers with known probabilities: how they are read, and that a group is its chains written out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from everychild.microdata.invented.chains import AtLeast, alternatives
from everychild.microdata.invented.conditions import Clause, parse
from everychild.microdata.invented.measures import DIGITS, weight_for_age, weight_for_age_draw
from everychild.microdata.invented.true_indicators import TrueIndicator, true_indicators
from everychild.microdata.invented.truth import expected_cells

A, B, C = parse("A=1 & B=2 & C=x")
CHILDREN = TrueIndicator("made", 1, "ch", "proportion", "", parse("AGE>=3 & AGE<5"), ((),), ((),))
WOMEN = replace(CHILDREN, file="wm", universe=parse("HL4=2 & AGE>=15 & AGE<50"))


class TestReading:
    @pytest.mark.parametrize(
        ("text", "chains"),
        [
            ("", [()]),
            ("A=1", [(A,)]),
            ("A=1 & B=2 or C=x", [(A, B), (C,)]),
            ("A=1 & (B=2 or C=x)", [(A, B), (A, C)]),
            ("(A=1 or B=2) & (B=2 or C=x & A=1)", [(A, B), (A, C, A), (B, B), (B, C, A)]),
            ("1 of (A=1, B=2) & C=x", [(AtLeast(1, (A, B)), C)]),
            ("2 of (1 of (A=1, B=2), C=x)", [(AtLeast(2, (AtLeast(1, (A, B)), C)),)]),
            ("1 of (Q[AB]=1|2)", [(AtLeast(1, (Clause("QA", "=", (1.0, 2.0)), Clause("QB", "=", (1.0, 2.0)))),)]),
        ],
    )  # fmt: skip
    def test_chains(self, text: str, chains: list[tuple[Clause | AtLeast, ...]]) -> None:
        assert list(alternatives(text)) == chains

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("A=1 & (B=2", "is missing"),
            ("A=1) & B=2", "goes on after its end"),
            ("A=1 &", "an answer is missing"),
            ("A=1 or or B=2", "an answer is missing"),
            ("A1", "is no clause"),
            ("3 of (A=1, B=2)", "cannot be met"),
            ("1 of (A=1, A=2)", "asks one answer twice"),
            ("1 of A=1", "is missing"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, text: str, told: str) -> None:
        with pytest.raises(ValueError, match=told):
            alternatives(text)


def counted(of: TrueIndicator, success: str, given: str = "") -> np.ndarray:
    """Expected numbers in every cell of the country."""
    return expected_cells(replace(of, given=alternatives(given), success=alternatives(success)))[0]


@pytest.mark.parametrize(
    ("group", "written_out"),
    [
        ("1 of (EC6=1, EC7=1)", "EC6=1 or EC6!=1 & EC7=1"),
        ("2 of (EC6=1, EC7=1, EC8=1)",
         "EC6=1 & EC7=1 or EC6=1 & EC7!=1 & EC8=1 or EC6!=1 & EC7=1 & EC8=1"),
        ("EC9=1 & 2 of (1 of (EC6=1, EC7=1), EC8=1)", "EC9=1 & EC8=1 & (EC6=1 or EC6!=1 & EC7=1)"),
        ("CA1=1 & 1 of (CA7A=1, CA7B=1)", "CA1=1 & CA7A=1 or CA1=1 & CA7A!=1 & CA7B=1"),
    ],
)  # fmt: skip
def test_a_group_is_what_its_chains_written_out_are(group: str, written_out: str) -> None:
    found, wanted = counted(CHILDREN, group), counted(CHILDREN, written_out)
    assert wanted.sum() > 0
    assert found == pytest.approx(wanted, rel=1e-12)


def test_members_who_are_not_asked_do_not_hold() -> None:
    """PN4 is asked of births in a facility, PN8 of births at home: one of both is the one that is asked."""
    births = replace(WOMEN, universe=(*WOMEN.universe, *parse("LASTBIRTH<24")))
    for place, asked in (("MN20=21|22|31", "PN4=1"), ("MN20=11|12|96", "PN8=1")):
        found, wanted = (counted(births, f"{place} & {what}") for what in ("1 of (PN4=1, PN8=1)", asked))
        assert found == pytest.approx(wanted, rel=1e-12)


def test_what_is_not_asked_for_want_of_another_answer_is_known_not_to_hold() -> None:
    """A woman without births was never asked of a test during antenatal care, so the question that follows it is open
    to her by another way; of a mother the chain has to say."""
    childless = replace(WOMEN, universe=(*WOMEN.universe, *parse("PARITY=0")))
    assert counted(childless, "HA1=1 & HA24=1").sum() > 0
    with pytest.raises(ValueError, match="does not say whether"):
        counted(WOMEN, "HA1=1 & HA24=1")


def test_a_group_is_not_asked_twice() -> None:
    for text in ("1 of (EC6=1, EC7=1) & EC6=1", "EC6=1 & 1 of (EC6=2, EC7=1)"):
        with pytest.raises(ValueError, match="again"):
            counted(CHILDREN, text)


def test_codes_that_contradict_each_other_are_met_by_nobody() -> None:
    assert counted(CHILDREN, "EC6=1 & EC6=2").sum() == 0


def test_chances_add_up() -> None:
    """Ten alternatives of one indicator and their opposites are everybody in the universe."""
    ages = "(SKILL=1 or SKILL=2)"
    whole = counted(CHILDREN, "")
    parts = [counted(CHILDREN, f"{ages} & {what}") for what in ("2 of (EC21=1, EC22=1)", "1 of (EC21=2, EC22=2)")]
    assert sum(parts) == pytest.approx(whole, rel=1e-12)


def test_a_ratio_counts_its_successes_beyond_those_given() -> None:
    ratio = next(each for each in true_indicators() if each.indicator == "gross_intake_last_grade_primary")
    assert ratio.kind == "ratio"
    assert ratio.counted == ratio.success


def test_weight_for_age_is_the_deviate_that_truth_takes_it_for() -> None:
    """Two million made scores beside the normal distribution: below −2 and −3 within four standard errors."""
    draw, rng, size = weight_for_age_draw(), np.random.default_rng(8), 2_000_000
    height, thinness = (
        np.round(mean + spread * rng.standard_normal(size), DIGITS) for mean, spread in ((-0.55, 1.16), (0.22, 1.08))
    )
    made = weight_for_age(height, thinness, rng)
    mean, spread = draw.numbers[:2]
    assert made.mean() == pytest.approx(mean, abs=4 * spread / size**0.5)
    for limit in (-2, -3):
        share = np.mean(rng.standard_normal(size) * spread + mean < limit - 0.005)
        error = (2 * share / size) ** 0.5
        assert np.mean(made < limit) == pytest.approx(share, abs=4 * error)
