"""Words of the register: stages of a pilot, kinds of partners, what a partner is there for."""

from __future__ import annotations

from typing import Final

STAGES: Final = ("designed", "piloted", "evaluated", "costed", "scaled", "in_law")
"""From an idea to a duty of the State. A later stage does not bear out an earlier one: each has evidence of its own."""
STAGE_EVIDENCE: Final = ("document", "evaluation", "costing", "budget", "act", "statement")
WANTED: Final = {
    "designed": ("document", "act"), "piloted": ("document", "evaluation", "act"), "evaluated": ("evaluation",),
    "costed": ("costing",), "scaled": ("budget", "act", "evaluation"), "in_law": ("act",),
}  # fmt: skip
"""Kinds of evidence that bear a stage out; a statement never does."""
STEP_STATES: Final = ("shown", "claimed", "no_information")
SCOPES: Final = ("local", "national")
PARTNER_KINDS: Final = ("government", "local_authority", "ngo", "un_agency", "donor", "academic", "business")
ROLES: Final = ("answers_for", "implements", "funds", "advises", "takes_part")
LEVELS: Final = ("impact", "outcome", "output")
