"""What a person's own table or file is refused for: every rule, through the door it comes in by, in three languages.

The rules are gathered from the code that raises them, so that a new one without a case fails here.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from string import Formatter

import pytest

import everychild
from everychild.cli.main import main
from everychild.estimation.survey import Survey
from everychild.microdata.description import read_description
from everychild.microdata.growth_layouts import read_growth_layout
from everychild.microdata.layouts import read_layout
from everychild.microdata.located_yaml import WrongDescription
from everychild.microdata.own_recipes import own_recipes
from everychild.microdata.survey_files import SurveyFiles
from everychild.microdata.women_histories import read_mothers, read_women
from everychild.recipes import groups, recipe
from everychild.recipes.book import recipe_book
from everychild.vocabulary.errors import Place, WrongDefinition
from everychild.vocabulary.findings import WORDED, OwnDefinitionRefused, rules
from everychild.vocabulary.language import LANGUAGES, Language
from tests.microdata import made_survey as made
from tests.recipes.made_tables import DERIVED, RECIPE, book, write

Door = Callable[[Path], object]
FILES = ("ch", "hl", "PR")


@dataclass(frozen=True)
class Case:
    """What is refused, by which rule, and where."""

    rule: str
    door: Door
    place: Place

    def __str__(self) -> str:
        return f"{self.rule}-{self.place.column or self.place.file}"


def own(rule: str, column: str, layout: recipe.Layout = "mics6", **changed: str) -> Case:
    """A table of recipes whose second recipe, in row 3, has these cells."""

    def door(folder: Path) -> object:
        rows = [RECIPE, {**RECIPE, "code": "other", **changed}]
        return own_recipes(write(folder / "own.csv", recipe.COLUMNS, rows), recipe_book(layout), FILES)

    return Case(rule, door, Place("own.csv", 3, column))


def numerator(rule: str, text: str) -> Case:
    return own(rule, "numerator", numerator=text)


HEADER = ",".join(recipe.COLUMNS)
ROW = ",".join(RECIPE.get(column, "") for column in recipe.COLUMNS)


def table(rule: str, text: str | bytes | None, row: int | None) -> Case:
    """A table of recipes of this text; None for one that is not there."""

    def door(folder: Path) -> object:
        path = folder / "own.csv"
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return own_recipes(path, recipe_book("mics6"), FILES)

    return Case(rule, door, Place("own.csv", row))


def derived(rule: str, column: str, **changed: str) -> Case:
    return Case(
        rule,
        lambda folder: book(folder, [RECIPE], [{**DERIVED, **changed}]),
        Place("derived.csv", 2, column),
    )


GROUP = {
    "breakdown": "sex", "files": "ch", "variable": "HL4", "low": "1", "high": "1", "level": "male", "dimension": "sex",
    "code": "M", "name_en": "male", "name_ru": "мужской", "name_kk": "ер",
}  # fmt: skip


def grouped(rule: str, column: str, **changed: str) -> Case:
    def door(folder: Path) -> object:
        (folder / "recipes").mkdir()
        second = {**GROUP, "low": "2", "high": "2", "level": "female", "code": "F", **changed}
        write(folder / "recipes" / "made_groups.csv", groups.COLUMNS, [GROUP, second])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(groups, "definitions_folder", lambda: folder)
            return groups.file_breakdowns("made", "ch")

    return Case(rule, door, Place("made_groups.csv", 3, column))


def yaml(rule: str, read: Callable[[Path], object], text: str | bytes | None, row: int | None, column: str) -> Case:
    def door(folder: Path) -> object:
        path = folder / "own.yaml"
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path)

    return Case(rule, door, Place("own.yaml", row, column))


BIRTHS = "births: {interview: a, birth: b, alive: {column: c, yes: [1], no: [2]}, age_at_death: d, weight: e, psu: f}\n"
WOMEN = "women: {birth: a, interview: b, weight: w, psu: p, ever_born: x, dead: y}\n"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in itertools.pairwise("abcdefghij")
)  # fmt: skip
"""Ten lines that are 3.5 thousand million values when they are followed."""
SURVEY = """survey: made
title: {kk: Зерттеу, ru: Обследование, en: Survey}
country: KAZ
layout: mics6
period: 2020
source: made
files: {ch: ch.csv}
design: {psu: HH1, stratum: stratum, household: [HH1, HH2]}
"""


def survey(rule: str, old: str, new: str, row: int | None, column: str) -> Case:
    assert SURVEY.count(old) == 1
    return yaml(rule, read_description, SURVEY.replace(old, new), row, column)


def women(rule: str, layout: str, use: Callable[[Path, Path], object], file: str = "women.csv") -> Case:
    """A file of women read by a layout."""

    def door(folder: Path) -> object:
        (folder / "own.yaml").write_text(layout)
        (folder / "women.csv").write_text("a,b,w,p\n600,1386,1,1\n610,1386,1,2\n")
        return use(folder / "women.csv", folder / "own.yaml")

    return Case(rule, door, Place(file))


def of_labels(folder: Path) -> object:
    (folder / "labels.csv").write_text("variable,label,code\nHH6,Urban,one\n")
    (folder / "survey.yaml").write_text(SURVEY + "labels: labels.csv\n")
    return SurveyFiles(read_description(folder / "survey.yaml"), folder).label_codes


def with_parameter(folder: Path) -> object:
    (folder / "survey.yaml").write_text(SURVEY + "parameters:\n  P_PRIMARY_ENTRY_AGE: 7 +\n")
    return SurveyFiles(read_description(folder / "survey.yaml"), folder).book


CASES = [
    numerator("expression_missing", ""),
    numerator("expression_too_long", f"A IN ({', '.join(['1'] * 10_000)})"),
    numerator("expression_too_deep", "NOT " * 900 + "A = 1"),
    numerator("expression_comment", "A = 1 -- AND B = 2"),
    numerator("expression_comment", "A = 1 /* AND B = 2"),
    numerator("expression_quote_open", "A = 'urban"),
    numerator("expression_bracket_open", "WB4 BETWEEN 15 AND 24 AND MA1 IN (1, 2 AND B = 3"),
    numerator("expression_side_missing", "A = 1 AND"),
    numerator("expression_sign", "{:1} = 1"),
    numerator("expression_stops", "A < 1,5"),
    numerator("expression_case", "CASE END = 1"),
    numerator("expression_case", "CASE A WHEN 1 THEN 2 END = 2"),
    numerator("expression_several", "A = 1; B = 2"),
    numerator("expression_not_in_language", "MAX(A) = 1"),
    numerator("expression_not_in_language", "DROP TABLE ch"),
    numerator("expression_null", "A = NULL"),
    numerator("expression_kind", "A AND B = 1"),
    numerator("expression_kind", "(A = 1) = TRUE"),
    numerator("expression_kinds_mixed", "'A' = 1"),
    numerator("expression_zero", "A / 0 = 1"),
    numerator("expression_range_empty", "A BETWEEN -2 AND -3"),
    numerator("expression_list", "A IN (B)"),
    numerator("expression_floor", "FLOOR() = 1"),
    numerator("expression_is", "A IS TRUE"),
    numerator("expression_name", "A = “urban”"),
    numerator("expression_number", "A = 1E"),
    numerator("expression_number_large", "A = 1e999"),
    numerator("expression_condition_needed", "A"),
    numerator("expression_condition_needed", "2"),
    numerator("expression_condition_needed", "COALESCE(A, B)"),
    numerator("expression_name_undefined", "D_NOBODY = 1"),
    own("recipe_table_twice", "code", code="measured"),
    own("recipe_table_no_rate", "rate_of", kind="parity", rate_of="nothing", denominator="A = 2"),
    own("recipe_table_quantile", "kind", kind="quantile:9", numerator="A"),
    own("recipe_table_weight", "weight", weight="A = 1"),
    own("recipe_table_file_unknown", "file", file="zz"),
    own("recipe_table_number", "numerator", kind="mean"),
    own("description_value_unknown", "kind", kind="average"),
    own("description_value_unknown", "confidence", confidence="sure"),
    own("derived_name_left_to_survey", "numerator", "dhs", kind="parity", rate_of="measured", file="PR",
        numerator="D_SCHOOL_AGE = 7", denominator="A = 1"),
    derived("derived_name_circle", "expression", name="D_A", expression="D_A"),
    derived("derived_name_twice", "name", file="ch; ch"),
    derived("derived_name_type", "expression", expression="CAGE + 1"),
    derived("derived_name_order", "first_by", type="first", first_by="caseid"),
    derived("description_value_unknown", "type", type="logical"),
    grouped("groups_two_variables", "variable", variable="HL5"),
    grouped("range_reversed", "high", low="5", high="3"),
    table("survey_file_not_found", None, None),
    table("recipe_table_empty", f"{HEADER}\n", 1),
    table("table_columns_missing", "code,part\na,1\n", 1),
    table("table_separator", HEADER.replace(",", ";") + "\n", 1),
    table("table_separator", HEADER.replace(",", "\t") + "\n", 1),
    table("repeated_column", f"{HEADER},code\n", 1),
    table("wrong_cell_count", f"{HEADER}\n{ROW},more\n", 2),
    table("table_quotes", f'{HEADER}\n"a" b{ROW}\n', 2),
    table("unclosed_quote", f'{HEADER}\n"a{ROW}\n', 2),
    table("line_too_long", f"{HEADER}\n{'a' * 140_000}{ROW}\n", 2),
    table("wrong_encoding", f"{HEADER}\n{ROW}Ә\n".encode("utf-16-le"), 1),
    Case("not_a_number", of_labels, Place("labels.csv", 2, "code")),
    Case("expression_side_missing", with_parameter, Place("survey.yaml", 10, "parameters.P_PRIMARY_ENTRY_AGE")),
    yaml("description_absent", read_description, None, None, ""),
    yaml("description_not_yaml", read_description, "survey: a\ncountry: [KAZ\n", 2, ""),
    yaml("description_not_yaml", read_description, "survey: a\ntitle: \x00\n", 2, ""),
    yaml("description_not_yaml", read_description, "survey: a\nperiod: 2020: 2021\n", 2, ""),
    yaml("description_encoding", read_description, "survey: a\ncountry: Қаз\n".encode("cp1251", "replace"), 2, ""),
    yaml("description_encoding", read_description, "survey: a\n".encode("utf-16"), 1, ""),
    yaml("description_tab", read_description, "survey: a\nfiles:\n\thh: hh.sav\n", 3, ""),
    yaml("description_tab", read_description, "survey: a\nfiles:\n  hh: hh.sav\n \tch: ch.sav\n", 4, ""),
    yaml("description_alias", read_description, BOMB, 1, ""),
    yaml("description_alias", read_description, "survey: a\nfiles: *all\n", 2, ""),
    yaml("description_alias", read_description, "files: &all\n  hh: *all\n", 1, ""),
    yaml("description_alias", read_layout, BOMB, 1, ""),
    yaml("description_deep", read_description, "a: " + "[" * 900 + "]" * 900, 1, ""),
    Case("description_is_data", lambda folder: read_description(made.write(folder, "sav").with_name("ch.sav")),
         Place("ch.sav")),
    Case("description_is_data", lambda folder: read_description(made.write(folder, "csv").with_name("ch.csv")),
         Place("ch.csv")),
    yaml("description_no_keys", read_description, "- a\n", 1, ""),
    yaml("bad_date", read_description, "survey: a\nperiod: 2015-13-01\n", 2, ""),
    survey("description_key_unknown", "period", "perood", 5, "perood"),
    survey("description_key_twice", "period: 2020", "survey: other", 5, "survey"),
    survey("description_key_missing", "period: 2020", "period:", 5, "period"),
    survey("description_not_filled", "period: 2020", "period: <YEAR>", 5, "period"),
    survey("description_value_unknown", "mics6", "mics9", 4, "layout"),
    survey("description_form", "period: 2020", "period: [2020]", 5, "period"),
    survey("description_form", "files: {ch: ch.csv}", "files: ch.csv", 7, "files"),
    survey("description_form", "files: {ch: ch.csv}", "files: {ch: ch.csv}\nrename: {ch: HH1}", 8, "rename.ch"),
    Case("layout_absent", lambda _folder: read_layout("nowhere"), Place("")),
    Case("layout_absent", lambda _folder: read_growth_layout("nowhere"), Place("")),
    yaml("layout_empty", read_layout, "births: {}\n", 1, "births"),
    yaml("layout_key_missing", read_layout, "births: {birth: a}\n", 1, "births.interview"),
    yaml("layout_codes", read_layout, BIRTHS.replace(", no: [2]", ""), 1, "births.alive"),
    yaml("layout_form", read_layout, "births: a\n", 1, "births"),
    yaml("layout_form", read_layout, "births: {birth: 7}\n", 1, "births.birth"),
    yaml("layout_form", read_layout, "births: {birth: {column: a, divide: many}}\n", 1, "births.birth"),
    yaml("layout_form", read_layout, "births: {alive: {column: a, yes: {}}}\n", 1, "births.alive"),
    yaml("range_reversed", read_layout, BIRTHS + "breakdowns: {age: {column: a, classes: {u5: [4, 0]}}}\n", 2,
         "breakdowns.age.u5"),
    yaml("layout_age", read_growth_layout, "children: {sex: a}\n", 1, "children.age_months"),
    yaml("layout_measure", read_growth_layout, "children: {sex: a, age_days: b}\n", 1, "children.weight"),
    women("layout_women_absent", BIRTHS, lambda file, layout: read_women(file, read_layout(layout)), ""),
    women("layout_join_absent", BIRTHS + WOMEN,
          lambda file, layout: read_mothers(file, read_women(file, read_layout(layout))), ""),
    women("layout_siblings_absent", WOMEN, lambda file, layout: read_women(file, read_layout(layout)).siblings()),
    women("layout_summary_absent", WOMEN, lambda file, layout: read_women(file, read_layout(layout)).children()),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_rule_is_broken_by_a_made_definition(case: Case, tmp_path: Path) -> None:
    with pytest.raises(WrongDefinition) as problem:
        case.door(tmp_path)
    told = problem.value
    assert (told.rule, told.place) == (case.rule, case.place)
    assert str(told).startswith(str(case.place))
    assert str(told).endswith(told.finding.message("en"))
    rule, known = rules()[told.rule], {"value", "column", *told.values}
    for language in LANGUAGES:
        assert _fields(rule.message[language]) | _fields(rule.suggestion[language]) <= known, "every place is filled"
        if language != "en":
            assert _english(_without_values(told.finding.message(language), told)) == []


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _without_values(sentence: str, told: WrongDefinition) -> str:
    """A sentence without names and pieces of the table, which stay as they are written in any language."""
    quoted = [told.value, *(value for name, value in told.values.items() if name not in WORDED)]
    quoted += [value for name, value in told.values.items() if name in WORDED and not value.isidentifier()]
    quoted.append(told.place.column)
    for value in sorted(filter(None, quoted), key=len, reverse=True):
        sentence = sentence.replace(value, " ")
    return sentence


AS_WRITTEN = re.compile(
    r"everychild (?:survey|recipe)(?: \w+)?|docs/\S+|\S+\.yaml|--\w+|CSV UTF-8|YAML в UTF-8|UTF-8 \w+ YAML"
    r"|caseid; bidx|[A-Z_0-9]{2,}"
)
"""Commands, files, SQL and examples."""
COLUMNS = {
    *recipe.COLUMNS, *recipe.KINDS, "type", "first_by", "first", "parameters", "rename", "births", "women", "siblings",
    "mother", "key", "born", "measured", "age_days", "age_months", "weight", "length", "arm", "head", "urban",
    "chweight", "quantile",
}  # fmt: skip


def _english(sentence: str) -> list[str]:
    """Latin words of a sentence that are no names."""
    words = re.findall(r"[A-Za-z_]{3,}", AS_WRITTEN.sub(" ", sentence))
    return [word for word in words if word not in COLUMNS]


def test_a_leftover_english_word_would_be_seen() -> None:
    assert _english("Здесь нужно условие, а стоит condition") == ["condition"]
    assert _english("Столбец first_by не подходит: UB2 IS NULL, docs/how-to/growth.md") == []


RAISED_IN = (
    "recipes/*.py", "vocabulary/tables.py", "microdata/located_yaml.py", "microdata/layouts.py",
    "microdata/growth_layouts.py", "microdata/women_histories.py", "microdata/description.py",
    "microdata/own_recipes.py", "microdata/survey_files.py",
)  # fmt: skip
RAISING = {"WrongDefinition", "OwnDefinitionRefused", "WrongNode", "fail", "wrong", "next"}
FOUND_BY_OTHERS = {
    "estimate_indicator_unknown": "an option of the command, not a definition: tests/cli/test_recipe.py",
    "survey_design_absent": "found before by the checks of the file: tests/cli/test_survey.py",
    "description_rename_clash": "needs the columns of a file: tests/cli/test_survey.py",
}
"""Rules that are raised beside those of definitions, and where they are tried."""


def raised() -> set[str]:
    """Codes of rules in the calls that make a refusal of a definition, and in tables of codes."""
    home = Path(everychild.__file__).parent
    found: set[str] = set()
    for pattern in RAISED_IN:
        for path in home.glob(pattern):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found |= {text for text in _texts(node) if text in rules()}
    return found


def _texts(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        parts = node.args if name in RAISING or name == "__init__" else []
    else:
        parts = node.values if isinstance(node, ast.Dict) else []
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def test_every_rule_that_is_raised_has_a_case() -> None:
    told = {case.rule for case in CASES} | FOUND_BY_OTHERS.keys()
    assert raised() - told == set(), "rules that no case breaks"
    assert told - raised() == set(), "rules that nothing raises any more"


def test_no_rule_of_definitions_is_left_over() -> None:
    own_rules = ("expression_", "recipe_table_", "derived_name_", "groups_", "table_", "layout_", "range_reversed")
    assert {rule for rule in rules() if rule.startswith(own_rules)} <= {case.rule for case in CASES}


@pytest.mark.parametrize("rule", sorted({case.rule for case in CASES}))
def test_a_rule_names_the_same_values_in_three_languages(rule: str) -> None:
    told = rules()[rule]
    for text in (told.message, told.suggestion):
        assert _fields(text["kk"]) == _fields(text["ru"]) == _fields(text["en"])
        assert len({text[language] for language in LANGUAGES}) == 3
    for language in ("ru", "kk"):
        sentence = Formatter().vformat(told.suggestion[language], (), _Blank())
        assert _english(sentence) == []


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return " "


@pytest.mark.parametrize(
    ("language", "place", "words"),
    [
        ("en", "own.csv, numerator, row 3: ", "“AND” needs a condition, and a variable stands there: A AND B = 1"),
        ("ru", "own.csv, numerator, строка 3: ", "Для «AND» нужно: условие, а стоит переменная: A AND B = 1"),
        ("kk", "own.csv, numerator, жол 3: ", "«AND» үшін шарт керек, ал мұнда айнымалы тұр: A AND B = 1"),
    ],
)
def test_the_command_says_it_in_the_language_of_the_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Language, place: str, words: str
) -> None:
    (tmp_path / "survey.yaml").write_text(SURVEY)
    (tmp_path / "ch.csv").write_text("HH1,HH2,stratum\n1,1,1\n")
    rows = [RECIPE, {**RECIPE, "code": "other", "numerator": "A AND B = 1"}]
    table = write(tmp_path / "own.csv", recipe.COLUMNS, rows)
    code = main(["--language", language, "estimate", str(tmp_path / "survey.yaml"), "--recipes", str(table)])
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert f"{place}{words}" in " ".join(told.err.split())


def test_sqlglot_writes_no_line_of_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WrongDefinition):
        numerator("expression_not_in_language", "DROP TABLE ch").door(tmp_path)
    assert capfd.readouterr() == ("", "")


def test_a_table_saved_by_a_spreadsheet_may_begin_with_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8-sig")
    assert list(own_recipes(path, recipe_book("mics6"), FILES)) == ["measured"]


def test_a_mistake_of_the_shipped_names_is_not_called_the_users(tmp_path: Path) -> None:
    """It is the project's own, and stays an error of its tables."""
    shipped = recipe_book("mics6")
    names = replace(shipped.names, texts={**shipped.names.texts, ("D_BAD", "ch"): ("1 +", Place("shipped.csv", 9))})
    rows = [{**RECIPE, "numerator": "D_BAD = 1"}]
    with pytest.raises(WrongDefinition) as problem:
        own_recipes(write(tmp_path / "own.csv", recipe.COLUMNS, rows), replace(shipped, names=names), FILES)
    assert type(problem.value) is WrongDefinition
    assert problem.value.place == Place("shipped.csv", 9)


def test_empty_lines_of_a_table_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"{HEADER}\n\n{ROW}\n\n", encoding="utf-8")
    assert list(own_recipes(path, recipe_book("mics6"), FILES)) == ["measured"]


def test_every_mistake_of_a_table_is_told_at_once_from_top_to_bottom(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One for each recipe; a row that is no part of any, a mark that is none and a file that the survey lacks count."""
    rows = [
        {**RECIPE, "code": "a", "numerator": "A +"},
        RECIPE,
        {**RECIPE, "code": "b", "confidence": "sure"},
        {**RECIPE, "code": "c", "file": "xx"},
        RECIPE,
        {**RECIPE, "code": "d", "kind": "parity", "rate_of": "nowhere"},
        {**RECIPE, "code": "e", "universe": "D_NOBODY_KNOWS", "numerator": "A AND B"},
    ]
    path = write(tmp_path / "own.csv", recipe.COLUMNS, rows)
    with pytest.raises(OwnDefinitionRefused) as problem:
        own_recipes(path, recipe_book("mics6"), FILES)
    assert [(told.row, told.column) for told in problem.value.findings] == [
        (2, "numerator"), (4, "confidence"), (5, "file"), (6, "code"), (7, "rate_of"), (8, "universe"),
    ]  # fmt: skip
    assert problem.value.finding == problem.value.findings[0]
    (tmp_path / "survey.yaml").write_text(SURVEY)
    (tmp_path / "ch.csv").write_text("HH1,HH2,stratum\n1,1,1\n")
    assert main(["estimate", str(tmp_path / "survey.yaml"), "--recipes", str(path)]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert [f"row {row}:" in told for row in range(2, 9)] == [True, False, True, True, True, True, True]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [{"kind": "proporton"}, {"part": "2"}, {"code": "gap", "kind": "parity", "rate_of": "measured"}],
            [(2, "kind")],
        ),
        ([{}, {"part": "2", "kind": "proporton"}, {"part": "3"}], [(3, "kind")]),
        ([{}, {}, {"part": "2"}], [(3, "code")]),
        (
            [
                {"code": "x", "kind": "life_table", "file": "xx"},
                {"code": "y", "universe": "D_TOLD_LATER", "file": "xx"},
            ],
            [],
        ),
    ],
    ids=["of the first part", "of a part between", "a row between", "what reads no file"],
)
def test_what_follows_from_a_mistake_is_no_mistake(
    tmp_path: Path, rows: list[dict[str, str]], told: list[tuple[int, str]]
) -> None:
    path = write(tmp_path / "own.csv", recipe.COLUMNS, [{**RECIPE, **row} for row in rows])
    waiting = {**DERIVED, "name": "D_TOLD_LATER", "file": "xx", "type": "survey", "expression": ""}
    shipped = book(tmp_path, names=[waiting])
    if not told:
        assert list(own_recipes(path, shipped, FILES)) == ["x", "y"]
        return
    with pytest.raises(OwnDefinitionRefused) as problem:
        own_recipes(path, shipped, FILES)
    assert [(found.row, found.column) for found in problem.value.findings] == told


def test_a_parameter_that_breaks_a_recipe_is_told_with_its_line_whatever_is_asked_for(tmp_path: Path) -> None:
    """On the file of the recipe alone is it wrong; the recipe itself was not asked for."""
    path = tmp_path / "survey.yaml"
    path.write_text(SURVEY + "parameters: {P_PRIMARY_COMPLETION_AGE: D_SCHOOL_SUPPORT + 1}\n")
    survey = Survey.open(path)
    with pytest.raises(WrongDescription) as problem:
        survey.estimate("birth_registration")
    assert (problem.value.place.file, problem.value.place.column) == (
        "survey.yaml", "parameters.P_PRIMARY_COMPLETION_AGE",
    )  # fmt: skip
    assert problem.value.place.row == len(SURVEY.splitlines()) + 1
