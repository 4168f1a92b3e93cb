"""The picker: one line to type in, what was found under it; Enter takes the first or the chosen one."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.picker.viewmodel import PickerViewModel, Target
from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.card import clear
from app.desktop.widgets.field import LineField
from app.desktop.widgets.ink import draw_focus, draw_ground, draw_text, elided
from app.desktop.widgets.panel import Panel
from app.desktop.widgets.text import Text


class TargetButton(QAbstractButton):
    def __init__(self, target: Target, first: bool) -> None:
        super().__init__()
        self.target, self._first = target, first
        self.setObjectName(f"target_{target.to}")
        self.setText(target.name)
        self.setAccessibleName(f"{target.name} {target.detail}")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(px(44))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self._first or self.underMouse():
            draw_ground(painter, box, 6, color("sel" if self._first else "hover"))
        paint_icon(painter, self.target.icon, 10, (self.height() - px(18)) / 2, px(18), color("text2"))
        room, bold, small = self.width() - 48, font(14, 600), font(12)
        draw_text(painter, 40, px(14), elided(self.target.name, bold, room), bold, color("text"))
        draw_text(painter, 40, px(32), elided(self.target.detail, small, room), small, color("text2"))
        if self.hasFocus():
            draw_focus(painter, box)


class PickerPanel(Panel):
    def __init__(self, window: QWidget, model: PickerViewModel) -> None:
        titles = {
            "blind": self.tr("转接给"), "consult": self.tr("咨询谁"), "conference": self.tr("请谁加入"), "dial": self.tr("拨号"),
            "find": self.tr("查找或拨号"),
        }  # fmt: skip
        super().__init__(window, "picker", titles[model.purpose], 400, close_word=self.tr("关闭"))
        self._model = model
        hint = {"find": self.tr("号码、姓名、工单号"), "dial": self.tr("号码、姓名")}.get(
            model.purpose, self.tr("姓名、工号、队列或号码")
        )
        self.line = LineField("picker_line", "", hint, icon="search")
        self.line.textEdited.connect(model.type_words)
        self.line.returnPressed.connect(self._take_first)
        self.body.addWidget(self.line)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.body.addLayout(self._list)
        model.changed.connect(self.show_targets)
        self.show_targets()
        self.open(self.line)

    def show_targets(self) -> None:
        clear(self._list)
        targets = self._model.targets()
        for number, target in enumerate(targets):
            button = TargetButton(target, number == 0)
            button.clicked.connect(lambda _=False, target=target: self._take(target))
            self._list.addWidget(button)
        if not targets:
            words = self.tr("没有找到，可以直接输入号码") if self._model.words else self.tr("输入号码或姓名")
            self._list.addWidget(Text(words, 13, 400, "text2"))
        self.adjustSize()

    def _take_first(self) -> None:
        targets = self._model.targets()
        if targets:
            self._take(targets[0])

    def _take(self, target: Target) -> None:
        self._model.pick(target)
        self.leave()
