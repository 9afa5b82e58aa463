"""Open SDG repositories: mapping by tables, areas and their extents, files that cannot be read, links outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everychild.catalogue.catalogue import catalogue
from everychild.exchange.loading import Loaded, load
from everychild.exchange.mapping import mapping
from everychild.exchange.repository import read_yaml
from everychild.vocabulary.findings import DataRefused, findings_of

GOOD = "Year,UNIT_MEASURE,REF_AREA,SEX,Value\n2020,PER_1000_LIVE_BIRTHS,,,9.5\n"


def _repository(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def _load(folder: Path, files: Mapping[str, str | bytes]) -> Loaded:
    return load(_repository(folder, files), "open-sdg", "KAZ")


def _rules(loaded: Loaded, file: str) -> list[str]:
    return [f.rule for f in findings_of(loaded.ledger) if f.file == file]


def test_codes_become_ours(tmp_path: Path) -> None:
    content = (
        "Year,UNIT_MEASURE,REF_AREA,URBANIZATION,SEX,Value\n"
        "2015,PER_1000_LIVE_BIRTHS,KZONT,Город,,9\n"
        "2020,PER_1000_LIVE_BIRTHS,KZYUZ,R,F,8\n"
        "2020,PER_1000_LIVE_BIRTHS,,,_T,7\n"
    )
    loaded = _load(tmp_path, {"data/indicator_3-2-1.csv": content})
    columns = ("indicator", "area", "residence", "sex", "unit", "source", "quality", "file", "row")
    rest = ("per_1000_live_births", "KAZSTAT_SDG", "official", "indicator_3-2-1.csv")
    assert loaded.observations.select(columns).rows() == [
        ("u5mr", "KZ-YUZ", "U", "_T", *rest, 2),
        ("u5mr", "KZ-61", "R", "F", *rest, 3),
        ("u5mr", "KAZ", "_T", "_T", *rest, 4),
    ]
    assert loaded.dataset == "kazstat-open-sdg"
    assert [source["code"] for source in loaded.sources] == ["KAZSTAT_SDG"]


def test_series_levels_and_kinds_choose_the_indicator(tmp_path: Path) -> None:
    loaded = _load(tmp_path, {
        "data/indicator_4-5-1.csv": "Year,EDUCATION_LEV,Value\n2015,ISCED11_1,1.0\n2015,ISCED11_34,1.01\n",
        "data/indicator_16-6-1.csv": "Year,COMPOSITE_BREAKDOWN,Value\n2015,_L_BUD_EXP_EDU,82\n2015,_L_BUD_EXP_DEF,98\n",
        "data/indicator_3-b-1.csv": "Year,UNIT_MEASURE,SERIES,Value\n2015,PT,,98.2\n2015,PT,_L_KZ_030b01_1A,97.9\n",
    })  # fmt: skip
    assert sorted(loaded.observations.select("indicator", "other", "value").rows()) == [
        ("budget_execution_education", "", 82.0),
        ("gpi_primary", "", 1.0),
        ("immunisation_all_national", "", 98.2),
        ("immunisation_dtp3", "", 97.9),
    ]
    assert loaded.rows_not_taken == 2
    assert [f.value for f in findings_of(loaded.ledger) if f.rule == "series_not_mapped"] == [
        "_L_BUD_EXP_DEF",
        "ISCED11_34",
    ]


def test_breakdowns_of_the_mother(tmp_path: Path) -> None:
    content = "Year,UNIT_MEASURE,EDUCATION_LEV,Value\n2015,PT,AGG_5T8,94.6\n2015,PT,ISCED11_99,50\n"
    loaded = _load(tmp_path, {"data/indicator_4-2-2-1.csv": content})
    assert loaded.observations.select("indicator", "other").rows() == [("school_readiness", "mother_education=higher")]
    assert _rules(loaded, "indicator_4-2-2-1.csv") == ["unknown_breakdown"]


def test_own_groups_stand_as_totals(tmp_path: Path) -> None:
    content = "Year,UNIT_MEASURE,AGE,Value\n2020,PER_1000_WOMEN,Y15T19,20\n2020,PER_1000_WOMEN,Y10T14,0.1\n"
    loaded = _load(tmp_path, {"data/indicator_3-7-2.csv": content})
    assert loaded.observations.select("age", "value").rows() == [("_T", 20.0), ("Y10T14", 0.1)]


def test_extents_follow_the_regions_of_the_file(tmp_path: Path) -> None:
    old = "Year,REF_AREA,Value\n2015,KZALM,1\n2022,KZALM,2\n2023,KZALM,3\n"
    new = "Year,REF_AREA,Value\n2022,KZALM,2\n2022,KZZHS,4\n"
    loaded = _load(tmp_path, {"data/indicator_3-2-1.csv": old, "data/indicator_3-2-2.csv": new})
    versions = loaded.observations.filter(loaded.observations["area"] == "KZ-19")
    assert versions.select("file", "period", "area_version").rows() == [
        ("indicator_3-2-1.csv", "2015", "1932-03-10"),
        ("indicator_3-2-1.csv", "2022", "unclear"),
        ("indicator_3-2-1.csv", "2023", "unclear"),
        ("indicator_3-2-2.csv", "2022", "2022-06-08"),
    ]
    assert "new_regions_absent" in _rules(loaded, "indicator_3-2-1.csv")
    assert "new_regions_absent" not in _rules(loaded, "indicator_3-2-2.csv")


def test_a_breakdown_that_nobody_explains_is_no_total(tmp_path: Path) -> None:
    content = "Year,Value,Доход,REF_AREA\n2020,1,,\n2020,2,высокий,\n2020,3,,KZXXX\n"
    loaded = _load(tmp_path, {"data/indicator_3-2-1.csv": content})
    assert loaded.observations["value"].to_list() == [1.0]
    found = [(f.row, f.column, f.value, f.rule) for f in findings_of(loaded.ledger) if f.severity == "error"]
    assert found == [(3, "Доход", "высокий", "unknown_breakdown"), (4, "REF_AREA", "KZXXX", "unknown_area")]
    assert loaded.set_aside["Доход"].to_list() == ["высокий", ""]


def test_units_of_the_metadata(tmp_path: Path) -> None:
    meta = "---\nindicator_number: 3.2.1\ncomputation_units: UNIT_MEASURE.{}\n---\nWords that are no YAML: [\n"
    files = {"data/indicator_3-2-1.csv": GOOD, "data/indicator_3-2-2.csv": GOOD}
    files |= {"meta/3-2-1.md": meta.format("PERSONS"), "meta/3-2-2.md": meta.format("PER_1000_LIVE_BIRTHS")}
    loaded = _load(tmp_path, files)
    assert _rules(loaded, "meta/3-2-1.md") == ["unit_of_metadata"]
    assert _rules(loaded, "meta/3-2-2.md") == []
    assert "meta/3-2-2.md" in {item["file"] for item in loaded.inputs}


def test_multipliers(tmp_path: Path) -> None:
    content = "Year,UNIT_MULT,Value\n2020,0,1\n2021,3,2\n"
    loaded = _load(tmp_path, {"data/indicator_3-2-1.csv": content})
    assert loaded.observations["value"].to_list() == [1.0]
    assert "unknown_multiplier" in _rules(loaded, "indicator_3-2-1.csv")


def test_one_bad_file_stops_no_other(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(GOOD)
    folder = _repository(tmp_path / "repository", {
        "data/indicator_3-2-1.csv": GOOD,
        "data/indicator_3-2-2.csv": "Year,Value,REF_AREA\n2020,1,Қызылорда\n".encode("utf-16"),
        "data/indicator_3-1-1.csv": "Year,Value,note\n2020,1,Ана олими\n".encode("cp1251"),
        "data/indicator_4-2-1.csv": "Year,REF_AREA\n2020,KZAKM\n",
        "data/indicator_4-2-2.csv": "Year,Value,Value\n2020,1,1\n",
        "data/indicator_8-6-1.csv": "",
        "data/indicator_9-1-1.csv": "a,b\n1,2\n3,4",
    })  # fmt: skip
    (folder / "data" / "indicator_5-3-1.csv").symlink_to(outside)
    (folder / "data" / "indicator_6-1-1.csv").symlink_to(folder / "data" / "indicator_6-1-1.csv")
    (folder / "data" / "indicator_8-5-2.csv").mkdir()
    loaded = load(folder, "open-sdg", "KAZ")
    assert loaded.observations["value"].to_list() == [9.5]
    wrong = {f.file: f.rule for f in findings_of(loaded.ledger) if f.severity == "error"}
    assert wrong == {
        "indicator_3-2-2.csv": "utf16",
        "indicator_3-1-1.csv": "windows_1251",
        "indicator_4-2-1.csv": "missing_column",
        "indicator_4-2-2.csv": "repeated_column",
        "indicator_8-6-1.csv": "empty_file",
        "indicator_5-3-1.csv": "outside_repository",
        "indicator_6-1-1.csv": "outside_repository",
        "indicator_8-5-2.csv": "file_unreadable",
    }
    (note,) = [f for f in findings_of(loaded.ledger) if f.rule == "file_not_mapped"]
    assert (note.file, note.parameters["rows"]) == ("indicator_9-1-1.csv", "2")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal is made, because a superuser may read everything."""
    folder = _repository(tmp_path, {"data/indicator_3-2-1.csv": GOOD, "data/indicator_3-2-2.csv": GOOD})
    opened = Path.open

    def refuse(path: Path, *arguments: object, **more: object) -> object:
        if path.name == "indicator_3-2-2.csv":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    loaded = load(folder, "open-sdg", "KAZ")
    assert loaded.observations["file"].to_list() == ["indicator_3-2-1.csv"]
    assert _rules(loaded, "indicator_3-2-2.csv") == ["file_unreadable"]


def test_folders_that_are_no_repository(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bare" / "data").mkdir(parents=True)
    (tmp_path / "file").write_text("x")
    for name in ("empty", "bare", "file", "absent"):
        with pytest.raises(DataRefused) as refused:
            load(tmp_path / name, "open-sdg", "KAZ")
        assert [f.rule for f in refused.value.findings] == ["not_a_repository"]


def test_yaml_of_labels_is_read_within_limits(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"
    files = {
        "data/indicator_3-2-1.csv": GOOD,
        "translations/en/SEX.yml": bomb,
        "translations/ru/SEX.yml": "_T: Мальчики и девочки\n",
    }
    loaded = _load(tmp_path, files)
    assert _rules(loaded, "translations/en/SEX.yml") == ["bad_yaml"]
    assert _rules(loaded, "translations/ru/SEX.yml") == ["total_label_names_children"]


@pytest.mark.parametrize(
    "content",
    [b"- a\n", b"a: !!python/object/apply:os.system [x]\n", b"[" * 5000, b"a: b: c", b"\xff", b"#" * 2_000_000],
)
def test_yaml_that_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        read_yaml(content)


def test_labels_with_the_name_of_another_area(tmp_path: Path) -> None:
    labels = "KZAKM: Aktobe\nKZAKT: Aktobe\nKZYUZ: Turkistan\n"
    loaded = _load(tmp_path, {"data/indicator_3-2-1.csv": GOOD, "translations/en/REF_AREA.yml": labels})
    assert sorted(_rules(loaded, "translations/en/REF_AREA.yml")) == ["code_of_another_area", "label_of_another_area"]


WORDS = ["", "2020", "2021", "12.5", "12,5", "KZALM", "KZYUZ", "KZONT", "R", "U", "F", "M", "_T", "Y15T19", "PT", "0",
         "101", "861", "SKILL_MATH", "SE_TOT_PRFL", "ISCED11_1", "x"]  # fmt: skip
COLUMNS = ["Year", "Value", "REF_AREA", "SEX", "URBANISATION", "AGE", "SERIES", "EDUCATION_LEV", "UNIT_MEASURE",
           "UNIT_MULT", "Что-то"]  # fmt: skip
FILES = [f"indicator_{number}.csv" for number in ("3-2-1", "4-1-1", "4-5-1", "8-6-1", "16-2-2")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(FILES), st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)),
                min_size=len(COLUMNS), max_size=len(COLUMNS))), max_size=25))  # fmt: skip
def test_rows_in_are_rows_out_whatever_the_cells(tmp_path: Path, rows: list[tuple[str, list[str]]]) -> None:
    files = dict.fromkeys(("indicator_3-2-1.csv", *FILES), ",".join(COLUMNS) + "\n")
    files["indicator_3-2-1.csv"] += "1999,5.5" + "," * (len(COLUMNS) - 2) + "\n"
    filled = 1
    for name, cells in rows:
        clean = [re.sub(r'[\r\n\0",]', "", cell).strip() for cell in cells]
        files[name] += ",".join(f'"{cell}"' for cell in clean) + "\n"
        filled += any(cell.strip(" \t,") for cell in clean)
    loaded = _load(tmp_path, {f"data/{name}": content for name, content in files.items()})
    assert loaded.rows_read == filled
    assert loaded.rows_read == loaded.observations.height + loaded.set_aside.height + loaded.rows_not_taken


def test_every_mapped_indicator_that_the_catalogue_holds_has_a_unit_of_its_scale() -> None:
    known = catalogue().indicators
    rows = [m for rows in mapping("KAZ").files.values() for m in rows if m.indicator in known]
    assert len({m.file for m in rows}) >= 40
    other = [m for m in rows if _scale(m.unit) != _scale(known[m.indicator].unit)]
    assert [(m.file, m.indicator) for m in other] == []


def _scale(unit: str) -> str:
    """`per_1000` of `per_1000_uninfected`, `percent` of `percent_of_gdp`."""
    return "_".join(unit.split("_")[: 2 if unit.startswith("per_") else 1])


def test_pisa_breaks_at_2018_because_2015_is_not_comparable(tmp_path: Path) -> None:
    rows = ["2015,_L_KZ_040101_1A,PT,60.1", "2018,_L_KZ_040101_1A,PT,40.2", "2018,SKILL_MATH,PT,50.3"]
    loaded = _load(tmp_path, {"data/indicator_4-1-1.csv": "\n".join(["Year,SERIES,UNIT_MEASURE,Value", *rows]) + "\n"})
    assert loaded.observations.sort("indicator", "period").select("indicator", "period", "flag").rows() == [
        ("pisa_maths_min_proficiency", "2018", "break"),
        ("pisa_reading_min_proficiency", "2015", ""),
        ("pisa_reading_min_proficiency", "2018", "break"),
    ]
