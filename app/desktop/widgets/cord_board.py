"""The one ornament of the product: an operator's cord board, painted."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.desktop.theme.current import color, wall_font
from app.desktop.theme.tokens import WALL
from app.desktop.widgets.ink import draw_text

COLUMNS, ROWS, PITCH = 9, 7, 62
CORDS = (
    ((1, 1), (6, 3), "talking"), ((7, 1), (3, 4), "ready"), ((0, 5), (4, 2), "wrap_up"), ((5, 5), (8, 4), "ringing"),
)  # fmt: skip
ORANGE = "#FF8A4C"


class CordBoard(QWidget):
    def __init__(self, title: str, subtitle: str, place: str) -> None:
        super().__init__()
        self.setObjectName("cord_board")
        self.setAccessibleName(title)
        self._title, self._subtitle, self._place = title, subtitle, place

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), color("rail"))
        draw_text(painter, 64, 98, self._title, wall_font(44, 700), QColor("white"))
        draw_text(painter, 64, 134, self._subtitle, wall_font(16, 400), QColor(WALL["label"]))
        draw_text(painter, 64, self.height() - 50, self._place, wall_font(14, 500), QColor(WALL["label"]))
        span_x, span_y = (COLUMNS - 1) * PITCH, (ROWS - 1) * PITCH
        origin = QPointF(
            max(64.0, (self.width() - span_x) / 2), max(200.0, (self.height() - span_y) / 2 - 14)
        )
        if origin.y() + span_y > self.height() - 90:
            painter.translate(origin)
            scale = (self.height() - 290) / span_y
            painter.scale(max(0.4, scale), max(0.4, scale))
            painter.translate(-origin)
        self._holes(painter, origin)
        for start, end, hue in CORDS:
            self._cord(painter, self._at(origin, start), self._at(origin, end), QColor(WALL.get(hue, ORANGE)))

    def _at(self, origin: QPointF, place: tuple[int, int]) -> QPointF:
        return origin + QPointF(place[0] * PITCH, place[1] * PITCH)

    def _holes(self, painter: QPainter, origin: QPointF) -> None:
        for column in range(COLUMNS):
            for row in range(ROWS):
                at = self._at(origin, (column, row))
                painter.setPen(QPen(QColor("#3A4A66"), 1.6))
                painter.setBrush(QColor("#1A2333"))
                painter.drawEllipse(at, 11, 11)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor("#0B111B"))
                painter.drawEllipse(at, 6, 6)
                painter.setBrush(QColor("#2B3950"))
                painter.drawEllipse(at - QPointF(0, 21), 3, 3)

    def _cord(self, painter: QPainter, start: QPointF, end: QPointF, hue: QColor) -> None:
        sag = max(start.y(), end.y()) + 90 + abs(end.x() - start.x()) * 0.16
        path = QPainterPath(start)
        path.cubicTo(
            QPointF(start.x() + (end.x() - start.x()) * 0.08, sag),
            QPointF(end.x() - (end.x() - start.x()) * 0.1, sag),
            end,
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 90), 7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(path.translated(0, 3))
        painter.setPen(QPen(hue, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(path)
        for plug in (start, end):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(hue)
            painter.drawEllipse(plug, 9, 9)
            painter.drawEllipse(QRectF(plug.x() - 4, plug.y() - 25, 8, 8))
            painter.setBrush(QColor("white"))
            painter.drawEllipse(plug, 4, 4)
