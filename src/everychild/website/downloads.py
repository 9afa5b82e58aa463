"""Downloads: figures as CSV, XLSX and Parquet, pictures as SVG and PNG, ledgers as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl
import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from everychild.registers.open_files import OPEN_FILES, lines
from everychild.vocabulary.computations import computation_columns
from everychild.vocabulary.errors import EverychildError
from everychild.vocabulary.findings import findings_of
from everychild.vocabulary.language import Language
from everychild.website.charts import png, standalone
from everychild.website.observatory import Observatory, observatory
from everychild.website.pictures import pictures_of

XLSX_ROWS = 100_000
"""Longest table offered as a workbook: Excel ends at 1,048,576 rows, and writing so many takes minutes."""
_BATCH = 50_000
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "png": "image/png",
}
PNG_WIDTH = 1440


def of_indicator(request: HttpRequest, language: Language, code: str, kind: str) -> HttpResponseBase:
    site = observatory()
    if code not in site.catalogue.indicators:
        raise Http404(code)
    return _table(_with_computations(site.figures.indicator(code)), code, kind, site)


def of_register(request: HttpRequest, register: str, table: str) -> HttpResponseBase:
    """A table of a register as an open CSV, line by line; headers are column names, the same in all languages."""
    offered = OPEN_FILES.get((register, table))
    if offered is None:
        raise Http404(table)
    response = StreamingHttpResponse((line.encode() for line in lines(offered)), content_type=_TYPES["csv"])
    response["Content-Disposition"] = content_disposition_header(True, f"{register}-{table}.csv") or ""
    return response


def of_release(request: HttpRequest, language: Language, release: str, part: str, kind: str) -> HttpResponseBase:
    site = observatory()
    try:
        frame = site.public.observations(release) if part == "figures" else site.public.ledger(release)
    except EverychildError as problem:
        raise Http404(release) from problem
    frame = _with_words(frame, language) if part == "ledger" else _with_computations(frame)
    if kind == "xlsx" and frame.height > XLSX_ROWS:
        raise Http404(release)
    # A file outlives the page it was taken from: its name says that its figures were withdrawn.
    state = "" if site.withdrawn_reason(release) is None else "-withdrawn"
    name = f"{release}{state}" if part == "figures" else f"{release}{state}-ledger"
    return _table(frame, name, kind, site)


def chart(request: HttpRequest, language: Language, code: str, chart: str, kind: str) -> HttpResponse:
    site = observatory()
    if code not in site.catalogue.indicators:
        raise Http404(code)
    picture = next((p for p in pictures_of(site, code, language, only=chart) if p.name == chart), None)
    if picture is None:
        raise Http404(chart)
    svg = standalone(picture.rendered, f"{picture.source} · everychild")
    content = svg.encode() if kind == "svg" else png(svg, PNG_WIDTH)
    return _named(HttpResponse(content, content_type=_TYPES[kind]), f"{code}-{chart}-{language}.{kind}")


def _with_computations(figures: pl.DataFrame) -> pl.DataFrame:
    """The codes of notes as columns of their own at the end, where any figure has such a note."""
    found = figures.select(computation_columns())
    return figures if found["recipe"].null_count() == found.height else figures.hstack(found)


def _with_words(ledger: pl.DataFrame, language: Language) -> pl.DataFrame:
    found = findings_of(ledger)
    return ledger.with_columns(
        pl.Series("message", [finding.message(language) for finding in found], dtype=pl.String),
        pl.Series("suggestion", [finding.suggestion(language) for finding in found], dtype=pl.String),
    )


def _table(frame: pl.DataFrame, name: str, kind: str, site: Observatory) -> HttpResponseBase:
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(_csv(frame), content_type=_TYPES["csv"])
    elif kind == "parquet":
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        response = HttpResponse(buffer.getvalue(), content_type=_TYPES["parquet"])
    else:
        response = HttpResponse(_workbook(frame, name, site), content_type=_TYPES["xlsx"])
    return _named(response, f"{name}.{kind}")


def _csv(frame: pl.DataFrame) -> Iterator[bytes]:
    for start in range(0, max(frame.height, 1), _BATCH):
        yield frame.slice(start, _BATCH).write_csv(include_header=start == 0).encode()


def _workbook(frame: pl.DataFrame, name: str, site: Observatory) -> bytes:
    buffer = io.BytesIO()
    # A note that begins with = stays a note: cells of a producer must never become formulas.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("figures")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, frame.columns, bold)
        for at, row in enumerate(frame.iter_rows(), start=1):
            sheet.write_row(at, 0, row)
        _sources_sheet(book.add_worksheet("sources"), frame, site, bold)
        book.set_properties({"title": name, "comments": "everychild"})
    return buffer.getvalue()


def _sources_sheet(sheet: object, frame: pl.DataFrame, site: Observatory, bold: object) -> None:
    columns = ("code", "organisation", "publication", "year", "url", "licence")
    sheet.write_row(0, 0, columns, bold)  # type: ignore[attr-defined]
    codes = frame["source"].unique().sort().to_list() if "source" in frame.columns else []
    known = [site.country.sources[code] for code in codes if code in site.country.sources]
    for at, source in enumerate(known, start=1):
        sheet.write_row(at, 0, [str(getattr(source, column)) for column in columns])  # type: ignore[attr-defined]


def _named(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response
