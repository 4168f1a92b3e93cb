"""Whole messages over a byte stream: a 4-byte big-endian length, then that many bytes.

Knows framing, batching and how a stream ends; not what a message says. Both ends of
the board protocol use it: `drivers.telephony.remote` and the board's uplink.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import cast

MAX_FRAME_BYTES = 8 * 1024 * 1024
MAX_UNSENT_BYTES = 64 * 1024 * 1024  # a peer this far behind does not read any more

_LENGTH = struct.Struct(">I")


class FrameTooLarge(ValueError):
    """A length above MAX_FRAME_BYTES: a bug, or somebody who speaks another protocol."""


def frame(body: bytes) -> bytes:
    """One message as it goes over the wire; FrameTooLarge when it may not."""
    if len(body) > MAX_FRAME_BYTES:
        raise FrameTooLarge(f"{len(body)} bytes in one message")
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Cuts a stream back into messages, however it arrives. No I/O."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that `data` completed, in order.

        Raises:
            FrameTooLarge: the stream is useless from here; close it.
        """
        pending = self._pending
        pending += data
        bodies = []
        start = 0
        while len(pending) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(pending, start)
            if length > MAX_FRAME_BYTES:
                raise FrameTooLarge(f"{length} bytes announced")
            end = start + _LENGTH.size + length
            if len(pending) < end:
                break
            bodies.append(bytes(pending[start + _LENGTH.size : end]))
            start = end
        del pending[:start]
        return bodies


class FrameStream(asyncio.Protocol):
    """One connection of framed messages, on one event loop.

    Hand a factory of it to `loop.create_unix_connection`, `create_unix_server`,
    `create_connection` … Callbacks run on the loop: `on_open(stream)` once,
    `on_frame(stream, body)` for each message, `on_lost(stream, reason)` once, last.
    What is sent in one turn of the loop leaves in one write.
    """

    def __init__(
        self,
        on_frame: "Callable[[FrameStream, bytes], None]",
        on_lost: "Callable[[FrameStream, str], None]",
        on_open: "Callable[[FrameStream], None] | None" = None,
    ) -> None:
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._on_open = on_open
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._unsent: list[bytes] = []
        self._reason = ""

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    def send(self, body: bytes) -> None:
        """Queue one message. After the end it goes nowhere: `on_lost` has told."""
        if self._transport is None:
            return
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unsent.append(frame(body))

    def close(self, reason: str = "closed") -> None:
        """Send what is queued, then end. `on_lost` follows with `reason`."""
        if self._transport is not None:
            self._reason = self._reason or reason
            self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self, reason: str) -> None:
        """End at once, whatever is unsent. `on_lost` follows with `reason`."""
        if self._transport is not None:
            self._reason = self._reason or reason
            self._unsent.clear()
            self._transport.abort()

    def _flush(self) -> None:
        unsent, self._unsent = self._unsent, []
        if self._transport is None or not unsent:
            return
        self._transport.write(b"".join(unsent))
        if self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self.abort("the other end does not read")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._on_open is not None:
            self._on_open(self)

    def data_received(self, data: bytes) -> None:
        try:
            bodies = self._reader.feed(data)
        except FrameTooLarge as error:
            self.abort(str(error))
            return
        for body in bodies:
            if self._reason:  # closed by an earlier message of the same read
                return
            self._on_frame(self, body)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._unsent.clear()
        self._on_lost(self, self._reason or (str(exc) if exc else "the other end closed"))
