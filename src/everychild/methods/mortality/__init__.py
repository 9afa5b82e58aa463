"""Child mortality from birth histories, with fertility, adult mortality by siblings and the indirect method.

Pure statistics on numpy arrays: births, exposure and deaths by PSU, rates, sampling errors, data quality. Reading
surveys and naming their columns belongs to others.
"""

from __future__ import annotations

from everychild.methods.mortality.births import (
    TOTAL,
    BirthHistories,
    Breakdown,
    Group,
    Period,
    SampleDesign,
    calendar_window,
    years_before_interview,
)
from everychild.methods.mortality.cohorts import RATES
from everychild.methods.mortality.data_quality import DataQuality, Displacement, Share, data_quality, displacement
from everychild.methods.mortality.estimates import RELIABILITIES, MortalityEstimates, early_childhood_mortality
from everychild.methods.mortality.fertility import FERTILITY_RATES, FertilityEstimates, Women, fertility
from everychild.methods.mortality.indirect import IndirectMortality, indirect_under_five_mortality
from everychild.methods.mortality.intervals import Comparison, difference, interval, ratio
from everychild.methods.mortality.screening import ROW_RULES, InputFinding, MortalityInputRefused
from everychild.methods.mortality.siblings import (
    ADULT_RATES,
    PREGNANCY_RATES,
    AdultMortality,
    PregnancyRelatedMortality,
    Siblings,
    adult_mortality,
    pregnancy_related_mortality,
)
from everychild.methods.mortality.variance import LonelyPsuError, SamplingError

__all__ = [
    "ADULT_RATES",
    "FERTILITY_RATES",
    "PREGNANCY_RATES",
    "RATES",
    "RELIABILITIES",
    "ROW_RULES",
    "TOTAL",
    "AdultMortality",
    "BirthHistories",
    "Breakdown",
    "Comparison",
    "DataQuality",
    "Displacement",
    "FertilityEstimates",
    "Group",
    "IndirectMortality",
    "InputFinding",
    "LonelyPsuError",
    "MortalityEstimates",
    "MortalityInputRefused",
    "Period",
    "PregnancyRelatedMortality",
    "SampleDesign",
    "SamplingError",
    "Share",
    "Siblings",
    "Women",
    "adult_mortality",
    "calendar_window",
    "data_quality",
    "difference",
    "displacement",
    "early_childhood_mortality",
    "fertility",
    "indirect_under_five_mortality",
    "interval",
    "pregnancy_related_mortality",
    "ratio",
    "years_before_interview",
]
