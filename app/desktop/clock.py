"""The one clock of all windows: the server's time in the site's zone, ticking on its whole second.

Ten timers on the screen turn together because they all listen to this one. Knows nothing of what is timed.
"""

import time
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QObject, Qt, QTimer, Signal


class Clock(QObject):
    """`ticked` once a second; `now()` is the server's POSIX time as far as we know it.

    What people read (`here`, `local`) is in the site's zone, wherever this machine stands.
    """

    ticked = Signal()

    def __init__(self, source: Callable[[], float] = time.time, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._ahead_s = 0.0
        self.zone: tzinfo = UTC
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._arm()

    def set_server_time(self, server_now: float) -> None:
        self._ahead_s = server_now - self._source()

    def now(self) -> float:
        return self._source() + self._ahead_s

    def set_zone(self, name: str) -> None:
        """The site's zone by its IANA name; one this machine does not know leaves the present one."""
        try:
            self.zone = zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return

    def here(self, moment: float | None = None) -> datetime:
        """POSIX seconds, or now, as the site's clocks show it."""
        return datetime.fromtimestamp(self.now() if moment is None else moment, self.zone)

    def local(self, moment: str | None) -> datetime | None:
        """`2026-11-22T08:15:30.123Z` as the site's clocks show it; None for none or nonsense."""
        try:
            at = datetime.fromisoformat(moment or "")
        except ValueError:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(self.zone)

    def _tick(self) -> None:
        self.ticked.emit()
        self._arm()

    def _arm(self) -> None:
        past = self.now() % 1.0
        self._timer.start(max(1, round((1.0 - past) * 1000) + 2))
