"""The four transactions of RFC 3261 §17, with the Accepted states of RFC 6026.

Each is one small machine with the timers A–M of RFC 3261 table 4. Knows bytes to
send again and when to give up. Knows no sockets, no clock but the wheel, and
nothing of calls: what matters goes to `user`.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from drivers.telephony.sip.message import Request, Response, encode_request
from drivers.telephony.sip.timers import Timer, Wheel
from drivers.telephony.sip.uri import Address

T1_S, T2_S, T4_S = 0.5, 4.0, 5.0
TIMER_B_S = TIMER_F_S = TIMER_H_S = TIMER_J_S = TIMER_L_S = TIMER_M_S = 64 * T1_S
TIMER_D_S = 32.0
TIMER_I_S = TIMER_K_S = T4_S

Send = Callable[[bytes, Address], None]


class State(Enum):
    CALLING = auto()  # also "Trying" of a non-INVITE client
    TRYING = auto()
    PROCEEDING = auto()
    COMPLETED = auto()
    CONFIRMED = auto()
    ACCEPTED = auto()
    TERMINATED = auto()


class Patience(Protocol):
    """What a client transaction tells the one who asked."""

    def on_response(self, response: Response) -> None: ...

    def on_timeout(self) -> None:
        """Timer B or F: nobody answered (as good as a 408)."""


class Client:
    """What both client transactions share: sending again, with doubling pauses."""

    __slots__ = ("_again", "_data", "_end", "_pause_s", "_send", "_wheel", "destination", "forget", "request",
                 "state", "user")  # fmt: skip

    def __init__(
        self, wheel: Wheel, send: Send, request: "Outgoing", user: Patience, forget: Callable[[], None]
    ) -> None:
        self._wheel, self._send, self.user, self.forget = wheel, send, user, forget
        self.request = request
        self.destination = request.destination
        self._data = request.encode()
        self._pause_s = T1_S
        self._again: Timer | None = None
        self._end: Timer | None = None
        self.state = State.CALLING

    def start(self) -> None:
        self._send(self._data, self.destination)
        self._again = self._wheel.after(T1_S, self._resend)
        self._end = self._wheel.after(TIMER_B_S, self._give_up)

    def _resend(self) -> None:
        raise NotImplementedError

    def _give_up(self) -> None:
        self.terminate()
        self.user.on_timeout()

    def _quiet(self) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None

    def _linger(self, seconds: float) -> None:
        self._quiet()
        if self._end is not None:
            self._end.cancel()
        self._end = self._wheel.after(seconds, self.terminate)

    def terminate(self) -> None:
        if self.state is not State.TERMINATED:
            self.state = State.TERMINATED
            self._quiet()
            if self._end is not None:
                self._end.cancel()
            self.forget()


class InviteClient(Client):
    """§17.1.1: A resends while calling, B gives up, D absorbs finals, M (RFC 6026) further 2xx."""

    __slots__ = ("_ack",)

    def __init__(
        self, wheel: Wheel, send: Send, request: "Outgoing", user: Patience, forget: Callable[[], None]
    ) -> None:
        super().__init__(wheel, send, request, user, forget)
        self._ack: bytes | None = None

    def _resend(self) -> None:
        self._send(self._data, self.destination)
        self._pause_s *= 2
        self._again = self._wheel.after(self._pause_s, self._resend)

    def receive(self, response: Response) -> None:
        if self.state is State.TERMINATED:
            return
        status = response.status
        if self.state is State.COMPLETED:
            if status >= 300 and self._ack is not None:
                self._send(self._ack, self.destination)
            return
        if self.state is State.ACCEPTED:
            if 200 <= status < 300:
                self.user.on_response(response)
            return
        self._quiet()
        if status < 200:
            if self.state is State.CALLING and self._end is not None:
                self._end.cancel()  # timer B guards only the first answer
            self.state = State.PROCEEDING
        elif status < 300:
            self.state = State.ACCEPTED
            self._linger(TIMER_M_S)
        else:
            self.state = State.COMPLETED
            self._ack = self.request.ack_for(response)
            self._send(self._ack, self.destination)
            self._linger(TIMER_D_S)
        self.user.on_response(response)


class PlainClient(Client):
    """§17.1.2: E resends up to every T2, F gives up, K absorbs copies."""

    __slots__ = ()

    def _resend(self) -> None:
        self._send(self._data, self.destination)
        self._pause_s = T2_S if self.state is State.PROCEEDING else min(2 * self._pause_s, T2_S)
        self._again = self._wheel.after(self._pause_s, self._resend)

    def receive(self, response: Response) -> None:
        if self.state in (State.COMPLETED, State.TERMINATED):
            return
        if response.status < 200:
            self.state = State.PROCEEDING
        else:
            self.state = State.COMPLETED
            self._linger(TIMER_K_S)
        self.user.on_response(response)


class Server:
    """What both server transactions share: the last answer, given again when asked again."""

    __slots__ = (
        "_end",
        "_last",
        "_send",
        "_wheel",
        "forget",
        "reply_to",
        "request",
        "source",
        "state",
        "user",
    )

    def __init__(
        self, wheel: Wheel, send: Send, request: Request, source: Address, reply_to: Address,
        forget: Callable[[], None],
    ) -> None:  # fmt: skip
        self._wheel, self._send, self.request, self.source = wheel, send, request, source
        self.reply_to, self.forget = reply_to, forget
        self._last: bytes | None = None
        self._end: Timer | None = None
        self.state = State.PROCEEDING
        self.user: object | None = None  # the call an INVITE made; what CANCEL looks for

    def again(self) -> None:
        """The request came once more."""
        if self._last is not None and self.state in (State.PROCEEDING, State.COMPLETED):
            self._send(self._last, self.reply_to)

    def terminate(self) -> None:
        if self.state is not State.TERMINATED:
            self.state = State.TERMINATED
            if self._end is not None:
                self._end.cancel()
            self.forget()


class PlainServer(Server):
    """§17.2.2: one final answer, repeated to copies of the request until J."""

    __slots__ = ()

    def answer(self, status: int, data: bytes) -> None:
        if self.state is not State.PROCEEDING:
            return
        self._last = data
        self._send(data, self.reply_to)
        if status >= 200:
            self.state = State.COMPLETED
            self._end = self._wheel.after(TIMER_J_S, self.terminate)


class InviteServer(Server):
    """§17.2.1: G resends a refusal, H waits for its ACK, I absorbs ACKs, L (RFC 6026) keeps a 2xx's.

    Sending a 2xx again is the call's own matter; it ends with the ACK or after 64·T1.
    """

    __slots__ = ("_again", "_pause_s")

    def __init__(
        self, wheel: Wheel, send: Send, request: Request, source: Address, reply_to: Address,
        forget: Callable[[], None],
    ) -> None:  # fmt: skip
        super().__init__(wheel, send, request, source, reply_to, forget)
        self._again: Timer | None = None
        self._pause_s = T1_S

    def answer(self, status: int, data: bytes) -> None:
        if self.state is State.ACCEPTED and 200 <= status < 300:
            self._send(data, self.reply_to)
            return
        if self.state is not State.PROCEEDING:
            return
        self._last = data
        self._send(data, self.reply_to)
        if 200 <= status < 300:
            self.state = State.ACCEPTED
            self._end = self._wheel.after(TIMER_L_S, self.terminate)
        elif status >= 300:
            self.state = State.COMPLETED
            self._again = self._wheel.after(T1_S, self._resend)
            self._end = self._wheel.after(TIMER_H_S, self.terminate)

    def _resend(self) -> None:
        if self.state is State.COMPLETED and self._last is not None:
            self._send(self._last, self.reply_to)
            self._pause_s = min(2 * self._pause_s, T2_S)
            self._again = self._wheel.after(self._pause_s, self._resend)

    def acknowledged(self) -> None:
        """An ACK for a refusal came."""
        if self.state is State.COMPLETED:
            self.state = State.CONFIRMED
            if self._again is not None:
                self._again.cancel()
            if self._end is not None:
                self._end.cancel()
            self._end = self._wheel.after(TIMER_I_S, self.terminate)


class Outgoing:
    """A request of ours: kept as parts, for its CANCEL, its ACK and its second try with a password."""

    __slots__ = ("body", "branch", "call_id", "contact", "cseq", "destination", "extra", "from_", "method",
                 "route", "sent_by", "to", "uri")  # fmt: skip

    def __init__(
        self, method: str, uri: str, *, destination: Address, sent_by: str, branch: str, from_: str, to: str,
        call_id: str, cseq: int, contact: str = "", route: tuple[str, ...] = (),
        extra: tuple[tuple[str, str], ...] = (), body: bytes = b"",
    ) -> None:  # fmt: skip
        self.method, self.uri, self.destination, self.sent_by = method, uri, destination, sent_by
        self.branch, self.from_, self.to, self.call_id, self.cseq = branch, from_, to, call_id, cseq
        self.contact, self.route, self.extra, self.body = contact, route, extra, body

    def encode(self) -> bytes:
        return self._encode(self.method, self.to, self.extra, self.contact, self.body)

    def cancel(self) -> "Outgoing":
        """§9.1: the same request in every field, without its body."""
        return Outgoing(
            "CANCEL", self.uri, destination=self.destination, sent_by=self.sent_by, branch=self.branch,
            from_=self.from_, to=self.to, call_id=self.call_id, cseq=self.cseq, route=self.route,
        )  # fmt: skip

    def ack_for(self, response: Response) -> bytes:
        """§17.1.1.3: the ACK of a refusal, with the To of the refusal."""
        return self._encode("ACK", response.get("to"), (), "", b"")

    def _encode(
        self, method: str, to: str, extra: tuple[tuple[str, str], ...], contact: str, body: bytes
    ) -> bytes:
        headers = [("Via", f"SIP/2.0/UDP {self.sent_by};branch={self.branch};rport"), ("Max-Forwards", "70")]
        headers += [("Route", route) for route in self.route]
        headers += [
            ("From", self.from_),
            ("To", to),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self.cseq} {method}"),
        ]
        if contact:
            headers.append(("Contact", contact))
        headers += extra
        if body and not any(name == "Content-Type" for name, _ in extra):
            headers.append(("Content-Type", "application/sdp"))
        return encode_request(method, self.uri, headers, body)
