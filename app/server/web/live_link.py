"""The socket side of the live link: one desktop's queue, its commands, its snapshots.

Knows frames and order; what an event means and who may see it is the runtime's. A desktop that
does not read fast enough loses its queue and is sent everything anew, so nobody else waits.
"""

import asyncio
import contextlib
import secrets
from collections import deque
from typing import Any

import msgspec
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from app.domain import errors as floor_errors
from app.domain.access import LANGUAGES, User
from app.domain.records.checking import moment_text
from app.server import log
from app.server.web.asking import MAX_BODY_BYTES, services, user_of_token
from app.server.web.commanding import LONGEST_COMMAND_ID, checked_command
from app.server.web.errors import ApiError, say
from app.wire import codec
from app.wire.messages import (
    PROTOCOL_VERSION,
    RESUME_LIMIT,
    Ack,
    Command,
    Done,
    Error,
    Hello,
    Refused,
    Welcome,
)

router = APIRouter()
HELLO_WITHIN_S = 10.0


class SocketLink:
    """A `ports.Link`. Everything but `run` is called on the loop and returns at once."""

    def __init__(self, socket: WebSocket, user: User, hello: Hello) -> None:
        self.user = user
        self.session = hello.resume.session if hello.resume else secrets.token_hex(12)
        self.topics = frozenset(hello.topics)
        self.language = hello.language if hello.language in LANGUAGES else user.language
        self.acked = 0
        self._token = hello.token
        self._socket = socket
        self._services = services(socket)
        self._waiting: deque[str] = deque()
        self._wake = asyncio.Event()
        self._behind = False

    # ---------------------------------------------------------------- down

    def publish(self, seq: int, text: str) -> None:
        if self._behind:
            return  # the snapshot to come contains it
        if len(self._waiting) >= RESUME_LIMIT:
            self._behind = True
            self._waiting.clear()
        else:
            self._waiting.append(text)
        self._wake.set()

    def _answer(self, message: Done | Refused | Error | Welcome) -> None:
        """Answers are never dropped; there are as many as the client has asked questions."""
        self._waiting.append(codec.encode(message))
        self._wake.set()

    def _snapshot(self) -> str:
        runtime = self._services.runtime
        return msgspec.json.encode(
            {"t": "snapshot", "seq": runtime.seq(), "agents": runtime.agents(), "queues": runtime.queues(),
             "me": runtime.me(self.user)}
        ).decode()  # fmt: skip

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting or self._behind:
                if self._behind:
                    # Made and unmarked in one step: an event that comes now is after it.
                    text = self._snapshot()
                    self._behind = False
                else:
                    text = self._waiting.popleft()
                await self._socket.send_text(text)

    # ------------------------------------------------------------------ up

    async def run(self, resume_after: int | None) -> None:
        runtime = self._services.runtime
        resumed = runtime.attach(self, resume_after)
        try:
            missed = list(self._waiting)
            self._waiting.clear()
            welcome = Welcome(
                v=PROTOCOL_VERSION, session=self.session, seq=runtime.seq(),
                now=moment_text(self._services.clock()), resumed=resumed and not self._behind,
            )  # fmt: skip
            self._waiting.append(codec.encode(welcome))
            if welcome.resumed:
                self._waiting.extend(missed)
            else:
                self._behind = False
                self._waiting.append(self._snapshot())
            self._wake.set()
            async with asyncio.TaskGroup() as both:
                sender = both.create_task(self._send())
                try:
                    await self._receive()
                finally:
                    sender.cancel()
        finally:
            runtime.detach(self)

    async def _receive(self) -> None:
        while True:
            try:
                text = await self._socket.receive_text()
                if len(text) > MAX_BODY_BYTES:
                    reason = say("too_large", self.language, max_bytes=MAX_BODY_BYTES)
                    await self._end(self._socket, "too_large", reason)
                    return
                message = codec.decode_up(text)
            except codec.WireError as error:
                await self._end(self._socket, "bad_json", str(error))
                return
            except (WebSocketDisconnect, RuntimeError, KeyError):
                return  # gone, or a binary frame
            if isinstance(message, Ack):
                self.acked = message.seq
            elif isinstance(message, Command):
                try:
                    await self._services.users.who(self._token)
                except Exception:
                    await self._end(self._socket, "token_expired", say("token_expired", self.language))
                    return
                self._answer(await self._obey(message))
            else:
                await self._end(self._socket, "bad_json", "hello twice")
                return

    async def _obey(self, message: Command) -> Done | Refused:
        def refused(name: str, reason: str, **facts: Any) -> Refused:
            return Refused(id=message.id, refused=name, reason=reason, facts=facts)

        if not 1 <= len(message.id) <= LONGEST_COMMAND_ID:
            return refused("wrong_fields", say("wrong_fields", self.language), fields={"id": "1–200"})
        try:
            fields = checked_command(message.command, message.fields, self.user, self.language)
            events = await self._services.runtime.command(message.command, fields, self.user, message.id)
        except ApiError as error:
            body = error.body(self.language)
            return refused(body.pop("error"), body.pop("message"), **body)
        except floor_errors.WrongFields as error:
            return refused("wrong_fields", say("wrong_fields", self.language), fields=error.fields)
        except floor_errors.Refused as error:
            return refused(error.kind, error.reason_text(self.language), **error.facts())
        except Exception as error:
            log.internal_error(error, "live link", message.command)
            return refused("internal", say("internal", self.language))
        return Done(id=message.id, seq=max((event["seq"] for event in events), default=0))

    @staticmethod
    async def _end(socket: WebSocket, error: str, message: str) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.send_text(codec.encode(Error(error=error, message=message)))
            await socket.close(4000)


@router.websocket("/ws")
async def live_link(socket: WebSocket) -> None:
    await socket.accept()
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            hello = codec.decode_up(await socket.receive_text())
    except TimeoutError:
        return await SocketLink._end(socket, "bad_json", "no hello")
    except codec.WireError as error:
        return await SocketLink._end(socket, "bad_json", str(error))
    except (WebSocketDisconnect, KeyError):
        return None
    if not isinstance(hello, Hello):
        return await SocketLink._end(socket, "bad_json", "hello first")
    language = hello.language if hello.language in LANGUAGES else services(socket).site.language
    if hello.v != PROTOCOL_VERSION:
        return await SocketLink._end(socket, "wrong_version", f"v {PROTOCOL_VERSION}")
    try:
        user = await user_of_token(socket, hello.token)
    except ApiError as error:
        return await SocketLink._end(socket, error.error, say(error.error, language))
    try:
        await SocketLink(socket, user, hello).run(hello.resume.seq if hello.resume else None)
    except* (WebSocketDisconnect, RuntimeError, OSError) as group:
        if (
            socket.client_state is WebSocketState.CONNECTED
            and socket.application_state is WebSocketState.CONNECTED
        ):
            raise group from None
    return None
