"""Whatever people and boards do, in whatever order: the counters balance and nobody is forgotten.

`Centre.take` checks the identity and the invariants after every single entry.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain import commands as c
from app.domain import errors
from app.domain import inputs as i
from tests.domain.floor.centre import Centre

AGENTS = st.sampled_from(["a01", "a02", "a03"])
LEGS = st.integers(0, 6)
TARGETS = st.sampled_from(
    [
        "queue:service",
        "queue:bench",
        "agent:a01",
        "agent:a03",
        "voicemail:service",
        "flow:main",
        "number:13900000000",
        "queue:none",
    ]
)

TALKING: list[type[c.Command]] = [
    c.HangUp,
    c.Hold,
    c.Resume,
    c.CompleteTransfer,
    c.CancelTransfer,
    c.JoinConference,
    c.StartRecording,
    c.PauseRecording,
    c.StopRecording,
    c.Mute,
]


class Floor(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        rules = {"queue:service": {"max_wait_s": 25.0, "max_length": 2, "ring_s": 6.0}}
        self.centre = Centre(agents=3, settings=rules)
        self.made = 0

    def do(self, command: c.Command) -> None:
        try:
            self.centre.do(command)
        except errors.Refused:
            pass

    def leg(self, number: int) -> str | None:
        callers = [leg for leg in self.centre.board.legs if leg.startswith("x")]
        return callers[number % len(callers)] if callers else None

    @rule(to=st.sampled_from(["400", "9120", "400", "77"]), caller=st.sampled_from(["", "138", "139"]))
    def call(self, to: str, caller: str) -> None:
        self.made += 1
        self.centre.call(f"x{self.made:04}", to, caller)

    @rule(number=LEGS, keys=st.sampled_from(["1", "1", "3", "4", ""]))
    def act(self, number: int, keys: str) -> None:
        leg = self.leg(number)
        if leg is not None:
            self.centre.play_over(leg)
            self.centre.press(leg, keys, "full" if keys else "timeout")

    @rule(number=LEGS)
    def hang_up(self, number: int) -> None:
        leg = self.leg(number)
        if leg is not None:
            self.centre.hang_up(leg)

    def somebody(self, number: int, *states: str) -> str:
        """An agent in such a state, if there is one."""
        agents = self.centre.floor.state.agents
        fitting = [one.agent_id for one in agents.values() if one.state.value in states] or list(agents)
        return fitting[number % len(fitting)]

    @rule(number=LEGS, kind=st.sampled_from([c.AnswerCall] * 4 + [c.HangUp]))
    def ringing(self, number: int, kind: type[c.Command]) -> None:
        self.do(kind(agent_id=self.somebody(number, "ringing")))

    @rule(number=LEGS, kind=st.sampled_from(TALKING))
    def talking(self, number: int, kind: type[c.Command]) -> None:
        self.do(kind(agent_id=self.somebody(number, "talking")))

    @rule(number=LEGS, kind=st.sampled_from([c.FinishWrapUp, c.EndBreak, c.ExtendWrapUp, c.SaveWrapUpDraft]))
    def writing(self, number: int, kind: type[c.Command]) -> None:
        self.do(kind(agent_id=self.somebody(number, "wrap_up", "on_break")))

    @rule(agent=AGENTS, kind=st.sampled_from([c.StartBreak, c.LogOut]), often=st.integers(0, 3))
    def leave(self, agent: str, kind: type[c.Command], often: int) -> None:
        if often == 0:
            self.do(kind(agent_id=agent))

    @rule(agent=AGENTS, ready=st.booleans())
    def log_in(self, agent: str, ready: bool) -> None:
        self.do(c.LogIn(agent_id=agent, desk_token="0" * 32, ready=ready))

    @rule(number=LEGS, to=TARGETS, mode=st.sampled_from(["blind", "consult"]))
    def transfer(self, number: int, to: str, mode: str) -> None:
        agent = self.somebody(number, "talking")
        self.do(c.Transfer(agent_id=agent, to=to, mode=mode))  # type: ignore[arg-type]

    @rule(agent=AGENTS, by=AGENTS, kind=st.sampled_from([c.Listen, c.Barge, c.StopListening, c.ForceHangUp]))
    def supervise(self, agent: str, by: str, kind: type[c.Command]) -> None:
        self.do(kind(agent_id=agent, by=by))

    @rule(agent=AGENTS, often=st.integers(0, 2))
    def dial(self, agent: str, often: int) -> None:
        if often == 0:
            self.do(c.Dial(agent_id=agent, number="13900000001", queue="service"))

    @rule(answers=st.booleans())
    def far_end(self, answers: bool) -> None:
        for leg in [one for one in self.centre.board.legs.values() if one.to_number.startswith("number:")]:
            if answers:
                self.centre.board.answer(leg.leg)
                self.centre.feed()
            else:
                self.centre.hang_up(leg.leg)

    @rule(number=LEGS)
    def pick_up(self, number: int) -> None:
        waiting = self.centre.floor.state.waiting
        if waiting:
            self.do(c.PickUp(agent_id="a02", call_id=waiting[number % len(waiting)]))

    @rule(seconds=st.sampled_from([1.0, 7.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self.centre.wait(seconds)

    @rule(agent=AGENTS, heard=st.sampled_from([True, True, False]))
    def headset(self, agent: str, heard: bool) -> None:
        desk = self.centre.floor.state.agents[agent].desk_leg
        if desk is not None:
            self.centre.board.heard(desk, heard)
            self.centre.feed()

    @rule(away_s=st.sampled_from([0.0, 3.0, 90.0]), often=st.integers(0, 3))
    def kill_server(self, away_s: float, often: int) -> None:
        if often == 0:
            self.centre.kill(away_s)

    @rule(often=st.integers(0, 15))
    def kill_board(self, often: int) -> None:
        if often:
            return
        self.centre.take(i.BoardLost(board="board0"))
        self.centre.board.restart(f"boot{self.centre.seq}")
        self.centre.fed = 0
        self.centre.attach()

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Every caller on the board is in a call that does something with him."""
        if not hasattr(self, "centre"):
            return
        state = self.centre.floor.state
        for leg in self.centre.board.legs.values():
            if not leg.leg.startswith("x"):
                continue
            call = state.calls[state.legs[leg.leg].call_id or ""]
            assert call.phase != "ended"
            assert leg.room is not None or leg.sound is not None, f"{leg} hears nothing in {call.phase}"

    def teardown(self) -> None:
        if not hasattr(self, "centre"):
            return
        for leg in list(self.centre.board.legs):
            self.centre.hang_up(leg)
        self.centre.wait(200.0)
        assert not self.centre.floor.state.calls, "a call that is over leaves the floor"
        assert not self.centre.floor.state.waiting


Floor.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestBalance = pytest.mark.req("X5", "X6")(Floor.TestCase)
