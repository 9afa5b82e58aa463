"""Every figure of the country pack against the collected figures it was brought over from, row by row.

The conversion follows rules that are written here once more and by hand: the codes come from the crosswalk, the groups
that are an indicator's own definition from own_groups.csv, what was left out from left_out.csv and set_aside.csv.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from everychild.catalogue.countries import country
from everychild.vocabulary.observations import key_expression
from everychild.vocabulary.tables import definitions_folder

pytestmark = pytest.mark.shared
PACK = definitions_folder() / "countries" / "kazakhstan"
QUALITY = {
    "official_national": "official",
    "un_estimate": "un_estimate",
    "survey": "survey",
    "seed_text": "seed_claim",
    "from_memory_unverified": "unverified",
}
EXTENT = {
    "": "",
    "boundary before 2022-06": "1932-03-10",
    "boundary since 2022-06": "2022-06-08",
    "boundary unclear (new regions not reported separately in this file)": "unclear",
    "South Kazakhstan oblast incl. Shymkent (until 2018-06)": "",
    "backcast to 2018 boundaries": "",
}
"""Turkistan, Shymkent and the former South Kazakhstan have one extent each, so their version is empty."""
LABELS = {
    "level=lowsec": "level=lower_secondary",
    "level=primar": "level=primary",
    "level=t": "level=all",
    "skill=skill_math": "skill=mathematics",
    "skill=skill_read": "skill=reading",
    "skill=lite": "skill=literacy",
    "skill=nume": "skill=numeracy",
    "source=DHS": "survey=DHS",
    "source=MICS": "survey=MICS",
}
WORDING = (
    ("the source of the seed figure", "the source of the figure of the page of 2009"),
    ("level of the 2006 MICS, from memory", "level of the 2006 MICS, not verified"),
    ("(from memory)", "(not verified)"),
    ("seed: ", "page of 2009: "),
    ("same births as the next row", "same births as the figure recalculated with the WHO definition"),
)
"""Words of the collection that a reader of one figure could not understand."""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def collected(shared_folder: Path) -> Path:
    return shared_folder / "kazakhstan"


class Conversion:
    """The rules, applied to one collected row at a time."""

    def __init__(self, collected: Path) -> None:
        self.crosswalk = {row["indicator"]: row for row in rows_of(collected / "catalogue_crosswalk.csv")}
        self.files = {row["indicator"]: row["kazstat_file"] for row in rows_of(collected / "indicator_map.csv")}
        self.own = {(row["indicator"], row["column"], row["code"]) for row in rows_of(PACK / "own_groups.csv")}
        self.left_out = [row for row in rows_of(PACK / "left_out.csv") if row["table"] == "figures"]

    def code(self, row: dict[str, str]) -> str:
        level = dict(part.split("=") for part in row["dims"].split(";") if "=" in part).get("level", "")
        name, match = row["indicator"], self.crosswalk[row["indicator"]]
        if name == "homicide_victims_rate":  # of which people it is a rate is not said, so it is not the catalogue's
            return "child_homicide_victims_rate"
        if match["match"] == "split":
            return {"completion_rate": "completion_rate_", "gender_parity_index_attendance": "gpi_"}[name] + level
        if match["match"] == "same":
            return match["catalogue_code"]
        if name == "trained_teachers_share" and level != "preprimary":
            return f"{name}_{level}"
        if name == "budget_share_health" and row["unit"] == "percent_of_government_expenditure":
            return "health_share_of_government_spending"
        return name

    def reason_to_leave_out(self, row: dict[str, str]) -> int | None:
        """The number of the rule of left_out.csv that a row falls under."""
        values = {"age": row["age"], **dict(part.split("=") for part in row["dims"].split(";") if "=" in part)}
        for number, rule in enumerate(self.left_out):
            column, _, codes = rule["only"].partition("=")
            if rule["code"] == row["indicator"] and (not column or values.get(column) in codes.split("|")):
                return number
        return None

    def group(self, code: str, column: str, value: str) -> str:
        return "_T" if (code, column, value) in self.own else value

    def other(self, code: str, row: dict[str, str]) -> str:
        parts = [LABELS.get(part, part) for part in row["dims"].split(";") if "=" in part]
        kept = [part for part in parts if (code, "other", part) not in self.own]
        return ";".join(sorted(kept + (["conflict=2"] if row["flag"] == "duplicate_conflict" else [])))

    def flags(self, row: dict[str, str]) -> set[str]:
        found = {row["flag"]} - {""}
        if "inferred" in row["dims"].split(";"):
            found.add("relabelled")
        # The survey of 2015 asked about ages 1 to 14, the one before about 2 to 14; single age groups did not change.
        if row["indicator"] == "violent_discipline" and row["age"] in ("_T", "Y1T14"):
            found |= {"break"} if (row["source_id"], row["period"]) == ("KAZSTAT_SDG", "2015") else set()
        if self.is_pisa(row) and row["period"] == "2018":
            found |= {"break"}
        return found

    def is_pisa(self, row: dict[str, str]) -> bool:
        """Shares of the office at PISA level 2; OECD left those of 2015 out of its comparisons (the pack's README)."""
        return row["source_id"] == "KAZSTAT_SDG" and self.code(row).startswith("pisa_")

    def version(self, row: dict[str, str]) -> str:
        return "unclear" if "not a plausible back-cast" in row["note"] else EXTENT[row["area_version"]]

    def figure(self, row: dict[str, str]) -> dict[str, str]:
        code = self.code(row)
        return {
            "indicator": code,
            "area": row["area"],
            "area_version": self.version(row),
            "period": row["period"],
            "sex": self.group(code, "sex", row["sex"]),
            "age": self.group(code, "age", row["age"]),
            "residence": row["residence"],
            "wealth": row["wealth"],
            "other": self.other(code, row),
            "value": row["value"],
            "lower": row["lower"],
            "upper": row["upper"],
            "interval": "UI90" if row["lower"] or row["upper"] else "",
            "unit": row["unit"],
            "quality": QUALITY[row["quality"]],
            "source": row["source_id"],
            "file": self.files[row["indicator"]] if row["source_id"] == "KAZSTAT_SDG" else "",
        }


def identity(figure: dict[str, str]) -> tuple[str, ...]:
    names = ("indicator", "area", "area_version", "period", "sex", "age", "residence", "wealth", "other", "source")
    return tuple(figure[name] for name in names)


@pytest.fixture(scope="module")
def conversion(collected: Path) -> Conversion:
    return Conversion(collected)


@pytest.fixture(scope="module")
def in_pack() -> dict[tuple[str, ...], dict[str, str]]:
    rows = rows_of(PACK / "figures.csv")
    found = {identity(row): row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def kept(collected: Path, conversion: Conversion) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Collected rows that are not left out, with what they must have become."""
    rows = rows_of(collected / "figures.csv")
    return [(row, conversion.figure(row)) for row in rows if conversion.reason_to_leave_out(row) is None]


@pytest.fixture(scope="module")
def aside() -> dict[tuple[str, ...], dict[str, str]]:
    return {
        (r["indicator"], r["area"], r["period"], r["residence"], r["source"]): r
        for r in rows_of(PACK / "set_aside.csv")
    }


def is_impossible(row: dict[str, str]) -> bool:
    """A share of people above the whole; a budget can be spent to more than 100 percent."""
    shares = ("percent", "percent_of_population", "percent_of_households")
    return row["unit"] in shares and not 0 <= float(row["value"]) <= 100


def test_every_collected_figure_stands_in_the_pack_unchanged(kept, in_pack):
    wrong = []
    for row, expected in kept:
        if is_impossible(row):
            continue
        found = in_pack.get(identity(expected))
        if found is None or any(found[name] != text for name, text in expected.items()):
            wrong.append((expected, found))
    assert wrong == []


def test_the_pack_holds_no_figure_that_was_not_collected(kept, in_pack):
    expected = {identity(figure) for row, figure in kept if not is_impossible(row)}
    assert set(in_pack) - expected == set()
    assert len(in_pack) == len(expected) == sum(not is_impossible(row) for row, _ in kept)


def test_flags_are_those_of_the_collection_and_the_stated_ones(kept, in_pack, conversion):
    second_values = {
        (*identity(figure)[:8], figure["source"]) for row, figure in kept if row["flag"] == "duplicate_conflict"
    }
    for row, expected in kept:
        if is_impossible(row):
            continue
        flags = conversion.flags(row)
        if (*identity(expected)[:8], expected["source"]) in second_values:
            flags.add("duplicate_conflict")  # neither of two contradicting values is the sound one
        found = in_pack[identity(expected)]
        assert found["flag"] == "|".join(sorted(flags)), found


OTHER_DEFINITION = {
    ("pisa_maths_min_proficiency", "2015", "KAZSTAT_SDG"),
    ("pisa_reading_min_proficiency", "2015", "KAZSTAT_SDG"),
}
"""Figures of the office that are not comparable with its others (see the pack's README)."""


def test_status_follows_from_flags_and_quality(in_pack):
    for figure in in_pack.values():
        flags = set(figure["flag"].split("|"))
        if "break" in flags:
            expected = "B"
        elif (figure["indicator"], figure["period"], figure["source"]) in OTHER_DEFINITION:
            expected = "D"
        elif flags & {"suspect", "duplicate_conflict"}:
            expected = "U"
        else:
            expected = {"un_estimate": "E", "seed_claim": "V", "unverified": "V"}.get(figure["quality"], "A")
        assert figure["status"] == expected, figure


def test_pisa_2015_is_compared_with_no_other_year(in_pack):
    pisa = [f for f in in_pack.values() if f["source"] == "KAZSTAT_SDG" and f["indicator"].startswith("pisa_")]
    counted = Counter((f["period"], f["status"], "break" in f["flag"].split("|")) for f in pisa)
    assert counted == {("2015", "D", False): 70, ("2018", "B", True): 70}
    assert all("OECD left the results of 2015 out" in f["note"] for f in pisa if f["period"] == "2015")


def test_notes_begin_with_the_note_of_the_collection(kept, in_pack):
    for row, expected in kept:
        if is_impossible(row):
            continue
        note = row["note"]
        for before, after in WORDING:
            note = note.replace(before, after)
        assert in_pack[identity(expected)]["note"].startswith(note), row


def test_a_definition_taken_out_of_the_breakdowns_is_told_in_the_note(kept, in_pack, conversion):
    told = 0
    for row, expected in kept:
        for part in row["dims"].split(";"):
            name, _, _ = part.partition("=")
            if (
                name in ("assessment", "definition", "violence")
                and (expected["indicator"], "other", part) in conversion.own
            ):
                assert f"{name}: " in in_pack[identity(expected)]["note"], row
                told += 1
        if "inferred" in row["dims"].split(";"):
            assert "label inferred" in in_pack[identity(expected)]["note"]
    assert told == 301


def test_figures_carried_back_to_new_borders_say_so(kept, in_pack):
    carried = [e for row, e in kept if row["area_version"] == "backcast to 2018 boundaries"]
    notes = Counter(in_pack[identity(figure)]["note"].split(";")[-1].strip() for figure in carried)
    assert notes == {"back-cast to the borders of 2018": 26, "not a plausible back-cast": 16}


def test_left_out_rows_are_counted_and_explained(collected, conversion):
    counted = Counter(conversion.reason_to_leave_out(row) for row in rows_of(collected / "figures.csv"))
    del counted[None]
    assert {number: int(rule["rows"]) for number, rule in enumerate(conversion.left_out)} == counted


def test_impossible_values_are_set_aside_as_published(kept, aside):
    impossible = [(row, figure) for row, figure in kept if is_impossible(row)]
    assert len(impossible) == len(aside) == 3
    for row, figure in impossible:
        found = aside[(figure["indicator"], row["area"], row["period"], row["residence"], row["source_id"])]
        assert (found["value"], found["unit"]) == (row["value"], row["unit"])


def test_every_budget_and_care_fact_is_a_figure_of_the_pack(collected, conversion):
    figures = country("KAZ").figures().with_columns(key_expression())
    values = dict(figures.select("key", "value").iter_rows())
    themes = defaultdict(list)
    for fact in country("KAZ").facts:
        indicator, area, period, source = fact.key.split(":")[:4]
        themes[(fact.theme, indicator, period, source)].append(values[fact.key])
        assert area == "KAZ"
    left_out = {row["code"] for row in conversion.left_out if not row["only"]}
    facts = rows_of(collected / "budget_and_care_facts.csv")
    missing = [
        row
        for row in facts
        if row["indicator"] not in left_out
        and float(row["value"]) not in themes[(row["theme"], fact_code(row), row["period"], row["source_id"])]
    ]
    assert missing == []
    assert sum(row["indicator"] not in left_out for row in facts) == len(country("KAZ").facts)


def fact_code(row: dict[str, str]) -> str:
    return {
        "budget_share_education": "education_spending_budget",
        "children_in_guardianship": "children_guardianship_kinship",
        "education_spending": "education_spending_gdp",
        "health_out_of_pocket_share": "out_of_pocket_health",
        "budget_share_health": "budget_share_health"
        if row["source_id"] == "KAZSTAT_SDG"
        else "health_share_of_government_spending",
    }.get(row["indicator"], row["indicator"])
