"""What has happened on the floor. Folding these, and only these, makes the floor's state.

An event carries no time: it happened at its journal entry's floor time.

event                  tells
---------------------  ---------------------------------------------------------------------
CallStarted            an interaction by voice begins; the first of every call
CustomerKnown          who calls (customer_id), as the records told
CallPhaseChanged       ivr queued ringing talking held voicemail; call's `state` of CONTRACT
LegAdded               a leg of a call (or an agent's desk: call_id None); `kind` as in CONTRACT
LegAssigned            a desk leg enters (call_id) or leaves (None) a call
LegGotOn               calling ringing early answered (with codec)
LegGone                ended: cause (Q.850), by, quality
LegDirected            what is wanted of a leg now (the floor's own; nothing for the projector)
SegmentStarted/Ended   the counted unit. A queue segment counts `offered` for (queue, day) when it
                       starts and one of answered abandoned overflowed voicemail callback
                       left_to_ivr lost when it ends (`end_reason`); in between: in_progress.
                       Other places (flow:… agent:… voicemail:… number:…) end with
                       next hung_up transferred released missed refused lost
StepTaken              one row of CONTRACT's `steps`, in order, `number` from 1 in each call
DecisionMade           one row of CONTRACT's `decisions`
KeysPressed            one row of `keys`
FlowStepped            where a flow's run stands (whole), what it waits for (floor's own)
LookUpAsked            a look-up went out (floor's own)
CallQueued             waits; `entered_s` is floor time of the wait's true beginning
AgentOffered           rings at an agent     → live link
OfferEnded             answered no_answer refused caller_gone link_lost picked_up withdrawn failed
CallAnswered           agent and caller talk; counts for `calls_today` of the agent
CallDialled            an agent calls out
ExternalAnswered       the number called is there: the call is answered, by no agent's counting
AskedAgain             floor's own
CallHeld/Resumed/Muted
CallTransferred        by an agent, to where, how
AgentReleased          an agent is off a call (live link's `CallEnded` for him), talk_s of his part
ConsultStarted/Answered/Ended, ConferenceStarted, SupervisionChanged
CallEnded              the interaction is over: outcome, by whom, its times
CallClosed             nothing more will come of it (wrap-up done, recordings saved); forgotten
RecordingStarted/Paused/Stopped/Saved
WrapUpStarted/Extended/DraftSaved/Finished   `summary` is the form
TaskMade/Merged/Closed an unserved caller: one open task a number
ServiceCallEnded       a whole call the board served alone
AgentLoggedIn, AgentStateChanged, AgentConnected, AgentMoved, DeskLineReady/Lost, DeskVoiceChanged
BoardTaken/Dropped, TrunkStateChanged, PhoneStateChanged, AlarmChanged, ChannelsWereLow
TimerSet/Cleared, TimersMoved/Held, FloorStarted, DayBegan, ClockSet, ConfigurationTaken   floor's own
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.floor.wanted import Wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    pass


# ------------------------------------------------------------------- calls


@dataclass(frozen=True, kw_only=True, slots=True)
class CallEvent(Event):
    call_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallStarted(CallEvent):
    direction: Literal["in", "out", "internal"]
    from_number: str
    to_number: str
    display: str = ""
    trunk: str | None = None
    language: str = "zh_CN"


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerKnown(CallEvent):
    customer_id: str | None
    language: str | None = None
    priority: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CallPhaseChanged(CallEvent):
    phase: Literal["ivr", "queued", "ringing", "talking", "held", "voicemail", "ended"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LegAdded(Event):
    leg_id: str
    board: str
    kind: Literal["caller", "agent", "external", "supervisor", "service"]
    via: Literal["trunk", "phone", "guest", "desk"]
    direction: Literal["in", "out"]
    call_id: str | None = None
    agent_id: str | None = None
    trunk: str | None = None
    user: str | None = None
    sip_call_id: str = ""
    from_number: str = ""
    to_number: str = ""
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class LegAssigned(Event):
    leg_id: str
    call_id: str | None
    kind: Literal["agent", "supervisor"] = "agent"
    agent_id: str | None = None
    board: str = ""
    codec: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LegGotOn(Event):
    leg_id: str
    state: Literal["calling", "ringing", "early", "answered"]
    codec: str = ""
    sip_call_id: str = ""
    call_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LegGone(Event):
    leg_id: str
    cause: int
    by: Literal["far", "us", "lost"]
    reason: str = ""
    call_id: str | None = None
    loss_percent: float | None = None
    jitter_ms: float | None = None
    mos: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LegDirected(Event):
    leg_id: str
    wanted: Wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentStarted(CallEvent):
    segment_id: str
    place: str  # queue:service, agent:a03, flow:main, voicemail:service, number:+86…
    queue: str | None = None
    agent_id: str | None = None
    day: str = ""  # the site's civil day it counts for


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentEnded(CallEvent):
    segment_id: str
    place: str
    end_reason: str
    queue: str | None = None
    agent_id: str | None = None
    offers: int = 0
    took_s: float = 0.0
    in_time: bool | None = None  # answered within the queue's service goal
    short: bool | None = None  # abandoned within the queue's short-abandon limit
    day: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepTaken(CallEvent):
    """detail: what the step's name does not say: node, digits, queue, agent_id, to, reason, …"""

    number: int
    step: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """score: what the rule compares, smaller is better; passed_over: why not, or None."""

    agent: str
    score: list[float]
    passed_over: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionMade(CallEvent):
    queue: str | None
    rule: str
    chosen: str
    candidates: list[Candidate]
    waiting_before: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeysPressed(CallEvent):
    node: str
    digits: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowStepped(CallEvent):
    """run None: the flow is over. act: what it waits for; handle: the op or request awaited."""

    flow_id: str
    definition: str
    run: dict[str, Any] | None
    act: dict[str, Any] | None = None
    handle: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LookUpAsked(CallEvent):
    request_id: str
    what: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CallQueued(CallEvent):
    """queue None: waits for one agent (`only_agent`), as after a transfer to him."""

    queue: str | None
    segment_id: str
    entered_s: float
    priority: int = 0
    position: int = 1
    only_agent: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentOffered(CallEvent):
    agent_id: str
    from_number: str
    to_number: str
    queue: str | None
    keys: list[dict[str, str]]
    waited_s: float
    ring_s: float
    customer_id: str | None = None
    leg_id: str | None = None  # the SIP phone that rings
    consult: bool = False  # a colleague asks; the customer is on hold


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferEnded(CallEvent):
    agent_id: str
    reason: str
    queue: str | None = None
    rang_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedAgain(CallEvent):
    """Everybody present has given this call back; they are asked once more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallAnswered(CallEvent):
    agent_id: str
    queue: str | None = None
    waited_s: float = 0.0
    rang_s: float = 0.0
    counts: bool = True  # for the agent's calls today (outgoing calls do not)


@dataclass(frozen=True, kw_only=True, slots=True)
class CallDialled(CallEvent):
    """An agent calls out and is on it from now; the far end has not answered yet."""

    agent_id: str
    queue: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalAnswered(CallEvent):
    """The number called (by an agent, or for a caller sent on) is there: the call is answered."""

    leg_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallHeld(CallEvent):
    agent_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallResumed(CallEvent):
    agent_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallMuted(CallEvent):
    agent_id: str
    muted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CallTransferred(CallEvent):
    agent_id: str
    to: str
    mode: Literal["blind", "consult"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentReleased(CallEvent):
    agent_id: str
    ended_by: str
    talk_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsultStarted(CallEvent):
    agent_id: str
    to: str
    with_agent: str | None = None
    leg_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsultAnswered(CallEvent):
    agent_id: str
    with_agent: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsultEnded(CallEvent):
    agent_id: str
    reason: str  # completed cancelled conference no_answer refused gone
    with_agent: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConferenceStarted(CallEvent):
    agent_id: str
    with_agent: str | None = None
    leg_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupervisionChanged(CallEvent):
    agent_id: str  # who is listened to
    supervisor: str
    mode: Literal["listen", "whisper", "barge", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CallEnded(CallEvent):
    outcome: str
    ended_by: Literal["caller", "agent", "supervisor", "system", "lost"]
    agent_id: str | None = None
    queue: str | None = None
    cause: int = 16
    ivr_s: float = 0.0
    wait_s: float = 0.0
    ring_s: float = 0.0
    talk_s: float = 0.0
    hold_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CallClosed(CallEvent):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingStarted(CallEvent):
    recording_id: str
    leg_id: str
    file: str
    channels: list[str]
    agent_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingPaused(CallEvent):
    recording_id: str
    paused: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingStopped(CallEvent):
    recording_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingSaved(CallEvent):
    """duration_s and started_utc None: the board died; the file is as long as it is."""

    recording_id: str
    file: str
    duration_s: float | None
    started_utc: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WrapUpStarted(CallEvent):
    agent_id: str
    limit_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class WrapUpExtended(CallEvent):
    agent_id: str
    limit_s: float  # from now


@dataclass(frozen=True, kw_only=True, slots=True)
class WrapUpDraftSaved(CallEvent):
    agent_id: str
    summary: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class WrapUpFinished(CallEvent):
    """by: agent, timeout (the draft becomes the summary) or supervisor."""

    agent_id: str
    summary: dict[str, Any]
    took_s: float
    by: Literal["agent", "timeout", "supervisor"] = "agent"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskMade(Event):
    task_id: str
    kind: Literal["missed_call", "voicemail"]
    number: str
    call_id: str
    queue: str | None = None
    reason: str = ""
    recording_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskMerged(Event):
    task_id: str
    number: str
    call_id: str
    queue: str | None = None
    reason: str = ""
    recording_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskClosed(Event):
    task_id: str
    number: str
    call_id: str | None = None
    reason: str = "reached"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCallEnded(CallEvent):
    """Fields of inputs.ServiceEnded; a call record is made of this one event."""

    board: str
    leg_id: str
    service: str
    to_number: str
    from_number: str
    via: str
    trunk: str | None
    sip_call_id: str
    codec: str
    started_utc: float
    answered_utc: float | None
    ended_utc: float
    ended_by: str
    cause: int
    digits: str
    recording_id: str | None
    recording_file: str | None
    recording_s: float
    loss_percent: float | None = None
    jitter_ms: float | None = None
    mos: float | None = None


# ------------------------------------------------------------------ agents


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentEvent(Event):
    agent_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentLoggedIn(AgentEvent):
    phone: Literal["headset", "sip", "none"]
    phone_user: str = ""
    desk_token: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentStateChanged(AgentEvent):
    """limit_s: seconds from now until the ring or wrap-up deadline, None when there is none."""

    state: Literal["logged_out", "ready", "ringing", "talking", "wrap_up", "on_break"]
    reason: str = ""
    pending_break: str | None = None
    pending_log_out: bool = False
    call_id: str | None = None
    limit_s: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentConnected(AgentEvent):
    """expected: the server started and the desktop is to come back; nothing is lost yet."""

    connected: bool
    expected: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentMoved(AgentEvent):
    queues: list[str]
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskLineReady(AgentEvent):
    leg_id: str
    host: str
    port: int
    token: str
    codec: str = "PCMA"
    srtp: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskLineLost(AgentEvent):
    leg_id: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskVoiceChanged(AgentEvent):
    heard: bool


# ------------------------------------------------------- boards, time, settings


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardTaken(Event):
    board: str
    boot_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardDropped(Event):
    board: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrunkStateChanged(Event):
    board: str
    trunk: str
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhoneStateChanged(Event):
    board: str
    user: str
    registered: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmChanged(Event):
    board: str
    line: str
    raised: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelsWereLow(Event):
    board: str
    in_use: int
    channels: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerSet(Event):
    """`kind:subject`: ring:a03 wrap_up:a03 link:a03 max_wait:c12 announce:c12 lookup:c12 board:board0"""

    timer_id: str
    due_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerCleared(Event):
    timer_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TimersMoved(Event):
    """Deadlines of these kinds are later by so much: the server was away."""

    kinds: list[str]
    by_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TimersHeld(Event):
    """No timer fires from a start until the boards are reconciled."""

    held: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FloorStarted(Event):
    utc_offset_s: float  # POSIX seconds minus floor seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockSet(Event):
    utc_offset_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DayBegan(Event):
    date: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigurationTaken(Event):
    key: str
    value: Any = None
    by: str = ""


ALL: tuple[type[Event], ...] = (
    CallStarted,
    CustomerKnown,
    CallPhaseChanged,
    LegAdded,
    LegAssigned,
    LegGotOn,
    LegGone,
    LegDirected,
    SegmentStarted,
    SegmentEnded,
    StepTaken,
    DecisionMade,
    KeysPressed,
    FlowStepped,
    LookUpAsked,
    CallQueued,
    AgentOffered,
    OfferEnded,
    AskedAgain,
    CallAnswered,
    CallDialled,
    ExternalAnswered,
    CallHeld,
    CallResumed,
    CallMuted,
    CallTransferred,
    AgentReleased,
    ConsultStarted,
    ConsultAnswered,
    ConsultEnded,
    ConferenceStarted,
    SupervisionChanged,
    CallEnded,
    CallClosed,
    RecordingStarted,
    RecordingPaused,
    RecordingStopped,
    RecordingSaved,
    WrapUpStarted,
    WrapUpExtended,
    WrapUpDraftSaved,
    WrapUpFinished,
    TaskMade,
    TaskMerged,
    TaskClosed,
    ServiceCallEnded,
    AgentLoggedIn,
    AgentStateChanged,
    AgentConnected,
    AgentMoved,
    DeskLineReady,
    DeskLineLost,
    DeskVoiceChanged,
    BoardTaken,
    BoardDropped,
    TrunkStateChanged,
    PhoneStateChanged,
    AlarmChanged,
    ChannelsWereLow,
    TimerSet,
    TimerCleared,
    TimersMoved,
    TimersHeld,
    FloorStarted,
    ClockSet,
    DayBegan,
    ConfigurationTaken,
)
