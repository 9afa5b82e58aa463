"""Country packs: reading, located errors, and the shipped pack of Kazakhstan."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.countries import UnknownCountry, country
from everychild.catalogue.country_checks import check_country
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.errors import DefinitionError
from everychild.vocabulary.language import LANGUAGES
from everychild.vocabulary.observations import COLUMNS
from tests.catalogue.made_pack import made_pack


def found(pack):
    """Findings without the notes about texts that wait for a reader."""
    return [
        (f.file.removeprefix("countries/madeland/"), f.row, f.column, f.value, f.rule)
        for f in check_country(pack)
        if f.rule != "unreviewed_texts"
    ]


def test_figures_have_the_schema_and_defaults(tmp_path):
    figures = made_pack(tmp_path).figures()
    assert tuple(figures.columns) == COLUMNS
    first, second, third = figures.rows(named=True)
    assert (first["value"], first["lower"], first["upper"], first["interval"]) == (12.5, 11.9, 13.4, "UI90")
    assert (second["sex"], second["age"], second["wealth"], second["status"]) == ("_T", "_T", "_T", "A")
    assert (second["lower"], second["other"], second["note"]) == (None, "", "a note")
    assert (third["sex"], third["other"]) == ("F", "level=primary")


def test_a_figure_never_points_to_a_row_of_a_file_that_the_pack_has_not_read(tmp_path):
    places = made_pack(tmp_path).figures().select("file", "row").rows()
    own = "countries/madeland/figures.csv"
    assert places == [("deaths.csv", None), (own, 3), (own, 4)]


def test_a_sound_pack_has_no_findings(tmp_path):
    assert found(made_pack(tmp_path)) == []


@pytest.mark.parametrize(
    ("table", "row", "before", "after", "expected"),
    [
        ("figures.csv", 2, "u5mr", "u6mr", ("figures.csv", 2, "indicator", "u6mr", "unknown_indicator")),
        ("figures.csv", 3, "KAZ", "KAX", ("figures.csv", 3, "area", "KAX", "unknown_area")),
        ("figures.csv", 3, "OFFICE", "OFICE", ("figures.csv", 3, "source", "OFICE", "unknown_source")),
        ("figures.csv", 2, "11.9", "12.9", ("figures.csv", 2, "lower", "12.9", "interval_misses_value")),
        ("figures.csv", 3, "2016", "2015", ("figures.csv", 3, "value", "u5mr:KAZ:2015:OFFICE", "duplicate_key")),
        ("figures.csv", 3, ",,,,12.1", ",,Y0T4,,12.1", ("figures.csv", 3, "age", "Y0T4", "own_group_split")),
        ("figures.csv", 4, "level=primary", "mood=good", ("figures.csv", 4, "other", "mood", "unlabelled_breakdown")),
        ("figures.csv", 3, "per_1000_live_births", "ratio", ("figures.csv", 3, "unit", "ratio", "unit_differs")),
        ("own_groups.csv", 2, "u5mr", "u6mr", ("own_groups.csv", 2, "indicator", "u6mr", "unknown_indicator")),
        ("indicators.csv", 2, "0-17,u5mr", "0-17,u6mr", ("indicators.csv", 2, "related", "u6mr", "unknown_indicator")),
        ("indicators.csv", 2, "population", "suicides", ("indicators.csv", 2, "code", "suicides", "unused_indicator")),
        ("laws.csv", 2, "1;19", "1;55", ("laws.csv", 2, "crc_articles", "55", "unknown_article")),
        ("recommendations.csv", 2, "29,19", "29,0", ("recommendations.csv", 2, "crc_articles", "0", "unknown_article")),
        ("programmes.csv", 2, "KZ-63", "KZ-99", ("programmes.csv", 2, "areas", "KZ-99", "unknown_area")),
        ("facts.csv", 2, "2015", "2014", ("facts.csv", 2, "key", "u5mr:KAZ:2014:OFFICE", "unknown_figure")),
        ("seed_claims.csv", 2, "u5mr,,", "u6mr,,", ("seed_claims.csv", 2, "indicator", "u6mr", "unknown_indicator")),
        (
            "seed_claims.csv", 2, "sex=F;", "sex=M;",
            ("seed_claims.csv", 2, "evidence_keys", "population:KAZ:2016:OFFICE:sex=M;level=primary", "unknown_figure"),
        ),
        ("tile_map.csv", 3, "KZ-63", "KZ-99", ("tile_map.csv", 3, "area", "KZ-99", "unknown_area")),
        ("tile_map.csv", 3, ",1,0", ",0,0", ("tile_map.csv", 3, "column", "0;0", "duplicate_record")),
    ],
)  # fmt: skip
def test_a_mistake_is_found_where_it_stands(tmp_path, table, row, before, after, expected):
    assert expected in found(made_pack(tmp_path, table, row, before, after))


@pytest.mark.parametrize(
    ("table", "row", "before", "after", "place"),
    [
        ("figures.csv", 3, "12.1", "12,1".replace(",", "o"), "row 3, column value: '12o1' is not a number"),
        ("figures.csv", 1, "unit", "units", "row 1: missing column: unit"),
        ("sources.csv", 2, ",10,", ",first,", "row 2: rank 'first' is not a whole number"),
        ("sources.csv", 1, "short_name_kk", "kazakh", "row 1: The first row lacks these columns: short_name_kk"),
        ("laws.csv", 2, "Заң", "", "row 2: text 'Law' is missing in: kk"),
        ("laws.csv", 2, "2002-08-08", "8.8.2002", "row 2: '8.8.2002' is not a date such as"),
        ("laws.csv", 2, "yes", "maybe", "row 2: verified 'maybe' is none of yes, partly, no, seed"),
        ("recommendations.csv", 2, ",recommendation,", ",wish,", "row 2: kind 'wish' is none of recommendation"),
        ("programmes.csv", 2, "pilot", "idea", "row 2: kind 'idea' is none of country_programme"),
        ("facts.csv", 2, "spending", "weather", "row 2: theme 'weather' is none of spending"),
        ("seed_claims.csv", 2, "borne_out", "true", "row 2: verdict_code 'true' is none of borne_out"),
        ("own_groups.csv", 2, ",age,", ",weight,", "row 2: column 'weight' is none of sex"),
        ("left_out.csv", 2, ",3,", ",-3,", "row 2: rows '-3' is not a whole number"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_located_finding(tmp_path, table, row, before, after, place):
    broken = [f for f in check_country(made_pack(tmp_path, table, row, before, after)) if f.rule == "broken_definition"]
    assert len(broken) == 1
    assert broken[0].file.endswith(table)
    where = f"row {broken[0].row}" + (f", column {broken[0].column}" if broken[0].column else "")
    assert f"{where}: {broken[0].parameters['problem']}".startswith(place)


def test_a_missing_table_is_named(tmp_path):
    pack = made_pack(tmp_path)
    (pack.folder / "figures.csv").unlink()
    with pytest.raises(DefinitionError, match=r"countries/madeland/figures\.csv: this table .* is missing"):
        pack.figures()


def test_a_source_named_twice_is_refused(tmp_path):
    pack = made_pack(tmp_path)
    table = pack.folder / "sources.csv"
    table.write_text(table.read_text(encoding="utf-8") + table.read_text(encoding="utf-8").splitlines()[1] + "\n")
    with pytest.raises(DefinitionError, match=r"sources\.csv, row 3: source 'OFFICE' stands twice"):
        dict(pack.sources)


def test_findings_speak_three_languages(tmp_path):
    pack = made_pack(tmp_path, "laws.csv", 2, "1;19", "1;55")
    [finding] = [f for f in check_country(pack) if f.rule == "unknown_article"]
    sentences = {finding.message(language) for language in LANGUAGES}
    assert len(sentences) == 3
    assert all("55" in sentence for sentence in sentences)


def test_an_unknown_country_is_refused_with_those_known():
    with pytest.raises(UnknownCountry, match="'XYZ'; packs: KAZ"):
        country("XYZ")


class TestKazakhstan:
    def test_no_errors_and_only_the_known_warnings(self):
        findings = check_country(country("KAZ"))
        assert [f for f in findings if f.severity == "error"] == []
        warnings = {(f.rule, f.parameters["indicator"], f.value) for f in findings if f.severity == "warning"}
        assert warnings == {
            ("unit_differs", "education_spending_budget", "percent_of_government_expenditure"),
            ("unit_differs", "education_spending_budget", "percent_of_state_budget"),
            ("unit_differs", "stillbirth_rate", "per_1000_births"),
        }

    def test_official_stands_before_survey_before_un_before_press_before_claims(self):
        pack = country("KAZ")
        rank = {code: source.rank for code, source in pack.sources.items()}
        assert rank["KAZSTAT_SDG"] < rank["OECD_PISA_2022"] < rank["UNICEF_CME_2026"] < rank["TENGRI_2011"]
        assert rank["TENGRI_2011"] < rank["SEED"] < rank["MEMORY"]
        quality = pack.figures().group_by("source").agg(pl.col("quality").unique())
        for source, qualities in quality.iter_rows():
            if "seed_claim" in qualities or "unverified" in qualities:
                assert rank[source] >= 80

    def test_claims_and_unverified_figures_come_from_their_own_sources_only(self):
        figures = country("KAZ").figures()
        pairs = {(q, s) for q, s in figures.select("quality", "source").unique().iter_rows()}
        assert {s for q, s in pairs if q == "seed_claim"} == {"SEED"}
        assert {s for q, s in pairs if q == "unverified"} == {"MEMORY"}

    def test_neighbours_and_aggregates_are_known_and_have_figures(self):
        pack = country("KAZ")
        with_figures = set(pack.figures()["area"])
        for area in (*pack.neighbours, *pack.aggregates):
            assert area in gazetteer()
            assert area in with_figures

    def test_regions_that_changed_always_say_which_borders(self):
        changed = [area.code for area in gazetteer() if area.parent == "KAZ" and area.has_changed]
        assert changed == ["KZ-19", "KZ-35", "KZ-63"]
        figures = country("KAZ").figures().filter(pl.col("area").is_in(changed))
        assert "" not in set(figures["area_version"])
        for version, period in figures.select("area_version", "period").unique().iter_rows():
            assert version == ("1932-03-10" if int(period) < 2022 else version)

    def test_two_contradicting_values_are_both_marked(self):
        figures = country("KAZ").figures()
        seconds = figures.filter(pl.col("other").str.contains("conflict=2"))
        marked = figures.filter(pl.col("flag").str.contains("duplicate_conflict"))
        assert (seconds.height, marked.height) == (6, 12)
        assert set(marked["status"]) == {"U"}

    def test_an_own_group_leaves_totals_in_its_column(self):
        figures = country("KAZ").figures()
        for group in country("KAZ").own_groups:
            total = "" if group.column == "other" else "_T"
            own = figures.filter((pl.col("indicator") == group.indicator) & (pl.col(group.column) == total))
            assert own.height, group

    def test_own_indicators_are_near_to_the_catalogue_and_never_in_it(self):
        shared = {i.code for i in catalogue().indicators.values() if not i.country}
        own = country("KAZ").indicators
        assert not shared & set(own)
        assert {i.related for i in own.values()} - {""} <= shared
        assert all(catalogue().indicators[code] == indicator for code, indicator in own.items())

    def test_tables_have_the_rows_the_readme_counts(self):
        pack = country("KAZ")
        readme = (pack.folder / "README.md").read_text(encoding="utf-8")
        counts = {
            "figures.csv": pack.figures().height,
            "indicators.csv": len(pack.indicators),
            "own_groups.csv": len(pack.own_groups),
            "sources.csv": len(pack.sources),
            "left_out.csv": len(pack.left_out),
            "set_aside.csv": len(pack.set_aside),
            "laws.csv": len(pack.laws),
            "recommendations.csv": len(pack.recommendations),
            "programmes.csv": len(pack.programmes),
            "facts.csv": len(pack.facts),
            "seed_claims.csv": len(pack.seed_claims),
        }
        for table, rows in counts.items():
            assert f"| `{table}` | {rows:,} |" in readme

    def test_every_verdict_has_its_words(self):
        verdicts = Counter(claim.verdict_code for claim in country("KAZ").seed_claims)
        assert verdicts == {"borne_out": 5, "partly": 5, "cannot_be_checked": 2, "not_checked": 1, "not_borne_out": 1}
