"""Measure what SRTP costs the exchange: a tick with 20 agents' legs in secret, and in the clear.

In one process, without sockets: a caller for each agent, every leg speaking; the desks'
own work is not counted. The two cases take turns tick by tick, so that a busy machine
troubles both alike.
"""

import time
from collections.abc import Iterator
from typing import Final

import numpy as np

from .desk.rtp_out import RtpOut
from .desk.srtp_keys import desk_end
from .exchange import control
from .exchange.packets import ROW_BYTES, Packets
from .exchange.tick import Exchange
from .sound import g711
from .sound.rtp import FRAME_SAMPLES

DESKS: Final = {"small": 5, "full": 20}
WARM_UP_TICKS: Final = 100
TICK_S: Final = 0.02
LOOPBACK: Final = 0x7F000001
FIRST_PORT: Final = 40000


def bench_srtp(seconds: float, size: str) -> Iterator[dict[str, object]]:
    """One line in the clear, one in secret, one for what a leg costs more.

    Args:
        seconds: of ticks, 50 a second, measured as fast as they go.
        size: "small" (5 desks) or "full" (20).
    """
    desks = DESKS[size]
    centres = {"desks_in_the_clear": _Centre(desks, srtp=False), "desks_srtp": _Centre(desks, srtp=True)}
    took_ms: dict[str, list[float]] = {case: [] for case in centres}
    for tick in range(WARM_UP_TICKS + int(seconds * 50)):
        for case, centre in centres.items():
            ms = centre.tick_ms()
            if tick >= WARM_UP_TICKS:
                took_ms[case].append(ms)
    for case, figures in took_ms.items():
        p50_ms, p99_ms = (round(float(np.percentile(figures, p)), 3) for p in (50, 99))
        refused = centres[case].exchange.secured.refused
        yield {"case": case, "desks": desks, "tick_p50_ms": p50_ms, "tick_p99_ms": p99_ms, "refused": refused}
    clear_ms, secret_ms = (float(np.median(figures)) for figures in took_ms.values())
    more_us = 1000 * (secret_ms - clear_ms)
    yield {"case": "srtp_over_clear", "desks": desks, "more_us_a_tick": round(more_us),
           "more_us_a_leg": round(more_us / desks, 1)}  # fmt: skip


class _Centre:
    """Desks on channels 0 … desks-1, each in a room with a caller in the clear."""

    def __init__(self, desks: int, *, srtp: bool) -> None:
        self.exchange = Exchange(2 * desks, np.zeros(0, np.int16))
        self._tokens = [k.to_bytes(16, "big") for k in range(1, desks + 1)]
        self._ends = [desk_end(token) if srtp else None for token in self._tokens]
        self._ends += [None] * desks
        self._outs = [
            RtpOut(token, "PCMA", ssrc=1000 + ch, seq=ch, timestamp=ch, nonce=ch)
            for ch, token in enumerate(self._tokens * 2)
        ]
        at = np.arange(FRAME_SAMPLES)
        self._sound = g711.encode((8000 * np.sin(at * np.pi / 8)).astype(np.int16), g711.PCMA).tobytes()
        for ch in range(2 * desks):
            desk = ch < desks
            self.exchange.obey(
                control.OpenChannel(
                    ch=ch, gen=1, sock=ch, kind="desk" if desk else "rtp",
                    token=self._tokens[ch] if desk else b"", srtp=srtp and desk,
                )
            )  # fmt: skip
            self.exchange.obey(
                control.SetRemote(ch=ch, gen=1, host="127.0.0.1", port=FIRST_PORT + ch, event=101)
            )
            self.exchange.obey(control.SetRoom(ch=ch, gen=1, room=1 + ch % desks))

    def tick_ms(self) -> float:
        """One tick with a packet of everybody, and how long it took."""
        now_s = self.exchange.ticks * TICK_S
        datagrams = [(ch, packet) for ch in range(len(self._outs)) for packet in self._said(ch, now_s)]
        packets = _packets(datagrams, now_s)
        began_s = time.perf_counter()
        self.exchange.tick(packets)
        took_s = time.perf_counter() - began_s
        self.exchange.reports.clear()
        return took_s * 1000

    def _said(self, channel: int, now_s: float) -> Iterator[bytes]:
        out, end = self._outs[channel], self._ends[channel]
        hello = out.hello(now_s) if channel < len(self._tokens) and self.exchange.ticks == 0 else None
        for datagram in (hello, out.packet(self._sound)):
            if datagram is not None:
                yield end.protect(datagram) if end else datagram


def _packets(datagrams: list[tuple[int, bytes]], at_s: float) -> Packets:
    rows = np.zeros((len(datagrams), ROW_BYTES), np.uint8)
    for row, (_, datagram) in zip(rows, datagrams, strict=True):
        row[: len(datagram)] = np.frombuffer(datagram, np.uint8)
    channel = np.array([ch for ch, _ in datagrams], np.int64)
    length = np.array([len(datagram) for _, datagram in datagrams], np.int64)
    count = len(datagrams)
    return Packets(
        rows, length, channel, np.full(count, LOOPBACK), FIRST_PORT + channel, np.full(count, at_s)
    )
