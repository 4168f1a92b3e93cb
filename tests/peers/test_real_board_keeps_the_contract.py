"""What the contract says of simulated boards, asked of a real board process with a real telephone.

The network half of the contract (tests/drivers/telephony/contract.py) lives in virtual time; here
the same promises are asked for in real time: what begins is told to end, once, and in order.
"""

import asyncio
from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest

from drivers.protocol import telephony as t
from drivers.telephony.caller import CallingPhone, PhoneCall
from drivers.telephony.remote import RemoteBoard
from tests.drivers.telephony.contract import Heard
from tests.fakes.live_board import LiveBoard

pytestmark = [pytest.mark.peer, pytest.mark.req("T1", "T21")]
PROMPT = "zh_CN/main-menu"
EPOCHS = count(2)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBoard]:
    live = LiveBoard(tmp_path_factory.mktemp("board"))
    yield live
    live.close()
    assert live.said("internal_error") == []


class Server:
    """One server, one telephone, calls between them."""

    def __init__(self, live: LiveBoard) -> None:
        self.live, self.heard, self._commands, self._epoch = live, Heard(), 0, next(EPOCHS)
        self.board = RemoteBoard(f"unix:{live.folder}/board.sock", self.heard)

    async def begin(self) -> None:
        self.board.start()
        _, _, snapshot = await self.heard.first("connected")
        self.board.attach(self._epoch, snapshot.last_seq)
        host, _, port = self.live.sip.rpartition(":")
        self.phone = await CallingPhone.open((host, int(port)))

    def do(self, kind, **fields) -> None:
        self._commands += 1
        self.board.send(kind(epoch=self._epoch, command_id=f"k{self._commands}", **fields))

    async def talking(self) -> tuple[str, PhoneCall]:
        number = len(self.heard.of(t.LegOffered)) + 1
        call = await self.phone.call("400", "13800004417")
        leg = (await self.heard.first(t.LegOffered, number)).leg
        self.do(t.Accept, leg=leg)
        assert await call.answered()
        await self.heard.first(t.LegAnswered, number)
        return leg, call

    async def end(self) -> None:
        await self.phone.close()
        await self.board.close()


def run(live: LiveBoard, story) -> None:
    async def inside() -> None:
        server = Server(live)
        await server.begin()
        await story(server)
        await server.end()

    asyncio.run(inside())


def test_a_leg_that_ends_ends_all_that_went_on_there_first_and_its_recording_is_saved(board):
    async def story(s: Server) -> None:
        legs = [await s.talking() for _ in range(2)]
        (collecting, first), (playing, second) = legs
        s.do(t.Collect, leg=collecting, op="c1", max_digits=9, first_timeout_s=60)
        s.do(t.Play, leg=playing, op="p1", prompts=[PROMPT], loop=True)
        for name, (leg, _) in zip(("r1", "r2"), legs, strict=True):
            s.do(t.StartRecording, recording=name, leg=leg, file=f"{name}.wav")
        first.press("12")
        while first.sound.pressing or second.sound.received < 20:
            await asyncio.sleep(0.02)
        first.hang_up()
        second.hang_up()
        await s.heard.first(t.LegEnded, 2)
        await s.heard.first(t.RecordingSaved, 2)
        told = [w for w in s.heard.all if isinstance(w, t.Up)]
        for leg, kind, op in ((collecting, t.CollectFinished, "c1"), (playing, t.PlayFinished, "p1")):
            mine = [e for e in told if e.leg == leg]
            kinds = [type(e) for e in mine]
            assert kinds.count(t.LegAnswered) == kinds.count(t.LegEnded) == kinds.count(kind) == 1
            assert kinds.index(t.LegAnswered) < kinds.index(kind) < kinds.index(t.LegEnded)
            finished = mine[kinds.index(kind)]
            assert (finished.op, finished.reason) == (op, "stopped")
        assert s.heard.of(t.CollectFinished)[0].digits == "12"
        assert {e.recording for e in s.heard.of(t.RecordingSaved)} == {"r1", "r2"}
        assert all(e.duration_s > 0.2 for e in s.heard.of(t.RecordingSaved))
        assert s.heard.of("refused") == []

    run(board, story)


def test_sounds_are_replaced_stopped_missing_or_done_and_each_says_so(board):
    async def story(s: Server) -> None:
        leg, call = await s.talking()
        s.do(t.Play, leg=leg, op="p1", prompts=[PROMPT], loop=True)
        s.do(t.Play, leg=leg, op="p2", prompts=[PROMPT], loop=True)
        s.do(t.StopSound, leg=leg, op="p1")
        s.do(t.StopSound, leg=leg, op="p2")
        s.do(t.Play, leg=leg, op="p3", prompts=["missing"])
        s.do(t.Play, leg=leg, op="p4", prompts=["sounds/beep"])
        await s.heard.first(t.PlayFinished, 4)
        assert [(e.op, e.reason, e.detail) for e in s.heard.of(t.PlayFinished)] == [
            ("p1", "stopped", ""), ("p2", "stopped", ""), ("p3", "failed", "missing"), ("p4", "done", "")
        ]  # fmt: skip
        call.hang_up()
        await s.heard.first(t.LegEnded)

    run(board, story)


@pytest.mark.parametrize(
    ("keys", "reason", "digits", "terminator"),
    [("123", "full", "123", ""), ("12#", "terminator", "12", "#"), ("1", "timeout", "1", ""),
     ("", "timeout", "", ""), ("#", "terminator", "", "#")],
)  # fmt: skip
def test_digits_are_collected_until_full_terminated_or_late(board, keys, reason, digits, terminator):
    async def story(s: Server) -> None:
        leg, call = await s.talking()
        wish = {"max_digits": 3, "first_timeout_s": 2.0, "next_timeout_s": 1.5}
        s.do(t.Collect, leg=leg, op="c1", prompts=[PROMPT] if keys else [], **wish)
        while keys and np.abs(call.sound.heard(0.2)).max(initial=0) < 500:
            await asyncio.sleep(0.02)  # the prompt is heard: the collect has begun
        call.press(keys)
        collected = await s.heard.first(t.CollectFinished, within_s=20.0)
        assert (collected.reason, collected.digits, collected.terminator) == (reason, digits, terminator)
        assert s.heard.of(t.DigitPressed) == []
        call.hang_up()
        await s.heard.first(t.LegEnded)

    run(board, story)
