"""What an empty place says: an icon, one sentence of what belongs here, perhaps one action. Never a bare grid."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text


class Empty(QWidget):
    def __init__(self, icon: str, sentence: str, action: QWidget | None = None) -> None:
        super().__init__()
        made = QVBoxLayout(self)
        made.setContentsMargins(16, 16, 16, 16)
        made.setSpacing(8)
        made.addStretch(1)
        made.addWidget(Picture(icon, 32, "text3"), alignment=Qt.AlignmentFlag.AlignHCenter)
        words = Text(sentence, 14, 400, "text2", wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        made.addWidget(words)
        if action is not None:
            made.addWidget(action, alignment=Qt.AlignmentFlag.AlignHCenter)
        made.addStretch(1)
