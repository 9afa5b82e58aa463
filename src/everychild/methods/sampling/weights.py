"""What a sampling weight can be."""

from __future__ import annotations

from typing import Final

EXTREME: Final = 1000
"""Times the median above which a weight is a code, such as 99999 for "missing", or a slip: in the designs of household
surveys the largest weight stays below a hundred times the median, and one row beyond would carry the result alone."""
