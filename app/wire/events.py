"""What the server tells a desktop as it happens, one flat JSON object an event.

Knows the names and fields of live events; not why they happen, nor who shows them.
Fields may be added, never renamed or removed: older desktops remember them.
"""

from typing import Any, Literal

from msgspec import Struct, field

from app.wire.rows import AgentRow, CallRow, QueueRow


class Event(Struct, frozen=True, kw_only=True, tag_field="event"):
    """seq: the journal's position, the same after a restart; at: "2026-11-22T08:15:30.123Z"."""

    t: Literal["event"] = "event"
    seq: int
    at: str = ""


class TablesChanged(Event, frozen=True, kw_only=True, tag=True):
    """Only the rows that changed, whole, at most ten times a second."""

    agents: list[AgentRow] = []
    queues: list[QueueRow] = []
    calls: list[CallRow] = []


class AgentStateChanged(Event, frozen=True, kw_only=True, tag=True):
    """limit_s: seconds until the ring or wrap-up ends by itself; null: nothing is running."""

    agent_id: str
    state: str
    reason: str | None = None
    pending_break: bool | str | None = None
    call_id: str | None = None
    limit_s: float | None = None


class AgentOffered(Event, frozen=True, kw_only=True, tag=True):
    """A call rings at an agent, for ring_s seconds. keys: [{"node", "digits"}]."""

    agent_id: str
    call_id: str
    from_number: str | None = field(name="from", default=None)
    to: str | None = None
    queue: str | None = None
    keys: list[dict[str, Any]] = []
    waited_s: float = 0.0
    ring_s: float | None = None
    customer_id: str | None = None
    offered_at: str = ""


class OfferEnded(Event, frozen=True, kw_only=True, tag=True):
    agent_id: str
    call_id: str
    reason: str = ""


class CallAnswered(Event, frozen=True, kw_only=True, tag=True):
    call_id: str
    agent_id: str | None = None


class CallHeld(Event, frozen=True, kw_only=True, tag=True):
    call_id: str
    agent_id: str | None = None


class CallResumed(Event, frozen=True, kw_only=True, tag=True):
    call_id: str
    agent_id: str | None = None


class CallMuted(Event, frozen=True, kw_only=True, tag=True):
    call_id: str
    agent_id: str | None = None
    muted: bool


class CallEnded(Event, frozen=True, kw_only=True, tag=True):
    call_id: str
    agent_id: str | None = None
    ended_by: str | None = None


class WrapUpStarted(Event, frozen=True, kw_only=True, tag=True):
    call_id: str
    agent_id: str
    limit_s: float | None = None


class WrapUpDraftSaved(Event, frozen=True, kw_only=True, tag=True):
    call_id: str
    agent_id: str | None = None


class WrapUpFinished(Event, frozen=True, kw_only=True, tag=True):
    call_id: str
    agent_id: str | None = None


class ScreenPop(Struct, frozen=True, kw_only=True):
    """Everything an agent should see of a caller at once; customer null: an unknown number."""

    call_id: str
    customer: dict[str, Any] | None = None
    facts: Any = None
    timeline: list[dict[str, Any]] = []
    products: list[dict[str, Any]] = []
    open_orders: list[dict[str, Any]] = []
    keys: list[dict[str, Any]] = []


class ScreenPopReady(Event, frozen=True, kw_only=True, tag=True):
    """The fields of ScreenPop, flat."""

    call_id: str
    customer: dict[str, Any] | None = None
    facts: Any = None
    timeline: list[dict[str, Any]] = []
    products: list[dict[str, Any]] = []
    open_orders: list[dict[str, Any]] = []
    keys: list[dict[str, Any]] = []


class RecordChanged(Event, frozen=True, kw_only=True, tag=True):
    kind: str
    id: str
    version: int


class DeskLineReady(Event, frozen=True, kw_only=True, tag=True):
    """Where the agent's headset sends its voice; token: 32 hex digits, only for its owner.

    srtp: only SRTP is heard there, its keys made from the token.
    """

    host: str
    port: int
    token: str
    codec: str = "PCMA"
    srtp: bool = False


class DeskLineLost(Event, frozen=True, kw_only=True, tag=True):
    reason: str = ""


class Broadcast(Event, frozen=True, kw_only=True, tag=True):
    """A supervisor's word to all or some agents."""

    text: str
    by: str | None = None


class OtherEvent(Struct, frozen=True, kw_only=True):
    """An event this program does not know (the server is newer), or whose fields it cannot read."""

    seq: int
    at: str
    event: str
    fields: dict[str, Any]


KnownEvent = (
    TablesChanged
    | AgentStateChanged
    | AgentOffered
    | OfferEnded
    | CallAnswered
    | CallHeld
    | CallResumed
    | CallMuted
    | CallEnded
    | WrapUpStarted
    | WrapUpDraftSaved
    | WrapUpFinished
    | ScreenPopReady
    | RecordChanged
    | DeskLineReady
    | DeskLineLost
    | Broadcast
)
AnyEvent = KnownEvent | OtherEvent
