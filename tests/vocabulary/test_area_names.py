"""Names of regions as surveys write them: clear, unclear or none; nothing is guessed."""

from __future__ import annotations

import csv

import pytest

from everychild.vocabulary.area_names import meant, nearest, regions_in
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.periods import parse_period
from everychild.vocabulary.tables import definitions_folder

OF_2015 = regions_in("KAZ", parse_period("2015"))
OF_2024 = regions_in("KAZ", parse_period("2024"))
SPELLINGS = definitions_folder() / "countries" / "kazakhstan" / "area_spellings.csv"


def test_regions_are_those_of_the_time() -> None:
    """14 regions and 2 cities in 2015 (final report of MICS 2015, p. 3), 17 and 3 since June 2022."""
    assert [sum(a.kind == kind for a in OF_2015) for kind in ("region", "city")] == [14, 2]
    assert [sum(a.kind == kind for a in OF_2024) for kind in ("region", "city")] == [17, 3]
    of_2018 = {area.code for area in regions_in("KAZ", parse_period("2018"))}
    assert {"KZ-YUZ", "KZ-61", "KZ-79"} <= of_2018
    assert not {"KZ-10", "KZ-33", "KZ-62"} & of_2018


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Akmola", ["KZ-11"]), ("AKMOLA OBLAST", ["KZ-11"]), ("Aqmola oblysy", ["KZ-11"]), ("Акмолинская", ["KZ-11"]),
        ("Ақмола облысы", ["KZ-11"]), ("Almaty oblast", ["KZ-19"]), ("Almaty city", ["KZ-75"]),
        ("г. Алматы", ["KZ-75"]), ("Алматинская обл.", ["KZ-19"]), ("Алматы қ.", ["KZ-75"]),
        ("Алматы облысы", ["KZ-19"]), ("Almaty", ["KZ-19", "KZ-75"]), ("Алматы", ["KZ-19", "KZ-75"]),
        ("West-Kazakhstan", ["KZ-27"]), ("North  Kazakhstan region", ["KZ-59"]), ("Kostanai", ["KZ-39"]),
        ("South Kazakhstan", ["KZ-YUZ"]), ("Южно-Казахстанская область", ["KZ-YUZ"]), ("Astana city", ["KZ-71"]),
        ("Almaty (city)", ["KZ-75"]), ("Astana (capital)", ["KZ-71"]), ("Astana region", []), ("Turkistan", []),
        ("Kazakhstan", []), ("Karagandi", []), ("", []), ("7", []),
    ],
)  # fmt: skip
def test_a_name_means_the_regions_that_bear_it(text: str, codes: list[str]) -> None:
    assert list(meant([text], OF_2015)[0]) == codes


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("regions", [OF_2015, OF_2024], ids=["2015", "2024"])
def test_every_region_is_found_by_its_own_names(language: str, regions: list) -> None:  # type: ignore[type-arg]
    names = [area.name[language] for area in regions]
    assert meant(names, regions) == [(area.code,) for area in regions]


def test_of_two_regions_it_is_the_one_that_no_other_text_means() -> None:
    assert meant(["Almaty", "Almaty oblast"], OF_2015) == [("KZ-75",), ("KZ-19",)]
    assert meant(["Almaty", "Almaty city"], OF_2015) == [("KZ-19",), ("KZ-75",)]
    both = ("KZ-19", "KZ-75")
    assert meant(["Almaty", "Astana"], OF_2015) == [both, ("KZ-71",)]
    assert meant(["Almaty", "Almaty city", "Almaty oblast"], OF_2015)[0] == both


def test_likeness_is_only_shown() -> None:
    assert nearest("Karagandi", OF_2015) == "KZ-35"
    assert nearest("Uganda", OF_2015) == ""
    assert nearest("Almaaty", OF_2015) == ""  # the region or the city


def test_spellings_have_a_source_and_a_known_region() -> None:
    with SPELLINGS.open(encoding="utf-8") as content:
        rows = list(csv.DictReader(content))
    assert rows
    for row in rows:
        assert row["code"] in gazetteer()
        assert row["source"]
        area = gazetteer()[row["code"]]
        assert meant([row["spelling"]], [area]) == [(area.code,)]
