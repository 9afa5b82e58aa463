"""Templates: every table's header in every language is read back, codes and hints stand beside the data."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from everychild.registers.columns import label, labels
from everychild.registers.templates import ROWS, hint, workbook
from everychild.registers.uploads import Upload, read_upload
from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.desk.table_kinds import TABLES, Chosen, Table, template_of
from tests.registers.filled import filled
from tests.registers.made import Desk
from tests.registers.tables_made import ROWS as GOOD
from tests.registers.tables_made import a_definition, a_poll

KEYS = list(TABLES)


def sheets(content: bytes, tmp_path: Path) -> list[list[list[object]]]:
    path = tmp_path / "template.xlsx"
    path.write_bytes(content)
    book = CalamineWorkbook.from_path(str(path))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


class _World:
    def __init__(self, desk: Desk) -> None:
        a_definition(desk)
        self.body = desk.bodies["ministry"]
        self.poll = a_poll(desk, self.body)

    def template(self, table: Table, language: Language) -> bytes:
        return template_of(table, language, self.poll if table.asks == "poll" else None)

    def columns(self, table: Table) -> list[str]:
        return [column.name for column in table.columns(self.poll)]


@pytest.fixture
def world(desk: Desk) -> _World:
    return _World(desk)


def test_there_is_a_good_row_of_every_table() -> None:
    assert list(GOOD) == KEYS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_a_template_comes_back_filled(world: _World, desk: Desk, key: tuple[str, str], language: Language,
                                      tmp_path: Path) -> None:  # fmt: skip
    table, path = TABLES[key], tmp_path / "filled.xlsx"
    if key == ("voices", "answers"):
        from everychild.registers.voices.actions import hand_in_respondents

        hand_in_respondents(by=desk.person("contributor"), poll=world.poll, rows=[GOOD["voices", "respondents"]])
    path.write_bytes(filled(world.template(table, language), world.columns(table), GOOD[key]))
    chosen = Chosen(world.body, world.poll, {"source": "x", "verified": "yes"}, "because")
    checked = table.check(path, "filled.xlsx", chosen, lambda done, of: None)
    assert [finding.message(language) for finding in checked.findings] == []
    assert (len(checked.rows), checked.compared.new) == (1, 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_an_empty_template_says_that_it_has_no_rows(
    world: _World, key: tuple[str, str], language: Language, tmp_path: Path
) -> None:
    """And nothing else: explanations and codes are not taken for data, all headers are known."""
    path = tmp_path / "empty.xlsx"
    path.write_bytes(world.template(TABLES[key], language))
    sent: Upload = read_upload(path, "empty.xlsx", *key, TABLES[key].columns(world.poll))
    assert [finding.rule for finding in sent.findings] == ["no_rows"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_no_two_columns_have_one_label(world: _World, key: tuple[str, str], language: Language) -> None:
    """A file would come back with a column that may be either."""
    names = [label(*key, name, language).casefold() for name in world.columns(TABLES[key])]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", KEYS)
def test_all_codes_stand_on_their_sheet_with_their_names(world: _World, key: tuple[str, str], tmp_path: Path) -> None:
    table = TABLES[key]
    _, _, codes = sheets(world.template(table, "kk"), tmp_path)
    coded = [column for column in table.columns(world.poll) if column.kind == "code"]
    for number, column in enumerate(coded):
        listed = {str(row[2 * number]): str(row[2 * number + 1]) for row in codes[1:] if row[2 * number] != ""}
        assert set(listed) == set(column.codes)
        assert all(listed.values()), column.name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_column_is_explained(world: _World, key: tuple[str, str], language: Language, tmp_path: Path) -> None:
    _, about, _ = sheets(world.template(TABLES[key], language), tmp_path)
    told = [[str(cell) for cell in row] for row in about[7:]]
    assert [row[3] for row in told] == world.columns(TABLES[key])
    assert all(row[0] and row[1] and row[2] for row in told)


def test_a_hint_is_for_a_column_that_is_there() -> None:
    known = {("any", "region"), ("any", "area"), ("any", "article"), ("any", "age_group")}
    hinted = {key for key in labels("templates") if key[0] != "workbook"} - known
    assert {(place, name) for place, name in hinted if (*place.split("."), name)[:2] not in KEYS} == set()
    for place, name in hinted:
        register, table = place.split(".")
        assert (table, name) in labels(register)


def test_limits_are_part_of_the_hint() -> None:
    year = next(column for column in TABLES["budget", "lines"].columns(None) if column.name == "year")
    assert hint("budget", "lines", year, "en") == "A whole number (at least 1991, at most 2100)"


def test_codes_stay_text_and_lists_reach_over_the_codes_alone(world: _World, tmp_path: Path) -> None:
    """`261.010` typed into the sheet must not become 261.01; a list that reaches too far offers empty rows."""
    import zipfile
    from io import BytesIO

    content = world.template(TABLES["budget", "lines"], "en")
    with zipfile.ZipFile(BytesIO(content)) as book:
        xml, styles = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/styles.xml").decode()
    assert 'numFmtId="49"' in styles  # the built-in number of "text"
    assert f"$B$2:$B${1 + 3}" not in xml  # levels are the first list, in column A
    assert "$A$2:$A$4" in xml
    assert f":D{ROWS + 1}" in xml


def test_rows_may_be_filled_beforehand(tmp_path: Path) -> None:
    columns = TABLES["care", "justice"]
    with pytest.raises(KeyError):
        label("care", "justice", "nothing", "en")
    from everychild.registers.care.rows import justice_columns

    path = tmp_path / "filled.xlsx"
    path.write_bytes(workbook(*columns.key, justice_columns(), "ru", rows=[GOOD["care", "justice"]]))
    sent = read_upload(path, "filled.xlsx", *columns.key, justice_columns())
    assert sent.findings == ()
    assert {name: sent.rows[0][name] for name in GOOD["care", "justice"]} == GOOD["care", "justice"]
