"""Tabler's outline icons, drawn as vectors in a token's colour: crisp at every scale."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).parents[3] / "resources" / "icons"


@lru_cache(maxsize=512)
def _renderer(name: str, colour: str, stroke: str) -> QSvgRenderer:
    svg = (ICONS / f"{name}.svg").read_text("utf-8")
    svg = svg.replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{stroke}"')
    return QSvgRenderer(QByteArray(svg.encode()))


def paint_icon(painter: QPainter, name: str, x: float, y: float, size: float, colour: QColor | str) -> None:
    """Draw an icon with its top left corner at (x, y); thin strokes get a little weight when small."""
    hex_colour = colour if isinstance(colour, str) else colour.name()
    stroke = "2.1" if size <= 18 else "1.8"
    _renderer(name, hex_colour, stroke).render(painter, QRectF(x, y, size, size))


def pixmap(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    made = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    paint_icon(painter, name, 0, 0, size, colour)
    painter.end()
    return made


def icon(name: str, colour: str) -> QIcon:
    made = QIcon()
    for ratio in (1.0, 1.5, 2.0, 3.0):
        made.addPixmap(pixmap(name, 20, colour, ratio))
    return made
