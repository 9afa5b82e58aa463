"""What the pages claim must follow from the numbers beside the claim."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from everychild.vocabulary.language import LANGUAGES
from tests.website.conftest import SmallSite


def page(client: Client, address: str) -> str:
    """The page with its entities read, so that words can be looked for as they are."""
    response = client.get(address)
    assert response.status_code == 200, address
    return unescape(response.content.decode())


def words(html: str) -> str:
    """The text of a page without its markup."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    return re.sub(r" ([),;:])", r"\1", text)


def part(html: str, name: str, end: str = "</ul>") -> str:
    """From the element of that id to the end of its list."""
    return html.split(f'id="{name}"', 1)[1].split(end, 1)[0]


def test_compared_sources_print_both_numbers_and_their_period(client: Client) -> None:
    pair = words(part(page(client, "/en/indicators/immunisation_dtp3"), "compared"))
    assert "2023: Bureau of National Statistics 96.7%" in pair
    assert "99%" in pair or "99.0%" in pair
    assert "differ by no more than 3 percentage points" in pair


@pytest.mark.parametrize("language", LANGUAGES)
def test_clearly_different_percents_are_not_said_to_agree(client: Client, language: str) -> None:
    html = page(client, f"/{language}/indicators/learning_maths_grade4")
    said = {"en": "disagree", "ru": "расходятся", "kk": "сәйкес келмейді"}
    assert said[language] in words(part(html, "compared"))
    assert said[language] in words(part(html, "side", "</section>").split("<ul", 1)[0])
    assert "uncertainty" not in html


@pytest.mark.parametrize("age", [3, 15])
def test_my_page_asks_nothing_that_only_a_narrow_definition_answers(client: Client, age: int) -> None:
    html = page(client, f"/en/my?region=KZ-43&age={age}")
    assert "children_in_residential_care_number" not in html
    assert "3,727" not in html


def test_figures_of_narrow_definitions_name_them(client: Client) -> None:
    html = page(client, "/en/indicators/children_in_residential_care_number")
    assert "big-figure" not in html
    listed = words(part(html, "narrow"))
    assert "institutions for children without parental care · CABAR 2024, from the Bureau, 2023 3,727" in listed
    assert "all state child care institutions · Keystone 2015, 2015 49,000" in listed


def ranks(client: Client, address: str) -> dict[str, str]:
    """What is said of a region's place, by indicator."""
    rows = re.findall(r'<tr><th scope="row"><a href="[^"]*/indicators/([a-z0-9_]+)".*?</tr>', page(client, address))
    html = page(client, address)
    found = {}
    for code in rows:
        row = html.split(f'/indicators/{code}"', 1)[1].split("</tr>", 1)[0]
        said = re.search(r"place \d.*?<", row)
        found[code] = said[0][:-1] if said else ""
    return found


def test_a_place_names_ties_and_the_regions_without_one(client: Client) -> None:
    said = ranks(client, "/en/places/KZ-43")
    assert any(", shared by " in text for text in said.values())
    assert any("not ranked: 6 of today's 20 regions" in text for text in said.values())
    assert not any("shared by 17" in text or "shared by 20" in text for text in said.values())


def answer_to(html: str, indicator: str) -> str:
    """The card of one question on the page “My region, my age”."""
    return words(html.split(f'/indicators/{indicator}"', 1)[1].split("</article>", 1)[0])


def test_figures_by_sex_of_a_region_are_not_denied(client: Client) -> None:
    html = page(client, "/en/my?region=KZ-43&age=15")
    assert "by group only" in answer_to(html, "pisa_reading_min_proficiency")
    assert "No checked figure of your region" in answer_to(html, "child_marriage_before18")


@pytest.mark.parametrize("language", LANGUAGES)
def test_close_indicators_lead_to_each_other(client: Client, language: str) -> None:
    for code, twin in (("mcv2_coverage", "immunisation_mcv2"), ("immunisation_mcv2", "mcv2_coverage")):
        assert f'href="/{language}/indicators/{twin}"' in page(client, f"/{language}/indicators/{code}")
    said = {"en": "A close indicator has figures", "ru": "Данные есть у близкого", "kk": "Жақын көрсеткіште дерек бар"}
    assert said[language] in page(client, f"/{language}/indicators/mcv2_coverage")


CLAIMS = (
    "nobody has published", "without a single published", "никто не опубликовал", "опубликованной цифры",
    "нет опубликованных данных", "не опубликовано", "бойынша жарияланбаған", "жаңасы жарияланбаған",
    "жарияланған дерек жоқ",
)  # fmt: skip
"""Only the world could bear these out; what is loaded here cannot."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["", "indicators/mcv2_coverage", "my?region=KZ-43&age=15", "about"])
def test_no_page_says_that_nobody_published(client: Client, language: str, address: str) -> None:
    html = page(client, f"/{language}/{address}").lower()
    assert [claim for claim in CLAIMS if claim in html] == []


def test_an_old_figure_leads_to_the_newer_one(client: Client, release: str) -> None:
    old = page(client, f"/en/figures/{release}/u5mr:KAZ:2012:KAZSTAT_SDG")
    assert f"/en/figures/{release}/u5mr:KAZ:2019:KAZSTAT_SDG" in part(old, "content", "</main>")
    assert "A newer figure is loaded here: 2019" in words(old)
    other_source = words(page(client, f"/en/figures/{release}/u5mr:KAZ:2012:UNICEF_IGME_2013"))
    assert "A newer figure is loaded here: 2020, UN IGME 2026" in other_source
    newest = page(client, f"/en/figures/{release}/imr:KAZ:2019:UNSD_SDG_2020")
    assert "A newer figure" not in newest
    assert "nobody" not in newest


def test_a_published_figure_that_another_release_has_replaced_says_so(small_site: SmallSite) -> None:
    old = small_site.publish({"value": 12.5}, {"value": 14.0, "period": "2019"}, dataset="tidy-deaths")
    new = small_site.publish({"value": 10.4}, {"value": 14.0, "period": "2019"}, dataset="tidy-deaths-corrected")
    replaced = page(small_site.client, f"/en/figures/{old}/u5mr:KAZ:2020:KAZSTAT_SDG")
    assert "Another value of this figure is shown now: 10.4 per 1,000 live births" in words(replaced)
    assert f"/en/figures/{new}/u5mr:KAZ:2020:KAZSTAT_SDG" in replaced
    for release, year in ((new, 2020), (old, 2019)):
        unchanged = page(small_site.client, f"/en/figures/{release}/u5mr:KAZ:{year}:KAZSTAT_SDG")
        assert "Another value" not in unchanged
    assert "10.4" in words(page(small_site.client, "/en/indicators/u5mr"))


def test_the_national_figure_of_another_year_names_its_year(client: Client) -> None:
    html = page(client, "/en/places/KZ-43")
    row = html.split('/indicators/gpi_upper_secondary"', 1)[1].split("</tr>", 1)[0]
    assert re.search(r"gpi_upper_secondary:KAZ:2010:.*2010</span></td>", row)
    assert "In Kazakhstan, 2010:" in answer_to(page(client, "/en/my?region=KZ-43&age=16"), "gpi_upper_secondary")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_is_not_said_to_stand_near_the_count(client: Client, language: str) -> None:
    html = page(client, f"/{language}/indicators/imr")
    said = {"en": "closest to the count", "ru": "ближайшего к подсчёту", "kk": "санаққа ең жақын"}
    assert said[language] not in html
    assert said[language] in page(client, f"/{language}/indicators/u5mr")
    figure = html.split('class="big-figure"', 1)[1].split("</div>", 1)[0]
    assert "imr:KAZ:2019:UNSD_SDG_2020" in figure


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "getting better since 2010 (then 19.6)"),
        ("ru", "улучшается с 2010 года (тогда 19,6)"),
        ("kk", "2010 жылдан бері жақсарып келеді (ол кезде 19,6)"),
    ],
)
def test_a_trend_says_since_when_and_from_what(client: Client, language: str, said: str) -> None:
    html = page(client, f"/{language}/indicators/u5mr")
    assert said in words(html)
    assert "u5mr:KAZ:2010:KAZSTAT_SDG" in html


def test_the_tally_of_regions_counts_only_borders_of_today(client: Client) -> None:
    html = page(client, "/en/left-behind?kind=region")
    tally = html.split("Regions most often worst off", 1)[1].split("</ul>", 1)[0]
    listed = dict(re.findall(r'/places/(KZ-[A-Z0-9]+)">.*?<span class="value">(\d+)</span>', tally))
    worst = re.findall(r'<span class="value"><a [^>]*figures/[^/]+/[^:]+:(KZ-[A-Z0-9]+)(@[0-9-]+)?:', html)
    assert any(version == "@1932-03-10" for _, version in worst)
    of_today = [code for code, version in worst if version != "@1932-03-10" and code != "KZ-YUZ"]
    assert listed
    assert all(int(times) == of_today.count(code) for code, times in listed.items())
    note = f"Of {len(of_today)} indicators whose worst-off group is a region of today. Not counted: "
    assert f"{note}{len(worst) - len(of_today)} that" in html


@pytest.mark.parametrize("region", ["KZ-11", "KZ-75", "KZ-10"])
def test_what_concerned_one_region_is_not_missing_in_the_others(client: Client, region: str) -> None:
    html = page(client, f"/en/places/{region}")
    assert "hiv_children_shymkent_outbreak" not in html


def test_what_most_regions_have_is_missing_where_it_is_not(client: Client) -> None:
    html = page(client, "/en/places/KZ-10")
    missing = html.split("No figure here", 1)[1].split("</ul>", 1)[0]
    assert "/indicators/u5mr" in missing


def citation(html: str) -> str:
    return words(html.split("How to cite</h2>", 1)[1].split("</p>", 1)[0])


def test_a_citation_takes_the_warnings_with_it(client: Client, release: str) -> None:
    unverified = citation(page(client, f"/en/figures/{release}/imr:KAZ:2008:MEMORY"))
    assert "[not verified]. everychild" in unverified
    pisa = citation(page(client, f"/en/figures/{release}/pisa_maths_min_proficiency:KAZ:2018:KAZSTAT_SDG"))
    assert "[break in the series] [label restored]. everychild" in pisa
    assert "[" not in citation(page(client, f"/en/figures/{release}/u5mr:KAZ:2019:KAZSTAT_SDG"))


def test_what_was_withdrawn_says_so_in_citation_file_name_and_comparison(small_site: SmallSite) -> None:
    old, new = small_site.publish({"value": 12.5}), small_site.publish({"value": 10.4})
    client = small_site.client
    small_site.store.withdraw(old, "tester", "the columns were swapped")
    cited = citation(page(client, f"/en/figures/{old}/u5mr:KAZ:2020:KAZSTAT_SDG"))
    assert "12.5 per 1,000 live births [withdrawn: the columns were swapped]. everychild" in cited
    for part_of, kind in (("figures", "csv"), ("ledger", "csv"), ("figures", "xlsx")):
        names = [client.get(f"/en/data/releases/{r}/{part_of}.{kind}")["Content-Disposition"] for r in (old, new)]
        assert f"{old}-withdrawn" in names[0]
        assert "withdrawn" not in names[1]
    compared = words(page(client, f"/en/data/compare?a={old}&b={new}"))
    assert f"{old}: This release was withdrawn: the columns were swapped" in compared
    assert f"{old} (withdrawn)" in compared
    assert f"{new} (withdrawn)" not in compared


@pytest.mark.parametrize(
    ("indicator", "article"),
    [
        ("adolescent_birth_rate", "24"), ("population_below_subsistence", "27"), ("mmr", "24"), ("u5mr", "6"),
        ("children_in_residential_care", "20"), ("out_of_pocket_health", "24"), ("education_spending_gdp", "28"),
    ],
)  # fmt: skip
def test_a_question_names_the_right_that_fits_it_best(client: Client, indicator: str, article: str) -> None:
    cards = [page(client, f"/en/my?region=KZ-43&age={age}") for age in (0, 3, 15)]
    card = next(answer_to(html, indicator) for html in cards if f'/indicators/{indicator}"' in html)
    assert f"Your right, article {article}:" in card
