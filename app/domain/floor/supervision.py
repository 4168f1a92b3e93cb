"""A supervisor on an agent's call: hears it, whispers to the agent, or talks with both."""

from typing import Any

from app.domain import errors
from app.domain import events as e
from app.domain.floor import agents, endings
from app.domain.floor.agent import S
from app.domain.floor.turn import Turn

ROLES = {"listen": "listen", "whisper": "whisper", "barge": "talk"}


def join(turn: Turn, supervisor_id: str, agent_id: str, mode: Any) -> None:
    supervisor = agents.agent_named(turn, supervisor_id)
    agent = agents.agent_named(turn, agent_id)
    call = turn.call_of(agent)
    if call is None or call.is_over or agent.state is not S.TALKING:
        raise errors.NoSuchCall(call_id=agent.call_id)
    agents.require(supervisor, mode.capitalize(), S.READY, S.ON_BREAK)
    leg = turn.state.legs.get(supervisor.desk_leg or "")
    if leg is None or leg.state != "answered":
        raise errors.NoLine(why="no_headset")
    if supervisor.listening_to is not None and supervisor.listening_to != agent_id:
        stop(turn, supervisor_id)
    turn.emit(
        e.SupervisionChanged(call_id=call.call_id, agent_id=agent_id, supervisor=supervisor_id, mode=mode)
    )
    turn.step(call, "supervisor_joined", supervisor=supervisor_id, mode=mode)
    if leg.call_id != call.call_id:
        turn.emit(
            e.LegAssigned(
                leg_id=leg.leg_id,
                call_id=call.call_id,
                kind="supervisor",
                agent_id=supervisor_id,
                board=leg.board,
                codec=leg.codec,
            )
        )
    turn.direct(
        leg.leg_id,
        room=call.call_id,
        role=ROLES[mode],
        whisper_to=agent.leg_id if mode == "whisper" else None,
        away="talk",
    )


def stop(turn: Turn, supervisor_id: str) -> None:
    supervisor = agents.agent_named(turn, supervisor_id)
    leg = turn.state.legs.get(supervisor.desk_leg or "")
    call = turn.state.calls.get(leg.call_id or "") if leg is not None else None
    if supervisor.listening_to is None or call is None:
        raise errors.NotInThisState(command="StopListening", state=supervisor.state.value)
    endings.stop_listening(turn, call, supervisor_id)
