"""Building anew once a turn of the loop, and not at all while nobody looks.

Several events of one call arrive together; each would else build the same panel again, and a
hidden form would cost the screen pop its time. The queued signal comes before the next paint.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget


class Late(QObject):
    """Calls `build` for `widget` soon after `ask`; a hidden widget is built when it is shown."""

    _turn = Signal()

    def __init__(self, widget: QWidget, build: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._build = widget, build
        self._stale = self._asked = False
        self._turn.connect(self._run, Qt.ConnectionType.QueuedConnection)
        widget.installEventFilter(self)

    def ask(self) -> None:
        self._stale = True
        if not self._asked and self._widget.isVisible():
            self._asked = True
            self._turn.emit()

    def _run(self) -> None:
        self._asked = False
        if self._stale and self._widget.isVisible():
            self._stale = False
            self._build()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._stale:
            self._stale = False
            self._build()
        return False
