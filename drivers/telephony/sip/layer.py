"""Which transaction a datagram belongs to (RFC 3261 §17.1.3, §17.2.3), and nothing more.

No I/O: `send` is handed in, datagrams come by `receive`, time by the wheel. What
is not SIP is refused here with a reason; nothing a stranger sends can raise.
"""

from collections.abc import Callable
from typing import Any, Protocol

from drivers.telephony.sip.message import Request, Response, parse
from drivers.telephony.sip.timers import Wheel
from drivers.telephony.sip.transaction import (
    Client,
    InviteClient,
    InviteServer,
    Outgoing,
    Patience,
    PlainClient,
    PlainServer,
    Send,
    Server,
    State,
)
from drivers.telephony.sip.uri import Address, SipSyntaxError

COOKIE = "z9hG4bK"
MAX_SERVER_TRANSACTIONS = 200_000


class Core(Protocol):
    """The element above the transactions."""

    def on_request(self, transaction: InviteServer | PlainServer) -> None:
        """A request that was not here before, ACK and CANCEL excepted."""

    def on_ack(self, request: Request, source: Address) -> None:
        """An ACK that belongs to no refusal: it acknowledges a 2xx."""

    def on_cancel(self, invite: InviteServer) -> None:
        """The caller gave up; the CANCEL itself is answered already."""

    def on_stray_response(self, response: Response, source: Address) -> None:
        """A response to no request of ours: a late or forked 2xx, or noise."""

    def on_rejected(self, reason: str, source: Address) -> None:
        """Something was thrown away."""


class TransactionLayer:
    def __init__(self, wheel: Wheel, send: Send, core: Core) -> None:
        self.wheel, self._send, self._core = wheel, send, core
        self._servers: dict[tuple[str, ...], Server] = {}
        self._clients: dict[tuple[str, str], Client] = {}

    @property
    def alive(self) -> int:
        """How many transactions are remembered."""
        return len(self._servers) + len(self._clients)

    def receive(self, data: bytes, source: Address) -> None:
        """Take one datagram; never raises for what it contains."""
        if len(data) < 16 and not data.strip(b"\r\n\0 "):
            return  # a NAT keep-alive (RFC 5626 §3.5.1)
        try:
            message = parse(data)
            if isinstance(message, Response):
                self._receive_response(message, source)
            else:
                self._receive_request(message, source)
        except SipSyntaxError as error:
            self._core.on_rejected(str(error), source)

    def request(self, outgoing: Outgoing, user: Patience) -> Client:
        """Send a request of ours; `user` hears of its answers."""
        kind = InviteClient if outgoing.method == "INVITE" else PlainClient
        key = (outgoing.branch, outgoing.method)
        clients = self._clients
        transaction = kind(self.wheel, self._send, outgoing, user, lambda: _forget(clients, key))
        clients[key] = transaction
        transaction.start()
        return transaction

    def _receive_response(self, response: Response, source: Address) -> None:
        transaction = self._clients.get((response.via.branch, response.cseq[1]))
        if isinstance(transaction, InviteClient | PlainClient):
            # Fields a later request copies must be readable now, not in the middle of a call.
            _ = response.from_, response.to
            transaction.receive(response)
        else:
            self._core.on_stray_response(response, source)

    def _receive_request(self, request: Request, source: Address) -> None:
        via = request.via
        key = _server_key(request)
        known = self._servers.get(key)
        if request.method == "ACK":
            if isinstance(known, InviteServer) and known.state not in (State.ACCEPTED, State.PROCEEDING):
                known.acknowledged()
            else:
                self._core.on_ack(request, source)
            return
        if known is not None:
            known.again()
            return
        _ = request.from_.uri_text, request.to.uri_text
        if len(self._servers) >= MAX_SERVER_TRANSACTIONS:
            self._core.on_rejected("too_many_transactions", source)
            return
        reply_to = source if "rport" in via.params else (source[0], via.port or 5060)
        if request.headers["via"][0].count(";"):
            request.headers["via"][0] = _received(request.headers["via"][0], source)
        forget: Callable[[], None] = lambda: _forget(self._servers, key)  # noqa: E731
        kind = InviteServer if request.method == "INVITE" else PlainServer
        transaction = kind(self.wheel, self._send, request, source, reply_to, forget)
        self._servers[key] = transaction
        if request.method == "CANCEL":
            self._cancel(transaction)
        else:
            self._core.on_request(transaction)

    def _cancel(self, cancel: PlainServer | InviteServer) -> None:
        key = _server_key(cancel.request, "INVITE")
        invite = self._servers.get(key)
        if not isinstance(invite, InviteServer):
            cancel.answer(481, cancel.request.response(481, to_tag="none"))
            return
        cancel.answer(200, cancel.request.response(200, to_tag="c"))
        if invite.state is State.PROCEEDING:
            self._core.on_cancel(invite)


def _forget(table: dict[Any, Any], key: object) -> None:
    table.pop(key, None)


def _server_key(request: Request, method: str = "") -> tuple[str, ...]:
    via = request.via
    method = method or ("INVITE" if request.method == "ACK" else request.method)
    if via.branch.startswith(COOKIE) and len(via.branch) > len(COOKIE):
        return (via.branch, via.host, str(via.port), method)
    # RFC 2543: no unique branch; the fields of §17.2.3 instead.
    return (request.call_id, request.from_.tag, str(request.cseq[0]), request.uri, method)


def _received(via: str, source: Address) -> str:
    """RFC 3581: tell the sender of the topmost Via where it was seen."""
    first, comma, rest = via.partition(",")
    pieces = []
    for piece in first.split(";"):
        name = piece.partition("=")[0].strip().lower()
        if name == "rport":
            piece = f"rport={source[1]}"
        if name != "received":
            pieces.append(piece)
    pieces.append(f"received={source[0]}")
    return ";".join(pieces) + comma + rest
