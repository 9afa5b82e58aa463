"""Downloads hold exactly the published rows, and pictures are files of their own."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree

import polars as pl
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from everychild.releases.store import Store
from everychild.vocabulary.observations import SCHEMA


def body(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


@pytest.fixture
def published(data_folder, release: str) -> pl.DataFrame:  # type: ignore[no-untyped-def]
    return Store(data_folder).observations(release)


def test_csv_and_parquet_of_an_indicator_are_the_published_rows(client: Client, published: pl.DataFrame) -> None:
    wanted = published.filter(pl.col("indicator") == "u5mr")
    table = pl.read_parquet(io.BytesIO(body(client, "/en/indicators/u5mr/figures.parquet")))
    assert table.select(list(SCHEMA)).sort(list(SCHEMA)).equals(wanted.sort(list(SCHEMA)))
    text = pl.read_csv(io.BytesIO(body(client, "/kk/indicators/u5mr/figures.csv")), infer_schema=False)
    assert text.height == wanted.height
    assert sorted(text["value"].cast(pl.Float64)) == sorted(wanted["value"])


def test_workbook_of_an_indicator_names_its_sources(client: Client, published: pl.DataFrame) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(client, "/ru/indicators/mmr/figures.xlsx")))
    assert book.sheet_names == ["figures", "sources"]
    rows = book.get_sheet_by_name("figures").to_python()
    assert len(rows) - 1 == published.filter(pl.col("indicator") == "mmr").height
    sources = book.get_sheet_by_name("sources").to_python()
    assert any("Bureau of National Statistics" in str(cell) for row in sources for cell in row)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_whole_release_can_be_taken(client: Client, release: str, published: pl.DataFrame, kind: str) -> None:
    content = body(client, f"/en/data/releases/{release}/figures.{kind}")
    if kind == "csv":
        assert content.count(b"\n") >= published.height + 1
    elif kind == "parquet":
        assert pl.read_parquet(io.BytesIO(content)).equals(published)
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("figures").to_python()
        assert len(rows) == published.height + 1


def test_the_ledger_of_a_release_can_be_taken_in_the_readers_language(client: Client, release: str) -> None:
    header = body(client, f"/kk/data/releases/{release}/ledger.csv").decode().splitlines()[0]
    assert header.split(",")[:4] == ["file", "row", "column", "value"]
    assert header.endswith("message,suggestion")


@pytest.mark.parametrize("name", ["trend", "groups-region", "map", "years", "neighbours"])
def test_every_picture_is_an_svg_and_a_png_of_its_own(client: Client, name: str) -> None:
    root = ElementTree.fromstring(body(client, f"/kk/indicators/u5mr/{name}.svg"))
    assert root.tag.endswith("svg")
    assert body(client, f"/kk/indicators/u5mr/{name}.png")[:4] == b"\x89PNG"


def test_what_does_not_exist_is_404(client: Client, release: str) -> None:
    for address in ("indicators/u5mr/nothing.svg", "indicators/none/figures.csv", "data/releases/none/figures.csv"):
        assert client.get(f"/en/{address}").status_code == 404
