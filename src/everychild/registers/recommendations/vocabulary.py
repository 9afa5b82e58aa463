"""Words of the register: mechanisms, statuses, parties, kinds of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MECHANISMS: Final = (
    "CRC", "CRC-OPAC", "CRC-OPSC", "CCPR", "CESCR", "CEDAW", "CERD", "CAT", "SPT", "CRPD", "CED", "CMW", "UPR", "SP",
    "ILO CEACR",
)  # fmt: skip
"""Committees by their treaty; UPR: the Universal Periodic Review; SP: special procedures of the Council."""
STATUSES: Final = (
    "no_information", "not_started", "planned", "in_progress", "partially_implemented", "implemented",
    "no_longer_relevant",
)  # fmt: skip
"""What a party may report. `no_information` is a state of its own and never counts as progress."""
CLAIMED: Final = "claimed"
"""How `implemented` reads while no evidence of the right kind was checked. Nobody can report it."""
PARTIES: Final = ("government", "institution", "civil_society", "committee", "united_nations")
PARTY_OF_KIND: Final[Mapping[str, str]] = {
    "ministry": "government", "bureau": "government", "court": "government", "local_authority": "government",
    "ombudsman": "institution", "ngo": "civil_society", "committee": "committee", "un_office": "united_nations",
}  # fmt: skip
"""Whose voice a body is, by the kind of body. They stand side by side; none outvotes another."""
PROOFS: Final = ("act_in_force", "money_spent", "value_moved")
"""Kinds of evidence that can bear out that something is done."""
EVIDENCE_KINDS: Final = (*PROOFS, "document", "statement")
UPR_POSITIONS: Final = ("supported", "noted", "pending")
WORDINGS: Final = ("exact", "own_words")
"""Whether the text is the document's own or says in our words what it asks for."""
REPEAT_KINDS: Final = ("repeated", "same_issue")
"""The same body asks again in a later cycle; another body asks for the same."""
