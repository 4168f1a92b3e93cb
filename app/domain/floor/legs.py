"""What the board says of a leg, and what it means for the call the leg is of.

News of a leg the floor does not know (any more) changes nothing: it was ended here first.
"""

from typing import Any

from app.domain import events as e
from app.domain import inputs as i
from app.domain.floor import desk, dialling, endings, offers, transfer, voicemail, waiting, walking
from app.domain.floor.agent import S
from app.domain.floor.interaction import Call
from app.domain.floor.leg import Leg
from app.domain.floor.turn import Turn

BUSY, NO_USER, NO_ANSWER, DECLINED = 17, 18, 19, 21  # Q.850


def _known(turn: Turn, leg_id: str) -> tuple[Leg | None, Call | None]:
    leg = turn.state.legs.get(leg_id)
    return leg, turn.state.calls.get(leg.call_id or "") if leg is not None else None


def progress(turn: Turn, entry: i.LegProgress) -> None:
    leg, _ = _known(turn, entry.leg)
    states: dict[str, Any] = {"calling": "calling", "ringing": "ringing", "early_media": "early"}
    if leg is not None and leg.state != "answered" and leg.state != states[entry.state]:
        turn.emit(e.LegGotOn(leg_id=leg.leg_id, state=states[entry.state], call_id=leg.call_id))


def answered(turn: Turn, leg_id: str, codec: str, sip_call_id: str) -> None:
    leg, call = _known(turn, leg_id)
    if leg is None:
        return
    was = leg.state
    turn.emit(
        e.LegGotOn(leg_id=leg_id, state="answered", codec=codec, sip_call_id=sip_call_id, call_id=leg.call_id)
    )
    if was == "answered" or call is None or call.is_over:
        return
    if leg.kind == "caller":
        turn.step(call, "answered", leg_id=leg_id)
    elif leg.kind == "external":
        if call.consult is not None and call.consult.leg_id == leg_id:
            transfer.consult_answered(turn, call, None)
        else:
            dialling.answered(turn, call, leg)
    elif leg.kind == "agent" and leg.agent_id is not None:
        agent = turn.state.agents[leg.agent_id]
        if agent.state is S.RINGING and agent.phone_leg == leg_id:
            offers.answer(turn, agent)


def ended(turn: Turn, leg_id: str, cause: int, by: Any, reason: str, quality: i.Quality) -> None:
    leg, call = _known(turn, leg_id)
    if leg is None:
        return
    agent = turn.state.agents.get(leg.agent_id or "")
    phone_rang = (
        agent is not None and leg.via == "phone" and agent.phone_leg == leg_id and agent.state is S.RINGING
    )
    turn.emit(
        e.LegGone(
            leg_id=leg_id,
            cause=cause,
            by=by,
            reason=reason,
            call_id=leg.call_id,
            loss_percent=quality.loss_percent,
            jitter_ms=quality.jitter_ms,
            mos=quality.mos,
        )
    )
    if leg.is_desk and agent is not None:
        desk.gone(turn, agent, leg)
    elif leg.wanted.end is None and call is not None and not call.is_over:
        if leg_id == call.leg_id:
            endings.end(turn, call, _ender(by), cause=cause)
        elif phone_rang and agent is not None:
            _phone_did_not_take_it(turn, leg, cause)
        elif leg.kind == "agent" and agent is not None:
            _agent_phone_down(turn, call, agent.agent_id, cause)
        elif leg.kind == "external":
            if call.consult is not None and call.consult.leg_id == leg_id:
                transfer.other_gone(turn, call, by)
            else:
                dialling.gone(turn, call, leg, cause, by)
    if call is not None:
        endings.close_if_over(turn, call)


def _ender(by: str) -> str:
    return {"far": "caller", "lost": "lost"}.get(by, "system")


def _phone_did_not_take_it(turn: Turn, leg: Leg, cause: int) -> None:
    agent = turn.state.agents[leg.agent_id or ""]
    if cause in (BUSY, DECLINED):
        offers.refused(turn, agent)
    else:
        offers.missed(turn, agent, "no_answer" if cause in (NO_USER, NO_ANSWER) else "failed")


def _agent_phone_down(turn: Turn, call: Call, agent_id: str, cause: int) -> None:
    """The agent's telephone was put down."""
    agent = turn.state.agents[agent_id]
    if not transfer.leave(turn, call, agent, has_voice=False):
        hung_up_by_agent(turn, call, agent_id, "agent", cause)


def hung_up_by_agent(turn: Turn, call: Call, agent_id: str, by: str, cause: int = 16) -> None:
    """The agent's side is done: the flow may want the caller once more, else the call is over."""
    if not walking.goes_on_after_talk(turn, call):
        endings.end(turn, call, by, cause=cause)
        return
    endings.end_segment(turn, call, "released")
    endings.release_agent(turn, call, agent_id, by)
    turn.direct(call.leg_id, room=None)
    walking.left(turn, call, "answered")


def digit(turn: Turn, entry: i.DigitPressed) -> None:
    _, call = _known(turn, entry.leg)
    if call is None or call.is_over or call.leg_id != entry.leg:
        return
    if call.phase == "ivr" and call.flow is not None:
        walking.resume(turn, call, {"got": "pressed", "digit": entry.digit})


def play_finished(turn: Turn, entry: i.PlayFinished) -> None:
    leg, call = _known(turn, entry.leg)
    if leg is None or leg.wanted.sound is None or leg.wanted.sound.op != entry.op:
        return
    looped = leg.wanted.sound.loop
    turn.sound_over(leg)
    if call is None or call.is_over:
        return
    signal = (
        {"got": "failed", "reason": f"prompt {entry.detail}".strip()}
        if entry.reason == "failed"
        else {"got": "played"}
    )
    if walking.sound_over(turn, call, entry.op, signal) or looped:
        return
    if call.waiting is not None:
        waiting.play_music(turn, call)
    elif call.phase == "voicemail" and call.running_recording() is None:
        voicemail.words_over(turn, call)
    elif call.phase == "talking":
        # "One moment" was said for an agent whose headset is silent.
        agent = turn.state.agents.get(call.agent_id or "")
        if agent is not None and not agent.heard and leg.wanted.room is None:
            waiting.play_music(turn, call)


def collect_finished(turn: Turn, entry: i.CollectFinished) -> None:
    leg, call = _known(turn, entry.leg)
    if leg is None or leg.wanted.sound is None or leg.wanted.sound.op != entry.op:
        return
    turn.sound_over(leg)
    if call is None or call.is_over:
        return
    if call.phase == "voicemail":
        voicemail.message_over(turn, call)
        return
    walking.sound_over(
        turn,
        call,
        entry.op,
        {"got": "collected", "reason": entry.reason, "digits": entry.digits},
    )


def recording_saved(turn: Turn, entry: i.RecordingSaved) -> None:
    for call in turn.state.calls.values():
        for tape in call.recordings:
            if tape.recording_id == entry.recording and tape.state != "saved":
                _saved(turn, call, entry)
                return


def _saved(turn: Turn, call: Call, entry: i.RecordingSaved) -> None:
    leg = turn.state.legs.get(entry.leg)
    if leg is not None and leg.wanted.taping and leg.wanted.taping.recording == entry.recording:
        turn.direct(entry.leg, taping=None)
    turn.emit(
        e.RecordingSaved(
            call_id=call.call_id,
            recording_id=entry.recording,
            file=entry.file,
            duration_s=entry.duration_s,
            started_utc=entry.started_utc,
        )
    )
    endings.close_if_over(turn, call)
