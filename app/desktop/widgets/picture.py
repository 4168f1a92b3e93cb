"""An icon that stands alone in a layout, optionally on a soft square or round ground."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.desktop.theme.current import color, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.ink import draw_ground


class Picture(QWidget):
    def __init__(
        self,
        icon: str,
        size: int = 16,
        tone: str = "text2",
        *,
        ground: str = "",
        box: int = 0,
        round_: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._size, self._tone, self._ground, self._round = icon, px(size), tone, ground, round_
        side = px(box or size)
        self.setFixedSize(side, side)

    def show_icon(self, icon: str, tone: str) -> None:
        self._icon, self._tone = icon, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._ground:
            box = QRectF(self.rect())
            draw_ground(painter, box, box.width() / 2 if self._round else 6, color(self._ground))
        gap = (self.width() - self._size) / 2
        paint_icon(painter, self._icon, gap, gap, self._size, color(self._tone))
