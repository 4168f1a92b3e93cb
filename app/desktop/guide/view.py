"""The right column: the way through the IVR, likely next steps with keys, what to say."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.guide.viewmodel import GuideViewModel, Likely, PathStep
from app.desktop.link import Json
from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import Card, clear, row
from app.desktop.widgets.chip import Chip
from app.desktop.widgets.ink import (
    draw_focus,
    draw_ground,
    draw_key_cap,
    draw_text,
    elided,
    key_cap_width,
    text_width,
)
from app.desktop.widgets.late import Late
from app.desktop.widgets.text import Text
from app.desktop.writing import bar_timer

WIDTH = 304


class PathView(QLabel):
    """The stops on the caller's way, one under the other on a thread."""

    STEP = 43

    def __init__(self, steps: list[PathStep]) -> None:
        super().__init__()
        self._steps = steps
        self.setObjectName("ivr_path")
        self.setAccessibleName("，".join(f"{s.title} {s.detail}" for s in steps))
        self.setFixedHeight(px(self.STEP) * len(steps) - px(4))

    def sizeHint(self) -> QSize:
        return QSize(260, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cx, side = px(60), px(24)
        step = px(self.STEP)
        painter.fillRect(QRectF(cx - 1, side / 2, 2, step * (len(self._steps) - 1)), color("border"))
        for number, stop in enumerate(self._steps):
            top = number * step
            middle = top + side / 2
            time_face = font(12, 400, True)
            draw_text(painter, 0, middle, stop.time, time_face, color("text2"))
            box = QRectF(cx - side / 2, top, side, side)
            if stop.icon:
                draw_ground(painter, box, side / 2, color("surface"), color("strong"))
                paint_icon(painter, stop.icon, cx - px(7), middle - px(7), px(14), color("text2"))
            else:
                draw_ground(painter, box, 4, color("ink"))
                face = font(13, 600, True)
                draw_text(
                    painter, cx - text_width(stop.key, face) / 2, middle, stop.key, face, color("on_ink")
                )
            left = cx + side / 2 + 12
            room = self.width() - left
            face = font(13, 500)
            draw_text(painter, left, middle, elided(stop.title, face, room), face, color("text"))
            if stop.detail:
                small = font(12, 400, True)
                draw_text(
                    painter, left, middle + px(18), elided(stop.detail, small, room), small, color("text2")
                )


class LikelyButton(QAbstractButton):
    """One probable next step: icon, words, its key at the right."""

    def __init__(self, likely: Likely) -> None:
        super().__init__()
        self._likely = likely
        self.setObjectName(f"likely_{likely.name}")
        self.setText(likely.word)
        self.setAccessibleName(likely.word)
        self.setAccessibleDescription(likely.key)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(px(30))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, px(30))

    def is_elided(self) -> bool:
        return text_width(self._likely.word, font(13, 500)) > self._room()

    def _room(self) -> float:
        return self.width() - px(26) - key_cap_width(self._likely.key) - 8

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            draw_ground(painter, QRectF(self.rect()).adjusted(-6, 0, 6, 0), 6, color("hover"))
        middle = self.height() / 2
        paint_icon(painter, self._likely.icon, 0, middle - px(8), px(16), color("text2"))
        face = font(13, 500)
        draw_text(painter, px(26), middle, elided(self._likely.word, face, self._room()), face, color("text"))
        wide = key_cap_width(self._likely.key)
        draw_key_cap(painter, self.width() - wide, middle, self._likely.key, color("text2"))
        if self.hasFocus():
            draw_focus(painter, QRectF(self.rect()))


class KeyLine(QLabel):
    """The keys in short, while talking: cap, word, cap, word."""

    def __init__(self, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys
        self.setObjectName("ivr_keys")
        self.setAccessibleName("，".join(f"{k} {w}" for k, w in keys))
        self.setFixedHeight(px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side, x = px(24), 0.0
        for key, word in self._keys:
            face = font(13, 600, True)
            draw_ground(painter, QRectF(x, 0, side, side), 4, color("ink"))
            draw_text(painter, x + (side - text_width(key, face)) / 2, side / 2, key, face, color("on_ink"))
            x += side + 6
            x += draw_text(painter, x, side / 2, word, font(13), color("text")) + 14


class ScriptStep(QAbstractButton):
    """One step of the script; a press ticks it off."""

    def __init__(self, name: str, sentence: str, done: bool, now: bool) -> None:
        super().__init__()
        self._done, self._now = done, now
        self.setObjectName(f"script_{name}")
        self.setText(sentence)
        self.setCheckable(True)
        self.setChecked(done)
        self.setAccessibleName(sentence)
        self._words = Text(sentence, 13, 600 if now else 400, "text3" if done else "text", wrap=True)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = row(px(26), self._words, gap=0, margins=(0, 4, 0, 4))
        inside.setStretch(1, 1)
        self.setLayout(inside)

    def sizeHint(self) -> QSize:
        return QSize(200, px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icon = "circle-check" if self._done else ("circle-dot" if self._now else "circle")
        tone = "ready.tone" if self._done else "text2"
        paint_icon(painter, icon, 0, px(5), px(18), color(tone))
        if self.hasFocus():
            draw_focus(painter, QRectF(self.rect()))


class LengthsBar(QLabel):
    """One stacked bar of the call's parts and its legend."""

    def __init__(self, parts: list[tuple[str, str, float]]) -> None:
        super().__init__()
        self._parts = parts
        self.setObjectName("call_lengths")
        self.setAccessibleName("，".join(f"{n} {bar_timer(s)}" for n, _, s in parts))
        rows = (len(parts) + 1) // 2
        self.setFixedHeight(px(14) + 10 + rows * px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        total = sum(s for *_, s in self._parts) or 1.0
        x, width = 0.0, self.width()
        for number, (name, hue, seconds) in enumerate(self._parts):
            wide = max(3.0, seconds / total * (width - 2 * len(self._parts)))
            painter.fillRect(QRectF(x, 0, wide, px(14)), color(f"{hue}.fill"))
            x += wide + 2
            left, middle = (number % 2) * width / 2, px(14) + 10 + (number // 2) * px(22) + px(11)
            painter.fillRect(QRectF(left, middle - 5, 10, 10), color(f"{hue}.fill"))
            draw_text(
                painter,
                left + 16,
                middle,
                f"{name} {bar_timer(seconds)}",
                font(12, 400, True),
                color("text2"),
            )


class GuideView(QWidget):
    def __init__(self, model: GuideViewModel) -> None:
        super().__init__()
        self.setObjectName("guide_column")
        self._model = model
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._extra: list[QWidget] = []
        self._late = Late(self, self.show_all)
        model.changed.connect(self._late.ask)
        self.show_all()

    def show_all(self) -> None:
        clear(self._column)
        phase = self._model.desk.phase
        if phase == "ringing":
            self._column.addWidget(self._path())
            self._column.addWidget(self._likely())
            self._column.addWidget(self._opening())
        elif phase == "talking":
            self._column.addWidget(self._short_path())
            self._column.addWidget(self._script())
            self._column.addWidget(self._likely())
        elif phase == "wrap_up":
            self._column.addWidget(self._how_it_went())
            if self._model.order is not None:
                self._column.addWidget(self._order(self._model.order))
        self._column.addStretch(1)

    def _path(self) -> Card:
        card = Card(self.tr("语音导航"), "ivr_card")
        card.add(PathView(self._model.path()))
        return card

    def _short_path(self) -> Card:
        card = Card(
            self.tr("语音导航"), "ivr_card", aside=Text(self._model.waited(), 12, 400, "text2", tabular=True)
        )
        keys = self._model.keys()
        card.add(KeyLine(keys) if keys else Text(self.tr("没有按键"), 13, 400, "text2"))
        return card

    def _likely(self) -> Card:
        card = Card(self.tr("可能要办"), "likely_card", gap=4)
        for likely in self._model.likely():
            button = LikelyButton(likely)
            button.clicked.connect(lambda _=False, name=likely.name: self._model.wanted.emit(name))
            card.add(button)
        return card

    def _opening(self) -> Card:
        card = Card(self.tr("开场白"), "opening_card")
        card.add(Text(self._model.opening(), 13, 400, "text", wrap=True))
        return card

    def _script(self) -> Card:
        steps, done = self._model.script(), self._model.done_steps
        aside = Text(f"{len(done)} / {len(steps)}", 13, 400, "text2", tabular=True)
        card = Card(self.tr("话术：报修"), "script_card", aside=aside, gap=2)
        now = next((name for name, _ in steps if name not in done), None)
        for name, sentence in steps:
            step = ScriptStep(name, sentence, name in done, name == now)
            step.clicked.connect(lambda _=False, name=name: self._model.tick(name))
            card.add(step)
        return card

    def _order(self, order: Json) -> Card:
        card = Card(self.tr("本次工单"), "call_order_card")
        number = Text(str(order.get("number") or ""), 14, 600, elide=True)
        card.add(row(number, Chip(self.tr("已派工"), "ready")))
        slip = Button("order_card_slip", self.tr("打印派工单"), icon="printer", key="Ctrl+P")
        slip.clicked.connect(lambda: self._model.wanted.emit("slip"))
        card.add(row(slip, None))
        return card

    def _how_it_went(self) -> Card:
        card = Card(self.tr("这通电话"), "call_card")
        parts = self._model.lengths()
        if parts:
            card.add(LengthsBar(parts))
        call = self._model.desk.call or {}
        start = self._model.desk.clock.local(call.get("started_at") or call.get("offered_at"))
        total = sum(s for *_, s in parts)
        pairs = [
            (self.tr("开始"), f"{start:%H:%M:%S}" if start else "–"),
            (self.tr("总时长"), bar_timer(total)),
        ]
        for name, value in pairs:
            card.add(row(Text(name, 13, 400, "text2"), None, Text(value, 13, 400, tabular=True)))
        return card
