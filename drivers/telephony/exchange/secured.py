"""The desk legs that talk SRTP: their packets, one by one, before and after the tick's arrays.

Knows tokens, sessions and which leg a packet proves to be; the tick sees these legs as any
others. The only loop over packets of the exchange: it runs over packets of these legs alone.

The far end is followed wherever its packets come from, once they are authenticated: by
the hello and by every packet of sound. Nothing else moves such a leg, and the token in
the clear does not open it.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..desk.srtp_keys import board_end
from ..sound.rtp import desk_answer, is_rtcp, read_desk_hello
from ..sound.srtp import Srtp
from .addresses import UNKNOWN_PER_TICK, Addresses
from .packets import Answer, Outgoing, Packets

Ints = NDArray[np.int64]

MOST_A_TICK: Final = 64
"""Packets from a leg's own address that are looked at in one tick; a flood costs no more."""


@dataclass(slots=True)
class _Leg:
    token: bytes
    srtp: Srtp


class SecuredLegs:
    """refused: datagrams that were none of the leg's they came to, since the reader last set it to 0."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._legs: dict[int, _Leg] = {}
        self._channels: Ints = np.zeros(0, np.int64)
        self.refused = 0

    def __bool__(self) -> bool:
        return bool(self._legs)

    def open(self, channel: int, token: bytes) -> None:
        self._legs[channel] = _Leg(token, board_end(token))
        self._channels = np.array(list(self._legs), np.int64)

    def close(self, channel: int) -> None:
        if self._legs.pop(channel, None) is not None:
            self._channels = np.array(list(self._legs), np.int64)

    # ------------------------------------------------------------------- in

    def unprotect(self, packets: Packets, ssrc: Ints, answers: list[Answer]) -> tuple[Packets, list[int]]:
        """Make what came from these legs plain, in place, and leave out what did not.

        Args:
            ssrc: of each channel, as it sends.
            answers: an answer is added for each hello.
        Returns:
            the packets left, and the channels that said hello.
        """
        here: dict[int, list[int]] = {}  # socket → its legs
        for channel in self._channels.tolist():
            here.setdefault(int(self._addresses.sock[channel]), []).append(channel)
        rows = np.flatnonzero(np.isin(packets.sock, list(here)))
        sock, ip, port = packets.sock[rows], packets.ip[rows], packets.port[rows]
        owner = self._addresses.find(sock, ip, port)
        sources = zip(sock.tolist(), ip.tolist(), port.tolist(), strict=True)
        keep = np.ones(len(packets.rows), np.bool_)
        greeted: list[int] = []
        tried: Counter[int] = Counter()
        for row, channel, source in zip(rows.tolist(), owner.tolist(), sources, strict=True):
            if channel >= 0 and channel not in self._legs:
                continue  # a leg in the clear on the same socket
            tried[channel] += 1
            found, plain = -1, b""
            if tried[channel] <= (MOST_A_TICK if channel >= 0 else UNKNOWN_PER_TICK):
                possible = [channel] if channel >= 0 else here[source[0]]
                found, plain = self._whose(_datagram(packets, row), possible)
            if found < 0:
                self.refused += 1
                # A stranger may yet be known to a leg in the clear; it cannot touch one of these.
                keep[row] = channel < 0
                continue
            if found != channel:
                self._addresses.set(found, *source[1:])
            if not is_rtcp(plain[1]):
                packets.rows[row, : len(plain)] = np.frombuffer(plain, np.uint8)
                packets.length[row] = len(plain)
                continue
            keep[row] = False
            if (answer := self._answer(found, plain, int(ssrc[found]))) is not None:
                greeted.append(found)
                answers.append((*source, answer))
        return (packets if keep.all() else packets.where(keep)), greeted

    def _whose(self, datagram: bytes, channels: list[int]) -> tuple[int, bytes]:
        """The leg whose key opens it, and what it says; -1 when none does."""
        for channel in channels:
            plain = self._legs[channel].srtp.unprotect(datagram)
            if plain is not None:
                return channel, plain
        return -1, b""

    def _answer(self, channel: int, datagram: bytes, ssrc: int) -> bytes | None:
        """What a hello is answered with; None when it is none."""
        hello = read_desk_hello(datagram)
        leg = self._legs[channel]
        if hello is None or hello[0] != leg.token:
            return None
        return leg.srtp.protect(desk_answer(hello[1], ssrc))

    # ------------------------------------------------------------------ out

    def protect(self, outgoing: Outgoing) -> None:
        """Seal the rows of these legs, in place; rows are wide enough for it."""
        for channel in self._channels[np.isin(self._channels, outgoing.channels)].tolist():
            row = outgoing.rows[channel]
            sealed = self._legs[channel].srtp.protect(row[: outgoing.length[channel]].tobytes())
            row[: len(sealed)] = np.frombuffer(sealed, np.uint8)
            outgoing.length[channel] = len(sealed)


def _datagram(packets: Packets, row: int) -> bytes:
    """b"" for one that was cut."""
    size = int(packets.length[row])
    return packets.rows[row, :size].tobytes() if size <= packets.rows.shape[1] else b""
