"""What the floor wants done outside. They leave only after their entry is in the journal.

Those with `board` mirror the board's Down commands (`drivers.protocol.telephony`) one to
one: same names and fields; the runtime adds epoch and `command_id = f"{seq}.{i}"`.
Losing one is no harm: what is wanted of each leg is state, and reconciling sends the
difference again. `LookUp` is asked again after ServerStarted; `SendDigits` is not.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardEffect:
    board: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring(BoardEffect):
    leg: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Accept(BoardEffect):
    leg: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refuse(BoardEffect):
    leg: str
    cause: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Call(BoardEffect):
    leg: str
    to: str
    trunks: list[str] = field(default_factory=list)
    caller_id: str = ""
    display: str = ""
    timeout_s: float = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUp(BoardEffect):
    leg: str
    cause: int = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Play(BoardEffect):
    leg: str
    op: str
    prompts: list[str]
    loop: bool = False
    gain_db: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Collect(BoardEffect):
    leg: str
    op: str
    prompts: list[str] = field(default_factory=list)
    min_digits: int = 1
    max_digits: int = 1
    terminators: str = "#"
    first_timeout_s: float = 5.0
    next_timeout_s: float = 3.0
    barge_in: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class StopSound(BoardEffect):
    leg: str
    op: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Join(BoardEffect):
    leg: str
    room: str
    role: str = "talk"
    whisper_to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part(BoardEffect):
    leg: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetLevel(BoardEffect):
    leg: str
    gain_db: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StartRecording(BoardEffect):
    recording: str
    leg: str
    file: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseRecording(BoardEffect):
    recording: str
    paused: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRecording(BoardEffect):
    recording: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SendDigits(BoardEffect):
    leg: str
    digits: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenDesk(BoardEffect):
    leg: str
    user: str
    token: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetPolicy(BoardEffect):
    leg: str
    away: str
    prompts: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class LookUp:
    """Ask the records or a program outside; answered by `inputs.LookupAnswered`.

    what: a look-up node's name, or "speak" (args text, language; the value is a prompt's name).
    """

    call_id: str
    request_id: str
    what: str
    args: dict[str, Any] = field(default_factory=dict)


TO_BOARD: tuple[type[BoardEffect], ...] = (
    Ring,
    Accept,
    Refuse,
    Call,
    HangUp,
    Play,
    Collect,
    StopSound,
    Join,
    Part,
    SetLevel,
    StartRecording,
    PauseRecording,
    StopRecording,
    SendDigits,
    OpenDesk,
    SetPolicy,
)
ALL: tuple[type, ...] = (*TO_BOARD, LookUp)
