"""An agent's voice in SRTP, through a real board's processes; beside it one who sends in the clear."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.audio.simulated import SimulatedSoundCard
from drivers.audio.wav import read_wav, write_wav
from drivers.protocol import telephony as t
from drivers.telephony.caller import CallingPhone, PhoneCall
from drivers.telephony.desk.headless import HeadlessVoice
from drivers.telephony.desk.voice import DeskVoice
from drivers.telephony.remote import RemoteBoard
from tests.drivers.telephony.contract import Heard
from tests.fakes.live_board import LiveBoard

pytestmark = [pytest.mark.peer, pytest.mark.req("A1")]
TOKEN = "00112233445566778899aabbccddeeff"
AGENT_HZ, CALLER_HZ, STRANGER_HZ = 600, 440, 900
SPOKEN_S = 1.6


@pytest.fixture
def board(tmp_path: Path) -> Iterator[LiveBoard]:
    live = LiveBoard(tmp_path, desk_srtp="always")
    yield live
    live.close()
    assert live.said("internal_error") == []


def tone(hz: float) -> np.ndarray:
    return (8000 * np.sin(2 * np.pi * hz * np.arange(8000) / 8000)).astype(np.int16)


def level(sound: np.ndarray, hz: float) -> float:
    """Amplitude of a tone in the last half second, whatever its phase."""
    last = sound[-4000:].astype(float)
    return float(2 * np.abs(np.mean(last * np.exp(-2j * np.pi * hz * np.arange(len(last)) / 8000))))


class Centre:
    """A server's end of the board, a caller, and an agent's leg in one room with him."""

    def __init__(self, live: LiveBoard, folder: Path) -> None:
        self._live, self.folder, self._commands = live, folder, 0
        self.heard = Heard()
        self._link = RemoteBoard(f"unix:{live.folder}/board.sock", self.heard)

    def do(self, kind, **fields) -> None:
        self._commands += 1
        self._link.send(kind(epoch=2, command_id=f"s{self._commands}", **fields))

    async def begin(self) -> tuple[t.DeskReady, PhoneCall]:
        self._link.start()
        await self.heard.first("connected")
        self._link.attach(2, 0)
        self.do(t.OpenDesk, leg="d1", user="a01", token=TOKEN)
        ready = await self.heard.first(t.DeskReady)
        host, _, port = self._live.sip.rpartition(":")
        self._phone = await CallingPhone.open((host, int(port)))
        call = await self._phone.call("400", "13800004417")
        leg = (await self.heard.first(t.LegOffered)).leg
        self.do(t.Accept, leg=leg)
        assert await call.answered()
        for joined in ("d1", leg):
            self.do(t.Join, leg=joined, room="r1")
        call.sound.say(tone(CALLER_HZ), loop=True)
        return ready, call

    def voice(self, name: str, hz: float) -> HeadlessVoice:
        write_wav(self.folder / f"{name}-says.wav", tone(hz))
        return HeadlessVoice(self.folder / f"{name}-says.wav", store=self.folder / f"{name}.wav")

    async def end(self) -> None:
        await self._phone.close()
        await self._link.close()


def test_agent_and_caller_hear_each_other_and_a_stranger_with_the_token_in_the_clear_nobody(board, tmp_path):
    async def story() -> None:
        centre = Centre(board, tmp_path)
        ready, call = await centre.begin()
        assert ready.srtp
        agent, stranger = centre.voice("agent", AGENT_HZ), centre.voice("stranger", STRANGER_HZ)
        await stranger.connect(ready.host, ready.port, TOKEN)
        await agent.connect(ready.host, ready.port, TOKEN, srtp=ready.srtp)
        assert (await centre.heard.first(t.DeskChanged, within_s=5.0)).heard
        await asyncio.sleep(SPOKEN_S)
        heard = call.sound.heard()
        assert level(heard, AGENT_HZ) > 7000 and level(heard, STRANGER_HZ) < 50
        assert agent.packets_heard > 40 and stranger.packets_heard == 0
        for voice in (agent, stranger):
            await voice.close()
        assert level(read_wav(tmp_path / "agent.wav"), CALLER_HZ) > 7000
        await centre.end()

    asyncio.run(story())
    assert sum(line["packets"] for line in board.said("packets_refused")) > 20


def test_the_desktops_voice_process_speaks_and_hears_in_secret_too(board, tmp_path):
    async def story() -> None:
        centre = Centre(board, tmp_path)
        ready, call = await centre.begin()
        card = SimulatedSoundCard(16000)
        card.world_says_tone(AGENT_HZ)
        voice = DeskVoice(card, lambda event: None)
        voice.start()
        where = {"host": ready.host, "port": ready.port, "token": TOKEN, "srtp": ready.srtp}
        await voice.handle({"do": "connect", **where})
        assert (await centre.heard.first(t.DeskChanged, within_s=5.0)).heard
        await asyncio.sleep(SPOKEN_S)
        assert voice.state()["line"] == "heard"
        assert level(call.sound.heard(), AGENT_HZ) > 3000
        assert level(card.world_heard()[::2], CALLER_HZ) > 3000
        await voice.stop()
        await centre.end()

    asyncio.run(story())


def test_a_board_on_loopback_asks_for_no_secret_unless_told(tmp_path):
    live = LiveBoard(tmp_path)
    try:
        live.do(t.OpenDesk, leg="d1", user="a01", token=TOKEN)
        assert live.event(t.DeskReady).srtp is False
    finally:
        live.close()
