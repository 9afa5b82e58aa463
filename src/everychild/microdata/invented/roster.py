"""From sampled households to their members and births: deaths drawn, the dead taken off, lines numbered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from everychild.microdata.invented.attributes import attributes
from everychild.microdata.invented.frame import Floats, Whole
from everychild.microdata.invented.mortality import ages_at_death
from everychild.microdata.invented.patterns import NOBODY, patterns
from everychild.microdata.invented.sampling import Sample

Mask = np.typing.NDArray[np.bool_]


@dataclass(frozen=True)
class Roster:
    """Members of completed households, in the order of household and line. `household` is a place in the sample,
    `person` a place in the patterns; `mother`, `father`, `caretaker` are rows of this roster or -1."""

    household: Whole
    person: Whole
    line: Whole
    mother: Whole
    father: Whole
    caretaker: Whole
    attributes: dict[str, Floats]

    def lines_of(self, rows: Whole) -> Floats:
        """Line numbers of these rows, 0 for nobody."""
        return np.where(rows >= 0, self.line[rows], 0).astype(np.float64)


@dataclass(frozen=True)
class BirthHistory:
    """Births of the women of the roster: `birth` is a place in the patterns, `mother` and `child` (or -1) rows of the
    roster, `died` the completed months at death or NaN."""

    household: Whole
    birth: Whole
    mother: Whole
    child: Whole
    died: Floats


def make_roster(sample: Sample, completed: Mask, rng: np.random.Generator) -> tuple[Roster, BirthHistory]:
    """Members and births of the completed households."""
    known = patterns()
    households = np.flatnonzero(completed)
    pattern = sample.pattern[households]
    repeat, person, first = _ranges(known.person_start, pattern)
    again, birth, _ = _ranges(known.birth_start, pattern)
    base = first - known.person_start[pattern]
    births = known.births
    mother = births.mother[birth] + base[again]
    child = np.where(births.person[birth] >= 0, births.person[birth] + base[again], NOBODY)
    home = households[again]
    died = ages_at_death(_cells(sample, home, birth), births.age[birth], rng)
    alive = np.ones(person.size, dtype=np.bool_)
    alive[child[(child >= 0) & ~np.isnan(died)]] = False
    place = np.where(alive, np.cumsum(alive) - 1, NOBODY)
    members, owner = person[alive], repeat[alive]
    mother_row, father_row, caretaker_row = (
        _moved(column, known.persons, members, base[owner], place) for column in ("mother", "father", "caretaker")
    )
    starts = np.searchsorted(owner, np.arange(households.size))
    line = np.arange(members.size) - starts[owner] + 1
    known_of = attributes(members, sample.delay[households[owner]])
    roster = Roster(households[owner], members, line, mother_row, father_row, caretaker_row, known_of)
    child = np.where(child >= 0, place[child], NOBODY)
    return roster, BirthHistory(home, birth, place[mother], child, died)


def _ranges(start: Whole, chosen: Whole) -> tuple[Whole, Whole, Whole]:
    """For ranges `start[c]:start[c + 1]` laid end to end: which range, which place in it, where each range begins."""
    counts = start[chosen + 1] - start[chosen]
    first = np.cumsum(counts) - counts
    which = np.repeat(np.arange(chosen.size), counts)
    return which, np.arange(which.size) - first[which] + start[chosen][which], first


def _moved(column: str, persons: object, members: Whole, base: Whole, place: Whole) -> Whole:
    target: Whole = getattr(persons, column)[members]
    return np.where(target >= 0, place[np.where(target >= 0, target + base, 0)], NOBODY)


def _cells(sample: Sample, household: Whole, birth: Whole) -> tuple[Whole, ...]:
    known = patterns()
    education = known.persons.education[known.births.mother[birth]]
    return (
        sample.region[household], sample.rural[household], sample.quintile[household], education,
        known.births.sex[birth] - 1,
    )  # fmt: skip
