"""Short notices bottom right inside the window: at most three, 5 s, paused under the pointer; errors stay."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.desktop.theme.current import px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import row
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text

WIDTH, STAYS_MS, MOST = 360, 5000, 3


class Toast(QFrame):
    def __init__(self, words: str, hue: str, close_word: str, stays: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("kind", "raised")
        icon = {"broken": "alert-triangle", "ready": "circle-check"}.get(hue, "info-circle")
        text = Text(words, 13, 500, "text", wrap=True)
        close = Button("toast_close", "", icon="x", kind="ghost", height="small", tip=close_word)
        close.clicked.connect(self.leave)
        inside = row(Picture(icon, 18, f"{hue}.tone"), text, close, gap=8, margins=(12, 8, 8, 8))
        inside.setStretch(1, 1)
        self.setLayout(inside)
        self.setFixedWidth(px(WIDTH))
        self.setFixedHeight(max(px(44), text.heightForWidth(px(WIDTH) - 90) + 18))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)
        self._stays = stays
        if not stays:
            self._timer.start(STAYS_MS)

    def enterEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self._timer.stop()

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        if not self._stays:
            self._timer.start(STAYS_MS)

    def leave(self) -> None:
        parent = self.parentWidget()
        self.hide()
        self.setParent(None)
        self.deleteLater()
        if parent is not None:
            place(parent)


def show_toast(
    window: QWidget, words: str, close_word: str, hue: str = "talking", stays: bool = False
) -> None:
    shown = list(window.findChildren(Toast))
    for old in shown[: max(0, len(shown) - MOST + 1)]:
        old.leave()
    made = Toast(words, hue, close_word, stays, window)
    made.show()
    place(window)
    announce(window, words)


def place(window: QWidget) -> None:
    bottom = window.height() - px(33) - px(60) - 20
    for toast in reversed(window.findChildren(Toast)):
        toast.move(window.width() - toast.width() - 16, bottom - toast.height())
        toast.raise_()
        bottom -= toast.height() + 8


def announce(widget: QWidget, words: str) -> None:
    """Tell a screen reader now; timers are never announced."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
