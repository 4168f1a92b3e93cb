"""A line to the telephone network: kept registered, kept watched, recognised when it calls.

Sans-I/O. `address` is set by whoever resolves names. Knows when it may take one
more call; does not place calls.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Literal

from drivers.telephony.sip.agent import UserAgent
from drivers.telephony.sip.auth import Credentials
from drivers.telephony.sip.message import Response
from drivers.telephony.sip.transaction import Outgoing
from drivers.telephony.sip.uri import Address, escape_user

TrunkState = Literal["registered", "reachable", "unreachable", "rejected"]
EXPIRES_S = 300
KEEP_ALIVE_S = 30.0
RETRY_S, RETRY_MOST_S = 5.0, 300.0


@dataclass(slots=True, frozen=True)
class TrunkLine:
    """What is configured. max_calls, calls_per_second 0: no limit."""

    name: str
    host: str
    user: str = ""
    password: str = ""
    register: bool = True
    match: tuple[str, ...] = ()
    max_calls: int = 0
    calls_per_second: float = 0.0
    caller_id: str = ""


class Trunk:
    def __init__(
        self, line: TrunkLine, agent: UserAgent, on_state: Callable[[str, TrunkState, str], None],
        random: Callable[[], float],
    ) -> None:  # fmt: skip
        self.line, self._agent, self._on_state, self._random = line, agent, on_state, random
        self.address: Address | None = None
        self.state: TrunkState | None = None
        self.calls = 0
        self._starts: deque[float] = deque(maxlen=max(1, int(line.calls_per_second)))
        self._networks = [ip_network(text, strict=False) for text in line.match]
        self._pause_s = RETRY_S
        self._cseq = 0
        self._call_id = agent.fresh()
        self._stopped = False

    @property
    def credentials(self) -> Credentials | None:
        return Credentials(self.line.user, self.line.password) if self.line.user else None

    def matches(self, source: Address) -> bool:
        """True when a request from `source` is this trunk's."""
        if self.address is not None and source[0] == self.address[0] and not self._networks:
            return source[1] == self.address[1] or not source[0].startswith("127.")
        return any(ip_address(source[0]) in network for network in self._networks)

    @property
    def is_doubtful(self) -> bool:
        """It did not answer when last asked, or turned us away. Many gateways never answer OPTIONS
        and still take calls, so such a trunk is tried last, not left out."""
        return self.state in ("unreachable", "rejected")

    def may_call(self, now_s: float) -> bool:
        """One more outgoing call within max_calls and calls_per_second; counts it."""
        if self.address is None:
            return False
        if self.line.max_calls and self.calls >= self.line.max_calls:
            return False
        if self.line.calls_per_second:
            if len(self._starts) == self._starts.maxlen and now_s - self._starts[0] < 1.0:
                return False
            self._starts.append(now_s)
        return True

    def uri(self, user: str) -> str:
        """The request URI of a number through this trunk."""
        return f"sip:{escape_user(user)}@{self.line.host}"

    # ------------------------------------------------------------ watching

    def start(self) -> None:
        """Begin to register or to ask with OPTIONS, a moment after the start (not all at once)."""
        self._agent.wheel.after(self._random() * 0.5, self._turn)

    def stop(self) -> None:
        """No more refreshes; a registration is taken back."""
        self._stopped = True
        if self.state == "registered" and self.address is not None:
            self._send("REGISTER", expires=0)

    def _turn(self) -> None:
        if self._stopped:
            return
        if self.address is None:
            self._failed("unreachable", "no_address")
        else:
            self._send("REGISTER" if self.line.register else "OPTIONS")

    def _send(self, method: str, expires: int = EXPIRES_S) -> None:
        assert self.address is not None
        self._cseq += 1
        line, agent = self.line, self._agent
        extra: tuple[tuple[str, str], ...] = ()
        if method == "REGISTER":
            extra = (("Expires", str(expires)),)
        name = f"<sip:{escape_user(line.user or 'zongji')}@{line.host}>"
        outgoing = Outgoing(
            method, f"sip:{line.host}", destination=self.address, sent_by=agent.sent_by, branch=agent.branch(),
            from_=f"{name};tag={agent.fresh()}", to=name, call_id=self._call_id, cseq=self._cseq,
            contact=f"<sip:{escape_user(line.user or 'zongji')}@{agent.sent_by}>", extra=extra,
        )  # fmt: skip
        agent.request(outgoing, _Attempt(self, outgoing))

    def answered(self, response: Response, sent: Outgoing, tries: int) -> None:
        """The network's answer to a REGISTER or OPTIONS."""
        status = response.status
        if status < 200 or self._stopped:
            return
        if status in (401, 407) and tries == 0 and self.credentials is not None:
            again = self._agent.with_password(sent, response, self.credentials)
            if again is not None:
                self._cseq = again.cseq
                self._agent.request(again, _Attempt(self, again, 1))
                return
        if not self.line.register:
            # Any answer at all shows that somebody is there.
            if status in (408, 503):
                self._failed("unreachable", f"sip_{status}")
            else:
                self._good("reachable", KEEP_ALIVE_S)
        elif status < 300:
            self._good("registered", _granted_s(response) * 0.5)
        else:
            self._failed("rejected" if status in (401, 403, 404, 407) else "unreachable", f"sip_{status}")

    def unheard(self) -> None:
        self._failed("unreachable", "no_answer")

    def _good(self, state: TrunkState, pause_s: float) -> None:
        self._pause_s = RETRY_S
        self._become(state, "")
        self._agent.wheel.after(pause_s * (0.8 + 0.4 * self._random()), self._turn)

    def _failed(self, state: TrunkState, reason: str) -> None:
        if self._stopped:
            return
        self._become(state, reason)
        self._agent.wheel.after(self._pause_s * (0.5 + self._random()), self._turn)
        self._pause_s = min(2 * self._pause_s, RETRY_MOST_S)

    def _become(self, state: TrunkState, reason: str) -> None:
        if state != self.state:
            self.state = state
            self._on_state(self.line.name, state, reason)


class _Attempt:
    def __init__(self, trunk: Trunk, sent: Outgoing, tries: int = 0) -> None:
        self._trunk, self._sent, self._tries = trunk, sent, tries

    def on_response(self, response: Response) -> None:
        self._trunk.answered(response, self._sent, self._tries)

    def on_timeout(self) -> None:
        self._trunk.unheard()


def _granted_s(response: Response) -> float:
    """How long the registrar keeps us: the Contact's expires, the header's, or what we asked; 60..3600 s."""
    text = ""
    contact = response.contact
    if contact is not None:
        text = contact.params.get("expires", "")
    text = text or response.get("expires")
    seconds = int(text) if text.isdigit() and len(text) < 8 else EXPIRES_S
    return float(min(max(seconds, 60), 3600))
