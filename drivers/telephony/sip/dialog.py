"""A dialog: the names, counters and route two sides keep while they speak (RFC 3261 §12).

Makes the requests inside a dialog and judges the order of theirs. Sends nothing.
"""

from drivers.telephony.sip.message import Request, Response
from drivers.telephony.sip.transaction import Outgoing
from drivers.telephony.sip.uri import Address, SipSyntaxError, SipUri, parse_name_address, sendable_host


def reachable(uri: SipUri, otherwise: Address) -> Address:
    """Where a URI can be reached by UDP; a name or an impossible host gives `otherwise`."""
    host = sendable_host(uri.host)
    return (host, uri.port or 5060) if host else otherwise


class Dialog:
    """peer: where the other side was last seen; used when its Contact cannot be sent to."""

    __slots__ = ("call_id", "cseq", "local", "local_tag", "peer", "remote", "remote_cseq", "remote_tag", "route",
                 "target")  # fmt: skip

    def __init__(
        self, *, call_id: str, local: str, remote: str, local_tag: str, remote_tag: str, target: str,
        peer: Address, cseq: int = 0, remote_cseq: int = -1, route: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.call_id, self.local, self.remote = call_id, local, remote
        self.local_tag, self.remote_tag, self.target, self.peer = local_tag, remote_tag, target, peer
        self.cseq, self.remote_cseq, self.route = cseq, remote_cseq, route

    @classmethod
    def from_invite(cls, invite: Request, local_tag: str, peer: Address) -> "Dialog":
        """Ours as the called side (§12.1.1).

        Raises:
            SipSyntaxError: an INVITE without a usable Contact or From tag.
        """
        contact = invite.contact
        if contact is None:
            raise SipSyntaxError("no_contact")
        _ = contact.uri
        to = invite.get("to")
        return cls(
            call_id=invite.call_id, local=to if invite.to.tag else f"{to};tag={local_tag}",
            remote=invite.get("from"), local_tag=local_tag, remote_tag=invite.from_.tag,
            target=contact.uri_text, peer=peer, remote_cseq=invite.cseq[0],
            route=tuple(invite.all("record-route")),
        )  # fmt: skip

    @classmethod
    def from_answer(cls, sent: Outgoing, answer: Response, local_tag: str) -> "Dialog":
        """Ours as the calling side (§12.1.2)."""
        contact = answer.contact
        target = sent.uri
        if contact is not None:
            try:
                _ = contact.uri
                target = contact.uri_text
            except SipSyntaxError:
                pass  # keep calling what was called
        return cls(
            call_id=sent.call_id, local=sent.from_, remote=answer.get("to"), local_tag=local_tag,
            remote_tag=answer.to.tag, target=target, peer=sent.destination, cseq=sent.cseq,
            route=tuple(reversed(answer.all("record-route"))),
        )  # fmt: skip

    @property
    def destination(self) -> Address:
        """Where the next request goes: the first route, or the target, or where the peer was seen."""
        try:
            uri = (
                parse_name_address(self.route[0]).uri
                if self.route
                else parse_name_address(f"<{self.target}>").uri
            )
        except SipSyntaxError:
            return self.peer
        return reachable(uri, self.peer)

    def refresh_target(self, message: Request | Response) -> None:
        """A re-INVITE or UPDATE may move the other side (§12.2)."""
        contact = message.contact
        if contact is not None:
            _ = contact.uri
            self.target = contact.uri_text

    def in_order(self, request: Request) -> bool:
        """False for a request older than one already taken (§12.2.2)."""
        number = request.cseq[0]
        if number <= self.remote_cseq:
            return False
        self.remote_cseq = number
        return True

    def request(
        self, method: str, *, branch: str, sent_by: str, cseq: int | None = None, contact: str = "",
        extra: tuple[tuple[str, str], ...] = (), body: bytes = b"",
    ) -> Outgoing:  # fmt: skip
        """The next request inside the dialog; an ACK takes the number of its INVITE."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        return Outgoing(
            method, self.target, destination=self.destination, sent_by=sent_by, branch=branch, from_=self.local,
            to=self.remote, call_id=self.call_id, cseq=cseq, contact=contact, route=self.route, extra=extra,
            body=body,
        )  # fmt: skip
