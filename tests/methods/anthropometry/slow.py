"""One child at a time, straight from the formulas of WHO 2006: the slow, obvious version that judges the fast one."""

from __future__ import annotations

import math

from everychild.methods.anthropometry import GrowthStandards


def lms(standards: GrowthStandards, name: str, sex: int, key: int) -> tuple[float, float, float] | None:
    table = standards.tables[name]  # type: ignore[index]
    if not table.first <= key <= table.last:
        return None
    place = key - table.first
    return table.l[sex - 1, place], table.m[sex - 1, place], table.s[sex - 1, place]


def z(value: float, numbers: tuple[float, float, float], restricted: bool) -> float:
    l, m, s = numbers  # noqa: E741
    found = ((value / m) ** l - 1) / (l * s)

    def sd(k: int) -> float:
        return m * (1 + l * s * k) ** (1 / l)

    if restricted and found > 3:
        return 3 + (value - sd(3)) / (sd(3) - sd(2))
    if restricted and found < -3:
        return -3 + (value - sd(-3)) / (sd(-2) - sd(-3))
    return found


def child(
    standards: GrowthStandards, sex: int, days: int, weight: float, length: float, position: int, oedema: bool
) -> dict[str, float]:
    """haz, waz, whz, baz of a child of known sex and age; NaN where missing."""
    nothing = dict.fromkeys(("haz", "waz", "whz", "baz"), math.nan)
    if not 0 <= days <= 1826:
        return nothing
    if position == 1 and days < 9 * 30.4375:
        position = -1
    if days < 731 and position == 1:
        length = round(length + 0.7, 4)
    if days >= 731 and position == 0:
        length = round(length - 0.7, 4)
    found = dict(nothing)
    for index, name, value in (
        ("haz", "length_for_age", length),
        ("waz", "weight_for_age", weight),
        ("baz", "bmi_for_age", weight / (length / 100) ** 2 if length > 0 else -1.0),
    ):
        numbers = lms(standards, name, sex, days)
        if numbers is not None and value > 0 and not (oedema and index != "haz"):
            found[index] = z(value, numbers, index != "haz")
    found["whz"] = weight_for_size(standards, sex, days, weight, length, oedema)
    return found


def weight_for_size(
    standards: GrowthStandards, sex: int, days: int, weight: float, length: float, oedema: bool
) -> float:
    name = "weight_for_length" if days < 731 else "weight_for_height"
    tenthousandths = round(length * 10_000)
    below, share = divmod(tenthousandths, 1000)
    lower = lms(standards, name, sex, below)
    upper = lms(standards, name, sex, below + 1) if share else lower
    if lower is None or upper is None or oedema or weight <= 0:
        return math.nan
    l, m, s = (a + share / 1000 * (b - a) for a, b in zip(lower, upper, strict=True))  # noqa: E741
    return z(weight, (l, m, s), True)
