"""Folds of tasks, boards, timers, days and configuration."""

from app.domain import events as e
from app.domain.floor import settings
from app.domain.floor.folding import folds
from app.domain.floor.queue import Counts
from app.domain.floor.state import Board, OpenTask, State, Timer


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
