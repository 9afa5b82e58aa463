"""Everything that can be done to programmes, results, pilots and partners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from everychild.registers.actions import action
from everychild.registers.audit.queries import events_of, kept_by_people
from everychild.registers.keeping import assign, bring_up_to_date
from everychild.registers.laws.models import Act
from everychild.registers.people.models import Account
from everychild.registers.programmes.models import (
    OF_PROGRAMME,
    IndicatorUse,
    Partner,
    Partnership,
    Pilot,
    Programme,
    Result,
    Step,
)
from everychild.registers.records import kind_of
from everychild.registers.refusals import Refused, problem

OF_MARK: Final = ("source", "retrieved", "verified", "note")
OF_REPORT: Final = ("source", "retrieved", "note")
"""Without the mark: who reports a step does not check its evidence."""
OF_RESULT: Final = ("parent", "level", "title", "programme_area", "partner", *OF_MARK)
OF_USE: Final = ("area", "group", "baseline", "baseline_period", "target", "target_period", *OF_MARK)
OF_PILOT: Final = ("title", "scope", "places", "result", *OF_MARK)
OF_STEP: Final = ("stage", "on", "evidence_kind", "evidence", "act", "link", *OF_REPORT)


@action("programmes.add")
def add(*, by: Account, code: str, values: Mapping[str, object], reason: str = "") -> Programme:
    programme = Programme(code=code)
    assign(programme, values, (*OF_PROGRAMME, *OF_MARK, "country"))
    programme.save()
    return programme


@action("programmes.amend", on="programme")
def amend(*, by: Account, programme: Programme, values: Mapping[str, object], reason: str) -> Programme:
    """Correct what the register says of a programme; whoever answers for it may, except hand it to another body."""
    assign(programme, values, tuple(name for name in (*OF_PROGRAMME, *OF_MARK) if name != "responsible"))
    programme.save()
    return programme


@action("programmes.entrust")
def entrust(*, by: Account, programme: Programme, responsible: Any, reason: str) -> Programme:
    """Say which body answers for a programme: from then on its people keep the programme's records."""
    programme.responsible = responsible
    programme.save()
    return programme


@action("programmes.add_partner")
def add_partner(*, by: Account, code: str, values: Mapping[str, object]) -> Partner:
    partner = Partner(code=code)
    assign(partner, values, ("kind", "name", "body", *OF_MARK))
    partner.save()
    return partner


@action("programmes.join_partner", on="programme")
def join_partner(
    *, by: Account, programme: Programme, partner: Partner, role: str, values: Mapping[str, object], reason: str = ""
) -> Partnership:
    joined = Partnership(programme=programme, partner=partner, role=role)
    assign(joined, values, ("answers_for", *OF_MARK))
    joined.save()
    return joined


@action("programmes.end_partnership", on="partnership")
def end_partnership(*, by: Account, partnership: Partnership, reason: str) -> None:
    partnership.delete()


@action("programmes.add_result", on="programme")
def add_result(*, by: Account, programme: Programme, code: str, values: Mapping[str, object]) -> Result:
    result = Result(code=code, programme=programme)
    assign(result, values, OF_RESULT)
    result.save()
    return result


@action("programmes.amend_result", on="result")
def amend_result(*, by: Account, result: Result, values: Mapping[str, object], reason: str) -> Result:
    assign(result, values, OF_RESULT)
    result.save()
    return result


@action("programmes.use_indicator", on="result")
def use_indicator(*, by: Account, result: Result, indicator: str, values: Mapping[str, object]) -> IndicatorUse:
    """Measure a result by an indicator of the catalogue. Raises Refused for a target worse than its baseline."""
    use = IndicatorUse(result=result, indicator=indicator)
    assign(use, values, OF_USE)
    use.save()
    return use


@action("programmes.amend_use", on="use")
def amend_use(*, by: Account, use: IndicatorUse, values: Mapping[str, object], reason: str) -> IndicatorUse:
    """Change baseline or target; the audit keeps what was promised before, so a moved target is seen."""
    assign(use, values, OF_USE)
    use.save()
    return use


@action("programmes.add_pilot", on="programme")
def add_pilot(*, by: Account, programme: Programme, code: str, values: Mapping[str, object]) -> Pilot:
    pilot = Pilot(code=code, programme=programme)
    assign(pilot, values, OF_PILOT)
    pilot.save()
    return pilot


@action("programmes.report_step", on="pilot")
def report_step(*, by: Account, pilot: Pilot, values: Mapping[str, object], reason: str = "") -> Step:
    """Say that a pilot has reached a stage and what shows it; claimed until a reviewer has read the evidence."""
    step = Step(pilot=pilot, verified="no")
    assign(step, values, OF_STEP)
    step.save()
    return step


@action("programmes.check_step", restorable=False)
def check_step(*, by: Account, step: Step, verified: str, reason: str) -> Step:
    """Mark the evidence of a step as read in its source, in part, or not. Raises Refused for who reported it."""
    if events_of(step).filter(account=by).exists():
        raise Refused([problem(kind_of(step), "evidence_of_your_own", value=str(step))])
    step.verified = verified
    step.save()
    return step


@action("programmes.load_pack")
def load_pack(
    *,
    by: Account,
    programmes: Iterable[Mapping[str, Any]],
    partners: Iterable[Mapping[str, Any]],
    partnerships: Iterable[Mapping[str, Any]],
    pilots: Iterable[Mapping[str, Any]],
    steps: Iterable[Mapping[str, Any]],
) -> int:
    """Take over what a country pack says, except where a person has written since; returns how many were written."""
    written = bring_up_to_date(Programme, programmes, leave=kept_by_people(Programme))
    written += bring_up_to_date(Partner, partners, leave=kept_by_people(Partner))
    programme_of = {one.code: one for one in Programme.objects.all()}
    rows = ({**row, "programme": programme_of[row["programme"]]} for row in pilots)
    written += bring_up_to_date(Pilot, rows, leave=kept_by_people(Pilot))
    return written + _partnerships(partnerships, programme_of) + _steps(steps)


def _partnerships(rows: Iterable[Mapping[str, Any]], programme_of: Mapping[str, Programme]) -> int:
    partner_of = {one.code: one for one in Partner.objects.all()}
    known = set(Partnership.objects.values_list("programme__code", "partner__code", "role"))
    written = 0
    for row in rows:
        if (row["programme"], row["partner"], row["role"]) not in known:
            made = Partnership(programme=programme_of[row["programme"]], partner=partner_of[row["partner"]])
            _take(made, row, ("programme", "partner"))
            made.save()
            written += 1
    return written


def _steps(rows: Iterable[Mapping[str, Any]]) -> int:
    pilot_of = {one.code: one for one in Pilot.objects.all()}
    act_of = {one.code: one for one in Act.objects.all()}
    known = set(Step.objects.values_list("pilot__code", "stage", "evidence_kind", "on"))
    written = 0
    for row in rows:
        if (row["pilot"], row["stage"], row["evidence_kind"], row["on"]) not in known:
            made = Step(pilot=pilot_of[row["pilot"]], act=act_of[row["act"]] if row["act"] else None)
            _take(made, row, ("pilot", "act"))
            made.save()
            written += 1
    return written


def _take(record: Any, row: Mapping[str, Any], taken: tuple[str, ...]) -> None:
    for name, value in row.items():
        if name not in taken:
            setattr(record, name, value)
