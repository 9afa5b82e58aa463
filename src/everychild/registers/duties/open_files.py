"""The graph as an open file."""

from __future__ import annotations

from everychild.registers.duties.models import Edge
from everychild.registers.open_files import OpenFile, offer

offer(OpenFile(
    "duties", "edges",
    ("from_kind", "from_code", "relation", "to_kind", "to_code", "origin", "strength", "evidence", "on", "source",
     "retrieved", "verified", "note"),
    lambda: Edge.objects.all().iterator(),
))  # fmt: skip
