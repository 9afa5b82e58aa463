"""Voices as open files: published polls, answers by one dimension at a time, approved comments, what changed."""

from __future__ import annotations

from everychild.registers.open_files import OpenFile, offer
from everychild.registers.voices import queries
from everychild.registers.voices.models import Comment, Margin, Outcome, Poll

MARK = ("source", "retrieved", "verified", "note")

offer(OpenFile(
    "voices", "polls",
    ("code", "country", "title_kk", "title_ru", "title_en", "kind", "body__code", "asked", "began", "ended", "how_kk",
     "how_ru", "how_en", "missed_kk", "missed_ru", "missed_en", "unreviewed", *MARK),
    lambda: Poll.objects.filter(state="published").select_related("body").order_by("code").iterator(),
))  # fmt: skip
offer(OpenFile(
    "voices", "answers",
    ("poll__code", "question__code", "question__text_kk", "question__text_ru", "question__text_en", "question__several",
     "choice__code", "choice__label_kk", "choice__label_ru", "choice__label_en", "dimension", "category", "people",
     "of", "hidden"),
    queries.open_answers,
))  # fmt: skip
offer(OpenFile(
    "voices", "margins", ("poll__code", "dimension", "category", "population", *MARK),
    lambda: Margin.objects.filter(poll__state="published").select_related("poll").order_by(
        "poll__code", "dimension", "category").iterator(),
))  # fmt: skip
offer(OpenFile(
    "voices", "comments", ("poll__code", "language", "age_group", "text"),
    lambda: Comment.objects.filter(state="approved", poll__state="published").select_related("poll").order_by(
        "poll__code", "pk").iterator(),
))  # fmt: skip
offer(OpenFile(
    "voices", "outcomes",
    ("poll__code", "code", "said_kk", "said_ru", "said_en", "answered_kk", "answered_ru", "answered_en",
     "answered_by__code", "answered_on", "changed_kk", "changed_ru", "changed_en", "changed_on", "evidence",
     "unreviewed", *MARK),
    lambda: Outcome.objects.filter(poll__state="published").select_related("poll", "answered_by").order_by(
        "poll__code", "order", "code").iterator(),
))  # fmt: skip
