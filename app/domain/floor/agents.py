"""What becomes of an agent: his table walked, his pending wishes kept, his wrap-up limited."""

from typing import Any

from app.domain import errors
from app.domain import events as e
from app.domain.floor import desk, endings
from app.domain.floor.agent import Agent, S, following
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn

WRAP_UP_S = 30.0
KEEPS_WISHES = (S.RINGING, S.TALKING, S.WRAP_UP)


def change(turn: Turn, agent: Agent, trigger: str, *, reason: str = "", limit_s: float | None = None) -> None:
    """Walk the table; raises NotInThisState."""
    state = following(agent.state, trigger)
    keeps = state in KEEPS_WISHES
    wanted_break = agent.pending_break
    if agent.state is S.ON_BREAK and state is S.TALKING:  # a call from his break: then back to it
        wanted_break = agent.reason
    tell(
        turn,
        agent,
        state=state,
        reason=reason,
        limit_s=limit_s,
        pending_break=wanted_break if keeps or state is S.READY else None,
        pending_log_out=agent.pending_log_out if keeps or state is S.READY else False,
    )
    if state is S.READY:
        _keep_wishes(turn, agent)


def tell(turn: Turn, agent: Agent, **changes: Any) -> None:
    """Emit the agent's state with some of it changed."""
    limit_s = None if agent.limit_at_s is None else max(0.0, agent.limit_at_s - turn.now_s)
    facts: dict[str, Any] = {
        "state": agent.state.value,
        "reason": agent.reason,
        "pending_break": agent.pending_break,
        "pending_log_out": agent.pending_log_out,
        "limit_s": limit_s,
        **changes,
    }
    facts["state"] = str(facts["state"])
    turn.emit(e.AgentStateChanged(agent_id=agent.agent_id, call_id=agent.call_id, **facts))


def _keep_wishes(turn: Turn, agent: Agent) -> None:
    if agent.pending_log_out:
        log_out(turn, agent)
    elif agent.pending_break is not None:
        change(turn, agent, "StartBreak", reason=agent.pending_break)


def log_out(turn: Turn, agent: Agent, reason: str = "") -> None:
    change(turn, agent, "LogOut", reason=reason)
    desk.close(turn, agent)
    turn.clear_timer(f"link:{agent.agent_id}")


def start_wrap_up(turn: Turn, agent: Agent, call: Call) -> None:
    queue = turn.state.queues.get(call.queue or "")
    limit_s = queue.wrap_up_s if queue is not None else WRAP_UP_S
    turn.emit(e.WrapUpStarted(call_id=call.call_id, agent_id=agent.agent_id, limit_s=limit_s))
    change(turn, agent, "CallOver", limit_s=limit_s)
    turn.set_timer(f"wrap_up:{agent.agent_id}", limit_s)


def finish_wrap_up(turn: Turn, agent: Agent, summary: dict[str, Any] | None, by: Any) -> None:
    """summary None: the draft as it stands."""
    call = turn.call_of(agent)
    turn.clear_timer(f"wrap_up:{agent.agent_id}")
    if call is not None:
        turn.emit(
            e.WrapUpFinished(
                call_id=call.call_id,
                agent_id=agent.agent_id,
                summary=summary if summary is not None else dict(agent.draft or call.summary),
                took_s=round(turn.now_s - agent.since_s, 3),
                by=by,
            )
        )
        turn.step(call, "wrapped_up", agent_id=agent.agent_id, by=by)
    change(turn, agent, "FinishWrapUp")
    if call is not None:
        endings.close_if_over(turn, call)


def agent_named(turn: Turn, agent_id: str) -> Agent:
    agent = turn.state.agents.get(agent_id)
    if agent is None:
        raise errors.NoSuchAgent(agent_id=agent_id)
    return agent


def require(agent: Agent, command: str, *states: S) -> None:
    if agent.state not in states:
        raise errors.NotInThisState(command=command, state=agent.state.value)


def own_call(turn: Turn, agent: Agent, call_id: str | None) -> Call:
    """The agent's call; naming another one than his own is refused."""
    call = turn.call_of(agent)
    if call is None or (call_id is not None and call_id != call.call_id):
        raise errors.NoSuchCall(call_id=call_id)
    return call


def link_changed(turn: Turn, agent: Agent, connected: bool) -> None:
    """A lost link gets a moment to come back before anything is done about it."""
    if agent.connected == connected and not (agent.link_lost and connected):
        return
    turn.emit(e.AgentConnected(agent_id=agent.agent_id, connected=connected))
    if connected:
        turn.clear_timer(f"link:{agent.agent_id}")
    elif agent.state is not S.LOGGED_OUT:
        turn.set_timer(f"link:{agent.agent_id}", LINK_RINGING_S if agent.state is S.RINGING else LINK_S)


LINK_RINGING_S = 3.0
LINK_S = 15.0
