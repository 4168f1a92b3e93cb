"""The tabs over the middle: word, key, and a 2 px ink bar under the chosen one."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from app.desktop.theme.current import color, font, px
from app.desktop.widgets.ink import draw_focus, draw_ground, draw_text, text_width


class Tab(QAbstractButton):
    def __init__(self, name: str, word: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"tab_{name}")
        self.setText(word)
        self.key = key
        self.setCheckable(True)
        self.setAccessibleName(word)
        self.setAccessibleDescription(key)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        wide = text_width(self.text(), font(14, 600)) + 6 + text_width(self.key, font(12, 400))
        return QSize(int(wide) + 4, px(40))

    minimumSizeHint = sizeHint

    def is_elided(self) -> bool:
        return self.width() < self.sizeHint().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        chosen = self.isChecked()
        face = font(14, 600 if chosen else 500)
        tone = "text" if chosen or self.underMouse() else "text2"
        middle = px(20)
        width = draw_text(painter, 1, middle, self.text(), face, color(tone))
        draw_text(painter, 1 + width + 6, middle, self.key, font(12, 400), color("text3"))
        if chosen:
            draw_ground(painter, QRectF(0, self.height() - 3, self.width(), 3), 1.5, color("ink"))
        if self.hasFocus():
            draw_focus(painter, QRectF(self.rect()).adjusted(-1, 2, 1, -4), 4)


class Tabs(QWidget):
    """`chosen` carries the name of the tab."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(15, 0, 0, 0)
        self._row.setSpacing(26)
        self._row.addStretch(1)
        self._group = QButtonGroup(self)
        self.tabs: dict[str, Tab] = {}

    def add(self, name: str, word: str, key: str) -> Tab:
        tab = Tab(name, word, key, self)
        self.tabs[name] = tab
        self._group.addButton(tab)
        self._row.insertWidget(self._row.count() - 1, tab)
        tab.clicked.connect(lambda: self.chosen.emit(name))
        return tab

    def show_chosen(self, name: str) -> None:
        self.tabs[name].setChecked(True)
