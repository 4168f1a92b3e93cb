"""The desk between calls: figures on top, recent calls below, queues and team at the right."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.desktop.idle.tasks import TaskRow
from app.desktop.idle.viewmodel import CallRow, IdleViewModel
from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import Card, clear, column, line, row, upright
from app.desktop.widgets.chip import Chip, chip_colours, draw_chip
from app.desktop.widgets.empty import Empty
from app.desktop.widgets.ink import draw_text, elided, text_width
from app.desktop.widgets.key_cap import KeyCap
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text
from app.desktop.words import state_word

Index = QModelIndex | QPersistentModelIndex
STATE_ICONS = {
    "ready": "circle-check",
    "talking": "headset",
    "wrap_up": "clipboard-text",
    "on_break": "coffee",
}
COLUMNS = ("time", "who", "what", "result", "length")


class CallsModel(QAbstractTableModel):
    def __init__(self, heads: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heads = heads
        self.rows: list[CallRow] = []

    def show(self, rows: list[CallRow]) -> None:
        if len(rows) == len(self.rows):
            changed = [n for n, (old, new) in enumerate(zip(self.rows, rows, strict=True)) if old != new]
            self.rows = rows
            for number in changed:
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return getattr(self.rows[index.row()], COLUMNS[index.column()])
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._heads[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = (
                    Qt.AlignmentFlag.AlignRight
                    if COLUMNS[section] == "length"
                    else Qt.AlignmentFlag.AlignLeft
                )
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class _CallsDelegate(QStyledItemDelegate):
    def __init__(self, model: CallsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, px(38))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, name = self._model.rows[index.row()], COLUMNS[index.column()]
        painter.save()
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, color("sel"))
            if index.column() == 0:
                painter.fillRect(QRectF(box.x(), box.y(), 3, box.height()), color("ink"))
        middle = box.center().y()
        face = font(13, 400, name in ("time", "length"))
        text = getattr(row, name)
        left = box.x() + 10
        if name == "result":
            if text:
                draw_chip(painter, left, middle, text, *chip_colours(row.hue))
        elif name == "length":
            draw_text(painter, box.right() - 10 - text_width(text, face), middle, text, face, color("text"))
        else:
            if name == "who":
                paint_icon(painter, row.icon, left, middle - px(8), px(16), color("text2"))
                left += px(16) + 6
            draw_text(painter, left, middle, elided(text, face, box.right() - left - 6), face, color("text"))
        painter.fillRect(QRectF(box.x(), box.bottom(), box.width() + 1, 1), color("border"))
        painter.restore()


class RecentCalls(QTableView):
    def __init__(self, model: CallsModel, label: str, name: str = "recent_calls") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        model.setParent(self)
        self.setModel(model)
        self.setItemDelegate(_CallsDelegate(model, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(px(38))
        head = self.horizontalHeader()
        head.setObjectName(f"{name}_head")
        head.setAccessibleName(label)
        head.setFixedHeight(px(30))
        head.setFont(font(13, 500))
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for number, width in enumerate((104, 180, 0, 140, 80)):
            if width:
                head.resizeSection(number, px(width))
            else:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class KeyHint(QWidget):
    """An action and its key, one line."""

    def __init__(self, word: str, key: str) -> None:
        super().__init__()
        self.setAccessibleName(f"{word} {key}")
        self.setLayout(row(Text(word, 13, 400, "text2"), None, KeyCap(key)))


class IdleView(QWidget):
    """The middle and the right column of the desk between calls; `side` is placed by the window."""

    def __init__(self, model: IdleViewModel) -> None:
        super().__init__()
        self.setObjectName("idle_panel")
        self._model = model
        figures = Card("", "figures_card")
        figures.body.setContentsMargins(16, 14, 16, 14)
        self._figures: list[tuple[Text, Text, Text]] = []
        strip = QHBoxLayout()
        strip.setSpacing(0)
        for number in range(len(model.figures())):
            label, value, goal = (
                Text("", 13, 400, "text2"),
                Text("", 28, 600, tabular=True),
                Text("", 12, 400, "text2", elide=True),
            )
            self._figures.append((label, value, goal))
            if number:
                strip.addWidget(upright(70))
                strip.addSpacing(16)
            strip.addLayout(column(label, value, goal, gap=0), 1)
        figures.add(strip)
        self._calls = CallsModel(
            [self.tr("时间"), self.tr("客户"), self.tr("业务"), self.tr("结果"), self.tr("时长")]
        )
        self._table = RecentCalls(self._calls, self.tr("刚才的电话"))
        self._empty = Empty("phone-incoming", self.tr("今天还没有电话。接听后会自动出现在这里。"))
        calls = Card(self.tr("刚才的电话"), "recent_card")
        calls.body.setContentsMargins(16, 12, 16, 12)
        calls.body.addWidget(self._table, 1)
        calls.body.addWidget(self._empty, 1)
        made = QVBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(12)
        made.addWidget(figures)
        made.addWidget(self._tasks_card())
        made.addWidget(calls, 1)
        self.side = self._side()
        model.tasks.changed.connect(self.show_tasks)
        model.changed.connect(self.show_tables)
        model.calls_changed.connect(self.show_calls)
        model.desk.clock.ticked.connect(self.show_tables)
        model.desk.clock.ticked.connect(self.show_tasks)
        self.show_tables()
        self.show_calls()
        self.show_tasks()

    def _tasks_card(self) -> Card:
        self._tasks_shown: list[TaskRow] | None = None
        self._tasks = Card(self.tr("我的任务"), "tasks_card", gap=0, count="0")
        self._task_rows = column(gap=0)
        self._no_tasks = Text(self.tr("没有要回的电话。没接到的客户会自动出现在这里。"), 13, 400, "text2")
        self._tasks.add(self._task_rows)
        self._tasks.add(self._no_tasks)
        return self._tasks

    def show_tasks(self) -> None:
        tasks = self._model.tasks
        rows = tasks.rows()
        if rows == self._tasks_shown:
            return
        self._tasks_shown = rows
        clear(self._task_rows)
        for number, each in enumerate(rows):
            if number:
                self._task_rows.addWidget(line())
            self._task_rows.addWidget(self._task(each, first=number == 0))
        self._no_tasks.setVisible(not rows)
        if self._tasks.count is not None:
            self._tasks.count.show_text(str(len(tasks.mine())))

    def _task(self, task: TaskRow, first: bool) -> QWidget:
        red = task.hue == "broken"
        icon = Picture(
            task.icon,
            18,
            "broken.tone" if red else "text2",
            ground="broken.soft" if red else "sunken",
            box=32,
            round_=True,
        )
        words = column(
            Text(task.title, 14, 600, elide=True), Text(task.detail, 12, 400, "text2", elide=True), gap=0
        )
        button = Button(
            f"call_back_{task.task_id}",
            self.tr("拨号"),
            key="Ctrl+B" if first else "",
            icon="phone-outgoing",
            height="normal",
        )
        button.setAccessibleName(f"{self.tr('拨号')} {task.title}")
        button.clicked.connect(lambda: self._model.tasks.call_back(task.number))
        inside = row(icon, words, Chip(task.due, task.hue, "clock", tabular=True), button, gap=12)
        inside.setStretch(1, 1)
        made = QWidget()
        made.setFixedHeight(px(52))
        made.setLayout(inside)
        return made

    def _side(self) -> QWidget:
        self._queues = Card(self.tr("我的队列"), "my_queues_card", gap=0)
        self._queue_rows = column(gap=0)
        self._queues.add(self._queue_rows)
        self._mates = Text("", 12, 400, "text2")
        self._queues.add(6)
        self._queues.add(self._mates)
        team = Card(self.tr("本组此刻"), "team_card")
        states = QHBoxLayout()
        states.setSpacing(0)
        self._team: dict[str, Text] = {}
        for state, icon in STATE_ICONS.items():
            number = Text("0", 20, 600, tabular=True)
            self._team[state] = number
            top = row(Picture(icon, 18, f"{state}.tone"), number, None, gap=6)
            states.addLayout(column(top, Text(state_word(state), 12, 400, "text2"), gap=0), 1)
        team.add(states)
        keys = Card(self.tr("常用按键"), "keys_card", gap=6)
        for word, key in (
            (self.tr("接听下一个电话"), "F2"), (self.tr("示闲 / 示忙"), "F9"), (self.tr("查客户、工单、号码"), "Ctrl+K"),
            (self.tr("拨号"), "Ctrl+D"), (self.tr("回拨最急的客户"), "Ctrl+B"), (self.tr("全部按键"), "F1"),
        ):  # fmt: skip
            keys.add(KeyHint(word, key))
        side = QWidget()
        side.setLayout(column(self._queues, team, keys, None, gap=12))
        self._queue_widgets: list[tuple[Text, Chip, Text]] = []
        return side

    def show_tables(self) -> None:
        if not self.isVisible() and self._figures[0][0].text():
            return
        for figure, (label, value, goal) in zip(self._model.figures(), self._figures, strict=True):
            label.show_text(figure.label)
            value.show_text(figure.value)
            goal.show_text(figure.goal)
        rows = self._model.queues()
        if len(rows) != len(self._queue_widgets):
            self._lay_queues(len(rows))
        for queue, (name, chip, count) in zip(rows, self._queue_widgets, strict=True):
            name.show_text(queue.name)
            chip.show_as(
                queue.longest or self.tr("无人等待"), queue.hue, "clock" if queue.hue != "plain" else ""
            )
            count.show_text(str(queue.waiting))
        self._mates.show_text(self.tr("一起就绪的同事 {n} 人").format(n=self._model.mates_ready()))
        for state, number in self._model.team():
            self._team[state].show_text(str(number))

    def _lay_queues(self, number: int) -> None:
        clear(self._queue_rows)
        self._queue_widgets = []
        for each in range(number):
            name, chip = Text("", 14, 400, elide=True), Chip("", tabular=True)
            count = Text("", 20, 600, tabular=True, align=Qt.AlignmentFlag.AlignRight)
            count.setFixedWidth(px(28))
            if each:
                self._queue_rows.addWidget(line())
            self._queue_rows.addLayout(row(name, chip, count, gap=8, margins=(0, 6, 0, 6)))
            self._queue_widgets.append((name, chip, count))

    def show_calls(self) -> None:
        rows = self._model.calls()
        self._calls.show(rows)
        self._table.setVisible(bool(rows))
        self._empty.setVisible(not rows)
