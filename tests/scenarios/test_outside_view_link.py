"""The live link `/ws` as CONTRACT tells it, frame by frame."""

import asyncio
from typing import Any

import pytest

from tests.scenarios.harness import Centre, until
from tests.scenarios.seats import Link, Person

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120), pytest.mark.req("X2", "C1", "A1")]


def test_hello_welcome_snapshot_events_and_answers(centre: Centre):
    async def talk() -> None:
        link = await Link.open(centre, "a10", language="en")
        welcome = await link.next(t="welcome")
        assert set(welcome) == {"t", "v", "session", "seq", "now", "resumed"} and welcome["resumed"] is False
        snapshot = await link.next(t="snapshot")
        assert {"t", "seq", "agents", "queues", "me"} <= set(snapshot)
        assert {row["agent_id"] for row in snapshot["agents"]} >= {"a01", "a20"}
        assert snapshot["me"]["user"]["name"] == "a10" and snapshot["me"]["agent"]["state"] == "logged_out"
        done = await link.command("LogIn", phone="none", ready=True)
        assert done["t"] == "done" and set(done) == {"t", "id", "seq"}
        event = await link.next(event="AgentStateChanged", agent_id="a10", state="ready")
        assert event["t"] == "event" and event["seq"] == done["seq"] and event["at"].endswith("Z")
        refused = await link.command("EndBreak")
        assert refused["t"] == "refused" and refused["refused"] == "NotInThisState"
        assert "You cannot be ready" in refused["reason"]
        assert (await link.command("DanceTango"))["refused"] == "not_found"
        assert (await link.command("Listen", agent_id="a01"))["refused"] == "not_allowed"
        assert (await link.command("StartBreak", shoe=1))["refused"] == "wrong_fields"
        first = await link.command("StartBreak", "twice", reason="lunch")
        assert await link.command("StartBreak", "twice", reason="lunch") == first
        await link.say({"t": "ack", "seq": done["seq"]})
        other = Person(centre, "a10")
        await other.do("EndBreak", command_id="from-http")
        await link.next(event="AgentStateChanged", agent_id="a10", state="ready", after=len(link.heard) - 3)
        assert await link.command("LogOut")
        await link.close()

    asyncio.run(talk())


async def told_and_closed(centre: Centre, *said: Any, user: str | None = None) -> dict[str, Any]:
    link = await Link.open(centre, user)
    if user is not None:
        await link.next(t="snapshot")
    for message in said:
        await link.say(message)
    error = await link.next(t="error")
    await link.closed()
    return error


def test_a_link_that_does_not_speak_properly_is_told_and_ended(centre: Centre):
    async def talk() -> None:
        token = await asyncio.to_thread(centre.token, "a10")
        hello = {"t": "hello", "v": 1, "token": token}
        cases = (
            ("bad_json", "{"),
            ("bad_json", "[]"),
            ("bad_json", "null"),
            ("bad_json", {"t": "waltz"}),
            ("bad_json", {"t": "command", "id": "1", "command": "LogIn", "fields": {}}),
            ("bad_json", {**hello, "shoe": 1}),
            ("bad_json", {**hello, "v": "one"}),
            ("wrong_version", {**hello, "v": 99}),
            ("not_logged_in", {**hello, "token": "forged"}),
        )
        for error, said in cases:
            assert (await told_and_closed(centre, said))["error"] == error, said
        for said in ("{", {"t": "waltz"}, {"t": "command", "id": 5}, "\x00" * 5000, "[" * 100_000):
            assert (await told_and_closed(centre, said, user="a10"))["error"] == "bad_json", said
        link = await Link.open(centre, "a10")
        await link.next(t="snapshot")
        await link.say(b"\xff\x00 bytes, not text")
        await link.closed()
        link = await Link.open(centre, "a10")
        await link.next(t="snapshot")
        await link.say(
            {"t": "command", "id": "1", "command": "SendDigits", "fields": {"digits": "1" * 10_000_000}}
        )
        assert (await link.next(t="error"))["error"] == "too_large"
        await link.closed()

    asyncio.run(talk())


def test_resuming_after_a_broken_link_and_after_a_killed_server(centre: Centre):
    async def talk() -> None:
        ann = Person(centre, "a11")
        await ann.do("LogIn", phone="none", ready=True)
        link = await Link.open(centre, "a11")
        welcome = await link.next(t="welcome")
        await link.next(t="snapshot")
        session, seq = welcome["session"], welcome["seq"]
        await link.close()
        (*_, event) = await ann.do("StartBreak", reason="lunch")
        link = await Link.open(centre, "a11", resume={"session": session, "seq": seq})
        assert (await link.next(t="welcome"))["resumed"] is True
        missed = await link.next(event="AgentStateChanged", state="on_break")
        assert missed["seq"] == event["seq"] and missed["reason"] == "lunch"
        assert not any(row["t"] == "snapshot" for row in link.heard)
        old = centre.kill("server")
        await link.closed()
        await asyncio.to_thread(
            until, "a new server", lambda: centre.pid("server") != old and centre.health(), 15
        )
        (*_, event) = await ann.do("EndBreak", command_id="lost-answer")
        link = await Link.open(centre, "a11", resume={"session": session, "seq": missed["seq"]})
        assert (await link.next(t="welcome"))["resumed"] is True
        again = await link.next(event="AgentStateChanged", state="ready")
        assert again["seq"] == event["seq"] and not any(row["t"] == "snapshot" for row in link.heard)
        seqs = [row["seq"] for row in link.heard if row["t"] == "event"]
        assert seqs == sorted(seqs)
        done = await link.command("EndBreak", "lost-answer")
        assert done["t"] == "done" and done["seq"] == event["seq"], "done once, by either way"
        await ann.do("LogOut")
        await link.close()

    asyncio.run(talk())


def test_more_than_two_thousand_events_behind_is_a_snapshot(centre: Centre):
    async def talk() -> None:
        people = [Person(centre, f"a{number:02}") for number in range(12, 18)]
        links = [await Link.open(centre, person.name) for person in people]
        for link in links:
            await link.next(t="snapshot")
        welcome = links[0].heard[0]
        await asyncio.gather(*(person.do("LogIn", phone="none") for person in people))

        async def rest(link: Link) -> None:
            """400 commands without waiting for answers; the last is."""
            after = len(link.heard)
            for number in range(200):
                for command in ("StartBreak", "EndBreak"):
                    asked = {"t": "command", "id": f"{command}{number}", "command": command, "fields": {}}
                    await link.say(asked)
            await link.next(30, after, t="done", id="EndBreak199")

        await asyncio.gather(*(rest(link) for link in links))
        for link, name in zip(links, people, strict=True):
            assert sum(row["t"] == "done" for row in link.heard) == 400, name.name
            await link.close()
        late = await Link.open(centre, "super", resume={"session": welcome["session"], "seq": welcome["seq"]})
        assert (await late.next(t="welcome"))["resumed"] is False
        snapshot = await late.next(t="snapshot")
        assert snapshot["seq"] >= welcome["seq"] + 2000
        await late.close()
        future = await Link.open(centre, "super", resume={"session": "unknown", "seq": 10**9})
        assert (await future.next(t="welcome"))["resumed"] is False
        await future.next(t="snapshot")
        await future.close()
        await asyncio.gather(*(person.do("LogOut") for person in people))

    asyncio.run(talk())
