"""A labelled control of a form: label above, error under it, baselines shared with its neighbour."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.card import row
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text

# What the application does with a key comes before what a text field does with it (Ctrl+K would
# else delete to the line's end). Filled by the main window.
APPLICATION_KEYS: set[str] = set()


def is_application_key(event: QEvent) -> bool:
    """True for the question "do you want this key yourself?" about one of the application's keys."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return QKeySequence(event.keyCombination()).toString() in APPLICATION_KEYS


class LineField(QLineEdit):
    """One line; an icon at its left where wanted."""

    def __init__(
        self, name: str, text: str = "", hint: str = "", icon: str = "", tabular: bool = False
    ) -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setPlaceholderText(hint)
        self.setFont(font(14, 400, tabular))
        self._icon = icon
        if icon:
            self.setTextMargins(26, 0, 0, 0)
        if hint:
            self.setAccessibleName(hint)

    def event(self, event: QEvent) -> bool:
        if is_application_key(event):
            event.ignore()
            return False
        return bool(super().event(event))

    def paintEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().paintEvent(event)
        if self._icon:
            painter = QPainter(self)
            paint_icon(painter, self._icon, 11, (self.height() - px(16)) / 2, px(16), color("text2"))


class NoteField(QPlainTextEdit):
    """Several lines; Tab leaves it, because a form is walked by keys."""

    def __init__(self, name: str, text: str = "", hint: str = "", height: int = 0) -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setPlaceholderText(hint)
        self.setFont(font(14))
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(4)
        self._least = px(height or 96)
        if height:
            self.setFixedHeight(px(height))

    def event(self, event: QEvent) -> bool:
        if is_application_key(event):
            event.ignore()
            return False
        return bool(super().event(event))

    def sizeHint(self) -> QSize:
        return QSize(200, self._least)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._least)


class ChoiceField(QComboBox):
    """A list of more than six choices: values with their words."""

    picked = Signal(object)

    def __init__(self, name: str, choices: list[tuple[str | None, str]], value: str | None) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFont(font(14))
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for key, word in choices:
            self.addItem(word, key)
        self.setCurrentIndex(next((i for i, (key, _) in enumerate(choices) if key == value), 0))
        self.activated.connect(lambda i: self.picked.emit(self.itemData(i)))

    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        event.ignore()  # scrolling a form must never change an answer

    def paintEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().paintEvent(event)
        painter = QPainter(self)
        size = px(16)
        paint_icon(
            painter, "chevron-down", self.width() - size - 8, (self.height() - size) / 2, size, color("text2")
        )


class Labelled(QWidget):
    """Label, control, and the place of an error that is there even when empty where neighbours share a row."""

    def __init__(
        self, label: str, control: QWidget, *, required: bool = False, aside: QWidget | None = None
    ) -> None:
        super().__init__()
        self.control = control
        control.setAccessibleName(label)
        head = row(Text(label, 13, 500, "text2"), gap=2)
        if required:
            head.addWidget(Text("*", 13, 600, "broken.tone"))
        head.addStretch(1)
        if aside is not None:
            head.addWidget(aside)
        self._icon = Picture("alert-triangle", 14, "broken.tone")
        self._words = Text("", 12, 500, "broken.tone", elide=True)
        self._words.setObjectName(f"{control.objectName()}_error")
        self._error = QWidget()
        self._error.setLayout(row(self._icon, self._words, gap=4))
        self._error.hide()
        made = QVBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(4)
        made.addLayout(head)
        made.addWidget(control)
        made.addWidget(self._error)
        made.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """Of chips that flow: as high as at the present width, not as in one column."""
        least = super().minimumSizeHint()
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            return QSize(least.width(), layout.heightForWidth(max(self.width(), 240)))
        return least

    def show_error(self, words: str) -> None:
        wrong = bool(words)
        self._words.show_text(words)
        self._error.setVisible(wrong)
        if bool(self.control.property("wrong") == "true") != wrong:
            self.control.setProperty("wrong", "true" if wrong else "false")
            self.control.style().unpolish(self.control)
            self.control.style().polish(self.control)
        self.control.setAccessibleDescription(words)
