"""Each check fires on the mistake it is for, where the mistake stands, and on nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from everychild.catalogue.catalogue import load
from everychild.catalogue.checks import check
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.findings import Finding, rules
from everychild.vocabulary.language import LANGUAGES
from everychild.vocabulary.tables import definitions_folder
from tests.catalogue.made_definitions import TABLES, made_definitions
from tests.catalogue.made_pack import made_pack

QUIET = {"unreviewed_texts"}


def places(findings: list[Finding]) -> list[tuple[str, int | None, str, str, str]]:
    return [(f.file, f.row, f.column, f.value, f.rule) for f in findings if f.rule not in QUIET]


def test_sound_definitions_load_and_have_no_findings(tmp_path):
    home = made_definitions(tmp_path)
    assert set(load(home).indicators) == {"stunting", "births", "acts", "own"}
    assert places(check(home)) == []


IND, AREAS, OWN = "indicators.csv", "areas.csv", "countries/madeland/indicators.csv"


@pytest.mark.parametrize(
    ("table", "row", "before", "after", "expected"),
    [
        # codes that lead nowhere
        (IND, 2, '"health"', '"helth"', ("domain", "helth", "dangling_code")),
        (IND, 2, '"nutrition"', '"food"', ("subdomain", "food", "dangling_code")),
        (IND, 2, '"child_health"', '"x"', ("programme_area", "x", "dangling_code")),
        (IND, 2, '"percent"', '"percents"', ("unit", "percents", "dangling_code")),
        (IND, 2, '"percent"', '""', ("unit", "", "empty_cell")),
        (IND, 2, '"6;24"', '"6;55"', ("crc_articles", "55", "unknown_article")),
        (IND, 2, '"6;24"', '""', ("crc_articles", "", "empty_cell")),
        (IND, 2, '"survey"', '"survey;press"', ("source_types", "press", "unknown_code")),
        (IND, 2, '"ch"', '"chh"', ("survey_file", "chh", "unknown_code")),
        (IND, 2, '"verified"', '"sure"', ("mics_code_status", "sure", "unknown_code")),
        (IND, 2, '"2.2.1"', '"2.2"', ("sdg_code", "2.2", "unknown_code")),
        (IND, 3, '"25"', '"51"', ("crpd_articles", "51", "unknown_code")),
        (IND, 2, '"up_is_better"', '"up"', ("direction", "up", "unknown_code")),
        (OWN, 2, '"stunting"', '"stuntin"', ("related", "stuntin", "unknown_indicator")),
        (OWN, 2, '"percent"', '"percents"', ("unit", "percents", "dangling_code")),
        ("indicator_definitions.csv", 4, "acts", "act", ("code", "act", "unknown_indicator")),
        ("crc_articles.csv", 25, ",7,", ",70,", ("cluster", "70", "dangling_code")),
        ("crc_articles.csv", 25, ",5,", ",5;50,", ("further_clusters", "50", "dangling_code")),
        ("crc_articles.csv", 55, "54,", "55,", ("number", "55", "unknown_code")),
        ("code_lists/other.csv", 3, "level=", "levl=", ("code", "levl", "dangling_code")),
        (AREAS, 5, "XXX", "YYY", ("parent", "YYY", "unknown_area")),
        (AREAS, 5, "X-1,,", "X-9,,", ("predecessors", "X-9", "unknown_area")),
        (AREAS, 3, "X-1;X-2", "X-1;X-9", ("successors", "X-9", "unknown_area")),
        # dates of areas
        (AREAS, 5, "X-1,,", ",,", ("predecessors", "X-1", "one_sided_succession")),
        (AREAS, 5, "2010-01-01", "2010-01-02", ("successors", "X-2", "succession_gap")),
        (AREAS, 5, "2010-01-01,,", "2010-01-01,2009-01-01,", ("valid_to", "2009-01-01", "ends_before_it_begins")),
        (AREAS, 5, "2010-01-01,,", "2010-01-01,2020-13-01,", ("valid_to", "2020-13-01", "bad_date")),
        # twice, or absent
        (IND, 3, '"births"', '"stunting"', ("code", "stunting", "duplicate_record")),
        (OWN, 2, '"own"', '"acts"', ("code", "acts", "duplicate_record")),
        (AREAS, 4, "2010-01-01", "2000-01-01", ("code", "X-1 2000-01-01", "duplicate_record")),
        ("domains.csv", 3, "money", "health", ("code", "health", "duplicate_record")),
        ("crc_articles.csv", 25, "24,", "23,", ("number", "24", "absent_code")),
        ("crc_clusters.csv", 11, "9,", "8,", ("number", "9", "absent_code")),
        (IND, 4, "Number of acts", "Stunting", ("name_en", "Stunting", "duplicate_name")),
        (IND, 4, "acts үлесі", "stunting үлесі", ("name_kk", "stunting үлесі", "duplicate_name")),
        (OWN, 2, "Own one", "STUNTING", ("name_en", "STUNTING", "duplicate_name")),
        ("domains.csv", 3, "Деньги", "Здоровье", ("name_ru", "Здоровье", "duplicate_name")),
        # units and ages against the name
        (IND, 3, '"per_1000_women"', '"percent"', ("unit", "percent", "unit_against_name")),
        (IND, 2, "Доля детей stunting", "На 100 000 детей", ("unit", "percent", "unit_against_name")),
        (IND, 2, "stunting үлесі", "10 000 балаға шаққанда", ("unit", "percent", "unit_against_name")),
        (IND, 2, "Stunting", "Spending (% of GDP)", ("unit", "percent", "unit_against_name")),
        (IND, 2, "Stunting", "Number of children", ("unit", "percent", "unit_against_name")),
        (IND, 4, "Number of acts", "Share of acts", ("unit", "count", "unit_against_name")),
        (IND, 2, '"0-4"', '"0-18"', ("child_ages", "0-18", "bad_child_ages")),
        (IND, 2, '"0-4"', '"4-0"', ("child_ages", "4-0", "bad_child_ages")),
        (IND, 2, '"0-4"', '"u5"', ("child_ages", "u5", "bad_child_ages")),
        (IND, 3, '"15-17"', '"10-17"', ("child_ages", "10-17", "ages_against_name")),
        (IND, 3, '"15-17"', '""', ("child_ages", "", "ages_against_name")),
        (IND, 2, "Stunting", "Stunting, 24-59 months", ("child_ages", "0-4", "ages_against_name")),
        (IND, 2, '"stunting"', '"Stunting"', ("code", "Stunting", "bad_code")),
        (OWN, 2, '"stunting"', '"own"', ("related", "own", "related_to_itself")),
        (IND, 4, "A_2", "A_1", ("transmonee_code", "A_1", "shared_foreign_code")),
        ("indicator_definitions.csv", 2, ",Short,Низкие,Аласа балалар,", ",,,,",
         ("numerator_en", "stunting", "without_definition")),
        ("indicator_definitions.csv", 2, ",Children,Дети,Балалар,", ",,,,",
         ("denominator_en", "stunting", "without_definition")),
        # texts
        (IND, 2, "stunting үлесі", "", ("name_kk", "", "missing_language")),
        (IND, 2, "Сколько?", "", ("plain_ru", "", "missing_language")),
        ("crc_articles.csv", 25, "Текст", "", ("summary_ru", "", "missing_language")),
        ("indicator_definitions.csv", 4, "Актілер", "", ("numerator_kk", "", "missing_language")),
        ("interface.csv", 2, "Мәзір", "", ("kk", "", "missing_language")),
        ("code_lists/unit.csv", 2, "процентов", "", ("name_ru", "", "missing_language")),
        (AREAS, 3, "Центр", "", ("seat_ru", "", "missing_language")),
        ("programme_areas.csv", 2, "Бала денсаулығы", "Здоровье детей", ("name_kk", "Здоровье детей", "copied_text")),
        ("programme_areas.csv", 2, "Здоровье детей", "Child health", ("name_ru", "Child health", "copied_text")),
        ("domains.csv", 2, "Здоровье", "Дeнь", ("name_ru", "дeнь", "mixed_alphabets")),
        ("programme_areas.csv", 2, "Здоровье детей", "Баланың денсаулығы", (
            "name_ru", "Баланың денсаулығы", "foreign_letters")),
        ("domains.csv", 2, "Health", "Здоровье детей", ("name_en", "Здоровье детей", "foreign_letters")),
        ("programme_areas.csv", 2, "Бала денсаулығы", "Здоровье ребёнка и матери", (
            "name_kk", "Здоровье ребёнка и матери", "no_kazakh_letters")),
        ("rules.csv", 2, "Это {value}", "Это", ("message_ru", "Это из {name}", "places_differ")),
        ("rules.csv", 2, "Бұл {name}", "Бұл {nam}", ("message_kk", "Бұл {nam} ішінен {value}", "places_differ")),
        ("rules.csv", 2, "Исправьте", "Исправьте {", ("suggestion_ru", "Исправьте {", "places_differ")),
        ("domains.csv", 2, "ru;kk", "ru;uz", ("unreviewed", "ru;uz", "unknown_code")),
    ],
)  # fmt: skip
def test_a_mistake_is_found_where_it_stands(tmp_path, table, row, before, after, expected):
    found = places(check(made_definitions(tmp_path, table, row, before, after)))
    column, value, rule = expected
    assert [place for place in found if place[4] == rule and place[3] == value and place[2] == column]
    rows = {place[1] for place in found if place[4] == rule}
    anchored_elsewhere = {"absent_code": {1}, "succession_gap": {3}}
    assert rows == anchored_elsewhere.get(rule, {row})
    assert {place[0] for place in found if place[4] == rule} == {table}


@pytest.mark.parametrize(
    ("table", "row", "before", "after"),
    [
        ("domains.csv", 2, "Денсаулық", "Здоровье"),  # one word may be the same in two languages
        ("domains.csv", 2, "Здоровье", "Область Ұлытау"),  # a Russian text keeps a Kazakh name
        ("domains.csv", 2, "Здоровье", "Слайды «Қуан сәби»"),
        ("domains.csv", 2, "Здоровье", "Жетісу"),
        ("domains.csv", 2, "Здоровье,Денсаулық", "Алм. обл.,Алм. обл."),
        ("programme_areas.csv", 2, "Бала денсаулығы", "Ата-анасы бар балалар"),  # Kazakh without its own letters
        (IND, 2, "Stunting", "Women aged 20-24 married before age 18"),  # witnesses, not the children themselves
        (IND, 2, "Stunting", "Stunting (0-59 months)"),
        (IND, 3, "(15-19 years)", "aged 15-49"),
        ("domains.csv", 3, "Money,Деньги,Ақша", "Astana Times,Astana Times,Astana Times"),
        (AREAS, 3, "Seat,Центр,Орталық", ",,"),
        (IND, 2, "Stunting", "Registration at least 90 percent complete"),
    ],
)
def test_what_is_right_is_left_alone(tmp_path, table, row, before, after):
    assert places(check(made_definitions(tmp_path, table, row, before, after))) == []


@pytest.mark.parametrize(
    ("table", "row", "before", "after", "problem"),
    [
        ("domains.csv", 1, "name_kk", "name_kz", "lacks these columns: name_kk"),
        ("domains.csv", 2, ",ru;kk", "", "4 cells where the header has 5"),
        ("crc_clusters.csv", 2, "0,", "zero,", "invalid literal for int"),
        (IND, 1, "unit", "units", "lacks these columns: unit"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_located_finding(tmp_path, table, row, before, after, problem):
    home = made_definitions(tmp_path, table, row, before, after)
    broken = [f for f in check(home) if f.rule in ("broken_definition", "unknown_code")]
    assert [(f.file, f.row) for f in broken] == [(table, row)]
    assert broken[0].rule == "unknown_code" or problem in broken[0].message("en")
    with pytest.raises(DefinitionError, match=problem):
        load(home)


def test_codes_of_a_table_that_cannot_be_read_are_not_called_dangling(tmp_path):
    home = made_definitions(tmp_path, "domains.csv", 1, "name_kk", "name_kz")
    assert {f.rule for f in check(home)} - QUIET == {"broken_definition"}


def test_an_indicator_without_a_definition_is_named(tmp_path):
    home = made_definitions(tmp_path)
    table = home / "indicator_definitions.csv"
    table.write_text("\n".join(table.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    assert places(check(home)) == [(IND, 4, "code", "acts", "without_definition")]


def test_a_missing_table_is_named(tmp_path):
    home = made_definitions(tmp_path)
    (home / "domains.csv").unlink()
    [finding] = [f for f in check(home) if f.severity == "error"]
    assert (finding.file, finding.rule) == ("domains.csv", "broken_definition")


def test_what_does_not_load_is_never_called_sound(tmp_path):
    """A mistake that only loading meets, here a country without its name, is still a finding."""
    home = made_definitions(tmp_path, "countries/madeland/country.yaml", 1, "code: XXX", "cod: XXX")
    [finding] = [f for f in check(home) if f.severity == "error"]
    assert finding.rule == "broken_definition"
    assert "code" in finding.message("en")


def test_texts_that_wait_are_counted_by_table_and_language(tmp_path):
    waiting = {
        (f.file, f.value): int(f.parameters["texts"])
        for f in check(made_definitions(tmp_path)) if f.rule == "unreviewed_texts"
    }  # fmt: skip
    assert waiting["indicators.csv", "kk"] == 6  # three names and three plain questions
    assert waiting["indicator_definitions.csv", "ru"] == 5  # `acts` has no denominator
    assert waiting["domains.csv", "kk"] == 1  # the second row has been read
    assert waiting["crc_articles.csv", "ru"] == 2 * 57
    assert ("code_lists/other.csv", "kk") not in waiting
    assert {f.severity for f in check(made_definitions(tmp_path)) if f.rule == "unreviewed_texts"} == {"note"}


def test_indicators_without_a_plain_question_are_counted(tmp_path):
    home = made_definitions(tmp_path)
    table = home / IND
    table.write_text(table.read_text(encoding="utf-8").replace('"How many?","Сколько?","Нешеуі?"', '"","",""', 2))
    [note] = [f for f in check(home) if f.rule == "without_plain_question"]
    assert (note.file, note.severity, note.parameters["indicators"]) == (IND, "note", "2")


def test_errors_come_first(tmp_path):
    home = made_definitions(tmp_path, "domains.csv", 2, "Health", "Здоровье детей")
    (home / "subdomains.csv").unlink()
    severities = [f.severity for f in check(home)]
    assert severities == sorted(severities, key=("error", "warning", "note").index)
    assert set(severities) == {"error", "warning", "note"}


def test_packs_are_checked_with_the_definitions(tmp_path):
    pack = made_pack(tmp_path, "laws.csv", 2, "1;19", "1;55")
    found = check(made_definitions(tmp_path), [pack])
    assert ("countries/madeland/laws.csv", 2, "crc_articles", "55", "unknown_article") in places(found)


def test_every_rule_of_the_checks_is_tried_above():
    """A rule without a test here could stop firing unseen."""
    [tried] = [mark for mark in test_a_mistake_is_found_where_it_stands.pytestmark if mark.name == "parametrize"]
    here = {case[4][2] for case in tried.args[1]}
    known = list(rules())
    own = known[known.index("missing_language") : known.index("without_plain_question")]
    assert set(own) - here == set()


def test_findings_speak_three_languages(tmp_path):
    home = made_definitions(tmp_path, IND, 2, '"0-4"', '"0-18"')
    [finding] = [f for f in check(home) if f.rule == "bad_child_ages"]
    assert len({finding.message(language) for language in LANGUAGES}) == 3


class TestShipped:
    def test_no_errors(self):
        assert [f.message("en") for f in check() if f.severity == "error"] == []

    def test_every_kazakh_and_russian_text_waits_for_a_native_reader_until_one_has_read_it(self):
        waiting = Counter(f.value for f in check() if f.rule == "unreviewed_texts" and f.file == "indicators.csv")
        assert waiting == {"ru": 1, "kk": 1}

    def test_every_table_with_texts_is_checked(self):
        """A new table of definitions must be named to the checks."""
        from everychild.catalogue.definition_tables import TABLES as SPECIFIED

        with_texts = set()
        for path in definitions_folder().rglob("*.csv"):
            header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
            if any(column.endswith("_kk") or column == "kk" for column in header):
                with_texts.add(path.relative_to(definitions_folder()))
        specified = {
            path.relative_to(definitions_folder())
            for table in SPECIFIED for path in definitions_folder().glob(table.pattern)
        }  # fmt: skip
        unchecked = {path.name for path in with_texts - specified}
        assert unchecked == {"open_sdg_map.csv"}, "titles there are the statistics office's own"

    def test_made_tables_have_the_columns_of_the_shipped_ones(self):
        for name, lines in TABLES.items():
            shipped = definitions_folder() / name
            if shipped.is_file():
                header = shipped.read_text(encoding="utf-8").partition("\n")[0].split(",")
                assert set(lines[0].split(",")) <= set(header), name
