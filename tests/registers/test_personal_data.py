"""Personal data are recognised, and what merely looks like them is let through."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.registers.personal_data import (
    contains_personal_number,
    is_personal_number,
    looks_like_a_name,
    refused_cells,
    refused_columns,
)

# Invented numbers: birthday 2005-01-01, running number chosen so that each way to the check digit is walked.
FIRST_WEIGHTS, SECOND_WEIGHTS, NO_DIGIT = "050101500000", "050101500103", "05010150019"


def test_check_digit() -> None:
    assert is_personal_number(FIRST_WEIGHTS)
    assert is_personal_number(SECOND_WEIGHTS)
    assert not any(is_personal_number(f"{NO_DIGIT}{digit}") for digit in range(10))


@given(st.integers(0, 9), st.sampled_from([FIRST_WEIGHTS, SECOND_WEIGHTS]))
def test_any_other_check_digit_is_refused(digit: int, number: str) -> None:
    other = number[:11] + str(digit)
    assert is_personal_number(other) == (other == number)


@pytest.mark.parametrize(
    "digits",
    ["", "05010150000", "0501015000000", "051301500000", "050132500000", "050101000000", "050101700000",
     "050140500000", "٠٥٠١٠١٥٠٠٠٠٠", "05010150000x"],
)  # fmt: skip
def test_what_is_no_number_of_a_person(digits: str) -> None:
    """Too short, too long, month 13, day 32, no century, a company (day 40), other digits."""
    assert not is_personal_number(digits)


def test_a_number_is_found_inside_a_text_and_not_inside_a_longer_number() -> None:
    assert contains_personal_number(f"Бала, ЖСН {FIRST_WEIGHTS}.")
    assert not contains_personal_number(f"9{FIRST_WEIGHTS}")


@pytest.mark.parametrize(
    "text", ["Ахметов Асан Болатович", "Асан Болатұлы", "Серікқызы Айгүл Серікқызы", "Иванова Анна Петровна"]
)
def test_names(text: str) -> None:
    assert looks_like_a_name(text)


@pytest.mark.parametrize(
    "text",
    ["Школа имени Абая Кунанбайулы", "Абай Құнанбайұлы атындағы мектеп", "Алматы облысы", "Министерство просвещения",
     "Health of mother and child", "Жетісу", "Осакаровка"],
)  # fmt: skip
def test_names_of_places_and_schools_are_let_through(text: str) -> None:
    assert not looks_like_a_name(text)


@pytest.mark.parametrize(
    ("column", "rule"),
    [("ИИН", "personal_number_column"), ("жсн", "personal_number_column"), ("Ф.И.О.", "personal_name_column"),
     ("Имя ребёнка", "personal_name_column"), ("Аты-жөні", "personal_name_column"),
     ("child_name", "personal_name_column"), ("Дата рождения", "birth_date_column"),
     ("Туған күні", "birth_date_column"), ("phone", "contact_column")],
)  # fmt: skip
def test_columns(column: str, rule: str) -> None:
    [finding] = refused_columns("f.csv", ["region", column])
    assert (finding.rule, finding.column, finding.row) == (rule, column, 1)


def test_columns_of_registers_are_let_through() -> None:
    ours = ["name_kk", "name_ru", "region", "Название", "Атауы", "year", "amount", "programme name", "адресная помощь"]
    assert list(refused_columns("f.csv", ours)) == []


def cells(*texts: str | None) -> list[tuple[int | None, str, str]]:
    found = refused_cells("f.csv", pl.DataFrame({"0": texts}), pl.Series(range(2, 2 + len(texts))), ["text"])
    return [(f.row, f.rule, f.value) for f in found]


def test_cells_are_named_and_not_repeated() -> None:
    assert cells("12", None, FIRST_WEIGHTS, "Ахметов Асан Болатович") == [
        (4, "personal_number", ""),
        (5, "personal_name", ""),
    ]


def test_amounts_of_twelve_digits_are_amounts() -> None:
    """One that passes the check by chance among others is let through; a column of them is not one of amounts."""
    amounts = pl.DataFrame({"0": [FIRST_WEIGHTS, "123456789012", "999999999999"]})
    numbers = pl.DataFrame({"0": [FIRST_WEIGHTS, SECOND_WEIGHTS, "999999999999"]})
    rows = pl.Series([2, 3, 4])
    assert list(refused_cells("f.csv", amounts, rows, ["tenge"], {"tenge"})) == []
    assert [f.row for f in refused_cells("f.csv", numbers, rows, ["tenge"], {"tenge"})] == [2, 3]
