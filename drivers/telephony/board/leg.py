"""A leg: one channel of a board from offer to end, in either direction, with what it hears.

Mechanism only: SIP call and voice joined. What it is for is its `Master`'s matter:
the server's (server_leg.py) or one of the services (services.py).
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from drivers.protocol.telephony import LegKind, Quality, Role
from drivers.telephony.board.media import NoChannel, Voice
from drivers.telephony.board.ports import NoPort
from drivers.telephony.sip import cause as causes
from drivers.telephony.sip import sdp
from drivers.telephony.sip.call import By, Call
from drivers.telephony.sip.uri import Address

if TYPE_CHECKING:
    from drivers.telephony.board.board import Board


class LegPhase(Enum):
    OFFERED = auto()
    RINGING = auto()
    ACCEPTED = auto()  # 200 sent, no ACK yet
    CALLING = auto()
    EARLY = auto()
    ANSWERED = auto()
    ENDED = auto()


class Master(Protocol):
    """Who decides about a leg."""

    def on_progress(self, leg: "Leg", state: str) -> None:
        """Outgoing: "ringing" or "early_media"."""

    def on_answered(self, leg: "Leg") -> None: ...

    def on_key(self, leg: "Leg", digit: str, source: str) -> None: ...

    def on_play_done(self, leg: "Leg", number: int) -> None: ...

    def on_heard(self, leg: "Leg", heard: bool) -> None: ...

    def on_over(self, leg: "Leg", cause: int, by: By, reason: str) -> None:
        """The call is over; its channel is being closed."""

    def on_ended(self, leg: "Leg", cause: int, by: By, reason: str, quality: Quality) -> None:
        """The last word, once the line's figures are known."""


class Leg:
    def __init__(self, board: "Board", name: str, kind: LegKind, direction: str, master: Master) -> None:
        self.board, self.name, self.kind, self.direction, self.master = board, name, kind, direction, master
        self.phase = LegPhase.OFFERED if direction == "in" else LegPhase.CALLING
        self.call: Call | None = None
        self.voice: Voice | None = None
        self.from_number = self.to_number = self.display = self.sip_call_id = self.codec = ""
        self.trunk: str | None = None
        self.user: str | None = None
        self.source: Address = ("", 0)
        self.room: str | None = None
        self.role: Role = "talk"
        self.whisper_to: str | None = None
        self._room_number = 0
        self._ours: sdp.Ours | None = None
        self.playing = 0  # media's number of what plays; 0: nothing
        self.looping = False
        self.lost = False  # media died under it
        self.next_way: Callable[[int, By], bool] | None = None  # another trunk to try, when one failed

    @property
    def over(self) -> bool:
        return self.phase is LegPhase.ENDED

    # ------------------------------------------------------------- incoming

    def ring(self) -> None:
        if self.phase is LegPhase.OFFERED and self.call is not None:
            self.phase = LegPhase.RINGING
            self.call.provisional(180)

    def early(self) -> bool:
        """183 with sound before the answer; False when there is no channel or no common codec."""
        if (
            self.phase not in (LegPhase.OFFERED, LegPhase.RINGING)
            or self.call is None
            or self.call.theirs is None
        ):
            return False
        description = self._describe()
        if description is None:
            return False
        self.phase = LegPhase.EARLY
        self.call.provisional(183, description)
        return True

    def accept(self) -> None:
        """200 OK; without a channel or a common codec the call is refused."""
        if self.phase not in (LegPhase.OFFERED, LegPhase.RINGING, LegPhase.EARLY) or self.call is None:
            return
        description = self._describe()
        if description is None:
            return
        self.phase = LegPhase.ACCEPTED
        self.board.admission.answered(self.call, self.source, self.board.wheel.now_s)
        self.call.answer(description)

    def accept_deaf(self) -> None:
        """200 OK without a channel, for a call that ends at once (9101)."""
        if self.call is None:
            return
        ours = self.board.ours(self.board.media.ports.any_port(), self.source)
        if self.call.theirs is None:
            description = sdp.offer(ours)
        else:
            agreed = sdp.agree(self.call.theirs, ours.codecs)
            if agreed is None:
                self.call.refuse(488)
                return
            self.codec = agreed.codec
            description = sdp.answer(self.call.theirs, agreed, ours)
        self.phase = LegPhase.ACCEPTED
        self.board.admission.answered(self.call, self.source, self.board.wheel.now_s)
        self.call.answer(description)

    def _describe(self) -> bytes | None:
        """Our answer (or offer, when the INVITE has none), with a channel behind it."""
        assert self.call is not None
        theirs = self.call.theirs
        agreed = None
        if theirs is not None:
            agreed = sdp.agree(theirs, self.board.codecs)
            if agreed is None:
                self.call.refuse(488)
                return None
        if self.voice is None and not self._open(theirs):
            self.call.refuse(503, [("Retry-After", "5")])
            return None
        assert self.voice is not None
        self._ours = self._ours or self.board.ours(self.voice.port, self.source)
        if theirs is None or agreed is None:
            return sdp.offer(self._ours)
        self.codec = agreed.codec
        self.voice.connect(agreed)
        return sdp.answer(theirs, agreed, self._ours)

    def _open(self, theirs: sdp.Audio | None) -> bool:
        remote: Address | None = None
        # Behind a NAT the sound comes from elsewhere than it says: such a leg shares no socket.
        if theirs is not None and theirs.host is not None and theirs.host == self.source[0]:
            remote = (theirs.host, theirs.port)
        try:
            self.voice = self.board.media.voice(self, remote)
        except (NoChannel, NoPort):
            return False
        return True

    def on_confirmed(self, theirs: sdp.Audio | None) -> None:
        assert self.call is not None
        self.board.admission.settled(self.call)
        if theirs is not None and self.voice is not None:
            agreed = sdp.agree(theirs, self.board.codecs)
            if agreed is None or not self.voice.connect(agreed):
                self.hang_up(causes.INCOMPATIBLE)
                return
            self.codec = agreed.codec
        self.phase = LegPhase.ANSWERED
        self.board.remember(self)
        self.master.on_answered(self)

    # ------------------------------------------------------------- outgoing

    def offer(self) -> bytes | None:
        """Our description for an INVITE; None without a free channel."""
        if self.voice is None and not self._open(None):
            return None
        assert self.voice is not None
        self._ours = self._ours or self.board.ours(self.voice.port, self.source)
        return sdp.offer(self._ours)

    def on_progress(self, status: int, theirs: sdp.Audio | None) -> None:
        if theirs is not None and self.voice is not None:
            agreed = sdp.agree(theirs, self.board.codecs)
            if agreed is not None and self.voice.connect(agreed):
                self.codec = agreed.codec
                if self.phase is LegPhase.CALLING:
                    self.phase = LegPhase.EARLY
                    self.master.on_progress(self, "early_media")
                return
        if status in (180, 181, 182, 183):
            self.master.on_progress(self, "ringing")

    def on_answered(self, theirs: sdp.Audio | None) -> None:
        agreed = sdp.agree(theirs, self.board.codecs) if theirs is not None else None
        if agreed is None or self.voice is None or not self.voice.connect(agreed):
            self.hang_up(causes.INCOMPATIBLE)
            return
        self.codec = agreed.codec
        self.phase = LegPhase.ANSWERED
        self.board.remember(self)
        self.master.on_answered(self)

    # ----------------------------------------------------------------- both

    def hang_up(self, cause: int = causes.NORMAL) -> None:
        if self.call is not None:
            self.call.hang_up(cause)
        else:
            self.on_ended(cause, "us", "")

    def on_offer(self, theirs: sdp.Audio | None) -> bytes | None:
        """A re-INVITE: hold, resume, another address."""
        if self._ours is None:
            return None
        self._ours = sdp.newer(self._ours)
        if theirs is None:
            return sdp.offer(self._ours)
        agreed = sdp.agree(theirs, self.board.codecs)
        if agreed is None or self.voice is None or not self.voice.connect(agreed):
            return None
        self.codec = agreed.codec
        return sdp.answer(theirs, agreed, self._ours)

    def on_digit(self, digit: str) -> None:
        self.master.on_key(self, digit, "info")

    def on_ended(self, cause: int, by: By, reason: str) -> None:
        if self.phase is LegPhase.ENDED:
            return
        if self.phase is LegPhase.CALLING and self.next_way is not None and self.next_way(cause, by):
            return
        self.phase = LegPhase.ENDED
        if self.lost:
            by, reason = "lost", "media_lost"
        if self.call is not None:
            self.board.admission.settled(self.call)
        self.board.ended(self)
        self.master.on_over(self, cause, by, reason)
        if self.room is not None:
            self.board.media.leave_room(self.room)
            self.room = None
        voice, self.voice = self.voice, None
        if voice is None:
            self.master.on_ended(self, cause, by, reason, Quality())
        else:
            voice.close(lambda quality: self.master.on_ended(self, cause, by, reason, quality))

    def lost_voice(self) -> None:
        """Media died under us: end the call, with the voice given up already."""
        self.lost = True
        self.voice = None
        self.room = None
        self.hang_up(causes.TEMPORARY_FAILURE)

    # ---------------------------------------------------------------- sound

    def play(self, prompts: list[str], *, loop: bool = False, gain_db: float = 0.0) -> int:
        """Replace what plays. Raises PromptMissing; 0 when there is no voice."""
        if self.voice is None:
            return 0
        self.playing = self.voice.play(prompts, loop=loop, gain_db=gain_db)
        self.looping = loop
        return self.playing

    def tone(self, tone: str) -> int:
        if self.voice is None:
            return 0
        self.playing, self.looping = self.voice.tone(tone), True
        return self.playing

    def stop_sound(self) -> None:
        if self.playing and self.voice is not None:
            self.voice.stop(self.playing)
        self.playing, self.looping = 0, False

    def join(
        self, room: str, role: Role = "talk", whisper_to: "Leg | None" = None, *, echo: bool = False
    ) -> None:
        """Enter a room, or take another role in it."""
        if self.voice is None:
            return
        media = self.board.media
        if room != self.room:
            number = media.enter_room(room)
            if self.room is not None:
                media.leave_room(self.room)
            self.room = room
            self._room_number = number
        self.role = role
        self.whisper_to = whisper_to.name if whisper_to is not None else None
        target = whisper_to.voice.ch if whisper_to is not None and whisper_to.voice is not None else -1
        self.voice.room(
            self._room_number, talk=role in ("talk", "whisper"), listen=True,
            whisper_to=target if role == "whisper" else -1, echo=echo,
        )  # fmt: skip

    def part(self) -> None:
        if self.room is not None and self.voice is not None:
            self.board.media.leave_room(self.room)
            self.room, self.role, self.whisper_to = None, "talk", None
            self.voice.room(0)

    # ----------------------------------------------------------- from media

    def on_key(self, digit: str, source: str) -> None:
        if self.phase is not LegPhase.ENDED:
            self.master.on_key(self, digit, source)

    def on_play_done(self, number: int) -> None:
        if number == self.playing:
            self.playing = 0
            self.master.on_play_done(self, number)

    def on_heard(self, heard: bool) -> None:
        self.master.on_heard(self, heard)
