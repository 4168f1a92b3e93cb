"""A key cap that stands alone."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.desktop.theme.current import color, px
from app.desktop.widgets.ink import draw_key_cap, key_cap_width


class KeyCap(QWidget):
    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.setAccessibleName(key)
        self.setFixedSize(int(key_cap_width(key)) + 1, px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_key_cap(QPainter(self), 0, self.height() / 2, self._key, color("text2"))
