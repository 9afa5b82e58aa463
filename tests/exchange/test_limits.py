"""Hostile and damaged files cost bounded memory and end in a finding."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from everychild.exchange import workbooks
from everychild.exchange.limits import MAX_LINE
from everychild.exchange.loading import load
from everychild.vocabulary.findings import DataRefused

HEADER = "indicator,area,period,value\n"
PEAK = """
import resource, sys
from pathlib import Path
from everychild.exchange.loading import load
from everychild.vocabulary.findings import DataRefused
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024) / 1024
(Path(sys.argv[1]).parent / "small.csv").write_text("indicator,area,period,value\\nu5mr,KAZ,2015,1\\n")
load(Path(sys.argv[1]).parent / "small.csv", "tidy", "KAZ")
before = peak()
try:
    load(Path(sys.argv[1]), "tidy", "KAZ")
except DataRefused as refused:
    print(refused.findings[0].rule, (peak() - before) * 1024)
"""


def _refused(path: Path) -> str:
    with pytest.raises(DataRefused) as refused:
        load(path, "tidy", "KAZ")
    return refused.value.findings[0].rule


def test_a_line_without_end_is_refused_before_it_is_read_in(tmp_path: Path) -> None:
    """300 MB, most of it a hole in the disk; what the refusal costs beside an ordinary load is measured in MiB."""
    path = tmp_path / "long.csv"
    path.write_text(HEADER + "u5mr,KAZ,2015,1\n" * 1000 + "u5mr,KAZ,")
    with path.open("ab") as stream:
        stream.truncate(300 * 1024 * 1024)
    done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
    rule, more = done.stdout.split()
    assert rule == "line_too_long"
    assert float(more) < 100


@pytest.mark.parametrize("before", [0, 1, 5_000_000, 8 * 1024 * 1024 - 40, 8 * 1024 * 1024 - 10])
def test_long_lines_are_found_wherever_they_stand(tmp_path: Path, before: int) -> None:
    path = tmp_path / "long.csv"
    row = "u5mr,KAZ,2015,1\n"
    for length, rule in ((MAX_LINE + 100, "line_too_long"), (MAX_LINE - 100, "no_figures")):
        path.write_text(HEADER + "\n" * before + "x" * length + "\n" + ("" if rule == "no_figures" else row))
        assert _refused(path) == rule


def _zip(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(_zip({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (32 << 20)}))
    assert _refused(path) == "zip_bomb"


def test_a_bomb_that_declares_too_much_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(_zip({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"x" * 5000}))
    monkeypatch.setattr(workbooks, "MAX_WORKBOOK_UNPACKED", 4000)
    monkeypatch.setattr(workbooks, "_unpack", lambda *_: pytest.fail("unpacked"))
    assert _refused(path) == "zip_bomb"


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """The declared size of the part is patched to 10 bytes in both places of the archive."""
    size = (32 << 20).to_bytes(4, "little")
    content = _zip({"xl/worksheets/sheet1.xml": b" " * (32 << 20), "xl/workbook.xml": b"<workbook/>"})
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    assert _refused(path) in ("zip_bomb", "damaged_workbook")


def test_other_files_named_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "figures.xlsx"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    for content, rule in (
        (b"", "damaged_workbook"),
        (b"indicator,area\n", "damaged_workbook"),
        (_zip({"hello.txt": b"x"}), "damaged_workbook"),
        (ole, "old_workbook"),
        (ole + "EncryptedPackage".encode("utf-16-le"), "encrypted_workbook"),
        (_cut(_sound()), "damaged_workbook"),
        (_protected(_sound()), "encrypted_workbook"),
    ):
        path.write_bytes(content)
        assert _refused(path) == rule


def _sound() -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    book.add_worksheet().write_row(0, 0, HEADER.strip().split(","))
    book.close()
    return content.getvalue()


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _protected(content: bytes) -> bytes:
    """Set the flag «encrypted» of every part in the central directory."""
    changed, at = bytearray(content), content.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(changed)
