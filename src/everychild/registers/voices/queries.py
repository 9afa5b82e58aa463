"""Reading polls: shares as counted and as weighted, who took part, and groups large enough to be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet, Sum

from everychild.methods.polls.raking import (
    CannotRake,
    Raked,
    design_effect,
    effective_answers,
    rake,
    weighted_share,
)
from everychild.registers.people.models import Body
from everychild.registers.voices.models import (
    DIMENSIONS,
    Answers,
    Choice,
    Comment,
    Margin,
    Outcome,
    Poll,
    Question,
    Respondents,
)

SMALLEST_GROUP: Final = 10
"""People below which a group's answers are not shown."""
Cell = tuple[str, ...]


def polls(country: str) -> QuerySet[Poll]:
    """Published polls, newest first, with the number who took part."""
    found = Poll.objects.filter(country=country, state="published").select_related("body")
    return found.annotate(took_part=Sum("respondents__people"))


def poll(code: str) -> Poll | None:
    return Poll.objects.filter(code=code, state="published").select_related("body").first()


def drafts(bodies: Collection[Body]) -> QuerySet[Poll]:
    """Polls of these bodies that are not published yet."""
    return Poll.objects.filter(body__in=bodies, state="draft").select_related("body")


def draft(code: str) -> Poll | None:
    """A poll that is not published yet."""
    return Poll.objects.filter(code=code, state="draft").select_related("body").first()


def choices_of(chosen: Poll) -> QuerySet[Choice]:
    """All answers that could be chosen, question after question."""
    return Choice.objects.filter(question__poll=chosen).select_related("question").order_by("question", "order", "code")


@dataclass(frozen=True)
class Weighting:
    """How answers were weighted, or why they were not: `refused` names the group, `""` when margins were not given."""

    dimensions: tuple[str, ...]
    raked: Raked | None
    design_effect: float
    effective: float
    smallest: float
    largest: float
    refused: str


def weighting(chosen: Poll) -> Weighting:
    """Rake the people who took part to every margin that is known for all categories."""
    margins: dict[str, dict[str, float]] = {}
    for margin in Margin.objects.filter(poll=chosen):
        margins.setdefault(margin.dimension, {})[margin.category] = float(margin.population)
    used = tuple(name for name in DIMENSIONS if name in margins)
    people = _people(chosen, used)
    if not used or not people:
        return Weighting((), None, float("nan"), float("nan"), float("nan"), float("nan"), "")
    try:
        raked = rake(people, [margins[name] for name in used])
    except CannotRake as refused:
        return Weighting(used, None, float("nan"), float("nan"), float("nan"), float("nan"), refused.category or "∑")
    total = sum(people[cell] * weight for cell, weight in raked.weights.items())
    mean = total / sum(people.values())
    relative = [weight / mean for weight in raked.weights.values()]
    return Weighting(
        used, raked, design_effect(people, raked.weights), effective_answers(people, raked.weights), min(relative),
        max(relative), "",
    )  # fmt: skip


def _people(chosen: Poll, used: tuple[str, ...]) -> dict[Cell, float]:
    found: dict[Cell, float] = {}
    for group in Respondents.objects.filter(poll=chosen):
        cell = tuple(getattr(group, name) for name in used)
        found[cell] = found.get(cell, 0.0) + group.people
    return found


@dataclass(frozen=True)
class Result:
    """An answer: how many chose it, of how many, in percent as counted and (None: not weighted) as weighted."""

    choice: Choice
    people: int
    of: int
    percent: float | None
    weighted: float | None


@dataclass(frozen=True)
class Asked:
    """A question with its results."""

    question: Question
    results: tuple[Result, ...]


def results(chosen: Poll, weights: Weighting) -> list[Asked]:
    """All questions in their order. Answers of a poll that could not be weighted are shown as counted."""
    used = weights.dimensions
    took_part = _people(chosen, used)
    counts: dict[int, dict[Cell, float]] = {}
    for row in Answers.objects.filter(choice__question__poll=chosen):
        cell = tuple(getattr(row, name) for name in used)
        by_cell = counts.setdefault(row.choice_id, {})
        by_cell[cell] = by_cell.get(cell, 0.0) + row.people
    questions = Question.objects.filter(poll=chosen).prefetch_related("choices")
    return [Asked(q, tuple(_results(q, counts, took_part, weights))) for q in questions]


def _results(
    question: Question, counts: Mapping[int, Mapping[Cell, float]], took_part: Mapping[Cell, float], weights: Weighting
) -> Iterator[Result]:
    choices = list(question.choices.all())
    answered: Counter[Cell] = Counter()
    for choice in choices:
        for cell, people in counts.get(choice.pk, {}).items():
            answered[cell] += people  # type: ignore[assignment]
    of = took_part if question.several else answered
    number = round(sum(of.values()))
    for choice in choices:
        chosen = counts.get(choice.pk, {})
        people = round(sum(chosen.values()))
        share = 100 * weighted_share(chosen, of, weights.raked.weights) if weights.raked and number else None
        yield Result(choice, people, number, 100 * people / number if number else None, share)


@dataclass(frozen=True)
class GroupShare:
    """Who took part: people of a category, and its share among them and in the population (None: not known)."""

    dimension: str
    category: str
    people: int | None
    percent: float | None
    population_percent: float | None


def who_took_part(chosen: Poll) -> list[GroupShare]:
    """By each dimension; a group below the smallest is hidden, and says so by `people` None."""
    rows = list(Respondents.objects.filter(poll=chosen))
    margins = list(Margin.objects.filter(poll=chosen))
    total = sum(row.people for row in rows)
    found = []
    for dimension in DIMENSIONS:
        counts: Counter[str] = Counter()
        for row in rows:
            counts[getattr(row, dimension)] += row.people
        known = {m.category: m.population for m in margins if m.dimension == dimension}
        population = sum(known.values())
        hidden = hidden_categories(counts)
        for category in sorted(counts.keys() | known.keys()):
            people = None if category in hidden else counts[category]
            percent = 100 * people / total if people is not None and total else None
            share = 100 * known[category] / population if category in known and population else None
            found.append(GroupShare(dimension, category, people, percent, share))
    return found


def hidden_categories(counts: Mapping[str, int]) -> frozenset[str]:
    """Small groups, and with one alone the next smallest: the total would tell it."""
    small = {category for category, people in counts.items() if 0 < people < SMALLEST_GROUP}
    rest = sorted((people, category) for category, people in counts.items() if people >= SMALLEST_GROUP)
    if len(small) == 1 and rest:
        small.add(rest[0][1])
    return frozenset(small)


@dataclass(frozen=True)
class OpenAnswer:
    """A row of the open file: an answer by one dimension, never by two at once."""

    poll: Poll
    question: Question
    choice: Choice
    dimension: str
    category: str
    people: int | None
    of: int | None

    @property
    def hidden(self) -> bool:
        return self.people is None


def open_answers() -> Iterator[OpenAnswer]:
    """Answers of published polls, as counted, in all and by each dimension; small groups are hidden."""
    for chosen in Poll.objects.filter(state="published").order_by("code"):
        took_part = list(Respondents.objects.filter(poll=chosen))
        answers: dict[int, list[Answers]] = {}
        for row in Answers.objects.filter(choice__question__poll=chosen):
            answers.setdefault(row.choice_id, []).append(row)
        for dimension in ("all", *DIMENSIONS):
            counts: Counter[str] = Counter()
            for group in took_part:
                counts[_category(group, dimension)] += group.people
            hidden = hidden_categories(counts)
            for choice in Choice.objects.filter(question__poll=chosen).select_related("question").order_by("code"):
                given: Counter[str] = Counter()
                for row in answers.get(choice.pk, []):
                    given[_category(row, dimension)] += row.people
                for category in sorted(counts):
                    shown = category not in hidden
                    people, of = (given[category], counts[category]) if shown else (None, None)
                    yield OpenAnswer(chosen, choice.question, choice, dimension, category, people, of)


def _category(group: Respondents | Answers, dimension: str) -> str:
    return "_T" if dimension == "all" else str(getattr(group, dimension))


def comments(chosen: Poll) -> QuerySet[Comment]:
    """What anybody may read."""
    return Comment.objects.filter(poll=chosen, state="approved")


def comments_declined(chosen: Poll) -> int:
    return Comment.objects.filter(poll=chosen, state="declined").count()


def waiting() -> QuerySet[Comment]:
    """For moderators: oldest first."""
    return Comment.objects.filter(state="submitted").select_related("poll", "body").order_by("submitted_at")


def outcomes(chosen: Poll) -> QuerySet[Outcome]:
    return Outcome.objects.filter(poll=chosen).select_related("answered_by")
