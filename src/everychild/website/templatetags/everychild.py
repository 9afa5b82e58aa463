"""What templates may say: texts, addresses, dates and numbers in the page's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from everychild.vocabulary.language import format_date, format_number
from everychild.website.texts import say as say_text
from everychild.website.texts import say_count

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str, **places: object) -> str:
    """`{% say "home.title" %}`: the interface text of that key."""
    return say_text(key, context["language"], **places)


@register.simple_tag(takes_context=True)
def say_many(context: dict[str, Any], key: str, count: int, **places: object) -> str:
    """`{% say_many "unit.indicators" 5 %}`: the text whose word form fits the number."""
    return say_count(key, count, context["language"], **places)


@register.simple_tag(takes_context=True)
def to(context: dict[str, Any], page: str, *arguments: object, **named: object) -> str:
    """`{% to "indicator" code="u5mr" %}`: the address of a page in the language of this page."""
    return reverse(page, args=(context["language"], *arguments) if not named else None,
                   kwargs={"language": context["language"], **named} if named else None)  # fmt: skip


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
def translation_mark(context: dict[str, Any], text: Any) -> SafeString | str:
    """A small sign after a text that no native speaker has read yet."""
    language = context["language"]
    if not text or text.is_reviewed(language):
        return ""
    return format_html(
        '<a class="unread" href="{}#languages" title="{}"><span aria-hidden="true">✎</span>'
        '<span class="quiet-words">{}</span></a>',
        reverse("about", args=(language,)),
        say_text("mark.unreviewed.title", language),
        say_text("mark.unreviewed", language),
    )


@register.inclusion_tag("everychild/figure_link.html", takes_context=True)
def figure(context: dict[str, Any], shown: Any, unit: bool = False, period: bool = False, marks: bool = True) -> dict[str, Any]:
    """A number that leads to its own page, with its marks (left out where the figure beside it carries them)."""
    return {"shown": shown, "unit": unit, "period": period, "marks": marks, "language": context["language"]}


@register.filter
def reviewed(text: Any, language: str) -> bool:
    """Whether a native speaker of that language has read the text."""
    return bool(text.is_reviewed(language))
