"""The agent's headset: one desk leg while he is logged in, and what its silence means."""

from app.domain import errors
from app.domain import events as e
from app.domain.floor import agents
from app.domain.floor.agent import Agent, S
from app.domain.floor.leg import Leg
from app.domain.floor.turn import Turn
from app.domain.floor.wanted import Opening, Wanted
from app.domain.flow import announcements

HEADSET_LOST = "headset_lost"


def open_for(turn: Turn, agent: Agent) -> None:
    """Refused with NoLine when no board is there."""
    board = first_board(turn)
    if board is None:
        raise errors.NoLine(why="no_board")
    turn.emit(
        e.LegAdded(
            leg_id=turn.new("leg"),
            board=board,
            kind="agent",
            via="desk",
            direction="out",
            agent_id=agent.agent_id,
            wanted=Wanted(
                opening=Opening(kind="desk", user=agent.agent_id, token=agent.desk_token), away="talk"
            ),
        )
    )


def first_board(turn: Turn) -> str | None:
    up = [board.name for board in turn.state.boards.values() if board.connected]
    return up[0] if up else None


def close(turn: Turn, agent: Agent) -> None:
    turn.end_leg(agent.desk_leg)
    turn.end_leg(agent.phone_leg)


def ready(turn: Turn, leg: Leg, host: str, port: int, srtp: bool) -> None:
    agent = turn.state.agents.get(leg.agent_id or "")
    turn.emit(e.LegGotOn(leg_id=leg.leg_id, state="answered", call_id=leg.call_id))
    if agent is not None:
        turn.emit(
            e.DeskLineReady(
                agent_id=agent.agent_id,
                leg_id=leg.leg_id,
                host=host,
                port=port,
                token=agent.desk_token,
                codec=leg.codec or "PCMA",
                srtp=srtp,
            )
        )


def heard_changed(turn: Turn, leg: Leg, heard: bool) -> None:
    """No packet of his for three seconds: the caller is told to wait a moment, not left in silence."""
    agent = turn.state.agents.get(leg.agent_id or "")
    if agent is None or agent.desk_leg != leg.leg_id or agent.heard == heard:
        return
    turn.emit(e.DeskVoiceChanged(agent_id=agent.agent_id, heard=heard))
    if heard:
        _voice_back(turn, agent)
    else:
        voice_gone(turn, agent)


def voice_gone(turn: Turn, agent: Agent) -> None:
    if agent.state is S.READY:
        agents.change(turn, agent, "StartBreak", reason=HEADSET_LOST)
    elif agent.state in (S.RINGING, S.TALKING, S.WRAP_UP) and agent.pending_break is None:
        agents.tell(turn, agent, pending_break=HEADSET_LOST)
    call = turn.call_of(agent)
    if call is not None and call.phase == "talking" and call.agent_id == agent.agent_id:
        turn.direct(call.leg_id, room=None)
        turn.play(call.leg_id, announcements.moment(call.language))
        turn.step(call, "link_lost", agent_id=agent.agent_id, what="headset")


def _voice_back(turn: Turn, agent: Agent) -> None:
    if agent.state is S.ON_BREAK and agent.reason == HEADSET_LOST:
        agents.change(turn, agent, "EndBreak")
    elif agent.pending_break == HEADSET_LOST:
        agents.tell(turn, agent, pending_break=None)
    call = turn.call_of(agent)
    if call is not None and call.phase == "talking" and call.agent_id == agent.agent_id:
        turn.direct(call.leg_id, room=call.call_id, sound=None)


def gone(turn: Turn, agent: Agent, leg: Leg) -> None:
    """The board has no desk leg any more (it was restarted, or gave it up): open another."""
    if leg.wanted.end is None:
        turn.emit(e.DeskLineLost(agent_id=agent.agent_id, leg_id=leg.leg_id))
        voice_gone(turn, agent)
        reopen(turn, agent)


def reopen(turn: Turn, agent: Agent) -> None:
    """A desk for one who is logged in with a headset and has none; when no board is there, later."""
    lacks = agent.phone == "headset" and agent.state is not S.LOGGED_OUT and agent.desk_leg is None
    if not lacks or first_board(turn) is None:
        return
    open_for(turn, agent)
    call = turn.call_of(agent)
    if call is not None and agent.state is S.TALKING and agent.desk_leg is not None:
        leg = turn.state.legs[agent.desk_leg]
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
        turn.direct(leg.leg_id, room=call.call_id)
