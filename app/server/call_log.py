"""The log lines about calls and agents that CONTRACT promises, written from safe entries."""

from app.domain import events
from app.server.bus import Entry
from app.server.log import log


def write(entry: Entry) -> None:
    for event in entry.events:
        match event:
            case events.CallStarted():
                log(
                    "info",
                    "call_offered",
                    call_id=event.call_id,
                    to=event.to_number,
                    direction=event.direction,
                )
            case events.CallAnswered():
                log(
                    "info",
                    "call_answered",
                    call_id=event.call_id,
                    agent=event.agent_id,
                    waited_s=event.waited_s,
                )
            case events.CallEnded():
                log(
                    "info",
                    "call_ended",
                    call_id=event.call_id,
                    outcome=event.outcome,
                    ended_by=event.ended_by,
                )
            case events.OfferEnded() if event.reason == "no_answer":
                log("info", "offer_missed", call_id=event.call_id, agent=event.agent_id)
            case events.AgentOffered():
                log("info", "agent_offered", call_id=event.call_id, agent=event.agent_id)
            case events.AgentStateChanged():
                log("info", "agent_state", agent=event.agent_id, state=event.state, reason=event.reason)
            case events.AlarmChanged():
                name = "alarm_raised" if event.raised else "alarm_cleared"
                log("warning", name, board=event.board, line=event.line, reason=event.reason)
            case _:
                pass
