"""Programmes as open files."""

from __future__ import annotations

from everychild.registers.open_files import OpenFile, offer
from everychild.registers.programmes.models import IndicatorUse, Partner, Partnership, Pilot, Programme, Result, Step

MARK = ("source", "retrieved", "verified", "note")
TITLE = ("title_kk", "title_ru", "title_en", "unreviewed")

offer(OpenFile(
    "programmes", "programmes",
    ("code", "country", "kind", *TITLE, "parent__code", "begins", "ends", "programme_areas", "fields_named", "articles",
     "places", "partners_named", "detail", "responsible__code", "link", *MARK),
    lambda: Programme.objects.select_related("parent", "responsible").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "programmes", "partners", ("code", "kind", "name_kk", "name_ru", "name_en", "unreviewed", "body__code", *MARK),
    lambda: Partner.objects.select_related("body").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "programmes", "partnerships",
    ("programme__code", "partner__code", "role", "answers_for_kk", "answers_for_ru", "answers_for_en", "unreviewed",
     *MARK),
    lambda: Partnership.objects.select_related("programme", "partner").order_by(
        "programme__code", "partner__code", "role").iterator(),
))  # fmt: skip
offer(OpenFile(
    "programmes", "results",
    ("code", "programme__code", "parent__code", "level", *TITLE, "programme_area", "partner__code", *MARK),
    lambda: Result.objects.select_related("programme", "parent", "partner").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "programmes", "uses",
    ("result__code", "indicator", "area", "group", "baseline", "baseline_period", "target", "target_period", *MARK),
    lambda: IndicatorUse.objects.select_related("result").order_by("result__code", "indicator", "pk").iterator(),
))  # fmt: skip
offer(OpenFile(
    "programmes", "pilots", ("code", "programme__code", *TITLE, "scope", "places", "result__code", *MARK),
    lambda: Pilot.objects.select_related("programme", "result").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "programmes", "steps",
    ("pilot__code", "stage", "on", "evidence_kind", "evidence_kk", "evidence_ru", "evidence_en", "unreviewed",
     "act__code", "link", *MARK),
    lambda: Step.objects.select_related("pilot", "act").order_by("pilot__code", "on", "pk").iterator(),
))  # fmt: skip
