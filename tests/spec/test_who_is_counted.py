"""Who is counted: universe, denominator and numerator, and what an unknown answer does in each.

Read from top to bottom, these are the rules of every share, mean and quotient that is computed here. All tables are
invented.
"""

from __future__ import annotations

import pytest

from tests.spec.small_surveys import Small, either_engine, group


@either_engine
def test_a_share_is_the_weight_of_those_who_meet_the_condition_among_all_who_are_asked_about(small: Small) -> None:
    """12 of 48 children are shorter than two standard deviations below the median: 25 percent are stunted."""
    found = small.row(
        "stunting_moderate_severe",
        ch="""
        n   HAZ2
        12  -2.5
        36  -1.0
        """,
    )
    assert found["value"] == 25.0
    assert found["unit"] == "percent"
    assert found["n"] == 48


def test_the_limit_itself_is_not_below_it(small: Small) -> None:
    """A child at exactly −2 standard deviations is not stunted."""
    found = small.row(
        "stunting_moderate_severe",
        ch="""
        n   HAZ2
        10  -2.00
        10  -2.01
        """,
    )
    assert found["value"] == 50.0


def test_a_child_without_a_measurement_is_outside_the_denominator(small: Small) -> None:
    """30 children were measured and 10 were not: n is 30, and the share is of the measured."""
    found = small.row(
        "stunting_moderate_severe",
        ch="""
        n   HAZ2  HAZFLAG
        15  -2.5        0
        15  -1.0        0
        10     .        .
        """,
    )
    assert (found["value"], found["n"]) == (50.0, 30)


def test_a_flagged_measurement_is_outside_the_denominator(small: Small) -> None:
    """A z-score that is more likely a slip than a child (99.99, flag 1) counts neither as stunted nor as not."""
    found = small.row(
        "stunting_moderate_severe",
        ch="""
        n   HAZ2   HAZFLAG
        15  -2.5         0
        15  -1.0         0
        10  99.99        1
        """,
    )
    assert (found["value"], found["n"]) == (50.0, 30)


def test_an_interview_that_was_not_completed_is_outside_the_universe(small: Small) -> None:
    """Result code 2 (not at home) is no answer to any question, and its weight of 0 does not make it a case."""
    found = small.row(
        "birth_registration",
        ch="""
        n   BR1  BR2  UF17  chweight
        15    1    .     1         1
        15    3    2     1         1
        20    .    .     2         0
        """,
    )
    assert (found["value"], found["n"]) == (50.0, 30)


def test_do_not_know_and_no_answer_are_not_a_yes_and_stay_in_the_denominator(small: Small) -> None:
    """Whether a birth is registered: 8 (does not know) and 9 (no answer) count as not registered, as in the standard
    tables. They are not left out: 20 of 40, and not 20 of 30."""
    found = small.row(
        "birth_registration",
        ch="""
        n   BR1  BR2
        20    1    .
        10    3    2
         5    8    8
         5    9    9
        """,
    )
    assert (found["value"], found["n"]) == (50.0, 40)


def test_a_missing_answer_is_not_a_yes_and_stays_in_the_denominator(small: Small) -> None:
    """The same for a question that was never put."""
    found = small.row(
        "birth_registration",
        ch="""
        n   BR1  BR2
        20    1    .
        20    .    .
        """,
    )
    assert (found["value"], found["n"]) == (50.0, 40)


def test_a_condition_may_be_met_by_one_answer_while_another_is_missing(small: Small) -> None:
    """Registered is who shows a certificate or is known to the registrar: an unknown half does not spoil the other."""
    found = small.row(
        "birth_registration",
        ch="""
        n   BR1  BR2
        20    .    1
        20    .    2
        """,
    )
    assert found["value"] == 50.0


def test_exclusive_breastfeeding_needs_an_explicit_no_to_every_other_food(small: Small) -> None:
    """MICS: a child whose list of foods has one item without an answer (8) is not counted as exclusively breastfed."""
    items = [f"BD7{letter}" for letter in "ABCDEX"] + [f"BD8{letter}" for letter in "ABCDEFGHIJKLMNX"]
    all_no, one_unknown = "2  " * len(items), "2  " * (len(items) - 1) + "8"
    found = small.row(
        "exclusive_bf_0_5m",
        ch=f"""
        n   CAGE  BD3  {" ".join(items)}
        30     3    1  {all_no}
        10     3    1  {one_unknown}
        50    12    1  {all_no}
        """,
    )
    assert (found["value"], found["n"]) == (75.0, 40)


@pytest.mark.parametrize(("code", "counts"), [("7", True), ("97", True), ("98", False), ("99", False)])
def test_a_missing_code_is_no_number(small: Small, code: str, counts: bool) -> None:
    """Four antenatal visits or more: 98 (does not know) and 99 are not ninety-eight visits; 7 is seven."""
    found = small.row(
        "anc_4plus",
        wm=f"""
        n   MN5
        25  {code}
        25  1
        """,
    )
    assert (found["value"], found["n"]) == (50.0 if counts else 0.0, 50)


@either_engine
def test_letters_not_mentioned_are_blank_and_a_question_mark_is_no_answer(small: Small) -> None:
    """Who attended the birth: doctor (A), nurse or midwife (B). `?` marks that the question has no answer."""
    found = small.row(
        "skilled_birth_attendance",
        wm="""
        n   MN19A  MN19B  MN19C
        10      A      .      .
        10      .      B      .
        10      .      .      .
        10      ?      ?      ?
        """,
    )
    assert (found["value"], found["n"]) == (50.0, 40)


@either_engine
def test_a_mean_is_over_the_answers_that_are_numbers(small: Small) -> None:
    """Life satisfaction from 0 to 10: 98 and missing are neither summed nor counted."""
    found = small.row(
        "life_satisfaction_women_15_24",
        wm="""
        n   LS2
        30    4
        30    8
        10   98
        10    .
        """,
    )
    assert (found["value"], found["n"], found["unit"]) == (6.0, 60, "score")


@either_engine
def test_a_child_may_be_asked_about_in_two_files_and_counts_once(small: Small) -> None:
    """Violent discipline at 1–14: ages 1–4 stand in one file and 5–14 in another, each with its own weight; the share
    is over both. (4·10 + 1·20) of (4·10 + 4·10 + 1·20 + 1·100)."""
    none = "  ".join(["2"] * 10)
    items = "  ".join(f"UCD2{letter}" for letter in "BCDEFGHIJK")
    older = "  ".join(f"FCD2{letter}" for letter in "BCDEFGHIJK")
    found = small.row(
        "violent_discipline",
        ch=f"""
        n   chweight  UB2  {items}
        10         4    3  {none.replace("2", "1")}
        10         4    3  {none}
        50         4    0  {none}
        """,
        fs=f"""
        n   fsweight  CB3  {older}
        20          1    9  {none.replace("2", "1")}
        100         1    9  {none}
        50          1   16  {none}
        """,
    )
    assert found["value"] == pytest.approx(100 * 60 / 200)
    assert found["n"] == 140


@pytest.mark.parametrize("empty", [1, 2])
@either_engine
def test_a_cluster_without_children_in_one_of_the_files_counts_with_the_other(small: Small, empty: int) -> None:
    """Of the clusters one has no child of 1–4: what its older children say belongs to its town or village all the same.
    Towns are clusters 1 and 3: 40 of 100 children, of 150 when cluster 1 has young ones; the village is cluster 2."""
    items = "  ".join(f"UCD2{letter}" for letter in "BCDEFGHIJK")
    older = "  ".join(f"FCD2{letter}" for letter in "BCDEFGHIJK")
    no, yes = "  ".join(["2"] * 10), "  ".join(["1"] * 10)
    young = "\n".join(f"50 {c} {1 if c != 2 else 2} 3 {no}" for c in (1, 2, 3) if c != empty)
    found = small.estimates(
        "violent_discipline", ["residence"],
        hh="""
        cluster  HH6
        1          1
        2          2
        3          1
        """,
        ch=f"n cluster HH6 UB2 {items}\n{young}",
        fs=f"n cluster HH6 CB3 {older}\n40 1 1 9 {yes}\n20 2 2 9 {yes}\n10 2 2 9 {no}\n10 3 1 9 {no}",
    )  # fmt: skip
    town, village = (group(found, name) for name in ("urban", "rural"))
    assert (town["n"], village["n"]) == ((100, 80) if empty == 1 else (150, 30))
    assert town["value"] == pytest.approx(100 * 40 / town["n"])
    assert village["value"] == pytest.approx(100 * 20 / village["n"])


@either_engine
def test_a_parity_is_the_share_of_one_group_over_that_of_the_other(small: Small) -> None:
    """Attendance of primary school: 15 of 30 girls (50 percent) to 30 of 40 boys (75 percent) is 0.667, not percent."""
    found = small.row(
        "gpi_primary",
        hl="""
        n   HL4  schage  ED9  ED10A
        15    2       8    1      1
        15    2       8    2      .
        30    1       8    1      1
        10    1       8    2      .
        """,
    )
    assert found["value"] == pytest.approx(50 / 75)
    assert found["unit"] == "ratio"


@either_engine
def test_what_is_true_of_a_household_is_carried_to_its_members(small: Small) -> None:
    """Children in households with a social transfer: the household file says so (in the last three months), and 2 of
    every 3 children are in the household that has one."""
    slots = "  ".join(f"ST4U${k}  ST4N${k}" for k in range(1, 6))
    rest = ".  .  " * 4
    found = small.row(
        "social_transfers_children",
        hh=f"""
        household  cluster  {slots}
        1                1  1  2  {rest}
        2                2  1  9  {rest}
        """,
        hl="""
        n   household  cluster  HL6
        20          1        1    4
        10          2        2    4
        30          1        1   40
        """,
    )
    assert found["value"] == pytest.approx(100 * 20 / 30)
    assert found["n"] == 30


@either_engine
def test_only_the_youngest_child_of_a_mother_is_asked_about_feeding(small: Small) -> None:
    """DHS: of each woman the youngest child under two who lives with her; the older one is in no denominator, and a
    child who lives elsewhere (b9 = 4) leaves the place to the next."""
    foods = [f"v414{letter}" for letter in "abcdefghijklmnopqrstuvw"] + ["v412a", "v412b", "m39a"]
    no = "0  " * len(foods)
    yes = "1  " + "0  " * (len(foods) - 1)
    lines = "\n".join(
        f"w{k}  {bidx}  {b9}  7  {answers}"
        for k in range(30)
        for bidx, b9, answers in ((1, 0, yes), (2, 0, no))
    ) + "\n" + "\n".join(
        f"v{k}  {bidx}  {b9}  7  {answers}" for k in range(10) for bidx, b9, answers in ((1, 4, yes), (2, 0, no))
    )  # fmt: skip
    found = small.survey(
        layout="dhs",
        KR=f"caseid  bidx  b9  b19  {'  '.join(foods)}\n{lines}",
    ).estimate(["intro_solids_6_8m"])
    row = group(found, "total")
    assert (row["value"], row["n"]) == (75.0, 40)
