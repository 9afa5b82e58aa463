"""Figures that cannot be true are set aside by name when a tidy table is loaded, whatever else the file holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from everychild.exchange.loading import Loaded, load
from everychild.vocabulary.findings import findings_of
from everychild.vocabulary.language import LANGUAGES

HEADER = "indicator,area,period,value,source,unit,area_version,status"


def loaded(tmp_path: Path, *rows: str) -> Loaded:
    """A file of these rows, each filled up to the header with empty cells."""
    path = tmp_path / "figures.csv"
    filled = [row + "," * (HEADER.count(",") - row.count(",")) for row in rows]
    path.write_text("\n".join([HEADER, *filled]) + "\n", encoding="utf-8")
    return load(path, "tidy", "KAZ")


def found(table: Loaded) -> list[tuple[int | None, str, str, str]]:
    return [(f.row, f.column, f.value, f.rule) for f in findings_of(table.ledger)]


def kept(table: Loaded) -> list[float]:
    return table.observations.sort("row")["value"].to_list()


def test_a_mistyped_future_year_is_set_aside(tmp_path: Path) -> None:
    year = date.today().year + 4
    table = loaded(tmp_path, "u5mr,KAZ,2020,10.4,KAZSTAT_SDG", f"u5mr,KAZ,{year},9.4,KAZSTAT_SDG")
    assert found(table) == [(3, "period", str(year), "future_period")]
    assert (kept(table), table.set_aside["row"].to_list()) == ([10.4], [3])
    (finding,) = findings_of(table.ledger)
    assert all(str(year) in finding.message(language) for language in LANGUAGES)


def test_a_forecast_says_so_and_loads(tmp_path: Path) -> None:
    year = date.today().year + 4
    table = loaded(tmp_path, f"u5mr,KAZ,{year},9.4,KAZSTAT_SDG,,,F")
    assert (found(table), kept(table)) == ([], [9.4])


def test_a_rate_above_its_base_is_set_aside(tmp_path: Path) -> None:
    table = loaded(tmp_path, "u5mr,KAZ,2019,10.69,KAZSTAT_SDG", "u5mr,KAZ,2020,1089,KAZSTAT_SDG")
    assert (found(table), kept(table)) == ([(3, "value", "1089.0", "rate_above_base")], [10.69])


def test_a_share_among_percents_is_set_aside(tmp_path: Path) -> None:
    rows = [f"dtp3_coverage,KAZ,{year},{value},KAZSTAT_SDG" for year, value in ((2018, 98), (2019, 97), (2020, 0.97))]
    table = loaded(tmp_path, *rows)
    assert (found(table), kept(table)) == ([(4, "value", "0.97", "share_for_percent")], [98.0, 97.0])


def test_a_unit_of_another_kind_is_set_aside(tmp_path: Path) -> None:
    table = loaded(
        tmp_path,
        "u5mr,KAZ,2019,1.07,KAZSTAT_SDG,percent",
        "dtp3_coverage,KAZ,2019,970,KAZSTAT_SDG,per_1000_children",
        "u5mr,KAZ,2020,10.4,KAZSTAT_SDG",
    )
    assert found(table) == [
        (2, "unit", "percent", "unit_of_other_kind"),
        (3, "unit", "per_1000_children", "unit_of_other_kind"),
    ]
    assert kept(table) == [10.4]


def test_an_area_before_it_was_cut_out_of_another_is_set_aside(tmp_path: Path) -> None:
    table = loaded(
        tmp_path,
        "u5mr,KZ-10,2015,11,KAZSTAT_SDG",
        "u5mr,KZ-10,2016,12,KAZSTAT_SDG,,2022-06-08",
        "u5mr,KZ-10,2023,9,KAZSTAT_SDG",
        "u5mr,KZ-61,2015,14,KAZSTAT_SDG",
    )
    assert (found(table), kept(table)) == ([(2, "area", "KZ-10", "area_before_founding")], [12.0, 9.0, 14.0])
