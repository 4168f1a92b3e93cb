"""The theme in force: colours, sizes and fonts asked for by name.

One per process; views are built anew when it changes, so nobody caches a colour.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont

from app.desktop.theme.tokens import LIGHT, Tokens

FAMILIES = ["Inter", "Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei"]
# Logical px of type → fixed line height; a label with Chinese would else be taller than one without.
LINE_HEIGHTS = {12: 18, 13: 20, 14: 22, 16: 24, 20: 30, 28: 42, 30: 44}
FACTORS = (1.0, 1.15, 1.3)


@dataclass(frozen=True, slots=True)
class Look:
    """What the user chose: a theme, a text factor (1.0, 1.15, 1.3), whether things may move."""

    tokens: Tokens = LIGHT
    factor: float = 1.0
    motion: bool = True


_look = Look()
_listeners: list[Callable[[], None]] = []


def look() -> Look:
    return _look


def choose(new: Look) -> None:
    """Put a look in force and tell those who keep rendered things (caches)."""
    global _look
    _look = new
    for listener in _listeners:
        listener()


def on_change(listener: Callable[[], None]) -> None:
    _listeners.append(listener)


def hex_of(name: str) -> str:
    return _look.tokens.hex(name)


def color(name: str) -> QColor:
    return QColor(_look.tokens.hex(name))


def px(logical: int) -> int:
    """A length that grows with the text factor (heights of text and controls)."""
    return round(logical * _look.factor)


def line_height(size: int) -> int:
    return px(LINE_HEIGHTS[size])


def font(size: int, weight: int = 400, tabular: bool = False) -> QFont:
    """Inter with the system's simplified Chinese; `tabular` for what ticks or stands in a column."""
    made = QFont()
    made.setFamilies(FAMILIES)
    made.setPixelSize(px(size))
    made.setWeight(QFont.Weight(weight))
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def wall_font(size: int, weight: int, tabular: bool = False) -> QFont:
    """For what scales by itself (the wall, the login's board): no text factor."""
    made = QFont()
    made.setFamilies(FAMILIES)
    made.setPixelSize(size)
    made.setWeight(QFont.Weight(weight))
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made
