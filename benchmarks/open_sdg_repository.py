"""A made Open SDG repository of the size of Kazakhstan's: 274 data files, about 46,000 rows, some defects; seeded."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from everychild.exchange.mapping import Mapped, mapping
from everychild.vocabulary.areas import gazetteer

FILES, ROWS = 274, 46_000
FIRST_YEAR, LAST_YEAR = 2010, 2023
OLD_REGIONS_END, NEW_CITIES, NEW_REGIONS = 2018, 2018, 2022
MAPPED_ROWS = 250
"""Rows of a file that some indicator is mapped to; Kazakhstan's have 1 to 1,482."""
DEFECTS_IN_THOUSAND = 4
HEADER = ("Year", "UNIT_MEASURE", "REF_AREA", "URBANISATION", "SEX", "SERIES", "EDUCATION_LEV", "Value")
COUNTS = ("count", "persons", "thousand_persons")
LABELS = {"en": "Boys and Girls", "ru": "Оба пола", "kk": "Екі жыныс"}


def write_repository(folder: Path, seed: int = 20) -> tuple[int, int]:
    """Write the repository and return its number of data rows and of data files."""
    rng = random.Random(seed)
    data = folder / "data"
    data.mkdir(parents=True)
    mapped = mapping("KAZ").files
    names = list(mapped) + [f"indicator_{goal}-90-{i}.csv" for i in range(30) for goal in range(7, 17)]
    written, rows = names[:FILES], 0
    for place, name in enumerate(written):
        share = (ROWS - rows) // (len(written) - place)
        most = max(share, MAPPED_ROWS) if name in mapped else share
        rows += _write_file(data / name, mapped.get(name, ()), rng, most)
    _write_labels(folder)
    return rows, len(written)


def _write_file(path: Path, mapped: tuple[Mapped, ...], rng: random.Random, most: int) -> int:
    rows = [row for m in mapped or (None,) for row in _series(m, rng)][:most]
    for row in rows:
        if rng.randrange(1000) < DEFECTS_IN_THOUSAND:
            _spoil(row, rng)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([HEADER, *rows])
    return len(rows)


def _series(m: Mapped | None, rng: random.Random) -> Iterator[list[str]]:
    """Figures of one series: country, then regions, with sexes and residence, drifting slowly from year to year."""
    unit = {"percent": "PT", "thousand_persons": "TH_PEOPLE"}.get(m.unit if m else "percent", "")
    where = dict(m.where) if m else {}
    start = rng.uniform(5, 60)
    levels = {code: start * rng.uniform(0.7, 1.3) for code in ["", *_office_codes()]}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for code, level in levels.items():
            if code and not _exists(code, year):
                continue
            levels[code] = level * rng.uniform(0.96, 1.04)
            for residence, sex, factor in (
                ("", "", 1.0),
                ("", "M", 1.05),
                ("", "F", 0.95),
                ("U", "", 0.9),
                ("R", "", 1.1),
            ):
                value = f"{min(level * factor, 99.9):.{0 if m and m.unit in COUNTS else 1}f}"
                series, education = (m.series if m else ""), where.get("EDUCATION_LEV", "")
                yield [where.get("Year", str(year)), unit, code, residence, sex, series, education, value]


def _office_codes() -> list[str]:
    return sorted(area.office_code for area in gazetteer() if area.parent == "KAZ" and area.office_code)


def _exists(code: str, year: int) -> bool:
    if code == "KZONT":
        return year < OLD_REGIONS_END
    if code in ("KZYUZ", "KZSHY"):
        return year >= NEW_CITIES
    return year >= NEW_REGIONS or code not in ("KZABY", "KZZHS", "KZULU")


def _spoil(row: list[str], rng: random.Random) -> None:
    """One of the errors that such files really have."""
    kind = rng.randrange(5)
    if kind == 0:
        row[-1] = row[-1].replace(".", "")
    elif kind == 1:
        row[2], row[-1] = row[-1], ""
    elif kind == 2:
        row[4], row[3] = "R", ""
    elif kind == 3:
        row[-1] = row[-1].replace(".", ",")
    else:
        row[-1] = "0.0"


def _write_labels(folder: Path) -> None:
    for language, total in LABELS.items():
        place = folder / "translations" / language
        place.mkdir(parents=True)
        (place / "SEX.yml").write_text(f"_T: {total}\nM: M\nF: F\n", encoding="utf-8")
        (place / "REF_AREA.yml").write_text("".join(f"{code}: {code}\n" for code in _office_codes()), encoding="utf-8")
