"""The left rail: the places of the program, dark in both themes; icon over word, a count where something waits."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.ink import draw_ground, draw_text, text_width

WIDE, NARROW = 76, 48


class RailButton(QAbstractButton):
    def __init__(self, name: str, icon: str, word: str, key: str) -> None:
        super().__init__()
        self._icon, self._narrow = icon, False
        self.badge = 0
        self.setObjectName(f"rail_{name}")
        self.setText(word)
        self.setCheckable(True)
        self.setAccessibleName(word)
        self.setAccessibleDescription(key)
        self.setToolTip(f"{word}  {key}".strip())
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_narrow(self, on: bool) -> None:
        self._narrow = on
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(px(40), px(44)) if self._narrow else QSize(px(64), px(56))

    minimumSizeHint = sizeHint

    def is_elided(self) -> bool:
        return not self._narrow and text_width(self.text(), font(12, 600)) > px(WIDE) - 4

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        if on or self.underMouse():
            ground = color("rail_on")
            if not on:
                ground.setAlphaF(0.5)
            draw_ground(painter, QRectF(self.rect()), 6, ground)
        tone = QColor("white") if on else color("rail_text")
        middle, size = self.width() / 2, px(24)
        top = (self.height() - size) / 2 if self._narrow else px(7)
        paint_icon(painter, self._icon, middle - size / 2, top, size, tone)
        if not self._narrow:
            face = font(12, 600 if on else 400)
            painter.setClipping(False)
            draw_text(painter, middle - text_width(self.text(), face) / 2, px(43), self.text(), face, tone)
        if self.badge:
            box = QRectF(middle + px(6), px(3), px(18), px(18))
            draw_ground(painter, box, px(9), color("broken.fill"))
            face = font(12, 600)
            text = str(self.badge) if self.badge < 100 else "99"
            draw_text(
                painter,
                box.center().x() - text_width(text, face) / 2,
                box.center().y(),
                text,
                face,
                QColor("white"),
            )
        if self.hasFocus():
            draw_ground(painter, QRectF(self.rect()), 6, None, QColor("#79A9FF"), 2)


class Rail(QWidget):
    """`chosen` carries the place's name."""

    chosen = Signal(str)

    def __init__(
        self, places: list[tuple[str, str, str, str]], foot: list[tuple[str, str, str, str]]
    ) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setProperty("ground", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.buttons: dict[str, RailButton] = {}
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 0, 8)
        self._column.setSpacing(4)
        for place in places:
            self._add(*place)
        self._column.addStretch(1)
        for place in foot:
            self._add(*place)
        self.set_narrow(False)

    def _add(self, name: str, icon: str, word: str, key: str) -> None:
        button = RailButton(name, icon, word, key)
        self.buttons[name] = button
        self._group.addButton(button)
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._column.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)

    def set_narrow(self, on: bool) -> None:
        self.setFixedWidth(px(NARROW if on else WIDE))
        for button in self.buttons.values():
            button.set_narrow(on)

    def show_chosen(self, name: str) -> None:
        if name in self.buttons:
            self.buttons[name].setChecked(True)
