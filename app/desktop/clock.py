"""The one clock of all windows: the server's time, ticking on its whole second.

Ten timers on the screen turn together because they all listen to this one. Knows nothing of what is timed.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal


class Clock(QObject):
    """`ticked` once a second; `now()` is the server's POSIX time as far as we know it."""

    ticked = Signal()

    def __init__(self, source: Callable[[], float] = time.time, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._ahead_s = 0.0
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

    def _tick(self) -> None:
        self.ticked.emit()
        self._arm()

    def _arm(self) -> None:
        past = self.now() % 1.0
        self._timer.start(max(1, round((1.0 - past) * 1000) + 2))
