"""Legs, rooms and sounds of a board that exists only in memory: what happens, never heard.

Knows what each command of the board protocol does to a leg and what the network does
to it. Knows no link, no server, no sound: a prompt is a name that lasts some seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from drivers.protocol import telephony as t
from drivers.telephony.board_link import CannotDo

HELD_WHILE_AWAY_S: Final = 120.0
FIRST_DESK_PORT: Final = 40000


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """Time, real or virtual; an asyncio event loop is one."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any) -> Timer: ...


@dataclass(slots=True)
class Sound:
    """What plays to one leg: a Play, a Collect, or what the board plays while alone (op "")."""

    op: str
    kind: Literal["play", "collect"]
    prompts: list[str]
    loop: bool = False
    collect: t.Collect | None = None
    digits: str = ""
    playing: bool = True
    timer: Timer | None = None


@dataclass(slots=True)
class Leg:
    leg: str
    kind: t.LegKind
    direction: Literal["in", "out"]
    state: Literal["offered", "ringing", "calling", "early", "answered"]
    from_number: str = ""
    to_number: str = ""
    trunk: str | None = None
    user: str | None = None
    sip_call_id: str = ""
    room: str | None = None
    role: t.Role = "talk"
    whisper_to: str | None = None
    sound: Sound | None = None
    gain_db: float = 0.0
    desk: tuple[str, int, str] | None = None
    policy: t.SetPolicy | None = None
    digits_heard: str = ""  # by the far end
    timer: Timer | None = None  # gives up calling, or holding while no server is there


@dataclass(slots=True)
class Recording:
    recording: str
    leg: str
    file: str
    started_s: float
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What the far end of a leg hears."""

    prompts: tuple[str, ...] = ()
    voices: frozenset[str] = frozenset()
    ringing: bool = False


@dataclass(slots=True)
class SimulatedExchange:
    """emit: takes every event. prompt_s: how long a prompt lasts; None: the board has none such."""

    emit: Callable[[t.AnyUp], None]
    clock: Clock
    channels: int
    prompt_s: Callable[[str], float | None]
    utc: Callable[[], float]
    legs: dict[str, Leg] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    trunks: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    ended: dict[str, t.LegEnded] = field(default_factory=dict)
    server_there: bool = False
    desks_opened: int = 0

    # ------------------------------------------------------------------ state

    def snapshot(self, last_seq: int, acked: int) -> t.Snapshot:
        return t.Snapshot(
            legs=[self._leg_state(leg) for leg in self.legs.values()],
            recordings=[
                t.RecordingState(recording=r.recording, leg=r.leg, file=r.file, paused=r.paused)
                for r in self.recordings.values()
            ],
            trunks=dict(self.trunks),
            phones=dict(self.phones),
            last_seq=last_seq,
            acked=acked,
            in_use=len(self.legs),
        )

    def _leg_state(self, leg: Leg) -> t.LegState:
        sound = None
        if leg.sound is not None and leg.sound.op:
            sound = t.SoundState(
                op=leg.sound.op, kind=leg.sound.kind, loop=leg.sound.loop, digits=leg.sound.digits
            )
        return t.LegState(
            leg=leg.leg,
            kind=leg.kind,
            state=leg.state,
            direction=leg.direction,
            from_number=leg.from_number,
            to_number=leg.to_number,
            trunk=leg.trunk,
            user=leg.user,
            sip_call_id=leg.sip_call_id,
            codec="PCMA" if leg.state == "answered" else "",
            room=leg.room,
            role=leg.role,
            whisper_to=leg.whisper_to,
            sound=sound,
            desk=leg.desk,
            away=leg.policy.away if leg.policy else "",
        )

    def heard_by(self, leg_id: str) -> Heard:
        """What the far end of this leg hears now; Heard() when it is gone."""
        leg = self.legs.get(leg_id)
        if leg is None:
            return Heard()
        if leg.state in ("offered", "ringing"):
            return Heard(ringing=leg.state == "ringing")
        sound = leg.sound
        quiet = sound is None or not sound.playing or (sound.loop and leg.room and leg.role == "talk")
        others = [o for o in self.legs.values() if leg.room and o.room == leg.room and o is not leg]
        voices = [
            o.leg for o in others if o.role == "talk" or (o.role == "whisper" and o.whisper_to == leg_id)
        ]
        return Heard(() if quiet or sound is None else tuple(sound.prompts), frozenset(voices))

    # --------------------------------------------------------------- commands

    def obey(self, command: t.AnyDown) -> None:
        """Do a command, or raise CannotDo and change nothing."""
        match command:
            case t.Ring():
                self._the(command.leg, "offered", "ringing").state = "ringing"
            case t.Accept():
                self._answered(self._the(command.leg, "offered", "ringing"))
            case t.Refuse():
                self.end(self._the(command.leg, "offered", "ringing"), command.cause, "us")
            case t.Call():
                self._call(command)
            case t.HangUp():
                self.end(self._the(command.leg), command.cause, "us")
            case t.Play():
                leg = self._the(command.leg, "answered", "early")
                self._play(leg, Sound(command.op, "play", command.prompts, loop=command.loop))
            case t.Collect():
                leg = self._the(command.leg, "answered", "early")
                self._play(leg, Sound(command.op, "collect", command.prompts, collect=command))
            case t.StopSound():
                leg = self._the(command.leg)
                if leg.sound is not None and leg.sound.op == command.op:
                    self._stop_sound(leg)
            case t.Join():
                self._join(command)
            case t.Part():
                leg = self._the(command.leg)
                leg.room, leg.role, leg.whisper_to = None, "talk", None
            case t.SetLevel():
                self._the(command.leg).gain_db = command.gain_db
            case t.StartRecording():
                self._start_recording(command)
            case t.PauseRecording():
                self._recording(command.recording).paused = command.paused
            case t.StopRecording():
                self._save(self._recording(command.recording))
            case t.SendDigits():
                self._the(command.leg, "answered", "early").digits_heard += command.digits
            case t.OpenDesk():
                self._open_desk(command)
            case t.SetPolicy():
                self._the(command.leg).policy = command

    def _the(self, leg_id: str, *states: str) -> Leg:
        leg = self.legs.get(leg_id)
        if leg is None:
            raise CannotDo(f"no leg {leg_id}")
        if states and leg.state not in states:
            raise CannotDo(f"leg {leg_id} is {leg.state}")
        return leg

    def _new(self, leg: Leg) -> Leg:
        if leg.leg in self.legs:
            raise CannotDo(f"there is a leg {leg.leg} already")
        if len(self.legs) >= self.channels:
            raise CannotDo("no channel is free")
        self.legs[leg.leg] = leg
        return leg

    def _call(self, command: t.Call) -> None:
        way, _, number = command.to.partition(":")
        if way == "phone" and number not in self.phones:
            raise CannotDo(f"phone {number} is not registered")
        if way == "number" and not command.trunks:
            raise CannotDo("no trunk is named")
        leg = self._new(
            Leg(
                command.leg,
                "phone" if way == "phone" else "trunk",
                "out",
                "calling",
                from_number=command.caller_id,
                to_number=number,
                trunk=command.trunks[0] if way == "number" else None,
                user=number if way == "phone" else None,
                sip_call_id=f"{command.leg}@simulated",
            )
        )
        leg.timer = self.clock.call_later(command.timeout_s, self._give_up, leg, 19)
        self.emit(t.LegProgress(leg=leg.leg, state="calling"))

    def _give_up(self, leg: Leg, cause: int) -> None:
        leg.timer = None
        self.end(leg, cause, "us")

    def _answered(self, leg: Leg) -> None:
        self._cancel(leg)
        leg.state = "answered"
        self.emit(t.LegAnswered(leg=leg.leg, codec="PCMA", sip_call_id=leg.sip_call_id))

    def _cancel(self, leg: Leg) -> None:
        if leg.timer is not None:
            leg.timer.cancel()
            leg.timer = None

    def _join(self, command: t.Join) -> None:
        leg = self._the(command.leg, "answered", "early")
        if command.role == "whisper" and command.whisper_to is None:
            raise CannotDo("a whisperer whispers to somebody")
        leg.room, leg.role, leg.whisper_to = command.room, command.role, command.whisper_to

    def _open_desk(self, command: t.OpenDesk) -> None:
        leg = self._new(Leg(command.leg, "desk", "out", "answered", user=command.user))
        leg.desk = ("127.0.0.1", FIRST_DESK_PORT + self.desks_opened, command.token)
        self.desks_opened += 1
        self.emit(t.DeskReady(leg=leg.leg, host=leg.desk[0], port=leg.desk[1]))

    # ------------------------------------------------------------- recordings

    def _start_recording(self, command: t.StartRecording) -> None:
        self._the(command.leg, "answered", "early")
        if command.recording in self.recordings:
            raise CannotDo(f"there is a recording {command.recording} already")
        self.recordings[command.recording] = Recording(
            command.recording, command.leg, command.file, self.clock.time()
        )

    def _recording(self, recording: str) -> Recording:
        if recording not in self.recordings:
            raise CannotDo(f"no recording {recording}")
        return self.recordings[recording]

    def _save(self, recording: Recording) -> None:
        del self.recordings[recording.recording]
        duration_s = self.clock.time() - recording.started_s
        self.emit(
            t.RecordingSaved(
                recording=recording.recording,
                leg=recording.leg,
                file=recording.file,
                duration_s=duration_s,
                started_utc=self.utc() - duration_s,
            )
        )

    # ----------------------------------------------------------------- sounds

    def _play(self, leg: Leg, sound: Sound) -> None:
        self._stop_sound(leg)
        lengths = [self.prompt_s(prompt) for prompt in sound.prompts]
        missing = [p for p, length in zip(sound.prompts, lengths, strict=True) if length is None]
        leg.sound = sound
        if missing:
            self._finish(leg, "failed", detail=missing[0])
        elif not sound.loop:
            length_s = sum(length for length in lengths if length is not None)
            sound.timer = self.clock.call_later(length_s, self._prompts_over, leg, sound)

    def _prompts_over(self, leg: Leg, sound: Sound) -> None:
        if leg.sound is not sound or not sound.playing:
            return
        sound.playing, sound.timer = False, None
        if sound.collect is None:
            self._finish(leg, "done")
        else:
            self._wait_for_digit(leg, sound.collect.first_timeout_s)

    def _wait_for_digit(self, leg: Leg, seconds: float) -> None:
        if leg.sound is not None:
            if leg.sound.timer is not None:
                leg.sound.timer.cancel()
            leg.sound.timer = self.clock.call_later(seconds, self._finish, leg, "timeout")

    def _stop_sound(self, leg: Leg) -> None:
        if leg.sound is not None:
            self._finish(leg, "stopped")

    def _finish(self, leg: Leg, reason: Any, *, terminator: str = "", detail: str = "") -> None:
        sound, leg.sound = leg.sound, None
        if sound is None:
            return
        if sound.timer is not None:
            sound.timer.cancel()
        if sound.kind == "collect":
            self.emit(
                t.CollectFinished(
                    leg=leg.leg, op=sound.op, reason=reason, digits=sound.digits, terminator=terminator
                )
            )
        elif sound.op:
            self.emit(t.PlayFinished(leg=leg.leg, op=sound.op, reason=reason, detail=detail))
        if reason == "done" and not self.server_there:
            self._go_alone(leg)

    # ------------------------------------------------------------ the far ends

    def offered(self, leg: Leg, display: str, at_utc: float) -> None:
        """A call came in over the network; CannotDo when no channel is free."""
        self._new(leg)
        self.emit(
            t.LegOffered(
                leg=leg.leg,
                kind=leg.kind,
                to_number=leg.to_number,
                from_number=leg.from_number,
                display=display,
                trunk=leg.trunk,
                user=leg.user,
                sip_call_id=leg.sip_call_id,
                source="127.0.0.1:5060",
                at_utc=at_utc,
            )
        )
        if not self.server_there:
            self._go_alone(leg)

    def far_rings(self, leg: Leg, early_media: bool) -> None:
        leg.state = "early" if early_media else leg.state
        self.emit(t.LegProgress(leg=leg.leg, state="early_media" if early_media else "ringing"))

    def far_answers(self, leg: Leg) -> None:
        self._answered(leg)

    def pressed(self, leg: Leg, digit: str, source: Literal["rfc4733", "inband", "info"]) -> None:
        """One key of the far end."""
        sound = leg.sound
        if sound is None or sound.collect is None:
            self.emit(t.DigitPressed(leg=leg.leg, digit=digit, source=source))
            return
        collect = sound.collect
        if sound.playing and not collect.barge_in:
            return
        sound.playing = False
        if digit in collect.terminators:
            self._finish(leg, "terminator", terminator=digit)
            return
        sound.digits += digit
        if len(sound.digits) >= collect.max_digits:
            self._finish(leg, "full")
        else:
            self._wait_for_digit(leg, collect.next_timeout_s)

    def end(self, leg: Leg, cause: int, by: Literal["far", "us", "lost"]) -> None:
        """The leg is gone, whoever ended it."""
        self._cancel(leg)
        there, self.server_there = self.server_there, True  # an ending leg plays nothing more
        self._stop_sound(leg)
        self.server_there = there
        del self.legs[leg.leg]
        self.ended[leg.leg] = t.LegEnded(leg=leg.leg, cause=cause, by=by)
        self.emit(self.ended[leg.leg])
        for recording in [r for r in self.recordings.values() if r.leg == leg.leg]:
            self._save(recording)

    # -------------------------------------------------- with and without server

    def server_is(self, there: bool) -> None:
        """A server took the board, or the last one is gone: each leg follows its policy."""
        if there == self.server_there:
            return
        self.server_there = there
        for leg in list(self.legs.values()):
            if not there:
                self._go_alone(leg)
                continue
            if leg.direction == "in" and leg.state in ("offered", "ringing"):
                self._cancel(leg)
            if leg.sound is not None and not leg.sound.op:
                leg.sound = None

    def _go_alone(self, leg: Leg) -> None:
        if leg.direction == "in" and leg.state in ("offered", "ringing"):
            leg.state = "ringing"
            leg.timer = self.clock.call_later(HELD_WHILE_AWAY_S, self._give_up, leg, 41)
            return
        policy = leg.policy
        if policy is None or policy.away == "talk":
            return
        if policy.away == "end":
            self.end(leg, 41, "us")
        elif leg.sound is None or (policy.away == "music" and not leg.sound.loop):
            self._stop_sound(leg)
            leg.sound = Sound("", "play", policy.prompts, loop=True)
