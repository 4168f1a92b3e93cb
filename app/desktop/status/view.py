"""The status line, 32 high: what is connected at the left, queues and switches at the right."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.desktop.status.viewmodel import StatusViewModel
from app.desktop.theme.current import look, px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import row, upright
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text


class StatusView(QFrame):
    language_wanted = Signal()
    theme_wanted = Signal()
    keys_wanted = Signal()

    def __init__(self, model: StatusViewModel, language: str) -> None:
        super().__init__()
        self.setObjectName("status_line")
        self.setProperty("kind", "status")
        self.setFixedHeight(px(33))
        self._model = model
        self._link_icon, self._link = Picture("plug-connected", 16), Text("", 12, 400, "text2", tabular=True)
        self._link.setObjectName("link_state")
        self._phone_icon, self._phone = Picture("headset", 16), Text("", 12, 400, "text2")
        self._me, self._online = Text("", 12, 400, "text2"), Text("", 12, 400, "text2", tabular=True)
        self._left = row(
            self._link_icon, self._link, 8, self._phone_icon, self._phone, 8, upright(14), 8,
            Picture("user", 16), self._me, 8, Picture("clock", 16), self._online, gap=6,
        )  # fmt: skip
        self._queues = QHBoxLayout()
        self._queues.setSpacing(14)
        self._queue_texts: list[tuple[Text, Text, Text]] = []
        for _ in range(3):
            texts = (
                Text("", 12, 400, "text2"),
                Text("", 12, 600, tabular=True),
                Text("", 12, 400, "text2", tabular=True),
            )
            self._queue_texts.append(texts)
            self._queues.addLayout(row(*texts, gap=5))
        word = "English" if language == "zh_CN" else "中文"
        self.language = Button("switch_language", word, kind="ghost", height="small", tip=self.tr("切换语言"))
        self.language.clicked.connect(self.language_wanted)
        dark = look().tokens.name == "dark"
        tip = self.tr("浅色") if dark else self.tr("深色")
        self.theme = Button(
            "switch_theme", "", icon="sun" if dark else "moon", kind="ghost", height="small", tip=tip
        )
        self.theme.clicked.connect(self.theme_wanted)
        self.keys = Button("show_keys", self.tr("按键一览"), key="F1", kind="ghost", height="small")
        self.keys.clicked.connect(self.keys_wanted)
        right = row(upright(14), self._queues, upright(14), self.language, self.theme, self.keys, gap=8)
        whole = row(self._left, None, right, gap=6, margins=(16, 0, 8, 0))
        self.setLayout(whole)
        model.changed.connect(self.show_all)
        model.desk.clock.ticked.connect(self.show_all)
        self.show_all()

    def show_all(self) -> None:
        model = self._model
        for icon, text, (name, tone, words) in (
            (self._link_icon, self._link, model.link()), (self._phone_icon, self._phone, model.headset()),
        ):  # fmt: skip
            icon.show_icon(name, tone)
            text.show_text(words)
        self._me.show_text(model.me())
        self._online.show_text(model.online_for())
        rows = model.queues()
        for number, texts in enumerate(self._queue_texts):
            shown = number < len(rows)
            values = (rows[number][0], str(rows[number][1]), rows[number][2]) if shown else ("", "", "")
            for text, value in zip(texts, values, strict=True):
                text.show_text(value)
                text.setVisible(bool(value))

    def set_narrow(self, on: bool) -> None:
        """Under 1180 the queues leave; the link never does."""
        for number, texts in enumerate(self._queue_texts):
            for text in texts:
                text.setVisible(not on and bool(text.text()) and number < 3)
