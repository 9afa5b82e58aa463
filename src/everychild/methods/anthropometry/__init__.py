"""Growth of children under five against the WHO Child Growth Standards: z-scores and implausible values."""

from everychild.methods.anthropometry.flags import FLAG_LIMITS, FLAG_RULES, FlagRule, flagged
from everychild.methods.anthropometry.measurements import DAYS_IN_MONTH, ChildMeasurements, days_from_months
from everychild.methods.anthropometry.scores import INDICES, GrowthScores, Index, computable, rounded, z_scores
from everychild.methods.anthropometry.standards import (
    GrowthStandards,
    LmsTable,
    StandardsError,
    folder_standards,
    package_standards,
)

__all__ = [
    "DAYS_IN_MONTH",
    "FLAG_LIMITS",
    "FLAG_RULES",
    "INDICES",
    "ChildMeasurements",
    "FlagRule",
    "GrowthScores",
    "GrowthStandards",
    "Index",
    "LmsTable",
    "StandardsError",
    "computable",
    "days_from_months",
    "flagged",
    "folder_standards",
    "package_standards",
    "rounded",
    "z_scores",
]
