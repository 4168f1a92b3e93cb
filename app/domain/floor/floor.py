"""The floor: who is calling, who waits, who is free. One pure aggregate.

    handle   decides about one journal entry and folds what it decided
    apply    folds an event of the journal; never decides

The runtime journals (entry, events) and then lets the effects leave. After a start it
folds the whole journal with `apply`, then handles, in this order: ServerStarted,
ServerWasAway, [DayStarted], ConfigurationChanged for what differs, and for each board the
events it has kept up to its snapshot, then BoardConnected, then its later events.
Timers: wait for `next_deadline_s()`, then handle TimerFired for the first of
`due_timers(now_s)`, and ask again, until it is empty.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.domain import commands as c
from app.domain import errors
from app.domain import events as e
from app.domain import inputs as i
from app.domain.floor import (
    agents,
    boards,
    clock,
    control,
    desk,
    incoming,
    legs,
    offers,
    plain,
    settings,
    walking,
)
from app.domain.floor.flows import FlowEngine, ParsedFlows
from app.domain.floor.fold import fold
from app.domain.floor.live import live
from app.domain.floor.state import State, Touched
from app.domain.floor.touch import touch
from app.domain.floor.turn import Turn
from app.domain.floor.views import Views


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """effects leave when the events are in the journal, in this order."""

    events: list[e.Event] = field(default_factory=list)
    effects: list[Any] = field(default_factory=list)


class Floor:
    def __init__(self, engine: FlowEngine | None = None, state: State | None = None) -> None:
        self.engine: FlowEngine = engine if engine is not None else ParsedFlows()
        self.state = state if state is not None else State()
        self.now_s = 0.0
        self._turn: Turn | None = None
        self._touched = Touched()
        self._touch_all()

    # ----------------------------------------------------------- deciding

    def handle(self, entry: object, now_s: float, seq: int) -> Outcome:
        """Decide about one entry at floor time `now_s`, at journal position `seq` (from 1).

        Raises:
            errors.Refused: a command is impossible now; nothing has changed.
            TypeError: no kind of entry the floor knows.
        """
        turn = self._turn = Turn(self.state, self.engine, now_s, seq)
        self.now_s = now_s
        try:
            if isinstance(entry, c.Command):
                control.obey(turn, entry)
            else:
                _take(turn, entry)
        except errors.Refused as refusal:
            # Boards and timers cannot be refused: for them a refusal is a bug of ours.
            if turn.events or not isinstance(entry, (c.Command, i.ConfigurationChanged)):
                raise RuntimeError(f"{type(entry).__name__} was refused half done: {refusal}") from refusal
            raise
        offers.route(turn)
        for event in turn.events:
            touch(self._touched, self.state, event)
        return Outcome(events=turn.events, effects=turn.effects())

    def abandon(self) -> Outcome:
        """What the last `handle` had folded before a fault of ours ended it: that much has happened."""
        if self._turn is None:
            return Outcome()
        for event in self._turn.events:
            touch(self._touched, self.state, event)
        return Outcome(events=self._turn.events, effects=self._turn.effects())

    @property
    def date(self) -> str:
        """The site's civil day, YYYY-MM-DD; "" before the first DayStarted."""
        return self.state.day

    def apply(self, event: e.Event, now_s: float, seq: int) -> None:
        """Fold one journaled event."""
        self.now_s = now_s
        fold(self.state, event, now_s)
        touch(self._touched, self.state, event)

    # -------------------------------------------------------------- timers

    def next_deadline_s(self) -> float | None:
        """Floor time of the next timer, or None."""
        return min((timer.due_s for _, timer in self._timers()), default=None)

    def due_timers(self, now_s: float) -> list[str]:
        """Ids of the timers due, in the order in which they must be handled."""
        due = [(timer.due_s, timer.order, name) for name, timer in self._timers() if timer.due_s <= now_s]
        return [name for _, _, name in sorted(due)]

    def _timers(self) -> Any:
        """While boards are being reconciled only the timers that give up on them run."""
        if not self.state.held_timers:
            return self.state.timers.items()
        return [
            (name, timer) for name, timer in self.state.timers.items() if name.startswith(("hold:", "board:"))
        ]

    # ------------------------------------------------------------- keeping

    def to_dict(self) -> dict[str, Any]:
        """The whole state as plain JSON values."""
        made: dict[str, Any] = plain.to_plain(self.state)
        return {**made, "now_s": self.now_s}

    @classmethod
    def from_dict(cls, kept: dict[str, Any], engine: FlowEngine | None = None) -> "Floor":
        floor = cls(engine, plain.from_plain(State, kept))
        floor.now_s = float(kept.get("now_s") or 0.0)
        return floor

    def state_hash(self) -> str:
        return plain.digest(plain.to_plain(self.state))

    # --------------------------------------------------------------- views

    def _views(self, now_s: float | None) -> Views:
        return Views(self.state, self.now_s if now_s is None else now_s)

    def call_view(self, call_id: str, now_s: float | None = None) -> dict[str, Any] | None:
        """CONTRACT's /calls/ID of a call the floor still has (until CallClosed), or None."""
        call = self.state.calls.get(call_id)
        return self._views(now_s).call_view(call) if call is not None else None

    def call_rows(self, now_s: float | None = None) -> list[dict[str, Any]]:
        """CONTRACT's list items, newest first."""
        views = self._views(now_s)
        return [views.call_item(call) for call in reversed(self.state.calls.values())]

    def agent_rows(self, now_s: float | None = None) -> list[dict[str, Any]]:
        views = self._views(now_s)
        return [views.agent_row(agent) for agent in self.state.agents.values()]

    def queue_rows(self, now_s: float | None = None) -> list[dict[str, Any]]:
        views = self._views(now_s)
        return [views.queue_row(queue_id) for queue_id in self.state.queues]

    def me(self, agent_id: str, now_s: float | None = None) -> dict[str, Any]:
        """{agent, call, draft, desk, limit_s, pending_log_out, muted, consult, logged_in_at}; {} for no agent."""
        agent = self.state.agents.get(agent_id)
        return self._views(now_s).me(agent) if agent is not None else {}

    def changed_rows(self, now_s: float | None = None) -> dict[str, list[dict[str, Any]]]:
        """Rows changed since the last asking. A call that has left the floor is in none of them:
        its last row, `ended`, came before, or comes from the records."""
        views, touched = self._views(now_s), self._touched
        self._touched = Touched()
        state = self.state
        return {
            "agents": [
                views.agent_row(state.agents[name]) for name in touched.agents if name in state.agents
            ],
            "queues": [views.queue_row(name) for name in touched.queues if name in state.queues],
            "calls": [views.call_item(state.calls[name]) for name in touched.calls if name in state.calls],
        }

    def live(self, event: e.Event, now_s: float) -> tuple[str, dict[str, Any]] | None:
        """(agent_id, live-link event) to be sent to that agent at once, or None."""
        return live(self.state, event, now_s)

    def _touch_all(self) -> None:
        self._touched.agents.update(dict.fromkeys(self.state.agents))
        self._touched.queues.update(dict.fromkeys(self.state.queues))
        self._touched.calls.update(dict.fromkeys(self.state.calls))


# ------------------------------------------------------------ one way for each kind of entry


def _agent_link(turn: Turn, entry: i.AgentLinkChanged) -> None:
    agent = turn.state.agents.get(entry.agent_id)
    if agent is not None:
        agents.link_changed(turn, agent, entry.connected)


def _looked_up(turn: Turn, entry: i.LookupAnswered) -> None:
    call = turn.state.calls.get(entry.call_id)
    if call is not None:
        walking.looked_up(turn, call, entry.request_id, entry.value, entry.error)


def _customer_found(turn: Turn, entry: i.CustomerFound) -> None:
    call = turn.state.calls.get(entry.call_id)
    if call is not None:
        turn.emit(
            e.CustomerKnown(
                call_id=entry.call_id,
                customer_id=entry.customer_id,
                language=entry.language,
                priority=entry.priority,
            )
        )


def _configuration(turn: Turn, entry: i.ConfigurationChanged) -> None:
    settings.check(entry.key, entry.value)
    turn.emit(e.ConfigurationTaken(key=entry.key, value=entry.value, by=entry.by))


def _desk_ready(turn: Turn, entry: i.DeskReady) -> None:
    leg = turn.state.legs.get(entry.leg)
    if leg is not None:
        desk.ready(turn, leg, entry.host, entry.port, entry.srtp)


def _desk_changed(turn: Turn, entry: i.DeskChanged) -> None:
    leg = turn.state.legs.get(entry.leg)
    if leg is not None:
        desk.heard_changed(turn, leg, entry.heard)


def _service_ended(turn: Turn, entry: i.ServiceEnded) -> None:
    turn.emit(
        e.ServiceCallEnded(
            call_id=turn.new("call"),
            board=entry.board,
            leg_id=entry.leg,
            service=entry.service,
            to_number=entry.to_number,
            from_number=entry.from_number,
            via=entry.kind,
            trunk=entry.trunk,
            sip_call_id=entry.sip_call_id,
            codec=entry.codec,
            started_utc=entry.started_utc,
            answered_utc=entry.answered_utc,
            ended_utc=entry.ended_utc,
            ended_by=entry.ended_by,
            cause=entry.cause,
            digits=entry.digits,
            recording_id=turn.new("recording") if entry.recording else None,
            recording_file=entry.recording,
            recording_s=entry.recording_s,
            loss_percent=entry.quality.loss_percent,
            jitter_ms=entry.quality.jitter_ms,
            mos=entry.quality.mos,
        )
    )


def _trunk(turn: Turn, entry: i.TrunkChanged) -> None:
    turn.emit(
        e.TrunkStateChanged(board=entry.board, trunk=entry.trunk, state=entry.state, reason=entry.reason)
    )


def _phone(turn: Turn, entry: i.PhoneChanged) -> None:
    turn.emit(e.PhoneStateChanged(board=entry.board, user=entry.user, registered=entry.registered))


def _alarm(turn: Turn, entry: i.LineAlarm) -> None:
    turn.emit(e.AlarmChanged(board=entry.board, line=entry.line, raised=entry.raised, reason=entry.reason))


def _channels_low(turn: Turn, entry: i.ChannelsLow) -> None:
    turn.emit(e.ChannelsWereLow(board=entry.board, in_use=entry.in_use, channels=entry.channels))


WAYS: dict[type, Callable[[Turn, Any], None]] = {
    i.LegOffered: incoming.offered,
    i.LegProgress: legs.progress,
    i.LegAnswered: lambda turn, one: legs.answered(turn, one.leg, one.codec, one.sip_call_id),
    i.LegEnded: lambda turn, one: legs.ended(turn, one.leg, one.cause, one.by, one.reason, one.quality),
    i.DigitPressed: legs.digit,
    i.PlayFinished: legs.play_finished,
    i.CollectFinished: legs.collect_finished,
    i.RecordingSaved: legs.recording_saved,
    i.DeskReady: _desk_ready,
    i.DeskChanged: _desk_changed,
    i.ServiceEnded: _service_ended,
    i.TrunkChanged: _trunk,
    i.PhoneChanged: _phone,
    i.LineAlarm: _alarm,
    i.ChannelsLow: _channels_low,
    i.BoardConnected: boards.connected,
    i.BoardLost: lambda turn, one: boards.lost(turn, one.board),
    i.TimerFired: lambda turn, one: clock.fired(turn, one.timer_id),
    i.ConfigurationChanged: _configuration,
    i.ServerStarted: clock.started,
    i.ServerWasAway: clock.was_away,
    i.DayStarted: clock.day,
    i.ClockStepped: lambda turn, one: turn.emit(e.ClockSet(utc_offset_s=round(one.at_utc - turn.now_s, 6))),
    i.AgentLinkChanged: _agent_link,
    i.LookupAnswered: _looked_up,
    i.CustomerFound: _customer_found,
}


def _take(turn: Turn, entry: object) -> None:
    way = WAYS.get(type(entry))
    if way is None:
        raise TypeError(f"the floor knows no entry of kind {type(entry).__name__}")
    way(turn, entry)
