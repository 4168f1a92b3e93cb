"""An offer: a call rings at an agent, and is answered, missed, given back or withdrawn."""

from typing import Any

from app.domain import events as e
from app.domain.floor import agents, endings, recording, routing, tasks, transfer, waiting
from app.domain.floor.agent import Agent, S
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn
from app.domain.floor.wanted import Opening, Wanted

RING_S = 20.0
PHONE_GRACE_S = 5.0  # the floor's own deadline comes first


def route(turn: Turn) -> None:
    """Offer waiting calls, in their order, as long as somebody is free."""
    state = turn.state
    if not state.waiting or state.held_timers:
        return
    free = sum(1 for agent in state.agents.values() if agent.state is S.READY)
    for call_id in list(state.waiting):
        if free == 0:
            return
        call = state.calls[call_id]
        if call.waiting is None or call.waiting.offered_to is not None:
            continue
        choice = routing.choose(state, call)
        if choice is not None:
            offer(turn, call, choice)
            free -= 1


def offer(turn: Turn, call: Call, choice: routing.Choice) -> None:
    wait = call.waiting
    assert wait is not None
    before = waiting.position(turn, call) - 1
    turn.emit(
        e.DecisionMade(
            call_id=call.call_id,
            queue=wait.queue,
            rule=choice.rule,
            chosen=choice.agent.agent_id,
            candidates=choice.candidates,
            waiting_before=before,
            text=choice.text,
        )
    )
    queue = turn.state.queues.get(wait.queue or "")
    ring(turn, call, choice.agent, ring_s=queue.ring_s if queue is not None else RING_S)
    turn.phase(call, "ringing")


def ring(turn: Turn, call: Call, agent: Agent, *, ring_s: float, consult: bool = False) -> None:
    """Ring at an agent's desk, or at his telephone."""
    wait = call.waiting
    leg_id = _ring_phone(turn, call, agent, ring_s) if agent.phone == "sip" else None
    turn.step(call, "agent_offered", agent_id=agent.agent_id, queue=call.queue, consult=consult)
    turn.emit(
        e.AgentOffered(
            call_id=call.call_id,
            agent_id=agent.agent_id,
            from_number=call.customer_number() if call.direction == "out" else call.from_number,
            to_number=call.to_number,
            queue=wait.queue if wait is not None else call.queue,
            keys=[dict(key) for key in call.keys],
            waited_s=round(turn.now_s - wait.entered_s, 3) if wait is not None else 0.0,
            ring_s=ring_s,
            customer_id=call.customer_id,
            leg_id=leg_id,
            consult=consult,
        )
    )
    agents.change(turn, agent, "Offer", limit_s=ring_s)
    turn.set_timer(f"ring:{agent.agent_id}", ring_s)


def _ring_phone(turn: Turn, call: Call, agent: Agent, ring_s: float) -> str:
    leg_id = turn.new("leg")
    caller = turn.state.legs[call.leg_id or ""]
    turn.emit(
        e.LegAdded(
            leg_id=leg_id,
            board=caller.board,
            kind="agent",
            via="phone",
            direction="out",
            call_id=call.call_id,
            agent_id=agent.agent_id,
            user=agent.phone_user,
            to_number=agent.phone_user,
            wanted=Wanted(
                opening=Opening(
                    kind="call",
                    to=f"phone:{agent.phone_user}",
                    caller_id=call.from_number,
                    display=call.display,
                    timeout_s=ring_s + PHONE_GRACE_S,
                ),
                away="talk",
            ),
        )
    )
    return leg_id


def is_consult(call: Call, agent: Agent) -> bool:
    return call.consult is not None and call.consult.with_agent == agent.agent_id


def answer(turn: Turn, agent: Agent) -> None:
    """The agent takes what rings."""
    call = turn.call_of(agent)
    if call is None:
        return
    rang_s = _over(turn, call, agent, "answered")
    if is_consult(call, agent):
        agents.change(turn, agent, "AnswerCall")
        transfer.consult_answered(turn, call, agent)
        return
    _take(turn, call, agent, "AnswerCall", rang_s)


def pick_up(turn: Turn, call: Call, agent: Agent) -> None:
    """Take a waiting call by hand, from the queue or from a colleague's ringing desk."""
    wait = call.waiting
    assert wait is not None
    if wait.offered_to is not None:
        withdraw(turn, turn.state.agents[wait.offered_to], "picked_up")
    _take(turn, call, agent, "PickUp", 0.0)


def _take(turn: Turn, call: Call, agent: Agent, trigger: str, rang_s: float) -> None:
    wait = call.waiting
    assert wait is not None
    waited_s = round(turn.now_s - wait.entered_s, 3)
    queue = wait.queue
    endings.end_segment(turn, call, "next" if queue is None else "answered", agent.agent_id)
    endings.begin_segment(turn, call, f"agent:{agent.agent_id}", queue=None, agent_id=agent.agent_id)
    turn.emit(
        e.CallAnswered(
            call_id=call.call_id,
            agent_id=agent.agent_id,
            queue=queue,
            waited_s=waited_s,
            rang_s=rang_s,
        )
    )
    agents.change(turn, agent, trigger)
    turn.step(call, "agent_answered", agent_id=agent.agent_id)
    turn.phase(call, "talking")
    join(turn, call, agent)
    rules = turn.state.queues.get(queue or call.queue or "")
    if rules is not None and rules.record:
        recording.start(turn, call)
    tasks.reached(turn, call)


def join(turn: Turn, call: Call, agent: Agent) -> None:
    """Caller and agent in the call's room."""
    turn.direct(call.leg_id, sound=None, room=call.call_id, role="talk", away="talk", away_prompts=[])
    seat(turn, call, agent)


def seat(turn: Turn, call: Call, agent: Agent, room: str | None = None) -> None:
    """Put an agent's leg into the call's room."""
    leg = turn.state.legs.get(agent.leg_id or "")
    if leg is None:
        return
    if leg.is_desk and leg.call_id != call.call_id:
        turn.emit(
            e.LegAssigned(
                leg_id=leg.leg_id,
                call_id=call.call_id,
                kind="agent",
                agent_id=agent.agent_id,
                board=leg.board,
                codec=leg.codec,
            )
        )
    turn.direct(leg.leg_id, room=room or call.call_id, role="talk", sound=None, away="talk")


def _over(turn: Turn, call: Call, agent: Agent, reason: str) -> float:
    turn.clear_timer(f"ring:{agent.agent_id}")
    rang_s = round(turn.now_s - agent.since_s, 3)
    phone_leg = agent.phone_leg
    wait = call.waiting
    turn.emit(
        e.OfferEnded(
            call_id=call.call_id,
            agent_id=agent.agent_id,
            reason=reason,
            queue=wait.queue if wait is not None else call.queue,
            rang_s=rang_s,
        )
    )
    if reason != "answered":
        turn.end_leg(phone_leg)
    return rang_s


def withdraw(turn: Turn, agent: Agent, reason: str) -> None:
    """The call is no more for him; he stays ready."""
    _give_up(turn, agent, reason, "OfferGone")


def missed(turn: Turn, agent: Agent, reason: str = "no_answer") -> None:
    """Nobody in the chair: a break for him, the head of the queue for the caller."""
    _give_up(turn, agent, reason, "OfferMissed", break_reason=reason)


def refused(turn: Turn, agent: Agent) -> None:
    """He gives it back; somebody else is asked."""
    call = turn.call_of(agent)
    _give_up(turn, agent, "refused", "HangUp")
    if call is not None and call.waiting is not None:
        turn.set_timer(f"again:{call.call_id}", waiting.ASK_AGAIN_S)


def _give_up(turn: Turn, agent: Agent, reason: str, trigger: Any, *, break_reason: str = "") -> None:
    call = turn.call_of(agent)
    if call is not None:
        consult = is_consult(call, agent)
        _over(turn, call, agent, reason)
        if reason in ("no_answer", "refused", "link_lost", "failed"):
            turn.step(call, "offer_missed", agent_id=agent.agent_id, reason=reason)
        wait = call.waiting
        if consult:
            agents.change(turn, agent, trigger, reason=break_reason)
            transfer.consult_missed(turn, call, reason)
            return
        if wait is not None and not call.is_over:
            turn.phase(call, "queued")
    agents.change(turn, agent, trigger, reason=break_reason)
    if call is not None and call.waiting is not None and call.waiting.only_agent and reason != "caller_gone":
        waiting.give_back(turn, call, reason)
