"""The rules once more, one figure after another in plain Python: the judge of the vectorised functions.

Written from docs/methods/findings.md, not from the code it judges.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polars as pl

from everychild.findings.setting import Setting
from everychild.vocabulary.ages import parse_age
from everychild.vocabulary.observations import DIMENSIONS
from everychild.vocabulary.periods import parse_period

Row = dict[str, Any]
DOUBT = {"suspect", "duplicate_conflict", "inconsistent", "lower_limit", "upper_limit"}


def observed(row: Row) -> bool:
    return row["value"] is not None and row["status"] != "F"


def doubtful(row: Row) -> bool:
    return bool(DOUBT & set(row["flag"].split("|"))) or row["status"] == "U"


def trusted(row: Row) -> bool:
    return row["quality"] not in ("unverified", "seed_claim")


def split_elsewhere(row: Row) -> bool:
    return any(row[d] != "_T" for d in DIMENSIONS if d not in ("sex", "age"))


def whole(rows: list[Row], dimension: str) -> str | None:
    codes = sorted({row[dimension] for row in rows if observed(row) and not split_elsewhere(row)})
    total = "" if dimension == "other" else "_T"
    if total in codes:
        return total
    if len(codes) == 1:
        return None if dimension == "other" and "definition=" in codes[0] else codes[0]
    if dimension == "age" and codes:
        for code in codes:
            if all(
                parse_age(code).years[0] <= parse_age(c).years[0] and parse_age(c).years[1] <= parse_age(code).years[1]
                for c in codes
            ):
                return code
    return None


def end(row: Row) -> Any:
    return parse_period(row["period"]).end


def when(row: Row) -> Any:
    period = parse_period(row["period"])
    return period.end, period.start


def season(row: Row) -> str:
    return row["period"][-1] if "-Q" in row["period"] else ""


def slow_latest(frame: pl.DataFrame, setting: Setting) -> dict[tuple[str, str], Row]:
    """(indicator, area) → key, source, chosen, passed_over, first_key, previous_key, points."""
    by_source: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        by_source[row["indicator"], row["source"]].append(row)
    by_place: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(dict)
    for (indicator, source), rows in by_source.items():
        codes = {d: whole(rows, d) for d in ("sex", "age", "other")}
        for row in rows:
            if not split_elsewhere(row) and all(row[d] == code for d, code in codes.items()):
                by_place[indicator, row["area"]].setdefault(source, []).append(row)
    found = {}
    for place, sources in by_place.items():
        heads = [head for head in (head_of(rows, setting) for rows in sources.values()) if head]
        if heads:
            found[place] = main_of(heads, sources, setting)
    return found


def head_of(rows: list[Row], setting: Setting) -> tuple[Row, str] | None:
    """The newest figure of one series and the key of a doubtful one passed over."""
    figures = [row for row in rows if observed(row)]
    figures = [row for row in figures if trusted(row)] or figures
    figures = [row for row in figures if season(row) == ""] or figures
    if not figures:
        return None

    def order(row: Row) -> Any:
        extent = setting.extent(row["area"], row["area_version"])
        return *when(row), extent is not None, extent or "", row["key"]

    newest = max(figures, key=order)
    sound = [row for row in figures if not doubtful(row) and end(row).year >= end(newest).year - 5]
    head = max(sound or figures, key=order)
    return head, "" if head is newest else newest["key"]


def main_of(heads: list[tuple[Row, str]], sources: dict[str, list[Row]], setting: Setting) -> Row:
    rank = setting.ranks
    heads = [item for item in heads if trusted(item[0])] or heads
    best = min(rank[row["source"]] for row, _ in heads)
    newest = max(end(row).year for row, _ in heads)
    fresh = [item for item in heads if end(item[0]).year >= newest - 5]
    first_rank = min(rank[row["source"]] for row, _ in fresh)
    equal = [item for item in fresh if rank[item[0]["source"]] == first_rank]
    latest_time = max(when(row) for row, _ in equal)
    head, passed = min((i for i in equal if when(i[0]) == latest_time), key=lambda item: item[0]["source"])
    run = run_of(head, sources[head["source"]], setting)
    return {
        "key": head["key"],
        "source": head["source"],
        "chosen": "preferred" if rank[head["source"]] == best else "newer",
        "passed_over": passed,
        "first_key": run[0]["key"],
        "previous_key": run[-2]["key"] if len(run) > 1 else "",
        "points": len(run),
    }


def run_of(head: Row, rows: list[Row], setting: Setting) -> list[Row]:
    """Backwards from the newest figure until a break, keeping what compares with it."""
    territory = setting.extent(head["area"], head["area_version"])

    def order(row: Row) -> Any:
        extent = setting.extent(row["area"], row["area_version"])
        return *when(row), extent is not None, extent or "", row["key"]

    ordered = sorted(rows, key=order)
    at = ordered.index(head)
    run = [head]
    while at > 0 and not breaks(ordered[at], ordered[at - 1]):
        at -= 1
        row = ordered[at]
        same = territory is not None and setting.extent(row["area"], row["area_version"]) == territory
        like = row["unit"] == head["unit"] and season(row) == season(head) and trusted(row) == trusted(head)
        if observed(row) and not doubtful(row) and same and like and end(row) < end(head):
            run.insert(0, row)
    return run


def breaks(row: Row, before: Row) -> bool:
    differs = (row["status"] == "D") != (before["status"] == "D")
    return row["status"] == "B" or "break" in row["flag"].split("|") or differs


def slow_worst(frame: pl.DataFrame, setting: Setting, kind: str) -> dict[str, Row]:
    """indicator → source, period, group, best_group, groups, suspects, missing for a kind that is a column."""
    found = {}
    rows = [row for row in frame.iter_rows(named=True) if row["area"] == setting.country]
    for indicator, direction in setting.directions.items():
        if direction == "neutral" or setting.units[indicator] == "count":
            continue
        mine = [row for row in rows if row["indicator"] == indicator and only_split(row, kind)]
        cells = [cell for source in {row["source"] for row in mine} if (cell := newest_cell(source, mine, rows))]
        cells = [c for c in cells if all(map(trusted, c["used"]))] or cells
        if not cells:
            continue
        newest = max(c["year"] for c in cells)
        cell = min(
            (c for c in cells if c["year"] >= newest - 5),
            key=lambda c: (setting.ranks[c["source"]], -c["year"], c["source"]),
        )
        found[indicator] = extremes(cell, direction)
    return found


def only_split(row: Row, kind: str) -> bool:
    return row[kind] != "_T" and all(row[d] == "_T" for d in DIMENSIONS if d != kind) and row["other"] == ""


def newest_cell(source: str, mine: list[Row], rows: list[Row]) -> Row | None:
    own = [row for row in mine if row["source"] == source]
    kind = next(d for d in DIMENSIONS if own[0][d] != "_T")
    every = {row[kind] for row in own}
    for period in sorted({row["period"] for row in own}, reverse=True):
        here = [row for row in own if row["period"] == period]
        used = [row for row in here if observed(row) and not doubtful(row) and (row["n"] is None or row["n"] >= 25)]
        national = [
            row
            for row in rows
            if (row["indicator"], row["source"], row["period"]) == (own[0]["indicator"], source, period)
            and row["other"] == "" and all(row[d] == "_T" for d in DIMENSIONS)
        ]  # fmt: skip
        if len(used) >= 2 and len(used) >= len(every) * 2 / 3 and not any(map(doubtful, national)):
            return {"source": source, "period": period, "year": int(period), "used": used, "here": here,
                    "every": every, "kind": kind}  # fmt: skip
    return None


def extremes(cell: Row, direction: str) -> Row:
    kind, used = cell["kind"], cell["used"]
    sign = 1 if direction == "down_is_better" else -1
    worst = min(used, key=lambda row: (-sign * row["value"], row[kind]))
    best = min(used, key=lambda row: (sign * row["value"], row[kind]))
    doubt = {row[kind] for row in cell["here"] if observed(row) and doubtful(row)}
    figures = {row[kind] for row in cell["here"] if observed(row)}
    return {
        "source": cell["source"],
        "period": cell["period"],
        "group": worst[kind],
        "best_group": best[kind],
        "groups": len(used),
        "suspects": sorted(doubt),
        "groups_missing": sorted(cell["every"] - figures),
        "difference": abs(worst["value"] - best["value"]),
    }
