"""Tables of answers that bodies send: counts of groups, never one row a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from everychild.registers.columns import CellRefused, Column
from everychild.registers.comparing import Compared, compare
from everychild.registers.refusals import problem
from everychild.registers.uploads import Progress, Upload, read_upload
from everychild.registers.voices.models import AGE_GROUP, SEXES, Answers, Choice, Poll, Respondents
from everychild.vocabulary.areas import gazetteer
from everychild.vocabulary.findings import Finding

Cell = tuple[str, str, str]


def _age_group(value: object) -> None:
    if not AGE_GROUP.fullmatch(str(value)):
        raise CellRefused("not_an_age_group")


def _group() -> tuple[Column, ...]:
    return (
        Column("age_group", required=True, check=_age_group),
        Column("sex", "code", required=True, codes=SEXES),
        Column("region", "code", required=True, codes=frozenset(area.code for area in gazetteer())),
        Column("people", "whole", required=True, least=0),
    )


def respondent_columns() -> tuple[Column, ...]:
    return _group()


def answer_columns(poll: Poll) -> tuple[Column, ...]:
    codes = frozenset(Choice.objects.filter(question__poll=poll).values_list("code", flat=True))
    return (Column("choice", "code", required=True, codes=codes), *_group())


def check_respondents(path: Path, name: str, progress: Progress | None = None) -> Upload:
    sent = read_upload(path, name, "voices", "respondents", respondent_columns(), progress=progress)
    return replace(sent, findings=(*sent.findings, *_twice(sent.rows, name, ())))


def check_answers(path: Path, name: str, poll: Poll, progress: Progress | None = None) -> Upload:
    """Besides the cells: nobody answers twice, and no group has more answers than people."""
    sent = read_upload(path, name, "voices", "answers", answer_columns(poll), progress=progress)
    more = (*_twice(sent.rows, name, ("choice",)), *too_many(sent.rows, poll, name))
    return replace(sent, findings=(*sent.findings, *more))


def _twice(rows: list[dict[str, Any]], name: str, more: tuple[str, ...]) -> Iterator[Finding]:
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row[column] for column in (*more, "age_group", "sex", "region"))
        if key in first:
            yield problem(name, "count_twice", "people", str(row["people"]), row["row"], first=str(first[key]))
        first.setdefault(key, row["row"])


def too_many(rows: list[dict[str, Any]], poll: Poll, name: str) -> Iterator[Finding]:
    """Groups in which more people answered a question than took part."""
    people = {group.cell: group.people for group in Respondents.objects.filter(poll=poll)}
    choices = {c.code: c.question for c in Choice.objects.filter(question__poll=poll).select_related("question")}
    sums: dict[tuple[str, Cell], int] = {}
    for row in rows:
        question = choices.get(row["choice"])
        if question is None or row["people"] is None:
            continue
        cell = (row["age_group"], row["sex"], row["region"])
        # With several answers each one is compared alone; with one, all of a question together.
        key = (row["choice"] if question.several else question.code, cell)
        sums[key] = sums.get(key, 0) + row["people"]
        if sums[key] > people.get(cell, 0):
            yield problem(name, "more_answers_than_people", "people", str(sums[key]), row["row"],
                          most=str(people.get(cell, 0)))  # fmt: skip


def compared_respondents(rows: Sequence[Mapping[str, Any]], poll: Poll) -> Compared:
    """Checked rows against the groups that the poll has."""
    given = {_cell(row): (row["people"],) for row in rows}
    return compare(given, {group.cell: (group.people,) for group in Respondents.objects.filter(poll=poll)})


def compared_answers(rows: Sequence[Mapping[str, Any]], poll: Poll) -> Compared:
    given = {(row["choice"], *_cell(row)): (row["people"],) for row in rows}
    answers = Answers.objects.filter(choice__question__poll=poll).select_related("choice")
    return compare(given, {(one.choice.code, *one.cell): (one.people,) for one in answers})


def _cell(row: Mapping[str, Any]) -> Cell:
    return (row["age_group"], row["sex"], row["region"])
