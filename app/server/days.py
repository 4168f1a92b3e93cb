"""Tells the floor the site's civil day, at its midnight and at start."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.inputs import ClockStepped, DayStarted
from app.server.bus import Bus

CHECK_S = 60.0
STEP_S = 5.0  # a wall clock that moved this much against the monotonic one was set by somebody


class Days:
    def __init__(self, bus: Bus, time_zone: str) -> None:
        self._bus = bus
        self._zone = ZoneInfo(time_zone)
        self._difference_s = bus.clock.at_utc() - bus.clock.now_s()

    def date(self, at_utc: float) -> str:
        return datetime.fromtimestamp(at_utc, self._zone).date().isoformat()

    def begin(self) -> None:
        """Tell the day if the journal's last one differs."""
        at_utc = self._bus.clock.at_utc()
        if self.date(at_utc) != self._bus.floor.date:
            self._bus.put(DayStarted(date=self.date(at_utc), at_utc=at_utc))

    async def run(self) -> None:
        while True:
            await asyncio.sleep(min(CHECK_S, self._to_midnight_s() + 0.001))
            at_utc = self._bus.clock.at_utc()
            difference_s = at_utc - self._bus.clock.now_s()
            if abs(difference_s - self._difference_s) > STEP_S:
                self._bus.put(ClockStepped(at_utc=at_utc))
            self._difference_s = difference_s
            self.begin()

    def _to_midnight_s(self) -> float:
        now = datetime.fromtimestamp(self._bus.clock.at_utc(), self._zone)
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), self._zone)
        return (midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds()
