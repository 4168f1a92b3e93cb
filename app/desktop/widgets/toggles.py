"""A group of toggle chips: one choice of up to nine, number keys pick while the group has the focus."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

from app.desktop.widgets.button import Toggle


class Flow(QLayout):
    """Beside each other, and on the next line when there is no room."""

    def __init__(self, parent: QWidget | None = None, gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, really: bool) -> int:
        x, y, tall = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, tall = rect.x(), y + tall + self._gap, 0
            if really:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self._gap
            tall = max(tall, hint.height())
        return y + tall - rect.y()


class ToggleGroup(QWidget):
    """`picked` carries the value chosen, None when the chosen one is pressed again."""

    picked = Signal(object)

    def __init__(self, name: str, choices: list[tuple[str, str]], value: str | None = None) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.chips: dict[str, Toggle] = {}
        flow = Flow(self)
        for number, (key, word) in enumerate(choices, 1):
            chip = Toggle(f"{name}_{key}", word, self)
            chip.setAccessibleDescription(str(number))
            chip.setToolTip(str(number) if number < 10 else "")
            chip.clicked.connect(lambda _=False, key=key: self._press(key))
            chip.installEventFilter(self)
            self.chips[key] = chip
            flow.addWidget(chip)
        self.show_value(value)

    def show_value(self, value: str | None) -> None:
        self._value = value
        for key, chip in self.chips.items():
            chip.setChecked(key == value)

    def _press(self, key: str) -> None:
        value = None if self._value == key else key
        self.show_value(value)
        self.picked.emit(value)

    def eventFilter(self, watched, event) -> bool:  # type: ignore[no-untyped-def]
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            keys = list(self.chips)
            if event.text().isdigit() and 1 <= int(event.text()) <= len(keys):
                key = keys[int(event.text()) - 1]
                self.chips[key].setFocus()
                if self._value != key:
                    self._press(key)
                return True
            step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
            if step is not None:
                here = next(i for i, chip in enumerate(self.chips.values()) if chip is watched)
                self.chips[keys[(here + step) % len(keys)]].setFocus()
                return True
        return bool(super().eventFilter(watched, event))
