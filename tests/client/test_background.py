"""The client on a thread of its own: callbacks only in `drain`, one waking for many of them."""

import asyncio
import threading
from contextlib import asynccontextmanager

from app.client.background import BackgroundClient
from app.wire import events, messages
from tests.fakes.live_server import FakeLiveServer


class Window:
    """A program that drains when woken, on its own thread, as a Qt window does."""

    def __init__(self):
        self._loop = asyncio.get_running_loop()
        self._thread = threading.current_thread()
        self.wakings = 0
        self.seen = []
        self._more = asyncio.Event()
        self.background = BackgroundClient(self._woken, client="test 1")

    def _woken(self):
        self.wakings += 1
        self._loop.call_soon_threadsafe(self._drain)

    def _drain(self):
        self.background.drain()
        self._more.set()

    def keep(self, *what):
        assert threading.current_thread() is self._thread
        self.seen.append(what)

    async def until(self, true):
        async with asyncio.timeout(10.0):
            while not true():
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def window_and_server():
    server = FakeLiveServer()
    await server.start()
    window = Window()
    yield window, server
    window.background.close()
    await server.stop()


async def _opened(window, server):
    link = window.background.open(server.url, "good", "zh_CN")
    link.on_event = lambda event: window.keep("event", event)
    link.on_state = lambda state, _now_s: window.keep("state", state)
    link.start()
    await window.until(lambda: any(what[0] == "event" for what in window.seen))
    return link


def test_a_window_logs_in_opens_a_link_and_asks():
    async def story():
        async with window_and_server() as (window, server):
            server.http["GET /api/v1/queues"] = {"items": [], "next": None}
            window.background.log_in(server.url, "a01", "secret", lambda reply: window.keep("in", reply))
            await window.until(lambda: window.seen)
            assert window.seen.pop()[1].json["token"] == "a01-1"
            link = await _opened(window, server)
            assert window.seen[:2] == [("state", "connecting"), ("state", "online")]
            snapshot = window.seen[2][1]
            assert snapshot["event"] == "Snapshot" and snapshot["me"]["user"]["name"] == "a01"
            server.on_command = lambda _user, c: (
                messages.Refused(id=c.id, refused="NoSuchCall", reason="没有")
                if c.command == "Hold"
                else None
            )
            link.send("StartBreak", {"reason": "午饭"}, lambda answer: window.keep("answer", answer))
            link.send("Hold", {}, lambda answer: window.keep("answer", answer))
            link.send("EndBreak", {})
            link.get("/api/v1/queues", lambda reply: window.keep("reply", reply))
            await window.until(lambda: len(window.seen) == 6)
            by_kind = [(kind, what) for kind, what in window.seen[3:]]
            assert [what.refused for kind, what in by_kind if kind == "answer"] == ["", "NoSuchCall"]
            assert next(what for kind, what in by_kind if kind == "reply").ok
            link.close()

    asyncio.run(story())


def test_many_events_wake_the_window_few_times():
    async def story():
        async with window_and_server() as (window, server):
            await _opened(window, server)
            before = window.wakings
            for number in range(500):
                server.tell(events.CallAnswered, call_id=f"c{number}")
            await window.until(lambda: len(window.seen) == 503)
            assert [what[1]["call_id"] for what in window.seen[3:]] == [f"c{n}" for n in range(500)]
            assert window.wakings - before < 250

    asyncio.run(story())


def test_a_server_that_is_away_is_an_answer_too():
    async def story():
        async with window_and_server() as (window, server):
            await server.stop()
            for address in (server.url, "no address at all"):
                window.background.health(address, lambda reply: window.keep("reply", reply))
            await window.until(lambda: len(window.seen) == 2)
            assert [reply.status for _, reply in window.seen] == [0, 0]

    asyncio.run(story())


def test_a_closed_link_says_nothing_more():
    async def story():
        async with window_and_server() as (window, server):
            link = await _opened(window, server)
            server.tell(events.CallAnswered, call_id="c1")
            link.close()
            link.send("Hold", {}, lambda answer: window.keep("answer", answer))
            await asyncio.sleep(0.05)
            assert len(window.seen) == 3
            window.background.close()
            link.send("Hold", {})  # after the end: nothing happens

    asyncio.run(story())


def test_a_callback_that_fails_does_not_keep_the_others_waiting():
    async def story():
        woken = asyncio.Event()
        loop = asyncio.get_running_loop()
        background = BackgroundClient(lambda: loop.call_soon_threadsafe(woken.set))
        background.tell(lambda: 1 / 0)
        background.tell(lambda: woken.set())
        try:
            background.drain()
        except ZeroDivisionError:
            pass
        woken.clear()
        background.drain()
        assert woken.is_set()
        background.close()

    asyncio.run(story())
