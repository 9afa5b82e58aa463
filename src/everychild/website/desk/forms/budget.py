"""Forms of the child budget."""

from __future__ import annotations

from typing import Final

from everychild.registers.budget.actions import OF_BASIS, OF_LINE, OF_RULE, OF_SHARE
from everychild.website.desk.forms.declared import MARK, Form

FORMS: Final = (
    Form("budget.amend_line", "budget.line", "budget.line", "line", groups={"values": OF_LINE}, corrects=True),
    Form(
        "budget.add_rule_set", "budget.ruleset", own=("code",), country="values",
        groups={"values": ("name", "meaning", "public_goods", "official", "act", *MARK)},
    ),
    Form(
        "budget.set_rule", "budget.rule", "budget.ruleset", "rule_set", own=("code",), groups={"values": OF_RULE},
        keys=("code",), under="rule_set",
    ),
    Form(
        "budget.decide_share", "budget.lineshare", "budget.line", "line", own=("rule_set",),
        groups={"values": OF_SHARE}, keys=("rule_set",), under="line",
    ),
    Form(
        "budget.set_basis", "budget.yearbasis", own=("area", "year"), groups={"values": OF_BASIS},
        keys=("area", "year"),
    ),
)  # fmt: skip
