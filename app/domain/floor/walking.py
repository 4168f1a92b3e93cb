"""A call in a flow: acts become what is wanted of its leg, the board's answers become signals."""

from typing import Any

from app.domain import effects as f
from app.domain import events as e
from app.domain.floor import endings, places, voicemail, waiting
from app.domain.floor.flows import Step
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn
from app.domain.floor.wanted import Sound
from app.domain.flow import announcements
from app.domain.flow.definition import NotAFlow

LOOKUP_S = 5.0
TEMPORARY_FAILURE = 41  # Q.850


def enter(turn: Turn, call: Call, flow_id: str) -> bool:
    """Begin a flow; False when there is none of that name, or it cannot be read."""
    key = turn.state.settings.flows.get(flow_id)
    if key is None:
        return False
    given = {
        "caller": call.from_number,
        "called": call.to_number,
        "call_id": call.call_id,
        "customer_id": call.customer_id,
    }
    try:
        step = turn.engine.start(turn.state.settings.definitions[key], given, call.language)
    except NotAFlow:
        return False
    _in_flow(turn, call, flow_id)
    _follow(turn, call, flow_id, key, step)
    return True


def resume(turn: Turn, call: Call, signal: dict[str, Any]) -> None:
    flow = call.flow
    if flow is None:
        return
    turn.clear_timer(f"lookup:{call.call_id}")
    step = turn.engine.resume(turn.state.settings.definitions[flow.definition], flow.run, signal)
    _follow(turn, call, flow.flow_id, flow.definition, step)


def left(turn: Turn, call: Call, exit: str) -> bool:
    """A queue, box or transfer gives the call back to its flow; False when none waits for that."""
    flow = call.flow
    if flow is None or flow.act.get("do") not in ("queue", "voicemail", "transfer"):
        return False
    _in_flow(turn, call, flow.flow_id)
    resume(turn, call, {"got": "left", "exit": exit})
    return True


def failed(turn: Turn, call: Call, reason: str) -> bool:
    """What the flow asked for cannot be done."""
    flow = call.flow
    if flow is None:
        return False
    _in_flow(turn, call, flow.flow_id)
    resume(turn, call, {"got": "failed", "reason": reason})
    return True


def goes_on_after_talk(turn: Turn, call: Call) -> bool:
    """Whether the flow wants the caller back when the agent hangs up (a rating, say)."""
    flow = call.flow
    if flow is None or flow.act.get("do") not in ("queue", "transfer"):
        return False
    definition = turn.state.settings.definitions[flow.definition]
    step = turn.engine.resume(definition, flow.run, {"got": "left", "exit": "answered"})
    return step.act.get("do") != "end"


def drop(turn: Turn, call: Call) -> None:
    """The call goes another way; its flow is over."""
    flow = call.flow
    if flow is not None:
        turn.emit(
            e.FlowStepped(call_id=call.call_id, flow_id=flow.flow_id, definition=flow.definition, run=None)
        )


def last_wishes(turn: Turn, call: Call) -> list[dict[str, Any]]:
    """The caller is gone: look-ups the flow still wants made. Their answers go nowhere."""
    flow = call.flow
    if flow is None:
        return []
    step = turn.engine.resume(turn.state.settings.definitions[flow.definition], flow.run, {"got": "hung_up"})
    _note(turn, call, step)
    return [step.act] if step.act.get("do") == "lookup" else []


def _in_flow(turn: Turn, call: Call, flow_id: str) -> None:
    segment = call.segment
    if segment is None or segment.place != f"flow:{flow_id}":
        endings.begin_segment(turn, call, f"flow:{flow_id}")
    turn.phase(call, "ivr")
    turn.direct(call.leg_id, room=None, away="moment", away_prompts=announcements.moment(call.language))


def _note(turn: Turn, call: Call, step: Step) -> None:
    for node, digits in step.digits:
        turn.emit(e.KeysPressed(call_id=call.call_id, node=node, digits=digits))
        turn.step(call, "digits", node=node, digits=digits)
    for node in step.entered:
        turn.step(call, "node", node=node)


def _follow(turn: Turn, call: Call, flow_id: str, key: str, step: Step) -> None:
    _note(turn, call, step)
    act = step.act
    do = act.get("do")
    if do == "wait" and call.flow is not None:
        _keep(turn, call, flow_id, key, step, call.flow.act, call.flow.handle)
        return
    match do:
        case "play":
            handle = turn.play(call.leg_id, list(act["prompts"]))
            _keep(turn, call, flow_id, key, step, act, handle)
        case "collect":
            _keep(turn, call, flow_id, key, step, act, _collect(turn, call, act))
        case "lookup" | "speak":
            _keep(turn, call, flow_id, key, step, act, _ask(turn, call, act))
        case "queue":
            _keep(turn, call, flow_id, key, step, act, "")
            waiting.enqueue(turn, call, str(act["queue"]), priority=int(act.get("priority") or 0))
        case "voicemail":
            _keep(turn, call, flow_id, key, step, act, "")
            voicemail.enter(
                turn,
                call,
                str(act["box"]),
                prompts=act.get("prompts"),
                max_s=act.get("max_s"),
            )
        case "transfer":
            _keep(turn, call, flow_id, key, step, act, "")
            places.go(turn, call, str(act["to"]))
        case "hang_up":
            _keep(turn, call, flow_id, key, step, act, "")
            failed = bool(act.get("error"))
            endings.end(
                turn,
                call,
                "system",
                cause=int(act.get("cause") or 16),
                outcome="failed" if failed and call.first_agent is None else None,
            )
        case _:
            _keep(turn, call, flow_id, key, step, act, "")
            if call.agent_id is None and call.waiting is None:
                endings.end(turn, call, "system")


def _keep(
    turn: Turn, call: Call, flow_id: str, key: str, step: Step, act: dict[str, Any], handle: str
) -> None:
    turn.emit(
        e.FlowStepped(
            call_id=call.call_id, flow_id=flow_id, definition=key, run=step.run, act=act, handle=handle
        )
    )


def _collect(turn: Turn, call: Call, act: dict[str, Any]) -> str:
    op = turn.new("op")
    sound = Sound(
        op=op,
        kind="collect",
        prompts=list(act.get("prompts") or []),
        min_digits=int(act.get("min", 1)),
        max_digits=int(act.get("max", 1)),
        terminators=str(act.get("terminators", "#")),
        first_timeout_s=float(act.get("first_timeout_s", 5.0)),
        next_timeout_s=float(act.get("next_timeout_s", 3.0)),
        barge_in=bool(act.get("barge_in", True)),
    )
    turn.direct(call.leg_id, sound=sound)
    return op


def _ask(turn: Turn, call: Call, act: dict[str, Any]) -> str:
    request_id = turn.new("request")
    if act["do"] == "speak":
        what, args = "speak", {"parts": act.get("parts") or [], "language": act.get("language")}
    else:
        what, args = str(act.get("what")), dict(act.get("by") or {})
    turn.emit(e.LookUpAsked(call_id=call.call_id, request_id=request_id, what=what, args=args))
    turn.outside.append(f.LookUp(call_id=call.call_id, request_id=request_id, what=what, args=args))
    turn.set_timer(f"lookup:{call.call_id}", float(act.get("timeout_s") or LOOKUP_S))
    return request_id


def ask_again(turn: Turn, call: Call) -> None:
    """The server was away: a look-up still open is asked once more, under its old name."""
    flow = call.flow
    if flow is None or not flow.handle or flow.act.get("do") not in ("lookup", "speak"):
        return
    act = flow.act
    is_speech = act["do"] == "speak"
    turn.outside.append(
        f.LookUp(
            call_id=call.call_id,
            request_id=flow.handle,
            what="speak" if is_speech else str(act.get("what")),
            args={"parts": act.get("parts") or [], "language": act.get("language")}
            if is_speech
            else dict(act.get("by") or {}),
        )
    )


def looked_up(turn: Turn, call: Call, request_id: str, value: Any, error: str) -> None:
    flow = call.flow
    if flow is None or flow.handle != request_id or call.is_over:
        return
    if flow.act.get("do") == "speak":
        if error:
            resume(turn, call, {"got": "failed", "reason": error})
        else:
            resume(turn, call, {"got": "spoken", "prompts": list(value or [])})
    else:
        resume(turn, call, {"got": "looked_up", "value": value, "error": error})


def sound_over(turn: Turn, call: Call, op: str, signal: dict[str, Any]) -> bool:
    """A play or collect is over; whether the flow had waited for it."""
    if call.flow is None or call.flow.handle != op:
        return False
    resume(turn, call, signal)
    return True
