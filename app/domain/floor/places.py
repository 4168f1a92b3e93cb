"""Where a call may be sent: `agent:ID queue:ID flow:ID voicemail:ID number:DIGITS`."""

from app.domain import errors
from app.domain.floor import dialling, endings, voicemail, waiting, walking
from app.domain.floor.agent import S
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn

NO_ROUTE = 3  # Q.850: no route to destination


def check(turn: Turn, to: str, role: str) -> None:
    """Raise the refusal with which a person is told that a call cannot go there now."""
    kind, _, name = to.partition(":")
    state = turn.state
    match kind:
        case "agent":
            agent = state.agents.get(name)
            if agent is None:
                raise errors.NoSuchAgent(agent_id=name)
            if agent.state is not S.READY or agent.phone == "none":
                raise errors.AgentBusy(agent_id=name, state=agent.state.value)
        case "queue":
            if name not in state.queues:
                raise errors.NoSuchPlace(place=to)
            if state.queues[name].is_closed:
                raise errors.OutOfHours(place=to)
        case "flow":
            if name not in state.settings.flows:
                raise errors.NoSuchPlace(place=to)
        case "voicemail":
            if not name:
                raise errors.NoSuchPlace(place=to)
        case "number":
            dialling.route(turn, name, role)
        case _:
            raise errors.WrongFields(fields={"to": "agent: queue: flow: voicemail: number:"})


def go(turn: Turn, call: Call, to: str) -> None:
    """Send a call somewhere. Where that cannot be, its flow hears of it, or the caller is a task."""
    kind, _, name = to.partition(":")
    turn.direct(call.leg_id, room=None)
    try:
        check(turn, to, "system")
    except errors.Refused as refusal:
        if kind == "agent" and isinstance(refusal, errors.AgentBusy):
            waiting.give_back(turn, call, "busy")
        else:
            stranded(turn, call, refusal.kind)
        return
    match kind:
        case "queue":
            waiting.enqueue(turn, call, name)
        case "agent":
            waiting.wait_for_agent(turn, call, name)
        case "flow":
            if not walking.enter(turn, call, name):
                stranded(turn, call, "no_flow")
        case "voicemail":
            voicemail.enter(turn, call, name)
        case "number":
            dialling.connect(turn, call, name)


def stranded(turn: Turn, call: Call, reason: str) -> None:
    """Nowhere to go: back to the flow, else the call ends and its caller is a task."""
    flow = call.flow
    if flow is not None and flow.act.get("do") in ("queue", "voicemail", "transfer"):
        if flow.act["do"] == "transfer":
            walking.left(turn, call, "failed")
        else:
            walking.failed(turn, call, reason)
        return
    endings.end(turn, call, "system", cause=NO_ROUTE, outcome=None if call.first_agent else "failed")
