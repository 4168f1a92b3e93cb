"""Many UDP datagrams a system call: recvmmsg and sendmmsg through ctypes into numpy memory.

Knows Linux's struct mmsghdr on 64-bit machines; knows no RTP. All structures are made
once; a tick only sets lengths and reads results.
"""

import ctypes
import select
import socket
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .addresses import Addresses
from .packets import ROW_BYTES, Outgoing, Packets

READ_ROWS: Final = 2048  # datagrams a tick; the rest waits in the sockets
PER_SOCKET: Final = 1024
SOCKET_BUFFER_BYTES: Final = 1 << 20
SO_TIMESTAMPNS: Final = 35
CONTROL_BYTES: Final = 64
_DONT_WAIT: Final = 0x40

# struct mmsghdr { struct msghdr { name, namelen, iov, iovlen, control, controllen, flags }, len }
_MESSAGE = np.dtype(
    {
        "names": ["name", "namelen", "iov", "iovlen", "control", "controllen", "flags", "len"],
        "formats": ["u8", "u4", "u8", "u8", "u8", "u8", "i4", "u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)
_VECTOR = np.dtype([("start", "u8"), ("length", "u8")])

# PyDLL keeps the interpreter lock: this process has one thread, and giving it away costs.
_libc = ctypes.PyDLL(None, use_errno=True)
_recvmmsg, _sendmmsg = _libc.recvmmsg, _libc.sendmmsg
_recvmmsg.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p]
_sendmmsg.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int]


def _spaced(array: NDArray[np.generic], step: int) -> NDArray[np.uint64]:
    return np.uint64(array.ctypes.data) + np.arange(len(array), dtype=np.uint64) * np.uint64(step)


class Datagrams:
    """All RTP sockets of the media process."""

    def __init__(self, channels: int) -> None:
        self._sockets: dict[int, socket.socket] = {}
        self._number: dict[int, int] = {}  # fd → control's number
        self._poll = select.epoll()
        self._data = np.zeros((READ_ROWS, ROW_BYTES), np.uint8)
        self._names = np.zeros((READ_ROWS, 16), np.uint8)
        self._control = np.zeros((READ_ROWS, CONTROL_BYTES), np.uint8)
        self._in_vectors = np.zeros(READ_ROWS, _VECTOR)
        self._in_vectors["start"], self._in_vectors["length"] = _spaced(self._data, ROW_BYTES), ROW_BYTES
        self._in = np.zeros(READ_ROWS, _MESSAGE)
        self._in["name"], self._in["namelen"] = _spaced(self._names, 16), 16
        self._in["iov"], self._in["iovlen"] = _spaced(self._in_vectors, 16), 1
        self._in["control"], self._in["controllen"] = _spaced(self._control, CONTROL_BYTES), CONTROL_BYTES
        self._out = np.zeros(channels, _MESSAGE)
        self._out_names = np.zeros((channels, 16), np.uint8)
        self._out_names[:, 0] = socket.AF_INET
        self._out_vectors = np.zeros(channels, _VECTOR)
        self._out["iovlen"], self._out["namelen"] = 1, 16
        self._name_at = _spaced(self._out_names, 16)
        self._vector_at = _spaced(self._out_vectors, 16)
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)
        self._runs: list[tuple[int, int, int]] = []  # (fd, first, count)
        self._built_for: tuple[int, bytes] = (-1, b"")

    def add(self, number: int, fd: int) -> None:
        """Own this bound UDP socket from now on."""
        sock = socket.socket(fileno=fd)
        sock.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._sockets[number] = sock
        self._number[fd] = number
        self._poll.register(fd, select.EPOLLIN)

    def receive(self) -> Packets:
        """Whatever waits in the sockets, at most READ_ROWS datagrams."""
        count = 0
        sock = np.empty(READ_ROWS, np.int64)
        base = self._in.ctypes.data
        ready = self._poll.poll(0, max(1, len(self._sockets)))
        for fd, _ in ready:
            room = min(PER_SOCKET, READ_ROWS - count)
            if room <= 0:
                break
            got = _recvmmsg(fd, base + 64 * count, room, _DONT_WAIT, None)
            if got > 0:
                sock[count : count + got] = self._number[fd]
                count += got
        used = self._in[:count]
        length = used["len"].astype(np.int64)
        length[used["flags"] & socket.MSG_TRUNC != 0] = ROW_BYTES + 1
        used["controllen"] = CONTROL_BYTES
        used["namelen"] = 16
        name = self._names[:count].astype(np.int64)
        port = name[:, 2] << 8 | name[:, 3]
        ip = name[:, 4] << 24 | name[:, 5] << 16 | name[:, 6] << 8 | name[:, 7]
        # struct cmsghdr (16 octets), then struct timespec
        stamp = self._control[:count, 16:32].copy().view(np.int64).reshape(count, 2)
        at_s = stamp[:, 0] + stamp[:, 1] * 1e-9
        return Packets(self._data[:count], length, sock[:count], ip, port, at_s)

    def send(self, outgoing: Outgoing, addresses: Addresses) -> None:
        """Send every channel's row, socket by socket; what the kernel does not take is lost, as on any network."""
        version = (addresses.version, outgoing.channels.tobytes())
        if version != self._built_for:
            self._build(outgoing, addresses)
            self._built_for = version
        self._out_vectors["length"] = outgoing.length
        base = self._out.ctypes.data
        for fd, first, count in self._runs:
            sent = 0
            while sent < count:
                done = _sendmmsg(fd, base + 64 * (first + sent), count - sent, _DONT_WAIT)
                # An error belongs to the first message not sent (ICMP, a filter): leave it out.
                sent += done if done > 0 else 1
        for number, ip, port, datagram in outgoing.answers:
            answering = self._sockets.get(number)
            if answering is not None:
                try:
                    answering.sendto(datagram, (socket.inet_ntoa(ip.to_bytes(4, "big")), port))
                except OSError:
                    pass  # the desk says hello again

    def _build(self, outgoing: Outgoing, addresses: Addresses) -> None:
        channels = outgoing.channels
        channels = channels[np.argsort(addresses.sock[channels], kind="stable")]
        self._out_vectors["start"] = _spaced(outgoing.rows, outgoing.rows.shape[1])
        ip, port = addresses.ip, addresses.port
        names = self._out_names
        names[:, 2], names[:, 3] = port >> 8, port & 255
        for part in range(4):
            names[:, 4 + part] = ip >> 24 - 8 * part & 255
        self._out["name"][: len(channels)] = self._name_at[channels]
        self._out["iov"][: len(channels)] = self._vector_at[channels]
        numbers, firsts, counts = np.unique(addresses.sock[channels], return_index=True, return_counts=True)
        self._runs = [
            (self._sockets[number].fileno(), first, count)
            for number, first, count in zip(numbers.tolist(), firsts.tolist(), counts.tolist(), strict=True)
            if number in self._sockets
        ]

    def close(self) -> None:
        """Close every socket."""
        for sock in self._sockets.values():
            sock.close()
        self._poll.close()
