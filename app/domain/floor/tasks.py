"""No caller lost: every number that was not served is one open task, until it is reached."""

from app.domain import events as e
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn

UNSERVED = ("abandoned", "overflowed", "lost", "failed", "voicemail")


def after(turn: Turn, call: Call) -> None:
    """Make, merge or leave alone, by how the call ended."""
    if call.direction == "out" and call.outcome != "lost":
        return
    tape = next((one for one in call.recordings if one.channels == ["caller"]), None)
    if call.outcome not in UNSERVED and tape is None:
        return
    unserved(
        turn,
        call.customer_number(),
        call.call_id,
        queue=call.queue,
        reason="lost" if call.ended_by == "lost" else str(call.outcome),
        recording_id=tape.recording_id if tape else None,
    )


def unserved(
    turn: Turn,
    number: str,
    call_id: str,
    *,
    queue: str | None = None,
    reason: str,
    recording_id: str | None = None,
) -> None:
    if not number:
        return
    known = turn.state.tasks.get(number)
    if known is not None:
        turn.emit(
            e.TaskMerged(
                task_id=known.task_id,
                number=number,
                call_id=call_id,
                queue=queue,
                reason=reason,
                recording_id=recording_id,
            )
        )
        return
    turn.emit(
        e.TaskMade(
            task_id=turn.new("task"),
            kind="voicemail" if recording_id else "missed_call",
            number=number,
            call_id=call_id,
            queue=queue,
            reason=reason,
            recording_id=recording_id,
        )
    )


def reached(turn: Turn, call: Call) -> None:
    """The customer talks to somebody: his task is done."""
    known = turn.state.tasks.get(call.customer_number())
    if known is not None:
        turn.emit(e.TaskClosed(task_id=known.task_id, number=call.customer_number(), call_id=call.call_id))
