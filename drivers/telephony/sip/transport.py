"""SIP over one UDP socket in an asyncio loop.

Nothing that arrives, and no error of sending, ever leaves this module as an
exception: an unreachable host or an impossible address is a reason in the log.
"""

import asyncio
import socket
from collections.abc import Callable

from drivers.telephony.sip.uri import Address

READS_AT_ONCE = 64
BUFFER_BYTES = 4 << 20


class UdpTransport:
    def __init__(
        self,
        listen: Address,
        receive: Callable[[bytes, Address], None],
        on_fault: Callable[[str, BaseException], None],
    ) -> None:
        self._receive, self._on_fault = receive, on_fault
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._socket.setblocking(False)
        self._socket.bind(listen)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def address(self) -> Address:
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        loop.add_reader(self._socket.fileno(), self._readable)

    def send(self, data: bytes, to: Address) -> None:
        try:
            self._socket.sendto(data, to)
        except (OSError, OverflowError, ValueError, TypeError):
            pass  # as lost as any datagram may be: the transaction's timers deal with it

    def close(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def _readable(self) -> None:
        for _ in range(READS_AT_ONCE):
            try:
                data, source = self._socket.recvfrom(65535)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # an ICMP error of an earlier datagram
            try:
                self._receive(data, source)
            except Exception as error:
                self._on_fault("sip_receive", error)
