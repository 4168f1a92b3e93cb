"""The server's link to a board in another process: `unix:PATH` or `tls://HOST:PORT`.

Knows how to reach a board, and to reach it again; keeps the promise of
`drivers.protocol.board.Board`. Knows nothing of calls. Needs the event loop it is
started on and nothing else.
"""

import asyncio
import ssl
from typing import Final
from urllib.parse import urlsplit

import msgspec

from drivers.protocol.board import BoardListener
from drivers.protocol.telephony import (
    PROTOCOL_VERSION,
    Ack,
    AnyDown,
    Attach,
    Done,
    FromBoard,
    FromServer,
    Hello,
    Load,
    Refused,
    Snapshot,
)
from drivers.transport.frames import FrameStream

# A board restarted by its guard is taken in within a second; one that is away for
# hours costs one connect a second.
FIRST_RETRY_S: Final = 0.05
LAST_RETRY_S: Final = 1.0
# Load comes every second: a board that says nothing for so long is hung or cut off.
SILENCE_S: Final = 10.0


class UnknownAddress(ValueError):
    """Neither `unix:PATH` nor `tls://HOST:PORT`."""


class RemoteBoard:
    """A board behind a socket.

    Args:
        address: `unix:PATH` or `tls://HOST:PORT`.
        listener: told everything, on the loop `start` was called on.
        tls: how to prove who we are and know who they are; needed by `tls://`.
        silence_s: a link this quiet is taken for lost, 0.5 … 60.
    Raises:
        UnknownAddress: from the constructor.
    """

    def __init__(
        self,
        address: str,
        listener: BoardListener,
        *,
        tls: ssl.SSLContext | None = None,
        silence_s: float = SILENCE_S,
    ) -> None:
        self.address = address
        self._target = _parse(address, tls)
        self._listener = listener
        self._tls = tls
        self._silence_s = silence_s
        self._encoder = msgspec.json.Encoder()
        self._decoder: msgspec.json.Decoder[FromBoard] = msgspec.json.Decoder(FromBoard)
        self._stream: FrameStream | None = None
        self._hello: Hello | None = None
        self._connected = False  # the listener has been told so
        self._retry_s = FIRST_RETRY_S
        self._heard_s = 0.0
        self._gone: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self.last_error = ""  # why the board cannot be reached, for `doctor` and /health

    @property
    def is_connected(self) -> bool:
        return self._connected

    def start(self) -> None:
        """Connect, and again whenever the link is lost, until `close`."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep_connected())

    def attach(self, epoch: int, acked: int) -> None:
        """Take the board this listener was just told of."""
        if self._hello is not None:
            self._put(Attach(epoch=epoch, acked=acked, boot_id=self._hello.boot_id))

    def send(self, command: AnyDown) -> None:
        """Hand a command to the board; it goes nowhere while the board is away."""
        self._put(command)

    def ack(self, seq: int) -> None:
        """Everything up to `seq` is in the journal."""
        self._put(Ack(seq=seq))

    async def close(self) -> None:
        """Let go of the board, which goes on alone."""
        if self._task is None:
            return
        task, self._task = self._task, None
        gone = self._gone
        if self._stream is not None and gone is not None:
            self._stream.close("closed")
            await asyncio.wait([gone], timeout=1.0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def _put(self, message: FromServer) -> None:
        if self._stream is not None and self._connected:
            self._stream.send(self._encoder.encode(message))

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._gone = loop.create_future()
            try:
                async with asyncio.timeout(self._silence_s):
                    await self._connect(loop)
            except OSError as error:  # TimeoutError is one
                self.last_error = str(error) or type(error).__name__
            else:
                await self._watch(loop, self._gone)
            await asyncio.sleep(self._retry_s)
            self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> None:
        def stream() -> FrameStream:
            return FrameStream(self._on_frame, self._on_stream_lost, self._on_open)

        if isinstance(self._target, str):
            await loop.create_unix_connection(stream, self._target)
        else:
            host, port = self._target
            await loop.create_connection(stream, host, port, ssl=self._tls)

    async def _watch(self, loop: asyncio.AbstractEventLoop, gone: asyncio.Future[None]) -> None:
        """Return when the link is gone; end it when it is silent."""
        while not gone.done():
            quiet_s = loop.time() - self._heard_s
            if quiet_s >= self._silence_s and self._stream is not None:
                self._stream.abort(f"silent for {quiet_s:.1f} s")
            await asyncio.wait([gone], timeout=max(self._silence_s - quiet_s, 0.05))

    def _on_open(self, stream: FrameStream) -> None:
        self._stream = stream
        self._heard_s = asyncio.get_running_loop().time()

    def _on_frame(self, stream: FrameStream, body: bytes) -> None:
        self._heard_s = asyncio.get_running_loop().time()
        try:
            message = self._decoder.decode(body)
        except msgspec.DecodeError as error:
            stream.abort(f"not the board protocol: {error}")
            return
        match message:
            case Done():
                pass
            case Refused():
                self._listener.on_refused(message.command_id, message.reason)
            case Load():
                if self._connected:
                    self._listener.on_load(message)
            case Hello():
                if message.version != PROTOCOL_VERSION:
                    stream.abort(f"speaks version {message.version}, not {PROTOCOL_VERSION}")
                self._hello = message
            case Snapshot():
                self._on_snapshot(stream, message)
            case _ if self._connected:
                self._listener.on_event(message)
            case _:
                stream.abort("an event before the snapshot")

    def _on_snapshot(self, stream: FrameStream, snapshot: Snapshot) -> None:
        if self._hello is None or self._connected:
            stream.abort("a snapshot out of place")
            return
        self._connected = True
        self._retry_s = FIRST_RETRY_S
        self.last_error = ""
        self._listener.on_connected(self._hello, snapshot)

    def _on_stream_lost(self, stream: FrameStream, reason: str) -> None:
        if stream is not self._stream:
            return
        self._stream = None
        self._hello = None
        self.last_error = reason
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)
        if self._connected:
            self._connected = False
            self._listener.on_lost(reason)


def _parse(address: str, tls: ssl.SSLContext | None) -> str | tuple[str, int]:
    """A path, or a host and port."""
    if address.startswith("unix:"):
        return address.removeprefix("unix:")
    parts = urlsplit(address)
    if parts.scheme == "tls" and parts.hostname and parts.port:
        if tls is None:
            raise UnknownAddress(f"{address}: a board on another machine needs TLS keys")
        return parts.hostname, parts.port
    raise UnknownAddress(f"{address}: write unix:PATH or tls://HOST:PORT")
