"""Rows of the long lists, written in Python.

A region's page may hold four hundred rows of ten template tags; Django's engine takes about 0.25 ms for each row, this
a tenth of it (`make bench`). Every text that comes from data passes `escape`.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from django.urls import reverse

from everychild.vocabulary.language import Language
from everychild.website.display import Shown
from everychild.website.texts import say

if TYPE_CHECKING:
    from everychild.catalogue.indicators import Indicator
    from everychild.website.pages.left_behind import Behind
    from everychild.website.pages.places import Local


@lru_cache(maxsize=8192)
def address(page: str, language: Language, **named: str) -> str:
    """The address of a page in a language."""
    return reverse(page, kwargs={"language": language, **named})


def figure(shown: Shown, *, unit: bool = False, marks: bool = True) -> str:
    """A number that leads to its own page, with its marks (left out where the figure beside it carries them)."""
    text = escape(shown.with_unit if unit else shown.text)
    link = f'<a class="fig state-{shown.state}" href="{escape(shown.href)}">{text}</a>'
    return link + (_marks(shown) if marks and shown.marks else "")


def _marks(shown: Shown) -> str:
    spans = (
        f'<span class="mark mark-{mark.code}" title="{escape(mark.title)}">{escape(mark.label)}</span>'
        for mark in shown.marks
    )
    return f'<span class="marks">{"".join(spans)}</span>'


def when_and_whom(shown: Shown) -> str:
    """Period and source of a figure, and of which children alone it speaks where that is not all of them."""
    return " · ".join(escape(part) for part in (shown.period, shown.groups, shown.source) if part)


def indicator_link(indicator: Indicator, language: Language) -> str:
    link = address("indicator", language, code=indicator.code)
    return f'<a href="{link}">{escape(indicator.name[language])}</a>'


def trend(code: str, language: Language, words: str = "trend") -> str:
    """A trend or a standing as a coloured word with its own sign."""
    return f'<span class="trend trend-{code}">{escape(say(f"{words}.{code}", language))}</span>'


def trend_since(code: str, first: Shown | None, language: Language) -> str:
    """The trend of a run in words, since when, and from which figure; the word alone for a single figure.

    The order of the parts is the language's own, so they are put into its sentence as they are, after escaping it.
    """
    if first is None:
        return trend(code, language)
    sentence = escape(say("indicator.since", language, trend="{trend}", period=first.period, figure="{figure}"))
    return sentence.format(trend=trend(code, language), figure=figure(first, marks=False))


def indicator_row(indicator: Indicator, shown: Shown | None, trend_code: str, language: Language) -> str:
    """An indicator with its latest national figure and trend, or with the word that there is none."""
    if shown is None:
        return (
            f'<li>{indicator_link(indicator, language)}<span class="soft">'
            f"{escape(say('indicators.no_figure', language))}</span></li>"
        )
    return (
        f'<li>{indicator_link(indicator, language)}<span class="value">{figure(shown, unit=True)}</span>'
        f'<span class="soft small">{trend(trend_code, language)} {when_and_whom(shown)}</span></li>'
    )


def place_row(row: Local, language: Language) -> str:
    """An indicator in one region, beside the country and with its rank."""
    national = (
        figure(row.national, marks=False) + _other_period(row.national, row.here)
        if row.national
        else f'<span class="soft">{escape(say("place.no_national", language))}</span>'
    )
    rank = f'<br><span class="soft small">{escape(rank_words(row, language))}</span>' if row.rank else ""
    here = row.here
    return (
        f'<tr><th scope="row">{indicator_link(row.indicator, language)}<br><span class="soft small">'
        f"{escape(here.unit)} · {when_and_whom(here)}</span></th>"
        f'<td class="num">{figure(here)}</td><td class="num">{national}</td>'
        f"<td>{trend(row.standing, language, 'standing')}{rank}</td></tr>"
    )


def _other_period(national: Shown, here: Shown) -> str:
    """The period of a national figure that stands beside one of another time; it is shown, not compared with."""
    return f'<br><span class="soft small">{escape(national.period)}</span>' if national.period != here.period else ""


def rank_words(row: Local, language: Language) -> str:
    """The place of a region in the queue, who shares it, and how many regions of today stand in no queue."""
    key = "place.rank.tied" if row.tied > 1 else "place.rank"
    words = say(key, language, rank=row.rank, of=row.ranked, tied=row.tied)
    if not row.unranked:
        return words
    return f"{words}; {say('place.unranked', language, count=row.unranked, all=row.regions)}"


def behind_row(row: Behind, language: Language) -> str:
    """The worst-off group of an indicator, beside the country and the best-off group, with the gap as a bar."""
    country = ""
    if row.reference:
        country = f" · {escape(say('behind.country', language))}: {figure(row.reference, marks=False)}"
    words = escape(say("behind.chance", language))
    chance = f' <span class="mark mark-flag-suspect">{words}</span>' if row.chance else ""
    return (
        f'<li>{indicator_link(row.indicator, language)}<span class="value">{figure(row.worst, unit=True)}</span>'
        f'<span class="soft"><strong>{escape(row.group)}</strong> · {escape(row.worst.period)} · '
        f"{escape(row.worst.source)}{country} · {escape(say('behind.best', language))}: "
        f"{figure(row.best, marks=False)} ({escape(row.best_name)}){chance}</span>"
        '<svg class="behind-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="4"/>'
        f'<rect class="filled" width="{row.bar}" height="4"/></svg></li>'
    )
