"""The one door to the floor: an input in, its record into the journal, its effects out.

Order is everything here: the floor decides at once, but nothing leaves (no board
command, no event to a desktop, no answer to an asker) before the record is on the
disk. Knows the floor, the journal and the clock; who listens is told by `listen`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.errors import Refused
from app.domain.floor.floor import Floor
from app.server import log
from app.server.clock import FloorClock
from app.server.journal import codec
from app.server.journal.commits import Then


@dataclass(frozen=True, slots=True)
class Entry:
    """One record that is safe now."""

    seq: int
    now_s: float
    at_utc: float
    input: Any
    events: list[Any]
    effects: list[Any]


class Journal(Protocol):
    """What the bus needs of the commits."""

    def add(self, seq: int, payload: bytes, then: Then) -> None: ...


Listener = Callable[[Entry], None]


class Bus:
    def __init__(self, floor: Floor, journal: Journal, clock: FloorClock, next_seq: int) -> None:
        self.floor = floor
        self.clock = clock
        self.next_seq = next_seq
        self._journal = journal
        self._listeners: list[Listener] = []
        self._after_decision: list[Callable[[], None]] = []

    def listen(self, listener: Listener) -> None:
        """Be told of every safe entry, in order, on the loop."""
        self._listeners.append(listener)

    def after_each(self, act: Callable[[], None]) -> None:
        """Called after every decision, before its commit (timers look for a nearer deadline)."""
        self._after_decision.append(act)

    def put(
        self,
        entry: Any,
        *,
        board: tuple[str, str, int] | None = None,
        command: tuple[str, str] | None = None,
        then: Listener | None = None,
    ) -> None:
        """Let the floor decide. `then` is called with the safe entry, after all listeners.

        Raises:
            Refused: the floor refuses a command; nothing is written, nothing has changed.
        """
        seq, now_s, at_utc = self.next_seq, self.clock.now_s(), self.clock.at_utc()
        bug = ""
        try:
            outcome = self.floor.handle(entry, now_s, seq)
            events, effects = outcome.events, outcome.effects
        except Refused:
            raise
        except Exception as error:  # the floor's own fault: what it folded so far is what happened
            log.internal_error(error, "floor", entry)
            partial = self.floor.abandon()
            events, effects, bug = partial.events, partial.effects, f"{type(error).__name__}: {error}"
        self.next_seq += 1
        payload = codec.encode(
            seq=seq, now_s=now_s, at_utc=at_utc, entry=entry, caused=events, effects=effects,
            board=board, command=command, bug=bug,
        )  # fmt: skip
        safe = Entry(seq, now_s, at_utc, entry, events, effects)
        self._journal.add(seq, payload, lambda: self._publish(safe, then))
        for act in self._after_decision:
            act()

    async def ask(self, entry: Any, *, command: tuple[str, str] | None = None) -> Entry:
        """Like `put`, and wait until the entry is safe."""
        done: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()

        def safe(entry: Entry) -> None:
            if not done.done():
                done.set_result(entry)

        self.put(entry, command=command, then=safe)
        return await done

    def _publish(self, entry: Entry, then: Listener | None) -> None:
        for listener in self._listeners:
            try:
                listener(entry)
            except Exception as error:
                log.internal_error(error, getattr(listener, "__qualname__", "listener"), entry.input)
        if then is not None:
            then(entry)
