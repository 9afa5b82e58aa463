"""A private workspace: the files of a survey as Parquet, readable by their owner alone, with checksums."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from everychild.microdata.dictionary import words_to_json
from everychild.microdata.letters import companions, totals
from everychild.microdata.reading import WORDS_KEY, unreadable
from everychild.microdata.spss import BrokenFile
from everychild.microdata.survey_files import MissingFile, SurveyFiles

RECORD: Final = "workspace.json"
DESCRIPTION: Final = "survey.yaml"
OWNER_ONLY: Final = 0o600
FOLDER_OWNER_ONLY: Final = 0o700


@dataclass(frozen=True)
class KeptFile:
    """One file of a workspace and what it was made from."""

    name: str
    source: str
    source_sha256: str
    sha256: str
    rows: int
    columns: int
    missing_letters: Mapping[str, int]
    """Stata's missing values by letter: in how many cells each stands."""


def keep(files: SurveyFiles, folder: Path, progress: Callable[[str], None] = lambda _name: None) -> list[KeptFile]:
    """Write every present file of a survey, and its description, into a private workspace; return what was kept.

    Values stay as they are, and which of Stata's missing values stood in a cell is kept beside it; whole numbers are
    stored as integers, which is smaller and faster. The folder is made anew beside the old one and put in its place in
    one step: a kill leaves the old workspace whole. Raises MissingFile when there is nothing to keep or the folder is
    something else, BrokenFile for a file that cannot be read.
    """
    if not files.present:
        raise MissingFile(files.description.path.name, "survey_no_file_present", files.folder)
    _refuse_other(folder)
    folder = folder.resolve()  # the folder beside it has its name, and `.` has none
    _tidy(folder)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}")
    fresh.mkdir(parents=True, mode=FOLDER_OWNER_ONLY)
    try:
        kept = [_keep(files, name, fresh, progress) for name in files.present]
        _record(files, kept, fresh)
        _describe(files, fresh)
        _replace(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return kept


def _refuse_other(folder: Path) -> None:
    """A folder of other things is never replaced; an empty one is."""
    if folder.exists() and not (folder / RECORD).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise MissingFile(str(folder), "survey_folder_no_workspace", folder, "--out")


def _tidy(folder: Path) -> None:
    """What a killed run left beside the folder: the old workspace, which goes back, and unfinished new ones."""
    old = folder.with_name(f".{folder.name}.old")
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.*"):
        process = left.name.rpartition(".")[2]
        if process.isdigit() and (int(process) == os.getpid() or not Path(f"/proc/{process}").exists()):
            shutil.rmtree(left, ignore_errors=True)


def _keep(files: SurveyFiles, name: str, folder: Path, progress: Callable[[str], None]) -> KeptFile:
    progress(name)
    file = files.raw(name)
    try:
        table, letters = smallest(file.frame.collect()), companions(file.letters)
    except pl.exceptions.PolarsError as problem:
        raise unreadable(file.path, problem) from problem
    path = folder / f"{name}.parquet"
    with _private(path) as out:
        table.hstack(letters).write_parquet(
            out, metadata={WORDS_KEY: words_to_json(file.words)}, row_group_size=262_144
        )
    sums = _checksum(file.path), _checksum(path)
    return KeptFile(name, file.path.name, *sums, table.height, table.width, totals(letters))


def smallest(table: pl.DataFrame) -> pl.DataFrame:
    """Columns of whole numbers as the smallest integer type that holds them."""
    changed = []
    for column in table.get_columns():
        if column.dtype.is_float() and bool(((column % 1) == 0).all()):
            low, high = column.min(), column.max()
            if low is None or (abs(float(low)) < 2**31 and abs(float(high)) < 2**31):  # type: ignore[arg-type]
                changed.append(column.cast(pl.Int32).shrink_dtype())
    return table.with_columns(changed) if changed else table


def _private(path: Path):  # type: ignore[no-untyped-def]
    """A file that nobody else can read, not even for a moment."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb")


def _record(files: SurveyFiles, kept: list[KeptFile], folder: Path) -> None:
    record: Mapping[str, object] = {
        "survey": files.description.survey,
        "kept": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": [vars(file) for file in kept],
    }
    with _private(folder / RECORD) as out:
        out.write(json.dumps(record, indent=1, ensure_ascii=False).encode())


def _describe(files: SurveyFiles, folder: Path) -> None:
    """The description goes along, so that `estimate WORKSPACE/survey.yaml` needs nothing else."""
    description = files.description
    for source, name in ((description.path, DESCRIPTION), (description.labels, description.labels)):
        if source is not None and name is not None:
            with _private(folder / Path(name).name) as out:
                out.write(source.read_bytes())


def _replace(fresh: Path, folder: Path) -> None:
    if not folder.exists() or not any(folder.iterdir()):
        fresh.rename(folder)
        return
    old = folder.with_name(f".{folder.name}.old")
    folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def damaged(folder: Path, names: Iterable[str] | None = None) -> list[str]:
    """Names of the files of a workspace (default: all) whose content is not what was kept; none when the folder is no
    workspace."""
    if not (folder / RECORD).is_file():
        return []
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        kept = {file["name"]: file["sha256"] for file in record["files"]}
    except (ValueError, KeyError, TypeError) as problem:
        raise BrokenFile(folder / RECORD, "survey_file_broken", problem=str(problem)) from problem
    wanted = kept if names is None else [name for name in names if name in kept]
    return [
        name for name in wanted if not (path := folder / f"{name}.parquet").is_file() or _checksum(path) != kept[name]
    ]


def _checksum(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
