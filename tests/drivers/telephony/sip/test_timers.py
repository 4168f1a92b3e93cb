"""The wheel of deadlines."""

import pytest

from drivers.telephony.sip.timers import Wheel

pytestmark = pytest.mark.req("T1")


def test_one_act_that_raises_does_not_cost_the_others_their_turn():
    wheel, done = Wheel(0.0), []

    def fail() -> None:
        wheel.after(0.0, lambda: done.append("made by the failing one"))
        raise RuntimeError("a bug of ours")

    for act in (lambda: done.append("before"), fail, lambda: done.append("after")):
        wheel.after(1.0, act)
    with pytest.raises(RuntimeError):
        wheel.advance(1.02)
    assert done == ["before"]
    assert wheel.next_s() is not None and wheel.next_s() <= 1.02
    wheel.advance(1.1)
    assert done == ["before", "after", "made by the failing one"]
    assert wheel.next_s() is None


def test_a_cancelled_deadline_is_never_called():
    wheel, done = Wheel(0.0), []
    wheel.after(1.0, lambda: done.append(1)).cancel()
    wheel.advance(2.0)
    assert done == []
