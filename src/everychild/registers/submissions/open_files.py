"""Submissions as an open file: what was published, by which body; drafts and people stay inside."""

from __future__ import annotations

from everychild.registers.open_files import OpenFile, offer
from everychild.registers.submissions.models import Submission

offer(OpenFile(
    "submissions", "published",
    ("body__code", "title_kk", "title_ru", "title_en", "sent_name", "sha256", "figures", "warnings", "embargo_until",
     "state_since", "release"),
    lambda: Submission.objects.filter(state="published").select_related("body").order_by("pk").iterator(),
))  # fmt: skip
