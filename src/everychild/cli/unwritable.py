"""A place that cannot be written, told as a finding: a full disk and a wrong folder are no faults of the program."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from everychild.microdata.located import finding
from everychild.vocabulary.findings import DataRefused

_NUMBER: Final = re.compile(r"\(os error (\d+)\)")
"""Libraries written in Rust raise errors of their own, and name in them the number that the system gave."""
_UNTOLD: Final = "transport error"
"""What is left of it where a Parquet file cannot even be begun."""
_FULL: Final = 64 * 1024
"""Bytes free of a disk that counts as full when nothing else says why writing failed."""


@contextmanager
def written(place: Path, option: str = "--out") -> Iterator[None]:
    """What is done here writes to `place`. Raises DataRefused, with the option that named it, when that cannot be;
    what fails elsewhere passes through as it is."""
    try:
        yield
    except OSError as problem:
        if isinstance(problem, BrokenPipeError) or not _concerns(problem, place):
            raise
        raise _refused(place, option, problem.strerror or str(problem)) from problem
    except Exception as problem:
        reason = _reason(str(problem), place)
        if reason is None or isinstance(problem, DataRefused):
            raise
        raise _refused(place, option, reason) from problem


def _refused(place: Path, option: str, reason: str) -> DataRefused:
    return DataRefused([finding("", option, place, "out_unwritable", problem=reason)])


def _concerns(problem: OSError, place: Path) -> bool:
    """Whether the file that the system names, if it names one, is the place, above it, or beside or in it."""
    if not isinstance(problem.filename, str):
        return True
    named, whole = Path(problem.filename).absolute(), place.absolute()
    return named.is_relative_to(whole.parent) or whole.is_relative_to(named)


def _reason(text: str, place: Path) -> str | None:
    found = _NUMBER.search(text)
    if found is not None:
        return os.strerror(int(found[1]))
    if _UNTOLD not in text:
        return None
    standing = next((folder for folder in place.absolute().parents if folder.is_dir()), Path("/"))
    return os.strerror(errno.ENOSPC) if shutil.disk_usage(standing).free < _FULL else text


def write_whole(path: Path, content: bytes, option: str = "--out", mode: int = 0o644) -> None:
    """Write a file that a person named, with its folders, in one step: a stop leaves the old file or the new one.

    A link is followed, and a pipe or a device such as /dev/null is written to: it must not be replaced by a file."""
    from everychild.releases.storage import replace_file

    with written(path, option):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            replace_file(path.resolve(), content, mode)
