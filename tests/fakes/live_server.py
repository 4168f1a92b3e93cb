"""A small server of the live link and of login, on a real TCP port, whose restarts and faults you command.

It keeps what CONTRACT.md promises of `/ws`: hello, resume from the journal's seq, commands
done once by id. What a command *does* is the test's: `on_command`.
"""

import asyncio
import json
import socket
from collections.abc import Callable

from websockets.frames import Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from app.wire import codec, events, messages


class FakeLiveServer:
    def __init__(self, tls=None):
        """tls: an SSLContext, or None; another may be set before a further `start`."""
        self.tls = tls
        self.heard_bytes = 0  # of requests, after the handshake
        self.address = ("127.0.0.1", _free_port())
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.address[1]}"
        self.passwords = {"a01": "secret"}
        self.logins = 0
        self.tokens = {"good": "a01"}
        self.hellos = []
        self.acks = []
        self.done = []  # commands, in the order done
        self.answers = {}  # id → answer, as if journaled
        self.journal = []  # (seq, to, text)
        self.seq = 0
        self.cut_before_answer = 0  # so many commands are done, and the link cut before the answer
        self.on_command: Callable[[str, messages.Command], messages.Refused | None] = lambda _user, _c: None
        self.resumes = True
        self.http = {}  # "GET /path" → JSON
        self._server = None
        self._links = {}
        self._serving = {}  # task → its writer

    async def start(self):
        self._server = await asyncio.start_server(self._serve, *self.address, ssl=self.tls)

    async def stop(self):
        """As a killed process: every connection is cut, the port closed; the journal stays."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self._links.clear()
        for writer in self._serving.values():
            writer.transport.abort()
        await asyncio.gather(*self._serving)
        await asyncio.sleep(0)

    def tell(self, kind, to=None, same_entry=False, **fields):
        """An event, to one user or to all."""
        self.seq += 0 if same_entry else 1
        text = codec.encode(kind(seq=self.seq, at="2026-11-22T08:15:30.123Z", **fields))
        self.journal.append((self.seq, to, text))
        for link, user in list(self._links.items()):
            if to in (None, user):
                link.send(text)

    def cut(self):
        for link in list(self._links):
            link.transport.abort()
        self._links.clear()

    async def _serve(self, reader, writer):
        self._serving[asyncio.current_task()] = writer
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heard_bytes += len(head)
            if b"pgrade: websocket" in head:
                await self._live(_Socket(writer), head, reader)
            else:
                await self._http(head, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()
            self._serving.pop(asyncio.current_task())

    async def _http(self, head, reader, writer):
        while True:
            request, *lines = head.decode().split("\r\n")
            headers = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            status, answer = self._answer(request.rpartition(" ")[0], body, headers)
            text = json.dumps(answer).encode()
            writer.write(
                f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(text)}\r\n\r\n".encode()
                + text
            )
            head = await reader.readuntil(b"\r\n\r\n")

    def _answer(self, request, body, headers):
        if request == "POST /api/v1/login":
            asked = json.loads(body)
            if self.passwords.get(asked["user"]) != asked["password"]:
                return 401, {"error": "wrong_password", "message": "密码不对"}
            self.logins += 1
            token = f"{asked['user']}-{self.logins}"
            self.tokens[token] = asked["user"]
            return 200, {"token": token, "expires_at": "2026-11-23T00:00:00.000Z"}
        if request in self.http:
            if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
                return 401, {"error": "not_logged_in", "message": ""}
            return 200, self.http[request]
        return 404, {"error": "not_found", "message": request}

    async def _live(self, link, head, reader):
        link.receive(head)
        while True:
            for text in link.texts():
                self._on_message(link, codec.decode_up(text))
            data = await reader.read(65536)
            if not data:
                self._links.pop(link, None)
                return
            link.receive(data)

    def _on_message(self, link, message):
        match message:
            case messages.Hello():
                self._on_hello(link, message)
            case messages.Ack():
                self.acks.append(message.seq)
            case messages.Command():
                self._on_command(link, message)

    def _on_hello(self, link, hello):
        self.hellos.append(hello)
        user = self.tokens.get(hello.token)
        if user is None:
            link.send(codec.encode(messages.Error(error="token_expired")))
            link.close()
            return
        resumed = self.resumes and hello.resume is not None and hello.resume.session == "s1"
        link.send(
            codec.encode(
                messages.Welcome(
                    v=1, session="s1", seq=self.seq, now="2026-11-22T08:15:30.500Z", resumed=resumed
                )
            )
        )
        if resumed:
            for seq, to, text in self.journal:
                if seq > hello.resume.seq and to in (None, user):
                    link.send(text)
        else:
            link.send(codec.encode(messages.Snapshot(seq=self.seq, me=self.me(user))))
        self._links[link] = user

    def me(self, user):
        """The user's own part of a snapshot; a test may replace it."""
        return messages.Me(user=messages.Person(name=user))

    def _on_command(self, link, command):
        if link not in self._links:
            return  # cut while this was on its way
        if command.id not in self.answers:
            self.done.append(command)
            refused = self.on_command(self._links[link], command)
            self.answers[command.id] = refused or messages.Done(id=command.id, seq=self.seq)
            if self.cut_before_answer:
                self.cut_before_answer -= 1
                self.cut()
                return
        link.send(codec.encode(self.answers[command.id]))


class _Socket:
    """One websocket, server side, over a stream writer."""

    def __init__(self, writer):
        self.transport = writer.transport
        self._protocol = ServerProtocol()
        self._texts = []

    def receive(self, data):
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if hasattr(event, "path"):
                self._protocol.send_response(self._protocol.accept(event))
            elif event.opcode is Opcode.TEXT:
                self._texts.append(bytes(event.data).decode())
        self._flush()

    def texts(self):
        while self._texts:
            yield self._texts.pop(0)

    def send(self, text):
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(text.encode())
            self._flush()

    def close(self):
        self._protocol.send_close(1008)
        self._flush()

    def _flush(self):
        for data in self._protocol.data_to_send():
            if data:
                self.transport.write(data)
            else:
                self.transport.close()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def agent_state(server, agent, state, **fields):
    """A shorthand for the event tests tell most."""
    server.tell(events.AgentStateChanged, to=agent, agent_id=agent, state=state, **fields)
