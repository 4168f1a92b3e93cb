"""The middle while ringing: three facts, then the timeline under them."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from app.desktop.history.viewmodel import Fact, HistoryViewModel
from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.card import clear
from app.desktop.widgets.empty import Empty
from app.desktop.widgets.ink import draw_ground, draw_text, elided
from app.desktop.widgets.timeline import Timeline


class FactTile(QLabel):
    """One fact in a soft ground; readable without knowing the colour."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(f"{fact.title} {fact.detail}")
        self._fact = fact
        self.setAccessibleName(f"{fact.title}，{fact.detail}")
        self.setToolTip(fact.detail)
        self.setFixedHeight(px(60))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, px(60))

    sizeHint = minimumSizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fact = self._fact
        plain = fact.hue == "plain"
        draw_ground(painter, QRectF(self.rect()), 6, color("sunken" if plain else f"{fact.hue}.soft"))
        tone = color("text2" if plain else f"{fact.hue}.tone")
        paint_icon(painter, fact.icon, 12, (self.height() - px(20)) / 2, px(20), tone)
        left = 12 + px(20) + 12
        room = self.width() - left - 8
        face = font(16, 600, True)
        title_at = px(21) if fact.detail else self.height() / 2
        draw_text(
            painter, left, title_at, elided(fact.title, face, room), face, color("text") if plain else tone
        )
        small = font(12, 400)
        draw_text(painter, left, px(42), elided(fact.detail, small, room), small, color("text2"))


class HistoryView(QFrame):
    def __init__(self, model: HistoryViewModel) -> None:
        super().__init__()
        self.setObjectName("history_panel")
        self.setProperty("kind", "card")
        self._model = model
        self._facts = QHBoxLayout()
        self._facts.setSpacing(8)
        self._empty = Empty("history", self.tr("还没有往来。这通电话会成为第一条。"))
        self._timeline = Timeline(model.timeline, "timeline", self.tr("往来经过"))
        made = QVBoxLayout(self)
        made.setContentsMargins(14, 14, 14, 8)
        made.setSpacing(12)
        made.addLayout(self._facts)
        made.addWidget(self._timeline, 1)
        made.addWidget(self._empty, 1)
        model.changed.connect(self.show_all)
        self.show_all()

    def show_all(self) -> None:
        clear(self._facts)
        for fact in self._model.facts():
            self._facts.addWidget(FactTile(fact))
        empty = self._model.is_empty()
        self._empty.setVisible(empty)
        self._timeline.setVisible(not empty)
