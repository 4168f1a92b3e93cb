"""The solid block top left: icon, word, timer, in the same place in every state, and the line that runs out."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.ink import draw_ground, draw_text, text_width

WIDTH = 236


class StateBlock(QLabel):
    """Readers hear "振铃 00:06 陈淑芬"; `aside` stands small beside the timer, `chip` under a pending break."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("state_block")
        self._hue, self._icon, self._word, self._time, self._aside, self._chip = (
            "logged_out",
            "power",
            "",
            "",
            "",
            "",
        )
        self._breath = 1.0
        self.setFixedWidth(round(WIDTH * max(1.0, px(100) / 100)))

    def show_state(
        self, hue: str, icon: str, word: str, time: str, aside: str = "", chip: str = "", who: str = ""
    ) -> None:
        new = (hue, icon, word, time, aside, chip)
        if new != (self._hue, self._icon, self._word, self._time, self._aside, self._chip):
            self._hue, self._icon, self._word, self._time, self._aside, self._chip = new
            self.setAccessibleName(" ".join(p for p in (word, time, who) if p))
            self.update()

    def breathe(self, opacity: float) -> None:
        """The ringing icon's 1 Hz; 1.0 when nothing moves."""
        if opacity != self._breath:
            self._breath = opacity
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.width(), px(84))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(f"{self._hue}.fill"))
        white = QColor("white")
        painter.setOpacity(self._breath)
        size = px(28)
        paint_icon(painter, self._icon, px(22), (self.height() - size) / 2, size, white)
        painter.setOpacity(1.0)
        left = px(68)
        word_width = draw_text(painter, left, px(26), self._word, font(16, 600), white)
        if self._chip:
            face = font(12, 600)
            width = text_width(self._chip, face) + 16
            x = min(left + word_width + 10, self.width() - width - 8)
            veil = QColor(0, 0, 0, 70)
            draw_ground(painter, QRectF(x, px(26) - px(11), width, px(22)), 4, veil)
            draw_text(painter, x + 8, px(26), self._chip, face, white)
        time_width = draw_text(painter, left, px(56), self._time, font(30, 600, True), white)
        if self._aside:
            draw_text(painter, left + time_width + 10, px(58), self._aside, font(13, 500, True), white)


class RunningLine(QWidget):
    """Four px under the bar. With a limit it runs out; without one it is a 2 px edge in the state's colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(4)
        self._hue, self._share = "logged_out", -1.0

    def show_share(self, hue: str, share: float | None) -> None:
        """share: what is left, 1.0 … 0.0; None without a limit."""
        new = (hue, -1.0 if share is None else min(1.0, max(0.0, share)))
        if new != (self._hue, self._share):
            self._hue, self._share = new
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill = color(f"{self._hue}.fill")
        if self._share < 0:
            painter.fillRect(QRectF(0, 0, self.width(), 2), fill)
            return
        painter.fillRect(self.rect(), color("border"))
        painter.fillRect(QRectF(0, 0, self.width() * self._share, 4), fill)
