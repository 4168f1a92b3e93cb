"""The floor: who is calling, who waits, who is free. One pure aggregate.

    handle   decides about one journal entry and folds what it decided
    apply    folds an event of the journal; never decides

The runtime: journal (entry, events), then let the effects leave. Recovery: `apply` all
events, then `handle` ServerStarted, ServerWasAway, [DayStarted], ConfigurationChanged for
what differs, and for each board its unacknowledged events up to the snapshot, then
BoardConnected. Timers: `next_deadline_s()`, then TimerFired for each of `due_timers(now_s)`.
"""

from dataclasses import dataclass, field
from typing import Any

from app.domain import effects, events
from app.domain.floor.flows import FlowEngine


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    events: list[events.Event] = field(default_factory=list)
    effects: list[Any] = field(default_factory=list)


class Floor:
    def __init__(self, engine: FlowEngine) -> None: ...

    def handle(self, entry: object, now_s: float, seq: int) -> Outcome:
        """Decide. Raises app.domain.errors.Refused (commands only) and has changed nothing."""
        raise NotImplementedError

    def apply(self, event: events.Event, now_s: float, seq: int) -> None:
        """Fold one journaled event."""
        raise NotImplementedError

    def next_deadline_s(self) -> float | None:
        """Floor time of the next timer, None while there is none or boards are being reconciled."""
        raise NotImplementedError

    def due_timers(self, now_s: float) -> list[str]:
        """Ids of timers due, in order; feed each as TimerFired, asking again after each."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    @classmethod
    def from_dict(cls, plain: dict[str, Any], engine: FlowEngine) -> "Floor":
        raise NotImplementedError

    def state_hash(self) -> str:
        raise NotImplementedError

    def call_view(self, call_id: str) -> dict[str, Any] | None:
        """CONTRACT's /calls/ID of a live call (until CallClosed)."""
        raise NotImplementedError

    def call_rows(self) -> list[dict[str, Any]]:
        """CONTRACT's list items, live calls, newest first."""
        raise NotImplementedError

    def agent_rows(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def queue_rows(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def me(self, agent_id: str) -> dict[str, Any]:
        """{agent: row|None, call: view|None, draft: dict|None, desk: {host, port, token, codec}|None,
        offer: AgentOffered's live form|None, limit_s: float|None, wrap_up_call_id}"""
        raise NotImplementedError

    def changed_rows(self) -> dict[str, list[dict[str, Any]]]:
        """{agents, queues, calls}: rows changed since the last asking (all at the first)."""
        raise NotImplementedError

    def live(self, event: events.Event, now_s: float) -> tuple[str, dict[str, Any]] | None:
        """(agent_id, live-link event with `event` and fields) to send to that agent at once, or None."""
        raise NotImplementedError


__all__ = ["Floor", "Outcome", "effects"]
