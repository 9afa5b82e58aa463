"""A survey of the invented country is a survey: its files join, its skips hold, its weights are a design's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from everychild.microdata.invented import FolderTaken, InventedSurvey, simulate, truth, write_invented
from everychild.microdata.invented.definitions import FILES, INVENTED, words
from everychild.microdata.reading import read_file

MEASURED = {
    "WQ26", "WQ27", "UN8N", "UN14N", "SB1", "MSB1", "TA2", "TA15", "EC1", "PR3", "CL3", "CL8", "CL10", "CL13",
}  # fmt: skip
HOUSEHOLD = ["HH1", "HH2"]
WEIGHTS = {"hh": "hhweight", "wm": "wmweight", "mn": "mnweight", "ch": "chweight", "fs": "fshweight"}
RESULTS = {"hh": "HH46", "wm": "WM17", "mn": "MWM17", "ch": "UF17", "fs": "FS17"}
"""Weights average one over interviews; those of members and births are the weights of their household or mother."""


@cache
def survey() -> InventedSurvey:
    return simulate(4000, seed=7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("made") / "learn"
    write_invented(survey(), target)
    return target


class TestDesign:
    @pytest.mark.parametrize("file", WEIGHTS)
    def test_weights_of_interviews_average_one_and_others_weigh_nothing(self, file: str) -> None:
        frame = survey().files[file]
        done = frame.filter(pl.col(RESULTS[file]) == 1)
        assert done[WEIGHTS[file]].mean() == pytest.approx(1, abs=1e-12)
        assert frame.filter(pl.col(RESULTS[file]) != 1)[WEIGHTS[file]].sum() == 0
        assert done[WEIGHTS[file]].min() > 0

    def test_a_selected_child_weighs_as_many_as_it_was_drawn_from(self) -> None:
        """MICS6: fsweight = HH52 * fshweight."""
        joined = survey().files["fs"].join(survey().files["hh"], on=HOUSEHOLD)
        assert joined["fsweight"].to_numpy() == pytest.approx((joined["HH52"] * joined["fshweight"]).to_numpy())
        assert joined["HH52"].max() > 3

    def test_chances_of_selection_differ(self) -> None:
        assert survey().files["hh"].filter(pl.col("HH46") == 1)["hhweight"].n_unique() > 50

    def test_every_stratum_has_two_clusters_and_a_cluster_lies_in_one(self) -> None:
        clusters = survey().files["hh"].select("stratum", "PSU", "HH6", "HH7").unique()
        assert clusters["PSU"].n_unique() == clusters.height
        assert clusters.group_by("stratum").len()["len"].min() >= 2

    def test_some_do_not_answer(self) -> None:
        for file, result in RESULTS.items():
            share = (survey().files[file][result] == 1).mean()
            assert 0.9 < share < 1, file

    def test_the_same_seed_gives_the_same_survey_and_another_one_does_not(self) -> None:
        again, other = simulate(1500, seed=5), simulate(1500, seed=6)
        first = simulate(1500, seed=5)
        assert all(first.files[file].equals(again.files[file]) for file in FILES)
        assert not first.files["hh"].equals(other.files["hh"])

    def test_too_few_households_are_refused(self) -> None:
        with pytest.raises(ValueError, match="at least"):
            simulate(20)


class TestKeys:
    @pytest.mark.parametrize(
        ("file", "key"),
        [("hh", []), ("hl", ["HL1"]), ("wm", ["LN"]), ("mn", ["LN"]), ("ch", ["LN"]), ("fs", ["LN"]),
         ("bh", ["LN", "BHLN"])],
    )  # fmt: skip
    def test_keys_are_unique(self, file: str, key: list[str]) -> None:
        frame = survey().files[file]
        assert frame.select(HOUSEHOLD + key).is_unique().all()

    @pytest.mark.parametrize("file", ["wm", "mn", "ch", "fs", "bh"])
    def test_everyone_is_on_the_list_of_members_with_the_same_sex(self, file: str) -> None:
        members = survey().files["hl"].select(*HOUSEHOLD, pl.col("HL1").alias("LN"), pl.col("HL4").alias("sex"))
        frame = survey().files[file]
        joined = frame.join(members, on=[*HOUSEHOLD, "LN"], how="left")
        assert joined["sex"].null_count() == 0
        expected = {"wm": 2, "bh": 2, "mn": 1}.get(file)
        assert (joined["sex"] == (expected if expected else joined["HL4"])).all()

    def test_members_are_counted_by_their_household(self) -> None:
        counted = survey().files["hl"].group_by(HOUSEHOLD).agg(
            pl.len().alias("all"), ((pl.col("HL6") >= 5) & (pl.col("HL6") < 18)).sum().alias("child")
        )  # fmt: skip
        joined = survey().files["hh"].filter(pl.col("HH46") == 1).join(counted, on=HOUSEHOLD, how="left")
        assert (joined["HH48"] == joined["all"]).all()
        assert (joined["HH52"] == joined["child"]).all()

    def test_one_child_is_drawn_from_each_household_that_has_one(self) -> None:
        households = survey().files["hh"].filter(pl.col("HH52") > 0)
        assert survey().files["fs"].height == households.height

    def test_women_have_their_births_and_the_living_at_home_are_members(self) -> None:
        births = survey().files["bh"]
        women = survey().files["wm"].filter(pl.col("WM17") == 1)
        counted = births.group_by([*HOUSEHOLD, "LN"]).agg(pl.len(), (pl.col("BH5") == 2).sum().alias("dead"))
        joined = women.join(counted, on=[*HOUSEHOLD, "LN"], how="left")
        assert (joined["CEB"] == joined["len"].fill_null(0)).all()
        assert (joined["CDEAD"] == joined["dead"].fill_null(0)).all()
        home = births.filter(pl.col("BH7") == 1).select(*HOUSEHOLD, pl.col("BH8").alias("HL1"), "BH3", "BH6")
        members = home.join(survey().files["hl"], on=[*HOUSEHOLD, "HL1"], how="left")
        assert (members["BH3"] == members["HL4"]).all()
        assert (members["BH6"] == members["HL6"]).all()


class TestSkips:
    def test_questions_are_asked_where_they_belong(self) -> None:
        children, women, members = (survey().files[file] for file in ("ch", "wm", "hl"))
        assert children.filter(pl.col("CAGE") >= 36)["IM5"].null_count() == (children["CAGE"] >= 36).sum()
        assert women.filter(pl.col("CM17") != 1)["MN2"].drop_nulls().is_empty()
        assert members.filter(pl.col("ED4") != 1)["ED5A"].drop_nulls().is_empty()
        assert women.filter(pl.col("WM17") != 1)["MT1"].drop_nulls().is_empty()

    def test_no_child_has_a_dose_before_its_time(self) -> None:
        young = survey().files["ch"].filter((pl.col("CAGE") < 12) & pl.col("IM5").is_not_null())
        assert young.height > 50
        assert young["IM6M1D"].fill_null(0).max() == 0
        assert young["IM26"].fill_null(2).min() == 2

    def test_ages_and_dates_agree(self) -> None:
        children, births = survey().files["ch"], survey().files["bh"]
        assert (children["CAGE"] // 12 == children["UB2"]).all()
        months = children["CDOI"] - children["CDOB"]
        assert ((months - children["CAGE"]).is_between(0, 1)).all()
        assert ((children["UB1Y"] - 1900) * 12 + children["UB1M"] == children["CDOB"]).all()
        assert ((births["WDOI"] - births["BH4C"] - 12 * births["BH6"]).drop_nulls().is_between(0, 12)).all()
        dead = births.filter(pl.col("BH5") == 2)
        assert (dead["BH9C"] <= dead["WDOI"] - dead["BH4C"]).all()
        assert (births["birthint"].drop_nulls() >= 0).all()

    @pytest.mark.parametrize("dose", ["B", "H0", "P1", "P3", "PENTA3", "PCV2", "R1", "M1", "M2"])
    def test_a_dose_is_dated_between_birth_and_interview(self, dose: str) -> None:
        day, month, year = (f"IM6{dose}{part}" for part in "DMY")
        children = survey().files["ch"]
        dated = children.filter(pl.col(day).is_between(1, 31))
        assert dated.height > 100
        given = dated.select(pl.date(year, month, day).alias("given"), pl.date("UB1Y", "UB1M", "UB1D").alias("born"))
        assert (given["given"] >= given["born"]).all()
        assert ((dated[year] - 1900) * 12 + dated[month] <= dated["CDOI"]).all()
        marked = children.filter(pl.col(day) == 44)
        assert marked.height > 0
        assert set(marked[month]) == {44}
        assert set(marked[year]) == {4444}
        never = children.filter(pl.col(day) == 0)
        assert never[month].null_count() == never.height

    def test_answers_of_one_household_do_not_contradict_each_other(self) -> None:
        members, women, children = (survey().files[file] for file in ("hl", "wm", "fs"))
        listed = members.select(*HOUSEHOLD, pl.col("HL1").alias("LN"), "HL6", "ED9", "ED5A")
        for frame, age in ((women, "WB4"), (children, "CB3")):
            joined = frame.filter(pl.col(age).is_not_null()).join(listed, on=[*HOUSEHOLD, "LN"], how="left")
            assert (joined[age] == joined["HL6"]).all()
        school = children.filter(pl.col("FS17") == 1).join(listed, on=[*HOUSEHOLD, "LN"], how="left")
        assert school["CB7"].eq_missing(school["ED9"]).all()


class TestFiles:
    @pytest.mark.parametrize("file", FILES)
    def test_another_program_reads_labels_and_codes(self, folder: Path, file: str) -> None:
        frame, meta = pyreadstat.read_sav(folder / f"{file}.sav", user_missing=True, output_format="polars")
        ours = survey().files[file]
        assert len(frame) == ours.height
        assert frame.columns == ours.columns
        told = words()[file]
        assert meta.column_names_to_labels["HH7"] == told["HH7"].label
        assert meta.variable_value_labels["HH6"] == {1.0: "Urban", 2.0: "Rural"}
        declared = {name for name, word in told.items() if word.missing}
        assert set(meta.missing_ranges) == declared
        for name in ("PSU", "windex5"):
            assert frame[name].to_list() == ours[name].to_list()

    def test_every_file_says_that_it_is_invented(self, folder: Path) -> None:
        for file in FILES:
            frame, meta = pyreadstat.read_sav(folder / f"{file}.sav", user_missing=True, output_format="polars")
            assert meta.column_names_to_labels["INVENTED"] == INVENTED
            assert (frame["INVENTED"] == 1).all()
        assert "invented: true" in (folder / "survey.yaml").read_text()
        assert set(pl.read_csv(folder / "truth.csv")["note"]) == {INVENTED}
        said = (folder / "README.txt").read_text()
        assert all(word in said for word in ("INVENTED", "ВЫМЫШЛЕННЫЕ", "ОЙДАН ШЫҒАРЫЛҒАН"))

    def test_the_label_of_each_file_says_so_too(self, folder: Path) -> None:
        for file in FILES:
            _, meta = pyreadstat.read_sav(folder / f"{file}.sav", metadataonly=True)
            assert meta.file_label == INVENTED

    def test_the_same_seed_gives_the_same_bytes(self, tmp_path: Path) -> None:
        """Also of SPSS files, but for the order in which their headers list labels of codes, which the writer leaves to
        chance: compared are the fixed head and all that follows the end of the dictionary (record 999)."""
        end = (999).to_bytes(4, "little") + bytes(4)
        for name in ("one", "two"):
            write_invented(simulate(1500, seed=5), tmp_path / name)
        for path in sorted((tmp_path / "one").iterdir()):
            first, second = path.read_bytes(), (tmp_path / "two" / path.name).read_bytes()
            if path.suffix == ".sav":
                assert first[:176] == second[:176], path.name
                first, second = (content[content.index(end) :] for content in (first, second))
                assert len(first) > path.stat().st_size / 2
            assert first == second, path.name

    def test_codes_of_missing_answers_are_declared_and_stay_in_the_data(self, folder: Path) -> None:
        """`no response` is a code of the file and an answer of somebody, not a gap."""
        read = read_file(folder / "ch.sav")
        assert read.words["BR1"].missing == (9.0,)
        assert read.words["BR1"].values[9.0] == "NO RESPONSE"
        held = read.frame.select((pl.col("BR1") == 9).sum()).collect().item()
        assert held == (survey().files["ch"]["BR1"] == 9).sum() > 0

    def test_every_code_in_the_data_has_a_label(self) -> None:
        """Dates, counts and ages have labels for special codes only."""
        unknown = [
            (file, name, code)
            for file in FILES
            for name, word in words()[file].items()
            if len(labelled := word.value_labels.keys() - set(word.missing)) > 1
            and name not in MEASURED
            and not name.startswith("IM6")
            for code in survey().files[file][name].drop_nulls().unique()
            if code not in labelled and code not in word.missing
        ]
        assert unknown == []

    def test_a_folder_with_files_is_left_alone(self, folder: Path) -> None:
        before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
        with pytest.raises(FolderTaken, match="learn"):
            write_invented(survey(), folder)
        assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before

    def test_a_file_in_the_place_of_the_folder_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("mine")
        with pytest.raises(FolderTaken, match="taken"):
            write_invented(survey(), tmp_path / "taken")
        assert (tmp_path / "taken").read_text() == "mine"
        assert [path.name for path in tmp_path.iterdir()] == ["taken"]

    def test_a_write_that_is_broken_off_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from everychild.microdata.invented import writing

        def broken(_survey: InventedSurvey) -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr(writing, "_description", broken)
        with pytest.raises(KeyboardInterrupt):
            write_invented(survey(), tmp_path / "half")
        assert list(tmp_path.iterdir()) == []


class TestTruth:
    def test_groups_average_to_the_total(self) -> None:
        """Wealth quintiles hold a fifth of the population of the country each, so shares of members average."""
        rows = truth().filter(pl.col("indicator") == "electricity_access")
        fifths = rows.filter((pl.col("breakdown") == "wealth_quintile") & (pl.col("kind") != "difference"))
        total = rows.filter(pl.col("breakdown") == "total")["value"][0]
        assert fifths.height == 5
        assert fifths["value"].mean() == pytest.approx(total, abs=0.05)

    def test_inequalities_are_what_the_country_was_made_with(self) -> None:
        rows = truth().filter((pl.col("breakdown") == "wealth_quintile") & (pl.col("kind") == "difference"))
        differences = dict(rows.select("indicator", "value").iter_rows())
        assert differences["stunting_moderate_severe"] > 3
        assert differences["birth_registration"] < 0
