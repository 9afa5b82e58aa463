"""Ways through the draws by which persons can satisfy a chain of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from everychild.microdata.invented.chains import AtLeast, Chain
from everychild.microdata.invented.conditions import Clause, where
from everychild.microdata.invented.definitions import Draw, draws
from everychild.microdata.invented.frame import Floats
from everychild.microdata.invented.measures import weight_for_age_draw

Mask = np.typing.NDArray[np.bool_]
Step = tuple[Draw, Clause]


@dataclass(frozen=True)
class Gathered:
    """So many of these steps happen, or more; members that are not asked are left out, as they do not hold."""

    least: int
    members: tuple[Step | Gathered, ...]


@dataclass(frozen=True)
class Path:
    """Persons for whom a chain of answers goes through these draws, with the codes that count in each."""

    persons: Mask
    steps: tuple[Step, ...] = ()
    groups: tuple[Gathered, ...] = ()
    grouped: frozenset[str] = frozenset()
    """Variables of the groups: a chain may not ask them again, because what was gathered does not say their codes."""


@dataclass(frozen=True)
class Ways:
    """The draws of one file, and the attributes of all members of the patterns."""

    file: str
    columns: Mapping[str, Floats]

    def paths(self, chain: Chain, inside: Mask) -> list[Path]:
        """All ways for the persons inside; no person goes two of them. ValueError for a chain that leaves open what a
        draw depends on."""
        paths = [Path(inside)]
        for link in chain:
            paths = [longer for path in paths for longer in self._longer(link, path) if longer.persons.any()]
        return paths

    def _longer(self, link: Clause | AtLeast, path: Path) -> Iterator[Path]:
        if isinstance(link, AtLeast):
            yield from self._gathered(link, path)
        elif link.name in self.columns:
            yield replace(path, persons=path.persons & where((link,), self.columns, path.persons.size))
        elif link.name in path.grouped:
            raise ValueError(f"{link.name} is asked again after a group that holds it")
        else:
            yield from self._answered(link, path)

    def _answered(self, clause: Clause, path: Path) -> Iterator[Path]:
        """One further answer. A draw whose condition speaks of earlier answers must be decided by the codes in the
        path. Two clauses on one variable narrow its codes: the step is replaced, not multiplied."""
        earlier = [i for i, (draw, _) in enumerate(path.steps) if draw.variable == clause.name]
        if earlier:
            place = earlier[0]
            draw, known = path.steps[place]
            codes = tuple(c for c in codes_of(draw) if known.holds(c) and clause.holds(c))
            if codes:
                narrowed = (draw, Clause(clause.name, "=", codes))
                yield replace(path, steps=(*path.steps[:place], *path.steps[place + 1 :], narrowed))
            return
        open_ = path.persons
        for draw in draws_of(self.file, clause.name):
            reached = open_ & self._open_to(draw, open_)
            if reached.any() and all(self._decided(c, replace(path, persons=reached)) for c in self._earlier(draw)):
                open_ = open_ & ~reached
                if draw.kind != "codes" or any(clause.holds(code) for code in codes_of(draw)):
                    yield replace(path, persons=reached, steps=(*path.steps, (draw, clause)))

    def _gathered(self, group: AtLeast, path: Path) -> Iterator[Path]:
        """A group for all persons of whom the same draws make it up."""
        if not path.grouped.isdisjoint(group.variables()) or any(
            d.variable in group.variables() for d, _ in path.steps
        ):
            raise ValueError(f"a group asks {' or '.join(group.variables())} again")
        for persons, members in self._members(group, path):
            grouped = path.grouped.union(group.variables())
            yield Path(persons, path.steps, (*path.groups, Gathered(group.least, members)), grouped)

    def _members(self, group: AtLeast, path: Path) -> list[tuple[Mask, tuple[Step | Gathered, ...]]]:
        parts: list[tuple[Mask, tuple[Step | Gathered, ...]]] = [(path.persons, ())]
        for member in group.members:
            longer: list[tuple[Mask, tuple[Step | Gathered, ...]]] = []
            for persons, known in parts:
                here, left = replace(path, persons=persons), persons
                for asked, found in self._member(member, here):
                    left = left & ~asked
                    longer.append((asked, (*known, found)))
                if left.any():
                    longer.append((left, known))
            parts = longer
        return parts

    def _member(self, member: Clause | AtLeast, path: Path) -> Iterator[tuple[Mask, Step | Gathered]]:
        if isinstance(member, AtLeast):
            for persons, members in self._members(member, path):
                yield persons, Gathered(member.least, members)
        else:
            for found in self._answered(member, path):
                yield found.persons, found.steps[-1]

    def _open_to(self, draw: Draw, persons: Mask) -> Mask:
        """Persons whose attributes allow the draw."""
        return where(tuple(c for c in draw.when if c.name in self.columns), self.columns, persons.size)

    def _earlier(self, draw: Draw) -> list[Clause]:
        return [condition for condition in draw.when if condition.name not in self.columns]

    def _decided(self, condition: Clause, path: Path) -> bool:
        """Whether a condition on an earlier answer holds for all codes of the path, or for none."""
        verdict = self._verdict(condition, path)
        if verdict is None:
            raise ValueError(f"the chain does not say whether {condition.name} {condition.sign} {condition.codes}")
        return verdict

    def _verdict(self, condition: Clause, path: Path) -> bool | None:
        for draw, clause in path.steps:
            if draw.variable == condition.name:
                answers = {condition.holds(code) for code in codes_of(draw) if clause.holds(code)}
                return answers.pop() if len(answers) == 1 else None
        return False if self._never_asked(condition.name, path) else None

    def _never_asked(self, variable: str, path: Path) -> bool:
        """Whether nobody of the path is asked this question: by attributes, by answers, or because what it depends on
        is not asked either."""
        for draw in draws_of(self.file, variable):
            here = replace(path, persons=path.persons & self._open_to(draw, path.persons))
            if here.persons.any() and all(self._verdict(c, here) is not False for c in self._earlier(draw)):
                return False
        return True


@cache
def draws_of(file: str, variable: str) -> tuple[Draw, ...]:
    """The draws of a variable, in their order. ValueError when the file has none."""
    if variable == "WAZ2":
        return (weight_for_age_draw(),)
    found = tuple(draw for draw in draws(file) if draw.variable == variable)
    if not found:
        raise ValueError(f"no draw of {file} gives {variable}")
    return found


def codes_of(draw: Draw) -> tuple[float | str, ...]:
    return tuple(code for code, weight in (*draw.success, *draw.failure) if weight)
