"""An agent without a screen: its plan, and that a restart of the server changes nothing."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from app.client.credentials import GivenToken
from app.client.headless import AgentPlan, HeadlessAgent
from app.wire import events, messages
from app.wire.rows import AgentRow
from tests.fakes.live_server import FakeLiveServer
from tests.fakes.virtual_time import run_virtual


class Voice:
    def __init__(self):
        self.lines = []
        self.closed = False

    async def connect(self, host, port, token_hex, codec="PCMA", srtp=False):
        self.lines.append((host, port, token_hex, codec, srtp))

    async def close(self):
        self.closed = True


class OneAgentFloor(FakeLiveServer):
    """Just enough of a floor for one agent."""

    def __init__(self):
        super().__init__()
        self.state, self.call_id, self.desk = "logged_out", None, None
        self.on_command = self._obey

    def me(self, user):
        agent = AgentRow(agent_id="a01", state=self.state, call_id=self.call_id)
        return messages.Me(user=messages.Person(name=user), agent=agent, desk=self.desk)

    def become(self, state, call_id=None, reason=""):
        self.state, self.call_id = state, call_id
        self.tell(
            events.AgentStateChanged, to="a01", agent_id="a01", state=state, call_id=call_id, reason=reason
        )

    def offer(self, call_id):
        self.become("ringing", call_id)
        self.tell(events.AgentOffered, to="a01", agent_id="a01", call_id=call_id)

    def _obey(self, _user, command):
        match command.command:
            case "LogIn" if self.state == "logged_out":
                self.desk = messages.Desk(host="127.0.0.1", port=40000, token="00" * 16, srtp=True)
                self.tell(
                    events.DeskLineReady, to="a01", host="127.0.0.1", port=40000, token="00" * 16, srtp=True
                )
                self.become("ready")
            case "EndBreak" if self.state == "on_break":
                self.become("ready")
            case "AnswerCall" if self.state == "ringing":
                self.become("talking", self.call_id)
            case "HangUp" if self.state == "ringing":
                self.become("ready")
            case "HangUp" if self.state == "talking":
                self.become("wrap_up", self.call_id)
            case "FinishWrapUp" if self.state == "wrap_up":
                self.become("ready")
            case "LogOut":
                self.become("logged_out")
            case _:
                return messages.Refused(id=command.id, refused="NotInThisState")
        return None


class World:
    def __init__(self, server, agent, voice, story, warnings):
        self.server, self.agent, self.voice = server, agent, voice
        self.story, self.warnings = story, warnings

    async def until(self, *story):
        async with asyncio.timeout(60.0):
            while [event for event, _ in self.story] != list(story):
                await asyncio.sleep(0.01)


@asynccontextmanager
async def one_agent(plan, server):
    await server.start()
    story, warnings, voice = [], [], Voice()
    agent = HeadlessAgent(
        server.url,
        "a01",
        GivenToken("good"),
        voice,
        plan,
        lambda name, event, call_id: story.append((event, call_id)),
        warnings.append,
    )
    agent.start()
    try:
        yield World(server, agent, voice, story, warnings)
    finally:
        await agent.leave()
        await server.stop()
    assert voice.closed and warnings == []


def run(story, **plan):
    async def inside():
        async with one_agent(AgentPlan(**plan), OneAgentFloor()) as world:
            await world.until("ready")
            await story(world)

    run_virtual(inside(), grace_s=0.001)


@pytest.mark.req("A2")
def test_it_logs_in_answers_hangs_up_wraps_up_and_is_ready_again():
    async def story(w):
        w.server.offer("c1")
        await w.until("ready", "ringing", "answered", "ended", "wrapped_up", "ready")
        assert [call_id for _, call_id in w.story] == [None, "c1", "c1", "c1", "c1", None]
        assert w.voice.lines == [("127.0.0.1", 40000, "00" * 16, "PCMA", True)]
        assert [c.command for c in w.server.done] == ["LogIn", "AnswerCall", "HangUp", "FinishWrapUp"]
        assert w.server.done[1].fields == {"call_id": "c1"}

    run(story, hang_up_after_s=5.0, wrap_up_s=3.0)


def test_it_takes_the_time_it_was_told_to():
    async def story(w):
        now = asyncio.get_running_loop().time
        began = now()
        w.server.offer("c1")
        await w.until("ready", "ringing", "answered")
        assert now() - began == pytest.approx(2.0, abs=0.1)

    run(story, answer_after_s=2.0)


def test_without_a_time_to_hang_up_the_caller_ends_the_call():
    async def story(w):
        w.server.offer("c1")
        await w.until("ready", "ringing", "answered")
        await asyncio.sleep(300.0)
        w.server.become("wrap_up", "c1")
        await w.until("ready", "ringing", "answered", "ended", "wrapped_up", "ready")

    run(story)


def test_each_second_offer_rings_out_and_the_break_is_ended():
    async def story(w):
        w.server.offer("c1")
        await w.until("ready", "ringing", "answered")
        w.server.become("ready")
        await w.until("ready", "ringing", "answered", "ended", "wrapped_up", "ready")
        w.story.clear()
        w.server.offer("c2")
        await asyncio.sleep(20.0)
        assert w.story == [("ringing", "c2")]
        w.server.become("on_break", reason="no_answer")
        await w.until("ringing", "ready")

    run(story, no_answer_every=2)


def test_each_second_offer_is_given_back():
    async def story(w):
        w.server.offer("c1")
        await w.until("ready", "ringing", "answered")
        w.server.become("ready")
        await w.until("ready", "ringing", "answered", "ended", "wrapped_up", "ready")
        w.story.clear()
        w.server.offer("c2")
        await w.until("ringing", "ready")
        assert w.server.done[-1].command == "HangUp"

    run(story, refuse_every=2)


def test_a_break_that_somebody_asked_for_is_left_alone():
    async def story(w):
        await w.until("ready")
        w.story.clear()
        w.server.become("on_break", reason="lunch")
        await asyncio.sleep(600.0)
        assert w.story == [] and w.server.state == "on_break"
        w.server.become("ready")
        await w.until("ready")

    run(story)


def test_an_offer_that_ends_before_the_answer_is_not_answered():
    async def story(w):
        w.server.offer("c1")
        await w.until("ready", "ringing")
        w.server.become("ready")
        await asyncio.sleep(10.0)
        assert [c.command for c in w.server.done] == ["LogIn"]

    run(story, answer_after_s=2.0)


@pytest.mark.parametrize("resumes", [True, False])
@pytest.mark.req("T22")
def test_a_server_restarted_in_the_middle_of_a_call_finds_its_agent_again(resumes):
    async def story(w):
        w.server.resumes = resumes
        w.server.offer("c1")
        await w.until("ready", "ringing", "answered")
        await w.server.stop()
        await asyncio.sleep(1.0)
        w.server.become("wrap_up", "c1")  # the caller hung up meanwhile
        await w.server.start()
        await w.until(
            "ready", "ringing", "answered", "link_lost", "link_back", "ended", "wrapped_up", "ready"
        )

    run(story)


def test_an_answer_lost_with_the_server_is_given_again_once():
    async def story(w):
        w.server.cut_before_answer = 1
        w.server.offer("c1")
        async with asyncio.timeout(60.0):
            while not {"answered", "link_back"} <= {event for event, _ in w.story}:
                await asyncio.sleep(0.01)
        assert [c.command for c in w.server.done] == ["LogIn", "AnswerCall"]

    run(story)


def test_an_agent_nobody_lets_in_says_so():
    async def story():
        server = FakeLiveServer()
        await server.start()
        warnings = []
        agent = HeadlessAgent(
            server.url, "a01", GivenToken("bad"), None, AgentPlan(), lambda *_: None, warnings.append
        )
        agent.start()
        await asyncio.wait_for(agent.refused.wait(), 5.0)
        assert warnings
        await agent.leave()
        await server.stop()

    run_virtual(story(), grace_s=0.001)
