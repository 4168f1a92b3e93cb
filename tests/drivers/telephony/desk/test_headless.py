"""An agent without a headset speaks a WAV and hears the line."""

import asyncio
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from drivers.audio.wav import read_wav, write_wav
from drivers.telephony.desk.headless import HeadlessVoice
from drivers.telephony.desk.rtp_out import RtpOut
from drivers.telephony.sound import g711, rtp

TOKEN = "00112233445566778899aabbccddeeff"


class Leg(asyncio.DatagramProtocol):
    """The board's side of one desk leg: keeps what arrives, answers when told."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.arrived = asyncio.Event()
        self.source: tuple[str, int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.packets.append(data)
        self.source = addr
        self.arrived.set()

    @property
    def sound(self) -> list[bytes]:
        return [p for p in self.packets if rtp.parse(p)]

    async def received(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.sound) < count:
                self.arrived.clear()
                await self.arrived.wait()


async def a_leg() -> Leg:
    loop = asyncio.get_running_loop()
    _, leg = await loop.create_datagram_endpoint(Leg, local_addr=("127.0.0.1", 0), family=socket.AF_INET)
    return leg


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    at = np.arange(1600)
    write_wav(tmp_path / "tone.wav", (8000 * np.sin(at * 2 * np.pi * 440 / 8000)).astype(np.int16))
    return tmp_path / "tone.wav"


@pytest.mark.req("A1")
def test_it_says_hello_first_then_speaks_its_wav_in_a_loop(tone: Path):
    async def talk() -> Leg:
        leg, voice = await a_leg(), HeadlessVoice(tone)
        await voice.connect("127.0.0.1", leg.port, TOKEN)
        await leg.received(12)
        await voice.close()
        leg.transport.close()
        return leg

    leg = asyncio.run(talk())
    hello = rtp.read_desk_hello(leg.packets[0])
    assert hello is not None and hello[0] == bytes.fromhex(TOKEN)
    parts = [rtp.parse(p) for p in leg.sound]
    assert all(p is not None and p.payload_type == 8 and len(p.payload) == 160 for p in parts)
    assert [(p.seq - parts[0].seq) & 0xFFFF for p in parts] == list(range(len(parts)))
    assert [(p.timestamp - parts[0].timestamp) & 0xFFFFFFFF for p in parts] == [
        160 * i for i in range(len(parts))
    ]
    assert parts[10].payload == parts[0].payload  # ten frames of WAV, then from its beginning
    said = g711.decode(np.frombuffer(b"".join(p.payload for p in parts[:10]), np.uint8), 8)
    assert np.abs(said.astype(int) - read_wav(tone).astype(int)).max() < 300


def test_muted_it_goes_on_sending_and_says_nothing(tone: Path):
    async def talk() -> Leg:
        leg, voice = await a_leg(), HeadlessVoice(tone)
        voice.set_muted(True)
        await voice.connect("127.0.0.1", leg.port, TOKEN)
        await leg.received(5)
        await voice.close()
        leg.transport.close()
        return leg

    assert all(p[12:] == bytes([g711.ALAW_SILENCE]) * 160 for p in asyncio.run(talk()).sound)


def test_what_it_hears_is_counted_and_stored(tmp_path: Path, tone: Path):
    async def talk() -> HeadlessVoice:
        leg, voice = await a_leg(), HeadlessVoice(None, store=tmp_path / "heard.wav")
        await voice.connect("127.0.0.1", leg.port, TOKEN)
        await leg.received(1)
        assert leg.source is not None
        assert not voice.heard()
        out = RtpOut(b"", "PCMA", ssrc=1, seq=65530, timestamp=0, nonce=0)
        frames = g711.encode(read_wav(tone), 8).reshape(-1, 160)
        for frame in frames:
            leg.transport.sendto(out.packet(frame.tobytes()), leg.source)
        await leg.received(15)
        assert voice.heard()
        assert not voice.heard(time.monotonic() + 3.1)
        await voice.close()
        await voice.close()
        leg.transport.close()
        return voice

    voice = asyncio.run(talk())
    assert voice.packets_heard == 10
    stored = read_wav(tmp_path / "heard.wav")
    loud = np.flatnonzero(np.abs(stored.astype(int)) > 100)
    assert 1500 < loud[-1] - loud[0] < 1600


def test_twenty_voices_share_one_beat(tone: Path):
    async def talk() -> tuple[int, float, float]:
        legs = [await a_leg() for _ in range(20)]
        voices = [HeadlessVoice(tone) for _ in legs]
        for leg, voice in zip(legs, voices, strict=True):
            await voice.connect("127.0.0.1", leg.port, TOKEN)
        began_s, cpu_s = time.monotonic(), time.process_time()
        await asyncio.gather(*(leg.received(50) for leg in legs))
        took_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
        for leg, voice in zip(legs, voices, strict=True):
            await voice.close()
            leg.transport.close()
        return sum(v.packets_sent for v in voices), took_s, cpu_s

    sent, took_s, _ = asyncio.run(talk())
    assert sent >= 1000
    assert 0.9 < took_s < 3.0


def test_a_board_that_is_not_there_yet_is_no_error():
    async def talk() -> int:
        leg = await a_leg()
        leg.transport.close()
        await asyncio.sleep(0)
        voice = HeadlessVoice()
        await voice.connect("127.0.0.1", leg.port, TOKEN)
        for beat in range(5):
            voice.beat(beat * 0.02)
        await voice.close()
        return voice.packets_heard

    assert asyncio.run(talk()) == 0
