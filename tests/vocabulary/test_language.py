"""Texts in three languages, and how each writes numbers, dates, plurals and its alphabet."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.vocabulary.language import (
    LANGUAGES,
    LocalText,
    format_date,
    format_number,
    parse_languages,
    plural_form,
    sort_key,
)

NBSP = "\u00a0"
MINUS = "\u2212"


@pytest.mark.parametrize(
    ("value", "decimals", "en", "kk_and_ru"),
    [
        (0, None, "0", "0"),
        (12.5, None, "12.5", "12,5"),
        (12.5, 2, "12.50", "12,50"),
        (100, 1, "100.0", "100,0"),
        (1234, None, "1,234", "1234"),
        (9999.5, None, "9,999.5", "9999,5"),
        (12345.6, None, "12,345.6", f"12{NBSP}345,6"),
        (1234567, None, "1,234,567", f"1{NBSP}234{NBSP}567"),
        (-3.25, None, f"{MINUS}3.25", f"{MINUS}3,25"),
        (0.004, None, "0", "0"),
        (-0.004, None, "0", "0"),
        (-0.4, 0, "0", "0"),
        (99999.999, 0, "100,000", f"100{NBSP}000"),
    ],
)
def test_numbers(value, decimals, en, kk_and_ru):
    assert format_number(value, "en", decimals) == en
    assert format_number(value, "ru", decimals) == kk_and_ru
    assert format_number(value, "kk", decimals) == kk_and_ru


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_written_as_one(value):
    with pytest.raises(ValueError, match="is not a number to show"):
        format_number(value, "kk")


@given(st.integers(-(10**12), 10**12), st.sampled_from(LANGUAGES))
def test_a_whole_number_reads_back(number, language):
    written = format_number(number, language)
    assert int(written.replace(MINUS, "-").replace(",", "").replace(NBSP, "")) == number


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_languages_differ_in_signs_only(value, decimals):
    english = format_number(value, "en", decimals)
    assert format_number(value, "kk", decimals) == format_number(value, "ru", decimals)
    digits = [letter for letter in english if letter.isdigit()]
    assert digits == [letter for letter in format_number(value, "kk", decimals) if letter.isdigit()]


def test_dates_in_prose():
    day = date(2026, 11, 25)
    assert format_date(day, "kk") == "2026 жылғы 25 қараша"
    assert format_date(day, "ru") == "25 ноября 2026 года"
    assert format_date(day, "en") == "25 November 2026"


def test_every_month_has_its_own_word():
    for language in LANGUAGES:
        words = {format_date(date(2026, month, 1), language) for month in range(1, 13)}
        assert len(words) == 12
    assert format_date(date(2022, 6, 8), "kk") == "2022 жылғы 8 маусым"
    assert format_date(date(2022, 6, 8), "ru") == "8 июня 2022 года"


@pytest.mark.parametrize(
    ("count", "form"),
    [
        (0, "many"), (1, "one"), (2, "few"), (4, "few"), (5, "many"), (11, "many"), (12, "many"), (14, "many"),
        (21, "one"), (22, "few"), (25, "many"), (100, "many"), (101, "one"), (111, "many"), (112, "many"),
        (1003, "few"),
    ],
)  # fmt: skip
def test_russian_has_three_forms(count, form):
    assert plural_form(count, "ru") == form


def test_english_has_two_forms_and_kazakh_one():
    assert [plural_form(n, "en") for n in (0, 1, 2, 21)] == ["many", "one", "many", "many"]
    assert {plural_form(n, "kk") for n in range(200)} == {"many"}


def test_the_42_letters_of_kazakh_in_their_order():
    alphabet = list("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя")
    assert len(alphabet) == 42
    assert sorted(alphabet, key=sort_key("kk")) == alphabet


def test_regions_stand_as_in_a_kazakh_list():
    """By code point Ә, Қ, Ө and Ұ would come after Я."""
    names = ["Ұлытау", "Қостанай", "Ақмола", "Түркістан", "Абай", "Маңғыстау", "Қарағанды", "Жетісу", "Атырау"]
    kazakh = ["Абай", "Ақмола", "Атырау", "Жетісу", "Қарағанды", "Қостанай", "Маңғыстау", "Түркістан", "Ұлытау"]
    assert sorted(names, key=sort_key("kk")) == kazakh
    assert sorted(names) != kazakh


def test_yo_stands_after_ye_in_russian():
    assert sorted(["ёлка", "жук", "ель", "ещё"], key=sort_key("ru")) == ["ель", "ещё", "ёлка", "жук"]


def test_letters_of_others_come_last_and_digits_first():
    assert sorted(["қазан", "ямал", "PISA", "5-9"], key=sort_key("ru")) == ["5-9", "ямал", "PISA", "қазан"]
    assert sorted(["ямал", "PISA", "5-9"], key=sort_key("kk")) == ["5-9", "ямал", "PISA"]


@given(st.lists(st.text(st.sampled_from("абвгғқңөұүһіәz5- "), max_size=6)), st.sampled_from(LANGUAGES))
def test_order_does_not_depend_on_case(words, language):
    key = sort_key(language)
    assert [key(word) for word in words] == [key(word.upper()) for word in words]


def test_a_text_must_have_all_three_languages():
    with pytest.raises(ValueError, match=r"text 'Right' is missing in: kk"):
        LocalText("Right", "Право", " ")
    with pytest.raises(ValueError, match=r"missing in: ru, en"):
        LocalText("", "", "Құқық")


def test_a_text_knows_who_has_not_read_it():
    text = LocalText.from_row({"name_en": "Right", "name_ru": "Право", "name_kk": "Құқық", "unreviewed": "kk"})
    assert (text["en"], text["ru"], text["kk"]) == ("Right", "Право", "Құқық")
    assert [text.is_reviewed(language) for language in ("en", "ru", "kk")] == [True, True, False]
    with pytest.raises(KeyError):
        text["de"]  # type: ignore[index]


def test_lists_of_languages():
    assert parse_languages("") == frozenset()
    assert parse_languages("ru; kk") == {"ru", "kk"}
    with pytest.raises(ValueError, match="unknown language in 'ru;uz'"):
        parse_languages("ru;uz")
