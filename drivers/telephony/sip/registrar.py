"""Where the registered telephones are (RFC 3261 §10.3).

Knows users, passwords (through the Doorkeeper) and bindings with an end. Sans-I/O.
"""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.telephony.sip.auth import Doorkeeper, Verdict
from drivers.telephony.sip.message import Request
from drivers.telephony.sip.timers import Timer, Wheel
from drivers.telephony.sip.transaction import InviteServer, PlainServer
from drivers.telephony.sip.uri import Address, NameAddress, SipSyntaxError, parse_name_address

EXPIRES_S, EXPIRES_LEAST_S, EXPIRES_MOST_S = 3600, 60, 3600
MOST_CONTACTS = 8


@dataclass(slots=True)
class Binding:
    """address: where the REGISTER came from; calls go there, so telephones behind a NAT are reached."""

    uri_text: str
    address: Address
    until_s: float
    call_id: str
    cseq: int
    timer: Timer


class Registrar:
    def __init__(
        self, wheel: Wheel, doorkeeper: Doorkeeper, clock_utc: Callable[[], float],
        on_change: Callable[[str, bool, str], None], on_rejected: Callable[[str, Address], None],
        fresh: Callable[[], str],
    ) -> None:  # fmt: skip
        self._wheel, self._door, self._utc = wheel, doorkeeper, clock_utc
        self._on_change, self._on_rejected, self._fresh = on_change, on_rejected, fresh
        self._bindings: dict[str, list[Binding]] = {}

    def contacts(self, user: str) -> list[Binding]:
        """A user's telephones, the one registered last first."""
        return list(reversed(self._bindings.get(user, [])))

    @property
    def registered(self) -> dict[str, str]:
        return {user: found[-1].uri_text for user, found in self._bindings.items() if found}

    def who(self, request: Request, header: str = "authorization") -> tuple[Verdict, str]:
        """Whose password a request carries."""
        return self._door.check(request.get(header), request.method, self._utc())

    def challenges(self, verdict: Verdict) -> list[str]:
        return self._door.challenges(self._utc(), stale=verdict is Verdict.STALE)

    def ask(self, server: InviteServer | PlainServer, verdict: Verdict) -> None:
        """Answer 401 with our challenges."""
        challenges = self.challenges(verdict)
        extra = [("WWW-Authenticate", text) for text in challenges]
        server.answer(401, server.request.response(401, to_tag=self._fresh(), extra=extra))

    def receive(self, server: InviteServer | PlainServer) -> None:
        """Answer a REGISTER."""
        request = server.request
        verdict, user = self.who(request)
        if verdict is not Verdict.GOOD:
            if verdict is Verdict.WRONG:
                self._on_rejected("wrong_password", server.source)
            self.ask(server, verdict)
            return
        if request.to.uri.user != user:
            self._on_rejected("other_user", server.source)
            server.answer(403, request.response(403, to_tag=self._fresh()))
            return
        status = self._bind(user, request, server.source)
        extra: list[tuple[str, str]] = []
        if status == 423:
            extra = [("Min-Expires", str(EXPIRES_LEAST_S))]
        elif status == 200:
            for binding in self._bindings.get(user, []):
                left_s = max(0, round(binding.until_s - self._wheel.now_s))
                extra.append(("Contact", f"<{binding.uri_text}>;expires={left_s}"))
        server.answer(status, request.response(status, to_tag=self._fresh(), extra=extra))

    def _bind(self, user: str, request: Request, source: Address) -> int:
        entries = request.all("contact")
        default = request.get("expires").strip()
        if entries == ["*"]:
            if default != "0":
                return 400
            for binding in self._bindings.get(user, [])[:]:
                self._drop(user, binding)
            return 200
        wanted: list[tuple[NameAddress, int]] = []
        for entry in entries:
            contact = parse_name_address(entry)
            _ = contact.uri
            seconds = _seconds(contact.params.get("expires", default))
            if 0 < seconds < EXPIRES_LEAST_S:
                return 423
            wanted.append((contact, min(seconds, EXPIRES_MOST_S)))
        for contact, seconds in wanted:
            self._set(user, contact.uri_text, seconds, request, source)
        return 200

    def _set(self, user: str, uri_text: str, seconds: int, request: Request, source: Address) -> None:
        bindings = self._bindings.setdefault(user, [])
        for binding in bindings[:]:
            if binding.uri_text == uri_text:
                if binding.call_id == request.call_id and request.cseq[0] <= binding.cseq:
                    raise SipSyntaxError("old_register")
                binding.timer.cancel()
                bindings.remove(binding)
        if seconds == 0:
            if not bindings:
                self._on_change(user, False, "")
            return
        if len(bindings) >= MOST_CONTACTS:
            bindings.pop(0).timer.cancel()
        binding = Binding(
            uri_text, source, self._wheel.now_s + seconds, request.call_id, request.cseq[0],
            self._wheel.after(seconds, lambda: self._drop(user, binding)),
        )  # fmt: skip
        bindings.append(binding)
        if len(bindings) == 1:
            self._on_change(user, True, uri_text)

    def _drop(self, user: str, binding: Binding) -> None:
        bindings = self._bindings.get(user, [])
        if binding in bindings:
            binding.timer.cancel()
            bindings.remove(binding)
            if not bindings:
                self._on_change(user, False, "")


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else EXPIRES_S
