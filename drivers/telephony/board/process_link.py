"""The board's end of a socket pair to media or writer: batches out, reports in.

Knows framing only (exchange/control.py): one datagram, one msgpack list. Never
waits: what the pair cannot take now is kept in order.
"""

import array
import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import DecodeError, Struct

from drivers.telephony.exchange.control import LARGEST_DATAGRAM_BYTES, pack

Unpack = Callable[[bytes], Sequence[Any]]


class ProcessLink:
    """on_report: every report; on_lost: the other end is gone, once."""

    def __init__(
        self, end: socket.socket, loop: asyncio.AbstractEventLoop, unpack: Unpack, on_report: Callable[[Any], None],
        on_lost: Callable[[], None],
    ) -> None:  # fmt: skip
        end.setblocking(False)
        self._end, self._loop, self._unpack = end, loop, unpack
        self._on_report, self._on_lost = on_report, on_lost
        self._batch: list[Struct] = []
        self._kept: deque[tuple[bytes, int]] = deque()  # datagram, fd to hand over or -1
        self._flush_soon = False
        self._lost = False
        loop.add_reader(end.fileno(), self._readable)

    def send(self, message: Struct) -> None:
        """Send with the next batch, at the end of this turn of the loop."""
        if self._lost:
            return
        self._batch.append(message)
        if not self._flush_soon:
            self._flush_soon = True
            self._loop.call_soon(self.flush)

    def send_socket(self, message: Struct, fd: int) -> None:
        """Hand over a socket; the fd may be closed by the caller at once."""
        self.flush()
        if not self._lost:
            self._offer(next(pack([message])), os.dup(fd))

    def flush(self) -> None:
        self._flush_soon = False
        batch, self._batch = self._batch, []
        for datagram in pack(batch):
            self._offer(datagram, -1)

    def detach(self) -> None:
        """Send what waits and watch no more; the socket stays open for its owner."""
        self.flush()
        if not self._lost:
            self._lost = True
            self._loop.remove_reader(self._end.fileno())
            self._loop.remove_writer(self._end.fileno())

    def close(self) -> None:
        if not self._lost:
            self._lost = True
            self._loop.remove_reader(self._end.fileno())
            self._loop.remove_writer(self._end.fileno())
            self._end.close()
            for _, fd in self._kept:
                _close(fd)
            self._kept.clear()

    def _offer(self, data: bytes, fd: int) -> None:
        if self._lost:
            _close(fd)
            return
        if self._kept:
            self._kept.append((data, fd))
            return
        if not self._put(data, fd):
            self._kept.append((data, fd))
            self._loop.add_writer(self._end.fileno(), self._writable)

    def _put(self, data: bytes, fd: int) -> bool:
        try:
            if fd >= 0:
                self._end.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
                _close(fd)
            else:
                self._end.send(data)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            _close(fd)
            self._loop.call_soon(self._gone)
        return True

    def _writable(self) -> None:
        while self._kept and not self._lost:
            data, fd = self._kept[0]
            if not self._put(data, fd):
                return
            self._kept.popleft()
        if not self._lost:
            self._loop.remove_writer(self._end.fileno())

    def _readable(self) -> None:
        for _ in range(64):
            try:
                data = self._end.recv(LARGEST_DATAGRAM_BYTES)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data = b""
            if not data:
                self._gone()
                return
            try:
                reports = self._unpack(data)
            except DecodeError:
                continue
            for report in reports:
                self._on_report(report)
                if self._lost:
                    return

    def _gone(self) -> None:
        if not self._lost:
            self.close()
            self._on_lost()


def _close(fd: int) -> None:
    if fd >= 0:
        os.close(fd)
