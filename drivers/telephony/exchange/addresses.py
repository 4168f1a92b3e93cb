"""Which channel a datagram belongs to: by (socket, remote IPv4, remote port).

Knows addresses as numbers, latching and desk tokens; knows no sockets. Known senders
are found for a whole tick at once by binary search; only unknown ones cost Python.

Symmetric RTP: a far end behind a NAT sends from elsewhere than its SDP said. On a socket
an unknown source is taken for the only leg there that is not heard yet and has the same
IP, else for the only one not heard at all; when that is not certain it is dropped. A leg
that falls silent for 3 s may be latched again.

Two things keep a stranger's packets from taking a leg's place: the last packets of an ended
leg (known by their SSRC) are nobody's, and the address that the SDP named always wins.
"""

import socket
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..sound.rtp import desk_answer, read_desk_hello

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

UNKNOWN_PER_TICK: Final = 64
"""Datagrams of unknown senders that are looked at in one tick; a flood costs no more."""

GONE_TICKS: Final = 250
"""5 s: how long what still comes from an ended leg is known as that. Afterwards the same
address and SSRC may be a call again (some telephones never change theirs)."""


def ip_number(host: str) -> int:
    """An IPv4 address as a number; 0 for what is none (nothing is sent to 0.0.0.0)."""
    try:
        return int.from_bytes(socket.inet_aton(host), "big") if host.count(".") == 3 else 0
    except OSError:
        return 0


def _keys(sock: Ints, ip: Ints, port: Ints) -> Keys:
    return (sock << 48 | ip << 16 | port).astype(np.uint64)


class Addresses:
    """Sockets and remote addresses of channels 0 … channels-1."""

    def __init__(self, channels: int) -> None:
        self.sock = np.full(channels, -1, np.int64)
        self.ip = np.zeros(channels, np.int64)
        self.port = np.zeros(channels, np.int64)
        self._told = dict[int, tuple[int, int]]()  # channel → what its SDP says
        self._gone = dict[tuple[int, int, int, int], int]()  # sock, ip, port, ssrc → tick of its end
        self.heard = np.zeros(channels, np.bool_)  # a packet came lately
        self._token = dict[bytes, int]()
        self._token_of = dict[int, bytes]()
        self.version = 0  # grows with every change
        self._sorted_version = -1
        self._sorted: Keys = np.zeros(0, np.uint64)
        self._channels = np.zeros(0, np.int64)

    def open(self, channel: int, sock: int, token: bytes, in_the_clear: bool = True) -> None:
        """A leg on this socket; its address is not known yet.

        token: a desk's. in_the_clear False: `greet` does not know it, see `secured.py`.
        """
        self.sock[channel], self.ip[channel], self.port[channel] = sock, 0, 0
        self.heard[channel] = False
        if token:
            self._token_of[channel] = token
            if in_the_clear:
                self._token[token] = channel
        self.version += 1

    def close(self, channel: int, ssrc: int | None = None, tick: int = 0) -> None:
        """The leg is gone. ssrc: its sender, None: nothing was ever heard; tick: now."""
        if ssrc is not None:
            self._note_gone(
                (int(self.sock[channel]), int(self.ip[channel]), int(self.port[channel]), ssrc), tick
            )
        self._told.pop(channel, None)
        self.sock[channel], self.ip[channel], self.port[channel] = -1, 0, 0
        self.heard[channel] = False
        token = self._token_of.pop(channel, None)
        if token is not None and self._token.get(token) == channel:
            del self._token[token]
        self.version += 1

    def _note_gone(self, sender: tuple[int, int, int, int], tick: int) -> None:
        self._gone.pop(sender, None)
        self._gone[sender] = tick  # dicts keep the order: the oldest is first
        while tick - next(iter(self._gone.values())) > GONE_TICKS:
            del self._gone[next(iter(self._gone))]

    def tell(self, channel: int, ip: int, port: int) -> None:
        """What the leg's SDP says. Said again unchanged, a latched address stays."""
        if self._told.get(channel) != (ip, port):
            self._told[channel] = (ip, port)
            if (self.ip[channel], self.port[channel]) != (ip, port):
                self.set(channel, ip, port)
                self.heard[channel] = False

    def set(self, channel: int, ip: int, port: int) -> None:
        """Where the leg sends from and is sent to."""
        self.ip[channel], self.port[channel] = ip, port
        self.version += 1

    def is_desk(self, channel: int) -> bool:
        """Whether only a hello with the token may give this leg its address."""
        return channel in self._token_of

    def find(self, sock: Ints, ip: Ints, port: Ints) -> Ints:
        """The channel of each datagram, -1 for unknown senders."""
        if self._sorted_version != self.version:
            self._sort()
        if not len(self._sorted):
            return np.full(len(sock), -1, np.int64)
        wanted = _keys(sock, ip, port)
        at = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.where(self._sorted[at] == wanted, self._channels[at], -1)

    def _sort(self) -> None:
        channels = np.flatnonzero((self.sock >= 0) & (self.port > 0))
        keys = _keys(self.sock[channels], self.ip[channels], self.port[channels])
        order = np.argsort(keys, kind="stable")
        self._sorted, self._channels = keys[order], channels[order]
        self._sorted_version = self.version

    def greet(self, datagram: bytes, sock: int, ip: int, port: int) -> tuple[int, bytes] | None:
        """A desk's hello: (channel, answer) when its token is right; its address is followed."""
        hello = read_desk_hello(datagram)
        if hello is None:
            return None
        token, nonce = hello
        channel = self._token.get(token, -1)
        if channel < 0 or self.sock[channel] != sock:
            return None
        if (self.ip[channel], self.port[channel]) != (ip, port):
            self.set(channel, ip, port)
        return channel, desk_answer(nonce)

    def latch(self, sock: int, ip: int, port: int, ssrc: int, tick: int) -> int:
        """Follow RTP of an unknown source to the leg it must belong to; -1 when not certain."""
        if tick - self._gone.get((sock, ip, port, ssrc), -GONE_TICKS) < GONE_TICKS:
            return -1
        here = [c for c in np.flatnonzero(self.sock == sock).tolist() if not self.is_desk(c)]
        named = [c for c in here if self._told.get(c) == (ip, port)]
        candidates = [c for c in here if not self.heard[c] and self.port[c] > 0]
        same_ip = [c for c in candidates if self.ip[c] == ip]
        chosen = named or same_ip or candidates
        if len(chosen) != 1:
            return -1
        self.set(chosen[0], ip, port)
        return chosen[0]
