"""An interaction by voice (a call): what one caller wants in one go, and where it stands."""

from dataclasses import dataclass, field
from typing import Any

# phase → where its time goes
TIME_OF_PHASE = {
    "ivr": "ivr_s",
    "queued": "wait_s",
    "ringing": "wait_s",
    "talking": "talk_s",
    "held": "hold_s",
    "voicemail": "ivr_s",
}


@dataclass(slots=True, kw_only=True)
class Segment:
    """The call's time in one place; it ends for exactly one reason."""

    segment_id: str
    place: str
    entered_s: float
    day: str
    queue: str | None = None
    agent_id: str | None = None
    left_s: float | None = None
    end_reason: str | None = None
    offers: int = 0


@dataclass(slots=True, kw_only=True)
class Waiting:
    """The call's place in a queue, or (queue None) before one agent's door.

    entered_s: when the wait began; it keeps its place by this through every missed offer.
    passed: agents who gave this call back; they are not asked again.
    """

    queue: str | None
    segment_id: str
    entered_s: float
    order: int
    priority: int = 0
    only_agent: str | None = None
    offered_to: str | None = None
    offered_s: float = 0.0
    offers: int = 0
    passed: list[str] = field(default_factory=list)

    def rank(self) -> tuple[int, float, int]:
        return (-self.priority, self.entered_s, self.order)


@dataclass(slots=True, kw_only=True)
class FlowRun:
    """Where the call is in a flow. handle: the op or request whose end resumes it."""

    flow_id: str
    definition: str
    run: dict[str, Any]
    act: dict[str, Any]
    handle: str = ""


@dataclass(slots=True, kw_only=True)
class Recording:
    recording_id: str
    leg_id: str
    file: str
    started_s: float
    channels: list[str]
    agent_id: str | None = None
    state: str = "running"  # running paused stopped saved
    duration_s: float | None = None


@dataclass(slots=True, kw_only=True)
class Consult:
    """An agent asks somebody else while the customer is on hold. state: calling talking conference."""

    agent_id: str
    to: str
    with_agent: str | None = None
    leg_id: str | None = None
    state: str = "calling"


@dataclass(slots=True, kw_only=True)
class Call:
    call_id: str
    direction: str
    from_number: str
    to_number: str
    started_s: float
    display: str = ""
    trunk: str | None = None
    language: str = "zh_CN"
    priority: int = 0
    customer_id: str | None = None
    leg_id: str | None = None  # the customer's
    phase: str = "ivr"
    phase_since_s: float = 0.0
    agent_id: str | None = None
    queue: str | None = None
    first_agent: str | None = None
    answered_s: float | None = None
    ended_s: float | None = None
    ended_by: str | None = None
    outcome: str | None = None
    ivr_s: float = 0.0
    wait_s: float = 0.0
    ring_s: float = 0.0
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrap_up_s: float = 0.0
    wrap_ups: list[str] = field(default_factory=list)  # agents who still write
    muted: bool = False
    left_message: bool = False
    waiting: Waiting | None = None
    flow: FlowRun | None = None
    consult: Consult | None = None
    joined_s: float = 0.0  # since when the present agent is on it
    summary: dict[str, Any] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    keys: list[dict[str, str]] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    legs: list[str] = field(default_factory=list)
    gone_legs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def segment(self) -> Segment | None:
        """The place it is in now."""
        return self.segments[-1] if self.segments and self.segments[-1].left_s is None else None

    @property
    def is_over(self) -> bool:
        return self.phase == "ended"

    def customer_number(self) -> str:
        return self.to_number if self.direction == "out" else self.from_number

    def running_recording(self) -> Recording | None:
        return next((tape for tape in self.recordings if tape.state in ("running", "paused")), None)

    def time_in(self, name: str, now_s: float) -> float:
        """`ivr_s`, `wait_s` … with the present phase counted in."""
        value: float = getattr(self, name)
        if TIME_OF_PHASE.get(self.phase) == name:
            value += now_s - self.phase_since_s
        if name == "ring_s" and self.waiting and self.waiting.offered_to:
            value += now_s - self.waiting.offered_s
        return round(value, 3)
