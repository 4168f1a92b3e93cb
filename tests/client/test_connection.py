"""The live link across outages: what was missed comes, what was asked is done once."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from app.client.answers import LoginRefused
from app.client.connection import Connection
from app.client.credentials import GivenToken, Password
from app.client.http import HttpApi, ServerUnreachable
from app.client.urls import live_link_url, server_url
from app.wire import codec, events, messages
from tests.fakes.live_server import FakeLiveServer
from tests.fakes.virtual_time import run_virtual


class Listener:
    def __init__(self):
        self.states, self.snapshots, self.events, self.flats = [], [], [], []
        self._more = asyncio.Event()

    def on_state(self, state, server_now_s):
        self.states.append(state)
        self.server_now_s = server_now_s
        self._more.set()

    def on_snapshot(self, snapshot, flat):
        self.snapshots.append(snapshot)
        self._more.set()

    def on_event(self, event, flat):
        self.events.append(event)
        self.flats.append(flat)
        self._more.set()

    async def until(self, true, within_s=60.0):
        async with asyncio.timeout(within_s):
            while not true():
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def linked(credentials=None, **options):
    server = FakeLiveServer()
    await server.start()
    heard = Listener()
    link = Connection(server.url, credentials or GivenToken("good"), heard, client="test 1", **options)
    link.start()
    try:
        yield server, link, heard
    finally:
        await link.close()
        await server.stop()


def run(story, **options):
    async def inside():
        async with linked(**options) as (server, link, heard):
            await heard.until(lambda: heard.snapshots)
            await story(server, link, heard)

    run_virtual(inside(), grace_s=0.001)


def test_a_client_says_who_it_is_and_gets_a_snapshot():
    async def story(server, link, heard):
        (hello,) = server.hellos
        assert (hello.v, hello.token, hello.client, hello.resume) == (1, "good", "test 1", None)
        assert heard.states == ["connecting", "online"] and link.is_online
        assert heard.server_now_s == pytest.approx(1795335330.5)
        assert heard.snapshots[0].me.user.name == "a01"

    run(story)


def test_events_come_in_order_typed_and_as_they_were_sent():
    async def story(server, _link, heard):
        for number in range(50):
            server.tell(events.CallAnswered, call_id=f"c{number}", agent_id="a01")
        await heard.until(lambda: len(heard.events) == 50)
        assert [e.call_id for e in heard.events] == [f"c{n}" for n in range(50)]
        assert heard.flats[0]["event"] == "CallAnswered" and heard.flats[0]["seq"] == 1

    run(story)


@pytest.mark.req("X2")
def test_what_was_missed_during_a_restart_comes_once_and_in_order():
    async def story(server, _link, heard):
        server.tell(events.CallAnswered, call_id="c1")
        await heard.until(lambda: heard.events)
        await server.stop()
        await heard.until(lambda: heard.states[-1] == "lost")
        server.tell(events.CallHeld, call_id="c1")
        server.tell(events.CallEnded, call_id="c1")
        await server.start()
        await heard.until(lambda: len(heard.events) == 3, within_s=3.0)
        assert [type(e).__name__ for e in heard.events] == ["CallAnswered", "CallHeld", "CallEnded"]
        assert len(heard.snapshots) == 1
        assert heard.states == ["connecting", "online", "lost", "online"]

    run(story)


def test_a_link_cut_between_two_events_of_one_entry_loses_neither():
    async def story(server, _link, heard):
        server.tell(events.CallEnded, call_id="c1")
        await heard.until(lambda: heard.events)
        server.cut()
        await heard.until(lambda: heard.states[-1] == "lost")
        server.tell(events.WrapUpStarted, same_entry=True, call_id="c1", agent_id="a01", limit_s=30.0)
        await heard.until(lambda: len(heard.events) == 2)
        assert [type(e).__name__ for e in heard.events] == ["CallEnded", "WrapUpStarted"]
        assert [e.seq for e in heard.events] == [1, 1]

    run(story)


def test_a_server_that_cannot_resume_sends_a_snapshot():
    async def story(server, _link, heard):
        server.tell(events.CallAnswered, call_id="c1")
        await heard.until(lambda: heard.events)
        server.resumes = False
        server.cut()
        await heard.until(lambda: len(heard.snapshots) == 2)
        server.tell(events.CallEnded, call_id="c1")
        await heard.until(lambda: len(heard.events) == 2)

    run(story)


def test_a_command_is_answered():
    async def story(server, link, heard):
        server.on_command = lambda _user, c: (
            messages.Refused(id=c.id, refused="NoSuchCall", reason="没有这个电话")
            if c.command == "Hold"
            else None
        )
        assert (await link.command("AnswerCall", {"call_id": "c1"})).ok
        refusal = await link.command("Hold")
        assert (refusal.refused, refusal.reason) == ("NoSuchCall", "没有这个电话")
        assert [(c.command, c.fields) for c in server.done] == [
            ("AnswerCall", {"call_id": "c1"}),
            ("Hold", {}),
        ]

    run(story)


@pytest.mark.req("X2")
def test_a_command_whose_answer_was_lost_is_asked_again_and_done_once():
    async def story(server, link, heard):
        server.cut_before_answer = 1
        first = link.command("HangUp")
        second = link.command("FinishWrapUp")
        assert (await first).ok and (await second).ok
        assert [c.command for c in server.done] == ["HangUp", "FinishWrapUp"]

    run(story)


def test_commands_asked_during_an_outage_are_done_after_it_in_order():
    async def story(server, link, heard):
        await server.stop()
        await heard.until(lambda: heard.states[-1] == "lost")
        answers = [link.command("StartBreak"), link.command("EndBreak")]
        await asyncio.sleep(30.0)
        assert not any(answer.done() for answer in answers)
        await server.start()
        assert [(await answer).ok for answer in answers] == [True, True]
        assert [c.command for c in server.done] == ["StartBreak", "EndBreak"]

    run(story)


def test_a_command_nobody_answers_ends_after_a_while_and_is_not_asked_again():
    async def story(server, link, heard):
        await server.stop()
        answer = await link.command("StartBreak")
        assert answer.refused == "LinkLost"
        await server.start()
        await heard.until(lambda: heard.states[-1] == "online")
        await asyncio.sleep(1.0)
        assert server.done == []

    run(story, patience_s=5.0)


def test_closing_answers_what_is_still_open():
    async def story(server, link, heard):
        await server.stop()
        answer = link.command("StartBreak")
        await link.close()
        assert (await answer).refused == "LinkLost"

    run(story)


def test_a_refused_token_that_cannot_be_renewed_ends_the_link():
    async def story():
        async with linked(GivenToken("stale")) as (server, link, heard):
            await heard.until(lambda: "refused" in heard.states)
            await asyncio.sleep(10.0)
            assert len(server.hellos) == 1 and not link.is_online

    run_virtual(story(), grace_s=0.001)


def test_a_program_with_a_password_renews_its_token_by_itself():
    async def story():
        server = FakeLiveServer()
        await server.start()
        heard = Listener()
        async with HttpApi(server.url) as http:
            link = Connection(server.url, Password(http, "a01", "secret"), heard)
            link.start()
            await heard.until(lambda: heard.snapshots)
            server.tokens.clear()
            server.cut()
            await heard.until(lambda: heard.states.count("online") == 2)
            assert server.logins == 2
            await link.close()
        await server.stop()

    run_virtual(story(), grace_s=0.001)


def test_login_tells_a_wrong_password_from_a_server_that_is_away():
    async def story():
        server = FakeLiveServer()
        async with HttpApi(server.url) as http:
            with pytest.raises(ServerUnreachable):
                await http.log_in("a01", "secret")
            await server.start()
            with pytest.raises(LoginRefused, match="密码不对"):
                await http.log_in("a01", "wrong")
            assert await http.log_in("a01", "secret") == http.token
            server.http["GET /api/v1/agents"] = {"items": [], "next": None}
            assert (await http.get("/api/v1/agents")).json == {"items": [], "next": None}
            assert (await http.get("/api/v1/nothing")).status == 404
        await server.stop()

    run_virtual(story(), grace_s=0.001)


def test_a_slow_reader_tells_how_far_it_is():
    async def story(server, _link, heard):
        for number in range(3):
            await asyncio.sleep(1.5)
            server.tell(events.CallAnswered, call_id=f"c{number}")
        await heard.until(lambda: len(heard.events) == 3)
        await asyncio.sleep(0.1)
        assert server.acks == [1, 2, 3]

    run(story)


def test_an_event_of_a_newer_server_does_not_end_the_link():
    async def story(server, _link, heard):
        server.seq += 1
        for link in server._links:
            link.send(codec.encode_event(server.seq, "x", "CallBlessed", {"call_id": "c1"}))
        server.tell(events.CallEnded, call_id="c1")
        await heard.until(lambda: len(heard.events) == 2)
        assert heard.flats[0] == {"event": "CallBlessed", "seq": 1, "at": "x", "call_id": "c1"}

    run(story)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("host:8080", "https://host:8080"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080", "http://localhost:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("https://h/", "https://h"),
        ("http://h:1/x/", "http://h:1/x"),
        ("wss://h:1/ws", "https://h:1"),
    ],
)
def test_a_servers_address_may_be_written_short(given, url):
    assert server_url(given) == url


def test_the_live_link_is_beside_the_api():
    assert (
        live_link_url("127.0.0.1:1") == "ws://127.0.0.1:1/ws" and live_link_url("https://h") == "wss://h/ws"
    )
    for wrong in ("", "ftp://h", "http://"):
        with pytest.raises(ValueError):
            server_url(wrong)
