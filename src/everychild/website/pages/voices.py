"""What children and young people said when they were asked, who was missing, and what came of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everychild.registers.voices import queries
from everychild.registers.voices.models import Comment, Poll, Question
from everychild.registers.voices.queries import GroupShare, Result, Weighting
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.language import Language, LocalText, format_number
from everychild.website.display import with_unit
from everychild.website.paging import page, word
from everychild.website.texts import say


@dataclass(frozen=True)
class AnswerRow:
    """An answer: weighted where that was possible, and as counted."""

    label: LocalText
    weighted: str
    counted: str
    people: str
    bar: int


@dataclass(frozen=True)
class QuestionCard:
    """A question with its answers."""

    question: Question
    answered: str
    rows: list[AnswerRow]


@dataclass(frozen=True)
class Taken:
    """Who took part against who lives here."""

    name: str
    people: str
    percent: str
    population: str


def voices(request: HttpRequest, language: Language) -> HttpResponse:
    chosen = page(request, queries.polls(settings.COUNTRY))
    rows = [(poll, word("poll", poll.kind, language), _whole(poll.took_part, language)) for poll in chosen.rows]
    return render(request, "everychild/voices.html", {"page": "voices", "list": chosen, "rows": rows})


def voice(request: HttpRequest, language: Language, code: str) -> HttpResponse:
    poll = queries.poll(code)
    if poll is None:
        raise Http404(code)
    weights = queries.weighting(poll)
    groups = queries.who_took_part(poll)
    people = sum(group.people for group in poll.respondents.all())
    return render(
        request,
        "everychild/voice.html",
        {
            "page": "voices", "poll": poll, "kind": word("poll", poll.kind, language),
            "took_part": _whole(people, language), "asked": _whole(poll.asked, language),
            "response": _percent(100 * people / poll.asked if poll.asked else None, language),
            "honest": _honest(poll, weights, language),
            "questions": [_question(asked.question, asked.results, language)
                          for asked in queries.results(poll, weights)],
            "groups": [_by_dimension(name, groups, language) for name in queries.DIMENSIONS],
            "comments": [(comment, _who(comment, language)) for comment in queries.comments(poll)],
            "declined": queries.comments_declined(poll),
            "outcomes": queries.outcomes(poll),
        },
    )  # fmt: skip


def _honest(poll: Poll, weights: Weighting, language: Language) -> list[str]:
    """What the numbers can and cannot tell, said before them."""
    said = [say(f"word.poll_note.{poll.kind}", language)]
    if weights.raked is not None:
        names = ", ".join(say(f"word.group.{name}", language) for name in weights.dimensions)
        said.append(say("voices.weighted", language, groups=names))
        smallest, largest = (format_number(weight, language, 2) for weight in (weights.smallest, weights.largest))
        said.append(say("voices.deff", language, deff=format_number(weights.design_effect, language, 2),
                        effective=format_number(weights.effective, language, 0), smallest=smallest,
                        largest=largest))  # fmt: skip
        if not weights.raked.converged:
            said.append(say("voices.not_converged", language))
    elif weights.refused:
        said.append(say("voices.cannot_weight", language, group=weights.refused))
    else:
        said.append(say("voices.not_weighted", language))
    return said


def _question(question: Question, results: tuple[Result, ...], language: Language) -> QuestionCard:
    rows = [
        AnswerRow(
            result.choice.label, _percent(result.weighted, language), _percent(result.percent, language),
            _whole(result.people, language),
            round(result.weighted if result.weighted is not None and math.isfinite(result.weighted)
                  else result.percent or 0),
        )
        for result in results
    ]  # fmt: skip
    return QuestionCard(question, _whole(results[0].of if results else 0, language), rows)


def _by_dimension(dimension: str, groups: list[GroupShare], language: Language) -> tuple[str, list[Taken]]:
    rows = [_taken(group, language) for group in groups if group.dimension == dimension]
    return say(f"word.group.{dimension}", language), rows


def _taken(group: GroupShare, language: Language) -> Taken:
    name = group.category
    if group.dimension == "sex":
        name = word("poll_sex", name, language)
    elif group.dimension == "region":
        name = gazetteer()[name].name[language]
    people = say("voices.hidden", language) if group.people is None else _whole(group.people, language)
    return Taken(name, people, _percent(group.percent, language), _percent(group.population_percent, language))


def _who(comment: Comment, language: Language) -> str:
    return say("voices.aged", language, ages=comment.age_group) if comment.age_group else ""


def _whole(value: int | None, language: Language) -> str:
    return "" if value is None else format_number(value, language, 0)


def _percent(value: float | None, language: Language) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return with_unit(format_number(value, language, 1), "percent", language)
