"""Forms of care and justice."""

from __future__ import annotations

from typing import Final

from everychild.website.desk.forms.declared import MARK, Form

FORMS: Final = (
    Form(
        "care.add_definition", "care.caredefinition", own=("code",), country="values",
        groups={"values": ("name", "meaning", "placement", "frame", *MARK)},
    ),
    Form(
        "care.set_base", "care.justicebase", own=("area", "year", "kind", "from_age", "children"),
        groups={"mark": MARK}, keys=("area", "year", "kind"),
    ),
    Form(
        "care.set_level", "care.justicelevel", own=("number", "year", "level", "evidence"), groups={"mark": MARK},
        keys=("number", "year"), country="own",
    ),
)  # fmt: skip
