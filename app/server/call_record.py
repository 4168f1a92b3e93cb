"""A call as it will be asked for later, folded from the floor's events. Pure; knows no database.

`row` holds the columns of the call itself, `parts` its legs, segments, steps and decisions in the
shape of the API. Moments in `row` are POSIX seconds, in parts texts.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from app.domain import events as e
from app.domain.numbers import comparable
from app.domain.records.checking import moment_text

PartKey = tuple[str, str]  # ("leg", leg_id)
E = TypeVar("E", bound=e.Event)


@dataclass(slots=True)
class CallRecord:
    """touched: parts changed since it was last written. recordings likewise, by id."""

    row: dict[str, Any]
    parts: dict[PartKey, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    touched: set[PartKey] = field(default_factory=set)
    over: bool = False  # nothing more will come

    def put(self, part: str, part_id: str, **values: Any) -> dict[str, Any]:
        """Change a part, or append it."""
        key = (part, part_id)
        place, value = self.parts.get(key, (len(self.parts), {}))
        value = value | values
        self.parts[key] = (place, value)
        self.touched.add(key)
        return value

    def part(self, part: str, part_id: str) -> dict[str, Any] | None:
        found = self.parts.get((part, part_id))
        return found[1] if found else None

    def of(self, part: str) -> list[tuple[str, dict[str, Any]]]:
        return [(key[1], value) for key, (_, value) in self.parts.items() if key[0] == part]


def begun(event: e.CallStarted, at: float, country: str) -> CallRecord:
    return CallRecord(
        _row(event.call_id, event.direction, event.from_number, event.to_number, at, country)
        | {"state": "ivr" if event.direction == "in" else "ringing"}
    )


def _row(
    call_id: str, direction: str, from_number: str, to_number: str, at: float, country: str
) -> dict[str, Any]:
    return {
        "call_id": call_id, "direction": direction, "state": "ivr", "outcome": None,
        "from_number": comparable(from_number, country), "to_number": comparable(to_number, country),
        "customer_id": None, "queue": None, "agent": None, "started_at": at, "answered_at": None,
        "ended_at": None, "ended_by": None, "ivr_s": 0.0, "wait_s": 0.0, "ring_s": 0.0, "talk_s": 0.0,
        "hold_s": 0.0, "wrap_up_s": 0.0, "keys": [], "summary": {},
    }  # fmt: skip


# --------------------------------------------------- one function an event type

Fold = Callable[[CallRecord, Any, float], None]
FOLDS: dict[type[e.Event], Fold] = {}


def folds(kind: type[E]) -> Callable[[Callable[[CallRecord, E, float], None]], Fold]:
    def keep(function: Callable[[CallRecord, E, float], None]) -> Fold:
        FOLDS[kind] = function
        return function

    return keep


@folds(e.CustomerKnown)
def _customer(call: CallRecord, event: e.CustomerKnown, at: float) -> None:
    call.row["customer_id"] = event.customer_id or call.row["customer_id"]


@folds(e.CallPhaseChanged)
def _phase(call: CallRecord, event: e.CallPhaseChanged, at: float) -> None:
    call.row["state"] = event.phase


@folds(e.CallQueued)
def _queued(call: CallRecord, event: e.CallQueued, at: float) -> None:
    call.row["queue"] = event.queue or call.row["queue"]


@folds(e.CallAnswered)
def _answered(call: CallRecord, event: e.CallAnswered, at: float) -> None:
    call.row["agent"] = event.agent_id
    call.row["queue"] = event.queue or call.row["queue"]
    if call.row["answered_at"] is None:
        call.row["answered_at"] = at


@folds(e.KeysPressed)
def _keys(call: CallRecord, event: e.KeysPressed, at: float) -> None:
    call.row["keys"] = [*call.row["keys"], {"node": event.node, "digits": event.digits}]


@folds(e.StepTaken)
def _step(call: CallRecord, event: e.StepTaken, at: float) -> None:
    call.put("step", f"{event.number:06}", **(
        {"seq": event.number, "at": moment_text(at), "step": event.step}
        | {name: value for name, value in event.detail.items() if name not in ("seq", "at", "step")}
    ))  # fmt: skip


@folds(e.DecisionMade)
def _decision(call: CallRecord, event: e.DecisionMade, at: float) -> None:
    call.put(
        "decision", f"{len(call.of('decision')):06}", at=moment_text(at), queue=event.queue, rule=event.rule,
        chosen=event.chosen, candidates=[asdict(one) for one in event.candidates],
        waiting_before=event.waiting_before, text=event.text,
    )  # fmt: skip


@folds(e.SegmentStarted)
def _segment(call: CallRecord, event: e.SegmentStarted, at: float) -> None:
    call.row["queue"] = event.queue or call.row["queue"]
    call.put(
        "segment", event.segment_id, segment_id=event.segment_id, place=event.place, entered_at=moment_text(at),
        left_at=None, end_reason=None, agent=event.agent_id, offers=0,
    )  # fmt: skip


@folds(e.SegmentEnded)
def _segment_ended(call: CallRecord, event: e.SegmentEnded, at: float) -> None:
    before = call.part("segment", event.segment_id) or {"segment_id": event.segment_id, "entered_at": None}
    call.put("segment", event.segment_id, **before | {
        "place": event.place, "left_at": moment_text(at), "end_reason": event.end_reason,
        "agent": event.agent_id or before.get("agent"), "offers": event.offers,
    })  # fmt: skip


def _new_leg(call: CallRecord, leg_id: str, at: float, **values: Any) -> None:
    before = call.part("leg", leg_id)
    if before is not None:  # a desk leg that comes back to the same call
        call.put("leg", leg_id, ended_at=None)
        return
    call.put("leg", leg_id, **(
        {"leg_id": leg_id, "kind": "caller", "board": None, "trunk": None, "sip_call_id": None, "codec": None,
         "started_at": moment_text(at), "answered_at": None, "ended_at": None, "cause": None,
         "quality": {"loss_percent": None, "jitter_ms": None, "mos": None}, "agent": None}
        | values
    ))  # fmt: skip


@folds(e.LegAdded)
def _leg_added(call: CallRecord, event: e.LegAdded, at: float) -> None:
    _new_leg(call, event.leg_id, at, kind=event.kind, board=event.board, trunk=event.trunk,
             sip_call_id=event.sip_call_id or None, agent=event.agent_id)  # fmt: skip


@folds(e.LegAssigned)
def _leg_assigned(call: CallRecord, event: e.LegAssigned, at: float) -> None:
    _new_leg(call, event.leg_id, at, kind=event.kind, board=event.board or None, codec=event.codec or None,
             agent=event.agent_id, answered_at=moment_text(at))  # fmt: skip


@folds(e.LegGotOn)
def _leg_got_on(call: CallRecord, event: e.LegGotOn, at: float) -> None:
    leg = call.part("leg", event.leg_id)
    if leg is None:
        return
    call.put(
        "leg", event.leg_id, codec=event.codec or leg["codec"],
        sip_call_id=event.sip_call_id or leg["sip_call_id"],
        answered_at=leg["answered_at"] or (moment_text(at) if event.state == "answered" else None),
    )  # fmt: skip


@folds(e.LegGone)
def _leg_gone(call: CallRecord, event: e.LegGone, at: float) -> None:
    if call.part("leg", event.leg_id) is not None:
        quality = {"loss_percent": event.loss_percent, "jitter_ms": event.jitter_ms, "mos": event.mos}
        call.put("leg", event.leg_id, ended_at=moment_text(at), cause=event.cause, quality=quality)


@folds(e.AgentReleased)
def _released(call: CallRecord, event: e.AgentReleased, at: float) -> None:
    _close_legs(call, at, lambda leg: leg.get("agent") == event.agent_id)


def _close_legs(call: CallRecord, at: float, which: Callable[[Mapping[str, Any]], bool]) -> None:
    for leg_id, leg in call.of("leg"):
        if leg["ended_at"] is None and which(leg):
            call.put(
                "leg", leg_id, ended_at=moment_text(at), cause=16 if leg["cause"] is None else leg["cause"]
            )


@folds(e.CallEnded)
def _ended(call: CallRecord, event: e.CallEnded, at: float) -> None:
    call.row |= {
        "state": "ended", "outcome": event.outcome, "ended_by": event.ended_by, "ended_at": at,
        "ivr_s": event.ivr_s, "wait_s": event.wait_s, "ring_s": event.ring_s, "talk_s": event.talk_s,
        "hold_s": event.hold_s, "agent": event.agent_id or call.row["agent"],
        "queue": event.queue or call.row["queue"],
    }  # fmt: skip
    # A leg the board still reports gone (quality, cause) is corrected by its LegGone.
    _close_legs(call, at, lambda leg: leg["kind"] in ("agent", "supervisor"))


@folds(e.WrapUpDraftSaved)
def _draft(call: CallRecord, event: e.WrapUpDraftSaved, at: float) -> None:
    pass  # a draft is the floor's until it is finished


@folds(e.WrapUpFinished)
def _wrapped_up(call: CallRecord, event: e.WrapUpFinished, at: float) -> None:
    call.row["wrap_up_s"] += event.took_s
    call.row["summary"] = event.summary or call.row["summary"]


@folds(e.CallClosed)
def _closed(call: CallRecord, event: e.CallClosed, at: float) -> None:
    _close_legs(call, at, lambda leg: True)
    call.over = True


# ------------------------------------------------ calls the board served alone

_ENDED_BY = {"far": "caller", "us": "system", "lost": "lost"}


def served_alone(event: e.ServiceCallEnded, country: str) -> CallRecord:
    """The whole record of a call of a service number, from its one event.

    Joined to somebody (9110, 9111) it was answered; else it served itself.
    """
    row = _row(event.call_id, "in", event.from_number, event.to_number, event.started_utc, country)
    answered, ended = event.answered_utc, event.ended_utc
    talk_s = round(max(0.0, ended - answered), 3) if answered is not None else 0.0
    joined = event.service.startswith("bridge") or event.to_number in ("9110", "9111")
    if answered is None:
        outcome = "lost" if event.ended_by == "lost" else "abandoned" if event.ended_by == "far" else "failed"
    else:
        outcome = "lost" if event.ended_by == "lost" else "answered" if joined else "self_service"
    row |= {
        "state": "ended", "outcome": outcome, "answered_at": answered, "ended_at": ended,
        "ended_by": _ENDED_BY.get(event.ended_by, event.ended_by), "talk_s" if joined else "ivr_s": talk_s,
        "keys": [{"node": event.service, "digits": event.digits}] if event.digits else [],
    }  # fmt: skip
    call = CallRecord(row, over=True)
    _new_leg(
        call, event.leg_id, event.started_utc, board=event.board, trunk=event.trunk,
        sip_call_id=event.sip_call_id or None, codec=event.codec or None, cause=event.cause,
        answered_at=None if answered is None else moment_text(answered), ended_at=moment_text(ended),
        quality={"loss_percent": event.loss_percent, "jitter_ms": event.jitter_ms, "mos": event.mos},
    )  # fmt: skip
    place = f"service:{event.service}"
    call.put(
        "segment", f"{event.call_id}-1", segment_id=f"{event.call_id}-1", place=place,
        entered_at=moment_text(event.started_utc), left_at=moment_text(ended), end_reason="hung_up",
        agent=None, offers=0,
    )  # fmt: skip
    steps: list[tuple[float, str, dict[str, Any]]] = [(event.started_utc, "offered", {"to": event.to_number})]
    if answered is not None:
        steps.append((answered, "answered", {"service": event.service}))
    if event.recording_id and answered is not None:
        steps.append((answered, "recording", {"recording_id": event.recording_id}))
    if event.digits:
        steps.append((ended, "digits", {"digits": event.digits}))
    steps.append((ended, "hung_up", {"by": row["ended_by"]}))
    for number, (at, step, detail) in enumerate(steps, 1):
        call.put("step", f"{number:06}", seq=number, at=moment_text(at), step=step, **detail)
    return call
