"""Labels that mean "no answer", in the languages that files of surveys are labelled in."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = re.compile(
    r"missing|no (response|answer|information|data)|do(es)?n.?t know|does not know|\bdk\b|\bn/?a\b|unknown"
    r"|refus|omitted|not (stated|applicable|known|reported|available)|inconsisten"
    r"|нет (ответа|данных|сведений|информации)|не (знает|указан|ответил|применимо)|пропу|отказ|затрудн|неизвест"
    r"|жауап|білмей|белгісіз|бас тарт|көрсетілмеген|дерек(тер)? жоқ"
    r"|manquant|ne sait pas|pas de réponse|non réponse|no sabe|sin respuesta|no responde|perdido",
    re.IGNORECASE,
)


def is_no_answer(label: str) -> bool:
    """Whether a label of a code means that there is no answer."""
    return bool(_WORDS.search(label))
