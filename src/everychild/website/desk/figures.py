"""A few figures typed into a form: checked as the file that they make, each finding beside its cell."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from everychild.catalogue.catalogue import catalogue
from everychild.catalogue.indicators import Indicator
from everychild.registers.columns import CellRefused, Column
from everychild.registers.refusals import Refused
from everychild.registers.submissions import actions
from everychild.registers.submissions.files import CheckedFile
from everychild.vocabulary.code_lists import code_list
from everychild.vocabulary.findings import Finding
from everychild.vocabulary.language import LANGUAGES, Language, sort_key
from everychild.vocabulary.observations import TOTAL
from everychild.vocabulary.periods import is_period
from everychild.website.desk.door import language_of, page, staff
from everychild.website.desk.submissions import bodies_of, checked
from everychild.website.desk.template import XLSX, codes_of, template
from everychild.website.paging import asked
from everychild.website.texts import say

FIELDS: Final = ("area", "period", "value", "sex", "age", "lower", "upper", "n", "note")
COMMON: Final = ("source", "interval")
"""Columns that are the same for all rows of the form."""
_NUMBERS: Final = {"value": Column("value", "number"), "lower": Column("lower", "number"),
                   "upper": Column("upper", "number"), "n": Column("n", "whole")}  # fmt: skip
STEP: Final = 5
MOST: Final = 60
"""Rows of the form; whoever has more sends a file."""
FOUND: Final = 40
_LONGEST: Final = 300


@staff
@require_GET
def template_file(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in, in the account's language; filled for an indicator and a period when they are named."""
    language, indicator, period = language_of(request), asked(request, "indicator"), asked(request, "period")
    if indicator and indicator not in catalogue().indicators:
        raise Http404(indicator)
    content = template(language, indicator, period if is_period(period) else "")
    response = HttpResponse(content, content_type=XLSX)
    name = f"{indicator or 'figures'}-{language}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@staff
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """Choose an indicator; type, look, add rows, keep. Nothing is stored before the draft."""
    if not bodies_of(request):
        return page(request, "figures_form.html", {"bodies": []}, 403)
    code = (request.POST if request.method == "POST" else request.GET).get("indicator", "")
    indicator = catalogue().indicators.get(code)
    if code and indicator is None:
        raise Http404(code)
    if indicator is None:
        return _choosing(request)
    typed = _typed(request)
    if request.method == "GET":
        return _form_page(request, indicator, typed)
    if "more" in request.POST:
        return _form_page(request, indicator, typed.longer())
    return _looked_at(request, indicator, typed)


@dataclass(frozen=True)
class Typed:
    """What stands in the form: the common columns and the rows, cells by column."""

    common: dict[str, str]
    rows: list[dict[str, str]]

    @property
    def filled(self) -> list[int]:
        """Rows in which something is typed; a place alone is nothing yet."""
        return [n for n, row in enumerate(self.rows) if any(row[name] for name in FIELDS if name != "area")]

    def longer(self) -> Typed:
        empty = [dict.fromkeys(FIELDS, "") for _ in range(min(STEP, MOST - len(self.rows)))]
        return Typed(self.common, self.rows + empty)

    def as_csv(self, indicator: str) -> bytes:
        """The tidy table of the rows in which something is typed."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("indicator", *FIELDS, *COMMON))
        for number in self.filled:
            row = self.rows[number]
            writer.writerow((indicator, *(_as_read(name, row[name]) for name in FIELDS), *self._common(row)))
        return out.getvalue().encode()

    def _common(self, row: dict[str, str]) -> tuple[str, str]:
        return self.common["source"], self.common["interval"] if row["lower"] or row["upper"] else ""


def _as_read(name: str, text: str) -> str:
    """Numbers as the reader of tables wants them, `1 234,5` → `1234.5`; what is none stays, and the check names it."""
    if name not in _NUMBERS:
        return text
    try:
        value = _NUMBERS[name].parse(text)
    except CellRefused:
        return text
    return "" if value is None else str(value)


@dataclass
class Marked:
    """Findings in words: by (row of the form, column), by common column, and of the whole."""

    cells: dict[tuple[int, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    common: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    whole: list[str] = field(default_factory=list)


def _marked(findings: tuple[Finding, ...], typed: Typed, language: Language) -> Marked:
    marked, filled = Marked(), typed.filled
    for finding in findings:
        words = f"{finding.message(language)}. {finding.suggestion(language)}."
        if finding.column in COMMON:
            _once(marked.common[finding.column], words)
        elif finding.row is not None and finding.column in FIELDS and 0 <= finding.row - 2 < len(filled):
            marked.cells[filled[finding.row - 2], finding.column].append(words)
        elif finding.rule != "no_figures":  # says only that every row has a finding of its own
            _once(marked.whole, words)
    return marked


def _once(words: list[str], one: str) -> None:
    if one not in words:
        words.append(one)


def _typed(request: HttpRequest) -> Typed:
    given = request.POST
    asked_rows = given.get("rows", "")
    count = int(asked_rows) if asked_rows.isascii() and asked_rows.isdecimal() and len(asked_rows) < 4 else STEP
    rows = [
        {name: " ".join(given.get(f"{name}-{number}", "").split())[:_LONGEST] for name in FIELDS}
        for number in range(min(max(count, 1), MOST))
    ]
    return Typed({name: given.get(name, "").strip()[:_LONGEST] for name in COMMON}, rows)


def _looked_at(request: HttpRequest, indicator: Indicator, typed: Typed) -> HttpResponse:
    body = next((b for b in bodies_of(request) if b.code == request.POST.get("body")), None)
    if body is None or not typed.filled:
        marked = Marked(whole=[say("desk.form.empty" if body else "desk.new.no_body", language_of(request))])
        return _form_page(request, indicator, typed, marked, status=400)
    sent = SimpleUploadedFile(f"{indicator.code}.csv", typed.as_csv(indicator.code))
    with checked(sent) as file:
        if "keep" in request.POST and not file.refused:
            try:
                submission = actions.draw_up(by=request.user, body=body, title=_title(indicator, typed), file=file)
            except Refused as refused:
                return _form_page(request, indicator, typed, _marked(refused.findings, typed, language_of(request)),
                                  status=409)  # fmt: skip
            return redirect("desk-submission", number=submission.pk)
        marked = _marked(file.findings, typed, language_of(request))
        return _form_page(request, indicator, typed, marked, file, 422 if file.refused else 200)


def _title(indicator: Indicator, typed: Typed) -> dict[str, str]:
    """`Under-five mortality rate, 2021–2023`: what a list of submissions needs, without asking for it."""
    periods = sorted({typed.rows[number]["period"] for number in typed.filled})
    span = periods[0] if len(periods) == 1 else f"{periods[0]}–{periods[-1]}"
    return {language: f"{indicator.name[language]}, {span}" for language in LANGUAGES}


def _choosing(request: HttpRequest) -> HttpResponse:
    language, query = language_of(request), asked(request, "q")
    key = sort_key(language)
    found = sorted(
        (i for i in catalogue().indicators.values() if _matches(i, query)), key=lambda i: key(i.name[language])
    )
    told = {"bodies": bodies_of(request), "query": query, "found": found[:FOUND], "count": len(found), "shown": FOUND,
            "units": code_list("unit")}  # fmt: skip
    return page(request, "figures_form.html", told)


def _matches(indicator: Indicator, query: str) -> bool:
    name = indicator.name
    text = " ".join((name.en, name.ru, name.kk, indicator.code, indicator.sdg_code)).casefold()
    return all(word in text for word in query.casefold().split())


def _form_page(
    request: HttpRequest, indicator: Indicator, typed: Typed, marked: Marked | None = None,
    file: CheckedFile | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    language = language_of(request)
    marks, codes = marked or Marked(), codes_of(language)
    told: dict[str, Any] = {
        "indicator": indicator, "unit": code_list("unit").label(indicator.unit, language),
        "bodies": bodies_of(request), "body": request.POST.get("body", ""), "areas": codes["area"],
        "sexes": codes["sex"], "both": code_list("sex").label(TOTAL, language), "ages": codes["age"],
        "sources": codes["source"], "intervals": codes["interval"],
        "common": typed.common, "rows": [_row(number, row, marks) for number, row in enumerate(typed.rows)],
        "count": len(typed.rows), "more": len(typed.rows) < MOST, "file": file,
        "whole": marks.whole, "source_said": marks.common["source"], "interval_said": marks.common["interval"],
    }  # fmt: skip
    return page(request, "figures_form.html", told, status)


def _row(number: int, row: dict[str, str], marks: Marked) -> dict[str, Any]:
    cells = {name: {"value": row[name], "said": marks.cells.get((number, name), [])} for name in FIELDS}
    said = [(name, cells[name]["said"]) for name in FIELDS if cells[name]["said"]]
    return {"number": number, "shown": number + 1, "said": said, **cells}
