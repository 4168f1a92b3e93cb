"""A simulated board behind a real unix socket, for programs that want one to connect to.

Knows sockets and the codec; the promises are kept by `BoardLink`.
"""

import asyncio
from functools import partial

import msgspec

from drivers.protocol.telephony import FromBoard, FromServer
from drivers.telephony.board_link import BoardLink, Connection
from drivers.transport.frames import FrameStream


class BoardSocket:
    """Serves one board's link at `unix:PATH`.

    `put_off` ends every connection and listens no more, as a dead board would;
    `serve` again is its restart.
    """

    def __init__(self, link: BoardLink, path: str) -> None:
        self._link = link
        self._path = path
        self._reads: msgspec.json.Decoder[FromServer] = msgspec.json.Decoder(FromServer)
        self._connections: dict[FrameStream, Connection] = {}
        self._server: asyncio.Server | None = None

    async def serve(self) -> None:
        """Listen; returns when a server may connect."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(self._stream, self._path)

    async def put_off(self, reason: str = "closed") -> None:
        """End every connection and stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for stream in list(self._connections):
            stream.close(reason)

    def _stream(self) -> FrameStream:
        return FrameStream(self._on_frame, self._on_lost, self._on_open)

    def _on_open(self, stream: FrameStream) -> None:
        connection = Connection(partial(_put, stream), stream.close)
        self._connections[stream] = connection
        self._link.opened(connection)

    def _on_frame(self, stream: FrameStream, body: bytes) -> None:
        try:
            message = self._reads.decode(body)
        except msgspec.DecodeError as error:
            stream.abort(f"not the board protocol: {error}")
            return
        self._link.received(self._connections[stream], message)

    def _on_lost(self, stream: FrameStream, _reason: str) -> None:
        self._link.closed(self._connections.pop(stream))


def _put(stream: FrameStream, message: FromBoard) -> None:
    stream.send(msgspec.json.encode(message))
