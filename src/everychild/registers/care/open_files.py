"""Care and justice as open files: small counts of groups and places are hidden, with those that would tell them."""

from __future__ import annotations

from everychild.registers.care import queries
from everychild.registers.care.models import CareDefinition, JusticeBase, JusticeLevel
from everychild.registers.open_files import OpenFile, offer

MARK = ("source", "retrieved", "verified", "note")
OF_RECORD = tuple(f"record__{name}" for name in MARK)

offer(OpenFile(
    "care", "definitions",
    ("code", "country", "name_kk", "name_ru", "name_en", "meaning_kk", "meaning_ru", "meaning_en", "unreviewed",
     "placement", "frame", *MARK),
    lambda: CareDefinition.objects.order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "care", "counts",
    ("record__definition__code", "record__measure", "record__year", "record__on", "record__area", "record__age",
     "record__sex", "record__disability", "children", "hidden", "record__rounded", *OF_RECORD),
    queries.published_counts,
))  # fmt: skip
offer(OpenFile(
    "care", "justice",
    ("record__component", "record__year", "record__area", "record__sex", "children", "hidden", *OF_RECORD),
    queries.published_justice,
))  # fmt: skip
offer(OpenFile(
    "care", "justice_bases", ("area", "year", "kind", "from_age", "children", *MARK),
    lambda: JusticeBase.objects.order_by("area", "year", "kind").iterator(),
))  # fmt: skip
offer(OpenFile(
    "care", "justice_levels",
    ("country", "number", "year", "level", "evidence_kk", "evidence_ru", "evidence_en", "unreviewed", *MARK),
    lambda: JusticeLevel.objects.order_by("number", "year").iterator(),
))  # fmt: skip
