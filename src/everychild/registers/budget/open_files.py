"""The budget as open files."""

from __future__ import annotations

from everychild.registers.budget.models import Line, LineShare, Rule, RuleSet, Tally, YearBasis
from everychild.registers.open_files import OpenFile, offer

MARK = ("source", "retrieved", "verified", "note")
SHARE = ("kind", "evidence", "low", "share", "high")

offer(OpenFile(
    "budget", "lines",
    ("code", "country", "year", "level", "region", "programme", "cofog", "title_kk", "title_ru", "title_en",
     "unreviewed", "planned", "revised", "executed", "transfer", "article", "programme_area", "body__code", *MARK),
    lambda: Line.objects.select_related("body").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "budget", "rule_sets",
    ("code", "country", "name_kk", "name_ru", "name_en", "meaning_kk", "meaning_ru", "meaning_en", "unreviewed",
     "public_goods", "official", "act", *MARK),
    lambda: RuleSet.objects.order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "budget", "rules",
    ("rule_set__code", "code", *SHARE, "cofog", "programme", "level", "region", "first_year", "last_year", "reason_kk",
     "reason_ru", "reason_en", "unreviewed", "article", "programme_area", *MARK),
    lambda: Rule.objects.select_related("rule_set").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "budget", "line_shares", ("line__code", "rule_set__code", *SHARE, "reason", *MARK),
    lambda: LineShare.objects.select_related("line", "rule_set").order_by("line__code", "rule_set__code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "budget", "year_bases", ("area", "year", "children", "deflator", "deflator_name", *MARK),
    lambda: YearBasis.objects.order_by("area", "year").iterator(),
))  # fmt: skip
offer(OpenFile(
    "budget", "tallies",
    ("rule_set__code", "year", "edition", "region", "dimension", "value", "stage", "lines", "amount", "low", "child",
     "high", "weak", "unclassified_lines", "unclassified", "not_told", "transfers", "refunds"),
    lambda: Tally.objects.select_related("rule_set").order_by("pk").iterator(),
))  # fmt: skip
