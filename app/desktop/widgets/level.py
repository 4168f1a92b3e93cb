"""How loud it is: a row of cells in talking's blue, read at a glance."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.desktop.theme.current import color

CELLS = 12


class Level(QWidget):
    def __init__(self, name: str, label: str, cells: int = CELLS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._cells, self._lit = cells, 0
        self.setFixedSize(cells * 5 + 4, 12)

    def show_level(self, loud: float) -> None:
        """loud: 0.0 … 1.0."""
        lit = round(min(1.0, max(0.0, loud)) * self._cells)
        if lit != self._lit:
            self._lit = lit
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for cell in range(self._cells):
            name = "talking.tone" if cell < self._lit else "border"
            painter.fillRect(QRectF(cell * 5, 1, 3.4, 10), color(name))
