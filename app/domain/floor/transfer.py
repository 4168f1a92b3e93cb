"""Passing a customer on: at once, or after a word with the other while he hears music."""

from app.domain import errors
from app.domain import events as e
from app.domain.floor import dialling, endings, offers, places, recording, routing, walking
from app.domain.floor.agent import Agent, S
from app.domain.floor.interaction import Call, Consult
from app.domain.floor.turn import Turn
from app.domain.flow import announcements


def blind(turn: Turn, call: Call, agent: Agent, to: str, role: str, by: str = "agent") -> None:
    places.check(turn, to, role)
    drop_consult(turn, call, "cancelled")
    walking.drop(turn, call)
    turn.emit(e.CallTransferred(call_id=call.call_id, agent_id=agent.agent_id, to=to, mode="blind"))
    turn.step(call, "transferred", agent_id=agent.agent_id, to=to, mode="blind")
    recording.stop(turn, call)
    endings.end_segment(turn, call, "transferred")
    endings.release_agent(turn, call, agent.agent_id, by)
    places.go(turn, call, to)


def consult_room(call: Call) -> str:
    return f"{call.call_id}.consult"


def consult(turn: Turn, call: Call, agent: Agent, to: str, role: str) -> None:
    """Customer on hold; agent and the other in a room of their own."""
    if call.consult is not None:
        raise errors.NotInThisState(command="Transfer", state="consulting")
    places.check(turn, to, role)
    kind, _, name = to.partition(":")
    if kind not in ("agent", "number"):
        raise errors.NoSuchPlace(place=to)
    if kind == "agent":
        other = turn.state.agents[name]
        if routing.unreachable(turn.state, other, call) is not None or other.link_lost:
            raise errors.AgentBusy(agent_id=name, state="unreachable")
    hold_customer(turn, call)
    room = consult_room(call)
    offers.seat(turn, call, agent, room)
    if kind == "agent":
        turn.emit(e.ConsultStarted(call_id=call.call_id, agent_id=agent.agent_id, to=to, with_agent=name))
        offers.ring(turn, call, turn.state.agents[name], ring_s=offers.RING_S, consult=True)
    else:
        way = dialling.route(turn, name, role)
        leg_id = dialling.external_leg(turn, call, way, name, room=room)
        turn.emit(e.ConsultStarted(call_id=call.call_id, agent_id=agent.agent_id, to=to, leg_id=leg_id))
    turn.step(call, "transferred", agent_id=agent.agent_id, to=to, mode="consult")


def hold_customer(turn: Turn, call: Call) -> None:
    if call.phase != "held":
        turn.direct(call.leg_id, room=None, away="music", away_prompts=[announcements.HOLD_MUSIC])
        turn.play(call.leg_id, [announcements.HOLD_MUSIC], loop=True)
        turn.phase(call, "held")


def customer_back(turn: Turn, call: Call) -> None:
    turn.direct(call.leg_id, sound=None, room=call.call_id, role="talk", away="talk", away_prompts=[])
    turn.phase(call, "talking")


def consult_answered(turn: Turn, call: Call, other: Agent | None) -> None:
    """The one consulted is there; both talk, the customer hears music."""
    consult = call.consult
    if consult is None:
        return
    turn.emit(
        e.ConsultAnswered(
            call_id=call.call_id,
            agent_id=consult.agent_id,
            with_agent=other.agent_id if other is not None else None,
        )
    )
    if other is not None:
        offers.seat(turn, call, other, consult_room(call))
        turn.step(call, "agent_answered", agent_id=other.agent_id, consult=True)


def consult_missed(turn: Turn, call: Call, reason: str) -> None:
    """He does not come: agent and customer are together again."""
    consult = call.consult
    if consult is None:
        return
    turn.emit(
        e.ConsultEnded(
            call_id=call.call_id,
            agent_id=consult.agent_id,
            reason=reason,
            with_agent=consult.with_agent,
        )
    )
    offers.seat(turn, call, turn.state.agents[consult.agent_id])
    customer_back(turn, call)


def drop_consult(turn: Turn, call: Call, reason: str) -> None:
    """Let the consulted one go; nothing is done about customer and agent."""
    consult = call.consult
    if consult is None:
        return
    turn.emit(
        e.ConsultEnded(
            call_id=call.call_id,
            agent_id=consult.agent_id,
            reason=reason,
            with_agent=consult.with_agent,
        )
    )
    turn.end_leg(consult.leg_id)
    if consult.with_agent is None:
        return
    other = turn.state.agents[consult.with_agent]
    if other.call_id != call.call_id:
        return
    if other.state is S.RINGING:
        offers.withdraw(turn, other, "withdrawn")
    elif other.state is S.TALKING:
        endings.release_agent(turn, call, other.agent_id, "agent")


def cancel(turn: Turn, call: Call) -> None:
    agent = turn.state.agents[_present(call, "CancelTransfer").agent_id]
    drop_consult(turn, call, "cancelled")
    offers.seat(turn, call, agent)
    customer_back(turn, call)


def conference(turn: Turn, call: Call) -> None:
    """All in the call's room."""
    consult = _answered(call, "JoinConference")
    turn.emit(
        e.ConferenceStarted(
            call_id=call.call_id,
            agent_id=consult.agent_id,
            with_agent=consult.with_agent,
            leg_id=consult.leg_id,
        )
    )
    turn.step(call, "conference", agent_id=consult.agent_id, to=consult.to)
    offers.seat(turn, call, turn.state.agents[consult.agent_id])
    _other_to_call(turn, call, consult)
    customer_back(turn, call)


def _other_to_call(turn: Turn, call: Call, consult: Consult) -> None:
    if consult.with_agent is not None:
        offers.seat(turn, call, turn.state.agents[consult.with_agent])
    else:
        turn.direct(consult.leg_id, room=call.call_id)


def complete(turn: Turn, call: Call, by: str = "agent") -> None:
    """The first agent leaves; customer and the other go on."""
    consult = _answered(call, "CompleteTransfer")
    walking.drop(turn, call)
    turn.emit(
        e.CallTransferred(call_id=call.call_id, agent_id=consult.agent_id, to=consult.to, mode="consult")
    )
    turn.emit(
        e.ConsultEnded(
            call_id=call.call_id,
            agent_id=consult.agent_id,
            reason="completed",
            with_agent=consult.with_agent,
        )
    )
    endings.end_segment(turn, call, "transferred")
    endings.release_agent(turn, call, consult.agent_id, by)
    endings.begin_segment(turn, call, consult.to, agent_id=consult.with_agent)
    if consult.with_agent is not None:
        turn.emit(e.CallAnswered(call_id=call.call_id, agent_id=consult.with_agent, queue=call.queue))
    _other_to_call(turn, call, consult)
    customer_back(turn, call)


def other_gone(turn: Turn, call: Call, by: str) -> None:
    """The consulted number hung up, or was never reached."""
    consult = call.consult
    if consult is None:
        return
    if consult.state == "conference":
        turn.emit(
            e.ConsultEnded(call_id=call.call_id, agent_id=consult.agent_id, reason="gone", with_agent=None)
        )
    else:
        consult_missed(turn, call, "gone")


def leave(turn: Turn, call: Call, agent: Agent, *, has_voice: bool = True) -> bool:
    """An agent of a consultation hangs up; whether that was all there was to do.

    Who has asked and got an answer hands the customer over by hanging up; who still waits
    for one is back with the customer, unless his telephone is down (not has_voice).
    """
    consult = call.consult
    if consult is None:
        return False
    if agent.agent_id == consult.with_agent:
        in_conference = consult.state == "conference"
        first = turn.state.agents[consult.agent_id]
        drop_consult(turn, call, "gone")
        if not in_conference:
            offers.seat(turn, call, first)
            customer_back(turn, call)
        return True
    if consult.state != "calling":
        complete(turn, call)
    elif has_voice:
        cancel(turn, call)
    return consult.state != "calling" or has_voice


def _present(call: Call, command: str) -> Consult:
    if call.consult is None:
        raise errors.NotInThisState(command=command, state=call.phase)
    return call.consult


def _answered(call: Call, command: str) -> Consult:
    consult = _present(call, command)
    if consult.state == "calling":
        raise errors.NotInThisState(command=command, state="calling")
    return consult
