"""What the demo's customers do on the telephone: whom they call, which keys, how patient they are.

Knows people, not SIP: a `Telephone` is handed in. Every choice comes from a seeded
generator, so a run can be repeated.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

Story = Literal["calling", "answered", "pressed", "ended"]
FIRST_KEY_S: Final = (2.0, 6.0)  # the welcome is interrupted by those who know it
NEXT_KEY_S: Final = (2.0, 5.0)
TALK_S: Final = (20.0, 75.0)
IMPATIENT_S: Final = (6.0, 20.0)
IMPATIENT: Final = 0.12  # hang up in the queue, or while the menu speaks
PAUSE_S: Final = (1.0, 6.0)  # before the next one calls
AWAY_S: Final = 2.0  # nobody answered at all: the centre is being restarted
# Flow `main` of CONTRACT: repairs, my order, message, hours, English, an agent.
MENU: Final = ((("1",), 62), (("0",), 12), (("2", "20261122#"), 6), (("3",), 5), (("4",), 7), (("9", "1"), 8))


class TelephoneCall(Protocol):
    async def answered(self) -> bool: ...

    def press(self, digits: str) -> None: ...

    def say(self, wav: Path, *, loop: bool = True) -> None: ...

    def hang_up(self) -> None: ...

    async def over(self) -> str:
        """Wait for the end; how it ended, in one word."""


class Telephone(Protocol):
    async def call(self, to_number: str, from_number: str) -> TelephoneCall: ...


@dataclass(frozen=True, slots=True)
class CallPlan:
    """keys: (pause before it in s, digits); stays_s: from the last key (or the answer) to hanging up."""

    from_number: str
    to_number: str
    keys: tuple[tuple[float, str], ...]
    stays_s: float


def plan_call(chance: random.Random, numbers: Sequence[str], to_number: str) -> CallPlan:
    """The next customer's intention."""
    impatient = chance.random() < IMPATIENT
    choices, weights = zip(*MENU, strict=True)
    digits = chance.choices(choices, weights)[0] if to_number == "400" else ()
    keys = tuple(
        (chance.uniform(*(NEXT_KEY_S if number else FIRST_KEY_S)), text) for number, text in enumerate(digits)
    )
    stays_s = chance.uniform(*(IMPATIENT_S if impatient else TALK_S))
    return CallPlan(chance.choice(numbers), to_number, keys, stays_s)


class Customers:
    """Some customers at a time, each calling again as another one when he is done.

    tell(from_number, what, detail): each step; wav: what they say while connected.
    """

    def __init__(
        self,
        telephone: Telephone,
        numbers: Sequence[str],
        *,
        to_numbers: Sequence[str] = ("400",),
        wav: Path | None,
        seed: int,
        tell: Callable[[str, Story, str], None],
    ) -> None:
        self._telephone = telephone
        self._numbers = numbers
        self._to_numbers = to_numbers
        self._wav = wav
        self._seed = seed
        self._tell = tell

    async def run(self, count: int) -> None:
        """`count` at a time, until cancelled; then all of them hang up."""
        async with asyncio.TaskGroup() as group:
            for place in range(count):
                group.create_task(self._call_again_and_again(random.Random(f"{self._seed}/{place}")))

    async def _call_again_and_again(self, chance: random.Random) -> None:
        while True:
            await asyncio.sleep(chance.uniform(*PAUSE_S))
            plan = plan_call(chance, self._numbers, chance.choice(self._to_numbers))
            if not await self.make(plan):
                await asyncio.sleep(AWAY_S)

    async def make(self, plan: CallPlan) -> bool:
        """One call from dialling to its end; False when nobody answered."""
        self._tell(plan.from_number, "calling", plan.to_number)
        call = await self._telephone.call(plan.to_number, plan.from_number)
        over = asyncio.ensure_future(call.over())
        try:
            talked = await call.answered()
            if talked:
                self._tell(plan.from_number, "answered", plan.to_number)
                await asyncio.wait({over, acts := asyncio.ensure_future(self._talk(plan, call))},
                                   return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
                acts.cancel()
        finally:
            call.hang_up()
            self._tell(plan.from_number, "ended", await over)
        return talked

    async def _talk(self, plan: CallPlan, call: TelephoneCall) -> None:
        if self._wav is not None:
            call.say(self._wav)
        for pause_s, digits in plan.keys:
            await asyncio.sleep(pause_s)
            call.press(digits)
            self._tell(plan.from_number, "pressed", digits)
        await asyncio.sleep(plan.stays_s)
