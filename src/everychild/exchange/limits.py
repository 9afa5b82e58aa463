"""How large, deep and long a foreign file may be: one place for every bound, so that bad input costs bounded memory."""

from __future__ import annotations

from typing import Final

MEBIBYTE: Final = 1 << 20

MAX_LINE: Final = MEBIBYTE
"""Bytes of one line. The longest honest line seen in such files is below 10 kB; a line without end is an attack or
a broken disk."""
BLOCK: Final = 8 * MEBIBYTE
"""Bytes of a text file that are taken apart at one time."""
MAX_FILE: Final = 4096 * MEBIBYTE
"""Bytes of one text file; a country's figures of a century fit in a hundredth of it."""
MAX_REPOSITORY_FILE: Final = 64 * MEBIBYTE
"""Bytes of one file of an Open SDG repository (the largest seen has 2 MB)."""
MAX_REPOSITORY_FILES: Final = 20_000
MAX_REPOSITORY_DEPTH: Final = 6

MAX_WORKBOOK: Final = 256 * MEBIBYTE
"""Bytes of an .xlsx file on disk."""
MAX_WORKBOOK_UNPACKED: Final = 1024 * MEBIBYTE
"""Bytes of all parts of an .xlsx unpacked, declared and really found; a sheet of a million rows has about 500 MB."""
MAX_WORKBOOK_RATIO: Final = 200
"""Unpacked over packed bytes of one part, above RATIO_FREE bytes. Sheets pack 5 to 30 times, a bomb 1000 times."""
RATIO_FREE: Final = 16 * MEBIBYTE
MAX_WORKBOOK_PARTS: Final = 10_000

MAX_YAML: Final = MEBIBYTE
"""Bytes of a YAML file of a repository (labels and metadata of one indicator or one code list)."""

MAX_SHOWN: Final = 120
"""Letters of a cell that a finding repeats."""
