"""Doses on the card with their dates, or as the mother recalls them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from everychild.microdata.invented.conditions import Values
from everychild.microdata.invented.fieldwork import month_of, year_of
from everychild.microdata.invented.frame import Floats

YES, NO = 1.0, 2.0
DOSES: Final[Mapping[str, tuple[str, int, float]]] = {
    "B": ("BCG", 1, 0), "H0": ("HEPB0", 1, 0), "P1": ("POLIO", 1, 2), "P2": ("POLIO", 2, 3), "P3": ("POLIO", 3, 4),
    "I": ("IPV", 1, 4), "PENTA1": ("PENTA", 1, 2), "PENTA2": ("PENTA", 2, 3), "PENTA3": ("PENTA", 3, 4),
    "PCV1": ("PCV", 1, 2), "PCV2": ("PCV", 2, 3), "PCV3": ("PCV", 3, 4), "R1": ("ROTA", 1, 2), "R2": ("ROTA", 2, 3),
    "R3": ("ROTA", 3, 4), "M1": ("MCV", 1, 12), "M2": ("MCV", 2, 18),
}  # fmt: skip
"""Dose: the answer that tells it, how many doses it takes, months after birth when it is due. BCG, the birth dose and
injected polio are answers of 1 (yes) and 2 (no), the others numbers of doses."""
_ONCE: Final = ("BCG", "HEPB0", "IPV")
MARKED, MARKED_YEAR = 44.0, 4444.0
"""Codes of a dose that the card marks without a date."""
_MARKED_SHARE: Final = 0.02


def vaccinations(
    columns: Mapping[str, Floats], birth: tuple[Floats, Floats], rng: np.random.Generator
) -> dict[str, Values]:
    """IM6… of children whose card was seen and IM11 to IM26A of those without one; `birth` is the century month and
    the day. What is due at birth bears the date of birth, and no dose is dated after the interview, because the draws
    give a dose only to children who are a month older than its age."""
    card, none = columns["CARD"] == YES, columns["CARD"] == NO
    born, birthday = birth
    size = born.size
    found: dict[str, Values] = {}
    for dose, (answer, number, due) in DOSES.items():
        given = _doses(columns, answer) >= number
        when = born + due
        day = rng.integers(1, 29, size).astype(np.float64) if due else birthday
        marked = rng.random(size) < _MARKED_SHARE
        found[f"IM6{dose}D"] = np.where(card, np.where(given, np.where(marked, MARKED, day), 0.0), np.nan)
        found[f"IM6{dose}M"] = np.where(card & given, np.where(marked, MARKED, month_of(when)), np.nan)
        found[f"IM6{dose}Y"] = np.where(card & given, np.where(marked, MARKED_YEAR, year_of(when)), np.nan)
    return found | _recalled(columns, none)


def _doses(columns: Mapping[str, Floats], answer: str) -> Floats:
    drawn = columns[answer]
    return np.nan_to_num((drawn == YES).astype(np.float64) if answer in _ONCE else drawn)


def _recalled(columns: Mapping[str, Floats], none: np.typing.NDArray[np.bool_]) -> dict[str, Values]:
    any_ = none & (columns["VACCINES"] == YES)
    polio, penta, pcv, rota, measles = (_doses(columns, name) for name in ("POLIO", "PENTA", "PCV", "ROTA", "MCV"))
    at_birth = columns["IM17"] == YES

    def said(asked: np.typing.NDArray[np.bool_], yes: Floats) -> Floats:
        return np.where(asked, np.where(yes > 0, YES, NO), np.nan)

    def number(doses: Floats) -> Floats:
        return np.where(any_ & (doses > 0), doses, np.nan)

    return {
        "IM11": np.where(none, columns["VACCINES"], np.nan), "IM14": said(any_, _doses(columns, "BCG")),
        "IM15": np.where(any_, np.where(_doses(columns, "HEPB0") > 0, 1.0, 3.0), np.nan),
        "IM16": said(any_, polio), "IM18": number(np.where(polio > 0, polio + at_birth, 0)),
        "IM19": said(any_, _doses(columns, "IPV")), "IM20": said(any_, penta), "IM21": number(penta),
        "IM22": said(any_, pcv), "IM23": number(pcv), "IM24": said(any_, rota), "IM25": number(rota),
        "IM26": said(any_, measles), "IM26A": number(measles),
    }  # fmt: skip
