"""Long shifts at random, with servers and boards killed in them: nobody is left in silence.

`Centre.take` checks the balance and the agents' invariants after every entry; here it is
checked that floor and board agree, and that in the end nothing is left over.
"""

from random import Random

import pytest

from app.domain import inputs as i
from tests.domain.floor.centre import Centre
from tests.domain.floor.test_kill import choose, new_centre, perform


def check_callers(centre: Centre) -> None:
    state = centre.floor.state
    assert set(state.legs) == set(centre.board.legs)
    for leg in centre.board.legs.values():
        if not leg.leg.startswith("x"):
            continue
        call = state.calls[state.legs[leg.leg].call_id or ""]
        assert call.phase != "ended"
        assert leg.room is not None or leg.sound is not None, f"{leg} hears nothing in {call.phase}"
    for agent in state.agents.values():
        kind = {"ringing": "ring", "wrap_up": "wrap_up"}.get(agent.state.value)
        assert kind is None or f"{kind}:{agent.agent_id}" in state.timers


def kill_board(centre: Centre, boot_id: str) -> None:
    centre.take(i.BoardLost(board="board0"))
    centre.board.restart(boot_id)
    centre.fed = 0
    centre.attach()


@pytest.mark.req("X5", "X6", "X9", "Q4")
@pytest.mark.parametrize("seed", range(5))
def test_a_long_shift_leaves_nobody_in_silence_and_nothing_behind(seed: int):
    random, centre = Random(seed), new_centre()
    for made in range(250):
        happens = random.random()
        if happens < 0.01:
            centre.kill(random.choice([0.0, 3.0, 90.0]))
        elif happens < 0.014:
            kill_board(centre, f"boot-{made}")
        else:
            perform(centre, choose(centre, random, made))
        check_callers(centre)
    for leg in [leg.leg for leg in centre.board.legs.values() if leg.kind != "desk"]:
        centre.hang_up(leg)
    centre.wait(300)
    assert not centre.floor.state.calls
    assert not centre.floor.state.waiting
    assert not centre.floor.state.timers
