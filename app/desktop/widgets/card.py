"""Cards and the small arrangements inside them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.theme.current import px
from app.desktop.widgets.text import Text


def column(
    *items: QWidget | QLayout | int | None, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Stack things: a widget, a layout, a number (space) or None (stretch)."""
    made = QVBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(*margins)
    _fill(made, items)
    return made


def row(
    *items: QWidget | QLayout | int | None, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Put things beside each other, on one middle line."""
    made = QHBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(*margins)
    _fill(made, items)
    return made


def _fill(layout: QVBoxLayout | QHBoxLayout, items: tuple[QWidget | QLayout | int | None, ...]) -> None:
    middle = isinstance(layout, QHBoxLayout)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
            if middle and item.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed:
                layout.setAlignment(item, Qt.AlignmentFlag.AlignVCenter)
        else:
            layout.addLayout(item)


def line() -> QFrame:
    made = QFrame()
    made.setProperty("kind", "line")
    made.setFixedHeight(1)
    return made


def upright(height: int = 24) -> QFrame:
    made = QFrame()
    made.setProperty("kind", "line")
    made.setFixedSize(1, px(height))
    return made


class Card(QFrame):
    """A surface with 16 px padding and, where wanted, a title 14/600 with a count and something at the right."""

    def __init__(
        self, title: str = "", name: str = "", *, count: str = "", aside: QWidget | None = None, gap: int = 8
    ) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.body = column(gap=gap, margins=(16, 12, 16, 16))
        self.setLayout(self.body)
        self.count: Text | None = None
        self.head: QHBoxLayout | None = None
        if title:
            head = self.head = row(Text(title, 14, 600), gap=8)
            self.count = Text(count, 14, 600, tabular=True)
            head.addWidget(self.count)
            head.addStretch(1)
            if aside is not None:
                head.addWidget(aside)
            else:
                head.addSpacing(0)
            holder = QWidget()
            holder.setLayout(head)
            holder.setMinimumHeight(px(28))
            self.body.addWidget(holder)

    def add(self, item: QWidget | QLayout | int | None) -> None:
        _fill(self.body, (item,))


def scrolled(content: QWidget, name: str = "") -> QScrollArea:
    """A column that scrolls alone, without an edge of its own."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    content.setProperty("scrolled", "true")
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area


def clear(layout: QLayout) -> None:
    """Take everything out of a layout; the widgets go with the next turn of the loop."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
