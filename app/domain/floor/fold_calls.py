"""Folds of what happens to calls: their places, flows, agents, recordings and ends."""

import bisect
from collections.abc import Callable

from app.domain import events as e
from app.domain.floor.folding import folds
from app.domain.floor.interaction import TIME_OF_PHASE, Call, Consult, FlowRun, Recording, Segment, Waiting
from app.domain.floor.queue import ENDS
from app.domain.floor.state import State


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
    if agent.call_id != call.call_id:  # what was typed while it rang stays
        agent.draft = None
    agent.call_id = call.call_id
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
