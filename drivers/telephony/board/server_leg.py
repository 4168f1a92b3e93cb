"""A leg the server decides about: its commands, its events, and what it does while nobody is there."""

from typing import TYPE_CHECKING

from drivers.protocol import telephony as t
from drivers.telephony.board.collect import Gathering
from drivers.telephony.board.leg import Leg, LegPhase
from drivers.telephony.board.prompts import PromptMissing
from drivers.telephony.sip import cause as causes
from drivers.telephony.sip.call import By
from drivers.telephony.sip.timers import Timer

if TYPE_CHECKING:
    from drivers.telephony.board.board import Board

RINGS_ALONE_S = 8.0
WAITS_ALONE_S = 120.0
MUSIC = "sounds/music-spruce"


class ServerLeg:
    """The Master of a leg that belongs to the server."""

    def __init__(self, board: "Board") -> None:
        self.board = board
        self.op = ""
        self.kind: str = ""
        self.gathering: Gathering | None = None
        self.policy: t.SetPolicy | None = None
        self.desk: tuple[str, int, str] | None = None
        self.desk_srtp = False
        self.alone = False  # plays what the policy says
        self._timer: Timer | None = None
        self._alone_timer: Timer | None = None
        self.limit: Timer | None = None  # Call.timeout_s
        self.timed_out = False

    # ---------------------------------------------------------------- sound

    def play(self, leg: Leg, wish: t.Play) -> None:
        """A prompt that is missing ends the play at once, and says so: a flow waits for its end."""
        number, failure = self._begin(leg, wish.prompts, loop=wish.loop, gain_db=wish.gain_db)
        self.op, self.kind, self.alone = wish.op, "play", False
        if failure or not number:
            self._finish_play(leg, "failed", failure or "no_voice")
            self._when_alone(leg)

    def collect(self, leg: Leg, wish: t.Collect) -> None:
        """As `play`; without anything to play the wait for keys begins at once."""
        number, failure = self._begin(leg, wish.prompts)
        self.op, self.kind, self.alone = wish.op, "collect", False
        self.gathering = Gathering(wish, self.board.wheel.now_s)
        if failure:
            self._finish_collect(leg, "failed")
            self._when_alone(leg)
            return
        if not number:
            self.gathering.prompts_done(self.board.wheel.now_s)
        self._wait(leg)

    def _begin(
        self, leg: Leg, prompts: list[str], *, loop: bool = False, gain_db: float = 0.0
    ) -> tuple[int, str]:
        """Let these prompts replace what plays: media's number of them, and the name of a missing one."""
        number, failure = 0, ""
        try:
            if prompts:
                number = leg.play(prompts, loop=loop, gain_db=gain_db)
        except PromptMissing as missing:
            failure = missing.name
            self.board.log("prompt_missing", level="warning", leg=leg.name, detail=str(missing))
        if not number:
            leg.stop_sound()
        self._replaced(leg)
        return number, failure

    def stop(self, leg: Leg, op: str) -> None:
        if op and op == self.op:
            leg.stop_sound()
            self._replaced(leg)

    def _replaced(self, leg: Leg) -> None:
        """What was going on is over, because something else begins or the leg ends."""
        if self.kind == "play":
            self._finish_play(leg, "stopped")
        elif self.kind == "collect":
            self._finish_collect(leg, "stopped")

    def _finish_play(self, leg: Leg, reason: str, detail: str = "") -> None:
        op, self.op, self.kind = self.op, "", ""
        self.board.emit(t.PlayFinished(leg=leg.name, op=op, reason=reason, detail=detail))  # type: ignore[arg-type]

    def _finish_collect(self, leg: Leg, reason: str) -> None:
        gathering, op = self.gathering, self.op
        self.gathering, self.op, self.kind = None, "", ""
        if self._timer is not None:
            self._timer.cancel()
        if gathering is not None:
            self.board.emit(
                t.CollectFinished(
                    leg=leg.name,
                    op=op,
                    reason=reason,  # type: ignore[arg-type]
                    digits=gathering.digits,
                    terminator=gathering.terminator,
                )
            )

    def _wait(self, leg: Leg) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self.gathering is not None and self.gathering.deadline_s is not None:
            delay_s = self.gathering.deadline_s - self.board.wheel.now_s
            self._timer = self.board.wheel.after(delay_s, lambda: self._expired(leg))

    def _expired(self, leg: Leg) -> None:
        if self.gathering is not None and self.gathering.expire(self.board.wheel.now_s):
            leg.stop_sound()
            self._finish_collect(leg, "timeout")
            self._when_alone(leg)

    # ----------------------------------------------------- from the leg

    def on_progress(self, leg: Leg, state: str) -> None:
        self.board.emit(t.LegProgress(leg=leg.name, state=state))  # type: ignore[arg-type]

    def on_answered(self, leg: Leg) -> None:
        if self.limit is not None:
            self.limit.cancel()
        self.board.log("call_answered", leg=leg.name, codec=leg.codec)
        self.board.emit(t.LegAnswered(leg=leg.name, codec=leg.codec, sip_call_id=leg.sip_call_id))
        if self.board.away:
            self.server_left(leg)

    def on_key(self, leg: Leg, digit: str, source: str) -> None:
        gathering = self.gathering
        if gathering is None:
            self.board.emit(t.DigitPressed(leg=leg.name, digit=digit, source=source))  # type: ignore[arg-type]
            return
        if gathering.press(digit, self.board.wheel.now_s):
            leg.stop_sound()
        if gathering.ending is not None:
            self._finish_collect(leg, gathering.ending)
            self._when_alone(leg)
        else:
            self._wait(leg)

    def on_play_done(self, leg: Leg, number: int) -> None:
        if self.kind == "collect" and self.gathering is not None:
            self.gathering.prompts_done(self.board.wheel.now_s)
            self._wait(leg)
        elif self.kind == "play":
            self._finish_play(leg, "done")
            self._when_alone(leg)

    def on_heard(self, leg: Leg, heard: bool) -> None:
        if leg.kind == "desk":
            self.board.emit(t.DeskChanged(leg=leg.name, heard=heard))
        elif not heard and leg.phase is LegPhase.ANSWERED:
            self.board.log("leg_silent", leg=leg.name)

    def on_over(self, leg: Leg, cause: int, by: By, reason: str) -> None:
        self._replaced(leg)
        for recording in self.board.recordings.of_leg(leg.name):
            self.board.recordings.stop(recording)
        for timer in (self._timer, self._alone_timer, self.limit):
            if timer is not None:
                timer.cancel()

    def on_ended(self, leg: Leg, cause: int, by: By, reason: str, quality: t.Quality) -> None:
        if self.timed_out:
            cause = causes.NO_ANSWER
        self.board.log("call_ended", leg=leg.name, cause=cause, by=by, reason=reason)
        self.board.forget(leg)
        self.board.emit(t.LegEnded(leg=leg.name, cause=cause, by=by, reason=reason, quality=quality))

    # ------------------------------------------------------- nobody there

    def server_left(self, leg: Leg) -> None:
        """The server is away: do what the policy says."""
        if leg.direction == "in" and leg.phase in (LegPhase.OFFERED, LegPhase.RINGING):
            leg.ring()
            self._alone_timer = self.board.wheel.after(RINGS_ALONE_S, lambda: self._comfort(leg))
            return
        policy = self.policy
        if leg.phase is not LegPhase.ANSWERED or leg.kind == "desk":
            return
        if policy is None:
            if leg.room is None and not leg.playing:
                self._fill(leg, [])
        elif policy.away == "end":
            leg.hang_up(causes.TEMPORARY_FAILURE)
        elif (policy.away == "music" and leg.room is None and not leg.playing) or (
            policy.away == "moment" and not self.kind and not leg.playing
        ):
            self._fill(leg, policy.prompts)

    def server_came(self, leg: Leg) -> None:
        """The server is back: it says what is heard next; music of our own stops when it said nothing."""
        if self._alone_timer is not None:
            self._alone_timer.cancel()
            self._alone_timer = None
        if self.alone:
            self._alone_timer = self.board.wheel.after(3.0, lambda: self._unfill(leg))

    def _when_alone(self, leg: Leg) -> None:
        if self.board.away and not leg.over:
            self.server_left(leg)

    def _comfort(self, leg: Leg) -> None:
        """Rung long enough: answer and play music, at most two minutes in all."""
        if not self.board.away or leg.over:
            return
        leg.accept()
        self._alone_timer = self.board.wheel.after(WAITS_ALONE_S - RINGS_ALONE_S, lambda: self._waited(leg))

    def _waited(self, leg: Leg) -> None:
        if self.board.away:
            leg.hang_up(causes.TEMPORARY_FAILURE)

    def _fill(self, leg: Leg, prompts: list[str]) -> None:
        self.alone = True
        for names in (prompts, [MUSIC]):
            try:
                if names and leg.play(names, loop=True):
                    return
            except PromptMissing:
                continue
        leg.tone("ringback")

    def _unfill(self, leg: Leg) -> None:
        if self.alone and not self.board.away:
            self.alone = False
            leg.stop_sound()

    # ------------------------------------------------------------- snapshot

    def state(self, leg: Leg) -> t.LegState:
        names = {
            LegPhase.OFFERED: "offered", LegPhase.RINGING: "ringing", LegPhase.ACCEPTED: "ringing",
            LegPhase.CALLING: "calling", LegPhase.EARLY: "early", LegPhase.ANSWERED: "answered",
        }  # fmt: skip
        sound = None
        if self.kind == "play":
            sound = t.SoundState(op=self.op, kind="play", loop=leg.looping)
        elif self.kind == "collect" and self.gathering is not None:
            sound = t.SoundState(op=self.op, kind="collect", digits=self.gathering.digits)
        return t.LegState(
            leg=leg.name, kind=leg.kind, state=names[leg.phase], direction="in" if leg.direction == "in" else "out",  # type: ignore[arg-type]
            from_number=leg.from_number, to_number=leg.to_number, trunk=leg.trunk, user=leg.user,
            sip_call_id=leg.sip_call_id, codec=leg.codec, room=leg.room, role=leg.role, whisper_to=leg.whisper_to,
            sound=sound, desk=self.desk, desk_srtp=self.desk_srtp, away=self.policy.away if self.policy else "",
        )  # fmt: skip
