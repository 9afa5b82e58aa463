"""Writing so that a process killed at any moment leaves the previous state whole."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path


def write_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a new file through to the disk."""
    with path.open("wb") as stream:
        os.fchmod(stream.fileno(), mode)  # before the first byte: nobody may read it meanwhile
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def sync_folder(path: Path) -> None:
    """Write the names of a folder through to the disk; without it a rename may be forgotten at a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put `content` where `path` is, in one step: a reader sees the old file or the new one, never a part.

    Only for a caller that holds the lock of the folder: the fresh file always has the same name, so that one left by
    a killed process is overwritten and never gathers.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        write_file(fresh, content, mode)
        fresh.replace(path)
    except OSError:  # a full disk: what is half written only takes room from what could free it
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Append one whole line, or none where the disk has no room for it; a torn last line of a killed writer is closed
    first, so that ours stands alone."""
    is_new = not path.exists()
    with path.open("ab+", buffering=0) as stream:
        end = stream.tell()
        try:
            _write_all(stream, _closing(stream) + line + b"\n")
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(end)
            raise
    if is_new:
        sync_folder(path.parent)


def _closing(stream: FileIO) -> bytes:
    """The end of line that the last line lacks."""
    if not stream.tell():
        return b""
    stream.seek(-1, os.SEEK_END)
    return b"" if stream.read(1) == b"\n" else b"\n"


def _write_all(stream: FileIO, content: bytes) -> None:
    while content:  # one call may take a part: the room that is left
        content = content[stream.write(content) :]


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock of a folder; the system lets go of it when the process dies, however it dies."""
    with path.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def undisturbed(path: Path) -> Iterator[None]:
    """Hold the lock together with other readers; without a lock file nobody has ever written."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        yield
        return
    with stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield
