"""Everything that can be done to counts of children in care and in conflict with the law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from everychild.registers.actions import action
from everychild.registers.audit.queries import kept_by_people
from everychild.registers.care.models import CareCount, CareDefinition, JusticeBase, JusticeCount, JusticeLevel
from everychild.registers.care.rows import care_values, justice_values
from everychild.registers.keeping import assign, bring_up_to_date
from everychild.registers.people.models import Account, Body
from everychild.registers.refusals import Refused, problem

OF_MARK: Final = ("source", "retrieved", "verified", "note")


@action("care.add_definition")
def add_definition(*, by: Account, code: str, values: Mapping[str, object]) -> CareDefinition:
    definition = CareDefinition(code=code)
    assign(definition, values, ("country", "name", "meaning", "placement", "frame", *OF_MARK))
    definition.save()
    return definition


@action("care.hand_in_counts", on="body")
def hand_in_counts(
    *, by: Account, body: Body, rows: Sequence[Mapping[str, Any]], mark: Mapping[str, object], reason: str = ""
) -> int:
    """Take over checked rows; counts that stand already get the new number. Returns how many were written.

    Raises Refused for a count that another body keeps.
    """
    definitions = {definition.code: definition for definition in CareDefinition.objects.all()}
    given = [{**care_values(row), **mark} for row in rows]
    return _keep(CareCount, body, [{**row, "definition": definitions[row["definition"]]} for row in given])


@action("care.hand_in_justice", on="body")
def hand_in_justice(
    *, by: Account, body: Body, rows: Sequence[Mapping[str, Any]], mark: Mapping[str, object], reason: str = ""
) -> int:
    """As `hand_in_counts`, for children in conflict with the law."""
    return _keep(JusticeCount, body, [{**justice_values(row), **mark} for row in rows])


def _keep(model: type[CareCount | JusticeCount], body: Body, given: Sequence[Mapping[str, Any]]) -> int:
    written = 0
    for values in given:
        record = model.objects.filter(code=values["code"]).first() or model(body=body)
        if record.body_id != body.pk:
            raise Refused([problem(model._meta.label_lower, "count_of_another_body", value=str(values["code"]))])
        before = None if record._state.adding else record.values()
        for name, value in values.items():
            setattr(record, name, value)
        if record.values() != before:
            record.save()
            written += 1
    return written


@action("care.set_base")
def set_base(
    *, by: Account, area: str, year: int, kind: str, from_age: int, children: int, mark: Mapping[str, object]
) -> JusticeBase:
    """The children of a place and year that rates of justice are held against."""
    found = JusticeBase.objects.filter(area=area, year=year, kind=kind).first()
    base = found or JusticeBase(area=area, year=year, kind=kind)
    base.from_age, base.children = from_age, children
    assign(base, mark, OF_MARK)
    base.save()
    return base


@action("care.set_level")
def set_level(
    *, by: Account, number: int, year: int, level: int, evidence: Mapping[str, str], mark: Mapping[str, object],
    country: str = "KAZ", reason: str = "",
) -> JusticeLevel:  # fmt: skip
    """The level of a policy indicator, with its evidence."""
    found = JusticeLevel.objects.filter(country=country, number=number, year=year).first()
    record = found or JusticeLevel(country=country, number=number, year=year)
    record.level = level
    record.evidence = evidence  # type: ignore[assignment]
    assign(record, mark, OF_MARK)
    record.save()
    return record


@action("care.load_pack")
def load_pack(*, by: Account, definitions: Iterable[Mapping[str, Any]], counts: Iterable[Mapping[str, Any]]) -> int:
    """Take over what a country pack says, except where a person has written since; `definition` is a code."""
    written = bring_up_to_date(CareDefinition, definitions, leave=kept_by_people(CareDefinition))
    by_code = {definition.code: definition for definition in CareDefinition.objects.all()}
    rows = [{**row, "definition": by_code[row["definition"]]} for row in counts]
    return written + bring_up_to_date(CareCount, rows, leave=kept_by_people(CareCount))
