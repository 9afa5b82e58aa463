"""An invented country whose true values are known, and surveys drawn from it: to learn on, and to test with."""

from __future__ import annotations

from everychild.microdata.invented.simulation import InventedSurvey, simulate
from everychild.microdata.invented.truth import truth
from everychild.microdata.invented.writing import FolderTaken, refuse_taken, write_invented

__all__ = ["FolderTaken", "InventedSurvey", "refuse_taken", "simulate", "truth", "write_invented"]
