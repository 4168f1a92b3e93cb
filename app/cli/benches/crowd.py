"""Customers who call 400 again and again, press keys, wait, talk and hang up; and what each went through.

For the bench and the scenario that kill the server under them. Knows telephones and the
demo's flow `main`; knows nothing of the server.
"""

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from drivers.telephony.caller import CallingPhone, PhoneCall
from drivers.telephony.sound.hearing import tone_now

AGENT_HZ = 500.0
# What a customer keys: straight to the queue, or the opening hours first.
WAYS = (["1"], ["4", "1"], ["0"], ["1"])


@dataclass
class Told:
    """What one customer went through. gap_ms: the longest silence on the wire between two packets."""

    number: str
    keys: list[str]
    ended_by: str = ""
    gap_ms: float = 0.0


@dataclass
class Crowd:
    """So many customers at once until told to stop. talking: how many hear an agent just now."""

    sip: tuple[str, int]
    chance: random.Random
    customers: int = 40
    stopping: bool = False
    talking: int = 0
    told: list[Told] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def run(self) -> None:
        phone = await CallingPhone.open(self.sip)
        try:
            await asyncio.gather(*(self._customer(phone, place) for place in range(self.customers)))
        finally:
            await phone.close()

    async def _customer(self, phone: CallingPhone, place: int) -> None:
        await asyncio.sleep(place * 0.05)
        while not self.stopping:
            number = next(self._numbers)
            told = Told(f"1380{number:07}", WAYS[number % len(WAYS)])
            self.told.append(told)
            await self._call(await phone.call("400", told.number), told)
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))

    async def _call(self, call: PhoneCall, told: Told) -> None:
        if not await call.answered():
            told.ended_by = "unanswered"
            return
        await asyncio.sleep(self.chance.uniform(0.3, 2.0))
        for key in told.keys:
            call.press(key)
            await asyncio.sleep(self.chance.uniform(3.5, 4.5))
        while not call.ended.done() and tone_now(call.sound.heard(0.25), AGENT_HZ) < 0.6:
            await asyncio.sleep(0.25)
        self.talking += 1
        await asyncio.sleep(self.chance.uniform(1.0, 6.0))
        self.talking -= 1
        told.gap_ms = longest_gap_ms(call.sound.arrivals_s)
        if call.ended.done():
            told.ended_by = call.ended.result().by
            return
        told.ended_by = "caller"
        call.hang_up()
        await call.ended


def longest_gap_ms(arrivals_s: Sequence[float]) -> float:
    gaps = (later - earlier for earlier, later in itertools.pairwise(arrivals_s))
    return max(gaps, default=0.0) * 1000
