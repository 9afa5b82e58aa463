"""Recommendations as open files. Evidence names the body that brought it, never the person."""

from __future__ import annotations

from everychild.registers.open_files import OpenFile, offer
from everychild.registers.recommendations.models import Evidence, FollowUp, Recommendation, Repeat, StatusReport

MARK = ("source", "retrieved", "verified", "note")

offer(OpenFile(
    "recommendations", "recommendations",
    ("code", "country", "mechanism", "document", "paragraph", "adopted", "kind", "parent__code", "text_kk", "text_ru",
     "text_en", "unreviewed", "wording", "theme", "articles", "groups", "sdg_targets", "upr_position", "asked_by",
     "response_kk", "response_ru", "response_en", "responsible__code", "due", "due_set_by", "proofs", "link", *MARK),
    lambda: Recommendation.objects.select_related("parent", "responsible").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "recommendations", "repeats", ("earlier__code", "later__code", "kind", *MARK),
    lambda: Repeat.objects.select_related("earlier", "later").order_by("earlier__code", "later__code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "recommendations", "actions",
    ("code", "recommendation__code", "title_kk", "title_ru", "title_en", "unreviewed", "body__code", "begins", "due",
     "ended", "indicator", "budget_line", *MARK),
    lambda: FollowUp.objects.select_related("recommendation", "body").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "recommendations", "reports",
    ("recommendation__code", "party", "body__code", "status", "on", "reason_kk", "reason_ru", "reason_en", "unreviewed",
     "handed_in", *MARK),
    lambda: StatusReport.objects.select_related("recommendation", "body").order_by(
        "recommendation__code", "on", "pk").iterator(),
))  # fmt: skip
offer(OpenFile(
    "recommendations", "evidence",
    ("recommendation__code", "body__code", "kind", "on", "says_kk", "says_ru", "says_en", "unreviewed", "act__code",
     "budget_line", "amount", "year", "indicator", "value_before", "period_before", "value_after", "period_after",
     "link", *MARK),
    lambda: Evidence.objects.select_related("recommendation", "body", "act").order_by(
        "recommendation__code", "on", "pk").iterator(),
))  # fmt: skip
