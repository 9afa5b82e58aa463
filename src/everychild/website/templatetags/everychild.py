"""What templates may say: texts, addresses, dates and numbers in the page's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from everychild.catalogue.countries import country
from everychild.vocabulary.language import format_date, format_number
from everychild.website import rows
from everychild.website.desk.table_kinds import may_hand_in
from everychild.website.display import Shown, file_name
from everychild.website.display import exact as exact_number
from everychild.website.texts import banner as banner_text
from everychild.website.texts import own_words as own_words_text
from everychild.website.texts import say as say_text
from everychild.website.texts import say_count

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str, **places: object) -> str:
    """`{% say "home.title" %}`: the interface text of that key."""
    return say_text(key, context["language"], **places)


@register.simple_tag(takes_context=True)
def banner(context: dict[str, Any]) -> SafeString | str:
    """The warning of this country's site, if it has one."""
    text = banner_text(context["language"])
    return format_html('<p class="banner" role="note">{}</p>', text) if text else ""


@register.simple_tag
def has_claims() -> bool:
    """Whether this country's pack holds claims to audit."""
    return bool(country(settings.COUNTRY).seed_claims)


@register.simple_tag(takes_context=True)
def may_hand_in_tables(context: dict[str, Any]) -> bool:
    """Whether the menu of the desk leads to the tables of the registers."""
    return may_hand_in(context["account"])


@register.simple_tag(takes_context=True)
def say_many(context: dict[str, Any], key: str, count: int, **places: object) -> str:
    """`{% say_many "unit.indicators" 5 %}`: the text whose word form fits the number."""
    return say_count(key, count, context["language"], **places)


@register.simple_tag(takes_context=True)
def chain_link(context: dict[str, Any], link: Any, article: str) -> SafeString:
    """A cell of the rights grid: how well one link of the chain is borne out, leading to the graph of the right."""
    if not link.marks:
        nothing = '<td><span class="waiting" title="{}"></span><span class="quiet-words">{}</span></td>'
        return format_html(nothing, link.reason, link.word)
    where = rows.address("graph", context["language"], kind="article", code=article)
    return format_html(
        '<td><a class="dots" href="{}" title="{}: {}">{}<span class="quiet-words">{}: {}</span></a></td>',
        where, link.word, link.reason, "●" * link.marks + "○" * (3 - link.marks), link.word, link.reason,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def say_kind(context: dict[str, Any], kind: str) -> str:
    """What a kind of node of the graph is called."""
    return say_text(f"node.{kind}", context["language"])


@register.simple_tag(takes_context=True)
def say_state(context: dict[str, Any], state: str) -> str:
    """The state of a submission."""
    return say_text(f"submission.{state}", context["language"])


@register.simple_tag(takes_context=True)
def say_step(context: dict[str, Any], step: str) -> str:
    """What a button of a submission does."""
    return say_text(f"step.{step}", context["language"])


@register.simple_tag(takes_context=True)
def say_role(context: dict[str, Any], role: str) -> str:
    return say_text(f"role.{role}", context["language"])


@register.simple_tag(takes_context=True)
def say_strength(context: dict[str, Any], strength: str) -> str:
    """How well an edge of the graph is borne out."""
    return say_text(f"strength.{strength}", context["language"])


@register.simple_tag(takes_context=True)
def to(context: dict[str, Any], page: str, **named: str) -> str:
    """`{% to "indicator" code="u5mr" %}`: the address of a page in the language of this page."""
    return rows.address(page, context["language"], **named)


@register.simple_tag(takes_context=True)
def of(context: dict[str, Any], text: Any) -> str:
    """A LocalText in the page's language."""
    return str(text[context["language"]]) if text else ""


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], when: date | datetime | str) -> str:
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return format_date(moment if not isinstance(moment, datetime) else moment.date(), context["language"])


@register.simple_tag(takes_context=True)
def count(context: dict[str, Any], value: int) -> str:
    return format_number(value, context["language"], 0)


@register.simple_tag(takes_context=True)
def exact(context: dict[str, Any], value: float | None) -> SafeString | str:
    """A number with all its digits, for people as the language writes it and for programs as JSON does."""
    if value is None:
        return "—"
    return format_html('<data value="{}">{}</data>', repr(value), exact_number(value, context["language"]))


@register.simple_tag(takes_context=True)
def own_words(context: dict[str, Any], text: str, lang: str = "") -> SafeString | str:
    """A remark of the project in the page's language; words of others as they are, marked as of the language `lang`."""
    words = own_words_text(text, context["language"])
    return format_html('<span lang="{}">{}</span>', lang, text) if lang and text and words == text else words


@register.simple_tag(takes_context=True)
def file_of(context: dict[str, Any], file: str) -> SafeString | str:
    """Where a figure stands: the name of a file as code, or in words what was computed."""
    words = file_name(file, context["language"])
    return words if words != file else format_html("<code>{}</code>", file)


@register.simple_tag(takes_context=True)
def translation_mark(context: dict[str, Any], text: Any) -> SafeString | str:
    """A small sign after a text that no native speaker has read yet."""
    language = context["language"]
    if not text or text.is_reviewed(language):
        return ""
    return format_html(
        '<a class="unread" href="{}#languages" title="{}"><span aria-hidden="true">✎</span>'
        '<span class="quiet-words">{}</span></a>',
        rows.address("about", language),
        say_text("mark.unreviewed.title", language),
        say_text("mark.unreviewed", language),
    )


@register.simple_tag
def figure(shown: Shown, unit: bool = False, marks: bool = True) -> SafeString:
    """A number that leads to its own page, with its marks."""
    return mark_safe(rows.figure(shown, unit=unit, marks=marks))  # noqa: S308 - escaped where it is written


@register.simple_tag(takes_context=True)
def trend_since(context: dict[str, Any], code: str, first: Shown | None) -> SafeString:
    """`{% trend_since "better" first %}`: getting better since 2010 (then 13.1)."""
    return mark_safe(rows.trend_since(code, first, context["language"]))  # noqa: S308 - escaped where it is written


@register.simple_tag(takes_context=True)
def listed(context: dict[str, Any], item: Any) -> SafeString:
    """An indicator of a list with its latest figure."""
    row = rows.indicator_row(item.indicator, item.shown, item.trend, context["language"])
    return mark_safe(row)  # noqa: S308 - escaped where it is written


@register.simple_tag(takes_context=True)
def place_row(context: dict[str, Any], row: Any) -> SafeString:
    return mark_safe(rows.place_row(row, context["language"]))  # noqa: S308 - escaped where it is written


@register.simple_tag(takes_context=True)
def behind_row(context: dict[str, Any], row: Any) -> SafeString:
    return mark_safe(rows.behind_row(row, context["language"]))  # noqa: S308 - escaped where it is written


@register.filter
def reviewed(text: Any, language: str) -> bool:
    """Whether a native speaker of that language has read the text."""
    return bool(text.is_reviewed(language))
