"""A wheel of deadlines: many timers, most of them cancelled, few system calls.

Knows seconds of a clock that its driver hands in. Does not read a clock.
"""

from collections.abc import Callable
from heapq import heappop, heappush

SLOT_S = 0.01


class Timer:
    """One deadline; `cancel` is free, the wheel forgets it when its slot comes."""

    __slots__ = ("act",)

    def __init__(self, act: Callable[[], None]) -> None:
        self.act: Callable[[], None] | None = act

    def cancel(self) -> None:
        self.act = None


class Wheel:
    """Deadlines in slots of 10 ms: a timer fires at its deadline or up to 10 ms later."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s
        self.on_sooner: Callable[[], None] | None = None  # `next_s` has become earlier
        self._slots: dict[int, list[Timer]] = {}
        self._order: list[int] = []

    def after(self, delay_s: float, act: Callable[[], None]) -> Timer:
        """Call `act` once, `delay_s` seconds from now."""
        slot = int((self.now_s + delay_s) / SLOT_S) + 1
        timer = Timer(act)
        bucket = self._slots.get(slot)
        if bucket is None:
            self._slots[slot] = [timer]
            heappush(self._order, slot)
            if self._order[0] == slot and self.on_sooner is not None:
                self.on_sooner()
        else:
            bucket.append(timer)
        return timer

    def advance(self, now_s: float) -> None:
        """Let time pass and call what is due, earliest first."""
        while self._order and self._order[0] * SLOT_S <= now_s:
            slot = heappop(self._order)
            # A timer set by a due one counts from its own moment, not from a late `now_s`.
            self.now_s = max(self.now_s, slot * SLOT_S)
            self._call(slot, self._slots.pop(slot))
        self.now_s = max(self.now_s, now_s)

    def _call(self, slot: int, timers: list[Timer]) -> None:
        """Call what is due together; when one raises, the others keep their turn."""
        for number, timer in enumerate(timers, 1):
            act, timer.act = timer.act, None
            if act is None:
                continue
            try:
                act()
            except BaseException:
                if rest := timers[number:]:
                    if slot not in self._slots:
                        heappush(self._order, slot)
                    self._slots[slot] = rest + self._slots.get(slot, [])
                raise

    def next_s(self) -> float | None:
        """When `advance` has something to do next."""
        return self._order[0] * SLOT_S if self._order else None
