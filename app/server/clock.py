"""Floor time: the journal's own seconds, never going back, surviving restarts and reboots."""

import time


class FloorClock:
    """now_s is monotonic while the server lives; at start it goes on from the last
    entry by the UTC seconds that have passed since (never less than none)."""

    def __init__(self, last_now_s: float = 0.0, last_at_utc: float | None = None) -> None:
        self.started_utc = time.time()
        self.away_s = 0.0 if last_at_utc is None else max(0.0, self.started_utc - last_at_utc)
        self._base_s = last_now_s + self.away_s
        self._mono_s = time.monotonic()

    def now_s(self) -> float:
        return round(self._base_s + time.monotonic() - self._mono_s, 6)

    @staticmethod
    def at_utc() -> float:
        """POSIX seconds, for people and files; never for decisions."""
        return time.time()
