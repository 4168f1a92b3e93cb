"""Start the media and the writer process, and speak to them.

Knows descriptors and command lines; decides nothing. For signalling, the bench and tests.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from . import control
from .recorder import make_ring

SOCKET_BUFFER_BYTES: Final = 4 << 20
FDS_A_DATAGRAM: Final = 32


def _pair() -> tuple[socket.socket, socket.socket]:
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in pair:
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            end.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
    pair[0].setblocking(False)
    return pair


def send_messages(to: socket.socket, messages: Iterable[msgspec.Struct]) -> None:
    """Everything, in order; raises BlockingIOError when the other end does not read."""
    for datagram in control.pack(messages):
        to.send(datagram)


def send_sockets(to: socket.socket, sockets: Iterable[tuple[int, socket.socket]]) -> None:
    """Hand over bound UDP sockets under their numbers; the caller may close its own then."""
    waiting = list(sockets)
    while waiting:
        part, waiting = waiting[:FDS_A_DATAGRAM], waiting[FDS_A_DATAGRAM:]
        messages = [control.AddSocket(sock=n, port=s.getsockname()[1]) for n, s in part]
        (datagram,) = control.pack(messages)
        socket.send_fds(to, [datagram], [s.fileno() for _, s in part])


class SoundMemory:
    """Prompts in memory that media reads too: int16, 8000 Hz, only ever growing."""

    def __init__(self) -> None:
        self.fd = os.memfd_create("zongji-sounds")
        self._samples = 0
        self._count = 0

    def add(self, samples: NDArray[np.int16]) -> control.AddSound:
        """Lay a sound in; send the message to media before a PlaySounds that names it."""
        raw = np.ascontiguousarray(samples, np.int16).tobytes()
        os.pwrite(self.fd, raw, self._samples * 2)
        message = control.AddSound(sound=self._count, start=self._samples, length=len(samples))
        self._samples += len(samples)
        self._count += 1
        return message


@dataclass(slots=True)
class SoundProcesses:
    """Both processes and signalling's ends of their sockets (non-blocking)."""

    media: subprocess.Popen[bytes]
    writer: subprocess.Popen[bytes]
    media_socket: socket.socket
    writer_socket: socket.socket
    sounds: SoundMemory
    ring_fd: int  # kept for a writer's successor

    def renew_writer(self) -> None:
        """Another writer on the same ring, in place of a dead one; media notices nothing.

        The old end of the control socket is the caller's to close.
        """
        if self.writer.poll() is None:
            self.writer.kill()
        self.writer.wait()
        self.writer, self.writer_socket = _start_writer(self.ring_fd)

    def reap(self) -> None:
        """Kill what is left of them, and let go of their memory."""
        for process in (self.media, self.writer):
            if process.poll() is None:
                process.kill()
            process.wait()
        for fd in (self.sounds.fd, self.ring_fd):
            os.close(fd)

    def stop(self, timeout_s: float = 5.0) -> None:
        """End both in order: media first, so that the writer gets its last frames."""
        for sock, process, message in (
            (self.media_socket, self.media, control.Stop()),
            (self.writer_socket, self.writer, control.WriterStop()),
        ):
            try:
                send_messages(sock, [message])
            except OSError:
                pass
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.media_socket.close()
        self.writer_socket.close()
        os.close(self.sounds.fd)
        os.close(self.ring_fd)


def _start(module: str, fds: dict[str, int], *more: str) -> subprocess.Popen[bytes]:
    named = [text for name, fd in fds.items() for text in (name, str(fd))]
    package = __package__ or "drivers.telephony.exchange"
    command = [sys.executable, "-m", f"{package}.{module}", *named, *more]
    return subprocess.Popen(command, pass_fds=list(fds.values()), stdin=subprocess.DEVNULL)


def _start_writer(ring_fd: int) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = _pair()
    writer = _start("writer", {"--control-fd": theirs.fileno(), "--ring-fd": ring_fd})
    theirs.close()
    return writer, ours


def start_processes(channels: int, recorders: int | None = None) -> SoundProcesses:
    """Start media and writer for so many channels (recorders at once: as many as channels).

    Both end by themselves when signalling's ends of their sockets are closed.
    """
    sounds = SoundMemory()
    ring_fd = make_ring(recorders or channels)
    media_socket, media_end = _pair()
    media_fds = {"--control-fd": media_end.fileno(), "--sound-fd": sounds.fd, "--writer-fd": ring_fd}
    media = _start("media", media_fds, "--channels", str(channels))
    media_end.close()
    writer, writer_socket = _start_writer(ring_fd)
    return SoundProcesses(media, writer, media_socket, writer_socket, sounds, ring_fd)
