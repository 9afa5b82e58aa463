"""Numbers of children that may be added, and why others may not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.care.settings import SETTINGS, WHY_APART, Count, Setting, group_of, join, require_comparable
from everychild.methods.errors import MethodError


def count(children: int, *settings: Setting, **other: Any) -> Count:
    return Count(children, frozenset(settings), "stock", "2023-12-31", "KAZ", **other)


FOSTER, GUARDIANS = count(1660, "foster"), count(15668, "guardianship")
HOMES = count(3727, "large_institution", definition="orphanages")


def test_family_based_care_is_added_up_and_says_what_it_leaves_out() -> None:
    found = join([FOSTER, GUARDIANS], "settings")
    assert (found.children, found.group) == (17328, "family_based")
    assert found.not_counted == ("formal_kinship", "family_home")
    care = join([found, HOMES], "settings")
    assert (care.group, care.children, care.definition) == ("formal_care", 21055, "orphanages")
    assert "infant_home" in care.not_counted


@pytest.mark.parametrize("apart", sorted(WHY_APART))
def test_what_is_not_formal_care_is_not_added_to_it(apart: Setting) -> None:
    with pytest.raises(MethodError) as found:
        join([HOMES, count(5, apart)], "settings")
    assert found.value.rule == "care_apart"
    assert WHY_APART[apart] in str(found.value)


def test_every_setting_outside_formal_care_has_its_reason() -> None:
    assert set(WHY_APART) == {*SETTINGS["outside"], *SETTINGS["status"]}
    assert group_of("infant_home") == "residential"


def test_all_institutions_of_2007_and_orphanages_of_2023_make_no_series() -> None:
    """76,308 children of all institutions, boarding schools and sanatoria with them, against 3,727 of orphanages."""
    every = Count(76308, frozenset({"large_institution"}), "stock", "2007-12-31", "KAZ", definition="all institutions")
    with pytest.raises(MethodError, match="unlike definition are not joined: all institutions and orphanages") as found:
        require_comparable([every, HOMES])
    assert (found.value.rule, found.value.values["respect"]) == ("care_differ", "definition")
    require_comparable([Count(9, HOMES.settings, "stock", "2022-12-31", "KAZ", definition="orphanages"), HOMES])


@pytest.mark.parametrize(
    ("other", "respect"),
    [
        (Count(1, frozenset({"foster"}), "entries", "2023-12-31", "KAZ"), "measure"),
        (Count(1, frozenset({"foster"}), "stock", "2022-12-31", "KAZ"), "when"),
        (Count(1, frozenset({"foster"}), "stock", "2023-12-31", "KZ-61"), "area"),
        (count(1, "foster", extent="2022-06-08"), "extent"),
        (count(1, "foster", ages=(0, 2)), "ages"),
        (count(1, "foster", sex="F"), "sex"),
    ],
)
def test_numbers_that_differ_otherwise_are_not_added(other: Count, respect: str) -> None:
    with pytest.raises(MethodError, match=f"unlike {respect}"):
        join([HOMES, other], "settings")


def test_no_child_is_counted_twice() -> None:
    with pytest.raises(MethodError, match="foster would be counted twice"):
        join([FOSTER, join([FOSTER, GUARDIANS], "settings")], "settings")


def test_ages_and_sexes_make_a_whole() -> None:
    young, old = count(100, "infant_home", ages=(0, 2)), count(300, "infant_home", ages=(3, 17))
    assert join([old, young], "ages") == count(400, "infant_home")
    with pytest.raises(MethodError, match="overlap"):
        join([young, count(1, "infant_home", ages=(2, 17))], "ages")
    with pytest.raises(MethodError, match="leave a gap"):
        join([young, count(1, "infant_home", ages=(4, 17))], "ages")
    girls, boys = count(40, "foster", sex="F"), count(60, "foster", sex="M")
    assert join([boys, girls], "sex") == count(100, "foster")
    for wrong in ([girls], [girls, girls], [girls, boys, FOSTER]):
        with pytest.raises(MethodError, match="girls and boys make all children"):
            join(wrong, "sex")


def test_what_is_no_count() -> None:
    for make in (lambda: count(-1, "foster"), lambda: count(1, "foster", ages=(5, 2)), lambda: join([], "settings")):
        with pytest.raises(MethodError):
            make()


CARE = st.lists(st.sampled_from([*SETTINGS["residential"], *SETTINGS["family_based"]]), min_size=1, unique=True)


@given(CARE, st.randoms(use_true_random=False))
def test_the_order_of_adding_does_not_matter(settings: list[Setting], order: Any) -> None:
    counts = [count(number + 1, setting) for number, setting in enumerate(settings)]
    found = join(counts, "settings")
    assert found.children == sum(c.children for c in counts)
    order.shuffle(counts)
    assert join(counts, "settings").settings == found.settings
    assert not set(found.not_counted) & found.settings
