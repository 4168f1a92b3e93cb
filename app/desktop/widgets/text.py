"""Words on the screen: fixed line height per size, a tone by name, elided only where asked."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.desktop.theme.current import LINE_HEIGHTS, color, font, line_height
from app.desktop.widgets.ink import CAP_HEIGHT, elided, text_width, write


class Text(QLabel):
    """One style of text. `wrap` breaks lines, `elide` cuts at the end with the whole in the tooltip."""

    def __init__(
        self,
        text: str = "",
        size: int = 14,
        weight: int = 400,
        tone: str = "text",
        *,
        tabular: bool = False,
        wrap: bool = False,
        elide: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        assert size in LINE_HEIGHTS
        self._size, self._tone, self._elide, self._align = size, tone, elide, align
        self.setFont(font(size, weight, tabular))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        vertical = QSizePolicy.Policy.Fixed
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        else:
            horizontal = QSizePolicy.Policy.Expanding if elide else QSizePolicy.Policy.Preferred
            self.setSizePolicy(horizontal, vertical)
            self.setFixedHeight(line_height(size))
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        if tone != self._tone:
            self._tone = tone
            self.update()

    def show_text(self, text: str) -> None:
        """Change the words only when they differ: a timer must not lay out the window each second."""
        if text != self.text():
            self.setText(text)

    def is_elided(self) -> bool:
        return not self.wordWrap() and text_width(self.text(), self.font()) > self.width() + 0.5

    def _lines(self, width: int) -> list[tuple[int, int, float]]:
        layout = QTextLayout(self.text(), self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        lines: list[tuple[int, int, float]] = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            lines.append((line.textStart(), line.textLength(), line.naturalTextWidth()))
        layout.endLayout()
        return lines

    def hasHeightForWidth(self) -> bool:
        return self.wordWrap()

    def heightForWidth(self, width: int) -> int:
        return max(1, len(self._lines(width))) * line_height(self._size)

    def sizeHint(self) -> QSize:
        width = int(text_width(self.text(), self.font())) + 2
        if self.wordWrap():
            return QSize(min(width, 240), self.heightForWidth(min(width, 240)))
        return QSize(width, line_height(self._size))

    def minimumSizeHint(self) -> QSize:
        if self.wordWrap():
            return QSize(60, line_height(self._size))
        return QSize(24, line_height(self._size)) if self._elide else self.sizeHint()

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        if self.wordWrap():
            self.setMinimumHeight(self.heightForWidth(self.width()))
        elif self._elide:
            self.setToolTip(self.text() if self.is_elided() else "")

    def setText(self, text: str) -> None:
        super().setText(text)
        if self.wordWrap() and self.width() > 60 and self.isVisible():
            self.setMinimumHeight(self.heightForWidth(self.width()))
        elif self._elide:
            self.setToolTip(text if self.is_elided() else "")
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone = self._tone if self.isEnabled() else "text3"
        painter.setPen(color(tone))
        height = line_height(self._size)
        drop = height / 2 + self.font().pixelSize() * CAP_HEIGHT / 2
        if not self.wordWrap():
            words = elided(self.text(), self.font(), self.width() + 1) if self._elide else self.text()
            top = (self.height() - height) / 2
            write(painter, self._left(text_width(words, self.font())), round(top + drop), words, self.font())
            return
        for number, (start, length, width) in enumerate(self._lines(self.width())):
            line = self.text()[start : start + length].rstrip("\n")
            write(painter, self._left(width), round(number * height + drop), line, self.font())

    def _left(self, width: float) -> float:
        if self._align & Qt.AlignmentFlag.AlignRight:
            return self.width() - width
        if self._align & Qt.AlignmentFlag.AlignHCenter:
            return (self.width() - width) / 2
        return 0.0
