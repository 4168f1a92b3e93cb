"""Calls out: which line carries a number, who may call it, and a call's way to being talked."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from app.domain import errors
from app.domain import events as e
from app.domain.floor import agents, desk, endings, offers, places, recording, tasks, walking
from app.domain.floor.agent import Agent
from app.domain.floor.interaction import Call
from app.domain.floor.leg import Leg
from app.domain.floor.turn import Turn
from app.domain.floor.wanted import Opening, Wanted
from app.domain.flow import announcements

DIALLED = set("0123456789*#+")
DIAL_S = 60.0
INTERNATIONAL = ("00", "+")
COUNTRY_CODES = {"CN": "+86"}
SYSTEM = "system"  # flows call what their author wrote


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    board: str
    to: str
    trunks: list[str]
    caller_id: str


def dialled(number: str, country: str) -> str:
    """A number as it is dialled here: no spaces or dashes, our own country code as a 0."""
    kept = "".join(sign for sign in number if sign in DIALLED)
    code = COUNTRY_CODES.get(country, "")
    if code and kept.startswith(code):
        rest = kept.removeprefix(code)
        return rest if rest.startswith(("1", "0", "400", "800")) and not rest.startswith("10") else f"0{rest}"
    return kept


def route(turn: Turn, number: str, role: str) -> Route:
    """Emergency numbers, then our own telephones, then the outgoing rules; first match wins.

    Raises:
        NoLine: no board, or no trunk of the rule. NotAllowedNumber: no rule lets this role.
    """
    settings = turn.state.settings
    wanted = dialled(number, str(settings.site.get("country") or "CN"))
    board = desk.first_board(turn)
    if board is None:
        raise errors.NoLine(why="no_board")
    if not wanted:
        raise errors.WrongFields(fields={"number": "0-9 * # +"})
    if wanted in settings.emergency:
        return _through(turn, board, wanted, [])
    if turn.state.boards[board].phones.get(wanted):
        return Route(board=board, to=f"phone:{wanted}", trunks=[], caller_id="")
    for rule in settings.outgoing:
        pattern = str(rule.get("match") or "")
        if wanted.startswith(INTERNATIONAL) and not pattern.startswith(INTERNATIONAL):
            continue
        if fnmatchcase(wanted, pattern):
            if role != SYSTEM and role not in (rule.get("allow") or ["agent"]) and role != "admin":
                raise errors.NotAllowedNumber(number=number)
            sent = str(rule.get("prefix") or "") + wanted[int(rule.get("strip") or 0) :]
            return _through(turn, board, sent, list(rule.get("trunks") or []))
    raise errors.NotAllowedNumber(number=number)


def _through(turn: Turn, board: str, number: str, trunks: list[str]) -> Route:
    known = turn.state.settings.trunks
    names = trunks or sorted(known, key=lambda name: (known[name].get("priority") or 0, name))
    mine = [name for name in names if known.get(name, {}).get("board", board) == board and name in known]
    if not mine:
        raise errors.NoLine(why="no_trunk")
    caller_id = str(known[mine[0]].get("caller_id") or "")
    return Route(board=board, to=f"number:{number}", trunks=mine, caller_id=caller_id)


def external_leg(turn: Turn, call: Call, way: Route, number: str, **wanted: Any) -> str:
    leg_id = turn.new("leg")
    turn.emit(
        e.LegAdded(
            leg_id=leg_id,
            board=way.board,
            kind="external",
            via="phone" if way.to.startswith("phone:") else "trunk",
            direction="out",
            call_id=call.call_id,
            trunk=way.trunks[0] if way.trunks else None,
            to_number=number,
            wanted=Wanted(
                opening=Opening(
                    kind="call",
                    to=way.to,
                    trunks=way.trunks,
                    caller_id=way.caller_id,
                    timeout_s=DIAL_S,
                ),
                away="talk",
                **wanted,
            ),
        )
    )
    return leg_id


def dial(turn: Turn, agent: Agent, number: str, queue: str | None, role: str) -> None:
    """An agent calls a customer."""
    way = route(turn, number, role)
    if queue is not None and queue not in turn.state.queues:
        raise errors.NoSuchPlace(place=f"queue:{queue}")
    desk_leg = turn.state.legs.get(agent.desk_leg or "")
    if agent.phone != "headset" or desk_leg is None or desk_leg.board != way.board:
        raise errors.NoLine(why="no_headset")
    call_id = turn.new("call")
    turn.emit(
        e.CallStarted(
            call_id=call_id,
            direction="out",
            from_number=way.caller_id or agent.agent_id,
            to_number=number,
            trunk=way.trunks[0] if way.trunks else None,
            language=turn.state.settings.language,
        )
    )
    call = turn.state.calls[call_id]
    turn.step(call, "offered", agent_id=agent.agent_id, to=number)
    external_leg(turn, call, way, number, room=call_id)
    endings.begin_segment(turn, call, f"number:{number}", queue=queue, agent_id=agent.agent_id)
    turn.emit(e.CallDialled(call_id=call_id, agent_id=agent.agent_id, queue=queue))
    agents.change(turn, agent, "Dial")
    turn.phase(call, "ringing")
    offers.seat(turn, call, agent)


def connect(turn: Turn, call: Call, number: str) -> None:
    """Send a caller on to a number; he hears music until it is answered."""
    way = route(turn, number, SYSTEM)
    endings.begin_segment(turn, call, f"number:{number}")
    turn.phase(call, "ringing")
    turn.direct(call.leg_id, away="music", away_prompts=[announcements.HOLD_MUSIC])
    turn.play(call.leg_id, [announcements.HOLD_MUSIC], loop=True)
    external_leg(turn, call, way, number, room=call.call_id)


def answered(turn: Turn, call: Call, leg: Leg) -> None:
    """The far end of a call out (an agent's, or a caller sent on) answers."""
    turn.phase(call, "talking")
    turn.step(call, "answered", leg_id=leg.leg_id)
    if leg.leg_id != call.leg_id:
        turn.emit(e.ExternalAnswered(call_id=call.call_id, leg_id=leg.leg_id))
        turn.direct(call.leg_id, sound=None, room=call.call_id, away="talk")
        return
    turn.emit(e.ExternalAnswered(call_id=call.call_id, leg_id=leg.leg_id))
    queue = turn.state.queues.get(call.queue or "")
    if queue is not None and queue.record:
        recording.start(turn, call)
    tasks.reached(turn, call)


def gone(turn: Turn, call: Call, leg: Leg, cause: int, by: str) -> None:
    """A number a caller was sent on to is gone: over, if it was answered; else not reached."""
    if leg.state == "answered":
        endings.end(turn, call, "lost" if by == "lost" else "system")
        return
    endings.end_segment(turn, call, "missed")
    if walking.left(turn, call, "failed"):
        return
    places.stranded(turn, call, f"cause_{cause}")
