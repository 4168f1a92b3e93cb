"""Everything that may influence the floor, besides commands. Nothing else may.

The first half mirrors the board's Up events (`drivers.protocol.telephony`) one to one:
same names and fields, with `board` in place of `seq` and `board_s`. The second half is
what the server tells.

`ConfigurationChanged(key, value)`; the value is whole, None removes it:
    site            {name, language, time_zone, country}
    board:NAME      {channels}                         the order of first mention is the order of preference
    trunk:NAME      {board, numbers, priority, caller_id, max_calls}
    number:NUMBER   {flow | queue | voicemail | agent | refuse: cause}; `number:*` is any other number
    queue:ID        the fields of configuration.Queue, and: overflow, closed (a `to`; used when no flow waits),
                    priority, moment (prompts), max_length/max_wait_s 0 = no limit
    user:ID         {display_name, role, queues, skills, phone_user}   only users who may be agents
    flow:ID         the definition
    voicemail:ID    {title, prompts, max_s}
    outgoing        [fields of configuration.Outgoing …]
    emergency       ["110", …]
"""

from dataclasses import dataclass, field
from typing import Any, Literal

LegVia = Literal["trunk", "phone", "guest", "desk"]


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardInput:
    board: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    loss_percent: float | None = None
    jitter_ms: float | None = None
    mos: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LegOffered(BoardInput):
    leg: str
    kind: LegVia
    to_number: str
    from_number: str
    display: str = ""
    trunk: str | None = None
    user: str | None = None
    sip_call_id: str = ""
    source: str = ""
    at_utc: float = 0.0
    raw_from_number: str = ""  # as the network gave it; from_number is E.164 where there is one


@dataclass(frozen=True, kw_only=True, slots=True)
class LegProgress(BoardInput):
    leg: str
    state: Literal["calling", "ringing", "early_media"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LegAnswered(BoardInput):
    leg: str
    codec: str
    sip_call_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LegEnded(BoardInput):
    leg: str
    cause: int = 16
    by: Literal["far", "us", "lost"] = "far"
    reason: str = ""
    quality: Quality = Quality()


@dataclass(frozen=True, kw_only=True, slots=True)
class DigitPressed(BoardInput):
    leg: str
    digit: str
    source: Literal["rfc4733", "inband", "info"] = "rfc4733"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayFinished(BoardInput):
    leg: str
    op: str
    reason: Literal["done", "stopped", "failed"]
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectFinished(BoardInput):
    leg: str
    op: str
    reason: Literal["full", "terminator", "timeout", "stopped", "failed"]
    digits: str = ""
    terminator: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingSaved(BoardInput):
    recording: str
    leg: str
    file: str
    duration_s: float
    started_utc: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskReady(BoardInput):
    leg: str
    host: str
    port: int
    srtp: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskChanged(BoardInput):
    leg: str
    heard: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceEnded(BoardInput):
    leg: str
    service: str
    to_number: str
    from_number: str
    kind: LegVia
    trunk: str | None = None
    sip_call_id: str = ""
    codec: str = ""
    started_utc: float = 0.0
    answered_utc: float | None = None
    ended_utc: float = 0.0
    ended_by: Literal["far", "us", "lost"] = "far"
    cause: int = 16
    digits: str = ""
    recording: str | None = None
    recording_s: float = 0.0
    quality: Quality = Quality()


@dataclass(frozen=True, kw_only=True, slots=True)
class TrunkChanged(BoardInput):
    trunk: str
    state: Literal["registered", "reachable", "unreachable", "rejected"]
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhoneChanged(BoardInput):
    user: str
    registered: bool
    contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineAlarm(BoardInput):
    line: str
    raised: bool
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelsLow(BoardInput):
    in_use: int
    channels: int


# ------------------------------------------------------- what the server tells


@dataclass(frozen=True, kw_only=True, slots=True)
class SoundState:
    op: str
    kind: Literal["play", "collect"]
    loop: bool = False
    digits: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LegState:
    leg: str
    kind: LegVia
    state: Literal["offered", "ringing", "calling", "early", "answered"]
    direction: Literal["in", "out"]
    from_number: str = ""
    to_number: str = ""
    trunk: str | None = None
    user: str | None = None
    sip_call_id: str = ""
    codec: str = ""
    room: str | None = None
    role: str = "talk"
    whisper_to: str | None = None
    sound: SoundState | None = None
    desk: tuple[str, int, str] | None = None
    desk_srtp: bool = False
    away: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingState:
    recording: str
    leg: str
    file: str
    paused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Everything the board has, with the consequences of its events up to `last_seq`."""

    legs: list[LegState] = field(default_factory=list)
    recordings: list[RecordingState] = field(default_factory=list)
    trunks: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    last_seq: int = 0
    in_use: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardConnected(BoardInput):
    """The board is taken. *First* every event up to `snapshot.last_seq` that is not in the
    journal has been fed; events after it come after this entry."""

    boot_id: str
    snapshot: Snapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardLost(BoardInput):
    """The link to the board is gone; the board may live on. No effect leaves for it until
    BoardConnected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerFired:
    """A timer of `Floor.due_timers` is due. One that is not (any more) changes nothing."""

    timer_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigurationChanged:
    key: str
    value: Any = None
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerStarted:
    """First entry of each server run: boards count as away until BoardConnected.

    at_utc: POSIX seconds at this entry's floor time.
    """

    code: str = ""
    tzdata: str = ""
    at_utc: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerWasAway:
    """Floor seconds between the last entry and this start (right after ServerStarted)."""

    from_s: float
    until_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DayStarted:
    """The site's civil day: at its midnight, and at start when the journal's last day differs."""

    date: str  # YYYY-MM-DD
    at_utc: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockStepped:
    """The machine's wall clock was set; floor time goes on unchanged."""

    at_utc: float


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentLinkChanged:
    """The agent's desktop (or headless agent) lost its link, or has one again."""

    agent_id: str
    connected: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LookupAnswered:
    """The answer to effect LookUp. error: "" or why there is no value."""

    call_id: str
    request_id: str
    value: Any = None
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerFound:
    """The records know who calls (before or after routing; None: nobody)."""

    call_id: str
    customer_id: str | None
    language: str | None = None
    priority: int = 0


FROM_BOARD: tuple[type[BoardInput], ...] = (
    LegOffered,
    LegProgress,
    LegAnswered,
    LegEnded,
    DigitPressed,
    PlayFinished,
    CollectFinished,
    RecordingSaved,
    DeskReady,
    DeskChanged,
    ServiceEnded,
    TrunkChanged,
    PhoneChanged,
    LineAlarm,
    ChannelsLow,
)
FROM_SERVER: tuple[type, ...] = (
    BoardConnected,
    BoardLost,
    TimerFired,
    ConfigurationChanged,
    ServerStarted,
    ServerWasAway,
    DayStarted,
    ClockStepped,
    AgentLinkChanged,
    LookupAnswered,
    CustomerFound,
)
ALL: tuple[type, ...] = FROM_BOARD + FROM_SERVER
