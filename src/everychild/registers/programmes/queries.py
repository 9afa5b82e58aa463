"""Reading programmes: lists, one with all that belongs to it, how far each pilot has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from everychild.registers.programmes.models import Partner, Partnership, Pilot, Programme, Step
from everychild.registers.programmes.vocabulary import STAGES, WANTED
from everychild.vocabulary.language import LANGUAGES


def programmes(
    country: str, *, kind: str = "", area: str = "", place: str = "", partner: str = "", words: str = ""
) -> QuerySet[Programme]:
    """Programmes of a country, the last begun first; `area` is a programme area, `partner` the code of a partner."""
    found = Programme.objects.filter(country=country)
    if kind:
        found = found.filter(kind=kind)
    for column, value in (("programme_areas", area), ("places", place)):
        if value:
            framed = Concat(Value(";"), column, Value(";"))
            found = found.annotate(**{f"framed_{column}": framed}).filter(
                **{f"framed_{column}__contains": f";{value};"}
            )
    if partner:
        found = found.filter(pk__in=Partnership.objects.filter(partner__code=partner).values("programme"))
    for word in words.split():
        anywhere = Q(code__iexact=word) | Q(detail__icontains=word)
        for language in LANGUAGES:
            # SQLite folds Latin letters alone, so Cyrillic words are looked for as typed and with a capital, too.
            anywhere |= Q(**{f"title_{language}__icontains": word})
            anywhere |= Q(**{f"title_{language}__contains": word.capitalize()})
        found = found.filter(anywhere)
    return found


def programme(code: str) -> Programme | None:
    """One programme with results, the use of indicators, pilots and partners at hand."""
    wanted = ("results__uses", "results__partner", "pilots", "partnerships__partner", "parts")
    return Programme.objects.filter(code=code).select_related("parent", "responsible").prefetch_related(*wanted).first()


def partners() -> QuerySet[Partner]:
    return Partner.objects.all()


def bears_out(step: Step) -> bool:
    """Whether a step's evidence shows its stage: of a kind that can, read in its source, and an act still in force."""
    if step.verified != "yes" or step.evidence_kind not in WANTED[step.stage]:
        return False
    return step.act is None or step.act.status == "in_force"


@dataclass(frozen=True)
class Stage:
    """One stage of a pilot's way: shown by evidence, claimed, or nothing known of it."""

    stage: str
    state: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Way:
    """All stages of a pilot in their order; `reached` is the last that evidence shows, `claimed` the last anyone names.

    Stages that were skipped stay to be seen: an unevaluated pilot that was scaled up is a finding.
    """

    pilot: Pilot
    stages: tuple[Stage, ...]

    @property
    def reached(self) -> str:
        return next((stage.stage for stage in reversed(self.stages) if stage.state == "shown"), "")

    @property
    def claimed(self) -> str:
        return next((stage.stage for stage in reversed(self.stages) if stage.steps), "")

    @property
    def skipped(self) -> tuple[str, ...]:
        """Stages before the last named one of which nothing is known."""
        if not self.claimed:
            return ()
        before = self.stages[: STAGES.index(self.claimed)]
        return tuple(stage.stage for stage in before if not stage.steps)


def ways(pilots: Sequence[Pilot]) -> Mapping[int, Way]:
    """By primary key of the pilot, in one query."""
    steps: dict[tuple[int, str], list[Step]] = defaultdict(list)
    for step in Step.objects.filter(pilot__in=[pilot.pk for pilot in pilots]).select_related("act"):
        steps[step.pilot_id, step.stage].append(step)
    return {pilot.pk: Way(pilot, tuple(_stage(name, steps[pilot.pk, name]) for name in STAGES)) for pilot in pilots}


def _stage(name: str, steps: list[Step]) -> Stage:
    if not steps:
        return Stage(name, "no_information", ())
    return Stage(name, "shown" if any(bears_out(step) for step in steps) else "claimed", tuple(steps))


def pilots_of(programmes: Sequence[Programme]) -> Mapping[int, list[Way]]:
    """The ways of all pilots by primary key of their programme, in two queries."""
    pilots = list(Pilot.objects.filter(programme__in=[one.pk for one in programmes]))
    found: dict[int, list[Way]] = defaultdict(list)
    for way in ways(pilots).values():
        found[way.pilot.programme_id].append(way)
    return found
