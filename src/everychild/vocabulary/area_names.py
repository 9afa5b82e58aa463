"""Which region a written name means: `Almaty oblast`, `г. Алматы`, `AKMOLA`.

A name is clear when exactly one region bears it, in one of the three languages or in a spelling of a country's
`area_spellings.csv`, each with its source. Case, accents, hyphens and the word for region or city do not matter; but
"Almaty oblast" is not "Almaty city", and bare "Almaty" may be both. Nothing is guessed from likeness.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

from everychild.vocabulary.areas import Area, gazetteer
from everychild.vocabulary.periods import Period
from everychild.vocabulary.tables import definitions_folder, read_table

REGION_WORDS: Final = frozenset({"region", "oblast", "oblysy", "province", "область", "обл", "облысы"})
CITY_WORDS: Final = frozenset({"city", "qalasy", "город", "гор", "г", "қаласы", "қ"})
KIND_WORDS: Final = REGION_WORDS | CITY_WORDS
_BRACKETS: Final = re.compile(r"\((.*?)\)")
"""What stands in brackets is no part of a name: South Kazakhstan (until 2018); but Almaty (city) says which."""
Named = tuple[str, str]
"""A name without accents, blanks and the word for its kind; and the kind that the word said: region, city or ""."""


def regions_in(country: str, period: Period) -> list[Area]:
    """Regions and cities of a country that existed on some day of a period, in order of code."""
    found = [a for a in gazetteer() if a.parent == country and any(e.touches(period) for e in a.extents)]
    return sorted(found, key=lambda area: area.code)


def meant(texts: Sequence[str], among: Collection[Area]) -> list[tuple[str, ...]]:
    """For each text the codes of the regions that it may mean: one when it is clear, none when it names no region.

    The texts are taken for one list of regions: of two that bare "Almaty" may mean, it is not the one that another
    text clearly means.
    """
    known = _names_of(among)
    found = [_candidates(_named(text), known) for text in texts]
    while True:
        clear = {codes[0] for codes in found if len(codes) == 1}
        left = [
            codes if len(codes) == 1 else tuple(code for code in codes if code not in clear) or codes for codes in found
        ]
        if left == found:
            return found
        found = left


def nearest(text: str, among: Collection[Area]) -> str:
    """Code of the one region whose name is most alike, to be shown and never taken; empty when none is."""
    known: dict[str, set[str]] = defaultdict(set)
    for (name, _), codes in _names_of(among).items():
        known[name] |= codes
    like = get_close_matches(_named(text)[0], known, n=1, cutoff=0.75)
    found = known[like[0]] if like else set()
    return next(iter(found)) if len(found) == 1 else ""


def _names_of(among: Collection[Area]) -> Mapping[Named, set[str]]:
    names: dict[Named, set[str]] = defaultdict(set)
    for area in among:
        for text in (area.name.en, area.name.ru, area.name.kk, *_spellings().get(area.code, ())):
            names[_named(text)[0], area.kind].add(area.code)
    return names


def _candidates(text: Named, known: Mapping[Named, set[str]]) -> tuple[str, ...]:
    name, kind = text
    found = (codes for (own, of_kind), codes in known.items() if own == name and kind in ("", of_kind))
    return tuple(sorted(set().union(*found)))


def _named(text: str) -> Named:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = re.findall(r"[^\W\d_]+", _BRACKETS.sub(lambda found: found[1] if found[1] in KIND_WORDS else " ", letters))
    kinds = {"region" if word in REGION_WORDS else "city" for word in words if word in KIND_WORDS}
    name = "".join(word for word in words if word not in KIND_WORDS)
    return name, kinds.pop() if len(kinds) == 1 else ""


@cache
def _spellings() -> Mapping[str, tuple[str, ...]]:
    """Code of an area → further spellings of its name, of all country packs."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in _tables():
        for _, row in read_table(path, ("code", "spelling", "source")):
            found[row["code"]].append(row["spelling"])
    return {code: tuple(spellings) for code, spellings in found.items()}


def _tables() -> Iterator[Path]:
    yield from sorted((definitions_folder() / "countries").glob("*/area_spellings.csv"))
