"""Starts, days, outages and timers."""

from app.domain import events as e
from app.domain import inputs as i
from app.domain.floor import agents, boards, endings, offers, waiting, walking
from app.domain.floor.agent import S
from app.domain.floor.turn import Turn

# What a person was to do in time: not his fault that the server was away. Callers' waits go on.
MOVED = ["ring", "wrap_up", "lookup", "link", "again"]
HOLD_S = 10.0
LINK_AFTER_START_S = 15.0
LINK_LOST = "link_lost"


def started(turn: Turn, entry: i.ServerStarted) -> None:
    """A new server run: every board is away until it is compared, every desktop must come back."""
    turn.emit(e.FloorStarted(utc_offset_s=round(entry.at_utc - turn.now_s, 6)))
    for board in turn.state.boards.values():
        if any(leg.board == board.name for leg in turn.state.legs.values()):
            turn.set_timer(f"board:{board.name}", boards.GONE_FOR_GOOD_S)
    if turn.state.legs:
        turn.emit(e.TimersHeld(held=True))
        turn.set_timer("hold:start", HOLD_S)
    for agent in turn.state.agents.values():
        if agent.connected and agent.state is not S.LOGGED_OUT:
            turn.set_timer(f"link:{agent.agent_id}", LINK_AFTER_START_S)
            turn.emit(e.AgentConnected(agent_id=agent.agent_id, connected=False, expected=True))
    for call in turn.state.calls.values():
        walking.ask_again(turn, call)


def was_away(turn: Turn, entry: i.ServerWasAway) -> None:
    away_s = round(entry.until_s - entry.from_s, 6)
    if away_s > 0:
        turn.emit(e.TimersMoved(kinds=MOVED, by_s=away_s))
    for call in turn.state.calls.values():
        if not call.is_over:
            turn.step(call, "server_lost", away_s=away_s)


def day(turn: Turn, entry: i.DayStarted) -> None:
    if entry.date != turn.state.day:
        turn.emit(e.DayBegan(date=entry.date))


def fired(turn: Turn, timer_id: str) -> None:
    """A timer not set, or not yet due, changes nothing."""
    timer = turn.state.timers.get(timer_id)
    if timer is None or timer.due_s > turn.now_s:
        return
    turn.emit(e.TimerCleared(timer_id=timer_id))
    kind, _, subject = timer_id.partition(":")
    agent = turn.state.agents.get(subject)
    call = turn.state.calls.get(subject)
    if kind == "hold":
        turn.emit(e.TimersHeld(held=False))
    elif kind == "board":
        boards.given_up(turn, subject)
    elif kind == "ring" and agent is not None and agent.state is S.RINGING:
        offers.missed(turn, agent)
    elif kind == "wrap_up" and agent is not None and agent.state is S.WRAP_UP:
        agents.finish_wrap_up(turn, agent, None, "timeout")
    elif kind == "link" and agent is not None:
        _link_stays_lost(turn, subject)
    elif call is not None and not call.is_over:
        _of_call(turn, kind, subject)


def _of_call(turn: Turn, kind: str, call_id: str) -> None:
    call = turn.state.calls[call_id]
    if kind == "max_wait" and call.waiting is not None:
        waiting.leave(turn, call, "overflowed", "overflow")
    elif kind == "announce":
        waiting.announce_due(turn, call)
    elif kind == "again":
        waiting.ask_again_due(turn, call)
    elif kind == "lookup" and call.flow is not None:
        walking.looked_up(turn, call, call.flow.handle, None, "timeout")
    elif kind == "box" and call.phase == "voicemail":
        endings.end(turn, call, "system")


def _link_stays_lost(turn: Turn, agent_id: str) -> None:
    """His desktop is gone: no more calls for him. One he has goes on: voice needs no desktop."""
    agent = turn.state.agents[agent_id]
    if agent.connected:
        return
    if not agent.link_lost:
        turn.emit(e.AgentConnected(agent_id=agent_id, connected=False))
    if agent.state is S.RINGING:
        offers.missed(turn, agent, LINK_LOST)
    elif agent.state is S.READY:
        agents.change(turn, agent, "StartBreak", reason=LINK_LOST)
    elif agent.state in (S.TALKING, S.WRAP_UP) and agent.pending_break is None:
        agents.tell(turn, agent, pending_break=LINK_LOST)
