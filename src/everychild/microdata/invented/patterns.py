"""Household patterns: who lives together, how old, whose child, with which births; drawn once and for all.

Each residence and wealth quintile has `PER_CLASS` patterns that are equally likely, so that the expected number of
persons of any kind is a count over patterns. Ages are ages at the interview. Births that live at home are members
here whether they will survive or not; a survey draws the deaths and takes the dead off the roster.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from everychild.microdata.invented.births import BOYS, Mothers, at_home, births
from everychild.microdata.invented.frame import COUNTRY, Floats, Whole

PER_CLASS: Final = 800
"""More patterns make ages smoother and the truth slower; 8,000 hold some 40,000 members."""
NOBODY: Final = -1
CURRENT_MARRIED, CURRENT_PARTNER, FORMER, NEVER = 1, 2, 3, 4
COUPLE, MOTHER_ALONE, THREE_GENERATIONS, OLDER_COUPLE, OLDER_ALONE, MAN_ALONE = range(6)
_KINDS: Final = np.array([[0.57, 0.11, 0.05, 0.12, 0.09, 0.06], [0.57, 0.07, 0.16, 0.11, 0.06, 0.03]])
HEAD, SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD, PARENT, NIECE, OTHER_RELATIVE = 1, 2, 3, 4, 5, 6, 11, 12
_LAG: Final = (0.89, 0.975)
SCHOOL_ENTRY: Final = 7
"""Entry to primary at 7, four grades, five of lower and two of upper secondary: the parameters of the recipes."""


@dataclass(frozen=True)
class Persons:
    """Members, sorted by pattern, the head first. `age` completed months, `months` difference of century months
    (age or age + 1). `education` 0-4 is the highest level of those aged 18 and over. `lag` 0-2 are years behind the
    class of the age. `mother`, `father` (in the household) and `caretaker` are places in this table, `birth` a place
    among the births; -1 for none. `union_age` in months, NaN for the never married; `parity` children ever born;
    `last`, `first`: months since those births."""

    pattern: Whole
    sex: Whole
    age: Whole
    months: Whole
    relation: Whole
    education: Whole
    lag: Whole
    union: Whole
    union_age: Floats
    mother: Whole
    father: Whole
    caretaker: Whole
    birth: Whole
    parity: Whole
    first: Floats
    last: Floats


@dataclass(frozen=True)
class Births:
    """All births of women 15-49, by mother and order; `mother` and `person` are places among the members."""

    pattern: Whole
    mother: Whole
    order: Whole
    twin: Whole
    sex: Whole
    age: Whole
    months: Whole
    person: Whole


@dataclass(frozen=True)
class Patterns:
    """`person_start[p]:person_start[p + 1]` are the members of pattern p, `birth_start` likewise."""

    person_start: Whole
    persons: Persons
    birth_start: Whole
    births: Births


def pattern_class(rural: Whole, quintile: Whole) -> Whole:
    """Class of patterns of a residence (0, 1) and wealth quintile (0-4)."""
    return rural * 5 + quintile


@cache
def patterns() -> Patterns:
    """The one list of household patterns of the invented country."""
    return _Builder(np.random.default_rng(COUNTRY + 1)).build()


class _Builder:
    """Adds members kind by kind; `uid` counts members in the order in which they were added."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.count = 10 * PER_CLASS
        self.rural = np.arange(self.count) // PER_CLASS // 5
        self.wealth = np.arange(self.count) // PER_CLASS % 5
        below = rng.random(self.count)[:, None] > np.cumsum(_KINDS, axis=1)[self.rural]
        self.kind = np.minimum(below.sum(axis=1), MAN_ALONE)
        self.added: list[dict[str, Floats]] = []
        self.births: list[dict[str, Whole]] = []
        self.uid = 0

    def build(self) -> Patterns:
        self._women_with_births()
        self._three_generations()
        self._older()
        self._further()
        return _assembled(self.added, self.births, self.count)

    def add(self, pattern: Whole, order: int, **given: object) -> Whole:
        """Add one member to each of these patterns; what is not given is drawn or empty. Returns their uids."""
        size, uid = pattern.size, np.arange(self.uid, self.uid + pattern.size)
        self.uid += size
        columns: dict[str, object] = {
            "sex": 2, "relation": OTHER_RELATIVE, "union": NEVER, "union_age": np.nan, "mother": NOBODY,
            "father": NOBODY, "birth": NOBODY, "education": self._education(pattern),
        }  # fmt: skip
        columns.update(given, pattern=pattern, order=order, uid=uid, late=self.rng.integers(0, 2, size))
        columns["lag"] = np.searchsorted(_LAG, self.rng.random(size))
        self.added.append({name: np.broadcast_to(np.asarray(v, dtype=np.float64), size) for name, v in columns.items()})
        return uid

    def _education(self, pattern: Whole) -> Whole:
        latent = self.rng.normal(0, 1, pattern.size) + 0.42 * (self.wealth[pattern] - 2) - 0.3 * self.rural[pattern]
        level: Whole = np.searchsorted([-2.4, -1.9, -0.75, 0.75], latent)
        return level

    def _union_age(self, pattern: Whole, education: Whole) -> Whole:
        years = 15.6 + self.rng.gamma(3.0, 1.55, pattern.size) + 0.75 * (education - 2.5) - 0.5 * self.rural[pattern]
        months: Whole = (12 * np.clip(years, 13.5, 40)).astype(np.int64)
        return months

    def _women_with_births(self) -> None:
        """Couples and mothers alone: the woman is 16-49, a wife for any time since her union began."""
        pattern = np.flatnonzero(self.kind <= MOTHER_ALONE)
        rng, alone = self.rng, self.kind[pattern] == MOTHER_ALONE
        education = self._education(pattern)
        begun = self._union_age(pattern, education)
        age = np.maximum(begun + (rng.random(pattern.size) * (600 - begun)).astype(np.int64), 200)
        absent = ~alone & (age >= 240) & (rng.random(pattern.size) < 0.06)
        age = np.where(alone, np.maximum(age, 228), age)
        never = alone & (rng.random(pattern.size) < 0.25)
        current = np.where(rng.random(pattern.size) < 0.93, CURRENT_MARRIED, CURRENT_PARTNER)
        head = alone | absent
        woman = self.add(
            pattern, 1, age=age, education=education, relation=np.where(head, HEAD, SPOUSE),
            union=np.where(alone, np.where(never, NEVER, FORMER), current), union_age=np.where(never, np.nan, begun),
            main=True,
        )  # fmt: skip
        husband = np.full(pattern.size, NOBODY)
        there = ~head
        years = np.clip(age[there] / 12 + rng.normal(3, 4, there.sum()), 18, 75)
        husband[there] = self.add(
            pattern[there], 0, sex=1, age=12 * years // 1, relation=HEAD, union=current[there],
            union_age=_his_age_at_union(12 * years // 1, age[there] - begun[there]),
        )  # fmt: skip
        length = np.where(alone, rng.random(pattern.size), 2.0) * (age - begun)
        self._children(pattern, woman, husband, (age, begun, begun + length.astype(np.int64), education), CHILD, 10)

    def _three_generations(self) -> None:
        """An older couple with a son, his wife and their children."""
        pattern = np.flatnonzero(self.kind == THREE_GENERATIONS)
        rng, education = self.rng, self._education(pattern)
        begun = self._union_age(pattern, education)
        age = np.clip(begun + (rng.random(pattern.size) * 170).astype(np.int64), 200, 470)
        wife = self.add(
            pattern, 31, age=age, education=education, relation=CHILD_IN_LAW, union=CURRENT_MARRIED, union_age=begun,
        )  # fmt: skip
        years = np.clip(age / 12 + rng.normal(3, 3, pattern.size), 18, 48)
        son = self.add(pattern, 30, sex=1, age=12 * years // 1, relation=CHILD, union=CURRENT_MARRIED,
            union_age=_his_age_at_union(12 * years // 1, age - begun))  # fmt: skip
        older = np.clip(years + rng.uniform(18, 32, pattern.size), 50, 82)
        self.add(pattern, 1, age=12 * older // 1, relation=SPOUSE, union=CURRENT_MARRIED, union_age=246, main=True)
        older = np.clip(older + rng.normal(3, 3, pattern.size), 50, 88)
        self.add(pattern, 0, sex=1, age=12 * older // 1, relation=HEAD, union=CURRENT_MARRIED, union_age=270)
        late = np.full(pattern.size, 600)
        self._children(pattern, wife, son, (age, begun, late, education), GRANDCHILD, 40)

    def _older(self) -> None:
        """Older couples, older persons alone and men alone."""
        rng = self.rng
        pattern = np.flatnonzero(self.kind == OLDER_COUPLE)
        years = rng.uniform(50, 78, pattern.size)
        self.add(pattern, 1, age=12 * years // 1, relation=SPOUSE, union=CURRENT_MARRIED, union_age=246, main=True)
        years = np.clip(years + rng.normal(3, 3, pattern.size), 48, 88)
        self.add(pattern, 0, sex=1, age=12 * years // 1, relation=HEAD, union=CURRENT_MARRIED, union_age=270)
        pattern = np.flatnonzero(self.kind == OLDER_ALONE)
        sex = np.where(rng.random(pattern.size) < 0.75, 2, 1)
        years = rng.uniform(52, 86, pattern.size)
        self.add(pattern, 0, sex=sex, age=12 * years // 1, relation=HEAD, union=FORMER, union_age=258, main=True)
        pattern = np.flatnonzero(self.kind == MAN_ALONE)
        union = np.where(rng.random(pattern.size) < 0.7, NEVER, FORMER)
        years = rng.uniform(19, 58, pattern.size)
        begun = np.where(union == NEVER, np.nan, 222)
        self.add(pattern, 0, sex=1, age=12 * years // 1, relation=HEAD, union=union, union_age=begun, main=True)

    def _further(self) -> None:
        """Grown children of older couples, other relatives, grandparents and children without their parents."""
        rng, kind = self.rng, self.kind
        for order in (60, 61):
            self._young(np.flatnonzero((kind == OLDER_COUPLE) & (rng.random(self.count) < 0.42)), order, CHILD, 18)
        chosen = (kind <= OLDER_COUPLE) & (rng.random(self.count) < 0.13 + 0.04 * self.rural)
        self._young(np.flatnonzero(chosen), 70, OTHER_RELATIVE, 15)
        pattern = np.flatnonzero((kind <= MOTHER_ALONE) & (rng.random(self.count) < 0.08 + 0.07 * self.rural))
        sex = np.where(rng.random(pattern.size) < 0.75, 2, 1)
        years = rng.uniform(58, 86, pattern.size)
        self.add(pattern, 65, sex=sex, age=12 * years // 1, relation=PARENT, union=FORMER, union_age=246)
        share = np.where(kind == OLDER_COUPLE, 0.2, np.where(kind <= THREE_GENERATIONS, 0.05, 0.0))
        pattern = np.flatnonzero(rng.random(self.count) < share)
        older = np.isin(kind[pattern], (OLDER_COUPLE, THREE_GENERATIONS))
        sex = np.where(rng.random(pattern.size) < 0.5, 2, 1)
        age = rng.integers(2, 214, pattern.size)
        self.add(pattern, 80, sex=sex, age=age, relation=np.where(older, GRANDCHILD, NIECE))

    def _young(self, pattern: Whole, order: int, relation: int, least: int) -> None:
        rng = self.rng
        sex = np.where(rng.random(pattern.size) < 0.5, 2, 1)
        age = (12 * (least + rng.gamma(2.0, 3.5, pattern.size))).astype(np.int64)
        former = (age >= 252) & (rng.random(pattern.size) < 0.2)
        begun = np.minimum(self._union_age(pattern, np.full(pattern.size, 3)), age - 12)
        self.add(
            pattern, order, sex=sex, age=np.minimum(age, 450), relation=relation,
            union=np.where(former, FORMER, NEVER), union_age=np.where(former, begun, np.nan),
        )  # fmt: skip

    def _children(
        self, pattern: Whole, mother: Whole, father: Whole, life: tuple[Whole, Whole, Whole, Whole], relation: int,
        order: int,
    ) -> None:  # fmt: skip
        """Births of these women; those at home become members. `life`: age, union, its end, education."""
        rng = self.rng
        age, begun, ended, education = life
        rural, wealth = self.rural[pattern], self.wealth[pattern]
        who, when = births(Mothers(age, begun, ended, education, rural, wealth), rng)
        child = age[who] - when
        sex = np.where(rng.random(who.size) < BOYS, 1, 2)
        home = at_home(child, sex, rng)
        number = sum(b["mother"].size for b in self.births) + np.arange(who.size)
        own = np.where(rng.random(who.size) < 0.96, father[who], NOBODY)
        uid = np.full(who.size, NOBODY)
        uid[home] = self.add(
            pattern[who][home], order, sex=sex[home], age=child[home], relation=relation, mother=mother[who][home],
            father=own[home], birth=number[home],
        )  # fmt: skip
        late = rng.integers(0, 2, who.size)
        late[home] = self.added[-1]["late"]
        self.births.append(
            {"pattern": pattern[who], "mother": mother[who], "sex": sex, "age": child, "months": child + late,
             "person": uid, "number": number}
        )  # fmt: skip


def _his_age_at_union(age: Floats, duration: Whole) -> Floats:
    """A husband's age in months when the union of that many months began; nobody is given an age below 16."""
    return np.maximum(age - duration, 192.0)


def _assembled(added: list[dict[str, Floats]], born: list[dict[str, Whole]], count: int) -> Patterns:
    """Put members in order (head first, brothers and sisters by age) and translate uids into places."""
    names = {name for columns in added for name in columns}
    member = {name: np.concatenate([c.get(name, np.zeros(c["uid"].size)) for c in added]) for name in sorted(names)}
    order = np.lexsort((-member["age"], member["order"], member["pattern"]))
    place = np.empty(order.size, dtype=np.int64)
    place[member["uid"].astype(np.int64)[order]] = np.arange(order.size)
    member = {name: values[order] for name, values in member.items()}
    births_ = {name: np.concatenate([b[name] for b in born]) for name in born[0]}
    sequence = np.lexsort((births_["number"], -births_["age"], place[births_["mother"]]))
    births_ = {name: values[sequence] for name, values in births_.items()}
    found = _births(births_, place)
    start = np.searchsorted(member["pattern"], np.arange(count + 1))
    persons = _persons(member, found, place, start)
    by_pattern = np.searchsorted(found.pattern, np.arange(count + 1))
    return Patterns(start, persons, by_pattern, found)


def _births(columns: dict[str, Whole], place: Whole) -> Births:
    mother = place[columns["mother"]]
    new = np.diff(mother, prepend=-1) != 0
    order = np.arange(mother.size) - np.flatnonzero(new)[np.cumsum(new) - 1] + 1
    follows = ~new & (np.diff(columns["age"], prepend=-1) == 0)
    twin = follows | np.append(follows[1:], False)
    months = np.where(follows, np.append(0, columns["months"][:-1]), columns["months"])
    person = np.where(columns["person"] >= 0, place[columns["person"]], NOBODY)
    return Births(
        columns["pattern"], mother, order, twin.astype(np.int64), columns["sex"], columns["age"], months, person
    )


def _persons(member: dict[str, Floats], found: Births, place: Whole, start: Whole) -> Persons:
    whole = {name: values.astype(np.int64) for name, values in member.items() if name != "union_age"}
    size = whole["age"].size
    mother, father = (_places(whole[name], place) for name in ("mother", "father"))
    birth = np.full(size, NOBODY)
    home = np.flatnonzero(found.person >= 0)
    birth[found.person[home]] = home
    months = whole["age"] + whole["late"]
    months[found.person[home]] = found.months[home]
    parity = np.bincount(found.mother, minlength=size)
    first, last = np.full(size, np.nan), np.full(size, np.nan)
    np.fmax.at(first, found.mother, found.months.astype(np.float64))
    np.fmin.at(last, found.mother, found.months.astype(np.float64))
    head = start[whole["pattern"]]
    mains = np.full(start.size - 1, NOBODY)
    main = np.flatnonzero(whole["main"])
    mains[whole["pattern"][main]] = main
    looks = mains[whole["pattern"]]
    looks = np.where((looks == np.arange(size)) | (whole["age"][looks] < 216), head, looks)
    caretaker = np.where(mother >= 0, mother, looks)
    return Persons(
        whole["pattern"], whole["sex"], whole["age"], months, whole["relation"], whole["education"], whole["lag"],
        whole["union"], member["union_age"], mother, father, caretaker, birth, parity, first, last,
    )  # fmt: skip


def _places(uid: Whole, place: Whole) -> Whole:
    return np.where(uid >= 0, place[uid], NOBODY)
