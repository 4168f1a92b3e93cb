"""The socket side of the live link: welcome, snapshot or resume, commands, a client that does not read."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from starlette.websockets import WebSocketDisconnect

from app.domain.errors import NotInThisState
from app.wire.codec import encode_event


class Desktop:
    """A WebSocket client spoken to in ASGI's own words: no port, no thread."""

    def __init__(self, app):
        self.app = app
        self.up: asyncio.Queue = asyncio.Queue()
        self.down: asyncio.Queue = asyncio.Queue()
        self.reading = asyncio.Event()
        self.reading.set()

    async def _receive(self):
        return await self.up.get()

    async def _send(self, message):
        await self.reading.wait()
        if message["type"] == "websocket.send":
            self.down.put_nowait(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.down.put_nowait(None)

    def say(self, **message):
        self.up.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self):
        return await asyncio.wait_for(self.down.get(), 5)


@asynccontextmanager
async def desktop(centre):
    one = Desktop(centre.app)
    one.up.put_nowait({"type": "websocket.connect"})
    scope = {
        "type": "websocket", "path": "/ws", "raw_path": b"/ws", "query_string": b"", "headers": [], "scheme": "ws",
        "client": ("127.0.0.1", 1), "server": ("centre", 80), "subprotocols": [], "root_path": "", "state": {},
    }  # fmt: skip
    running = asyncio.create_task(centre.app(scope, one._receive, one._send))
    try:
        yield one
    finally:
        one.reading.set()
        one.up.put_nowait({"type": "websocket.disconnect", "code": 1000})
        try:
            await asyncio.wait_for(running, 5)
        except WebSocketDisconnect:
            pass
    assert centre.runtime.links == []


def hello(token, **more):
    return {"t": "hello", "v": 1, "token": token, "client": "test", "language": "zh_CN"} | more


async def greeting(centre):
    async with desktop(centre) as one:
        one.say(**hello(await centre.token("a01")))
        welcome, snapshot = await one.hear(), await one.hear()
        assert (welcome["t"], welcome["resumed"], welcome["seq"]) == ("welcome", False, 7)
        assert welcome["now"] == "2026-11-22T04:00:00.000Z"
        assert (snapshot["t"], snapshot["seq"], snapshot["me"]["user"]) == ("snapshot", 7, {"name": "a01"})
        centre.runtime.links[0].publish(8, encode_event(8, "", "CallHeld", {"call_id": "c1"}))
        assert (await one.hear())["event"] == "CallHeld"


@pytest.mark.req("T23")
def test_a_desktop_is_welcomed_with_a_snapshot_and_then_hears_events(in_centre):
    in_centre(greeting)


def test_who_comes_back_hears_what_he_missed_and_no_snapshot(in_centre):
    async def test(centre):
        centre.runtime.kept = [
            (seq, encode_event(seq, "", "CallHeld", {"call_id": f"c{seq}"})) for seq in range(3, 8)
        ]
        async with desktop(centre) as one:
            one.say(**hello(await centre.token("a01"), resume={"session": "s1", "seq": 5}))
            assert (await one.hear()) | {"now": ""} == {
                "t": "welcome", "v": 1, "session": "s1", "seq": 7, "now": "", "resumed": True,
            }  # fmt: skip
            assert [(await one.hear())["call_id"] for _ in range(2)] == ["c6", "c7"]
        async with desktop(centre) as late:
            late.say(**hello(await centre.token("a01"), resume={"session": "s1", "seq": 1}))
            assert (await late.hear())["resumed"] is False
            assert (await late.hear())["t"] == "snapshot"

    in_centre(test)


def test_commands_are_answered_by_their_id_and_refused_with_a_reason(in_centre):
    async def test(centre):
        async with desktop(centre) as one:
            one.say(**hello(await centre.token("a01"), language="en"))
            await one.hear(), await one.hear()
            one.say(t="command", id="k1", command="LogIn", fields={"phone": "none"})
            assert await one.hear() == {"t": "done", "id": "k1", "seq": 8}
            assert centre.runtime.asked == [("LogIn", {"phone": "none"}, "a01", "k1")]
            for command, fields, refused in (
                ("LogIn", {"phone": 1}, "wrong_fields"), ("Listen", {}, "not_allowed"), ("Fly", {}, "not_found"),
            ):  # fmt: skip
                one.say(t="command", id="k2", command=command, fields=fields)
                answer = await one.hear()
                assert (answer["t"], answer["id"], answer["refused"]) == ("refused", "k2", refused)
            centre.runtime.refuse = NotInThisState(command="Hold", state="ready")
            one.say(t="command", id="k3", command="Hold", fields={})
            answer = await one.hear()
            assert answer["reason"] == "You cannot hold in state “ready”"
            assert answer["facts"] == {"command": "Hold", "state": "ready"}

    in_centre(test)


@pytest.mark.parametrize(
    ("first", "error"),
    [({"t": "ack", "seq": 1}, "bad_json"), ({"t": "hello"}, "bad_json"), (hello("nobody's"), "not_logged_in"),
     (hello("x") | {"v": 99}, "wrong_version"), (hello("x") | {"colour": 1}, "bad_json")],
)  # fmt: skip
def test_a_bad_greeting_is_answered_with_an_error_and_the_end(in_centre, first, error):
    async def test(centre):
        async with desktop(centre) as one:
            one.say(**first)
            answer = await one.hear()
            assert (answer["t"], answer["error"]) == ("error", error)
            assert await one.hear() is None

    in_centre(test)


def test_an_expired_token_ends_the_link_at_the_next_command(in_centre):
    async def test(centre):
        async with desktop(centre) as one:
            one.say(**hello(await centre.token("a01")))
            await one.hear(), await one.hear()
            centre.clock.now += 13 * 3600
            one.say(t="command", id="k1", command="LogIn", fields={})
            assert (await one.hear())["error"] == "token_expired"

    in_centre(test)


def test_a_client_too_far_behind_gets_a_snapshot_and_costs_no_memory(in_centre):
    async def test(centre):
        async with desktop(centre) as one:
            one.say(**hello(await centre.token("a01")))
            await one.hear(), await one.hear()
            one.reading.clear()
            link = centre.runtime.links[0]
            for seq in range(10_000):
                link.publish(seq, encode_event(seq, "", "CallHeld", {"call_id": f"c{seq}"}))
                if seq % 1000 == 0:
                    await asyncio.sleep(0)
            assert len(link._waiting) <= 2000
            one.reading.set()
            heard = [await one.hear(), await one.hear()]
            assert [message["t"] for message in heard] == ["event", "snapshot"]
            link.publish(10_001, encode_event(10_001, "", "CallResumed", {"call_id": "c1"}))
            assert (await one.hear())["event"] == "CallResumed"

    in_centre(test)
