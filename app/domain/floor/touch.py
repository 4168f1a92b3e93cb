"""Which rows an event changes, so that ten times a second only those are sent."""

from app.domain import events as e
from app.domain.floor.state import State, Touched

_OF_QUEUE = (
    e.SegmentStarted,
    e.SegmentEnded,
    e.CallQueued,
    e.AgentOffered,
    e.OfferEnded,
    e.CustomerKnown,
)


def touch(touched: Touched, state: State, event: e.Event) -> None:
    """Remember rows; called after the event is folded."""
    call_id = getattr(event, "call_id", None)
    if isinstance(call_id, str):
        touched.calls[call_id] = None
    agent_id = getattr(event, "agent_id", None)
    if isinstance(agent_id, str):
        agent = state.agents.get(agent_id)
        touched.agents[agent_id] = None
        if agent is not None and isinstance(event, (e.AgentStateChanged, e.AgentMoved)):
            for queue in agent.queues:
                touched.queues[queue] = None
    if isinstance(event, _OF_QUEUE):
        call = state.calls.get(event.call_id)
        if call is not None and call.queue is not None:
            touched.queues[call.queue] = None
    if isinstance(event, (e.DayBegan, e.ConfigurationTaken, e.FloorStarted, e.BoardDropped)):
        touched.agents.update(dict.fromkeys(state.agents))
        touched.queues.update(dict.fromkeys(state.queues))
