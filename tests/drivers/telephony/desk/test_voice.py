"""`desk_voice` with a simulated headset: what it does when told, and what it tells."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pylibsrtp
import pytest

from drivers.audio.simulated import SimulatedSoundCard
from drivers.telephony.desk.address import ControlAddress
from drivers.telephony.desk.control import AlreadyRunning, ControlServer, open_control
from drivers.telephony.desk.ringing import LOUDEST, Ringing
from drivers.telephony.desk.rtp_out import RtpOut
from drivers.telephony.desk.srtp_keys import srtp_keys
from drivers.telephony.desk.voice import DeskVoice
from drivers.telephony.sound import g711, rtp

TOKEN = bytes(range(16))
pytestmark = pytest.mark.req("A1")


class Leg(asyncio.DatagramProtocol):
    """The board's end: answers hellos, keeps what it hears, says a tone when told."""

    def __init__(self) -> None:
        self.heard: list[rtp.Packet] = []
        self.hellos = 0
        self.desk: tuple[str, int] | None = None
        self.arrived = asyncio.Event()
        self._out = RtpOut(TOKEN, "PCMA", ssrc=9, seq=1, timestamp=7, nonce=0)
        at = np.arange(160)
        self._tone = g711.encode((9000 * np.sin(at * np.pi / 4)).astype(np.int16), 8).tobytes()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if hello := rtp.read_desk_hello(data):
            assert hello[0] == TOKEN
            self.hellos += 1
            self.desk = addr
            self.transport.sendto(rtp.desk_answer(hello[1]), addr)
        elif packet := rtp.parse(data):
            self.heard.append(packet)
        self.arrived.set()

    def say_tone(self, frames: int = 1) -> None:
        for _ in range(frames):
            self.transport.sendto(self._out.packet(self._tone), self.desk)

    async def hears(self, more: int) -> np.ndarray:
        """Wait for so many more frames and return them."""
        begin = len(self.heard)
        while len(self.heard) < begin + more:
            self.arrived.clear()
            await self.arrived.wait()
        codes = b"".join(p.payload for p in self.heard[begin:])
        return g711.decode(np.frombuffer(codes, np.uint8), 8)


class Desk:
    """A voice, a card, a leg, and everything the voice has told."""

    def __init__(self) -> None:
        self.card = SimulatedSoundCard(16000)
        self.card.world_says_tone(600)
        self.told: list[dict[str, object]] = []
        self.changed = asyncio.Event()
        self.voice = DeskVoice(self.card, self._tell)

    def _tell(self, event: dict[str, object]) -> None:
        self.told.append(event)
        self.changed.set()

    async def tells(self, name: str, **facts: object) -> dict[str, object]:
        """Wait for an event not yet looked at."""
        while True:
            while self.told:
                event = self.told.pop(0)
                if event["event"] == name and facts.items() <= event.items():
                    return event
            self.changed.clear()
            await self.changed.wait()

    async def connect(self, leg: Leg) -> dict[str, object]:
        return await self.voice.handle(
            {"do": "connect", "host": "127.0.0.1", "port": leg.port, "token": TOKEN.hex()}
        )


def at_the_desk(story: Callable[[Desk, Leg], Awaitable[None]]) -> None:
    async def play() -> None:
        loop = asyncio.get_running_loop()
        transport, leg = await loop.create_datagram_endpoint(
            Leg, local_addr=("127.0.0.1", 0), family=socket.AF_INET
        )
        desk = Desk()
        desk.voice.start()
        try:
            async with asyncio.timeout(15):
                await desk.tells("state", headset=True)
                await story(desk, leg)
        finally:
            await desk.voice.stop()
            transport.close()

    asyncio.run(play())


def test_the_microphone_is_heard_on_the_line():
    async def story(desk: Desk, leg: Leg) -> None:
        assert (await desk.connect(leg))["line"] == "connecting"
        await leg.hears(15)
        spoken = (await leg.hears(25)).astype(float)
        spectrum = np.abs(np.fft.rfft(spoken * np.hanning(len(spoken))))
        assert abs(spectrum.argmax() * 8000 / len(spoken) - 600) < 4

    at_the_desk(story)


def test_muted_it_sends_silence_at_the_same_pace_and_stays_muted_on_the_next_leg():
    async def story(desk: Desk, leg: Leg) -> None:
        assert (await desk.voice.handle({"do": "mute", "muted": True}))["muted"] is True
        await desk.connect(leg)
        assert np.abs(await leg.hears(20)).max() <= 8
        await desk.voice.handle({"do": "mute", "muted": False})
        await leg.hears(2)
        assert np.abs(await leg.hears(10)).max() > 5000

    at_the_desk(story)


def test_the_line_is_heard_in_the_headphones():
    async def story(desk: Desk, leg: Leg) -> None:
        await desk.connect(leg)
        for _ in range(30):
            await leg.hears(1)
            leg.say_tone()
        await desk.tells("line_heard")
        heard = desk.card.world_heard().astype(float)
        loud = np.flatnonzero(np.abs(heard) > 4000)
        assert len(loud) > 0.35 * 16000 * 0.5
        middle = heard[loud[len(loud) // 2] - 1600 : loud[len(loud) // 2]]
        spectrum = np.abs(np.fft.rfft(middle * np.hanning(1600)))
        assert abs(spectrum.argmax() * 10 - 1000) <= 20

    at_the_desk(story)


def test_the_hello_stops_hurrying_once_answered():
    async def story(desk: Desk, leg: Leg) -> None:
        await desk.connect(leg)
        await leg.hears(50)
        assert leg.hellos == 1

    at_the_desk(story)


def test_a_new_window_repeating_the_leg_does_not_make_the_voice_stumble():
    async def story(desk: Desk, leg: Leg) -> None:
        await desk.connect(leg)
        await leg.hears(5)
        await desk.connect(leg)
        await leg.hears(5)
        assert len({p.ssrc for p in leg.heard}) == 1
        assert [b.seq - a.seq for a, b in zip(leg.heard, leg.heard[1:], strict=False) if b.seq] == [1] * 9

    at_the_desk(story)


def test_a_pulled_plug_is_told_and_the_line_falls_silent_until_the_headset_is_back():
    async def story(desk: Desk, leg: Leg) -> None:
        await desk.connect(leg)
        desk.card.world_unplug()
        assert (await desk.tells("headset_lost"))["device"] == SimulatedSoundCard.NAME
        line = desk.voice._line
        sent = line.packets_sent
        await asyncio.sleep(0.1)
        assert line.packets_sent == sent  # so that the board notices that nobody is there
        desk.card.world_plug()
        await desk.tells("headset_back")
        await leg.hears(10)
        assert np.abs(await leg.hears(10)).max() > 5000

    at_the_desk(story)


def test_three_seconds_without_a_packet_are_told():
    async def story(desk: Desk, leg: Leg) -> None:
        await desk.connect(leg)
        assert 3.0 <= (await desk.tells("line_lost"))["silent_s"] < 4.0
        assert not desk.voice.in_use
        leg.say_tone()
        await desk.tells("line_heard")
        assert desk.voice.in_use

    at_the_desk(story)


def test_the_sound_check_records_and_plays_back_while_the_line_hears_nothing():
    async def story(desk: Desk, leg: Leg) -> None:
        await desk.connect(leg)
        await leg.hears(5)
        await desk.voice.handle({"do": "sound_check", "record_s": 0.5})
        await desk.tells("sound_check", step="recording")
        desk.card.world_forget()
        await leg.hears(2)
        assert np.abs(await leg.hears(10)).max() <= 8
        assert (await desk.tells("sound_check", step="playing"))["level_dbfs"] == pytest.approx(-15.3, abs=1)
        await desk.tells("sound_check", step="done")
        assert np.abs(desk.card.world_heard()).max() > 7000
        await leg.hears(5)
        assert np.abs(await leg.hears(5)).max() > 5000

    at_the_desk(story)


def test_it_rings_in_the_ear_until_told_to_stop_and_the_line_hears_nothing_of_it():
    async def story(desk: Desk, leg: Leg) -> None:
        await desk.connect(leg)
        before = np.abs(await leg.hears(20)).max()
        desk.card.world_forget()
        await desk.voice.handle({"do": "ring", "volume": 1.0})
        while not len(desk.card.world_heard()) or np.abs(desk.card.world_heard()).max() < 9000:
            await leg.hears(2)
        assert np.abs(await leg.hears(10)).max() <= before + 8
        await desk.voice.handle({"do": "ring", "volume": 0.0})
        await leg.hears(5)
        desk.card.world_forget()
        await leg.hears(10)
        assert np.abs(desk.card.world_heard()).max() < 9000

    at_the_desk(story)


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000])
def test_a_ring_is_calm_has_a_pause_and_ends_by_itself(rate_hz: int):
    ring = Ringing(1.0)
    heard = np.concatenate([ring.pull(rate_hz // 100, rate_hz) for _ in range(600)])
    assert 11000 < np.abs(heard).max() <= LOUDEST + 1
    assert np.abs(heard[2 * rate_hz : 3 * rate_hz]).max() < 30
    assert np.abs(Ringing(0.5).pull(rate_hz, rate_hz)).max() < 0.3 * LOUDEST
    for _ in range(60):
        ring.pull(rate_hz, rate_hz)
    assert not ring.pull(rate_hz, rate_hz).any()


def test_levels_devices_and_choice():
    async def story(desk: Desk, leg: Leg) -> None:
        assert [d["name"] for d in (await desk.voice.handle({"do": "devices"}))["devices"]] == [
            SimulatedSoundCard.NAME
        ]
        await desk.voice.handle({"do": "levels", "on": True})
        while (await desk.tells("levels"))["microphone_dbfs"] < -20:
            pass
        await desk.voice.handle({"do": "choose", "microphone": "another", "headphones": None})
        assert (await desk.tells("headset_lost"))["device"] == "another"
        await desk.voice.handle({"do": "choose", "microphone": None, "headphones": None})
        await desk.tells("headset_back")
        streams = desk.card.world_opened
        await desk.voice.handle({"do": "choose", "microphone": None, "headphones": None})
        assert desk.card.world_opened == streams  # a repeated choice leaves the sound alone

    at_the_desk(story)


@pytest.mark.parametrize(
    "message",
    [
        {"do": "dance"},
        {},
        {"do": "connect", "host": "127.0.0.1", "port": "5", "token": "00"},
        {"do": "connect", "host": "127.0.0.1", "port": 5, "token": "no"},
        {"do": "connect", "host": "127.0.0.1", "port": 5, "token": TOKEN.hex(), "codec": "MP3"},
        {"do": "connect", "host": "127.0.0.1", "port": 70000, "token": TOKEN.hex()},
        {"do": "connect", "host": "127.0.0.1", "port": 5, "token": "00"},
        {"do": "mute", "muted": 1},
        {"do": "choose", "microphone": 3},
        {"do": "sound_check", "record_s": 1000},
        {"do": "ring", "volume": 1.5},
    ],
)
def test_what_cannot_be_obeyed_is_refused_with_a_reason(message: dict[str, object]):
    async def story(desk: Desk, leg: Leg) -> None:
        answer = await desk.voice.handle(message)
        assert answer["event"] == "refused"
        assert answer["reason"]

    at_the_desk(story)


# ------------------------------------------------------------ control socket


@pytest.mark.parametrize("tcp", [False, True])
def test_two_windows_hear_the_same_and_one_may_die(tmp_path: Path, tcp: bool):
    async def play() -> None:
        async def handle(message):
            return {"event": "state", "said": message}

        server = ControlServer(tmp_path, handle, tcp=tcp)
        await server.start()
        first, second = await open_control(server.address), await open_control(server.address)
        for reader, writer in (first, second):
            writer.write(b'{"do": "state", "id": 5}\n')
            answer = json.loads(await reader.readline())
            assert (answer["id"], answer["said"]["do"]) == (5, "state")
        assert server.windows == 2
        first[1].transport.abort()
        second[1].write(b"nonsense\n")
        assert json.loads(await second[0].readline())["event"] == "refused"
        server.tell({"event": "headset_lost", "device": "耳机"})
        assert json.loads(await second[0].readline())["device"] == "耳机"
        second[1].close()
        await server.stop()

    asyncio.run(play())


def test_a_second_voice_finds_the_first_and_a_dead_ones_socket_is_taken_over(tmp_path: Path):
    async def play() -> None:
        async def handle(message):
            return {}

        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(tmp_path / "desk_voice.sock"))
        first, second = ControlServer(tmp_path, handle), ControlServer(tmp_path, handle)
        await first.start()
        with pytest.raises(AlreadyRunning):
            await second.start()
        await first.stop()
        await second.start()
        await second.stop()

    asyncio.run(play())


def test_without_the_cookie_the_tcp_door_stays_shut(tmp_path: Path):
    async def play() -> None:
        async def handle(message):
            return {}

        server = ControlServer(tmp_path, handle, tcp=True)
        await server.start()
        reader, writer = await open_control(ControlAddress(port=server.address.port, cookie="guess"))
        assert await reader.read() == b""
        writer.close()
        await server.stop()

    asyncio.run(play())


# ---------------------------------------------------------------------- SRTP


class SecretLeg(Leg):
    """The board's end with SRTP: what cannot be opened with the token's keys is not heard."""

    def __init__(self) -> None:
        super().__init__()
        up, down = srtp_keys(TOKEN)
        self._in = pylibsrtp.Session(pylibsrtp.Policy(up, pylibsrtp.Policy.SSRC_ANY_INBOUND))
        self._out_session = pylibsrtp.Session(pylibsrtp.Policy(down, pylibsrtp.Policy.SSRC_ANY_OUTBOUND))
        self.seen: list[bytes] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.seen.append(data)
        if rtp.is_rtcp(data[1]):
            hello = rtp.read_desk_hello(self._in.unprotect_rtcp(data))
            assert hello is not None and hello[0] == TOKEN
            self.hellos += 1
            self.desk = addr
            self.transport.sendto(self._out_session.protect_rtcp(rtp.desk_answer(hello[1])), addr)
        elif packet := rtp.parse(self._in.unprotect(data)):
            self.heard.append(packet)
        self.arrived.set()

    def say_tone(self, frames: int = 1) -> None:
        for _ in range(frames):
            self.transport.sendto(self._out_session.protect(self._out.packet(self._tone)), self.desk)


def test_with_srtp_the_token_and_the_voice_are_secret_and_plain_sound_is_not_taken():
    async def play() -> None:
        loop = asyncio.get_running_loop()
        transport, leg = await loop.create_datagram_endpoint(
            SecretLeg, local_addr=("127.0.0.1", 0), family=socket.AF_INET
        )
        desk = Desk()
        desk.voice.start()
        try:
            async with asyncio.timeout(10):
                await desk.tells("state", headset=True)
                where = {"host": "127.0.0.1", "port": leg.port, "token": TOKEN.hex(), "srtp": True}
                await desk.voice.handle({"do": "connect", **where})
                await leg.hears(15)
                assert np.abs(await leg.hears(10)).max() > 5000
                assert leg.hellos == 1
                assert not any(TOKEN in datagram for datagram in leg.seen)
                Leg.say_tone(leg)  # in the clear: refused
                leg.say_tone()
                await desk.tells("line_heard")
                assert desk.voice.state()["packets_heard"] == 1
        finally:
            await desk.voice.stop()
            transport.close()

    asyncio.run(play())
