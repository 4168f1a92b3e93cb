"""The agents' table, as a table."""

import pytest

from app.domain import errors
from app.domain.floor.agent import ON_TIMEOUT, TRANSITIONS, S, following


@pytest.mark.req("A1", "A2")
def test_every_state_has_a_way_out_and_a_way_in():
    assert set(TRANSITIONS) == set(S)
    assert all(TRANSITIONS.values())
    assert {to for ways in TRANSITIONS.values() for to in ways.values()} == set(S)


def test_every_timeout_is_in_the_table():
    for state, trigger in ON_TIMEOUT.items():
        assert trigger in TRANSITIONS[state]


@pytest.mark.parametrize("state", S)
def test_what_the_table_does_not_name_is_refused_with_the_state(state: S):
    with pytest.raises(errors.NotInThisState) as refusal:
        following(state, "Sing")
    assert refusal.value.facts() == {"command": "Sing", "state": state.value}
