"""The base of everything kept in a register: written inside an action only, with what it was before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from everychild.registers.changes import running
from everychild.registers.codes import some_of
from everychild.registers.personal_data import contains_personal_number, looks_like_a_name
from everychild.registers.refusals import Refused, problem
from everychild.vocabulary.findings import Finding, rules

if TYPE_CHECKING:
    from everychild.registers.people.models import Body

SECRET: Final = "(secret)"  # noqa: S105 - what stands for one
UNCHANGEABLE: Final = "records are changed and removed one by one, so that the audit knows each"


class RecordSet(models.QuerySet):
    """Reads as any query set; of the writes only those that an audit event can follow."""

    def update(self, **values: object) -> int:
        raise TypeError(UNCHANGEABLE)

    def bulk_update(self, *args: object, **options: object) -> int:
        raise TypeError(UNCHANGEABLE)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(UNCHANGEABLE)

    def bulk_create(self, records: Iterable[Any], batch_size: int | None = 2_000, **options: Any) -> list[Any]:
        """Add many new rows at once. They are not cleaned one by one: the table they come from must be checked."""
        changes = running()
        written = super().bulk_create(list(records), batch_size=batch_size, **options)
        if written:
            changes.add_many(kind_of(self.model), [record.key for record in written], [r.values() for r in written])
        return written


class Record(models.Model):
    """A row with a revision number. No many-to-many fields: a join is a record of its own, with author and date.

    `body_in_charge` is whose record it is; None: the country's, which only roles with the scope `any` may touch.
    """

    secret_fields: ClassVar[tuple[str, ...]] = ()
    """Fields whose values the audit never repeats."""

    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = RecordSet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @property
    def key(self) -> str:
        return str(self.pk)

    @property
    def body_in_charge(self) -> Body | None:
        return None

    def values(self) -> dict[str, object]:
        """All columns as JSON values, without the revision."""
        fields = [field for field in self._meta.concrete_fields if field.name != "revision"]
        return {field.attname: plain(getattr(self, field.attname)) for field in fields}

    def save(self, **options: Any) -> None:
        """Check, write and tell the running action; nothing is written where nothing changed.

        Raises WriteOutsideAction; Refused when the record does not hold or somebody has changed it since it was read.
        """
        changes = running()
        self._refuse_what_does_not_hold()
        before = None if self._state.adding else self._stored()
        if before is not None and before.values() == self.values():
            return
        self.revision += 1
        super().save(**options)
        changes.add(kind_of(self), self.key, masked(before) if before else None, self._masked_after(before))

    def delete(self, **options: Any) -> tuple[int, dict[str, int]]:
        changes = running()
        before = self._stored()
        changes.add(kind_of(self), self.key, masked(before), None)
        return super().delete(**options)

    def _stored(self) -> Self:
        stored = type(self)._base_manager.select_for_update().filter(pk=self.pk).first()
        if stored is None or stored.revision != self.revision:
            raise Refused([problem(kind_of(self), "changed_meanwhile", value=str(self))])
        return stored

    def _masked_after(self, before: Self | None) -> dict[str, object]:
        after = masked(self)
        for name in self.secret_fields:
            if before is not None and getattr(before, name) != getattr(self, name):
                after[name] = f"{SECRET} {self.revision}"  # differs from before, so that the change is seen
        return after

    def clean(self) -> None:
        """Texts never hold an individual identification number or the full name of a person."""
        for field in self._meta.concrete_fields:
            text = getattr(self, field.attname)
            if isinstance(text, str) and field.name not in self.secret_fields and contains_personal_number(text):
                raise ValidationError({field.name: ValidationError("", code="personal_number")})
            if isinstance(text, str) and field.name not in self.secret_fields and looks_like_a_name(text):
                raise ValidationError({field.name: ValidationError("", code="personal_name")})

    def _refuse_what_does_not_hold(self) -> None:
        try:
            self.full_clean()
        except ValidationError as refused:
            raise Refused(findings_of(self, refused)) from refused


def kind_of(record: models.Model | type[models.Model]) -> str:
    """`laws.act`: what an audit event and an edge of the graph call this kind of record."""
    return str(record._meta.label_lower)


def plain(value: object) -> object:
    """A column's value as JSON has it; decimals as text, because 0.10 must stay 0.10."""
    if value is None or isinstance(value, (bool, int, str, list, dict)):
        return value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    raise TypeError(f"a register keeps no {type(value).__name__}")


def masked(record: Record) -> dict[str, object]:
    return {
        name: SECRET if name in record.secret_fields and value else value for name, value in record.values().items()
    }


_RULE_OF_CODE: Final = {
    "blank": "empty_cell", "null": "empty_cell", "invalid_choice": "field_not_a_choice",
    "max_length": "field_too_long", "unique": "field_not_unique", "unique_together": "field_not_unique",
    "invalid": "field_invalid",
}  # fmt: skip


def findings_of(record: Record, refused: ValidationError) -> list[Finding]:
    """What does not hold, as findings in three languages; a code that is itself a rule is taken as it is."""
    found = []
    for column, errors in refused.error_dict.items():
        name = "" if column == NON_FIELD_ERRORS else column
        for error in errors:
            code = str(error.code or "invalid")
            rule = code if code in rules() else _RULE_OF_CODE.get(code, "field_invalid")
            more = {key: str(value) for key, value in (error.params or {}).items() if re.fullmatch(r"[a-z_]+", key)}
            more.pop("value", None)
            if code == "invalid_choice":
                more["choices"] = some_of([str(one) for one, _ in record._meta.get_field(name).flatchoices])
            found.append(problem(kind_of(record), rule, name, _shown(record, name), **more))
    return found


def _shown(record: Record, column: str) -> str:
    if not column or column in record.secret_fields:
        return ""
    return str(getattr(record, column, "") or "")[:120]


def broken(rule: str, column: str, **more: str) -> ValidationError:
    """For `clean()` of a model: `raise broken("act_repealed_before_it_began", "repealed_on")`."""
    return ValidationError({column: ValidationError("", code=rule, params=more)})
