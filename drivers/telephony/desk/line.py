"""The desk's end of one desk leg: one UDP socket, a packet every 20 ms, always.

Sends first and goes on when muted, without headset and without an answer, so that
firewalls and NATs stay open. Knows sockets and the loop's clock; knows neither sound
cards nor control messages.
"""

import asyncio
import random
import socket
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from drivers.audio.interpolation import Samples, to_int16
from drivers.telephony.desk.rtp_out import FRAME_S, PAYLOAD_TYPE, RtpOut
from drivers.telephony.desk.srtp_keys import desk_end
from drivers.telephony.sound import g711, rtp
from drivers.telephony.sound.srtp import Srtp

LOST_AFTER_S = 3.0
CATCH_UP_S = 0.2  # after a longer sleep the frames in between are dropped, not sent in a burst


class Voice(Protocol):
    """Where the line's sound comes from and goes to."""

    @property
    def present(self) -> bool:
        """Whether there is a headset that hears the agent."""

    def frame(self, now_s: float) -> Samples: ...
    def packet(self, packet: bytes, now_s: float) -> None: ...


class Line(asyncio.DatagramProtocol):
    """One leg from `open` to `close`.

    tell(event, facts): `line_heard {}` at the first packet and after a silence,
    `line_lost {silent_s}` when nothing came for three seconds.
    """

    def __init__(
        self, voice: Voice, tell: Callable[[str, dict[str, object]], None], muted: bool = False
    ) -> None:
        self._voice = voice
        self._tell = tell
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None
        self._heard_s = 0.0
        self._srtp: Srtp | None = None
        self.muted = muted
        self.state = "connecting"
        self.packets_sent = 0
        self.packets_heard = 0

    async def open(self, host: str, port: int, token: bytes, codec: str = "PCMA", srtp: bool = False) -> None:
        """Begin. Raises OSError when the host has no address, KeyError for an unknown codec."""
        loop = asyncio.get_running_loop()
        self._payload_type = PAYLOAD_TYPE[codec]
        self._srtp = desk_end(token) if srtp else None
        self._out = RtpOut(
            token,
            codec,
            ssrc=random.getrandbits(32),
            seq=random.getrandbits(16),
            timestamp=random.getrandbits(32),
            nonce=random.getrandbits(64),
        )
        transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=(host, port))
        self._transport = transport
        raw = transport.get_extra_info("socket")
        if isinstance(raw, socket.socket) and raw.family == socket.AF_INET:
            raw.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 46 << 2)  # DSCP EF: voice goes first
        self._heard_s = loop.time()
        self._task = asyncio.create_task(self._beat())

    def close(self) -> None:
        if self._task:
            self._task.cancel()
        if self._transport:
            self._transport.close()
        self._transport = self._task = None

    # -------------------------------------------------------------- sending

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while self._transport:
            now_s = loop.time()
            if now_s - due_s > CATCH_UP_S:
                due_s = now_s
            while due_s <= now_s:
                self._send(due_s)
                due_s += FRAME_S
            self._listen_for_silence(now_s)
            await asyncio.sleep(due_s - loop.time())

    def _send(self, now_s: float) -> None:
        assert self._transport is not None
        if hello := self._out.hello(now_s):
            self._transport.sendto(self._srtp.protect(hello) if self._srtp else hello)
        if not self._voice.present:
            return  # the board notices within 3 s: a break for the agent, "one moment" for his caller
        voice = self._voice.frame(time.monotonic())
        if self.muted:
            voice = np.zeros_like(voice)
        payload = g711.encode(to_int16(voice), self._payload_type).tobytes()
        packet = self._out.packet(payload, marker=self.packets_sent == 0)
        self._transport.sendto(self._srtp.protect(packet) if self._srtp else packet)
        self.packets_sent += 1

    # ------------------------------------------------------------ receiving

    def datagram_received(self, data: bytes, addr: object) -> None:
        now_s = asyncio.get_running_loop().time()
        plain = self._srtp.unprotect(data) if self._srtp else data
        if plain is None:
            return
        data = plain
        if self._out.answered(data, now_s) or rtp.parse(data) is None:
            return
        self._heard_s = now_s
        self.packets_heard += 1
        self._voice.packet(data, time.monotonic())
        if self.state != "heard":
            self.state = "heard"
            self._tell("line_heard", {})

    def error_received(self, exc: Exception) -> None:
        """ICMP says nobody is there: the silence that follows says it too."""

    def _listen_for_silence(self, now_s: float) -> None:
        if self.state != "lost" and now_s - self._heard_s > LOST_AFTER_S:
            self.state = "lost"
            self._tell("line_lost", {"silent_s": round(now_s - self._heard_s, 1)})
