"""Events as the live link tells them to the one agent they concern, at once.

Tables are not here: they are batched (`Floor.changed_rows`).
"""

import dataclasses
from typing import Any

from app.domain import calendar
from app.domain import events as e
from app.domain.floor.state import State

OWN: tuple[type[e.Event], ...] = (
    e.AgentStateChanged,
    e.OfferEnded,
    e.CallAnswered,
    e.CallHeld,
    e.CallResumed,
    e.CallMuted,
    e.ConsultStarted,
    e.ConsultAnswered,
    e.ConsultEnded,
    e.ConferenceStarted,
    e.WrapUpStarted,
    e.WrapUpDraftSaved,
    e.WrapUpFinished,
    e.DeskLineReady,
    e.DeskLineLost,
    e.DeskVoiceChanged,
    e.CallDialled,
)


def live(state: State, event: e.Event, now_s: float) -> tuple[str, dict[str, Any]] | None:
    """(agent_id, event as a flat dict), or None when nobody is told at once."""
    if isinstance(event, e.AgentOffered):
        return event.agent_id, _offered(state, event, now_s)
    if isinstance(event, e.AgentReleased):
        return event.agent_id, {
            "event": "CallEnded",
            "call_id": event.call_id,
            "agent_id": event.agent_id,
            "ended_by": event.ended_by,
        }
    if isinstance(event, OWN):
        fields = {item.name: getattr(event, item.name) for item in dataclasses.fields(event)}
        return str(fields["agent_id"]), {"event": type(event).__name__, **fields}
    return None


def _offered(state: State, event: e.AgentOffered, now_s: float) -> dict[str, Any]:
    return {
        "event": "AgentOffered",
        "agent_id": event.agent_id,
        "call_id": event.call_id,
        "from": event.from_number,
        "to": event.to_number,
        "queue": event.queue,
        "keys": event.keys,
        "waited_s": event.waited_s,
        "ring_s": event.ring_s,
        "customer_id": event.customer_id,
        "consult": event.consult,
        "offered_at": calendar.iso_utc(now_s + state.utc_offset_s),
    }
