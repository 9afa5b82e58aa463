"""The catalogue: frozen once loaded, complete, and refused with the place of the first mistake."""

from __future__ import annotations

from collections import Counter
from dataclasses import FrozenInstanceError, replace

import polars as pl
import pytest

from everychild.catalogue.catalogue import catalogue, load
from everychild.catalogue.indicators import DIRECTIONS, Indicator
from everychild.catalogue.rights import Cluster
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LocalText
from tests.catalogue.made_definitions import made_definitions

NAME = LocalText("Stunting", "Задержка роста", "Бой өсуінің кідіруі")
STUNTING = Indicator(
    code="stunting", name=NAME, plain=None, unit="percent", direction="down_is_better", domain="health",
    subdomain="nutrition", programme_area="child_health", crc_articles=("24", "27"), crpd_articles=(), sdg_code="2.2.1",
    mics_code="", mics_code_status="", source_types=("survey",), survey_file="ch", transmonee_code="",
    child_ages=(0, 4), related="", notes="",
)  # fmt: skip


class TestIndicator:
    def test_is_frozen(self):
        with pytest.raises(FrozenInstanceError):
            STUNTING.unit = "ratio"  # type: ignore[misc]

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"code": "Stunting"}, "code 'Stunting' must be lower-case words"),
            ({"code": "5_17"}, "code '5_17' must be lower-case words"),
            ({"direction": "up"}, "direction 'up' is none of up_is_better, down_is_better, neutral"),
            ({"child_ages": (0, 18)}, r"child_ages \(0, 18\) must lie within 0 to 17"),
            ({"child_ages": (5, 4)}, r"child_ages \(5, 4\) must lie within"),
            ({"child_ages": (-1, 4)}, r"child_ages \(-1, 4\) must lie within"),
        ],
    )
    def test_checks_itself(self, change, problem):
        with pytest.raises(ValueError, match=problem):
            replace(STUNTING, **change)


def test_a_cluster_is_one_of_ten():
    with pytest.raises(ValueError, match="cluster 10 lies outside 0 to 9"):
        Cluster(10, NAME)


class TestLoading:
    def test_cells_become_typed_fields(self, tmp_path):
        loaded = load(made_definitions(tmp_path))
        births = loaded.indicators["births"]
        assert (births.child_ages, births.crc_articles, births.crpd_articles) == ((15, 17), ("6", "24"), ("25",))
        assert births.numerator == LocalText("Births", "Рождения", "Туғандар", frozenset({"ru", "kk"}))
        assert loaded.indicators["acts"].denominator is None
        assert loaded.indicators["acts"].child_ages is None
        assert (loaded.indicators["own"].country, births.country) == ("XXX", "")
        assert loaded.articles["24"].further_clusters == (5,)
        assert loaded.clusters[7].name.kk == "7-топ"
        assert list(loaded.domains) == ["health", "money"]
        assert loaded.domains["money"].name.is_reviewed("kk")
        assert not loaded.domains["health"].name.is_reviewed("kk")
        assert loaded.breakdowns["total"].group == "design"

    def test_a_right_leads_to_its_indicators_in_order(self, tmp_path):
        loaded = load(made_definitions(tmp_path, "indicators.csv", 4, "6;24", "12"))
        assert [i.code for i in loaded.indicators_of_article("24")] == ["stunting", "births", "own"]
        assert [i.code for i in loaded.indicators_of_article("12")] == ["acts"]
        assert loaded.indicators_of_article("54") == ()

    @pytest.mark.parametrize(
        ("table", "row", "before", "after", "problem"),
        [
            ("indicators.csv", 3, '"births"', '"stunting"',
             r"indicators\.csv, row 3: indicator 'stunting' stands twice"),
            ("indicators.csv", 2, '"0-4"', '"0-4y"', r"row 2: child_ages '0-4y' must be two years such as 0-4"),
            ("indicators.csv", 2, '"0-4"', '"0-40"', r"row 2: child_ages \(0, 40\) must lie within"),
            ("indicators.csv", 2, "stunting үлесі", "", r"row 2: text 'Stunting' is missing in: kk"),
            ("indicators.csv", 2, "Нешеуі?", "", r"row 2: text 'How many\?' is missing in: kk"),
            ("indicators.csv", 2, "ru;kk", "ru;qq", r"row 2: unknown language in 'ru;qq'"),
            ("indicators.csv", 2, "up_is_better", "up", r"row 2: direction 'up' is none of"),
            ("countries/madeland/indicators.csv", 2, '"own"', '"acts"',
             r"countries/madeland/indicators\.csv, row 2, column code: indicator 'acts' is already in the catalogue"),
            ("indicator_definitions.csv", 2, "Низкие", "", r"row 2: text 'Short' is missing in: ru"),
            ("crc_articles.csv", 3, "2,I", "1,I", r"row 3: article 1 stands twice"),
            ("crc_articles.csv", 3, ",7,", ",seven,", r"crc_articles\.csv, row 3: invalid literal"),
            ("crc_clusters.csv", 11, "9,", "10,", r"row 11: cluster 10 lies outside 0 to 9"),
            ("crc_clusters.csv", 11, "9,", "8,", r"row 11: cluster 8 stands twice"),
            ("domains.csv", 3, "money", "health", r"domains\.csv, row 3: code 'health' stands twice"),
            ("breakdowns.csv", 2, "Барлығы", "", r"breakdowns\.csv, row 2: text 'Total' is missing in: kk"),
        ],
    )  # fmt: skip
    def test_the_first_mistake_is_named_with_its_place(self, tmp_path, table, row, before, after, problem):
        with pytest.raises(DefinitionError, match=problem):
            load(made_definitions(tmp_path, table, row, before, after))


class TestShipped:
    def test_is_loaded_once_and_cannot_be_changed(self):
        assert catalogue() is catalogue()
        with pytest.raises(TypeError):
            catalogue().indicators["x"] = STUNTING  # type: ignore[index]
        with pytest.raises(FrozenInstanceError):
            catalogue().indicators = {}  # type: ignore[misc]

    def test_what_it_holds(self):
        loaded = catalogue()
        assert sum(not indicator.country for indicator in loaded.indicators.values()) == 314
        assert list(loaded.articles) == [*map(str, range(1, 55)), "OPAC", "OPSC", "OPIC"]
        assert sorted(loaded.clusters) == list(range(10))
        assert len(loaded.breakdowns) == 53
        assert (len(loaded.domains), len(loaded.subdomains), len(loaded.programme_areas)) == (7, 32, 5)

    def test_nothing_of_the_given_catalogue_was_dropped(self, shared_folder):
        given = pl.read_csv(shared_folder / "catalogue" / "indicators.csv", infer_schema=False).fill_null("")
        kept = catalogue().indicators
        for row in given.iter_rows(named=True):
            indicator = kept[row["code"]]
            assert (indicator.name.en, indicator.name.ru, indicator.name.kk) == (
                row["name_en"], row["name_ru"], row["name_kk"],
            )  # fmt: skip
            # Their order is our own: the article that fits best stands first.
            assert sorted(indicator.crc_articles) == sorted(row["crc_articles"].split(";"))
            assert (indicator.direction, indicator.sdg_code, indicator.mics_code, indicator.notes) == (
                row["direction"], row["sdg_code"], row["mics_code"], row["notes"],
            )  # fmt: skip

    def test_units_that_were_mended(self, shared_folder):
        """Their own denominators, and the name of one, say that they are not of the whole population."""
        given = pl.read_csv(shared_folder / "catalogue" / "indicators.csv", infer_schema=False).fill_null("")
        kept = catalogue().indicators
        changed = {
            code: kept[code].unit for code, unit in given.select("code", "unit").iter_rows() if kept[code].unit != unit
        }
        assert changed == {
            "cmr": "per_1000_children",
            "mortality_rate_5_14": "per_1000_children",
            "mortality_rate_10_19": "per_1000_children",
            "children_divorce_rate": "per_1000_children",
            "hiv_new_infections_rate": "per_1000_uninfected",
            "hiv_new_infections_10_19": "per_1000_uninfected",
        }

    def test_general_principles_are_four(self):
        principles = [number for number, article in catalogue().articles.items() if article.general_principle]
        assert principles == ["2", "3", "6", "12"]

    def test_articles_of_procedure_stand_apart(self):
        procedure = [number for number, article in catalogue().articles.items() if article.cluster == 0]
        assert procedure == ["43", *map(str, range(45, 55))]

    def test_every_cluster_of_rights_has_articles(self):
        used = {article.cluster for article in catalogue().articles.values()}
        assert used == set(range(10))

    @pytest.mark.parametrize(
        ("code", "ages"),
        [
            ("u5mr", (0, 4)), ("nmr", (0, 0)), ("stunting_moderate_severe", (0, 4)), ("exclusive_bf_0_5m", (0, 0)),
            ("adolescent_birth_rate", (15, 17)), ("violent_discipline", (1, 14)), ("neet_15_24", (15, 17)),
            ("child_labour", (5, 17)), ("child_marriage_before18", (12, 17)), ("basic_water", None),
            ("child_budget_share", None), ("pisa_reading_min_proficiency", (15, 15)), ("ecdi2030", (2, 4)),
        ],
    )  # fmt: skip
    def test_which_children_an_indicator_speaks_about(self, code, ages):
        assert catalogue().indicators[code].child_ages == ages

    def test_every_child_of_any_age_has_indicators_of_its_own(self):
        aged = [i.child_ages for i in catalogue().indicators.values() if i.child_ages]
        per_year = Counter(year for first, last in aged for year in range(first, last + 1))
        assert sorted(per_year) == list(range(18))
        assert min(per_year.values()) >= 10

    def test_plain_questions_are_questions_without_rates_in_words(self):
        asked = [i.plain for i in catalogue().indicators.values() if i.plain and not i.country]
        assert len(asked) >= 150
        for plain in asked:
            assert all(text.endswith("?") and len(text) <= 120 for text in (plain.en, plain.ru, plain.kk))
            assert not any(word in plain.en.casefold() for word in ("rate", "prevalence", "coverage", "per cent"))

    def test_no_two_questions_are_the_same(self):
        for language in ("en", "ru", "kk"):
            asked = Counter(i.plain[language] for i in catalogue().indicators.values() if i.plain and not i.country)
            assert [question for question, times in asked.items() if times > 1] == []

    def test_every_direction_is_used(self):
        assert {i.direction for i in catalogue().indicators.values()} == set(DIRECTIONS)
