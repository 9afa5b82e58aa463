"""Nothing in the registers or the website writes to the database outside an actions module: read from the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

import everychild
from everychild.registers.audit.models import Permanent
from everychild.registers.installed import REGISTERS
from everychild.registers.records import Record

PACKAGE = Path(everychild.__file__).parent
WRITES = {"save", "delete", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "raw_delete"}
QUERY = {"objects", "filter", "exclude", "all", "order_by", "select_related", "_base_manager"}
ALLOWED = {
    "registers/records.py": "the base of all records",
    "registers/audit/models.py": "the base of all events",
    "registers/audit/writing.py": "writes the event of an action",
    "registers/keeping.py": "plain functions that actions share",
    "registers/people/models.py": "hands over to the base",
    "registers/people/sign_in.py": "counts failed attempts and used codes; no record of a register",
    "registers/people/system.py": "the one account that cannot be made by another",
}


def modules() -> list[Path]:
    found = [*(PACKAGE / "registers").rglob("*.py"), *(PACKAGE / "website").rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts and path.name != "actions.py"
            and "actions" not in path.parts]  # fmt: skip


def writes(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            chain = {inner.attr for inner in ast.walk(node.func.value) if isinstance(inner, ast.Attribute)}
            if name in WRITES or (name in ("update", "add", "set", "clear", "remove") and chain & QUERY):
                yield node.lineno


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_writes_stand_in_actions(path: Path) -> None:
    found = list(writes(ast.parse(path.read_text(encoding="utf-8"))))
    if str(path.relative_to(PACKAGE)) not in ALLOWED:
        assert found == [], f"{path.name} writes at lines {found}; make it an action"


def test_the_search_finds_what_it_is_for() -> None:
    code = (
        "act.save()\nAct.objects.filter(x=1).update(y=2)\n{}.update({})\nAct.objects.create()\nact.pages.all().delete()"
    )
    assert list(writes(ast.parse(code))) == [1, 2, 4, 5]


OWN = {"people.failedsignin", "people.usedcode"}
MODELS = [model for name in REGISTERS for model in apps.get_app_config(name).get_models()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_every_model_is_a_record_without_cascades(model: type[models.Model]) -> None:
    """A cascade would remove rows that no action has named; a many-to-many table has rows without an author."""
    if model._meta.label_lower in OWN:
        return
    assert issubclass(model, (Record, Permanent))
    assert model._meta.many_to_many == ()
    for field in model._meta.concrete_fields:
        if field.remote_field:
            assert field.remote_field.on_delete is models.PROTECT, field.name
