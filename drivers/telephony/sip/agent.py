"""A SIP element's core: makes calls out of transactions, and answers what needs no call.

Sans-I/O like everything here: bytes leave through `send`, time comes by the wheel,
randomness is handed in. Who may call and what happens then is the `Switchboard`'s
decision.
"""

from collections.abc import Callable
from typing import Protocol

from drivers.telephony.sip.auth import Credentials, authorize
from drivers.telephony.sip.call import Call, Phase
from drivers.telephony.sip.dialog import Dialog
from drivers.telephony.sip.layer import TransactionLayer
from drivers.telephony.sip.message import MAX_HOPS, Request, Response
from drivers.telephony.sip.sdp import parse_sdp
from drivers.telephony.sip.timers import Wheel
from drivers.telephony.sip.transaction import InviteServer, Outgoing, Patience, PlainServer, Send
from drivers.telephony.sip.uri import Address, SipSyntaxError, parse_name_address

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER"
KNOWN_METHODS = {"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "REGISTER"}
UNDERSTOOD = {"timer"}


class Switchboard(Protocol):
    """Decides about what arrives."""

    def on_call(self, call: Call) -> None:
        """A new INVITE with readable offer; `call.invite`, `call.peer`. Answer, refuse or keep it."""

    def on_register(self, server: InviteServer | PlainServer) -> None: ...

    def on_rejected(self, reason: str, source: Address) -> None: ...


class UserAgent:
    """contact and sent_by name us to the world: "IP:port"."""

    def __init__(
        self, *, wheel: Wheel, send: Send, switchboard: Switchboard, sent_by: str,
        token: Callable[[], str], name: str = "Zongji",
    ) -> None:  # fmt: skip
        self.wheel, self.send, self._switchboard, self.sent_by = wheel, send, switchboard, sent_by
        self._token = token
        self.layer = TransactionLayer(wheel, send, self)
        self.contact = f"<sip:zongji@{sent_by}>"
        self.about_us = [("Allow", ALLOW), ("Server", name)]
        self.calls: dict[tuple[str, str], Call] = {}
        self._offered: dict[tuple[str, str, int], Call] = {}
        self._serial = 0
        self._boot = token()

    # ---------------------------------------------------------------- names

    def fresh(self) -> str:
        """A name never given before, not to be guessed."""
        self._serial += 1
        return f"{self._boot}{self._serial:x}"

    def branch(self) -> str:
        return "z9hG4bK" + self.fresh()

    @staticmethod
    def tag_of(from_: str) -> str:
        return parse_name_address(from_).tag

    # ---------------------------------------------------------------- calls

    def call(
        self, uri: str, *, destination: Address, from_: str, sdp: bytes, credentials: Credentials | None = None,
        extra: tuple[tuple[str, str], ...] = (),
    ) -> Call:  # fmt: skip
        """A new outgoing call, not yet sent: set its owner, then `start` it.

        from_: the name-address without a tag, e.g. `"Ann" <sip:400@192.0.2.1>`.
        """
        call = Call(self, None, destination)
        invite = Outgoing(
            "INVITE", uri, destination=destination, sent_by=self.sent_by, branch=self.branch(),
            from_=f"{from_};tag={self.fresh()}", to=f"<{uri}>", call_id=f"{self.fresh()}-{self._token()}", cseq=1,
            contact=self.contact, extra=(*self.about_us, *extra), body=sdp,
        )  # fmt: skip
        call.phase = Phase.CALLING
        call.prepare(invite, credentials)
        return call

    def with_password(
        self, sent: Outgoing | None, response: Response, credentials: Credentials
    ) -> Outgoing | None:
        """The same request with the challenge answered, or None when we cannot."""
        if sent is None:
            return None
        proxy = response.status == 407
        challenges = response.headers.get("proxy-authenticate" if proxy else "www-authenticate", [])
        value = authorize(challenges, credentials, sent.method, sent.uri, self._token())
        if value is None:
            return None
        name = "Proxy-Authorization" if proxy else "Authorization"
        return Outgoing(
            sent.method, sent.uri, destination=sent.destination, sent_by=sent.sent_by, branch=self.branch(),
            from_=sent.from_, to=sent.to, call_id=sent.call_id, cseq=sent.cseq + 1, contact=sent.contact,
            route=sent.route, extra=(*(e for e in sent.extra if e[0] != name), (name, value)), body=sent.body,
        )  # fmt: skip

    def enter(self, call: Call) -> None:
        if call.dialog is not None:
            self.calls[call.dialog.call_id, call.dialog.local_tag] = call

    def leave(self, call: Call) -> None:
        if call.dialog is not None:
            self.calls.pop((call.dialog.call_id, call.dialog.local_tag), None)
        if call.invite is not None:
            invite = call.invite
            self._offered.pop((invite.call_id, invite.from_.tag, invite.cseq[0]), None)

    def core_rejected(self, reason: str, source: Address) -> None:
        self._switchboard.on_rejected(reason, source)

    # ------------------------------------------------------- from the layer

    def on_rejected(self, reason: str, source: Address) -> None:
        self._switchboard.on_rejected(reason, source)

    def on_request(self, transaction: InviteServer | PlainServer) -> None:
        request = transaction.request
        if not self._acceptable(transaction):
            return
        if request.to.tag:
            call = self.calls.get((request.call_id, request.to.tag))
            if call is not None:
                call.receive(transaction)
            elif request.method in KNOWN_METHODS and request.method not in ("OPTIONS", "REGISTER"):
                transaction.answer(481, request.response(481))
            else:
                self.answer_plain(transaction)
        elif isinstance(transaction, InviteServer):
            self._new_call(transaction)
        elif request.method in ("BYE", "INFO", "UPDATE"):
            transaction.answer(481, request.response(481, to_tag=self.fresh()))
        else:
            self.answer_plain(transaction)

    def answer_plain(self, server: InviteServer | PlainServer) -> None:
        """Answer a request that needs no call."""
        request = server.request
        if request.method == "OPTIONS":
            extra = [("Accept", "application/sdp"), ("Contact", self.contact), *self.about_us]
            server.answer(200, request.response(200, to_tag=self.fresh(), extra=extra))
        elif request.method == "REGISTER":
            self._switchboard.on_register(server)
        else:
            status = (
                501
                if request.method not in ("REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH", "PRACK")
                else 405
            )
            server.answer(status, request.response(status, to_tag=self.fresh(), extra=[("Allow", ALLOW)]))

    def on_ack(self, request: Request, source: Address) -> None:
        call = self.calls.get((request.call_id, request.to.tag))
        if call is not None:
            call.acknowledge(request)

    def on_cancel(self, invite: InviteServer) -> None:
        if isinstance(invite.user, Call):
            invite.user.cancelled()

    def on_stray_response(self, response: Response, source: Address) -> None:
        """A 200 whose transaction is over: acknowledge it again if its call lives, else let it go."""
        if response.cseq[1] == "INVITE" and 200 <= response.status < 300:
            call = self.calls.get((response.call_id, response.from_.tag))
            if call is not None:
                call.on_response(response)

    def _acceptable(self, server: InviteServer | PlainServer) -> bool:
        request = server.request
        hops = request.get("max-forwards", "70").strip()
        status, extra = 0, []
        if not request.from_.tag and request.method == "INVITE":
            status = 400
        elif (hops.isdigit() and int(hops[:6]) == 0 and request.method != "OPTIONS") or len(
            request.headers["via"]
        ) > MAX_HOPS:
            status = 483
        elif not request.uri.lower().startswith(("sip:", "sips:", "tel:")):
            status = 416
        else:
            unknown = request.tokens("require") - UNDERSTOOD
            if unknown and request.method != "CANCEL":
                status, extra = 420, [("Unsupported", ", ".join(sorted(unknown)))]
        if status:
            server.answer(status, request.response(status, to_tag=self.fresh(), extra=extra))
            self._switchboard.on_rejected(f"status_{status}", server.source)
            return False
        return True

    def _new_call(self, server: InviteServer) -> None:
        request = server.request
        key = (request.call_id, request.from_.tag, request.cseq[0])
        if key in self._offered:
            # The same INVITE by another way (§8.2.2.2): one call stays one call.
            server.answer(482, request.response(482, to_tag=self.fresh()))
            return
        try:
            theirs = parse_sdp(request.body) if request.body else None
            dialog = Dialog.from_invite(request, self.fresh(), server.source)
        except SipSyntaxError as error:
            status = 400 if str(error) in ("no_contact", "bad_uri", "bad_name_address", "bad_port") else 488
            server.answer(status, request.response(status, to_tag=self.fresh()))
            self._switchboard.on_rejected(str(error), server.source)
            return
        call = Call(self, dialog, server.source)
        call.theirs = theirs
        call.take(server)
        self._offered[key] = call
        self.calls[dialog.call_id, dialog.local_tag] = call
        self._switchboard.on_call(call)

    def request(self, outgoing: Outgoing, user: Patience) -> None:
        """Send a request outside any call."""
        self.layer.request(outgoing, user)
