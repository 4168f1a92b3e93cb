"""One call as SIP sees it: from INVITE to BYE, in either direction.

Knows dialogs, offers and answers being carried, 2xx repetition, CANCEL. Does not
know what is said in a session description's answer, nor why anybody calls: that
is the `CallOwner`'s matter.
"""

from enum import Enum, auto
from typing import TYPE_CHECKING, Literal, Protocol

from drivers.telephony.sip import cause as causes
from drivers.telephony.sip.auth import Credentials
from drivers.telephony.sip.dialog import Dialog
from drivers.telephony.sip.message import Request, Response
from drivers.telephony.sip.sdp import Audio, parse_sdp
from drivers.telephony.sip.timers import Timer
from drivers.telephony.sip.transaction import T1_S, T2_S, Client, InviteServer, Outgoing, PlainServer, State
from drivers.telephony.sip.uri import Address, SipSyntaxError

if TYPE_CHECKING:
    from drivers.telephony.sip.agent import UserAgent

ACK_WAIT_S = 64 * T1_S
CANCEL_WAIT_S = 64 * T1_S
# Long before timer B: a living peer answers 100 within 200 ms, and the next trunk waits.
FIRST_ANSWER_S = 5.0
By = Literal["far", "us", "lost"]


class CallOwner(Protocol):
    """What a call tells; each is called at most once unless said otherwise. None may raise."""

    def on_progress(self, status: int, theirs: Audio | None) -> None:
        """Outgoing: 180, 183 …, any number of times; `theirs` when it carries a description."""

    def on_answered(self, theirs: Audio | None) -> None:
        """Outgoing: 2xx. None: nothing we can read was answered (hang up)."""

    def on_confirmed(self, theirs: Audio | None) -> None:
        """Incoming: the ACK of our 200; `theirs` is their answer when the INVITE had no offer."""

    def on_offer(self, theirs: Audio | None) -> bytes | None:
        """A re-INVITE, any number of times: our answer (or our offer when `theirs` is None); None refuses."""

    def on_digit(self, digit: str) -> None:
        """A key by INFO, any number of times."""

    def on_ended(self, cause: int, by: By, reason: str) -> None:
        """It is over; also when it never began."""


class Phase(Enum):
    OFFERED = auto()  # incoming, not answered
    UNACKED = auto()  # incoming, 200 sent
    CALLING = auto()  # outgoing, not answered
    UP = auto()
    ENDED = auto()


class Call:
    """owner is set by whoever takes or makes the call, before anything can happen to it."""

    def __init__(self, agent: "UserAgent", dialog: Dialog | None, peer: Address) -> None:
        self._agent = agent
        self.dialog = dialog
        self.peer = peer
        self.owner: CallOwner | None = None
        self.phase = Phase.OFFERED
        self.theirs: Audio | None = None
        self.invite: Request | None = None
        self._server: InviteServer | None = None
        self._client: Client | None = None
        self._sent: Outgoing | None = None
        self._answer: bytes = b""
        self._pause_s = T1_S
        self._again: Timer | None = None
        self._limit: Timer | None = None
        self._end_after_ack: int | None = None
        self._given_up = False
        self._cancelled = False
        self._cause = causes.NORMAL
        self._credentials: Credentials | None = None
        self._tries = 0
        self._refresh: Timer | None = None
        self._last_ack: bytes = b""

    @property
    def call_id(self) -> str:
        if self.dialog is not None:
            return self.dialog.call_id
        return self._sent.call_id if self._sent is not None else ""

    @property
    def unacked_since(self) -> bool:
        return self.phase is Phase.UNACKED

    # ------------------------------------------------------------- incoming

    def take(self, server: InviteServer) -> None:
        """Begin an incoming call: remember its INVITE (the agent has checked it)."""
        self._server, self.invite = server, server.request
        server.user = self

    def provisional(self, status: int, sdp: bytes = b"") -> None:
        """100, 180 or 183 (with early sound)."""
        if self.phase is not Phase.OFFERED or self._server is None or self.dialog is None:
            return
        tag = self.dialog.local_tag if status > 100 else ""
        extra = [("Contact", self._agent.contact)] if status > 100 else None
        self._server.answer(status, self._server.request.response(status, to_tag=tag, extra=extra, body=sdp))

    def answer(self, sdp: bytes) -> None:
        """200 OK with our description; repeated until its ACK, given up after 32 s."""
        if self.phase is not Phase.OFFERED or self._server is None or self.dialog is None:
            return
        self.phase = Phase.UNACKED
        request = self._server.request
        extra = [("Contact", self._agent.contact), *self._agent.about_us, *self._session_timer(request)]
        self._answer = request.response(200, to_tag=self.dialog.local_tag, extra=extra, body=sdp)
        self._server.answer(200, self._answer)
        self._again = self._agent.wheel.after(T1_S, self._repeat_answer)
        self._limit = self._agent.wheel.after(ACK_WAIT_S, self._no_ack)

    def refuse(self, status: int, extra: list[tuple[str, str]] | None = None) -> None:
        """A final refusal, 3xx to 6xx."""
        if self.phase is not Phase.OFFERED or self._server is None or self.dialog is None:
            return
        request = self._server.request
        self._server.answer(status, request.response(status, to_tag=self.dialog.local_tag, extra=extra))
        self._end(causes.cause_for(status), "us", "refused")

    def drop_unacked(self) -> None:
        """Make room: end a call whose ACK is overdue."""
        if self.phase is Phase.UNACKED:
            self._no_ack()

    def _repeat_answer(self) -> None:
        if self.phase is Phase.UNACKED and self._server is not None:
            self._agent.send(self._answer, self._server.reply_to)
            self._pause_s = min(2 * self._pause_s, T2_S)
            self._again = self._agent.wheel.after(self._pause_s, self._repeat_answer)

    def _no_ack(self) -> None:
        self._bye(causes.TIMER_EXPIRED)
        self._end(causes.TIMER_EXPIRED, "lost", "no_ack")

    def acknowledge(self, ack: Request) -> None:
        """Their ACK of our 200 (or of a re-INVITE's)."""
        if self.phase is not Phase.UNACKED:
            return
        self._stop_timers()
        self.phase = Phase.UP
        theirs = None
        if ack.body and self.theirs is None:
            try:
                theirs = self.theirs = parse_sdp(ack.body)
            except SipSyntaxError as error:
                self._agent.core_rejected(str(error), self.peer)
        if self._end_after_ack is not None:
            self.hang_up(self._end_after_ack)
        elif self.owner is not None:
            self.owner.on_confirmed(theirs)

    def cancelled(self) -> None:
        """Their CANCEL came before our answer."""
        if self.phase is Phase.OFFERED and self._server is not None and self.dialog is not None:
            request = self._server.request
            self._server.answer(487, request.response(487, to_tag=self.dialog.local_tag))
            self._end(causes.NORMAL, "far", "cancelled")

    # ------------------------------------------------------------- outgoing

    def prepare(self, invite: Outgoing, credentials: Credentials | None) -> None:
        """Become an outgoing call that has not been sent yet."""
        self.phase = Phase.CALLING
        self._credentials, self._sent = credentials, invite

    def start(self) -> None:
        """Send the INVITE; the owner must be set."""
        assert self._sent is not None
        self._client = self._agent.layer.request(self._sent, self)
        self._agent.wheel.after(FIRST_ANSWER_S, self._unheard)

    def on_response(self, response: Response) -> None:
        status = response.status
        if self.phase is Phase.CALLING:
            if status < 200:
                self._on_provisional(response)
            elif status < 300:
                self._on_accepted(response)
            else:
                self._on_refused(response)
        elif 200 <= status < 300:
            self._on_further_2xx(response)

    def on_timeout(self) -> None:
        if self.phase is Phase.CALLING:
            self._end(causes.TIMER_EXPIRED, "lost", "peer_unheard")

    def _unheard(self) -> None:
        if self.phase is Phase.CALLING and self._client is not None and self._client.state is State.CALLING:
            self._abandon(causes.TIMER_EXPIRED, "lost", "peer_unheard")

    def _abandon(self, cause: int, by: By, reason: str) -> None:
        """Over for the owner now; what the far end still says is cancelled, or answered with ACK and BYE."""
        if self._given_up:
            return
        self._given_up, self._cause = True, cause
        if self._client is not None and self._client.state is State.PROCEEDING:
            self._send_cancel()
        owner, self.owner = self.owner, None
        if owner is not None:
            owner.on_ended(cause, by, reason)

    def _on_provisional(self, response: Response) -> None:
        if self._given_up:
            self._send_cancel()
        elif response.status > 100 and self.owner is not None:
            self.owner.on_progress(response.status, self._description(response))

    def _on_accepted(self, response: Response) -> None:
        assert self._sent is not None
        if self._limit is not None:
            self._limit.cancel()
        self.dialog = Dialog.from_answer(self._sent, response, self._agent.tag_of(self._sent.from_))
        self._last_ack = self._ack(self.dialog, self._sent.cseq)
        self.phase = Phase.UP
        self._agent.enter(self)
        if self._given_up:
            self.hang_up(self._cause)
            return
        theirs = self._description(response)
        if theirs is not None:
            self.theirs = theirs
        if self.owner is not None:
            self.owner.on_answered(self.theirs)

    def _on_further_2xx(self, response: Response) -> None:
        """The same 200 again: the same ACK. A 200 of another branch of a fork: ACK and BYE."""
        if self.dialog is None or self._sent is None:
            return
        if response.to.tag == self.dialog.remote_tag:
            self._agent.send(self._last_ack, self.dialog.destination)
            return
        other = Dialog.from_answer(self._sent, response, self.dialog.local_tag)
        self._ack(other, self._sent.cseq)
        self._agent.layer.request(
            other.request("BYE", branch=self._agent.branch(), sent_by=self._agent.sent_by), Silence()
        )

    def _on_refused(self, response: Response) -> None:
        status = response.status
        if status in (401, 407) and not self._given_up and self._tries == 0 and self._credentials is not None:
            again = self._agent.with_password(self._sent, response, self._credentials)
            if again is not None:
                self._tries = 1
                self._sent = again
                self._client = self._agent.layer.request(again, self)
                return
        stated = causes.stated_cause(response.get("reason"))
        self._end(stated or causes.cause_for(status), "far", f"sip_{status}")

    def _description(self, message: Response) -> Audio | None:
        if not message.body or not message.get("content-type").lower().startswith("application/sdp"):
            return None
        try:
            return parse_sdp(message.body)
        except SipSyntaxError as error:
            self._agent.core_rejected(str(error), self.peer)
            return None

    def _ack(self, dialog: Dialog, cseq: int) -> bytes:
        ack = dialog.request("ACK", branch=self._agent.branch(), sent_by=self._agent.sent_by, cseq=cseq)
        data = ack.encode()
        self._agent.send(data, ack.destination)
        return data

    def _send_cancel(self) -> None:
        if not self._cancelled and self._sent is not None:
            self._cancelled = True
            self._agent.layer.request(self._sent.cancel(), Silence())
            self._limit = self._agent.wheel.after(CANCEL_WAIT_S, self._cancel_unheard)

    def _cancel_unheard(self) -> None:
        if self.phase is Phase.CALLING:
            if self._client is not None:
                self._client.terminate()
            self._end(self._cause, "us", "cancel_unanswered")

    # ----------------------------------------------------------------- both

    def hang_up(self, cause: int = causes.NORMAL) -> None:
        """End it, whatever it is doing: refusal, CANCEL or BYE."""
        if self.phase is Phase.OFFERED:
            self.refuse(causes.status_for(cause))
        elif self.phase is Phase.UNACKED:
            self._end_after_ack = cause  # §15: no BYE before the ACK
        elif self.phase is Phase.CALLING:
            self._abandon(cause, "us", "cancelled")
        elif self.phase is Phase.UP:
            self._bye(cause)
            self._end(cause, "us", "")

    def _bye(self, cause: int) -> None:
        if self.dialog is not None:
            bye = self.dialog.request(
                "BYE", branch=self._agent.branch(), sent_by=self._agent.sent_by,
                extra=(("Reason", f"Q.850;cause={cause}"),),
            )  # fmt: skip
            self._agent.layer.request(bye, Farewell(self._agent, bye, self._credentials))

    def receive(self, server: InviteServer | PlainServer) -> None:
        """A request inside the dialog."""
        assert self.dialog is not None
        request = server.request
        method = request.method
        if request.from_.tag != self.dialog.remote_tag:
            server.answer(481, request.response(481))
            return
        if method != "ACK" and not self.dialog.in_order(request):
            server.answer(500, request.response(500, extra=[("Retry-After", "1")]))
            return
        if method == "BYE":
            self._on_bye(server)
        elif method in ("INVITE", "UPDATE"):
            self._on_offer(server)
        elif method == "INFO":
            server.answer(200, request.response(200))
            digit = _info_digit(request)
            if digit and self.owner is not None:
                self.owner.on_digit(digit)
        else:
            self._agent.answer_plain(server)

    def _on_bye(self, server: InviteServer | PlainServer) -> None:
        request = server.request
        server.answer(200, request.response(200))
        if self.phase is Phase.OFFERED and self._server is not None and self.dialog is not None:
            self._server.answer(487, self._server.request.response(487, to_tag=self.dialog.local_tag))
        self._end(causes.stated_cause(request.get("reason")) or causes.NORMAL, "far", "")

    def _on_offer(self, server: InviteServer | PlainServer) -> None:
        assert self.dialog is not None
        request = server.request
        if self.phase is not Phase.UP or self.owner is None:
            busy = 491 if self.phase is Phase.UNACKED else 500
            server.answer(busy, request.response(busy, extra=[("Retry-After", "1")]))
            return
        timer = self._session_timer(request)
        self.dialog.refresh_target(request)
        extra = [("Contact", self._agent.contact), *self._agent.about_us, *timer]
        if request.method == "UPDATE" and not request.body:
            server.answer(200, request.response(200, extra=extra))
            return
        try:
            theirs = parse_sdp(request.body) if request.body else None
        except SipSyntaxError as error:
            self._agent.core_rejected(str(error), server.source)
            server.answer(488, request.response(488))
            return
        ours = self.owner.on_offer(theirs)
        if ours is None:
            server.answer(488, request.response(488))
            return
        if theirs is not None:
            self.theirs = theirs
        server.answer(200, request.response(200, extra=extra, body=ours))

    def _session_timer(self, request: Request) -> list[tuple[str, str]]:
        """RFC 4028, as little as an insisting peer needs: he refreshes, we hang up when he does not."""
        text = request.get("session-expires").partition(";")[0].strip()
        if not text.isdigit() or len(text) > 6 or "timer" not in request.tokens("supported"):
            return []
        if self._refresh is not None:
            self._refresh.cancel()
        seconds = max(int(text), 90)
        self._refresh = self._agent.wheel.after(seconds, self._expired)
        return [("Require", "timer"), ("Session-Expires", f"{seconds};refresher=uac")]

    def _expired(self) -> None:
        if self.phase is Phase.UP:
            self._bye(causes.TIMER_EXPIRED)
            self._end(causes.TIMER_EXPIRED, "lost", "session_expired")

    def _stop_timers(self) -> None:
        for timer in (self._again, self._limit):
            if timer is not None:
                timer.cancel()

    def _end(self, cause: int, by: By, reason: str) -> None:
        if self.phase is Phase.ENDED:
            return
        self.phase = Phase.ENDED
        self._stop_timers()
        if self._refresh is not None:
            self._refresh.cancel()
        self._agent.leave(self)
        owner, self.owner = self.owner, None
        if owner is not None:
            owner.on_ended(cause, by, reason)


class Silence:
    """Nobody waits for the answer."""

    def on_response(self, response: Response) -> None: ...

    def on_timeout(self) -> None: ...


class Farewell:
    """A BYE's answer: only a password question matters."""

    __slots__ = ("_agent", "_credentials", "_sent")

    def __init__(self, agent: "UserAgent", sent: Outgoing, credentials: Credentials | None) -> None:
        self._agent, self._sent, self._credentials = agent, sent, credentials

    def on_response(self, response: Response) -> None:
        if response.status in (401, 407) and self._credentials is not None:
            again = self._agent.with_password(self._sent, response, self._credentials)
            if again is not None:
                self._agent.layer.request(again, Silence())

    def on_timeout(self) -> None: ...


def _info_digit(request: Request) -> str:
    """The key of an INFO in application/dtmf-relay or application/dtmf; "" when there is none."""
    kind = request.get("content-type").lower()
    text = request.body[:64].decode("latin-1").strip()
    if kind.startswith("application/dtmf-relay"):
        for line in text.splitlines():
            name, _, value = line.partition("=")
            if name.strip().lower() == "signal":
                text = value.strip()
                break
        else:
            return ""
    elif not kind.startswith("application/dtmf"):
        return ""
    digit = {"10": "*", "11": "#"}.get(text, text.upper())
    return digit if len(digit) == 1 and digit in "0123456789*#ABCD" else ""
