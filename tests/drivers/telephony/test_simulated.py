"""The board in memory keeps the contract, and can refuse, be late and repeat itself."""

import asyncio
from contextlib import asynccontextmanager

from drivers.protocol import telephony as t
from drivers.telephony.simulated import SimulatedBoard
from tests.drivers.telephony.contract import BoardContract, Heard, World, settle
from tests.fakes.virtual_time import run_virtual


def prompt_s(prompt):
    return None if prompt == "missing" else 2.0


class _InMemory(World):
    async def lose_link(self):
        self.network.disappear()

    async def come_back(self):
        self.network.come_back()


@asynccontextmanager
async def in_memory():
    heard = Heard()
    board = SimulatedBoard(asyncio.get_running_loop(), heard, prompt_s=prompt_s, utc=lambda: 1e9)
    yield _InMemory(board, heard, board)
    await board.close()
    await settle()


class TestSimulatedBoard(BoardContract):
    def world(self):
        return in_memory()


def run(story):
    async def inside():
        async with in_memory() as world:
            await story(world)

    run_virtual(inside())


def test_it_can_refuse_what_it_could_do():
    async def story(w):
        await w.attached()
        leg = w.network.network_call("1", "400")
        w.network.refuse_next(t.Accept, "no codec")
        refused = w.do(t.Accept, leg=leg)
        assert await w.heard.first("refused") == ("refused", refused, "no codec")
        w.do(t.Accept, leg=leg)
        await w.heard.first(t.LegAnswered)

    run(story)


def test_it_can_be_late_and_keeps_the_order():
    async def story(w):
        w.network.delay_s = 0.25
        await w.attached()
        await asyncio.sleep(0.3)
        now = asyncio.get_running_loop().time
        began = now()
        leg = w.network.network_call("1", "400")
        await w.heard.first(t.LegOffered)
        assert round(now() - began, 3) == 0.25
        w.do(t.Accept, leg=leg)
        await w.heard.first(t.LegAnswered)
        assert round(now() - began, 3) == 0.75

    run(story)


def test_it_can_repeat_what_was_not_acknowledged():
    async def story(w):
        await w.attached()
        await w.talking()
        w.board.ack(1)
        await settle()
        w.network.repeat_unacknowledged()
        await settle()
        assert [e.seq for e in w.heard.of(t.Up)] == [1, 2, 2]

    run(story)


def test_lost_and_back_in_one_turn_is_told_in_that_order():
    async def story(w):
        await w.attached()
        w.network.disappear()
        w.network.come_back()
        await w.heard.first("connected", 2)
        words = [what[0] for what in w.heard.all if isinstance(what, tuple)]
        assert words == ["connected", "lost", "connected"]

    run(story)
