"""Addresses. Everything a reader may cite also works without the language part and leads to the reader's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path, register_converter

from everychild.website import downloads
from everychild.website.desk import account, calendar, door, figures, people, records, submissions, tables, trail
from everychild.website.desk.forms import view as form_view
from everychild.website.languages import LanguageConverter, redirect_to_language
from everychild.website.pages import (
    about,
    budget,
    care,
    data,
    figure,
    graph,
    home,
    indicator,
    indicators,
    laws,
    left_behind,
    my,
    places,
    programmes,
    recommendations,
    rights,
    voices,
)
from everychild.website.pages import seed_audit as seed

register_converter(LanguageConverter, "language")

PAGES = [
    path("", home.home, name="home"),
    path("rights", rights.rights, name="rights"),
    path("rights/<str:number>", rights.right, name="right"),
    path("indicators", indicators.indicators, name="indicators"),
    path("indicators/<str:code>", indicator.indicator, name="indicator"),
    re_path(r"^indicators/(?P<code>[^/]+)/figures\.(?P<kind>csv|xlsx|parquet)$", downloads.of_indicator,
            name="indicator-download"),
    re_path(r"^indicators/(?P<code>[^/]+)/(?P<chart>[a-z_-]+)\.(?P<kind>svg|png)$", downloads.chart, name="chart"),
    path("laws", laws.laws, name="laws"),
    path("laws/<str:code>", laws.law, name="law"),
    path("recommendations", recommendations.recommendations, name="recommendations"),
    path("recommendations/<str:code>", recommendations.recommendation, name="recommendation"),
    path("programmes", programmes.programmes, name="programmes"),
    path("programmes/<str:code>", programmes.programme, name="programme"),
    path("budget", budget.budget, name="budget"),
    path("budget/lines.xlsx", budget.template_file, name="budget-template"),
    path("care", care.care, name="care"),
    path("voices", voices.voices, name="voices"),
    path("voices/<str:code>", voices.voice, name="voice"),
    path("graph/<str:kind>/<path:code>", graph.graph, name="graph"),
    path("places", places.places, name="places"),
    path("places/<str:code>", places.place, name="place"),
    path("my", my.my, name="my"),
    path("left-behind", left_behind.left_behind, name="left-behind"),
    path("data", data.data, name="data"),
    path("data/compare", data.compare, name="compare"),
    path("data/releases/<str:release>", data.release, name="release"),
    re_path(r"^data/releases/(?P<release>[^/]+)/(?P<part>figures|ledger)\.(?P<kind>csv|xlsx|parquet)$",
            downloads.of_release, name="release-download"),
    path("figures/<str:release>/<path:key>", figure.figure, name="figure"),
    path("seed-audit", seed.seed_audit, name="seed-audit"),
    path("about", about.about, name="about"),
]  # fmt: skip


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


DESK = [
    path("", submissions.desk, name="desk"),
    path("sign-in", door.sign_in, name="desk-sign-in"),
    path("sign-out", door.sign_out, name="desk-sign-out"),
    path("calendar", calendar.calendar, name="desk-calendar"),
    path("account", account.account, name="desk-account"),
    path("account/codes", account.codes, name="desk-codes"),
    path("people", people.people, name="desk-people"),
    path("people/<int:number>", people.person, name="desk-person"),
    path("people/bodies/<str:code>", people.amend, name="desk-amend-body"),
    path("trail", trail.trail, name="desk-trail"),
    path("trail.csv", trail.download, name="desk-trail-csv"),
    path("trail/<int:number>", trail.event, name="desk-event"),
    path("trail/<int:number>/back", trail.turn_back, name="desk-turn-back"),
    path("trail/of/<str:kind>/<path:key>", trail.history, name="desk-history"),
    path("registers", records.registers, name="desk-registers"),
    path("registers/do/<str:action>", form_view.do, name="desk-do"),
    path("registers/do/<str:action>/<int:number>", form_view.do, name="desk-do"),
    path("registers/<str:name>", records.register, name="desk-register"),
    path("registers/<str:kind>/<path:code>", records.record, name="desk-record"),
    path("tables", tables.tables, name="desk-tables"),
    path("tables/<str:register>/<str:table>", tables.table, name="desk-table"),
    path("tables/<str:register>/<str:table>/template.xlsx", tables.template_file, name="desk-table-template"),
    path("tables/<str:register>/<str:table>/<str:token>", tables.look, name="desk-look"),
    path("submissions/new", submissions.new, name="desk-new"),
    path("submissions/template.xlsx", figures.template_file, name="desk-template"),
    path("submissions/form", figures.form, name="desk-form"),
    path("submissions/<int:number>/file", submissions.replace, name="desk-replace"),
    path("submissions/<int:number>", submissions.submission, name="desk-submission"),
    path("submissions/<int:number>/embargo", submissions.embargo, name="desk-embargo"),
    path("submissions/<int:number>/expectation", submissions.expectation, name="desk-expectation"),
    path("submissions/<int:number>/<str:name>", submissions.step, name="desk-step"),
]

urlpatterns = [
    path("health", health),
    path("desk/", include(DESK)),
    re_path(r"^open/(?P<register>[a-z_]+)/(?P<table>[a-z_]+)\.csv$", downloads.of_register, name="open-file"),
    path("<language:language>/", include(PAGES)),
    path("<path:rest>", redirect_to_language),
    path("", redirect_to_language),
]
handler404 = "everychild.website.pages.errors.not_found"
handler500 = "everychild.website.pages.errors.failed"
