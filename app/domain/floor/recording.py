"""Recording: caller left, what he hears right; named by call and number, filed by the site's day."""

from app.domain import events as e
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn
from app.domain.floor.wanted import Taping


def start(turn: Turn, call: Call, *, channels: list[str] | None = None) -> None:
    """Begin a recording on the customer's leg, unless one runs."""
    if call.leg_id is None or call.running_recording() is not None:
        return
    recording_id = turn.new("recording")
    number = len(call.recordings) + 1
    file = f"{turn.state.day.replace('-', '/') or 'undated'}/{call.call_id}-{number}.wav"
    turn.emit(
        e.RecordingStarted(
            call_id=call.call_id,
            recording_id=recording_id,
            leg_id=call.leg_id,
            file=file,
            channels=channels or ["caller", "agent"],
            agent_id=call.agent_id,
        )
    )
    turn.direct(call.leg_id, taping=Taping(recording=recording_id, file=file))
    turn.step(call, "recording", recording_id=recording_id, what="started")


def pause(turn: Turn, call: Call, paused: bool) -> bool:
    """Whether there was one to pause (or to go on with)."""
    tape = call.running_recording()
    if tape is None or (tape.state == "paused") == paused:
        return False
    turn.emit(e.RecordingPaused(call_id=call.call_id, recording_id=tape.recording_id, paused=paused))
    turn.direct(tape.leg_id, taping=Taping(recording=tape.recording_id, file=tape.file, paused=paused))
    turn.step(call, "recording", recording_id=tape.recording_id, what="paused" if paused else "resumed")
    return True


def stop(turn: Turn, call: Call) -> bool:
    """Stop the running one; its file comes with RecordingSaved."""
    tape = call.running_recording()
    if tape is None:
        return False
    turn.emit(e.RecordingStopped(call_id=call.call_id, recording_id=tape.recording_id))
    turn.direct(tape.leg_id, taping=None)
    turn.step(call, "recording", recording_id=tape.recording_id, what="stopped")
    return True
