"""The tally of rights on the home page, where a state may stand for no right at all."""

from __future__ import annotations

import re

import pytest

from everychild.vocabulary.language import LANGUAGES, Language
from everychild.website.texts import say_count
from tests.website.conftest import SmallSite


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_state_that_no_right_is_in_is_counted_as_none(small_site: SmallSite, language: Language) -> None:
    small_site.publish({"value": 9.0})
    answer = small_site.client.get(f"/{language}/")
    assert answer.status_code == 200
    found = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", answer.content.decode().partition('class="tally"')[2])
    assert found[:2] == [(say_count(f"home.tally.{state}", 0, language), "0") for state in ("better", "worse")]
    assert int(found[2][1]) > 0
