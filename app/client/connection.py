"""The live link of one logged-in user: commands up, events down, across outages of the server.

Knows hello, resume and the sending again of commands; not what a command or an event
means, and nothing of Qt or threads. Runs on one event loop; all methods and callbacks
belong to that loop.
"""

import asyncio
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from app.client.answers import Answer, LinkState, LoginRefused
from app.client.credentials import Credentials
from app.client.trust import ServerChanged, Trust, is_certificate_trouble
from app.client.urls import live_link_url
from app.wire import codec, messages
from app.wire.events import AnyEvent

FIRST_RETRY_S: Final = 0.1
LAST_RETRY_S: Final = 2.0
OPEN_S: Final = 5.0
PING_S: Final = 5.0  # a server that does not answer this often is lost twice as late
ACK_S: Final = 1.0
MAX_FRAME_BYTES: Final = 64 * 1024 * 1024  # a snapshot of a large floor
RENEW: Final = frozenset({"not_logged_in", "token_expired"})
FINAL: Final = frozenset({"wrong_version", "not_allowed"})


class LinkListener(Protocol):
    """Who is told. Called on the link's loop, never from inside a method of Connection."""

    def on_state(self, state: LinkState, server_now_s: float | None) -> None:
        """server_now_s: POSIX seconds at the server, with "online" only."""

    def on_snapshot(self, snapshot: messages.Snapshot, flat: dict[str, Any]) -> None:
        """Replaces everything known. flat: the same as it came, with keys newer than this program."""

    def on_event(self, event: AnyEvent, flat: dict[str, Any]) -> None:
        """In the journal's order, each once. flat: as it came, with event, seq and at."""


@dataclass(slots=True)
class _Asked:
    """A command that has no answer yet."""

    command: messages.Command
    answer: "asyncio.Future[Answer]"


@dataclass(slots=True)
class _Place:
    """Where this client is in the server's events.

    One journal entry may cause several events of one seq, and a link may break between
    them: so resume asks for that entry once more, and what was seen of it is dropped.
    """

    session: str = ""
    seq: int = 0
    seen: list[AnyEvent] = field(default_factory=list)  # those of `seq`
    again: list[AnyEvent] = field(default_factory=list)  # of `seen`, may come a second time

    def resume(self) -> messages.Resume | None:
        if not self.session:
            return None
        return messages.Resume(session=self.session, seq=self.seq - bool(self.seen))

    def resumed(self, session: str, resumed: bool) -> None:
        self.session = session
        self.again = list(self.seen) if resumed else []

    def is_new(self, event: AnyEvent) -> bool:
        if event in self.again:
            self.again.remove(event)
            return False
        if event.seq > self.seq:
            self.jump(event.seq)
        if event.seq == self.seq:
            self.seen.append(event)
        return True

    def jump(self, seq: int) -> None:
        self.seq = seq
        self.seen.clear()


class Connection:
    """One user's live link to one server, kept up until `close`.

    Args:
        server: "http://host:port" or "https://…".
        credentials: asked for a token before each hello.
        client: name and version of the program, for the server's log.
        patience_s: a command without an answer for so long ends as "LinkLost", 1 … 3600.
        trust: how to know the server, for https.
    """

    def __init__(
        self,
        server: str,
        credentials: Credentials,
        listener: LinkListener,
        *,
        client: str = "",
        language: str = "zh_CN",
        topics: Sequence[str] = (),
        patience_s: float = 60.0,
        trust: Trust | None = None,
    ) -> None:
        self._url = live_link_url(server)
        self._credentials = credentials
        self._listener = listener
        self._client = client
        self._language = language
        self._topics = list(topics)
        self._patience_s = patience_s
        self._trust = trust or Trust()
        self._place = _Place()
        self._asked: dict[str, _Asked] = {}  # in the order asked
        self._out: asyncio.Queue[str] = asyncio.Queue()
        self._online = False
        self._retry_s = FIRST_RETRY_S
        self._refused = ""  # why the last token was not taken
        self._acked = (0.0, 0)  # when, seq
        self._task: asyncio.Task[None] | None = None
        self.last_error = ""
        self.changed: ServerChanged | None = None  # why it is refused, when it is another server

    @property
    def is_online(self) -> bool:
        return self._online

    def start(self) -> None:
        """Connect, and again after each outage, until `close` or a refusal for good."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep_connected())

    def command(
        self, name: str, fields: dict[str, Any] | None = None, *, command_id: str = ""
    ) -> "asyncio.Future[Answer]":
        """Ask for something; done once, however often the link is lost before the answer.

        Never raises for the server's sake: a refusal is an Answer, and so is silence.
        """
        loop = asyncio.get_running_loop()
        command = messages.Command(id=command_id or uuid.uuid4().hex, command=name, fields=fields or {})
        asked = _Asked(command, loop.create_future())
        self._asked[command.id] = asked
        loop.call_later(self._patience_s, self._give_up, command.id)
        if self._online:
            self._out.put_nowait(codec.encode(command))
        return asked.answer

    async def close(self) -> None:
        """Leave; commands without an answer end as "LinkLost"."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._online = False
        for command_id in list(self._asked):
            self._give_up(command_id)

    # ------------------------------------------------------------- the link

    async def _keep_connected(self) -> None:
        self._listener.on_state("connecting", None)
        while True:
            try:
                await self._connect()
            except LoginRefused as refusal:
                self.last_error = str(refusal)
                self._listener.on_state("refused", None)
                return
            except ServerChanged as changed:
                self.changed, self.last_error = changed, str(changed)
                self._listener.on_state("refused", None)
                return
            except (OSError, WebSocketException, codec.WireError) as error:
                if is_certificate_trouble(error):
                    self._trust.doubt(self._url)
                self.last_error = str(error) or type(error).__name__
            if self._online:
                self._online = False
                self._listener.on_state("lost", None)
            await asyncio.sleep(self._retry_s * random.uniform(0.8, 1.2))
            self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)

    async def _connect(self) -> None:
        """One connection, from login to its end."""
        token = await self._credentials.token(refused=self._refused)
        async with connect(
            self._url,
            ssl=await self._trust.context(self._url),
            proxy=None,
            compression=None,
            open_timeout=OPEN_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=1,
            max_size=MAX_FRAME_BYTES,
            max_queue=None,
        ) as socket:
            await socket.send(
                codec.encode(
                    messages.Hello(
                        v=messages.PROTOCOL_VERSION,
                        token=token,
                        client=self._client,
                        language=self._language,
                        resume=self._place.resume(),
                        topics=self._topics,
                    )
                )
            )
            self._out = asyncio.Queue()  # what the last one still held is asked again once welcome
            writer = asyncio.create_task(self._write(socket))
            try:
                async for text in socket:
                    self._on_text(text)
            finally:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)

    async def _write(self, socket: ClientConnection) -> None:
        try:
            while True:
                await socket.send(await self._out.get())
        except ConnectionClosed:
            pass  # the reader tells

    def _on_text(self, text: str | bytes) -> None:
        message = codec.decode_down(text)
        match message:
            case messages.Welcome():
                self._welcomed(message)
            case messages.Snapshot():
                self._place.jump(message.seq)
                self._listener.on_snapshot(message, _flat(text))
            case messages.Done():
                self._answered(message.id, Answer())
            case messages.Refused():
                self._answered(message.id, Answer(refused=message.refused, reason=message.reason))
            case messages.Error():
                self._on_error(message)
            case _:
                if self._place.is_new(message):
                    self._listener.on_event(message, _flat(text))
                    self._ack(message)

    def _welcomed(self, welcome: messages.Welcome) -> None:
        self._refused = ""
        self.last_error = ""
        self._retry_s = FIRST_RETRY_S
        self._place.resumed(welcome.session, welcome.resumed)
        self._online = True
        for asked in self._asked.values():
            self._out.put_nowait(codec.encode(asked.command))
        self._listener.on_state("online", _posix_s(welcome.now))

    def _on_error(self, error: messages.Error) -> None:
        if error.error in FINAL:
            raise LoginRefused(error.error, error.message)
        if error.error in RENEW:
            self._refused = error.error
        raise ServerClosed(f"{error.error} {error.message}".strip())

    def _ack(self, event: AnyEvent) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._acked[0] >= ACK_S and event.seq > self._acked[1]:
            self._acked = (now_s, event.seq)
            self._out.put_nowait(codec.encode(messages.Ack(seq=event.seq)))

    # ------------------------------------------------------------- answers

    def _answered(self, command_id: str, answer: Answer) -> None:
        asked = self._asked.pop(command_id, None)
        if asked is not None and not asked.answer.done():
            asked.answer.set_result(answer)

    def _give_up(self, command_id: str) -> None:
        self._answered(command_id, Answer(refused="LinkLost", reason=self.last_error or "no answer"))


class ServerClosed(OSError):
    """The server said why, and ended the link."""


def _flat(text: str | bytes) -> dict[str, Any]:
    flat: dict[str, Any] = msgspec.json.decode(text)
    flat.pop("t", None)
    return flat


def _posix_s(now: str) -> float | None:
    try:
        return datetime.fromisoformat(now.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
