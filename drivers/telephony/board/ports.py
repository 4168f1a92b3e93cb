"""Sockets for sound: bound here, owned by media, shared between legs that cannot be confused.

A call is known by (local port, remote address). Two legs may share a socket while
their remote addresses differ; a leg whose remote address is not known yet (an
outgoing call, a desk, a caller behind a NAT) has a socket to itself.
"""

import socket
from collections.abc import Callable

from drivers.telephony.sip.uri import Address

BUFFER_BYTES = 1 << 18
SHARED_AT_FIRST = 16


class NoPort(Exception):
    """Every port of the range is taken."""


class SoundSocket:
    """remotes: addresses in use; alone: one leg without a known address has it all."""

    __slots__ = ("alone", "number", "port", "remotes")

    def __init__(self, number: int, port: int) -> None:
        self.number, self.port = number, port
        self.remotes: set[Address] = set()
        self.alone = False

    @property
    def free(self) -> bool:
        return not self.alone and not self.remotes


class PortPool:
    """hand_over(number, port, fd): gives the bound socket to media; the fd is closed here afterwards."""

    def __init__(
        self,
        host: str,
        first: int,
        last: int,
        hand_over: Callable[[int, int, int], None],
        most_shared: int = SHARED_AT_FIRST,
    ) -> None:
        self._host, self._hand_over = host, hand_over
        self._range = range(first + (first & 1), last + 1, 2)
        self._next_port = 0
        self._sockets: list[SoundSocket] = []
        self._most_shared = most_shared
        self._turn = 0

    @property
    def sockets(self) -> list[SoundSocket]:
        return self._sockets

    def for_remote(self, remote: Address) -> SoundSocket:
        """A socket on which `remote` can be told from all others; it is noted there."""
        found = None
        if len(self._sockets) >= self._most_shared:
            found = self._search(lambda s: not s.alone and remote not in s.remotes)
        found = found or self._search(lambda s: s.free) or self._bind()
        found.remotes.add(remote)
        return found

    def alone(self) -> SoundSocket:
        """A socket for a leg whose remote address nobody knows yet."""
        found = self._search(lambda s: s.free) or self._bind()
        found.alone = True
        return found

    def settle(self, sock: SoundSocket, remote: Address) -> None:
        """The lone leg's remote address is known now: others may share the socket."""
        sock.alone = False
        sock.remotes.add(remote)

    def move(self, sock: SoundSocket, old: Address, new: Address) -> bool:
        """The leg's remote address changed; False when `new` is somebody else's here."""
        if new != old and new in sock.remotes:
            return False
        sock.remotes.discard(old)
        sock.remotes.add(new)
        return True

    def release(self, sock: SoundSocket, remote: Address | None) -> None:
        if remote is None:
            sock.alone = False
        else:
            sock.remotes.discard(remote)

    def any_port(self) -> int:
        """A bound port for a description that nobody will send much to."""
        return (self._sockets[0] if self._sockets else self._bind()).port

    def forget_all(self) -> None:
        """Media is gone and its sockets with it."""
        self._sockets.clear()

    def _search(self, fits: Callable[[SoundSocket], bool]) -> SoundSocket | None:
        # In turn, so a socket rests before its next leg: the last packets of the old one die out.
        count = len(self._sockets)
        for step in range(count):
            sock = self._sockets[(self._turn + step) % count]
            if fits(sock):
                self._turn = (self._turn + step + 1) % count
                return sock
        return None

    def _bind(self) -> SoundSocket:
        for _ in range(len(self._range)):
            port = self._range[self._next_port % len(self._range)]
            self._next_port += 1
            handle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
                handle.setblocking(False)
                handle.bind((self._host, port))
            except OSError:
                handle.close()
                continue
            with handle:
                sock = SoundSocket(len(self._sockets), port)
                self._hand_over(sock.number, port, handle.fileno())
            self._sockets.append(sock)
            return sock
        raise NoPort
