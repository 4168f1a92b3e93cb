"""The client for programs whose own thread must not wait, such as a Qt window.

One thread with one event loop of its own carries every link and request. What it has to
say is queued, and the program is woken once; the program then calls `drain` on its own
thread, which makes the callbacks there. Knows no Qt: `wake` may be a queued Signal's emit.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

from app.client.answers import Answer, LinkState, Reply
from app.client.connection import Connection
from app.client.credentials import GivenToken
from app.client.http import HttpApi
from app.client.trust import ServerChanged, Trust
from app.client.urls import server_url
from app.wire import messages
from app.wire.events import AnyEvent

LEAVE_S: Final = 2.0
Json = dict[str, Any]
Done = Callable[[Reply], None]


class BackgroundClient:
    """The thread, and the server before anyone is logged in.

    Args:
        wake: called from the background thread when something waits and the program
            has not been woken since its last `drain`; it must only pass the word on.
        client: name and version of the program.
        trust: how to know servers reached by https.
    """

    def __init__(self, wake: Callable[[], None], *, client: str = "", trust: Trust | None = None) -> None:
        self._wake = wake
        self._client = client
        self._trust = trust or Trust()
        self._waiting: deque[Callable[[], None]] = deque()
        self._woken = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._links: list[BackgroundLink] = []
        self._thread.start()

    # ----------------------------------------------- on the program's thread

    def drain(self) -> None:
        """Make the waiting callbacks, in the order things happened."""
        self._woken.clear()
        try:
            for _ in range(len(self._waiting)):
                self._waiting.popleft()()
        finally:  # a callback raised: the rest comes with the next drain
            if self._waiting and not self._woken.is_set():
                self._woken.set()
                self._wake()

    def health(self, server: str, done: Done) -> None:
        """GET /api/v1/health, without login."""
        self._ask(server, lambda http: http.get("/api/v1/health"), done)

    def log_in(self, server: str, user: str, password: str, done: Done) -> None:
        """POST /api/v1/login; the token is in the reply."""
        body = {"user": user, "password": password}

        async def logged_in(http: HttpApi) -> Reply:
            reply = await http.post("/api/v1/login", body)
            if reply.ok:
                self._trust.keep(server)
            return reply

        self._ask(server, logged_in, done)

    def new_pin(self, server: str) -> str:
        """The pin of a server met for the first time that nobody vouches for; else ""."""
        try:
            return self._trust.new_pin(server)
        except ValueError:
            return ""

    def open(self, server: str, token: str, language: str) -> "BackgroundLink":
        """A link for this token; it begins with its `start`."""
        link = BackgroundLink(self, server, token, language=language, client=self._client, trust=self._trust)
        self._links.append(link)
        return link

    def close(self) -> None:
        """End the thread; what still waits is forgotten."""
        if self._loop.is_closed():
            return
        self.run(self._leave)
        self._thread.join(5.0)
        self._waiting.clear()

    def _ask(self, server: str, request: Callable[[HttpApi], Coroutine[Any, Any, Reply]], done: Done) -> None:
        async def asked() -> None:
            try:
                async with HttpApi(server, trust=self._trust) as http:
                    reply = await request(http)
            except (ValueError, OSError) as error:
                reply = Reply(status=0, json={"error": "unreachable", "message": str(error)})
            self.tell(lambda: done(reply))

        self.run(asked)

    # ------------------------------------------------- for links of this thread

    def tell(self, callback: Callable[[], None]) -> None:
        """From the background thread: have this called in the program's next `drain`."""
        self._waiting.append(callback)
        if not self._woken.is_set():
            self._woken.set()
            self._wake()

    def run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """From the program's thread: start this on the background loop. Nothing after `close`."""
        try:
            self._loop.call_soon_threadsafe(self._start, work)
        except RuntimeError:
            pass  # closed: the program is ending

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = self._loop.create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _leave(self) -> None:
        await asyncio.gather(*(link.leave() for link in self._links), return_exceptions=True)
        others = self._tasks - {asyncio.current_task()}  # links that are leaving already, requests
        if others:
            await asyncio.wait(others, timeout=LEAVE_S)
        self._loop.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()


class BackgroundLink:
    """One logged-in user's link, used from the program's thread.

    Set `on_event` and `on_state` before `start`. `on_event` gets flat dicts with event,
    seq and at; a snapshot is `{"event": "Snapshot", "seq", "agents", "queues", "me"}`; a server
    that is no longer the one that was met, `{"event": "ServerChanged", "reason"}`.
    """

    def __init__(
        self,
        background: BackgroundClient,
        server: str,
        token: str,
        *,
        language: str,
        client: str,
        trust: Trust,
    ) -> None:
        self.on_event: Callable[[Json], None] = lambda _event: None
        self.on_state: Callable[[LinkState, float | None], None] = lambda _state, _now_s: None
        self._background = background
        self._server = server_url(server)
        self._token = token
        self._trust = trust
        self._closed = False
        self._http: HttpApi | None = None
        self._connection: Connection | None = None
        self.language = language
        self._client = client

    @property
    def changed(self) -> ServerChanged | None:
        """Why the server is refused, when it is not the one that was met before."""
        return None if self._connection is None else self._connection.changed

    def start(self) -> None:
        self._background.run(self._open)

    def send(self, command: str, fields: Json, done: Callable[[Answer], None] | None = None) -> None:
        """Ask for a command; sent again with the same id after a lost link, done once."""

        async def asked() -> None:
            if self._connection is None:
                answer = Answer(refused="LinkLost")
            else:
                answer = await self._connection.command(command, fields)
            if done is not None:
                self.tell(lambda: done(answer))

        self._background.run(asked)

    def get(self, path: str, done: Done) -> None:
        self._request("GET", path, None, done)

    def post(self, path: str, body: Json, done: Done, method: str = "POST") -> None:
        self._request(method, path, body, done)

    def close(self) -> None:
        """Leave the server; no callback comes after this."""
        self._closed = True
        self._background.run(self.leave)

    # ------------------------------------------------ on the background thread

    async def _open(self) -> None:
        self._http = HttpApi(self._server, token=self._token, trust=self._trust)
        self._connection = Connection(
            self._server,
            GivenToken(self._token),
            _Listener(self),
            client=self._client,
            language=self.language,
            trust=self._trust,
        )
        self._connection.start()

    async def leave(self) -> None:
        """Close everything of this link; may be called twice."""
        if self._connection is not None:
            await self._connection.close()
        if self._http is not None:
            await self._http.close()

    def _request(self, method: str, path: str, body: Any, done: Done) -> None:
        async def asked() -> None:
            reply = Reply(status=0) if self._http is None else await self._http.ask(method, path, body)
            self.tell(lambda: done(reply))

        self._background.run(asked)

    def tell(self, callback: Callable[[], None]) -> None:
        """Have this called on the program's thread, unless the link is closed by then."""
        self._background.tell(lambda: None if self._closed else callback())


class _Listener:
    """Carries what the connection tells to the program's thread."""

    def __init__(self, link: BackgroundLink) -> None:
        self._link = link

    def on_state(self, state: LinkState, server_now_s: float | None) -> None:
        link = self._link
        link.tell(lambda: link.on_state(state, server_now_s))
        if state == "refused" and (changed := link.changed) is not None:
            reason = changed.sentences[link.language]
            link.tell(lambda: link.on_event({"event": "ServerChanged", "reason": reason}))

    def on_snapshot(self, _snapshot: messages.Snapshot, flat: Json) -> None:
        link = self._link
        link.tell(lambda: link.on_event({"event": "Snapshot", **flat}))

    def on_event(self, _event: AnyEvent, flat: Json) -> None:
        link = self._link
        link.tell(lambda: link.on_event(flat))
