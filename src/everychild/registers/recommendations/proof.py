"""The proof rule: who says “implemented” is believed when evidence of the right kind was checked, and not before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from everychild.catalogue.catalogue import catalogue
from everychild.registers.codes import listed
from everychild.registers.recommendations.models import Evidence, Recommendation
from everychild.registers.recommendations.vocabulary import CLAIMED, PROOFS

_BETTER: Final[Mapping[str, int]] = {"up_is_better": 1, "down_is_better": -1}


def proofs_wanted(recommendation: Recommendation) -> tuple[str, ...]:
    """Kinds of evidence that would show this recommendation done; any one of them is enough."""
    return listed(recommendation.proofs) or PROOFS


def bears_out(evidence: Evidence) -> bool:
    """Whether this evidence shows anything at all today: it was checked by somebody else than who brought it, and

    - the act is in force now (a repealed act proves nothing any more, so the act is asked each time),
    - money was spent, not planned,
    - the value moved the way that is better for children; where no way is better it shows nothing.
    """
    if evidence.verified != "yes":
        return False
    if evidence.kind == "act_in_force":
        return evidence.act is not None and evidence.act.status == "in_force"
    if evidence.kind == "money_spent":
        return evidence.amount is not None and evidence.amount > 0
    if evidence.kind == "value_moved" and evidence.value_after is not None and evidence.value_before is not None:
        indicator = catalogue().indicators.get(evidence.indicator)
        way = _BETTER.get(indicator.direction, 0) if indicator else 0
        return way * (evidence.value_after - evidence.value_before) > 0
    return False


def proof(recommendation: Recommendation, evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence of the right kind that bears the recommendation out."""
    wanted = proofs_wanted(recommendation)
    return [one for one in evidence if one.kind in wanted and bears_out(one)]


def reads(status: str, proven: bool) -> str:
    """How a reported status reads: `implemented` without proof is `claimed`, whoever reports it."""
    return CLAIMED if status == "implemented" and not proven else status
