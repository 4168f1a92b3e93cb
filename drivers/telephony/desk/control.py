"""The control socket of `desk_voice`: one JSON object a line, both ways, many windows.

Every window hears every event; answers go to the asker and carry the `id` of the
message, where it had one. Knows nothing of what the messages mean (`voice.py`).
"""

import asyncio
import hmac
import json
import os
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from drivers.telephony.desk.address import FILE_NAME, SOCKET_NAME, ControlAddress, written_address

LONGEST_LINE_BYTES = 64 * 1024
SLOW_WINDOW_BYTES = 256 * 1024  # a window that does not read is cut off; it comes back

Handle = Callable[[Mapping[str, Any]], Awaitable[dict[str, object]]]


class AlreadyRunning(Exception):
    """Another `desk_voice` answers at this address."""


async def open_control(address: ControlAddress) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A window's end. Raises OSError when nobody listens there (any more)."""
    if address.path:
        if sys.platform == "win32":
            raise OSError("no unix sockets here")
        return await asyncio.open_unix_connection(address.path, limit=LONGEST_LINE_BYTES)
    reader, writer = await asyncio.open_connection("127.0.0.1", address.port, limit=LONGEST_LINE_BYTES)
    writer.write(json.dumps({"cookie": address.cookie}).encode() + b"\n")
    return reader, writer


class ControlServer:
    """Listens in `directory`; give it the voice's `handle`, and call `tell` with each event.

    greet: what every new window is told first.
    """

    def __init__(
        self,
        directory: Path,
        handle: Handle,
        *,
        greet: Callable[[], dict[str, object]] | None = None,
        tcp: bool = sys.platform == "win32",
    ) -> None:
        self._directory = directory
        self._handle = handle
        self._greet = greet
        self._tcp = tcp
        self._cookie = ""
        self._server: asyncio.Server | None = None
        self._windows: set[asyncio.StreamWriter] = set()
        self.address = ControlAddress()

    @property
    def windows(self) -> int:
        return len(self._windows)

    async def start(self) -> None:
        """Raises AlreadyRunning when another one answers; a dead one's socket is taken over."""
        found = written_address(self._directory)
        if found is not None:
            try:
                _, writer = await open_control(found)
            except OSError:
                pass
            else:
                writer.close()
                await writer.wait_closed()
                raise AlreadyRunning
        if self._tcp:
            await self._start_tcp()
        elif sys.platform != "win32":
            path = self._directory / SOCKET_NAME
            path.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, str(path), limit=LONGEST_LINE_BYTES)
            path.chmod(0o600)
            self.address = ControlAddress(path=str(path))

    async def _start_tcp(self) -> None:
        self._cookie = secrets.token_hex(16)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LONGEST_LINE_BYTES)
        port = self._server.sockets[0].getsockname()[1]
        file = self._directory / FILE_NAME
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump({"port": port, "cookie": self._cookie}, out)
        self.address = ControlAddress(port=port, cookie=self._cookie)

    async def stop(self) -> None:
        for writer in tuple(self._windows):
            writer.close()
        if self._server:
            self._server.close()
            await self._server.wait_closed()
        (self._directory / (FILE_NAME if self._tcp else SOCKET_NAME)).unlink(missing_ok=True)

    def tell(self, event: Mapping[str, object]) -> None:
        """To every window, in order; never waits."""
        line = json.dumps(event, ensure_ascii=False).encode() + b"\n"
        for writer in tuple(self._windows):
            if writer.transport.get_write_buffer_size() > SLOW_WINDOW_BYTES:
                self._windows.discard(writer)
                writer.transport.abort()
            else:
                writer.write(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._tcp and not await self._knows_cookie(reader):
                return
            self._windows.add(writer)
            if self._greet:  # a new window learns at once how things stand
                self._send(writer, self._greet())
            while line := await reader.readline():
                answer = await self._answer(line)
                self._send(writer, answer)
                await writer.drain()
        except (OSError, ValueError, asyncio.IncompleteReadError):
            pass  # the window died, or wrote a line without end: the voice goes on
        finally:
            self._windows.discard(writer)
            writer.close()

    def _send(self, writer: asyncio.StreamWriter, event: Mapping[str, object]) -> None:
        writer.write(json.dumps(event, ensure_ascii=False).encode() + b"\n")

    async def _knows_cookie(self, reader: asyncio.StreamReader) -> bool:
        try:
            first = json.loads(await asyncio.wait_for(reader.readline(), 5.0))
        except (TimeoutError, ValueError):
            return False
        given = first.get("cookie") if isinstance(first, dict) else None
        return isinstance(given, str) and hmac.compare_digest(given, self._cookie)

    async def _answer(self, line: bytes) -> dict[str, object]:
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            return {"event": "refused", "do": None, "reason": "one JSON object a line wanted"}
        answer = await self._handle(message)
        return {**answer, "id": message["id"]} if "id" in message else answer
