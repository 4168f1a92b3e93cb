"""What a board promises: the messages between a server and one telephone board.

Knows the words of the board protocol and nothing else: no sockets, no SIP, no
sound. Prompts are *names* of files the board has ("zh_CN/welcome"); nothing here
carries a sample or a gain matrix.

Framing (see `drivers.telephony.remote` and `…board.uplink`): a 4-byte big-endian
length, then one JSON object; `t` names its type.

The conversation:
    board  → Hello, then Snapshot
    server → Attach(epoch, acked)           an older epoch than the last seen is refused
    board  → every Up event after `acked`, then live ones, each with the next `seq`
    server → Ack(seq) once the event is in its journal; commands at any time
    board  → Done or Refused for each command; a command_id seen before answers as the first time

A board goes on alone when its server is away (`SetPolicy`), keeps its unacknowledged
events, and takes a new server as it took the first.
"""

from typing import Literal

from msgspec import Struct

PROTOCOL_VERSION = 1

LegKind = Literal["trunk", "phone", "guest", "desk"]
# hears and is heard / hears only / hears all, is heard only by `whisper_to` / hears only, asked to be silent
Role = Literal["talk", "listen", "whisper", "muted"]


class Message(Struct, frozen=True, kw_only=True, tag_field="t", omit_defaults=True):
    """Any message; the class's name is its tag."""


# ---------------------------------------------------------------- up: events


class Up(Message, frozen=True, kw_only=True):
    """An event the board keeps until it is acknowledged.

    seq: 1, 2, 3 … within one boot of the board.
    board_s: the board's monotonic clock when it happened; compare only with
        Hello.board_s of the same boot.
    """

    seq: int = 0
    board_s: float = 0.0


class LegOffered(Up, frozen=True, kw_only=True, tag=True):
    """Somebody calls. The board has sent 100 Trying and waits for Ring, Accept, Refuse."""

    leg: str
    kind: LegKind
    to_number: str  # user part of the request URI, as dialled
    from_number: str  # as given by the network; "" when withheld
    display: str = ""
    trunk: str | None = None
    user: str | None = None  # the registered phone's user, kind "phone"
    sip_call_id: str = ""
    source: str = ""  # "IP:port" the INVITE came from
    at_utc: float = 0.0  # POSIX seconds; for logs and latencies only


class LegProgress(Up, frozen=True, kw_only=True, tag=True):
    """An outgoing leg got on: a provisional answer, or sound before the answer."""

    leg: str
    state: Literal["calling", "ringing", "early_media"]


class LegAnswered(Up, frozen=True, kw_only=True, tag=True):
    """Sound flows both ways. For an offered leg: after Accept; for an outgoing one: 200."""

    leg: str
    codec: str
    sip_call_id: str = ""


class Quality(Struct, frozen=True, kw_only=True):
    """RTP as received on one leg (RFC 3550 §6.4): None when nothing arrived."""

    loss_percent: float | None = None
    jitter_ms: float | None = None
    mos: float | None = None


class LegEnded(Up, frozen=True, kw_only=True, tag=True):
    """The leg is gone. cause: Q.850; by: who ended it."""

    leg: str
    cause: int = 16
    by: Literal["far", "us", "lost"] = "far"
    reason: str = ""
    quality: Quality = Quality()


class DigitPressed(Up, frozen=True, kw_only=True, tag=True):
    """One key outside a Collect. digit: 0-9 * # A-D."""

    leg: str
    digit: str
    source: Literal["rfc4733", "inband", "info"] = "rfc4733"


class PlayFinished(Up, frozen=True, kw_only=True, tag=True):
    leg: str
    op: str
    reason: Literal["done", "stopped", "failed"]
    detail: str = ""  # why it failed: the prompt that is missing


class CollectFinished(Up, frozen=True, kw_only=True, tag=True):
    """digits: everything pressed, without the terminator.

    full: max_digits reached; terminator: `#` or what was asked; timeout: first or
    next digit did not come; stopped: StopSound or the leg's end; failed: a prompt is missing.
    """

    leg: str
    op: str
    reason: Literal["full", "terminator", "timeout", "stopped", "failed"]
    digits: str = ""
    terminator: str = ""


class RecordingSaved(Up, frozen=True, kw_only=True, tag=True):
    """The file is complete on disk. file: relative to media.recordings."""

    recording: str
    leg: str
    file: str
    duration_s: float
    started_utc: float


class DeskReady(Up, frozen=True, kw_only=True, tag=True):
    """A desk leg waits for its agent's voice at host:port (token in OpenDesk).

    srtp: only SRTP is heard and sent there, with keys made from the token
    (`drivers.telephony.desk.srtp_keys`); else plain RTP.
    """

    leg: str
    host: str
    port: int
    srtp: bool = False


class DeskChanged(Up, frozen=True, kw_only=True, tag=True):
    """The agent's voice arrives (or has been silent for 3 s: no packet at all)."""

    leg: str
    heard: bool


class ServiceEnded(Up, frozen=True, kw_only=True, tag=True):
    """A call the board served alone (9100–9103, 9110, 9111, 9130, 9150, `service=`) is over."""

    leg: str
    service: str
    to_number: str
    from_number: str
    kind: LegKind
    trunk: str | None = None
    sip_call_id: str = ""
    codec: str = ""
    started_utc: float = 0.0
    answered_utc: float | None = None
    ended_utc: float = 0.0
    ended_by: Literal["far", "us", "lost"] = "far"
    cause: int = 16
    digits: str = ""
    recording: str | None = None  # file, relative to media.recordings
    recording_s: float = 0.0
    quality: Quality = Quality()


class TrunkChanged(Up, frozen=True, kw_only=True, tag=True):
    trunk: str
    state: Literal["registered", "reachable", "unreachable", "rejected"]
    reason: str = ""


class PhoneChanged(Up, frozen=True, kw_only=True, tag=True):
    user: str
    registered: bool
    contact: str = ""


class LineAlarm(Up, frozen=True, kw_only=True, tag=True):
    line: str
    raised: bool
    reason: str


class ChannelsLow(Up, frozen=True, kw_only=True, tag=True):
    in_use: int
    channels: int


# ------------------------------------------------------------ down: commands


class Down(Message, frozen=True, kw_only=True):
    """A command. Done once: the same (epoch, command_id) answers as the first time."""

    epoch: int
    command_id: str


class Ring(Down, frozen=True, kw_only=True, tag=True):
    """180 Ringing to an offered leg."""

    leg: str


class Accept(Down, frozen=True, kw_only=True, tag=True):
    """Answer an offered leg (200 OK). LegAnswered follows with its ACK."""

    leg: str


class Refuse(Down, frozen=True, kw_only=True, tag=True):
    """cause: Q.850, mapped to a SIP status (17 → 486, 21 → 603, 34 → 503, 1 → 404 …)."""

    leg: str
    cause: int


class Call(Down, frozen=True, kw_only=True, tag=True):
    """Make an outgoing leg, which the server names.

    to: "number:DIGITS" through `trunks` in order, "phone:USER" for a registered
    telephone, or "sip:user@host[:port]".
    timeout_s: give up (CANCEL, LegEnded cause 19) when not answered by then.
    """

    leg: str
    to: str
    trunks: list[str] = []
    caller_id: str = ""
    display: str = ""
    timeout_s: float = 60.0


class HangUp(Down, frozen=True, kw_only=True, tag=True):
    leg: str
    cause: int = 16


class Play(Down, frozen=True, kw_only=True, tag=True):
    """Play prompts one after the other to one leg; replaces what plays there.

    op: the server's name of this act, returned in PlayFinished.
    loop: until stopped (music). Music is heard only while the leg is in no room
        or its role is not "talk".
    """

    leg: str
    op: str
    prompts: list[str]
    loop: bool = False
    gain_db: float = 0.0


class Collect(Down, frozen=True, kw_only=True, tag=True):
    """Play prompts and gather digits; replaces what plays there. Barge-in is decided here.

    first_timeout_s counts from the end of the prompts, next_timeout_s from each digit.
    """

    leg: str
    op: str
    prompts: list[str] = []
    min_digits: int = 1
    max_digits: int = 1
    terminators: str = "#"
    first_timeout_s: float = 5.0
    next_timeout_s: float = 3.0
    barge_in: bool = True


class StopSound(Down, frozen=True, kw_only=True, tag=True):
    """Stop the Play or Collect `op`; nothing happens when it is over already."""

    leg: str
    op: str


class Join(Down, frozen=True, kw_only=True, tag=True):
    """Put a leg into a room (made by its first member), or change its role there.

    All members hear all who talk; `whisper_to` names the one leg that hears a whisperer.
    """

    leg: str
    room: str
    role: Role = "talk"
    whisper_to: str | None = None


class Part(Down, frozen=True, kw_only=True, tag=True):
    leg: str


class SetLevel(Down, frozen=True, kw_only=True, tag=True):
    """How loudly this leg is heard, -30 … +12 dB."""

    leg: str
    gain_db: float


class StartRecording(Down, frozen=True, kw_only=True, tag=True):
    """Record what `leg` says on the left and what it hears from its room on the right.

    file: relative to media.recordings, ending in .wav.
    """

    recording: str
    leg: str
    file: str


class PauseRecording(Down, frozen=True, kw_only=True, tag=True):
    recording: str
    paused: bool


class StopRecording(Down, frozen=True, kw_only=True, tag=True):
    recording: str


class SendDigits(Down, frozen=True, kw_only=True, tag=True):
    leg: str
    digits: str


class OpenDesk(Down, frozen=True, kw_only=True, tag=True):
    """Make the leg of an agent's headset; DeskReady tells where. token: 32 hex digits,
    which the first packet must carry (see `drivers.telephony.desk`)."""

    leg: str
    user: str
    token: str


class SetPolicy(Down, frozen=True, kw_only=True, tag=True):
    """What this leg does while no server is there.

    talk: goes on; music: hears `prompts` in a loop; moment: ends its prompt, then
    hears `prompts` in a loop; end: is hung up.
    """

    leg: str
    away: Literal["talk", "music", "moment", "end"]
    prompts: list[str] = []


# --------------------------------------------------------------- the link


class Capabilities(Struct, frozen=True, kw_only=True):
    conference: bool = True
    whisper: bool = True
    record: bool = True
    desk: bool = True


class Hello(Message, frozen=True, kw_only=True, tag=True):
    board: str
    boot_id: str  # another one after each start of the board
    version: int = PROTOCOL_VERSION
    channels: int
    board_s: float
    capabilities: Capabilities = Capabilities()
    pids: dict[str, int] = {}


class SoundState(Struct, frozen=True, kw_only=True):
    op: str
    kind: Literal["play", "collect"]
    loop: bool = False
    digits: str = ""  # pressed so far


class LegState(Struct, frozen=True, kw_only=True):
    leg: str
    kind: LegKind
    state: Literal["offered", "ringing", "calling", "early", "answered"]
    direction: Literal["in", "out"]
    from_number: str = ""
    to_number: str = ""
    trunk: str | None = None
    user: str | None = None
    sip_call_id: str = ""
    codec: str = ""
    room: str | None = None
    role: Role = "talk"
    whisper_to: str | None = None
    sound: SoundState | None = None
    desk: tuple[str, int, str] | None = None  # host, port, token
    desk_srtp: bool = False
    away: str = ""


class RecordingState(Struct, frozen=True, kw_only=True):
    recording: str
    leg: str
    file: str
    paused: bool = False


class Snapshot(Message, frozen=True, kw_only=True, tag=True):
    """Everything the board has; legs it serves alone are left out.

    last_seq: the newest event; the snapshot already contains its consequence.
    """

    legs: list[LegState]
    recordings: list[RecordingState]
    trunks: dict[str, str] = {}
    phones: dict[str, str] = {}
    last_seq: int = 0
    acked: int = 0
    in_use: int = 0


class Attach(Message, frozen=True, kw_only=True, tag=True):
    """The server takes the board. acked: newest event of this boot in its journal."""

    epoch: int
    acked: int
    boot_id: str


class Ack(Message, frozen=True, kw_only=True, tag=True):
    seq: int


class Done(Message, frozen=True, kw_only=True, tag=True):
    command_id: str


class Refused(Message, frozen=True, kw_only=True, tag=True):
    """The board cannot: no such leg, wrong state, no channel, no such prompt."""

    command_id: str
    reason: str


class Load(Message, frozen=True, kw_only=True, tag=True):
    """Once a second, not kept: channels in use and the tick's figures since the last."""

    in_use: int
    ticks_late: int = 0
    tick_p50_s: float = 0.0
    tick_p99_s: float = 0.0
    tick_max_s: float = 0.0
    pids: dict[str, int] = {}  # by process; another one after media was started again


AnyUp = (
    LegOffered
    | LegProgress
    | LegAnswered
    | LegEnded
    | DigitPressed
    | PlayFinished
    | CollectFinished
    | RecordingSaved
    | DeskReady
    | DeskChanged
    | ServiceEnded
    | TrunkChanged
    | PhoneChanged
    | LineAlarm
    | ChannelsLow
)
AnyDown = (
    Ring
    | Accept
    | Refuse
    | Call
    | HangUp
    | Play
    | Collect
    | StopSound
    | Join
    | Part
    | SetLevel
    | StartRecording
    | PauseRecording
    | StopRecording
    | SendDigits
    | OpenDesk
    | SetPolicy
)
FromBoard = Hello | Snapshot | Done | Refused | Load | AnyUp
FromServer = Attach | Ack | AnyDown
