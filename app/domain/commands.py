"""What people (and programs in their name) ask of the floor.

Each is obeyed or refused with a `app.domain.errors.Refused`; a refused command has
changed nothing and needs no journal entry. Rights are checked *before* the floor
(`app.domain.access`); `needs` on the class says which right beyond "is logged in".

`agent_id`: the agent it is about; the server fills in the asker's own when left out.
`by`: the asker's user name, filled in by the server (never taken from the wire).
`call_id`: None is the agent's current call.
`to`: `agent:ID queue:ID flow:ID voicemail:ID number:DIGITS`.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

Phone = Literal["headset", "sip", "none"]
Mode = Literal["blind", "consult"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    needs: ClassVar[str | None] = None

    agent_id: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogIn(Command):
    """Take a place on the floor. Refused unless logged out, or for an unknown phone.

    desk_token: 32 hex digits, secret and random: the *server* makes them (the floor
        has no randomness); used when `phone` is "headset".
    phone_user: the SIP telephone (a `[[phones]]` user) for `phone` "sip"; "" is the agent's id.
    """

    phone: Phone = "headset"
    ready: bool = True
    desk_token: str = ""
    phone_user: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogOut(Command):
    """Leave; with a call it is pending until the wrap-up is over. Refused when logged out."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StartBreak(Command):
    """Go on break; pending while a call is up. Refused when logged out."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EndBreak(Command):
    """Ready again, or take a pending break back. Refused when there is neither."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallCommand(Command):
    call_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerCall(CallCommand):
    """Take what is offered. Refused when nothing is, or when a SIP phone rings (lift it)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUp(CallCommand):
    """End the call; while it rings: back to the queue, past this agent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold(CallCommand):
    """The caller hears music. Refused unless talking."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resume(CallCommand):
    """Talk again. Refused unless held."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mute(CallCommand):
    """The agent is not heard. Refused unless talking."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmute(CallCommand):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class SendDigits(CallCommand):
    """Send keys to the customer's side. Refused unless talking."""

    digits: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dial(Command):
    """Call a number, in a queue's name or none. Refused with a call, without a line or rule.

    role: the asker's role, filled in by the server; outgoing rules name roles.
    """

    number: str
    queue: str | None = None
    role: str = "agent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer(CallCommand):
    """Pass the customer on; `consult` talks to the other first, the customer on hold."""

    to: str
    mode: Mode = "blind"
    role: str = "agent"


@dataclass(frozen=True, kw_only=True, slots=True)
class CompleteTransfer(CallCommand):
    """Leave the customer with the one consulted. Refused unless the latter has answered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelTransfer(CallCommand):
    """Back to the customer; the consulted one is let go. Refused without a consultation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinConference(CallCommand):
    """All three talk. Refused unless the consulted one has answered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PickUp(Command):
    """Take a waiting call, or one that rings at a colleague. Refused unless free."""

    call_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SaveWrapUpDraft(CallCommand):
    """Keep what is typed so far; may be sent from the first ring on."""

    business_line: str | None = None
    type: str | None = None
    status: str | None = None
    notes: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishWrapUp(CallCommand):
    """The summary is complete; the next call may come. Refused unless in wrap-up."""

    business_line: str | None = None
    type: str | None = None
    status: str | None = None
    notes: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtendWrapUp(Command):
    """Thirty seconds more (F3). Refused unless in wrap-up."""

    by_s: float = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class StartRecording(CallCommand):
    """Record on demand. Refused when it is recorded already or nobody talks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseRecording(CallCommand):
    """Silence in the file (a card number is said). Refused unless recording."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResumeRecording(CallCommand):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRecording(CallCommand):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class SupervisorCommand(Command):
    """`agent_id` is the one it is done to; `by` does it."""

    needs: ClassVar[str | None] = "supervise"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listen(SupervisorCommand):
    """Hear both sides. Refused unless `by` is logged in with a voice, free, and the agent talks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Whisper(SupervisorCommand):
    """Hear both, be heard by the agent alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Barge(SupervisorCommand):
    """Talk with both."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopListening(SupervisorCommand):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class ForceHangUp(SupervisorCommand):
    """End an agent's call. `call_id` alone ends a call that no agent has."""

    call_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForceTransfer(SupervisorCommand):
    to: str
    call_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForceState(SupervisorCommand):
    """Put an agent on break, make him ready or log him out."""

    state: Literal["ready", "on_break", "logged_out"]
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveAgent(SupervisorCommand):
    """Give an agent other queues until the next configuration says otherwise."""

    queues: list[str]


ALL: tuple[type[Command], ...] = (
    LogIn,
    LogOut,
    StartBreak,
    EndBreak,
    AnswerCall,
    HangUp,
    Hold,
    Resume,
    Mute,
    Unmute,
    SendDigits,
    Dial,
    Transfer,
    CompleteTransfer,
    CancelTransfer,
    JoinConference,
    PickUp,
    SaveWrapUpDraft,
    FinishWrapUp,
    ExtendWrapUp,
    StartRecording,
    PauseRecording,
    ResumeRecording,
    StopRecording,
    Listen,
    Whisper,
    Barge,
    StopListening,
    ForceHangUp,
    ForceTransfer,
    ForceState,
    MoveAgent,
)
BY_NAME: dict[str, type[Command]] = {kind.__name__: kind for kind in ALL}
