"""The voice of an agent without a headset: a WAV in a loop, or silence.

For headless agents and tests: many voices in one process on one asyncio loop. One
shared beat sends and drains all of them every 20 ms, so a voice costs two system
calls a packet and no task of its own. Knows no sound card and no jitter buffer: what
is heard is counted and, when asked, stored frame by frame.
"""

import asyncio
import contextlib
import functools
import random
import socket
import time
import wave
from collections import deque
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from drivers.audio.wav import read_wav
from drivers.telephony.desk.rtp_out import FRAME_S, PAYLOAD_TYPE, RtpOut
from drivers.telephony.desk.srtp_keys import desk_end
from drivers.telephony.sound import g711, rtp
from drivers.telephony.sound.rtp import FRAME_SAMPLES
from drivers.telephony.sound.srtp import Srtp

HEARD_AT_MOST = 25  # frames waiting to be stored; more is a burst, the oldest goes
LOST_AFTER_S = 3.0


@functools.lru_cache(maxsize=64)
def _frames(wav: Path | None, payload_type: int) -> tuple[bytes, ...]:
    """The WAV as encoded frames of 160 samples, the last one filled up with silence."""
    samples = read_wav(wav) if wav else np.zeros(FRAME_SAMPLES, np.int16)
    whole = np.zeros(max(1, -(-len(samples) // FRAME_SAMPLES)) * FRAME_SAMPLES, np.int16)
    whole[: len(samples)] = samples
    encoded = g711.encode(whole, payload_type).tobytes()
    return tuple(encoded[i : i + FRAME_SAMPLES] for i in range(0, len(encoded), FRAME_SAMPLES))


class _Beat:
    """Twenty milliseconds, for every voice of one loop; ends when the last voice has gone."""

    _of_loop: "WeakKeyDictionary[asyncio.AbstractEventLoop, _Beat]" = WeakKeyDictionary()

    def __init__(self) -> None:
        self.voices: set[HeadlessVoice] = set()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def here(cls) -> "_Beat":
        return cls._of_loop.setdefault(asyncio.get_running_loop(), cls())

    def add(self, voice: "HeadlessVoice") -> None:
        self.voices.add(voice)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while self.voices:
            now_s = loop.time()
            if now_s - due_s > 1.0:  # the process slept: do not send a second of packets at once
                due_s = now_s
            while due_s <= now_s:
                for voice in tuple(self.voices):
                    voice.beat(now_s)
                due_s += FRAME_S
            await asyncio.sleep(due_s - loop.time())


class HeadlessVoice:
    """One agent's voice.

    wav: what it says, in a loop, from the beginning at each `connect` (16 bit, mono or
        stereo, any rate); None: silence.
    store: where to write what it hears (8000 Hz, 16 bit mono, real time: a frame that
        did not arrive is silence); None: only counted.
    """

    def __init__(self, wav: Path | None = None, store: Path | None = None) -> None:
        self._wav = wav
        self._store = store
        self._file: wave.Wave_write | None = None
        self._payload_type = g711.PCMA
        self._frames: tuple[bytes, ...] = ()
        self._silence = b""
        self._at = 0
        self._socket: socket.socket | None = None
        self._out: RtpOut | None = None
        self._srtp: Srtp | None = None
        self._muted = False
        self._waiting: deque[bytes] = deque(maxlen=HEARD_AT_MOST)
        self._last_heard_s: float | None = None
        self.packets_sent = 0
        self.packets_heard = 0

    async def connect(
        self, host: str, port: int, token_hex: str, codec: str = "PCMA", srtp: bool = False
    ) -> None:
        """Begin to send to the desk leg at host:port; leaves the one before.

        srtp: in secret, with keys made from the token; what is not signed with them is not heard.

        Returns when the first packet is on its way. Raises OSError when `host` has no
        address, ValueError for a token that is not hexadecimal or an unknown codec.
        """
        token = bytes.fromhex(token_hex)
        if codec not in PAYLOAD_TYPE:
            raise ValueError(f"no such codec: {codec}")
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        family, _, _, _, address = found[0]
        self._leave()
        self._payload_type = PAYLOAD_TYPE[codec]
        self._frames = _frames(self._wav, self._payload_type)
        self._silence = _frames(None, self._payload_type)[0]
        self._at = 0
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect(address)
        self._srtp = desk_end(token) if srtp else None
        self._out = RtpOut(
            token,
            codec,
            ssrc=random.getrandbits(32),
            seq=random.getrandbits(16),
            timestamp=random.getrandbits(32),
            nonce=random.getrandbits(64),
        )
        if self._store and self._file is None:
            self._file = wave.open(str(self._store), "wb")  # noqa: SIM115 - closed in close()
            self._file.setnchannels(1)
            self._file.setsampwidth(2)
            self._file.setframerate(8000)
        self.beat(loop.time())
        _Beat.here().add(self)

    def set_muted(self, muted: bool) -> None:
        """Send silence instead of the WAV; packets go on."""
        self._muted = muted

    def heard(self, now_s: float | None = None) -> bool:
        """Whether a packet came within the last three seconds."""
        now_s = time.monotonic() if now_s is None else now_s
        return self._last_heard_s is not None and now_s - self._last_heard_s < LOST_AFTER_S

    async def close(self) -> None:
        """Stop sending and finish the stored file. May be called twice."""
        self._leave()
        if self._file:
            self._file.close()
            self._file = None

    def beat(self, now_s: float) -> None:
        """Send one frame and take what has arrived: the shared beat calls this every 20 ms."""
        if self._socket is None or self._out is None:
            return
        frame = self._silence if self._muted else self._frames[self._at]
        self._at = (self._at + 1) % len(self._frames)
        # A board that is not there (yet) answers by ICMP: the next packet may reach it.
        with contextlib.suppress(OSError):
            if hello := self._out.hello(now_s):
                self._send(hello)
            self._send(self._out.packet(frame, marker=self.packets_sent == 0))
            self.packets_sent += 1
        self._drain(now_s)
        if self._file:
            payload = self._waiting.popleft() if self._waiting else self._silence
            codes = np.frombuffer(payload, np.uint8)
            self._file.writeframes(g711.decode(codes, self._payload_type).tobytes())

    def _send(self, datagram: bytes) -> None:
        assert self._socket is not None
        self._socket.send(self._srtp.protect(datagram) if self._srtp else datagram)

    def _drain(self, now_s: float) -> None:
        assert self._socket is not None
        while True:
            try:
                packet = self._socket.recv(2048)
            except BlockingIOError:
                return
            except OSError:
                continue  # an earlier packet's ICMP error, reported once
            plain = self._srtp.unprotect(packet) if self._srtp else packet
            if plain is None:
                continue
            packet = plain
            parts = rtp.parse(packet)
            if parts is None or parts.payload_type != self._payload_type:
                if self._out:
                    self._out.answered(packet, now_s)
                continue
            self.packets_heard += 1
            self._last_heard_s = now_s
            if self._file:
                self._waiting.append(parts.payload)

    def _leave(self) -> None:
        _Beat.here().voices.discard(self)
        self._waiting.clear()
        self._last_heard_s = None
        if self._socket:
            self._socket.close()
            self._socket = None
