"""The server's commands, each done to a leg: what is allowed when, and why not."""

from collections.abc import Callable
from typing import Any

from drivers.protocol import telephony as t
from drivers.telephony.board.board import Board
from drivers.telephony.board.leg import Leg, LegPhase
from drivers.telephony.board.media import NoChannel
from drivers.telephony.board.ports import NoPort
from drivers.telephony.board.recordings import BadFileName
from drivers.telephony.board.server_leg import ServerLeg
from drivers.telephony.board_link import CannotDo
from drivers.telephony.sip import cause as causes
from drivers.telephony.sip.sdp import PCMA, Agreed
from drivers.telephony.sip.uri import SipSyntaxError
from drivers.telephony.sound.rtp import TOKEN_BYTES

WAITING = (LegPhase.OFFERED, LegPhase.RINGING, LegPhase.EARLY)
HEARING = (LegPhase.ANSWERED, LegPhase.EARLY, LegPhase.ACCEPTED)


class Obedience:
    """Does commands on one board, or raises CannotDo and changes nothing."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._acts: dict[type[Any], Callable[[Any], None]] = {
            t.Ring: self._ring, t.Accept: self._accept, t.Refuse: self._refuse, t.Call: self._call,
            t.HangUp: self._hang_up, t.Play: self._play, t.Collect: self._collect, t.StopSound: self._stop_sound,
            t.Join: self._join, t.Part: self._part, t.SetLevel: self._set_level,
            t.StartRecording: self._start_recording, t.PauseRecording: self._pause_recording,
            t.StopRecording: self._stop_recording, t.SendDigits: self._send_digits, t.OpenDesk: self._open_desk,
            t.SetPolicy: self._set_policy,
        }  # fmt: skip

    def __call__(self, command: t.AnyDown) -> None:
        try:
            self._acts[type(command)](command)
        except (NoChannel, NoPort) as none:
            raise CannotDo("no channel") from none

    def _leg(self, name: str, *phases: LegPhase) -> tuple[Leg, ServerLeg]:
        leg = self._board.legs.get(name)
        if leg is None or leg.over or not isinstance(leg.master, ServerLeg):
            raise CannotDo(f"no such leg: {name}")
        if phases and leg.phase not in phases:
            raise CannotDo(f"{name} is {leg.phase.name.lower()}")
        return leg, leg.master

    def _ring(self, command: t.Ring) -> None:
        self._leg(command.leg)[0].ring()

    def _accept(self, command: t.Accept) -> None:
        leg, _ = self._leg(command.leg)
        if leg.phase in WAITING:
            leg.accept()  # one accepted while the server was away is answered already

    def _refuse(self, command: t.Refuse) -> None:
        self._leg(command.leg, *WAITING)[0].hang_up(command.cause)

    def _call(self, command: t.Call) -> None:
        board = self._board
        if command.leg in board.legs:
            raise CannotDo(f"there is a leg {command.leg}")
        master = ServerLeg(board)
        leg = Leg(board, command.leg, "trunk", "out", master)
        leg.to_number, leg.from_number = command.to.partition(":")[2], command.caller_id
        board.legs[leg.name] = leg
        try:
            refusal = board.call_out(leg, command)
        except SipSyntaxError as error:
            refusal = str(error)
        if refusal:
            board.legs.pop(leg.name, None)
            if leg.voice is not None:
                leg.voice.close(lambda _quality: None)
            raise CannotDo(refusal)
        board.log(
            "call_offered", leg=leg.name, to=leg.to_number, direction="out", sip_call_id=leg.sip_call_id
        )
        board.emit(t.LegProgress(leg=leg.name, state="calling"))
        master.limit = board.wheel.after(command.timeout_s, lambda: self._unanswered(leg, master))

    def _unanswered(self, leg: Leg, master: ServerLeg) -> None:
        if leg.phase in (LegPhase.CALLING, LegPhase.EARLY):
            master.timed_out = True
            leg.hang_up(causes.NO_ANSWER)

    def _hang_up(self, command: t.HangUp) -> None:
        self._leg(command.leg)[0].hang_up(command.cause)

    def _play(self, command: t.Play) -> None:
        leg, master = self._leg(command.leg, *HEARING)
        master.play(leg, command)

    def _collect(self, command: t.Collect) -> None:
        leg, master = self._leg(command.leg, *HEARING)
        master.collect(leg, command)

    def _stop_sound(self, command: t.StopSound) -> None:
        leg, master = self._leg(command.leg)
        master.stop(leg, command.op)

    def _join(self, command: t.Join) -> None:
        leg, _ = self._leg(command.leg, *HEARING)
        whisper_to = self._leg(command.whisper_to)[0] if command.whisper_to else None
        if command.role == "whisper" and whisper_to is None:
            raise CannotDo("whisper_to is missing")
        leg.join(command.room, command.role, whisper_to)

    def _part(self, command: t.Part) -> None:
        self._leg(command.leg)[0].part()

    def _set_level(self, command: t.SetLevel) -> None:
        leg, _ = self._leg(command.leg)
        if leg.voice is not None:
            leg.voice.gain(min(max(command.gain_db, -30.0), 12.0))

    def _start_recording(self, command: t.StartRecording) -> None:
        leg, _ = self._leg(command.leg, *HEARING)
        board = self._board
        if board.recordings.named(command.recording) is not None:
            return
        assert leg.voice is not None

        def saved(file: str, duration_s: float, started_utc: float) -> None:
            board.emit(
                t.RecordingSaved(
                    recording=command.recording, leg=leg.name, file=file, duration_s=duration_s,
                    started_utc=started_utc,
                )
            )  # fmt: skip

        try:
            board.recordings.start(command.recording, leg.name, leg.voice, command.file, saved)
        except BadFileName as bad:
            raise CannotDo(f"not a file of ours: {bad}") from bad

    def _pause_recording(self, command: t.PauseRecording) -> None:
        recording = self._board.recordings.named(command.recording)
        if recording is None:
            raise CannotDo(f"no such recording: {command.recording}")
        self._board.recordings.pause(recording, command.paused)

    def _stop_recording(self, command: t.StopRecording) -> None:
        recording = self._board.recordings.named(command.recording)
        if recording is not None:
            self._board.recordings.stop(recording)

    def _send_digits(self, command: t.SendDigits) -> None:
        leg, _ = self._leg(command.leg, *HEARING)
        if any(digit not in "0123456789*#ABCD" for digit in command.digits):
            raise CannotDo("digits are 0-9 * # A-D")
        assert leg.voice is not None
        leg.voice.digits(command.digits)

    def _open_desk(self, command: t.OpenDesk) -> None:
        board = self._board
        if command.leg in board.legs:
            raise CannotDo(f"there is a leg {command.leg}")
        try:
            token = bytes.fromhex(command.token)
        except ValueError:
            token = b""
        if len(token) != TOKEN_BYTES:
            raise CannotDo("the token is 32 hex digits")
        master = ServerLeg(board)
        leg = Leg(board, command.leg, "desk", "out", master)
        srtp = board.desk_srtp
        leg.voice = board.media.desk(leg, token, srtp)
        leg.voice.connect(Agreed(PCMA, 101, None, 0, send=True, receive=True))
        leg.user, leg.codec, leg.phase = command.user, "PCMA", LegPhase.ANSWERED
        board.legs[leg.name] = leg
        master.desk, master.desk_srtp = (board.host, leg.voice.port, command.token), srtp
        board.emit(t.DeskReady(leg=leg.name, host=board.host, port=leg.voice.port, srtp=srtp))

    def _set_policy(self, command: t.SetPolicy) -> None:
        self._leg(command.leg)[1].policy = command
