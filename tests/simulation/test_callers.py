"""What simulated customers intend, and that they keep calling; time is virtual, the telephone a fake."""

import asyncio
import random

import pytest

from app.simulation.callers import Customers, plan_call
from tests.fakes.virtual_time import run_virtual

NUMBERS = ["13800000001", "13800000002"]


class Call:
    def __init__(self, answers, ends_after_s):
        self.done, self.answers = [], answers
        self.ended = asyncio.get_running_loop().create_future()
        if ends_after_s is not None:
            asyncio.get_running_loop().call_later(ends_after_s, self._end, "far_16")

    def _end(self, how):
        if not self.ended.done():
            self.ended.set_result(how)

    async def answered(self):
        if not self.answers:
            self._end("sip_503")
        return self.answers

    def press(self, digits):
        self.done.append(digits)

    def say(self, wav, *, loop=True):
        self.done.append("speaks")

    def hang_up(self):
        self._end("us_16")

    async def over(self):
        return await self.ended


class Telephone:
    def __init__(self, answers=True, ends_after_s=None):
        self.calls, self.answers, self.ends_after_s = [], answers, ends_after_s

    async def call(self, to_number, from_number):
        self.calls.append(Call(self.answers, self.ends_after_s))
        return self.calls[-1]


def test_the_same_seed_makes_the_same_calls():
    plans = [[plan_call(random.Random(f"7/{n}"), NUMBERS, "400") for n in range(200)] for _ in range(2)]
    assert plans[0] == plans[1]
    keys = {tuple(digits for _, digits in plan.keys) for plan in plans[0]}
    assert ("1",) in keys and ("0",) in keys and len(keys) > 4
    assert any(plan.stays_s < 20 for plan in plans[0]) and any(plan.stays_s > 40 for plan in plans[0])


def test_who_dials_the_queue_directly_presses_no_keys():
    assert plan_call(random.Random(1), NUMBERS, "9120").keys == ()


def _run(telephone, seconds, count=1):
    told = []

    async def story():
        customers = Customers(
            telephone, NUMBERS, wav=None, seed=7, tell=lambda who, what, detail: told.append((what, detail))
        )
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await customers.run(count)

    run_virtual(story())
    return told


def test_customers_call_again_and_again_and_hang_up_by_themselves():
    telephone = Telephone()
    told = _run(telephone, 3600.0, count=3)
    assert len(telephone.calls) > 60
    assert told.count(("ended", "us_16")) == len(telephone.calls)
    assert all(call.ended.done() for call in telephone.calls)
    assert any(what == "pressed" for what, _ in told)


def test_a_customer_who_is_hung_up_on_does_not_go_on_pressing():
    telephone = Telephone(ends_after_s=0.5)
    told = _run(telephone, 600.0)
    assert ("ended", "far_16") in told and not any(what == "pressed" for what, _ in told)


def test_a_centre_that_does_not_answer_is_tried_less_often():
    busy, free = Telephone(answers=False), Telephone(ends_after_s=0.0)
    _run(busy, 600.0)
    _run(free, 600.0)
    assert len(busy.calls) < len(free.calls)
