"""The supervisor's third column: the chosen call, who hears whom, why this agent, its steps; and ending it."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop.floor.viewmodel import FloorViewModel
from app.desktop.floor_call.viewmodel import Candidate
from app.desktop.theme.current import px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import Card, clear, column, line, row, scrolled
from app.desktop.widgets.empty import Empty
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text

WIDTH = 290
CONFIRM_MS = 3000


class ConfirmButton(Button):
    """Acts on the second press within three seconds; no dialog."""

    def __init__(self, name: str, word: str, again: str) -> None:
        super().__init__(name, word, kind="danger_outline", height="small")
        self._first, self._again = word, again
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CONFIRM_MS)
        self._timer.timeout.connect(lambda: self.say(self._first))

    def pressed_again(self) -> bool:
        """True on the confirming press; the first one only asks."""
        if self._timer.isActive():
            self._timer.stop()
            self.say(self._first)
            return True
        self.say(self._again)
        self._timer.start()
        return False


class ChosenCallView(Card):
    def __init__(self, model: FloorViewModel) -> None:
        super().__init__(self.tr("所选通话"), "floor_call", gap=6)
        self._model = model
        self.setFixedWidth(px(WIDTH))
        self._title = Text("", 16, 600, tabular=True)
        self._about = Text("", 13, 400, "text2", wrap=True)
        self._hears = Text("", 13, 500, "talking.tone", wrap=True)
        self._hears.setObjectName("who_hears_whom")
        self._end = ConfirmButton("floor_end_call", self.tr("强拆"), self.tr("再按一次确认"))
        self._end.clicked.connect(self._end_call)
        self._story = QVBoxLayout()
        self._story.setContentsMargins(0, 0, 6, 0)
        self._story.setSpacing(4)
        content = QWidget()
        content.setLayout(self._story)
        self._area = scrolled(content, "floor_call_story")
        self._empty = Empty("headset", self.tr("选一位坐席或一通电话，就能看到它的经过。"))
        for item in (self._title, self._about, self._hears):
            self.add(item)
        self.add(row(self._end, None))
        self.body.addWidget(self._area, 1)
        self.body.addWidget(self._empty, 1)
        model.call.changed.connect(self.show_all)
        model.chosen_changed.connect(self.show_all)
        self.show_all()

    def _end_call(self) -> None:
        if self._end.pressed_again():
            self._model.end_call()

    def show_all(self) -> None:
        call, there = self._model.call, bool(self._model.call.call)
        self._title.show_text(call.title())
        self._about.show_text(call.about())
        self._hears.show_text(self._model.who_hears_whom())
        self._hears.setVisible(bool(self._hears.text()))
        live = there and call.call.get("state") != "ended"
        for part, on in ((self._title, there), (self._about, there), (self._end, live), (self._area, there)):
            part.setVisible(on)
        self._empty.setVisible(not there)
        clear(self._story)
        if there:
            self._tell()

    def _tell(self) -> None:
        call = self._model.call
        if call.why():
            self._story.addWidget(Text(self.tr("为什么是这位坐席"), 13, 600))
            self._story.addWidget(Text(call.why(), 13, 400, wrap=True))
            for one in call.candidates()[:6]:
                self._story.addLayout(self._candidate(one))
            self._story.addWidget(line())
        self._story.addWidget(Text(self.tr("经过"), 13, 600))
        for step in call.steps():
            time = Text(step.time, 12, 400, "text2", tabular=True)
            time.setFixedWidth(px(44))
            self._story.addLayout(
                row(time, Picture(step.icon, 14), Text(step.words, 13, 400, elide=True), gap=6)
            )
        self._story.addStretch(1)

    @staticmethod
    def _candidate(one: Candidate) -> QVBoxLayout:
        icon = Picture("check" if one.chosen else "circle", 14, "text" if one.chosen else "text3")
        name = Text(one.name, 13, 600 if one.chosen else 400, elide=True)
        facts = Text("  ".join(p for p in (one.why_not, one.count) if p), 12, 400, "text2", tabular=True)
        return column(row(icon, name, facts, gap=6), gap=0)
