"""Numbers the board serves alone, server or not: echo, prompt, bridge, conference, keys.

Each service is the Master of its caller's leg, and tells the server once, when all
is over (`ServiceEnded`).
"""

from typing import TYPE_CHECKING

from drivers.protocol.telephony import Quality, ServiceEnded
from drivers.telephony.board.leg import Leg, LegPhase
from drivers.telephony.board.prompts import PromptMissing
from drivers.telephony.sip import cause as causes
from drivers.telephony.sip.call import By
from drivers.telephony.sip.timers import Timer

if TYPE_CHECKING:
    from drivers.telephony.board.board import Board

KEYS_WAIT_S = 3.0
KEYS_MOST = 64
RECORDING_WAIT_S = 3.0

TEST_NUMBERS = {
    "9100": "answer", "9101": "answer_and_end", "9102": "prompt", "9103": "echo", "9110": "bridge",
    "9111": "bridge_recorded", "9130": "conference", "9150": "keys",
}  # fmt: skip


class Service:
    """Answers and waits for the caller to hang up (9100); the others differ from it."""

    name = "answer"

    def __init__(self, board: "Board", leg: Leg) -> None:
        self.board, self.leg = board, leg
        self.started_utc = board.utc()
        self.answered_utc: float | None = None
        self.digits = ""
        self.recording: str | None = None
        self.recording_s = 0.0
        self.ended_utc = 0.0
        self._ended: tuple[int, By, Quality] | None = None
        self._recording_due = False

    def begin(self) -> None:
        self.leg.accept()

    def up(self) -> None:
        """The caller is connected."""

    def key(self, digit: str) -> None:
        """A key was pressed; every one stands in the call's record."""

    def played(self) -> None:
        """What played is over."""

    def over(self) -> None:
        """The caller is gone; let go of what was used for him."""

    # --------------------------------------------------------------- Master

    def on_progress(self, leg: Leg, state: str) -> None: ...

    def on_answered(self, leg: Leg) -> None:
        self.answered_utc = self.board.utc()
        self.board.log("call_answered", leg=leg.name, codec=leg.codec)
        self.up()

    def on_key(self, leg: Leg, digit: str, source: str) -> None:
        if len(self.digits) < KEYS_MOST:
            self.digits += digit
        self.key(digit)

    def on_play_done(self, leg: Leg, number: int) -> None:
        self.played()

    def on_heard(self, leg: Leg, heard: bool) -> None: ...

    def on_over(self, leg: Leg, cause: int, by: By, reason: str) -> None:
        self.ended_utc = self.board.utc()
        for recording in self.board.recordings.of_leg(leg.name):
            self.board.recordings.stop(recording)
        self.over()

    def on_ended(self, leg: Leg, cause: int, by: By, reason: str, quality: Quality) -> None:
        self._ended = (cause, by, quality)
        if self._recording_due:
            self.board.wheel.after(RECORDING_WAIT_S, self._tell)
        else:
            self._tell()

    def record(self) -> None:
        """Record the caller's leg in a file of its own."""
        if self.leg.voice is None:
            return
        file = f"services/{self.leg.name}.wav"
        self._recording_due = True
        self.board.recordings.start("", self.leg.name, self.leg.voice, file, self._saved)

    def _saved(self, file: str, duration_s: float, started_utc: float) -> None:
        self._recording_due = False
        self.recording, self.recording_s = file, duration_s
        if self._ended is not None:
            self._tell()

    def _tell(self) -> None:
        if self._ended is None:
            return
        (cause, by, quality), self._ended = self._ended, None
        leg = self.leg
        self.board.log("call_ended", leg=leg.name, service=self.name, cause=cause, by=by)
        self.board.forget(leg)
        self.board.emit(
            ServiceEnded(
                leg=leg.name, service=self.name, to_number=leg.to_number, from_number=leg.from_number,
                kind=leg.kind, trunk=leg.trunk, sip_call_id=leg.sip_call_id, codec=leg.codec,
                started_utc=self.started_utc, answered_utc=self.answered_utc, ended_utc=self.ended_utc,
                ended_by=by, cause=cause, digits=self.digits, recording=self.recording,
                recording_s=self.recording_s, quality=quality,
            )
        )  # fmt: skip


class AnswerAndEnd(Service):
    name = "answer_and_end"

    def begin(self) -> None:
        self.leg.accept_deaf()

    def up(self) -> None:
        self.leg.hang_up()


class Prompt(Service):
    """A prompt in a loop; the ringback tone where no prompt is installed."""

    name = "prompt"

    def up(self) -> None:
        for name in (f"{self.board.language}/welcome", "en/welcome", "welcome"):
            try:
                self.leg.play([name], loop=True)
                return
            except PromptMissing:
                continue
        self.leg.tone("ringback")


class Echo(Service):
    name = "echo"

    def up(self) -> None:
        self.leg.join(f"echo {self.leg.name}", echo=True)


class Conference(Service):
    """All who call the same number are in one room."""

    name = "conference"

    def up(self) -> None:
        self.leg.join(f"conference {self.leg.to_number}")


class Keys(Service):
    """Keys until # or 3 s of nothing, spoken back; then the end."""

    name = "keys"

    def __init__(self, board: "Board", leg: Leg) -> None:
        super().__init__(board, leg)
        self._timer: Timer | None = None
        self._speaking = False

    def up(self) -> None:
        try:
            self.leg.play([f"{self.board.language}/enter-digits"])
        except PromptMissing:
            self.leg.tone("beep")
        self._wait()

    def played(self) -> None:
        if self._speaking:
            self.leg.hang_up()
        else:
            self._wait()

    def key(self, digit: str) -> None:
        if self._speaking:
            return
        if self.leg.playing:
            self.leg.stop_sound()
        if digit == "#":
            self.digits = self.digits[:-1]
            self._speak()
        else:
            self._wait()

    def over(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self) -> None:
        self.over()
        self._timer = self.board.wheel.after(KEYS_WAIT_S, self._speak)

    def _speak(self) -> None:
        self.over()
        if self._speaking or self.leg.over:
            return
        self._speaking = True
        prompts = [f"{self.board.language}/digits/{digit}" for digit in self.digits if digit.isdigit()]
        try:
            if prompts:
                self.leg.play(prompts)
                return
        except PromptMissing as missing:
            self.board.log("prompt_missing", level="warning", detail=str(missing))
        self.leg.hang_up()


class Bridge(Service):
    """Calls the bench peer with the same user part and joins both; a failure there is a failure here."""

    name = "bridge"
    recorded = False

    def __init__(self, board: "Board", leg: Leg) -> None:
        super().__init__(board, leg)
        self._peer: Leg | None = None

    def begin(self) -> None:
        self._peer = self.board.call_peer(self.leg, PeerSide(self))
        if self._peer is None:
            self.leg.hang_up(causes.NO_CIRCUIT)

    def up(self) -> None:
        if self._peer is None or self._peer.over:
            self.leg.hang_up()
            return
        self._join()
        if self.recorded:
            self.record()

    def over(self) -> None:
        if self._peer is not None and not self._peer.over:
            self._peer.hang_up()

    def _join(self) -> None:
        assert self._peer is not None
        room = f"bridge {self.leg.name}"
        self.leg.join(room)
        self._peer.join(room)

    def peer_progress(self, state: str) -> None:
        """His early sound is heard by the caller; his ringing is told."""
        if state == "ringing":
            self.leg.ring()
        elif self.leg.phase is not LegPhase.EARLY and self.leg.early():
            self._join()

    def peer_answered(self) -> None:
        self.leg.accept()

    def peer_over(self, cause: int) -> None:
        self._peer = None
        if not self.leg.over:
            self.leg.hang_up(cause)


class RecordedBridge(Bridge):
    name = "bridge_recorded"
    recorded = True


class PeerSide:
    """The Master of the leg a Bridge has called."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def on_progress(self, leg: Leg, state: str) -> None:
        self._bridge.peer_progress(state)

    def on_answered(self, leg: Leg) -> None:
        self._bridge.peer_answered()

    def on_key(self, leg: Leg, digit: str, source: str) -> None: ...

    def on_play_done(self, leg: Leg, number: int) -> None: ...

    def on_heard(self, leg: Leg, heard: bool) -> None: ...

    def on_over(self, leg: Leg, cause: int, by: By, reason: str) -> None:
        self._bridge.peer_over(cause)

    def on_ended(self, leg: Leg, cause: int, by: By, reason: str, quality: Quality) -> None:
        leg.board.forget(leg)


SERVICES: dict[str, type[Service]] = {
    service.name: service
    for service in (Service, AnswerAndEnd, Prompt, Echo, Conference, Keys, Bridge, RecordedBridge)
}
