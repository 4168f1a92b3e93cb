"""Boards come, go and are compared: what one has against what is wanted of it."""

from app.domain import effects as f
from app.domain import events as e
from app.domain import inputs as i
from app.domain.floor import desk, endings, incoming, legs, tasks
from app.domain.floor.difference import NOTHING, found
from app.domain.floor.leg import Leg
from app.domain.floor.turn import Turn

LOST_CAUSE = 41  # Q.850: temporary failure
GONE_FOR_GOOD_S = 30.0


def lost(turn: Turn, board: str) -> None:
    """The link is gone. The board may live on, so its calls are given time."""
    if turn.state.is_up(board):
        turn.emit(e.BoardDropped(board=board))
        turn.set_timer(f"board:{board}", GONE_FOR_GOOD_S)


def given_up(turn: Turn, board: str) -> None:
    """It has not come back: its calls are lost."""
    turn.clear_timer(f"board:{board}")
    _lose(turn, [leg.leg_id for leg in _legs_of(turn, board)])
    _end_hold(turn, board)


def connected(turn: Turn, entry: i.BoardConnected) -> None:
    """Every event up to the snapshot has been handled; what differs now was never received."""
    state = turn.state
    known = state.boards.get(entry.board)
    same_boot = known is not None and known.boot_id in ("", entry.boot_id)
    turn.clear_timer(f"board:{entry.board}")
    turn.emit(e.BoardTaken(board=entry.board, boot_id=entry.boot_id))
    has = {leg.leg: leg for leg in entry.snapshot.legs}
    before = _legs_of(turn, entry.board)
    if not same_boot:
        _lose(turn, [leg.leg_id for leg in before if leg.leg_id not in has])
    else:
        # An outgoing leg the board has never heard of is still to be made.
        _lose(
            turn,
            [
                leg.leg_id
                for leg in before
                if leg.leg_id not in has and (leg.direction == "in" or leg.state != "calling")
            ],
        )
    _compare(turn, entry, has)
    _strangers(turn, entry)
    _lines(turn, entry)
    for agent in state.agents.values():
        desk.reopen(turn, agent)
    _end_hold(turn, entry.board)


def _legs_of(turn: Turn, board: str) -> list[Leg]:
    """Callers first: an agent's desk is opened anew only after his call is known to be lost."""
    mine = [leg for leg in turn.state.legs.values() if leg.board == board]
    return [leg for leg in mine if not leg.is_desk] + [leg for leg in mine if leg.is_desk]


def _lose(turn: Turn, leg_ids: list[str]) -> None:
    for leg_id in leg_ids:
        leg = turn.state.legs.get(leg_id)
        call = turn.state.calls.get(leg.call_id or "") if leg is not None else None
        if leg is None:
            continue
        legs.ended(turn, leg_id, LOST_CAUSE, "lost", "board was restarted", i.Quality())
        if call is None:
            continue
        for tape in call.recordings:
            if tape.leg_id == leg_id and tape.state != "saved":
                turn.emit(
                    e.RecordingSaved(
                        call_id=call.call_id,
                        recording_id=tape.recording_id,
                        file=tape.file,
                        duration_s=None,
                        started_utc=None,
                    )
                )
        endings.close_if_over(turn, call)


def _compare(turn: Turn, entry: i.BoardConnected, has: dict[str, i.LegState]) -> None:
    tapings = {tape.leg: tape for tape in entry.snapshot.recordings}
    for leg in _legs_of(turn, entry.board):
        there = has.get(leg.leg_id)
        if there is None:
            turn.board_has(leg.leg_id, NOTHING)
            continue
        turn.board_has(leg.leg_id, found(there, tapings.get(leg.leg_id), leg.wanted))
        # A journal that lost its last entries may not know these.
        if leg.is_desk and there.desk is not None and leg.state != "answered":
            desk.ready(turn, leg, there.desk[0], there.desk[1], there.desk_srtp)
        elif there.state == "answered" and leg.state != "answered":
            legs.answered(turn, leg.leg_id, there.codec, there.sip_call_id)


def _strangers(turn: Turn, entry: i.BoardConnected) -> None:
    """Legs and recordings of the board that the floor has never heard of, or has forgotten."""
    for there in entry.snapshot.legs:
        if there.leg in turn.state.legs:
            continue
        if there.direction == "in" and there.state in ("offered", "ringing"):
            incoming.offered(
                turn,
                i.LegOffered(
                    board=entry.board,
                    leg=there.leg,
                    kind=there.kind,
                    to_number=there.to_number,
                    from_number=there.from_number,
                    trunk=there.trunk,
                    user=there.user,
                    sip_call_id=there.sip_call_id,
                ),
            )
            continue
        turn.outside.append(f.HangUp(board=entry.board, leg=there.leg, cause=LOST_CAUSE))
        if there.kind != "desk":
            number = there.from_number if there.direction == "in" else there.to_number
            tasks.unserved(turn, number, "", reason="lost")
    known = {tape.recording_id for call in turn.state.calls.values() for tape in call.recordings}
    for taping in entry.snapshot.recordings:
        if taping.recording not in known:
            turn.outside.append(f.StopRecording(board=entry.board, recording=taping.recording))


def _lines(turn: Turn, entry: i.BoardConnected) -> None:
    board = turn.state.boards[entry.board]
    for trunk, trunk_state in entry.snapshot.trunks.items():
        if board.trunks.get(trunk) != trunk_state:
            turn.emit(e.TrunkStateChanged(board=entry.board, trunk=trunk, state=trunk_state))
    for user in entry.snapshot.phones:
        if not board.phones.get(user):
            turn.emit(e.PhoneStateChanged(board=entry.board, user=user, registered=True))


def _end_hold(turn: Turn, board: str) -> None:
    """Timers may fire again once every board that has calls was compared (or given up)."""
    state = turn.state
    if not state.held_timers:
        return
    awaited = {leg.board for leg in state.legs.values() if not state.is_up(leg.board)}
    if not awaited:
        turn.emit(e.TimersHeld(held=False))
        turn.clear_timer("hold:start")
