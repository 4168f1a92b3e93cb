"""A small call centre in virtual time: a floor, a fake board, a journal; and a way to kill it."""

from dataclasses import dataclass, field
from typing import Any

from app.domain import commands as c
from app.domain import errors
from app.domain import events as e
from app.domain import inputs as i
from app.domain.floor.floor import Floor, Outcome
from tests.domain.floor.fake_board import FakeBoard

AT_UTC = 1_795_334_400.0
FLOW = {
    "format": 1,
    "id": "main",
    "title": {"zh_CN": "总机", "en": "Main"},
    "start": "welcome",
    "on_error": "sorry",
    "on_hang_up": None,
    "variables": {},
    "nodes": {
        "welcome": {"type": "play", "prompt": {"name": "welcome"}, "exits": {"next": "menu"}},
        "menu": {
            "type": "menu",
            "prompt": {"name": "menu"},
            "keys": {"1": "repair", "3": "mailbox", "4": "bye"},
            "timeout_s": 5,
            "retries": 2,
            "barge_in": True,
            "exits": {"invalid": "repair", "timeout": "repair"},
        },
        "repair": {
            "type": "queue",
            "queue": "service",
            "exits": {"overflow": "mailbox", "closed": "mailbox"},
        },
        "mailbox": {"type": "voicemail", "box": "service", "exits": {"next": "bye"}},
        "bye": {"type": "hang_up"},
        "sorry": {"type": "transfer", "to": "queue:service"},
    },
    "canvas": {},
    "comments": [],
}
SETTINGS: dict[str, Any] = {
    "site": {"language": "zh_CN", "country": "CN", "time_zone": "Asia/Shanghai"},
    "board:board0": {"channels": 120},
    "trunk:t0": {"board": "board0", "caller_id": "02100000000", "priority": 1},
    "queue:service": {"strategy": "fewest_today", "music": "sounds/music-spruce"},
    "queue:bench": {"announce_every_s": 0.0},
    "flow:main": FLOW,
    "number:400": {"flow": "main"},
    "number:9120": {"queue": "bench"},
    "number:9199": {"refuse": 21},
    "outgoing": [{"match": "0[1-9]*"}, {"match": "1[3-9]*"}],
    "emergency": ["110"],
}


@dataclass
class Centre:
    agents: int = 2
    settings: dict[str, Any] = field(default_factory=dict)
    now_s: float = 100.0
    board: FakeBoard = field(default_factory=FakeBoard)
    floor: Floor = field(default_factory=Floor)
    journal: list[tuple[object, float, int, list[e.Event]]] = field(default_factory=list)
    seq: int = 0
    fed: int = 0  # events of the board that are in the journal
    check: bool = True
    # (entries still to come, effects of the last one that get out; None: it is not even journaled)
    doom: tuple[int, int | None] | None = None

    def __post_init__(self) -> None:
        self.take(i.ServerStarted(at_utc=AT_UTC))
        self.take(i.DayStarted(date="2026-11-22"))
        for key, value in {**SETTINGS, **self.settings}.items():
            self.take(i.ConfigurationChanged(key=key, value=value))
        for number in range(1, self.agents + 1):
            value = {"display_name": f"坐席{number}", "queues": ["service", "bench"], "skills": {}}
            self.take(i.ConfigurationChanged(key=f"user:a{number:02}", value=value))
        self.attach()
        for number in range(1, self.agents + 1):
            self.do(c.LogIn(agent_id=f"a{number:02}", desk_token="0" * 32))

    # ------------------------------------------------------------ the runtime

    def take(self, entry: object, from_board: bool = False) -> Outcome | None:
        """Journal, then effects, then what the board says to them. None: the server was killed."""
        left, doomed = None, self.doom
        if self.doom is not None:
            entries, left = self.doom
            if entries == 0 and left is None:
                self.doom = None
                self.kill()
                return None
            self.doom = (entries - 1, left) if entries else None
            left = left if entries == 0 else None
        try:
            outcome = self.floor.handle(entry, self.now_s, self.seq + 1)
        except errors.Refused:
            self.doom = doomed  # a refused command is no entry
            raise
        self.seq += 1
        self.fed += from_board
        self.journal.append((entry, self.now_s, self.seq, outcome.events))
        for index, effect in enumerate(outcome.effects):
            if left is not None and index >= left:
                break
            self.board.obey(effect, (self.seq, index))
        if self.check:
            check_balance(self.floor)
        if left is not None:
            self.kill()
        return outcome

    def feed(self) -> None:
        """Everything the board has said and the journal has not."""
        while self.fed < len(self.board.said):
            self.take(self.board.said[self.fed], from_board=True)

    def do(self, command: c.Command) -> Outcome:
        """A client sends its command again when no answer came."""
        outcome = self.take(command) or self.take(command)
        assert outcome is not None
        self.feed()
        return outcome

    def attach(self) -> None:
        self.feed()
        self.take(
            i.BoardConnected(
                board=self.board.name, boot_id=self.board.boot_id, snapshot=self.board.snapshot()
            )
        )
        self.feed()

    def wait(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while True:
            deadline_s = self.floor.next_deadline_s()
            if deadline_s is None or deadline_s > until_s:
                break
            self.now_s = max(self.now_s, deadline_s)
            for timer_id in self.floor.due_timers(self.now_s)[:1]:
                self.take(i.TimerFired(timer_id=timer_id))
            self.feed()
        self.now_s = until_s

    def kill(self, away_s: float = 0.0) -> None:
        """kill -9, and a new server: folds the journal, takes what the board kept, compares."""
        desktops = [name for name, agent in self.floor.state.agents.items() if agent.connected]
        floor = Floor()
        for _, now_s, seq, events in self.journal:
            for event in events:
                floor.apply(event, now_s, seq)
        self.floor = floor
        died_s = self.now_s
        self.now_s += away_s
        self.take(i.ServerStarted(at_utc=AT_UTC + self.now_s - 100.0))
        self.take(i.ServerWasAway(from_s=died_s, until_s=self.now_s))
        self.attach()
        for name in desktops:
            self.take(i.AgentLinkChanged(agent_id=name, connected=True))

    # ------------------------------------------------------------- the people

    def call(self, leg: str, to: str = "400", caller: str | None = None) -> str:
        self.board.offer(leg, to, caller if caller is not None else f"1380000{leg[-4:]:0>4}")
        self.feed()
        return self.call_of(leg)

    def call_of(self, leg: str) -> str:
        found = self.floor.state.legs.get(leg)
        return found.call_id or "" if found else ""

    def play_over(self, leg: str) -> None:
        self.board.finish_play(leg)
        self.feed()

    def press(self, leg: str, digits: str, reason: str = "full") -> None:
        self.board.press(leg, digits, reason)
        self.feed()

    def hang_up(self, leg: str) -> None:
        self.board.hang_up(leg)
        self.feed()

    def state(self, agent_id: str) -> str:
        return self.floor.state.agents[agent_id].state.value

    def ringing(self) -> list[str]:
        return [a for a, agent in self.floor.state.agents.items() if agent.state.value == "ringing"]

    def events(self, kind: type[Any]) -> list[Any]:
        return [event for _, _, _, events in self.journal for event in events if isinstance(event, kind)]


def check_balance(floor: Floor) -> None:
    """Offered is answered + … + in progress, and in progress is what one can count by hand."""
    state = floor.state
    for name in state.queues:
        row = floor.queue_rows()
        today = next(one["today"] for one in row if one["queue_id"] == name)
        ends = ("answered", "abandoned", "overflowed", "voicemail", "callback", "left_to_ivr", "lost")
        assert today["offered"] == sum(today[end] for end in ends) + today["in_progress"]
        by_hand = sum(
            1
            for call in state.calls.values()
            for segment in call.segments
            if segment.place == f"queue:{name}" and segment.left_s is None and segment.day == state.day
        )
        assert today["in_progress"] == by_hand
    assert sorted(state.waiting) == sorted(c for c, call in state.calls.items() if call.waiting)
    for agent in state.agents.values():
        busy = agent.state.value in ("ringing", "talking", "wrap_up")
        assert busy == (agent.call_id is not None), (agent.agent_id, agent.state, agent.call_id)
