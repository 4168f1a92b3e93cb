"""Folds events into the state: the only code that changes it, and it never decides.

One function an event, found by its class. An event that changes nothing has none.
"""

import bisect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from app.domain import events as e
from app.domain.floor import settings
from app.domain.floor.agent import Agent, S
from app.domain.floor.interaction import (
    TIME_OF_PHASE,
    Call,
    Consult,
    FlowRun,
    Recording,
    Segment,
    Waiting,
)
from app.domain.floor.leg import Leg, row
from app.domain.floor.queue import ENDS, MEMORY, Counts
from app.domain.floor.state import Board, OpenTask, State, Timer

E = TypeVar("E", bound=e.Event)
Fold = Callable[[State, Any, float], None]
FOLDS: dict[type[e.Event], Fold] = {}


def fold(state: State, event: e.Event, now_s: float) -> None:
    """Change the state by one event."""
    found = FOLDS.get(type(event))
    if found is not None:
        found(state, event, now_s)


def folds(kind: type[E]) -> Callable[[Callable[[State, E, float], None]], Callable[[State, E, float], None]]:
    def remember(function: Callable[[State, E, float], None]) -> Callable[[State, E, float], None]:
        FOLDS[kind] = cast(Fold, function)
        return function

    return remember


# ------------------------------------------------------------------- calls


@folds(e.CallStarted)
def _call_started(state: State, event: e.CallStarted, now_s: float) -> None:
    state.calls[event.call_id] = Call(
        call_id=event.call_id,
        direction=event.direction,
        from_number=event.from_number,
        to_number=event.to_number,
        display=event.display,
        trunk=event.trunk,
        language=event.language,
        started_s=now_s,
        phase_since_s=now_s,
    )


@folds(e.CustomerKnown)
def _customer_known(state: State, event: e.CustomerKnown, now_s: float) -> None:
    call = state.calls[event.call_id]
    call.customer_id = event.customer_id
    call.language = event.language or call.language
    call.priority = event.priority


@folds(e.CallPhaseChanged)
def _phase_changed(state: State, event: e.CallPhaseChanged, now_s: float) -> None:
    _enter_phase(state.calls[event.call_id], event.phase, now_s)


def _enter_phase(call: Call, phase: str, now_s: float) -> None:
    bucket = TIME_OF_PHASE.get(call.phase)
    if bucket is not None:
        setattr(call, bucket, getattr(call, bucket) + now_s - call.phase_since_s)
    call.phase = phase
    call.phase_since_s = now_s


@folds(e.SegmentStarted)
def _segment_started(state: State, event: e.SegmentStarted, now_s: float) -> None:
    call = state.calls[event.call_id]
    call.segments.append(
        Segment(
            segment_id=event.segment_id,
            place=event.place,
            entered_s=now_s,
            day=event.day,
            queue=event.queue,
            agent_id=event.agent_id,
        )
    )
    if event.queue is not None and event.place.startswith("queue:"):
        call.queue = event.queue
        if event.day == state.day:
            state.counts_of(event.queue).offered += 1


@folds(e.SegmentEnded)
def _segment_ended(state: State, event: e.SegmentEnded, now_s: float) -> None:
    call = state.calls[event.call_id]
    segment = call.segments[-1]
    segment.left_s = now_s
    segment.end_reason = event.end_reason
    segment.offers = event.offers
    if call.waiting is not None and call.waiting.segment_id == event.segment_id:
        call.waiting = None
        state.waiting.remove(call.call_id)
    if event.queue is None or not event.place.startswith("queue:"):
        return
    segment.agent_id = event.agent_id
    if event.day == state.day and event.end_reason in ENDS:
        counts = state.counts_of(event.queue)
        setattr(counts, event.end_reason, getattr(counts, event.end_reason) + 1)
        counts.answered_in_time += bool(event.in_time)
        counts.abandoned_short += bool(event.short)


@folds(e.StepTaken)
def _step_taken(state: State, event: e.StepTaken, now_s: float) -> None:
    state.calls[event.call_id].steps.append(
        {"seq": event.number, "at_s": now_s, "step": event.step, **event.detail}
    )


@folds(e.DecisionMade)
def _decision_made(state: State, event: e.DecisionMade, now_s: float) -> None:
    state.calls[event.call_id].decisions.append(
        {
            "at_s": now_s,
            "queue": event.queue,
            "rule": event.rule,
            "chosen": event.chosen,
            "candidates": [
                {"agent": one.agent, "score": one.score, "passed_over": one.passed_over}
                for one in event.candidates
            ],
            "waiting_before": event.waiting_before,
            "text": event.text,
        }
    )


@folds(e.KeysPressed)
def _keys_pressed(state: State, event: e.KeysPressed, now_s: float) -> None:
    state.calls[event.call_id].keys.append({"node": event.node, "digits": event.digits})


@folds(e.FlowStepped)
def _flow_stepped(state: State, event: e.FlowStepped, now_s: float) -> None:
    call = state.calls[event.call_id]
    if event.run is None:
        call.flow = None
        return
    call.flow = FlowRun(
        flow_id=event.flow_id,
        definition=event.definition,
        run=event.run,
        act=event.act or {},
        handle=event.handle,
    )
    call.language = str(event.run.get("language") or call.language)


@folds(e.CallQueued)
def _call_queued(state: State, event: e.CallQueued, now_s: float) -> None:
    call = state.calls[event.call_id]
    state.orders += 1
    call.waiting = Waiting(
        queue=event.queue,
        segment_id=event.segment_id,
        entered_s=event.entered_s,
        order=state.orders,
        priority=event.priority,
        only_agent=event.only_agent,
    )
    ranks = [waiting.rank() for waiting in map(_waiting_of(state), state.waiting)]
    state.waiting.insert(bisect.bisect(ranks, call.waiting.rank()), call.call_id)


def _waiting_of(state: State) -> Callable[[str], Waiting]:
    def waiting(call_id: str) -> Waiting:
        found = state.calls[call_id].waiting
        assert found is not None
        return found

    return waiting


@folds(e.AgentOffered)
def _agent_offered(state: State, event: e.AgentOffered, now_s: float) -> None:
    call = state.calls[event.call_id]
    agent = state.agents[event.agent_id]
    agent.call_id = event.call_id
    agent.phone_leg = event.leg_id
    agent.draft = None
    if call.waiting is not None and not event.consult:
        call.waiting.offered_to = event.agent_id
        call.waiting.offered_s = now_s
        call.waiting.offers += 1


@folds(e.OfferEnded)
def _offer_ended(state: State, event: e.OfferEnded, now_s: float) -> None:
    call = state.calls[event.call_id]
    agent = state.agents[event.agent_id]
    call.ring_s += event.rang_s
    if event.reason != "answered":
        agent.call_id = None
        agent.phone_leg = None
    if call.waiting is not None and call.waiting.offered_to == event.agent_id:
        call.waiting.offered_to = None
        if event.reason == "refused":
            call.waiting.passed.append(event.agent_id)


@folds(e.AskedAgain)
def _asked_again(state: State, event: e.AskedAgain, now_s: float) -> None:
    waiting = state.calls[event.call_id].waiting
    if waiting is not None:
        waiting.passed.clear()


@folds(e.CallAnswered)
def _call_answered(state: State, event: e.CallAnswered, now_s: float) -> None:
    call = state.calls[event.call_id]
    agent = state.agents[event.agent_id]
    call.agent_id = event.agent_id
    call.first_agent = call.first_agent or event.agent_id
    call.answered_s = now_s if call.answered_s is None else call.answered_s
    call.joined_s = now_s
    call.muted = False
    agent.call_id = call.call_id
    agent.draft = None
    if event.counts:
        agent.calls_today += 1


@folds(e.CallDialled)
def _call_dialled(state: State, event: e.CallDialled, now_s: float) -> None:
    call = state.calls[event.call_id]
    call.agent_id = call.first_agent = event.agent_id
    call.queue = event.queue
    call.joined_s = now_s
    agent = state.agents[event.agent_id]
    agent.call_id = event.call_id
    agent.draft = None


@folds(e.ExternalAnswered)
def _external_answered(state: State, event: e.ExternalAnswered, now_s: float) -> None:
    call = state.calls[event.call_id]
    call.answered_s = now_s if call.answered_s is None else call.answered_s


@folds(e.CallMuted)
def _call_muted(state: State, event: e.CallMuted, now_s: float) -> None:
    state.calls[event.call_id].muted = event.muted


@folds(e.AgentReleased)
def _agent_released(state: State, event: e.AgentReleased, now_s: float) -> None:
    call = state.calls[event.call_id]
    agent = state.agents[event.agent_id]
    agent.call_id = None
    agent.phone_leg = None
    agent.talk_today_s += event.talk_s
    agent.idle_since_s = now_s
    if call.agent_id == event.agent_id:
        call.agent_id = None
        call.muted = False


@folds(e.ConsultStarted)
def _consult_started(state: State, event: e.ConsultStarted, now_s: float) -> None:
    state.calls[event.call_id].consult = Consult(
        agent_id=event.agent_id, to=event.to, with_agent=event.with_agent, leg_id=event.leg_id
    )


@folds(e.ConsultAnswered)
def _consult_answered(state: State, event: e.ConsultAnswered, now_s: float) -> None:
    consult = state.calls[event.call_id].consult
    assert consult is not None
    consult.state = "talking"
    if event.with_agent is not None:
        state.agents[event.with_agent].call_id = event.call_id


@folds(e.ConferenceStarted)
def _conference_started(state: State, event: e.ConferenceStarted, now_s: float) -> None:
    consult = state.calls[event.call_id].consult
    assert consult is not None
    consult.state = "conference"


@folds(e.ConsultEnded)
def _consult_ended(state: State, event: e.ConsultEnded, now_s: float) -> None:
    state.calls[event.call_id].consult = None


@folds(e.SupervisionChanged)
def _supervision_changed(state: State, event: e.SupervisionChanged, now_s: float) -> None:
    state.agents[event.supervisor].listening_to = event.agent_id if event.mode != "none" else None


@folds(e.CallEnded)
def _call_ended(state: State, event: e.CallEnded, now_s: float) -> None:
    call = state.calls[event.call_id]
    _enter_phase(call, "ended", now_s)
    call.ended_s = now_s
    call.ended_by = event.ended_by
    call.outcome = event.outcome
    call.flow = None


@folds(e.CallClosed)
def _call_closed(state: State, event: e.CallClosed, now_s: float) -> None:
    del state.calls[event.call_id]


@folds(e.RecordingStarted)
def _recording_started(state: State, event: e.RecordingStarted, now_s: float) -> None:
    state.calls[event.call_id].recordings.append(
        Recording(
            recording_id=event.recording_id,
            leg_id=event.leg_id,
            file=event.file,
            started_s=now_s,
            channels=event.channels,
            agent_id=event.agent_id,
        )
    )


def _recording(state: State, call_id: str, recording_id: str) -> Recording:
    return next(tape for tape in state.calls[call_id].recordings if tape.recording_id == recording_id)


@folds(e.RecordingPaused)
def _recording_paused(state: State, event: e.RecordingPaused, now_s: float) -> None:
    _recording(state, event.call_id, event.recording_id).state = "paused" if event.paused else "running"


@folds(e.RecordingStopped)
def _recording_stopped(state: State, event: e.RecordingStopped, now_s: float) -> None:
    _recording(state, event.call_id, event.recording_id).state = "stopped"


@folds(e.RecordingSaved)
def _recording_saved(state: State, event: e.RecordingSaved, now_s: float) -> None:
    call = state.calls.get(event.call_id)
    if call is not None:
        tape = _recording(state, event.call_id, event.recording_id)
        tape.state = "saved"
        tape.duration_s = event.duration_s
        call.left_message = call.left_message or tape.channels == ["caller"]


# -------------------------------------------------------------------- legs


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
    leg.host, leg.port = event.host, event.port


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


# ------------------------------------------------------------------- tasks


@folds(e.TaskMade)
def _task_made(state: State, event: e.TaskMade, now_s: float) -> None:
    state.tasks[event.number] = OpenTask(task_id=event.task_id, kind=event.kind)


@folds(e.TaskMerged)
def _task_merged(state: State, event: e.TaskMerged, now_s: float) -> None:
    state.tasks[event.number].calls += 1


@folds(e.TaskClosed)
def _task_closed(state: State, event: e.TaskClosed, now_s: float) -> None:
    state.tasks.pop(event.number, None)


# ---------------------------------------------------- boards, time, settings


def _board(state: State, name: str) -> Board:
    return state.boards.setdefault(name, Board(name=name))


@folds(e.BoardTaken)
def _board_taken(state: State, event: e.BoardTaken, now_s: float) -> None:
    board = _board(state, event.board)
    board.boot_id = event.boot_id
    board.connected = True


@folds(e.BoardDropped)
def _board_dropped(state: State, event: e.BoardDropped, now_s: float) -> None:
    _board(state, event.board).connected = False


@folds(e.TrunkStateChanged)
def _trunk_state_changed(state: State, event: e.TrunkStateChanged, now_s: float) -> None:
    _board(state, event.board).trunks[event.trunk] = event.state


@folds(e.PhoneStateChanged)
def _phone_state_changed(state: State, event: e.PhoneStateChanged, now_s: float) -> None:
    _board(state, event.board).phones[event.user] = event.registered


@folds(e.TimerSet)
def _timer_set(state: State, event: e.TimerSet, now_s: float) -> None:
    state.orders += 1
    state.timers[event.timer_id] = Timer(due_s=event.due_s, order=state.orders)


@folds(e.TimerCleared)
def _timer_cleared(state: State, event: e.TimerCleared, now_s: float) -> None:
    state.timers.pop(event.timer_id, None)


@folds(e.TimersMoved)
def _timers_moved(state: State, event: e.TimersMoved, now_s: float) -> None:
    for timer_id, timer in state.timers.items():
        if timer_id.partition(":")[0] in event.kinds:
            timer.due_s += event.by_s
    for agent in state.agents.values():
        if agent.limit_at_s is not None:
            agent.limit_at_s += event.by_s


@folds(e.TimersHeld)
def _timers_held(state: State, event: e.TimersHeld, now_s: float) -> None:
    state.held_timers = event.held


@folds(e.FloorStarted)
def _floor_started(state: State, event: e.FloorStarted, now_s: float) -> None:
    state.utc_offset_s = event.utc_offset_s
    for board in state.boards.values():
        board.connected = False


@folds(e.ClockSet)
def _clock_set(state: State, event: e.ClockSet, now_s: float) -> None:
    state.utc_offset_s = event.utc_offset_s


@folds(e.DayBegan)
def _day_began(state: State, event: e.DayBegan, now_s: float) -> None:
    """Who waits across midnight stays counted on the day he came (see Segment.day)."""
    state.day = event.date
    for name, counts in state.counts.items():
        state.counts[name] = Counts(handling_s=counts.handling_s)
    for agent in state.agents.values():
        agent.calls_today = 0
        agent.talk_today_s = 0.0


@folds(e.ConfigurationTaken)
def _configuration_taken(state: State, event: e.ConfigurationTaken, now_s: float) -> None:
    settings.take(state, event.key, event.value)
