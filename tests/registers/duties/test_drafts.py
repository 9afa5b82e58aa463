"""A poll that is still a draft has no title and no page in the graph."""

from __future__ import annotations

from everychild.registers.duties import nodes
from everychild.registers.voices.models import POLL_STATES, Poll


def test_polls_are_nodes_only_in_a_state_that_exists_and_is_not_the_first() -> None:
    shown = nodes.HOMES["poll"].state
    assert shown in POLL_STATES
    assert shown != Poll._meta.get_field("state").default
