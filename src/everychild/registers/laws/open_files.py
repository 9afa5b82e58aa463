"""The laws as open files. Readings name the body of their coder, never the person."""

from __future__ import annotations

from everychild.registers.laws import queries
from everychild.registers.laws.models import Act, ActVersion, Adjudication, Cell, Obligation, Provision, Succession
from everychild.registers.open_files import OpenFile, offer

MARK = ("source", "retrieved", "verified", "note")

offer(OpenFile(
    "laws", "acts",
    ("code", "country", "title_kk", "title_ru", "title_en", "unreviewed", "kind", "number", "adopted", "status",
     "status_remark", "in_force_since", "ended", "articles", "topic", "link", *MARK),
    lambda: Act.objects.order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "laws", "versions", ("act__code", "in_force_from", "amended_by__code", *MARK),
    lambda: ActVersion.objects.select_related("act", "amended_by").order_by("act__code", "in_force_from").iterator(),
))  # fmt: skip
offer(OpenFile(
    "laws", "successions", ("earlier__code", "later__code", "kind", "on", *MARK),
    lambda: Succession.objects.select_related("earlier", "later").order_by("earlier__code", "later__code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "laws", "provisions",
    ("code", "act__code", "label_kk", "label_ru", "label_en", "text_kk", "text_ru", "text_en", "unreviewed",
     "in_force_from", "in_force_to", *MARK),
    lambda: Provision.objects.select_related("act").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "laws", "obligations",
    ("code", "instrument", "article", "duty_kk", "duty_ru", "duty_en", "criteria_kk", "criteria_ru", "criteria_en",
     "unreviewed", "read_with", *MARK),
    lambda: Obligation.objects.order_by("order", "code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "laws", "cells", ("obligation__code", "provision__code", "country", "round", "state", "outcome", "opened_because"),
    lambda: Cell.objects.select_related("obligation", "provision").order_by("obligation__code", "pk").iterator(),
))  # fmt: skip
offer(OpenFile(
    "laws", "readings",
    ("cell__obligation__code", "cell__provision__code", "round", "body__code", "verdict", "reason", "quotation",
     "handed_in"),
    lambda: queries.published_readings().order_by("cell__obligation__code", "cell_id", "round", "handed_in").iterator(),
))  # fmt: skip
offer(OpenFile(
    "laws", "adjudications", ("cell__obligation__code", "cell__provision__code", "round", "verdict", "reason", "at"),
    lambda: Adjudication.objects.select_related("cell__obligation", "cell__provision").order_by("pk").iterator(),
))  # fmt: skip
