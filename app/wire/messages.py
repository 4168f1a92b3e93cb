"""The envelopes of the live link (`/ws`): hello, commands and what answers them.

One JSON object a text frame, `t` its type. Knows no sockets; events are in
`app.wire.events`, their rows in `app.wire.rows`, text ↔ objects in `app.wire.codec`.

A conversation: hello → welcome, then snapshot unless resumed, then events; command →
done or refused; error, then the server closes.
"""

from typing import Any

from msgspec import Struct, field

from app.wire.events import ScreenPop
from app.wire.rows import AgentRow, CallDetail, QueueRow

PROTOCOL_VERSION = 1
RESUME_LIMIT = 2000  # a client more events behind gets a snapshot instead


class Up(Struct, frozen=True, kw_only=True, tag_field="t", forbid_unknown_fields=True):
    """Client → server. A key the server does not know is refused, never guessed."""


class Down(Struct, frozen=True, kw_only=True, tag_field="t"):
    """Server → client. A key the client does not know is ignored: the server may be newer."""


class Resume(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where this client was: the session it was in and the last event it has."""

    session: str
    seq: int


class Hello(Up, frozen=True, kw_only=True, tag="hello"):
    """client: name and version of the program, for the log; topics: empty means all it may see."""

    v: int
    token: str
    client: str = ""
    language: str = "zh_CN"
    resume: Resume | None = None
    topics: list[str] = []


class Command(Up, frozen=True, kw_only=True, tag="command"):
    """id: chosen by the client; the same id within 24 h answers as the first and does nothing."""

    id: str
    command: str
    fields: dict[str, Any] = {}


class Ack(Up, frozen=True, kw_only=True, tag="ack"):
    """Everything up to `seq` is shown; lets the server know how far behind a slow client is."""

    seq: int


class Welcome(Down, frozen=True, kw_only=True, tag="welcome"):
    """now: the server's clock, for timers on the screen; resumed: the missed events follow."""

    v: int
    session: str
    seq: int
    now: str
    resumed: bool = False


class Desk(Struct, frozen=True, kw_only=True):
    host: str
    port: int
    token: str
    codec: str = "PCMA"
    srtp: bool = False


class Person(Struct, frozen=True, kw_only=True):
    name: str
    display_name: str = ""
    role: str = "agent"
    language: str | None = None


class Site(Struct, frozen=True, kw_only=True):
    """Whose centre this is. Every time a person reads is in its zone; now: the server's clock."""

    name: str = ""
    time_zone: str = "Asia/Shanghai"
    language: str = "zh_CN"
    now: str = ""


class Consult(Struct, frozen=True, kw_only=True):
    """agent_id asks `to`, the customer on hold. state: calling talking conference."""

    state: str
    agent_id: str
    to: str
    with_agent: str | None = None


class Me(Struct, frozen=True, kw_only=True):
    """The user's own things: enough to draw his window after a crash."""

    user: Person
    agent: AgentRow | None = None
    call: CallDetail | None = None
    pop: ScreenPop | None = None
    draft: dict[str, Any] | None = None
    desk: Desk | None = None
    limit_s: float | None = None
    logged_in_at: str | None = None
    muted: bool = False
    consult: Consult | None = None
    site: Site = Site()


class Snapshot(Down, frozen=True, kw_only=True, tag="snapshot"):
    """Everything as of `seq`; replaces what the client had."""

    seq: int
    agents: list[AgentRow] = []
    queues: list[QueueRow] = []
    me: Me


class Done(Down, frozen=True, kw_only=True, tag="done"):
    """seq: the journal's position of the command's events."""

    id: str
    seq: int = 0


class Refused(Down, frozen=True, kw_only=True, tag="refused"):
    """refused: NotInThisState, NoSuchCall …; reason: a sentence in the user's language."""

    id: str
    refused: str
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Error(Down, frozen=True, kw_only=True, tag="error"):
    """The link is over: bad_json wrong_version not_logged_in token_expired unavailable …"""

    error: str
    message: str = ""


AnyUp = Hello | Command | Ack
AnyDown = Welcome | Snapshot | Done | Refused | Error
