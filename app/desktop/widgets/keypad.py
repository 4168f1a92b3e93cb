"""The keypad for tones into the call: keys of the keyboard work, buttons show what can be pressed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.desktop.widgets.button import Button
from app.desktop.widgets.panel import Panel
from app.desktop.widgets.text import Text

KEYS = "123456789*0#"


class KeypadPanel(Panel):
    pressed = Signal(str)

    def __init__(self, window: QWidget, title: str, close_word: str) -> None:
        super().__init__(window, "keypad", title, 240, close_word=close_word)
        self._sent = Text("", 20, 600, tabular=True, elide=True)
        self._sent.setObjectName("keypad_sent")
        self.body.addWidget(self._sent)
        grid = QGridLayout()
        grid.setSpacing(8)
        for number, key in enumerate(KEYS):
            button = Button(f"keypad_{key}", key, height="bar")
            button.setMinimumWidth(60)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, key=key: self._press(key))
            grid.addWidget(button, number // 3, number % 3)
        self.body.addLayout(grid)
        self.open()

    def _press(self, key: str) -> None:
        self._sent.show_text(self._sent.text() + key)
        self.pressed.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() and event.text() in KEYS:
            self._press(event.text())
        else:
            super().keyPressEvent(event)
