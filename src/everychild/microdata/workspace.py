"""A private workspace: the files of a survey as Parquet, readable by their owner alone, with checksums."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from everychild.microdata.dictionary import words_to_json
from everychild.microdata.reading import WORDS_KEY
from everychild.microdata.survey_files import MissingFile, SurveyFiles

RECORD: Final = "workspace.json"
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


def keep(files: SurveyFiles, folder: Path, progress: Callable[[str], None] = lambda _name: None) -> list[KeptFile]:
    """Write every present file of a survey into a private workspace and return what was kept.

    Values stay as they are; whole numbers are stored as integers, which is smaller and faster. The folder is made
    anew beside the old one and put in its place in one step: a kill leaves the old workspace whole.
    """
    if not files.present:
        raise MissingFile(f"none of the described files is in {files.folder}")
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=FOLDER_OWNER_ONLY)
    try:
        kept = [_keep(files, name, fresh, progress) for name in files.present]
        _record(files, kept, fresh)
        _replace(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return kept


def _keep(files: SurveyFiles, name: str, folder: Path, progress: Callable[[str], None]) -> KeptFile:
    progress(name)
    file = files.raw(name)
    table = smallest(file.frame.collect())
    path = folder / f"{name}.parquet"
    with _private(path) as out:
        table.write_parquet(out, metadata={WORDS_KEY: words_to_json(file.words)}, row_group_size=262_144)
    return KeptFile(name, file.path.name, _checksum(file.path), _checksum(path), table.height, table.width)


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


def _replace(fresh: Path, folder: Path) -> None:
    if not folder.exists():
        fresh.rename(folder)
        return
    if not (folder / RECORD).is_file():
        raise MissingFile(f"{folder} is there already and is no workspace; name another folder")
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def damaged(folder: Path) -> list[str]:
    """Names of the files of a workspace whose content is not what was kept."""
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return [
        file["name"]
        for file in record["files"]
        if not (path := folder / f"{file['name']}.parquet").is_file() or _checksum(path) != file["sha256"]
    ]


def _checksum(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
