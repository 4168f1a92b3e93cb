"""A board: who calls, what for, and who decides about it. Sans-I/O.

Joins SIP, media, services and the link to the server. Sockets, processes and the
clock are the host's (drivers/telephony/host.py): bytes and controls leave by
functions that are handed in.
"""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, Protocol

from drivers.protocol import telephony as t
from drivers.telephony.board.admission import Admission
from drivers.telephony.board.dialog_file import DialogFile
from drivers.telephony.board.leg import Leg, LegPhase, Master
from drivers.telephony.board.media import Media
from drivers.telephony.board.recordings import Recordings
from drivers.telephony.board.server_leg import ServerLeg
from drivers.telephony.board.services import SERVICES, TEST_NUMBERS, AnswerAndEnd
from drivers.telephony.board.settings import BoardSettings, listen_address
from drivers.telephony.exchange import control as c
from drivers.telephony.sip.agent import UserAgent
from drivers.telephony.sip.auth import Credentials, Doorkeeper, Verdict
from drivers.telephony.sip.call import By, Call, Silence
from drivers.telephony.sip.registrar import Registrar
from drivers.telephony.sip.sdp import CODEC_NAMES, Ours
from drivers.telephony.sip.timers import Wheel
from drivers.telephony.sip.transaction import InviteServer, PlainServer, Send
from drivers.telephony.sip.trunk import Trunk, TrunkLine
from drivers.telephony.sip.uri import Address, SipUri, escape_user, parse_uri, sendable_host

REALM = "zongji"
LOW_PART = 0.9


class Log(Protocol):
    def __call__(self, event: str, *, level: str = "info", **fields: object) -> None: ...


class Board:
    """emit: an event for the server; random: 0..1; token: text nobody can guess."""

    def __init__(
        self, settings: BoardSettings, *, wheel: Wheel, send: Send, sip_address: Address, media: Media,
        recordings: Recordings, dialogs: DialogFile, emit: Callable[[t.AnyUp], None], log: Log,
        utc: Callable[[], float], token: Callable[[], str], random: Callable[[], float],
    ) -> None:  # fmt: skip
        self.settings, self.wheel, self.media, self.recordings = settings, wheel, media, recordings
        self.dialogs, self.emit, self.log, self.utc = dialogs, emit, log, utc
        self.language = settings.language
        self.codecs = tuple(
            n for name in settings.codecs for n, known in CODEC_NAMES.items() if known == name
        )
        self.boot_id = token()
        self._local = sip_address[0]
        self._near = [ip_network(text, strict=False) for text in settings.local_networks]
        self.host = settings.external_address or self._local
        self.agent = UserAgent(
            wheel=wheel, send=send, switchboard=self, sent_by=f"{self.host}:{sip_address[1]}", token=token
        )
        self.admission = Admission(settings.per_source_limit)
        door = Doorkeeper(
            REALM, token().encode(), {p.user: p.password for p in settings.phones}, settings.digest
        )
        self.registrar = Registrar(
            wheel, door, utc, self._on_phone, self.on_rejected, self.agent.fresh
        )  # fmt: skip
        self._phones = door.passwords
        self.trunks = {
            line.name: Trunk(
                TrunkLine(
                    line.name, line.host, line.user, line.password, line.register, tuple(line.match),
                    line.max_calls, line.calls_per_second, line.caller_id,
                ),
                self.agent, self._on_trunk, random,
            )
            for line in settings.trunks
        }  # fmt: skip
        self._services = dict(TEST_NUMBERS) if settings.test_numbers else {}
        self._services |= {number.number: number.service for number in settings.numbers}
        self.legs: dict[str, Leg] = {}
        self._by_call: dict[Call, Leg] = {}
        self._serial = 0
        self.away = True
        self.closing = False
        self._low = False
        self._rejected: dict[str, int] = {}

    # -------------------------------------------------------------- calls in

    def on_call(self, call: Call) -> None:
        """An INVITE: refuse it, serve it alone, or offer it to the server."""
        assert call.invite is not None
        if self._turned_away(call):
            return
        number, from_number, display = _names(call)
        found = self._caller(call)
        if found is None:
            return
        kind, trunk, user = found
        if not number:
            call.refuse(484)
            return
        service = self._services.get(number)
        leg = self._leg_in(call, kind, number, from_number, display)
        leg.trunk, leg.user = trunk, user
        if trunk is not None:
            self.trunks[trunk].calls += 1
        if service is not None and service in SERVICES:
            self.log(
                "call_offered", leg=leg.name, to=number, source=_text(call.peer), sip_call_id=call.call_id
            )
            served = SERVICES[service](self, leg)
            leg.master = served
            call.provisional(100) if not isinstance(served, AnswerAndEnd) else None
            served.begin()
            return
        if self.media.in_use + self._promised() > self.media.channels:
            self.on_rejected("no_channel", call.peer)
            call.refuse(503, [("Retry-After", "5")])
            return
        call.provisional(100)
        self.log("call_offered", leg=leg.name, to=number, source=_text(call.peer), sip_call_id=call.call_id)
        self.emit(
            t.LegOffered(
                leg=leg.name, kind=kind, to_number=number, from_number=from_number, display=display, trunk=trunk,
                user=user, sip_call_id=call.call_id, source=_text(call.peer), at_utc=self.utc(),
            )
        )  # fmt: skip
        self._watch_channels()
        if self.away and isinstance(leg.master, ServerLeg):
            leg.master.server_left(leg)

    def _turned_away(self, call: Call) -> bool:
        if self.closing:
            call.refuse(503, [("Retry-After", "5")])
            return True
        now_s = self.wheel.now_s
        if self.admission.crowded(call.peer):
            self._make_room(call.peer)
        refusal = self.admission.refusal(call.peer, now_s)
        if refusal:
            self.on_rejected(refusal, call.peer)
            call.refuse(503, [("Retry-After", "2")])
            return True
        while self.media.in_use >= self.media.channels and self._make_room(None):
            pass
        if self.media.in_use >= self.media.channels:
            number = _names(call)[0]
            if self._services.get(number) != AnswerAndEnd.name:
                self.on_rejected("no_channel", call.peer)
                call.refuse(503, [("Retry-After", "5")])
                return True
        return False

    def _make_room(self, source: Address | None) -> bool:
        """Give up the oldest call whose ACK is overdue."""
        overdue = self.admission.overdue(self.wheel.now_s, source)
        if not isinstance(overdue, Call):
            return False
        overdue.drop_unacked()
        return True

    def _promised(self) -> int:
        """Offered legs that will need a channel when they are accepted."""
        return sum(1 for leg in self.legs.values() if leg.voice is None and not leg.over) if self.legs else 0

    def _caller(self, call: Call) -> tuple[t.LegKind, str | None, str | None] | None:
        """Who calls: a trunk by its address, a telephone by its password, a guest if allowed."""
        invite = call.invite
        assert invite is not None
        for trunk in self.trunks.values():
            if trunk.matches(call.peer):
                return "trunk", trunk.line.name, None
        claimed = invite.from_.uri.user
        if claimed in self._phones:
            verdict, user = self.registrar.who(invite)
            if verdict is Verdict.GOOD and user == claimed:
                return "phone", None, user
            if verdict is Verdict.WRONG:
                self.on_rejected("wrong_password", call.peer)
            self._challenge(call, verdict)
            return None
        if self.settings.guests == "all" or (
            self.settings.guests == "loopback" and call.peer[0].startswith("127.")
        ):
            return "guest", None, None
        self.on_rejected("unknown_caller", call.peer)
        call.refuse(403)
        return None

    def _challenge(self, call: Call, verdict: Verdict) -> None:
        challenges = self.registrar.challenges(verdict)
        call.refuse(401, [("WWW-Authenticate", text) for text in challenges])

    def _leg_in(self, call: Call, kind: t.LegKind, number: str, from_number: str, display: str) -> Leg:
        self._serial += 1
        leg = Leg(self, f"{self.boot_id[:8]}-{self._serial}", kind, "in", ServerLeg(self))
        leg.call, leg.source, leg.sip_call_id = call, call.peer, call.call_id
        leg.to_number, leg.from_number, leg.display = number, from_number, display
        call.owner = leg
        self.legs[leg.name] = leg
        return leg

    # ------------------------------------------------------------- calls out

    def call_peer(self, caller: Leg, master: Master) -> Leg | None:
        """The bench peer with the caller's number; None without a channel.

        Peers that have not answered may hold a quarter of the channels, no more: a flood of calls
        to a dead peer must not close the board for others.
        """
        unheard = sum(leg.direction == "out" and leg.phase is LegPhase.CALLING for leg in self.legs.values())
        if unheard >= max(4, self.media.channels // 4):
            return None
        self._serial += 1
        leg = Leg(self, f"{self.boot_id[:8]}-{self._serial}", "trunk", "out", master)
        leg.to_number, leg.from_number = caller.to_number, caller.from_number
        self.legs[leg.name] = leg
        destination = listen_address(self.settings.bench_peer)
        uri = f"sip:{escape_user(caller.to_number)}@{self.settings.bench_peer}"
        if not self._invite(leg, uri, destination, None, caller.from_number, caller.display):
            del self.legs[leg.name]
            return None
        return leg

    def call_out(self, leg: Leg, wish: t.Call) -> str:
        """Place a server's call; why it cannot, or "" when it is on its way."""
        scheme, _, rest = wish.to.partition(":")
        if scheme == "number":
            known = [name for name in wish.trunks if name in self.trunks]
            # sorted() is stable: the server's order among the good ones, then among the doubtful.
            names = sorted(known, key=lambda name: self.trunks[name].is_doubtful)
            return self._through_trunks(leg, rest, names, wish)
        if scheme == "phone":
            contacts = self.registrar.contacts(rest)
            if not contacts:
                return "not_registered"
            leg.kind, leg.user = "phone", rest
            destination, uri = contacts[0].address, contacts[0].uri_text
        else:
            parsed = parse_uri(wish.to)
            host = sendable_host(parsed.host)
            if host is None:
                return "no_address"
            destination, uri = (host, parsed.port or 5060), wish.to
        placed = self._invite(leg, uri, destination, None, wish.caller_id, wish.display)
        return "" if placed else "no_channel"

    def _through_trunks(self, leg: Leg, number: str, names: list[str], wish: t.Call) -> str:
        while names:
            trunk = self.trunks[names.pop(0)]
            if not trunk.may_call(self.wheel.now_s):
                continue
            assert trunk.address is not None
            leg.trunk = trunk.line.name

            def next_way(cause: int, by: By) -> bool:
                if by == "us" or cause not in (34, 38, 41, 42, 44, 47, 102) or leg.trunk is None:
                    return False
                self.trunks[leg.trunk].calls -= 1
                self.log("trunk_failed", level="warning", trunk=leg.trunk, cause=cause, leg=leg.name)
                leg.trunk = None
                return self._through_trunks(leg, number, names, wish) == ""

            leg.next_way = next_way
            caller_id = wish.caller_id or trunk.line.caller_id or trunk.line.user
            host = trunk.line.host
            if self._invite(
                leg, trunk.uri(number), trunk.address, trunk.credentials, caller_id, wish.display, host
            ):
                trunk.calls += 1
                return ""
            leg.trunk = None
            return "no_channel"
        return "no_trunk"

    def _invite(
        self, leg: Leg, uri: str, destination: Address, credentials: Credentials | None, caller_id: str,
        display: str, host: str = "",
    ) -> bool:  # fmt: skip
        leg.source = destination
        description = leg.offer()
        if description is None:
            return False
        user = escape_user(caller_id or "anonymous")
        quoted = display.replace("\\", "").replace('"', "").replace("\r", "").replace("\n", "")
        # Headers are latin-1 here; a UTF-8 display name is carried through byte by byte.
        name = f'"{quoted.encode().decode("latin-1")}" ' if quoted else ""
        call = self.agent.call(
            uri, destination=destination, from_=f"{name}<sip:{user}@{host or self.agent.sent_by}>",
            sdp=description, credentials=credentials,
        )  # fmt: skip
        call.owner, leg.call, leg.sip_call_id = leg, call, call.call_id
        call.start()
        return True

    # ------------------------------------------------------------ legs' ends

    def remember(self, leg: Leg) -> None:
        """An answered call: a successor of this process would have to end it."""
        if leg.call is not None and leg.call.dialog is not None and leg.voice is not None:
            self.dialogs.began(leg.name, leg.call.dialog)

    def ended(self, leg: Leg) -> None:
        self.dialogs.ended(leg.name)
        if leg.trunk is not None:
            self.trunks[leg.trunk].calls -= 1

    def forget(self, leg: Leg) -> None:
        self.legs.pop(leg.name, None)
        self._watch_channels()

    def end_all(self, cause: int, *, keep_talking: bool = False) -> None:
        """Hang up everything, in order."""
        for leg in list(self.legs.values()):
            if not (keep_talking and leg.room is not None):
                leg.hang_up(cause)

    def media_lost(self) -> None:
        """Media died: nobody hears anything any more, so every call ends properly."""
        self.recordings.media_lost()
        self.media.forget_all()
        # Callers first: an agent's desk is opened anew only after his call is known to be lost.
        for leg in sorted(self.legs.values(), key=lambda leg: leg.kind == "desk"):
            if leg.voice is not None:  # who only rings has not heard anything yet
                leg.lost_voice()

    def send_left_byes(self, dialogs: list[Any]) -> None:
        """BYE for the dialogs of a killed board."""
        for dialog in dialogs:
            bye = dialog.request("BYE", branch=self.agent.branch(), sent_by=self.agent.sent_by)
            self.agent.request(bye, Silence())
        if dialogs:
            self.log("left_calls_ended", calls=len(dialogs))

    # --------------------------------------------------------------- server

    def server_is(self, there: bool) -> None:
        """A server has taken the board, or the last one is gone."""
        self.away = not there
        self.log("server_attached" if there else "server_lost", level="info" if there else "warning")
        for leg in list(self.legs.values()):
            if isinstance(leg.master, ServerLeg):
                (leg.master.server_came if there else leg.master.server_left)(leg)

    def snapshot(self, last_seq: int, acked: int) -> t.Snapshot:
        return t.Snapshot(
            legs=[
                leg.master.state(leg)
                for leg in self.legs.values()
                if isinstance(leg.master, ServerLeg) and not leg.over
            ],
            recordings=self.recordings.states,
            trunks={name: trunk.state or "unreachable" for name, trunk in self.trunks.items()},
            phones=self.registrar.registered,
            last_seq=last_seq, acked=acked, in_use=self.media.in_use,
        )  # fmt: skip

    # ------------------------------------------------------------ what is told

    def on_register(self, server: InviteServer | PlainServer) -> None:
        self.registrar.receive(server)

    def on_rejected(self, reason: str, source: Address) -> None:
        """Log a refusal; a flood is counted, not written line by line."""
        count = self._rejected[reason] = self._rejected.get(reason, 0) + 1
        if count <= 20 or count % 1000 == 0:
            self.log("sip_rejected", level="warning", reason=reason, source=_text(source), count=count)

    def calm(self) -> None:
        """Once a minute: the flood is over."""
        self._rejected.clear()

    def on_writer(self, report: c.AnyWriterReport) -> None:
        failed = self.recordings.written(report)
        if failed is not None:
            self.log("recording_failed", level="error", path=failed.path, reason=failed.reason)
            self.emit(t.LineAlarm(line="recorder", raised=True, reason=failed.reason))

    def _on_trunk(self, name: str, state: str, reason: str) -> None:
        self.log("trunk_changed", trunk=name, state=state, reason=reason)
        self.emit(t.TrunkChanged(trunk=name, state=state, reason=reason))  # type: ignore[arg-type]

    def _on_phone(self, user: str, registered: bool, contact: str) -> None:
        self.log("phone_changed", user=user, registered=registered)
        self.emit(t.PhoneChanged(user=user, registered=registered, contact=contact))

    def _watch_channels(self) -> None:
        low = self.media.in_use >= LOW_PART * self.media.channels
        if low and not self._low:
            self.emit(t.ChannelsLow(in_use=self.media.in_use, channels=self.media.channels))
        self._low = low

    @property
    def desk_srtp(self) -> bool:
        """Whether agents' voices travel in secret: always off loopback."""
        if self.settings.desk_srtp == "always":
            return True
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"  # another name is some other machine's

    def ours(self, port: int, towards: Address) -> Ours:
        """Our side of a description, at a local port; neighbours are told the local address."""
        self._serial += 1
        return Ours(self._host_for(towards), port, self.codecs, session=self._serial)

    def _host_for(self, towards: Address) -> str:
        literal = sendable_host(towards[0])
        if literal is None or not self.settings.external_address:
            return self.host
        address = ip_address(literal)
        near = address.is_loopback or any(address in network for network in self._near)
        return self._local if near else self.host

    def leg_phases(self) -> dict[str, LegPhase]:
        return {leg.name: leg.phase for leg in self.legs.values()}


def _names(call: Call) -> tuple[str, str, str]:
    """The number dialled, the caller's number ("" when withheld) and name."""
    invite = call.invite
    assert invite is not None
    uri = _uri(invite.uri)
    caller = invite.from_
    who = caller.uri
    withheld = who.user.lower() in ("anonymous", "") or who.host == "anonymous.invalid"
    asserted = invite.get("p-asserted-identity")
    if withheld and asserted and "privacy" not in invite.headers:
        withheld, who = False, _uri(asserted.partition("<")[2].partition(">")[0] or asserted)
    display = caller.display.encode("latin-1", "replace").decode("utf-8", "replace")
    return uri.user, "" if withheld else who.user, "" if withheld else display


def _uri(text: str) -> SipUri:
    return parse_uri(text)


def _text(address: Address) -> str:
    return f"{address[0]}:{address[1]}"
