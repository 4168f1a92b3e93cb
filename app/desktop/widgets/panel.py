"""A panel that lies over the window's middle: pickers, keypad, keys. Esc closes it and gives the focus back."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsDropShadowEffect, QVBoxLayout, QWidget

from app.desktop.theme.current import color, px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import row
from app.desktop.widgets.text import Text


class Panel(QFrame):
    """`place` says where: "right" under the call keys, "middle" centred."""

    closed = Signal()

    def __init__(
        self,
        window: QWidget,
        name: str,
        title: str,
        width: int,
        *,
        place: str = "right",
        close_word: str = "",
    ) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("kind", "raised")
        self._place = place
        self._before = QApplication.focusWidget()
        self.setFixedWidth(min(px(width), max(320, window.width() - 32)))
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 4)
        shade = color("rail")
        shade.setAlphaF(0.35)
        shadow.setColor(shade)
        self.setGraphicsEffect(shadow)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 10, 16, 16)
        self.body.setSpacing(8)
        close = Button(f"{name}_close", "", icon="x", key="Esc", kind="ghost", height="small", tip=close_word)
        close.clicked.connect(self.leave)
        self.body.addLayout(row(Text(title, 16, 600), None, close))
        window.installEventFilter(self)

    def open(self, focus: QWidget | None = None) -> None:
        self.adjustSize()
        self._move()
        self.show()
        self.raise_()
        if focus is not None:
            focus.setFocus()
        else:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setFocus()

    def leave(self) -> None:
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def _move(self) -> None:
        window = self.parentWidget()
        assert window is not None
        x = (
            window.width() - self.width() - 16
            if self._place == "right"
            else (window.width() - self.width()) // 2
        )
        self.setMaximumHeight(window.height() - px(88) - px(33) - 24)
        self.move(x, px(88) + 8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched, event) -> bool:  # type: ignore[no-untyped-def]
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._move()
        return False
