"""A call comes in: which number it is for, and where that leads."""

from typing import Any

from app.domain import errors
from app.domain import events as e
from app.domain import inputs as i
from app.domain.floor import dialling, endings, places
from app.domain.floor.turn import Turn
from app.domain.flow import announcements

UNKNOWN_NUMBER = 1  # Q.850: unallocated number
ANY = "*"


def offered(turn: Turn, leg: i.LegOffered) -> None:
    if leg.leg in turn.state.legs:
        return
    state = turn.state
    call_id = turn.new("call")
    language = state.settings.language
    turn.emit(
        e.CallStarted(
            call_id=call_id,
            direction="internal" if leg.kind == "phone" else "in",
            from_number=leg.from_number,
            to_number=leg.to_number,
            display=leg.display,
            trunk=leg.trunk,
            language=language,
        )
    )
    call = state.calls[call_id]
    turn.emit(
        e.LegAdded(
            leg_id=leg.leg,
            board=leg.board,
            kind="caller",
            via=leg.kind,
            direction="in",
            call_id=call_id,
            trunk=leg.trunk,
            user=leg.user,
            sip_call_id=leg.sip_call_id,
            from_number=leg.from_number,
            to_number=leg.to_number,
        )
    )
    turn.step(call, "offered", from_number=leg.from_number, to=leg.to_number, trunk=leg.trunk)
    # An emergency call from a telephone of ours goes before every rule.
    if leg.kind == "phone" and leg.to_number in state.settings.emergency:
        turn.direct(leg.leg, answer=True)
        places.go(turn, call, f"number:{leg.to_number}")
        return
    place = _place(turn, leg)
    if isinstance(place, int):
        endings.end(turn, call, "system", cause=place, outcome="refused")
        return
    turn.direct(leg.leg, answer=True, away="moment", away_prompts=announcements.moment(language))
    places.go(turn, call, place)


def _place(turn: Turn, leg: i.LegOffered) -> str | int:
    """Where configuration sends this number: a `to`, or the Q.850 cause to refuse it with."""
    numbers = turn.state.settings.numbers
    rule: dict[str, Any] | None = numbers.get(leg.to_number)
    if rule is None and leg.kind == "phone" and _may_call(turn, leg.to_number):
        return f"number:{leg.to_number}"
    rule = rule if rule is not None else numbers.get(ANY)
    if rule is None:
        return UNKNOWN_NUMBER
    for kind in ("flow", "queue", "voicemail", "agent"):
        if rule.get(kind):
            return f"{kind}:{rule[kind]}"
    return int(rule.get("refuse") or UNKNOWN_NUMBER)


def _may_call(turn: Turn, number: str) -> bool:
    """Whether a registered telephone may call this number out."""
    try:
        dialling.route(turn, number, "agent")
    except errors.Refused:
        return False
    return True
