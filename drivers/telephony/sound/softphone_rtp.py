"""The sound half of a telephone in software: it speaks, presses keys, and keeps what it hears.

For test callers, the demo's simulated customers and headless desks. Knows RTP, G.711 and
RFC 4733 over one UDP socket of the running event loop; knows no SIP: whoever has the SDP
calls `connect`. Hears without a jitter buffer: every packet is laid where its timestamp says.
"""

import asyncio
import random
import struct
import sys
import time
from collections import deque
from pathlib import Path
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from . import g711
from .resample import read_wav
from .rtp import EVENT_DIGITS, FRAME_SAMPLES, Packet, build, event_payload, parse
from .tones import digit_frames

TICK_S: Final = 0.02
KEY_TICKS, PAUSE_TICKS = 5, 4
END_PACKETS: Final = 3
STAMP: Final = struct.Struct("ll")
SIOCGSTAMP: Final = 0x8906
KEPT_S: Final = 600.0
SLACK_SAMPLES: Final = 8000  # a packet is never reordered by more than a second
_SILENCE: Final = np.zeros(FRAME_SAMPLES, np.int16)

Samples = NDArray[np.int16]


def _kernel_stamp_s(fd: int) -> float:
    """SIOCGSTAMP: when the packet read last from this socket had arrived, POSIX seconds."""
    import fcntl

    seconds, microseconds = STAMP.unpack(fcntl.ioctl(fd, SIOCGSTAMP, bytes(STAMP.size)))
    return float(seconds + microseconds / 1e6)


class SoftPhone(asyncio.DatagramProtocol):
    """One RTP endpoint. Make it with `await SoftPhone.open()`; event loop only.

    Attributes:
        digits: keys heard as RFC 4733 events, in order.
        received, sent: packets.
        arrivals_s: arrival times of sound packets, POSIX seconds (at most the last 20 min).
    """

    def __init__(self) -> None:
        self.digits = ""
        self.received = 0
        self.sent = 0
        self.arrivals_s: deque[float] = deque(maxlen=60000)
        self.sending = True
        self._transport: asyncio.DatagramTransport | None = None
        self._stamp_fd: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._remote: tuple[str, int] | None = None
        self._payload, self._event = g711.PCMA, -1
        self._ssrc, self._seq = random.getrandbits(32), random.getrandbits(16)
        self._timestamp = random.getrandbits(32)
        self._marker = True
        self._due_s = 0.0
        self._speech: Samples = np.zeros(0, np.int16)
        self._at = 0
        self._loop_speech = False
        self._keys: deque[tuple[int, bool]] = deque()  # (event code, in-band)
        self._key_age = -1
        self._key_started = 0
        self._pause = 0
        self._heard: dict[int, Samples] = {}  # start sample → samples
        self._heard_end = 0
        self._first_timestamp: int | None = None
        self._last_event: int | None = None

    @classmethod
    async def open(cls, host: str = "127.0.0.1", port: int = 0) -> "SoftPhone":
        """Bind a socket (port 0: the system picks); nothing is sent before `connect`."""
        _, phone = await asyncio.get_running_loop().create_datagram_endpoint(cls, local_addr=(host, port))
        return phone

    @property
    def address(self) -> tuple[str, int]:
        """Own host and port, for the SDP."""
        if self._transport is None:
            raise RuntimeError("the phone is closed")
        host, port = self._transport.get_extra_info("sockname")[:2]
        return str(host), int(port)

    def connect(self, host: str, port: int, payload: int = g711.PCMA, event: int = -1) -> None:
        """Send there from now on, every 20 ms, silence when there is nothing to say.

        payload: PCMU or PCMA; event: payload type of telephone-event, -1: keys go as tones.
        """
        self._remote, self._payload, self._event = (host, port), payload, event
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._due_s = loop.time()
            self._timer = loop.call_at(self._due_s, self._tick)

    def say(self, sound: Samples | Path, *, loop: bool = False) -> None:
        """Speak samples (int16, 8000 Hz) or a WAV file now, instead of what was spoken."""
        self._speech = read_wav(sound) if isinstance(sound, Path) else np.asarray(sound, np.int16)
        self._at, self._loop_speech = 0, loop

    @property
    def speaking(self) -> bool:
        """Whether something is left to say."""
        return self._at < len(self._speech)

    def press(self, digits: str, *, inband: bool = False) -> None:
        """Press keys one after the other: 100 ms each, 80 ms apart."""
        for digit in digits.upper():
            self._keys.append((EVENT_DIGITS.index(digit), inband or self._event < 0))

    @property
    def pressing(self) -> bool:
        """Whether keys are still to be sent."""
        return bool(self._keys)

    def heard(self, last_s: float | None = None) -> Samples:
        """Everything heard (or its last seconds), holes as silence: int16, 8000 Hz."""
        begin = 0 if last_s is None else max(0, self._heard_end - round(last_s * 8000))
        sound = np.zeros(self._heard_end - begin, np.int16)
        for start, part in reversed(self._heard.items()):
            if start >= begin:
                sound[start - begin : start - begin + len(part)] = part
            elif start < begin - SLACK_SAMPLES:
                break  # what came earlier is older still
        return sound

    def forget(self) -> None:
        """Throw away what was heard."""
        self._heard.clear()
        self._heard_end = 0
        self._first_timestamp = None
        self.arrivals_s.clear()

    def gaps_s(self) -> NDArray[np.float64]:
        """Time between the packets that came."""
        return np.diff(np.array(self.arrivals_s))

    def close(self) -> None:
        """Stop sending, close the socket."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._stamp_fd = None
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    # ------------------------------------------------------------ asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        # In 3.11 the loop's own datagram transport is no DatagramTransport by inheritance.
        self._transport = cast(asyncio.DatagramTransport, transport)
        if sys.platform == "linux":
            self._stamp_fd = transport.get_extra_info("socket").fileno()

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Keep sound and keys; whatever else comes is ignored."""
        packet = parse(data)
        if packet is None:
            return
        if packet.payload_type in (g711.PCMU, g711.PCMA):
            self._hear(packet)
        elif packet.payload_type == self._event and len(packet.payload) >= 4:
            self._hear_key(packet)

    def _hear_key(self, packet: Packet) -> None:
        if packet.timestamp != self._last_event and packet.payload[0] < len(EVENT_DIGITS):
            self._last_event = packet.timestamp
            self.digits += EVENT_DIGITS[packet.payload[0]]

    def error_received(self, exc: Exception) -> None:
        """The far end's port is closed: SIP will say so."""

    def _hear(self, packet: Packet) -> None:
        self.received += 1
        self.arrivals_s.append(self._arrival_s())
        if self._first_timestamp is None:
            self._first_timestamp = packet.timestamp
        start = packet.timestamp - self._first_timestamp & 0xFFFF_FFFF
        if start < KEPT_S * 8000:
            codes = np.frombuffer(packet.payload, np.uint8)
            self._heard[start] = g711.decode(codes, packet.payload_type)
            self._heard_end = max(self._heard_end, start + len(codes))

    def _arrival_s(self) -> float:
        """When the packet came: the kernel's stamp where it gives one, for this process may be late."""
        if self._stamp_fd is not None:
            try:
                return _kernel_stamp_s(self._stamp_fd)
            except OSError:
                self._stamp_fd = None
        return time.time()

    # -------------------------------------------------------------------- sending

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        if self._transport is None or self._remote is None:
            return
        behind = int((loop.time() - self._due_s) / TICK_S)
        if behind > 2:  # a stopped process does not catch up with a burst
            self._timestamp = self._timestamp + behind * FRAME_SAMPLES & 0xFFFF_FFFF
            self._due_s += behind * TICK_S
        self._due_s += TICK_S
        self._timer = loop.call_at(self._due_s, self._tick)
        speech = self._next_speech()
        if self.sending:
            self._send(speech)
        self._timestamp = self._timestamp + FRAME_SAMPLES & 0xFFFF_FFFF

    def _next_speech(self) -> Samples:
        part = self._speech[self._at : self._at + FRAME_SAMPLES]
        self._at += FRAME_SAMPLES
        if self._at >= len(self._speech):
            self._at = 0 if self._loop_speech else len(self._speech)
        return part if len(part) == FRAME_SAMPLES else np.concatenate([part, _SILENCE[len(part) :]])

    def _send(self, speech: Samples) -> None:
        timestamp, kind = self._timestamp, self._payload
        payload = b""
        if self._pause:
            self._pause -= 1
        elif self._keys:
            code, inband = self._keys[0]
            self._key_age += 1
            if inband:
                speech = digit_frames(np.array([code]), np.array([self._key_age]))[0].astype(np.int16)
            else:
                if self._key_age == 0:
                    self._key_started, self._marker = timestamp, True
                ticks = min(self._key_age + 1, KEY_TICKS)
                end = self._key_age >= KEY_TICKS - 1
                payload = event_payload(code, end=end, duration_samples=ticks * FRAME_SAMPLES)
                timestamp, kind = self._key_started, self._event
            if self._key_age >= KEY_TICKS - 1 + (0 if inband else END_PACKETS - 1):
                self._keys.popleft()
                self._key_age, self._pause = -1, PAUSE_TICKS
        if not payload:
            payload = g711.encode(np.ascontiguousarray(speech), self._payload).tobytes()
        self._seq = self._seq + 1 & 0xFFFF
        assert self._transport is not None
        packet = Packet(kind, self._marker, self._seq, timestamp, self._ssrc, payload)
        self._transport.sendto(build(packet), self._remote)
        self._marker = False
        self.sent += 1
