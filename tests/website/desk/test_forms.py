"""Every action of the registers that a person may do has a form, and the form asks for what the action takes."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from django.apps import apps

from everychild.registers.actions import ACTIONS
from everychild.registers.installed import REGISTERS
from everychild.registers.permissions import permission_table
from everychild.registers.records import Record, kind_of
from everychild.vocabulary.language import LANGUAGES
from everychild.website.desk.forms.declarations import REGISTERS as AT_THE_DESK
from everychild.website.desk.forms.declarations import forms
from everychild.website.desk.forms.declared import Form
from everychild.website.desk.forms.fields import WHY, fields_of
from everychild.website.desk.forms.kinds import KINDS
from everychild.website.desk.forms.words import WORDS, codes_of, column_of
from everychild.website.texts import interface_texts
from tests.registers.made import Desk

TABLES = {"budget.hand_in_lines", "care.hand_in_counts", "care.hand_in_justice", "voices.hand_in_respondents",
          "voices.hand_in_answers", "recommendations.take_over"}  # fmt: skip
"""Whole tables are handed in as files, at /desk/tables."""

PLAIN = {("laws.obligation", "instrument"), ("care.justicelevel", "level")}
"""Codes that are their own words: treaties by their short names, levels 1 to 4."""


def test_every_action_that_a_person_may_do_has_a_form() -> None:
    scopes = permission_table(REGISTERS).scopes
    of_people = {action for role, action in scopes if role != "system" and action.partition(".")[0] in AT_THE_DESK}
    assert set(forms()) == of_people - TABLES
    assert of_people >= TABLES


@pytest.fixture(params=sorted(forms()))
def form(request: Any) -> Form:
    return forms()[request.param]


class TestDeclarations:
    def test_its_fields_are_the_parameters_of_the_action(self, desk: Desk, form: Form) -> None:
        parameters = inspect.signature(ACTIONS[form.action].function).parameters
        taken = {"by"} | ({form.on} if form.on else set())
        for field in fields_of(form, desk.person("publisher")):
            taken.add(field.into or ("reason" if field.name == WHY else field.name))
        taken |= {"country"} if form.country == "own" else set()
        needed = {name for name, one in parameters.items() if one.default is inspect.Parameter.empty}
        assert needed <= taken <= set(parameters)

    def test_its_names_are_told_apart(self, desk: Desk, form: Form) -> None:
        names = [field.name for field in fields_of(form, desk.person("publisher"))]
        assert len(names) == len(set(names))

    def test_it_stands_on_a_kind_that_the_desk_shows(self, form: Form) -> None:
        assert form.makes in KINDS
        assert not form.stands or form.stands in KINDS
        assert bool(form.stands) == bool(form.on)
        assert not form.corrects or form.makes == form.stands
        assert all(column_of(form.makes, name) is not None for name in form.keys)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_its_fields_have_labels_and_its_codes_words(self, desk: Desk, form: Form, language: Any) -> None:
        person = desk.person("publisher")
        person.language = language
        for field in fields_of(form, person):
            assert field.label not in (field.name, field.column), field
            if language != "en" and (field.of, field.column) not in PLAIN:
                assert all(word != code for code, word in field.codes), field

    def test_its_button_has_words(self, form: Form) -> None:
        assert f"desk.do.{form.action}" in interface_texts()


def test_every_record_of_these_registers_is_shown_or_is_a_count_that_protects_few() -> None:
    protected = {"care.carecount", "care.justicecount", "voices.respondents", "voices.answers", "budget.tally"}
    models = [model for model in apps.get_models() if issubclass(model, Record)]
    kinds = {kind_of(model) for model in models if model._meta.app_label in AT_THE_DESK}
    assert set(KINDS) == kinds - protected


def test_every_kind_says_columns_that_it_has() -> None:
    for kind in KINDS.values():
        names = {field.name for field in kind.model._meta.get_fields()}
        assert set(kind.says) <= names, kind
        assert {kind.under} - {""} <= names, kind
        assert all(hasattr(kind.model, name) for name in kind.parts), kind
        assert all(f"desk.part.{name}" in interface_texts() for name in kind.parts), kind


def test_words_stand_for_columns_with_codes(db: None) -> None:
    for place in WORDS:
        kind, _, name = place.rpartition(".")
        assert codes_of(kind, name, "en"), place
