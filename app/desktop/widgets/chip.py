"""A chip: a soft ground with a word in its tone, an icon where the hue would else be alone."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.ink import draw_ground, draw_text, text_width


class Chip(QLabel):
    """`hue` is a state's name of the tokens; "plain" takes the quiet grey, `on_selection` a surface ground."""

    def __init__(
        self,
        word: str,
        hue: str = "plain",
        icon: str = "",
        *,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(word, parent)
        self._hue, self._icon = hue, icon
        self.setFont(font(12, 600, tabular))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_as(self, word: str, hue: str, icon: str = "") -> None:
        if (word, hue, icon) != (self.text(), self._hue, self._icon):
            self._hue, self._icon = hue, icon
            self.setText(word)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        icon = px(14) + 4 if self._icon else 0
        return QSize(int(text_width(self.text(), self.font())) + 1 + icon + 16, px(22))

    minimumSizeHint = sizeHint

    def is_elided(self) -> bool:
        return self.width() < self.sizeHint().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, tone = chip_colours(self._hue)
        draw_chip(painter, 0, self.height() / 2, self.text(), ground, tone, self._icon, self.font())


def chip_colours(hue: str) -> tuple[str, str]:
    return ("logged_out.soft", "text3") if hue == "plain" else (f"{hue}.soft", f"{hue}.tone")


def chip_width(word: str, icon: str = "", face: QFont | None = None) -> float:
    return text_width(word, face or font(12, 600)) + 16 + (px(14) + 4 if icon else 0)


def draw_chip(
    painter: QPainter,
    x: float,
    middle: float,
    word: str,
    ground: str,
    tone: str,
    icon: str = "",
    face: QFont | None = None,
) -> float:
    """Paint a chip from x around `middle` and return its width (delegates and the control share this)."""
    face = face or font(12, 600)
    width, height = chip_width(word, icon, face), px(22)
    draw_ground(painter, QRectF(x, middle - height / 2, width, height), 4, color(ground))
    left = x + 8
    if icon:
        paint_icon(painter, icon, left, middle - px(14) / 2, px(14), color(tone))
        left += px(14) + 4
    draw_text(painter, left, middle, word, face, color(tone))
    return width
