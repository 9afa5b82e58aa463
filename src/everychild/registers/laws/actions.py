"""Everything that can be done to laws and to the judgements about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from everychild.methods.alignment import Verdict
from everychild.registers.actions import action
from everychild.registers.audit.queries import kept_by_people
from everychild.registers.keeping import assign, bring_up_to_date
from everychild.registers.laws.models import (
    Act,
    ActVersion,
    Adjudication,
    Cell,
    Obligation,
    Provision,
    Reading,
    Succession,
)
from everychild.registers.people.models import Account, Body
from everychild.registers.refusals import Refused, problem

OF_MARK: Final = ("source", "retrieved", "verified", "note")
OF_ACT: Final = (
    "title", "kind", "number", "adopted", "status", "status_remark", "in_force_since", "ended", "articles", "topic",
    "link", *OF_MARK,
)  # fmt: skip
OF_PROVISION: Final = ("label", "text", "in_force_from", "in_force_to", *OF_MARK)
OF_OBLIGATION: Final = ("duty", "criteria", "read_with", "order", *OF_MARK)
CODERS: Final = 2


@action("laws.add_act")
def add_act(*, by: Account, code: str, values: Mapping[str, object], reason: str = "") -> Act:
    act = Act(code=code)
    assign(act, values, (*OF_ACT, "country"))
    act.save()
    return act


@action("laws.amend_act")
def amend_act(*, by: Account, act: Act, values: Mapping[str, object], reason: str) -> Act:
    """Correct what the register says of an act. A change of the law itself is `add_version`."""
    assign(act, values, OF_ACT)
    act.save()
    return act


@action("laws.add_version")
def add_version(
    *,
    by: Account,
    act: Act,
    in_force_from: str,
    amended_by: Act | None,
    provisions: Sequence[Provision] | None,
    mark: Mapping[str, object],
    reason: str,
) -> ActVersion:
    """Record an amendment; the cells of its `provisions` open again, those of the whole act when None, and those that
    say that the law is silent on an article of the act."""
    version = ActVersion(act=act, in_force_from=in_force_from, amended_by=amended_by)
    assign(version, mark, OF_MARK)
    version.save()
    touched = act.provisions.all() if provisions is None else provisions
    silent = Q(provision=None, country=act.country, obligation__instrument="CRC",
               obligation__article__in=act.crc_articles)  # fmt: skip
    _reopen(Cell.objects.filter(Q(provision__in=touched) | silent), f"{act.code}: {in_force_from}. {reason}")
    return version


@action("laws.record_succession")
def record_succession(
    *, by: Account, earlier: Act, later: Act, kind: str, on: str, mark: Mapping[str, object], reason: str = ""
) -> Succession:
    """One act repeals, replaces or amends another; a repealed act ends, and its cells open again."""
    succession = Succession(earlier=earlier, later=later, kind=kind, on=on)
    assign(succession, mark, OF_MARK)
    succession.save()
    if kind != "amends":
        earlier.status, earlier.ended = "repealed", on
        earlier.save()
        _reopen(Cell.objects.filter(provision__act=earlier), f"{later.code} {kind} {earlier.code}")
    return succession


@action("laws.add_provision")
def add_provision(*, by: Account, act: Act, code: str, values: Mapping[str, object]) -> Provision:
    provision = Provision(act=act, code=code)
    assign(provision, values, OF_PROVISION)
    provision.save()
    return provision


@action("laws.amend_provision", restorable=False)
def amend_provision(*, by: Account, provision: Provision, values: Mapping[str, object], reason: str) -> Provision:
    """Correct what the register says of a provision; another text opens its cells again."""
    before = (provision.text_kk, provision.text_ru, provision.text_en)
    assign(provision, values, OF_PROVISION)
    provision.save()
    if before != (provision.text_kk, provision.text_ru, provision.text_en):
        _reopen(provision.cells.all(), f"{provision.code}: {reason}")
    return provision


@action("laws.add_obligation")
def add_obligation(
    *, by: Account, code: str, instrument: str, article: str, values: Mapping[str, object]
) -> Obligation:
    obligation = Obligation(code=code, instrument=instrument, article=article)
    assign(obligation, values, OF_OBLIGATION)
    obligation.save()
    return obligation


@action("laws.amend_obligation", restorable=False)
def amend_obligation(*, by: Account, obligation: Obligation, values: Mapping[str, object], reason: str) -> Obligation:
    """Another duty or other criteria are another question: every cell of the obligation opens again."""
    before = obligation.values()
    assign(obligation, values, OF_OBLIGATION)
    obligation.save()
    asked = [name for name in before if name.startswith(("duty_", "criteria_"))]
    if any(before[name] != getattr(obligation, name) for name in asked):
        _reopen(obligation.cells.all(), f"{obligation.code}: {reason}")
    return obligation


@action("laws.open_cell")
def open_cell(
    *, by: Account, obligation: Obligation, provision: Provision | None, country: str = "KAZ", reason: str = ""
) -> Cell:
    """Ask the question: does this provision keep this duty, or (None) does the law say anything at all?"""
    cell = Cell(obligation=obligation, provision=provision, country=country, opened_because=reason)
    cell.save()
    return cell


@action("laws.reopen_cell", restorable=False)
def reopen_cell(*, by: Account, cell: Cell, reason: str) -> Cell:
    """Ask again in a new round; what was said in the old one stays."""
    _reopen([cell], reason)
    return cell


@action("laws.hand_in_reading", on="body", restorable=False)
def hand_in_reading(
    *, by: Account, body: Body, cell: Cell, verdict: Verdict, reading: str, quotation: str = ""
) -> Reading:
    """Hand in one's judgement with its reason (`reading`, one sentence) and the words of the law it rests on.

    Raises Refused: the cell has both readings, one of them is this person's, or the quotation is missing.
    """
    cell = Cell.objects.select_for_update().get(pk=cell.pk)
    earlier = list(Reading.objects.filter(cell=cell, round=cell.round))
    if cell.state != "open" or len(earlier) >= CODERS:
        raise Refused([problem("laws.cell", "cell_not_open", value=str(cell))])
    if any(one.coder_id == by.pk for one in earlier):
        raise Refused([problem("laws.cell", "read_by_yourself", value=str(cell))])
    if any(one.body_id == body.pk for one in earlier):
        raise Refused([problem("laws.cell", "read_by_the_same_body", value=str(cell))])
    if cell.provision_id and verdict in ("aligned", "partly", "not_aligned") and not quotation.strip():
        raise Refused([problem("laws.reading", "quotation_required", "quotation")])
    handed_in = Reading(cell=cell, round=cell.round, coder=by, body=body, verdict=verdict, reason=reading,
                        quotation=quotation, handed_in=timezone.now())  # fmt: skip
    handed_in.save()
    if earlier:
        _close(cell, earlier[0].verdict, verdict)
    return handed_in


@action("laws.adjudicate", restorable=False)
def adjudicate(*, by: Account, cell: Cell, verdict: Verdict, reason: str) -> Adjudication:
    """Decide where two coders differ. Raises Refused when they do not, or when the judge is one of them."""
    cell = Cell.objects.select_for_update().get(pk=cell.pk)
    if cell.state != "disputed":
        raise Refused([problem("laws.cell", "cell_not_disputed", value=str(cell))])
    if Reading.objects.filter(cell=cell, round=cell.round, coder=by).exists():
        raise Refused([problem("laws.cell", "read_by_yourself", value=str(cell))])
    decided = Adjudication(cell=cell, round=cell.round, judge=by, verdict=verdict, reason=reason, at=timezone.now())
    decided.save()
    cell.state, cell.outcome = "adjudicated", verdict
    cell.save()
    return decided


@action("laws.load_pack")
def load_pack(
    *,
    by: Account,
    acts: Iterable[Mapping[str, Any]],
    obligations: Iterable[Mapping[str, Any]],
    provisions: Iterable[Mapping[str, Any]],
    successions: Iterable[Mapping[str, Any]],
) -> int:
    """Take over what a country pack says, except where a person has written since; returns how many were written.

    `act`, `earlier` and `later` of provisions and successions are codes of acts.
    """
    written = bring_up_to_date(Act, acts, leave=kept_by_people(Act))
    written += bring_up_to_date(Obligation, obligations, leave=kept_by_people(Obligation))
    by_code = {act.code: act for act in Act.objects.all()}
    written += bring_up_to_date(
        Provision,
        ({**row, "act": by_code[row["act"]]} for row in provisions),
        leave=kept_by_people(Provision),
    )
    known = set(Succession.objects.values_list("earlier__code", "later__code", "kind"))
    for row in successions:
        if (row["earlier"], row["later"], row["kind"]) not in known:
            Succession(**{**row, "earlier": by_code[row["earlier"]], "later": by_code[row["later"]]}).save()
            written += 1
    return written


def _reopen(cells: Iterable[Cell], because: str) -> None:
    """Cells that nobody has read yet simply stay open."""
    for cell in cells:
        if cell.state == "open" and not cell.readings.filter(round=cell.round).exists():
            continue
        cell.round += 1
        cell.state, cell.outcome, cell.opened_because = "open", "not_assessed", because
        cell.save()


def _close(cell: Cell, one: str, other: str) -> None:
    cell.state, cell.outcome = ("agreed", one) if one == other else ("disputed", "not_assessed")
    cell.save()
