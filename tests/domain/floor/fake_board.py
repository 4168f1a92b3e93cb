"""A board without sound: keeps legs, obeys effects, says what a board would say.

Events it says are kept, numbered, until `acked`; its snapshot contains the consequences of
all of them. It refuses what a board refuses (a leg it has not) by doing nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain import effects as f
from app.domain import inputs as i


@dataclass
class FakeBoard:
    name: str = "board0"
    boot_id: str = "boot1"
    legs: dict[str, i.LegState] = field(default_factory=dict)
    recordings: dict[str, i.RecordingState] = field(default_factory=dict)
    said: list[i.BoardInput] = field(default_factory=list)  # all, in order; seq is the place + 1
    obeyed: list[Any] = field(default_factory=list)
    seen: set[Any] = field(default_factory=set)
    answers: Callable[[str], bool] = lambda to: True
    srtp: bool = False

    # ------------------------------------------------------------ the outside

    def say(self, event: i.BoardInput) -> None:
        self.said.append(event)

    def offer(self, leg: str, to: str, caller: str, kind: Any = "trunk") -> None:
        self.legs[leg] = i.LegState(
            leg=leg, kind=kind, state="offered", direction="in", from_number=caller, to_number=to
        )
        self.say(i.LegOffered(board=self.name, leg=leg, kind=kind, to_number=to, from_number=caller))

    def hang_up(self, leg: str, by: Any = "far", cause: int = 16) -> None:
        if leg not in self.legs:
            return
        for name, tape in list(self.recordings.items()):
            if tape.leg == leg:
                self._save(name)
        del self.legs[leg]
        self.say(i.LegEnded(board=self.name, leg=leg, cause=cause, by=by))

    def finish_play(self, leg: str) -> None:
        sound = self.legs[leg].sound
        if sound is not None and sound.kind == "play" and not sound.loop:
            self.legs[leg] = replace(self.legs[leg], sound=None)
            self.say(i.PlayFinished(board=self.name, leg=leg, op=sound.op, reason="done"))

    def press(self, leg: str, digits: str, reason: Any = "full") -> None:
        sound = self.legs[leg].sound
        if sound is not None and sound.kind == "collect":
            self.legs[leg] = replace(self.legs[leg], sound=None)
            self.say(i.CollectFinished(board=self.name, leg=leg, op=sound.op, reason=reason, digits=digits))
        else:
            for digit in digits:
                self.say(i.DigitPressed(board=self.name, leg=leg, digit=digit))

    def heard(self, leg: str, heard: bool = True) -> None:
        self.say(i.DeskChanged(board=self.name, leg=leg, heard=heard))

    def answer(self, leg: str) -> None:
        self.legs[leg] = replace(self.legs[leg], state="answered", codec="PCMA")
        self.say(i.LegAnswered(board=self.name, leg=leg, codec="PCMA"))

    def restart(self, boot_id: str) -> None:
        """Killed: everything is gone, and what was not acknowledged too."""
        self.legs.clear()
        self.recordings.clear()
        self.said.clear()
        self.boot_id = boot_id

    def snapshot(self) -> i.Snapshot:
        return i.Snapshot(
            legs=list(self.legs.values()),
            recordings=list(self.recordings.values()),
            last_seq=len(self.said),
        )

    # ------------------------------------------------------------- obeying

    def obey(self, effect: Any, command_id: Any = None) -> None:
        if command_id is not None:
            if command_id in self.seen:
                return
            self.seen.add(command_id)
        self.obeyed.append(effect)
        leg = self.legs.get(getattr(effect, "leg", ""))
        match effect:
            case f.Call():
                if effect.leg not in self.legs:
                    self.legs[effect.leg] = i.LegState(
                        leg=effect.leg, kind="trunk", state="calling", direction="out", to_number=effect.to
                    )
            case f.OpenDesk():
                if effect.leg not in self.legs:
                    self.legs[effect.leg] = i.LegState(
                        leg=effect.leg,
                        kind="desk",
                        state="answered",
                        direction="out",
                        user=effect.user,
                        desk=("127.0.0.1", 4000, effect.token),
                        desk_srtp=self.srtp,
                    )
                    ready = i.DeskReady(
                        board=self.name, leg=effect.leg, host="127.0.0.1", port=4000, srtp=self.srtp
                    )
                    self.say(ready)
                    self.heard(effect.leg)
            case f.PauseRecording():
                tape = self.recordings[effect.recording]
                self.recordings[effect.recording] = replace(tape, paused=effect.paused)
            case f.StopRecording():
                self._save(effect.recording)
            case _ if leg is not None:
                self._to_leg(leg, effect)

    def _to_leg(self, leg: i.LegState, effect: Any) -> None:
        name = leg.leg
        match effect:
            case f.Ring():
                self.legs[name] = replace(leg, state="ringing")
            case f.Accept():
                if leg.state in ("offered", "ringing"):
                    self.answer(name)
            case f.Refuse() | f.HangUp():
                self.hang_up(name, by="us", cause=effect.cause)
            case f.Play():
                assert leg.state == "answered", "a sound for a leg that is not answered"
                self.legs[name] = replace(
                    leg, sound=i.SoundState(op=effect.op, kind="play", loop=effect.loop)
                )
            case f.Collect():
                assert leg.state == "answered", "a sound for a leg that is not answered"
                self.legs[name] = replace(leg, sound=i.SoundState(op=effect.op, kind="collect"))
            case f.StopSound():
                if leg.sound is not None and leg.sound.op == effect.op:
                    self.legs[name] = replace(leg, sound=None)
            case f.Join():
                assert leg.state == "answered", "a room for a leg that is not answered"
                self.legs[name] = replace(
                    leg, room=effect.room, role=effect.role, whisper_to=effect.whisper_to
                )
            case f.Part():
                self.legs[name] = replace(leg, room=None, role="talk", whisper_to=None)
            case f.SetPolicy():
                self.legs[name] = replace(leg, away=effect.away)
            case f.StartRecording():
                self.recordings[effect.recording] = i.RecordingState(
                    recording=effect.recording, leg=name, file=effect.file
                )

    def _save(self, recording: str) -> None:
        tape = self.recordings.pop(recording, None)
        if tape is not None:
            self.say(
                i.RecordingSaved(
                    board=self.name,
                    recording=recording,
                    leg=tape.leg,
                    file=tape.file,
                    duration_s=1.0,
                    started_utc=0.0,
                )
            )
