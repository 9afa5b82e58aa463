"""An invented survey as a folder of SPSS files with its description and its truth."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl
import polars_readstat
import yaml

from everychild.microdata.invented.definitions import INVENTED, Words, regions
from everychild.microdata.invented.patterns import SCHOOL_ENTRY
from everychild.microdata.invented.simulation import InventedSurvey
from everychild.microdata.invented.truth import truth
from everychild.microdata.invented.truth_groups import BREAKDOWNS
from everychild.microdata.located import finding
from everychild.recipes.groups import file_breakdowns
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import DataRefused
from everychild.vocabulary.language import LANGUAGES

COUNTRY: Final = "XEX"
SOURCE: Final = "XEX_INVENTED_SURVEY"
PERIOD: Final = "2024"
README: Final = """INVENTED DATA - no real country or person
ВЫМЫШЛЕННЫЕ ДАННЫЕ – ни реальной страны, ни реальных людей
ОЙДАН ШЫҒАРЫЛҒАН ДЕРЕК – нақты ел де, нақты адам да жоқ

A survey of {households} households in the format of MICS6, drawn by everychild from an invented population
(seed {seed}). truth.csv holds the true values of that population; the differences are sampling error.

Обследование {households} домохозяйств в формате MICS6, построенное everychild для вымышленного населения
(число {seed}). В truth.csv – истинные значения этого населения; расхождения с ними и есть ошибка выборки.

Ойдан шығарылған халық үшін everychild құрастырған, MICS6 пішіміндегі {households} үй шаруашылығының зерттеуі
(сан {seed}). truth.csv – сол халықтың шынайы мәндері; олардан айырмашылық – іріктеу қатесі.

    everychild survey check survey.yaml
    everychild estimate survey.yaml --indicators birth_registration --by residence,region
"""
_LINES: Final[Mapping[str, str | list[str]]] = {
    "hl": "HL1", "wm": "LN", "mn": "LN", "ch": "LN", "bh": ["LN", "BHLN"], "fs": "LN",
}  # fmt: skip


_DATES_AND_LABEL: Final = slice(92, 173)
"""Where the header of an SPSS file holds the day (9 bytes), the time (8) and the label of the file (64)."""
_DAY, _TIME = "01 Sep 24", "00:00:00"


class FolderTaken(DataRefused):
    """The folder to write to exists and is not empty, or is no folder."""


def refuse_taken(folder: Path) -> None:
    """Raises FolderTaken for a folder that holds anything; an empty one may be written to."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken([finding("", "--out", folder, "invented_folder_taken")])


def write_invented(survey: InventedSurvey, folder: Path) -> Sequence[Path]:
    """Write hh.sav … fs.sav, survey.yaml, truth.csv and README.txt; the folder appears whole or not at all.

    Raises FolderTaken when it exists and is not empty.
    """
    refuse_taken(folder)
    asked, folder = folder, folder.resolve()  # the folder beside it has its name, and `.` has none
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for file, frame in survey.files.items():
            _write_sav(frame, survey.variables[file], made / f"{file}.sav")
        (made / "survey.yaml").write_text(_description(survey), encoding="utf-8")
        _with_names_of_groups(truth()).with_columns(pl.lit(INVENTED).alias("note")).write_csv(made / "truth.csv")
        (made / "README.txt").write_text(
            README.format(households=survey.households, seed=survey.seed), encoding="utf-8"
        )
        for path in made.iterdir():
            path.chmod(0o644)  # nobody's secret: these people do not exist
        made.chmod(0o755)
        os.replace(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return [asked / path.name for path in sorted(folder.iterdir())]


def _with_names_of_groups(true: pl.DataFrame) -> pl.DataFrame:
    """The groups by the names that estimates have, so that the tables can be joined; a difference as `rural-urban`."""
    names = {("total", "1"): "total", **{("region", str(r.code)): _area(r.code) for r in regions()}}
    for file in BREAKDOWNS:
        for breakdown, found in file_breakdowns("mics6", file).items():
            first = 0 if breakdown.startswith("education") else 1
            names.update({(breakdown, str(k)): level.level for k, level in enumerate(found.levels, start=first)})

    def named(breakdown: str, group: str) -> str:
        return "-".join(names[breakdown, code] for code in group.split("-"))

    groups = [named(breakdown, group) for breakdown, group in true.select("breakdown", "group").iter_rows()]
    return true.with_columns(pl.Series("group", groups))


def _area(code: int) -> str:
    return f"XE-{code:02d}"


def _write_sav(frame: pl.DataFrame, words: Mapping[str, Words], path: Path) -> None:
    polars_readstat.write_readstat(
        frame,
        str(path),
        variable_labels={name: _marked(name, word.label) for name, word in words.items()},
        value_labels={name: dict(word.value_labels) for name, word in words.items() if word.value_labels},
        missing_ranges={name: list(word.missing) for name, word in words.items() if word.missing},
    )
    _stamp(path)


def _stamp(path: Path) -> None:
    """Say in the label of the file that it is invented, and give it the first day of fieldwork instead of now, so that
    a seed gives the same data (the writer puts the labels of codes in any order). The writer can set neither."""
    with path.open("r+b") as file:
        file.seek(_DATES_AND_LABEL.start)
        file.write(f"{_DAY}{_TIME}{INVENTED:<64}".encode("ascii"))


def _marked(name: str, label: str) -> str:
    return INVENTED if name == "INVENTED" else label


def _description(survey: InventedSurvey) -> str:
    design: dict[str, Any] = {
        file: {"psu": "PSU", "stratum": "stratum", "household": ["HH1", "HH2"]} for file in survey.files
    }
    for file, line in _LINES.items():
        design[file]["line"] = line
    levels = {
        region.code: {"code": area, **{language: gazetteer()[area].name[language] for language in LANGUAGES}}
        for region in regions()
        for area in [_area(region.code)]
    }
    told = {
        "survey": f"XEX_INVENTED_{survey.households}_{survey.seed}",
        "title": {
            "en": "Invented survey of an invented country",
            "ru": "Вымышленное обследование вымышленной страны",
            "kk": "Ойдан шығарылған елдің ойдан шығарылған зерттеуі",
        },
        "country": COUNTRY, "layout": "mics6", "period": PERIOD, "source": SOURCE, "invented": True,
        "files": {file: f"{file}.sav" for file in survey.files}, "design": design, "psus": "survey",
        "parameters": {"P_PRIMARY_ENTRY_AGE": str(SCHOOL_ENTRY)},
        "breakdowns": {"region": {"variable": "HH7", "dimension": "area", "levels": levels}},
    }  # fmt: skip
    head = "# INVENTED DATA - no real country or person. How the files of this survey are to be read.\n"
    return head + yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=110)
