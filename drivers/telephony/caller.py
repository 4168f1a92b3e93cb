"""A telephone in software that calls out: SIP over UDP, sound by `SoftPhone`. Many calls at once.

For the demo's simulated customers, tests and benches. Knows how to dial, press keys, speak
and hang up; not whom to call or why. Belongs to one event loop.
"""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.telephony.sip import cause as causes
from drivers.telephony.sip.agent import UserAgent
from drivers.telephony.sip.call import By, Call
from drivers.telephony.sip.sdp import Audio, Ours, agree, answer, newer, offer
from drivers.telephony.sip.timers import Wheel
from drivers.telephony.sip.transaction import InviteServer, PlainServer
from drivers.telephony.sip.transport import UdpTransport
from drivers.telephony.sip.uri import Address
from drivers.telephony.sound.softphone_rtp import SoftPhone

FAREWELL_S: Final = 0.5  # for the answers of the last BYEs


@dataclass(frozen=True, slots=True)
class Ending:
    """cause: Q.850; reason: "" or why it never came to a call ("sip_486", "peer_unheard" …)."""

    cause: int
    by: By
    reason: str


class PhoneCall:
    """One outgoing call. `sound` speaks, presses keys and keeps what it hears."""

    def __init__(self, call: Call, sound: SoftPhone, ours: Ours) -> None:
        loop = asyncio.get_running_loop()
        self.sound = sound
        self.ringing = asyncio.Event()
        self.ended: asyncio.Future[Ending] = loop.create_future()
        self._up: asyncio.Future[bool] = loop.create_future()
        self._call = call
        self._ours = ours
        call.owner = self

    @property
    def sip_call_id(self) -> str:
        return self._call.call_id

    async def answered(self) -> bool:
        """Wait for the answer; False when the call ended without one."""
        return await asyncio.shield(self._up)

    def press(self, digits: str) -> None:
        """Keys as RFC 4733 events, or as tones where the far end knows none."""
        self.sound.press(digits)

    def say(self, wav: Path, *, loop: bool = True) -> None:
        self.sound.say(wav, loop=loop)

    def hang_up(self) -> None:
        """CANCEL or BYE; nothing when it is over already."""
        self._call.hang_up(causes.NORMAL)

    # -------------------------------------------------- what the call tells

    def on_progress(self, status: int, theirs: Audio | None) -> None:
        self.ringing.set()
        if theirs is not None:
            self._connect(theirs)

    def on_answered(self, theirs: Audio | None) -> None:
        if theirs is None or not self._connect(theirs):
            self.hang_up()
        elif not self._up.done():
            self._up.set_result(True)

    def on_confirmed(self, theirs: Audio | None) -> None:
        """Only calls that come in are confirmed."""

    def on_offer(self, theirs: Audio | None) -> bytes | None:
        self._ours = newer(self._ours)
        if theirs is None:
            return offer(self._ours)
        agreed = agree(theirs, self._ours.codecs)
        if agreed is None:
            return None
        self._connect(theirs)
        return answer(theirs, agreed, self._ours)

    def on_digit(self, digit: str) -> None:
        """Keys by INFO are of no interest to a caller."""

    def on_ended(self, cause: int, by: By, reason: str) -> None:
        self.sound.close()
        if not self._up.done():
            self._up.set_result(False)
        if not self.ended.done():
            self.ended.set_result(Ending(cause, by, reason))

    def _connect(self, theirs: Audio) -> bool:
        agreed = agree(theirs, self._ours.codecs)
        if agreed is None:
            return False
        if agreed.host is not None:
            self.sound.connect(agreed.host, agreed.port, agreed.payload, agreed.event)
        return True


class CallingPhone:
    """One SIP socket that makes any number of calls to one address.

    server: where INVITEs go, (IPv4 host, port). Make it with `await CallingPhone.open(server)`.
    """

    def __init__(self, server: Address, host: str) -> None:
        loop = asyncio.get_running_loop()
        self._server = server
        self._loop = loop
        self._wheel = Wheel(loop.time())
        self._wheel.on_sooner = self._wind
        self._winding: asyncio.TimerHandle | None = None
        self._transport = UdpTransport((host, 0), self._receive, self._fault)
        host, port = self._transport.address
        self._host = host
        self._agent = UserAgent(
            wheel=self._wheel,
            send=self._transport.send,
            switchboard=self,
            sent_by=f"{host}:{port}",
            token=lambda: f"{random.getrandbits(48):012x}",
            name="Zongji caller",
        )
        self._calls: set[PhoneCall] = set()

    @classmethod
    async def open(cls, server: Address, host: str = "127.0.0.1") -> "CallingPhone":
        """Bind at `host`, a port of the system's choice."""
        phone = cls(server, host)
        phone._transport.start(phone._loop)
        return phone

    async def call(self, to_number: str, from_number: str, display: str = "") -> PhoneCall:
        """Dial; returns at once. `answered` and `ended` of the call tell the rest."""
        host, port = self._server
        sound = await SoftPhone.open(self._host)
        ours = Ours(self._host, sound.address[1])
        name = f'"{display}" ' if display else ""
        self._advance()
        call = self._agent.call(
            f"sip:{to_number}@{host}:{port}",
            destination=self._server,
            from_=f"{name}<sip:{from_number}@{self._host}>",
            sdp=offer(ours),
        )
        made = PhoneCall(call, sound, ours)
        self._calls.add(made)
        made.ended.add_done_callback(lambda _ended: self._calls.discard(made))
        call.start()
        return made

    async def close(self) -> None:
        """Hang up everything, wait a moment for the answers, close the socket."""
        waiting = [call.ended for call in self._calls]
        for call in list(self._calls):
            call.hang_up()
        if waiting:
            await asyncio.wait(waiting, timeout=FAREWELL_S)
            await asyncio.sleep(FAREWELL_S / 5)
        if self._winding is not None:
            self._winding.cancel()
        self._wheel.on_sooner = None
        self._transport.close()

    # ------------------------------------------------- what the agent asks

    def on_call(self, call: Call) -> None:
        """Nobody calls a caller."""
        call.refuse(403)

    def on_register(self, server: InviteServer | PlainServer) -> None:
        server.answer(405, server.request.response(405))

    def on_rejected(self, reason: str, source: Address) -> None:
        """Strangers' datagrams are of no interest."""

    # ------------------------------------------------------- time and bytes

    def _receive(self, data: bytes, source: Address) -> None:
        self._advance()
        self._agent.layer.receive(data, source)

    def _fault(self, where: str, error: BaseException) -> None:
        self._loop.call_exception_handler({"message": where, "exception": error})

    def _advance(self) -> None:
        self._wheel.advance(self._loop.time())

    def _wind(self) -> None:
        """Wake when the wheel has something to do."""
        if self._winding is not None:
            self._winding.cancel()
            self._winding = None
        due_s = self._wheel.next_s()
        if due_s is not None:
            self._winding = self._loop.call_at(due_s, self._due)

    def _due(self) -> None:
        self._winding = None
        self._advance()
        self._wind()
