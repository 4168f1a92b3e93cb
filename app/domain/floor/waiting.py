"""A caller waits: his place, his music, what he is told, and when he has waited enough."""

from app.domain import events as e
from app.domain.floor import endings, offers, places, routing, walking
from app.domain.floor.agent import S
from app.domain.floor.interaction import Call
from app.domain.floor.queue import Queue
from app.domain.floor.turn import Turn
from app.domain.flow import announcements

ASK_AGAIN_S = 15.0


def enqueue(
    turn: Turn, call: Call, queue_id: str, *, priority: int = 0, entered_s: float | None = None
) -> None:
    """Put a call into a queue. entered_s: its true beginning, when it comes back from somewhere."""
    queue = turn.state.queues.get(queue_id)
    if queue is None:
        places.stranded(turn, call, "no_such_queue")
        return
    length = sum(1 for one in turn.state.waiting if _queue_of(turn, one) == queue_id)
    segment_id = endings.begin_segment(turn, call, f"queue:{queue_id}", queue=queue_id)
    if queue.is_closed:
        leave(turn, call, "overflowed", "closed")
        return
    if queue.max_length and length >= queue.max_length:
        leave(turn, call, "overflowed", "overflow")
        return
    turn.emit(
        e.CallQueued(
            call_id=call.call_id,
            queue=queue_id,
            segment_id=segment_id,
            entered_s=turn.now_s if entered_s is None else entered_s,
            priority=max(priority, queue.priority, call.priority),
            position=length + 1,
        )
    )
    turn.phase(call, "queued")
    turn.step(call, "queued", queue=queue_id, position=position(turn, call))
    music = [queue.music or announcements.QUEUE_MUSIC]
    turn.direct(call.leg_id, room=None, away="music", away_prompts=music)
    if queue.max_wait_s:
        turn.set_timer(f"max_wait:{call.call_id}", queue.max_wait_s)
    if queue.announce_every_s:
        turn.set_timer(f"announce:{call.call_id}", queue.announce_every_s)
    if queue.announce_every_s and not routing.somebody_free(turn.state, call):
        announce(turn, call)
    else:
        play_music(turn, call)


def wait_for_agent(turn: Turn, call: Call, agent_id: str) -> None:
    """Before one agent's door: offered to him alone."""
    segment_id = endings.begin_segment(turn, call, f"agent:{agent_id}", agent_id=agent_id)
    turn.emit(
        e.CallQueued(
            call_id=call.call_id,
            queue=None,
            segment_id=segment_id,
            entered_s=turn.now_s,
            priority=1000,
            only_agent=agent_id,
        )
    )
    turn.phase(call, "queued")
    turn.direct(call.leg_id, room=None, away="music", away_prompts=[announcements.HOLD_MUSIC])
    play_music(turn, call)


def give_back(turn: Turn, call: Call, reason: str) -> None:
    """The one agent did not take it: to the flow, else to the queue it came from, in front."""
    if call.waiting is not None and call.waiting.only_agent is not None:
        endings.end_segment(turn, call, "missed" if reason == "no_answer" else reason)
    if walking.left(turn, call, "failed"):
        return
    if call.queue is not None and call.queue in turn.state.queues:
        enqueue(turn, call, call.queue, entered_s=call.started_s)
    else:
        places.stranded(turn, call, reason)


def leave(turn: Turn, call: Call, end_reason: str, exit: str) -> None:
    """Out of the queue unserved, by the exit of the flow or the queue's own way."""
    waiting = call.waiting
    if waiting is not None and waiting.offered_to is not None:
        offers.withdraw(turn, turn.state.agents[waiting.offered_to], "withdrawn")
    queue = turn.state.queues.get(call.queue or "")
    to = (queue.closed_to if exit == "closed" else queue.overflow) if queue is not None else ""
    if not to.startswith("voicemail:"):
        endings.end_segment(turn, call, end_reason)
    else:
        endings.end_segment(turn, call, "voicemail" if call.flow is None else end_reason)
    turn.step(call, "left_queue", queue=call.queue, reason=exit)
    if walking.left(turn, call, exit):
        return
    if to and to != f"queue:{call.queue}":
        places.go(turn, call, to)
    else:
        endings.end(turn, call, "system", cause=17, outcome=None if call.first_agent else "overflowed")


def announce(turn: Turn, call: Call) -> None:
    """Position and expected wait, then music again."""
    ahead = position(turn, call) - 1
    expected_s = expected_wait_s(turn, call)
    prompts = announcements.position(ahead, call.language)
    prompts += announcements.expected_wait(expected_s, call.language)
    turn.play(call.leg_id, prompts)
    turn.step(call, "announced", position=ahead + 1, expected_wait_s=expected_s)


def announce_due(turn: Turn, call: Call) -> None:
    queue = rules(turn, call)
    turn.clear_timer(f"announce:{call.call_id}")
    if call.waiting is None or queue is None or not queue.announce_every_s:
        return
    turn.set_timer(f"announce:{call.call_id}", queue.announce_every_s)
    leg = turn.state.legs.get(call.leg_id or "")
    # Whoever rings somewhere, or hears the last announcement still, is not disturbed.
    if leg is not None and call.waiting.offered_to is None and leg.wanted.sound and leg.wanted.sound.loop:
        announce(turn, call)


def play_music(turn: Turn, call: Call) -> None:
    queue = rules(turn, call)
    name = queue.music if queue is not None and queue.music else announcements.QUEUE_MUSIC
    turn.play(call.leg_id, [name], loop=True)


def rules(turn: Turn, call: Call) -> Queue | None:
    waiting = call.waiting
    return turn.state.queues.get(waiting.queue or "") if waiting is not None else None


def _queue_of(turn: Turn, call_id: str) -> str | None:
    waiting = turn.state.calls[call_id].waiting
    return waiting.queue if waiting is not None else None


def position(turn: Turn, call: Call) -> int:
    """1: the next to be served in its queue."""
    queue = call.waiting.queue if call.waiting is not None else None
    same = [one for one in turn.state.waiting if _queue_of(turn, one) == queue]
    return same.index(call.call_id) + 1 if call.call_id in same else len(same) + 1


def expected_wait_s(turn: Turn, call: Call) -> float | None:
    """Calls up to this one, shared among those who serve the queue; None when nobody is there."""
    queue_id = call.waiting.queue if call.waiting is not None else None
    if queue_id is None:
        return None
    serving = [
        agent
        for agent in turn.state.agents.values()
        if queue_id in agent.queues and agent.state not in (S.LOGGED_OUT, S.ON_BREAK)
    ]
    if not serving:
        return None
    handling_s = turn.state.counts_of(queue_id).handling_s
    return round(position(turn, call) * handling_s / len(serving), 1)


def ask_again_due(turn: Turn, call: Call) -> None:
    """Everybody there has given it back: somebody must be asked once more."""
    turn.clear_timer(f"again:{call.call_id}")
    waiting = call.waiting
    if waiting is None or not waiting.passed:
        return
    others = [
        agent.agent_id
        for agent in turn.state.agents.values()
        if waiting.queue in agent.queues
        and agent.state not in (S.LOGGED_OUT, S.ON_BREAK)
        and agent.agent_id not in waiting.passed
    ]
    if others:
        turn.set_timer(f"again:{call.call_id}", ASK_AGAIN_S)
    else:
        turn.emit(e.AskedAgain(call_id=call.call_id))
