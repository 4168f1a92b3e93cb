"""How things end: a segment, an agent's part, a whole call; and what is left to do for its caller."""

from typing import Any

from app.domain import effects as f
from app.domain import events as e
from app.domain.floor import agents, offers, recording, tasks, transfer, walking
from app.domain.floor.agent import S
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn


def begin_segment(
    turn: Turn, call: Call, place: str, *, queue: str | None = None, agent_id: str | None = None
) -> str:
    """Enter a place; the one before ends with `next` if nothing else ended it."""
    end_segment(turn, call, "next")
    segment_id = turn.new("segment")
    turn.emit(
        e.SegmentStarted(
            call_id=call.call_id,
            segment_id=segment_id,
            place=place,
            queue=queue,
            agent_id=agent_id,
            day=turn.state.day,
        )
    )
    return segment_id


def end_segment(turn: Turn, call: Call, reason: str, agent_id: str | None = None) -> None:
    segment = call.segment
    if segment is None:
        return
    waiting = call.waiting
    took_s = round(turn.now_s - segment.entered_s, 3)
    rules = turn.state.queues.get(segment.queue or "")
    counted = rules is not None and segment.place.startswith("queue:")
    if waiting is not None:
        for timer in ("max_wait", "announce", "again"):
            turn.clear_timer(f"{timer}:{call.call_id}")
    turn.emit(
        e.SegmentEnded(
            call_id=call.call_id,
            segment_id=segment.segment_id,
            place=segment.place,
            end_reason=reason,
            queue=segment.queue,
            agent_id=agent_id or segment.agent_id,
            offers=waiting.offers if waiting is not None else 0,
            took_s=took_s,
            in_time=took_s <= rules.service_goal_s if counted and rules and reason == "answered" else None,
            short=took_s <= rules.short_abandon_s if counted and rules and reason == "abandoned" else None,
            day=segment.day,
        )
    )


def release_agent(turn: Turn, call: Call, agent_id: str, ended_by: str) -> None:
    """An agent's part in a call is over; he writes his summary."""
    agent = turn.state.agents[agent_id]
    talk_s = round(turn.now_s - call.joined_s, 3) if call.agent_id == agent_id else 0.0
    if agent.phone == "headset" and agent.desk_leg is not None:
        leave_desk(turn, agent.desk_leg)
    else:
        turn.end_leg(agent.phone_leg)
    turn.emit(e.AgentReleased(call_id=call.call_id, agent_id=agent_id, ended_by=ended_by, talk_s=talk_s))
    if agent.state is S.TALKING:
        agents.start_wrap_up(turn, agent, call)


def leave_desk(turn: Turn, leg_id: str) -> None:
    turn.direct(leg_id, room=None, role="talk", whisper_to=None, sound=None)
    turn.emit(e.LegAssigned(leg_id=leg_id, call_id=None))


def end(turn: Turn, call: Call, ended_by: Any, *, cause: int = 16, outcome: str | None = None) -> None:
    """End the whole interaction, whatever it is doing."""
    if call.is_over:
        return
    _withdraw_offer(turn, call)
    outcome = outcome or _outcome(call, ended_by)
    _tell_flow(turn, call)
    recording.stop(turn, call)
    transfer.drop_consult(turn, call, "gone")
    end_segment(turn, call, _segment_end(call, ended_by))
    for agent_id in _agents_on(turn, call):
        release_agent(turn, call, agent_id, ended_by)
    for agent in turn.state.agents.values():
        if agent.listening_to is not None and agent.desk_leg in call.legs:
            stop_listening(turn, call, agent.agent_id)
    for leg_id in list(call.legs):
        turn.end_leg(leg_id, cause)
    for timer in ("lookup", "box"):
        turn.clear_timer(f"{timer}:{call.call_id}")
    turn.step(call, "hung_up", by=ended_by, cause=cause)
    turn.emit(
        e.CallEnded(
            call_id=call.call_id,
            outcome=outcome,
            ended_by=ended_by,
            agent_id=call.agent_id or _last_agent(call),
            queue=call.queue,
            cause=cause,
            **{
                name: call.time_in(name, turn.now_s)
                for name in ("ivr_s", "wait_s", "ring_s", "talk_s", "hold_s")
            },
        )
    )
    tasks.after(turn, call)
    close_if_over(turn, call)


def _last_agent(call: Call) -> str | None:
    served = [segment.agent_id for segment in call.segments if segment.place.startswith("agent:")]
    return served[-1] if served and call.first_agent is not None else call.first_agent


def _agents_on(turn: Turn, call: Call) -> list[str]:
    return [
        agent.agent_id
        for agent in turn.state.agents.values()
        if agent.call_id == call.call_id and agent.state is S.TALKING
    ]


def _withdraw_offer(turn: Turn, call: Call) -> None:
    if call.waiting is not None and call.waiting.offered_to is not None:
        offers.withdraw(turn, turn.state.agents[call.waiting.offered_to], "caller_gone")


def _segment_end(call: Call, ended_by: str) -> str:
    segment = call.segment
    if ended_by == "lost":
        return "lost"
    if segment is not None and segment.place.startswith("queue:"):
        return "abandoned" if ended_by == "caller" else "lost"
    return "hung_up"


def _outcome(call: Call, ended_by: str) -> str:
    """What the call came to, by what had happened in it before its end."""
    if ended_by == "lost":
        return "lost"
    if call.answered_s is not None:
        return "answered"
    if call.direction == "out":
        return "failed"
    if call.left_message or any(tape.channels == ["caller"] for tape in call.recordings):
        return "voicemail"
    queued = [one for one in call.segments if one.place.startswith("queue:")]
    if queued:
        return "overflowed" if queued[-1].end_reason == "overflowed" else "abandoned"
    return "self_service" if call.keys or ended_by == "system" else "abandoned"


def _tell_flow(turn: Turn, call: Call) -> None:
    """Let the flow do what it does when its caller is gone (silent things only)."""
    for request in walking.last_wishes(turn, call):
        turn.outside.append(
            f.LookUp(
                call_id=call.call_id,
                request_id=turn.new("request"),
                what=str(request.get("what")),
                args=dict(request.get("by") or {}),
            )
        )


def stop_listening(turn: Turn, call: Call, supervisor: str) -> None:
    agent = turn.state.agents[supervisor]
    listened = agent.listening_to or ""
    turn.emit(
        e.SupervisionChanged(call_id=call.call_id, agent_id=listened, supervisor=supervisor, mode="none")
    )
    if agent.desk_leg is not None:
        leave_desk(turn, agent.desk_leg)


def close_if_over(turn: Turn, call: Call) -> None:
    """Forget a call of which nothing more will come."""
    if not call.is_over or call.legs or call.wrap_ups or call.call_id not in turn.state.calls:
        return
    if all(tape.state == "saved" for tape in call.recordings):
        turn.emit(e.CallClosed(call_id=call.call_id))
