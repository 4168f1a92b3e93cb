"""Small things several controls paint alike: text on a true baseline, key caps, grounds, the focus ring."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.desktop.theme.current import color, font, px

CAP_HEIGHT = 0.727  # of Inter, in em; the middle of a Chinese glyph is within half a pixel of it


def text_width(text: str, face: QFont) -> float:
    return QFontMetricsF(face).horizontalAdvance(text)


def draw_text(painter: QPainter, x: float, middle: float, text: str, face: QFont, colour: QColor) -> float:
    """Write one line centred on `middle` by cap height, not by font metrics, and return its width.

    Metrics differ between a label with Chinese and one without; the cap height does not.
    """
    painter.setFont(face)
    painter.setPen(colour)
    painter.drawText(QPointF(x, round(middle + face.pixelSize() * CAP_HEIGHT / 2)), text)
    return text_width(text, face)


def elided(text: str, face: QFont, width: float) -> str:
    return QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, width)


def draw_ground(
    painter: QPainter,
    box: QRectF,
    radius: float,
    fill: QColor | None,
    edge: QColor | None = None,
    width: float = 1.0,
) -> None:
    """A rounded ground whose edge lies inside the box, so nothing grows when the edge does."""
    half = width / 2 if edge is not None else 0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, width) if edge is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(half, half, -half, -half), radius, radius)


def draw_focus(painter: QPainter, box: QRectF, radius: float = 6) -> None:
    draw_ground(painter, box, radius, None, color("focus"), 2)


def key_cap_width(key: str) -> float:
    return text_width(key, font(12, 500)) + 10


def draw_key_cap(painter: QPainter, x: float, middle: float, key: str, colour: QColor) -> float:
    """Paint the key that does the same; returns its width. 20 high, outlined."""
    width, height = key_cap_width(key), px(20)
    edge = QColor(colour)
    edge.setAlphaF(0.6)
    draw_ground(painter, QRectF(x, middle - height / 2, width, height), 4, None, edge)
    draw_text(painter, x + 5, middle, key, font(12, 500), colour)
    return width
