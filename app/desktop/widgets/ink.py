"""Small things several controls paint alike: text on a true baseline, key caps, grounds, the focus ring."""

import re

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.desktop.theme.current import color, font, px
from app.desktop.theme.fonts import chinese_has_bold

CAP_HEIGHT = 0.727  # of Inter, in em; the middle of a Chinese glyph is within half a pixel of it


_CHINESE = re.compile(r"([\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+)")


def _runs(text: str, face: QFont) -> list[tuple[str, QFont]]:
    """The text in pieces of one font.

    A Chinese face without a bold of its own is only thickened from 700 on, so the 600 of a
    title would leave its Chinese thin beside its Latin: those pieces ask for 700.
    """
    if face.weight() != QFont.Weight.DemiBold or chinese_has_bold() or not _CHINESE.search(text):
        return [(text, face)]
    bold = QFont(face)
    bold.setWeight(QFont.Weight.Bold)
    return [(piece, bold if _CHINESE.match(piece) else face) for piece in _CHINESE.split(text) if piece]


def text_width(text: str, face: QFont) -> float:
    return sum(QFontMetricsF(used).horizontalAdvance(piece) for piece, used in _runs(text, face))


def write(painter: QPainter, x: float, baseline: float, text: str, face: QFont) -> float:
    """Write in the painter's pen from x on a baseline; returns the width."""
    at = x
    for piece, used in _runs(text, face):
        painter.setFont(used)
        painter.drawText(QPointF(at, baseline), piece)
        at += QFontMetricsF(used).horizontalAdvance(piece)
    return at - x


def draw_text(painter: QPainter, x: float, middle: float, text: str, face: QFont, colour: QColor) -> float:
    """Write one line centred on `middle` by cap height, not by font metrics, and return its width.

    Metrics differ between a label with Chinese and one without; the cap height does not.
    """
    painter.setPen(colour)
    return write(painter, x, round(middle + face.pixelSize() * CAP_HEIGHT / 2), text, face)


def elided(text: str, face: QFont, width: float) -> str:
    if text_width(text, face) <= width:
        return text
    slack = text_width(text, face) - QFontMetricsF(face).horizontalAdvance(text)
    return QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, width - slack)


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
