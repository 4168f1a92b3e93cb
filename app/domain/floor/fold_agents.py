"""Folds of what happens to legs and agents."""

from app.domain import events as e
from app.domain.floor.agent import Agent, S
from app.domain.floor.folding import folds
from app.domain.floor.leg import Leg, row
from app.domain.floor.queue import MEMORY
from app.domain.floor.state import State


@folds(e.LegAdded)
def _leg_added(state: State, event: e.LegAdded, now_s: float) -> None:
    state.legs[event.leg_id] = Leg(
        leg_id=event.leg_id,
        board=event.board,
        kind=event.kind,
        via=event.via,
        direction=event.direction,
        call_id=event.call_id,
        agent_id=event.agent_id,
        trunk=event.trunk,
        user=event.user,
        sip_call_id=event.sip_call_id,
        from_number=event.from_number,
        to_number=event.to_number,
        state="offered" if event.direction == "in" else "calling",
        started_s=now_s,
        wanted=event.wanted,
    )
    if event.call_id is not None:
        call = state.calls[event.call_id]
        call.legs.append(event.leg_id)
        if call.leg_id is None and event.kind in ("caller", "external"):
            call.leg_id = event.leg_id
    if event.agent_id is not None:
        agent = state.agents[event.agent_id]
        if event.via == "desk":
            agent.desk_leg = event.leg_id
            agent.heard = False
        else:
            agent.phone_leg = event.leg_id


@folds(e.LegAssigned)
def _leg_assigned(state: State, event: e.LegAssigned, now_s: float) -> None:
    leg = state.legs.get(event.leg_id)
    if leg is None:
        return
    if leg.call_id is not None and leg.call_id in state.calls:
        call = state.calls[leg.call_id]
        if event.leg_id in call.legs:
            call.legs.remove(event.leg_id)
        call.gone_legs.append(row(leg, ended_s=now_s))
    leg.call_id = event.call_id
    leg.kind = event.kind
    if event.call_id is not None:
        state.calls[event.call_id].legs.append(event.leg_id)
        leg.started_s = now_s
        leg.answered_s = now_s


@folds(e.LegGotOn)
def _leg_got_on(state: State, event: e.LegGotOn, now_s: float) -> None:
    leg = state.legs[event.leg_id]
    leg.codec = event.codec or leg.codec
    leg.sip_call_id = event.sip_call_id or leg.sip_call_id
    if event.state == "answered" and leg.state != "answered":
        leg.answered_s = now_s
    leg.state = event.state


@folds(e.LegGone)
def _leg_gone(state: State, event: e.LegGone, now_s: float) -> None:
    leg = state.legs.pop(event.leg_id)
    call = state.calls.get(leg.call_id or "")
    if call is not None:
        quality = {"loss_percent": event.loss_percent, "jitter_ms": event.jitter_ms, "mos": event.mos}
        if event.leg_id in call.legs:
            call.legs.remove(event.leg_id)
        call.gone_legs.append(row(leg, ended_s=now_s, cause=event.cause, quality=quality))
    agent = state.agents.get(leg.agent_id or "")
    if agent is not None:
        if agent.desk_leg == event.leg_id:
            agent.desk_leg = None
            agent.heard = False
        if agent.phone_leg == event.leg_id:
            agent.phone_leg = None


@folds(e.LegDirected)
def _leg_directed(state: State, event: e.LegDirected, now_s: float) -> None:
    state.legs[event.leg_id].wanted = event.wanted


# ------------------------------------------------------------------ agents


def _agent(state: State, agent_id: str) -> Agent:
    return state.agents[agent_id]


@folds(e.AgentLoggedIn)
def _agent_logged_in(state: State, event: e.AgentLoggedIn, now_s: float) -> None:
    agent = _agent(state, event.agent_id)
    agent.phone = event.phone
    agent.phone_user = event.phone_user
    agent.desk_token = event.desk_token
    agent.idle_since_s = now_s
    agent.logged_in_s = now_s
    agent.listening_to = None
    agent.link_lost = False


@folds(e.AgentStateChanged)
def _agent_state_changed(state: State, event: e.AgentStateChanged, now_s: float) -> None:
    agent = _agent(state, event.agent_id)
    if agent.state != event.state or agent.reason != event.reason:
        agent.since_s = now_s
    agent.state = S(event.state)
    agent.reason = event.reason
    agent.pending_break = event.pending_break
    agent.pending_log_out = event.pending_log_out
    agent.limit_at_s = None if event.limit_s is None else now_s + event.limit_s
    if agent.state is S.LOGGED_OUT:
        agent.draft = None
        agent.logged_in_s = None
        agent.desk_token = ""


@folds(e.AgentConnected)
def _agent_connected(state: State, event: e.AgentConnected, now_s: float) -> None:
    agent = _agent(state, event.agent_id)
    agent.connected = event.connected
    lost = not event.connected and not event.expected
    agent.link_lost = lost and agent.state is not S.LOGGED_OUT


@folds(e.AgentMoved)
def _agent_moved(state: State, event: e.AgentMoved, now_s: float) -> None:
    _agent(state, event.agent_id).queues = list(event.queues)


@folds(e.DeskLineReady)
def _desk_line_ready(state: State, event: e.DeskLineReady, now_s: float) -> None:
    leg = state.legs[event.leg_id]
    leg.host, leg.port, leg.srtp = event.host, event.port, event.srtp


@folds(e.DeskVoiceChanged)
def _desk_voice_changed(state: State, event: e.DeskVoiceChanged, now_s: float) -> None:
    _agent(state, event.agent_id).heard = event.heard


@folds(e.WrapUpStarted)
def _wrap_up_started(state: State, event: e.WrapUpStarted, now_s: float) -> None:
    agent = _agent(state, event.agent_id)
    agent.call_id = event.call_id
    state.calls[event.call_id].wrap_ups.append(event.agent_id)


@folds(e.WrapUpExtended)
def _wrap_up_extended(state: State, event: e.WrapUpExtended, now_s: float) -> None:
    _agent(state, event.agent_id).limit_at_s = now_s + event.limit_s


@folds(e.WrapUpDraftSaved)
def _wrap_up_draft_saved(state: State, event: e.WrapUpDraftSaved, now_s: float) -> None:
    _agent(state, event.agent_id).draft = event.summary


@folds(e.WrapUpFinished)
def _wrap_up_finished(state: State, event: e.WrapUpFinished, now_s: float) -> None:
    agent = _agent(state, event.agent_id)
    call = state.calls[event.call_id]
    agent.call_id = None
    agent.draft = None
    agent.idle_since_s = now_s
    call.wrap_ups.remove(event.agent_id)
    call.summary = event.summary
    call.wrap_up_s += event.took_s
    if call.queue is not None:
        counts = state.counts_of(call.queue)
        handled_s = call.talk_s + call.hold_s + event.took_s
        counts.handling_s = round(counts.handling_s + MEMORY * (handled_s - counts.handling_s), 3)
