"""One handling of one journal entry: decisions go through here and nowhere else.

`emit` folds at once, so the next line of a decision sees the state it has made. What is
wanted of legs is compared at the end, which gives the effects.
"""

from dataclasses import replace
from typing import Any

from app.domain import effects, ids
from app.domain import events as e
from app.domain.floor.agent import Agent
from app.domain.floor.difference import NOTHING, difference
from app.domain.floor.flows import FlowEngine
from app.domain.floor.fold import fold
from app.domain.floor.interaction import Call
from app.domain.floor.leg import Leg
from app.domain.floor.state import State
from app.domain.floor.wanted import Sound, Wanted


class Turn:
    def __init__(self, state: State, engine: FlowEngine, now_s: float, seq: int) -> None:
        self.state = state
        self.engine = engine
        self.now_s = now_s
        self.seq = seq
        self.events: list[e.Event] = []
        self.outside: list[Any] = []  # effects that are no difference: LookUp, SendDigits
        self._had: dict[str, Wanted] = {}
        self._made: dict[str, int] = {}

    def emit(self, event: e.Event) -> None:
        match event:
            case e.LegAdded():
                has = event.wanted if event.direction == "in" else NOTHING
                self._had[event.leg_id] = replace(has, answer=False, ring=False)
            case e.LegDirected() | e.LegGotOn():
                leg = self.state.legs[event.leg_id]
                self._had.setdefault(event.leg_id, leg.demanded())
        # First folded: what cannot be folded must not get into the journal.
        fold(self.state, event, self.now_s)
        self.events.append(event)

    def new(self, kind: ids.Kind) -> str:
        """A new id, made of this entry's position."""
        index = self._made.get(kind, 0)
        self._made[kind] = index + 1
        return ids.name(kind, self.seq, index)

    # ------------------------------------------------------------ what is wanted

    def direct(self, leg_id: str | None, **changes: Any) -> None:
        """Change what is wanted of a leg. One that is to end, or is gone, stays as it is."""
        leg = self.state.legs.get(leg_id or "")
        if leg is None or leg.wanted.end is not None:
            return
        wanted = replace(leg.wanted, **changes)
        if wanted != leg.wanted:
            self.emit(e.LegDirected(leg_id=leg.leg_id, wanted=wanted))

    def play(self, leg_id: str | None, prompts: list[str], *, loop: bool = False) -> str:
        """Have prompts played to a leg; the name of the act, for PlayFinished."""
        op = self.new("op")
        self.direct(leg_id, sound=Sound(op=op, prompts=prompts, loop=loop))
        return op

    def end_leg(self, leg_id: str | None, cause: int = 16) -> None:
        self.direct(leg_id, end=cause, sound=None, taping=None)

    def board_has(self, leg_id: str, has: Wanted) -> None:
        """The board was found like this; the difference starts from here."""
        self._had[leg_id] = has

    def sound_over(self, leg: Leg) -> None:
        """The board says the leg's sound is over by itself: there is nothing to stop."""
        if leg.wanted.end is not None:
            return
        self.direct(leg.leg_id, sound=None)
        self._had[leg.leg_id] = replace(self._had[leg.leg_id], sound=None)

    def effects(self) -> list[Any]:
        """The difference for every leg touched, then the rest. Boards that are away get none."""
        found: list[Any] = []
        for leg_id, has in self._had.items():
            leg = self.state.legs.get(leg_id)
            if leg is not None and self.state.is_up(leg.board):
                found.extend(difference(leg, has, leg.demanded()))
        for effect in self.outside:
            if not isinstance(effect, effects.BoardEffect) or self.state.is_up(effect.board):
                found.append(effect)
        return found

    # ------------------------------------------------------------------ small words

    def step(self, call: Call, step: str, **detail: Any) -> None:
        self.emit(e.StepTaken(call_id=call.call_id, number=len(call.steps) + 1, step=step, detail=detail))

    def phase(self, call: Call, phase: Any) -> None:
        if call.phase != phase:
            self.emit(e.CallPhaseChanged(call_id=call.call_id, phase=phase))

    def set_timer(self, timer_id: str, after_s: float) -> None:
        self.emit(e.TimerSet(timer_id=timer_id, due_s=self.now_s + after_s))

    def clear_timer(self, timer_id: str) -> None:
        if timer_id in self.state.timers:
            self.emit(e.TimerCleared(timer_id=timer_id))

    def call_of(self, agent: Agent) -> Call | None:
        return self.state.calls.get(agent.call_id or "")
