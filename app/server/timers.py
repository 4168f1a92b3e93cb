"""Wakes the floor when one of its timers is due. The timers themselves are the floor's state."""

import asyncio

from app.domain.inputs import TimerFired
from app.server.bus import Bus


class Timers:
    """No timer fires before `start`: after an outage the boards are reconciled first."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._handle: asyncio.TimerHandle | None = None
        self._due_s: float | None = None
        self._started = False

    def start(self) -> None:
        if not self._started:
            self._started = True
            self._bus.after_each(self.look)
            self.look()

    def look(self) -> None:
        """Set the alarm to the floor's next deadline."""
        due_s = self._bus.floor.next_deadline_s()
        if due_s == self._due_s and self._handle is not None:
            return
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._due_s = due_s
        if due_s is not None:
            delay_s = max(0.0, due_s - self._bus.clock.now_s())
            self._handle = asyncio.get_running_loop().call_later(delay_s, self._fire)

    def _fire(self) -> None:
        self._handle, self._due_s = None, None
        while due := self._bus.floor.due_timers(self._bus.clock.now_s()):
            self._bus.put(TimerFired(timer_id=due[0]))
        self.look()
