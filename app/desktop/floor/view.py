"""The floor: figures on top, queues at the left, agents as tiles; the chosen one's call can be joined."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.desktop.floor.viewmodel import TILE, FloorViewModel, Tile
from app.desktop.floor_call.view import ChosenCallView
from app.desktop.idle.view import CallsModel, RecentCalls
from app.desktop.theme.current import color, font, line_height, look, px
from app.desktop.theme.icons import paint_icon
from app.desktop.wallboard.viewmodel import Hero, WallRow
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import Card, clear, line, row
from app.desktop.widgets.chip import Chip
from app.desktop.widgets.ink import draw_focus, draw_ground, draw_text, elided
from app.desktop.widgets.text import Text
from app.desktop.words import language, state_word

ICONS = {
    "ready": "circle-check", "ringing": "phone-incoming", "talking": "headset", "wrap_up": "clipboard-text",
    "on_break": "coffee", "logged_out": "power",
}  # fmt: skip
NARROW = 1240  # of the view itself: a window under 1360
TONES = {"calm": "text", "near": "near.tone", "broken": "broken.tone"}
Index = QModelIndex | QPersistentModelIndex


class FigureTile(QLabel):
    """A figure with its goal; over the goal its ground is tinted and an icon says so."""

    def __init__(self) -> None:
        super().__init__()
        self._hero = Hero(label="", value="", goal="", state="calm")
        self.setFixedHeight(px(92))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hero(self, hero: Hero) -> None:
        if hero != self._hero:
            self._hero = hero
            self.setAccessibleName(f"{hero.label} {hero.value}，{hero.goal}")
            self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, px(92))

    sizeHint = minimumSizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        hero, box = self._hero, QRectF(self.rect())
        calm = hero.state == "calm"
        edge = "border" if calm else f"{hero.state}.tone"
        draw_ground(painter, box, 8, color("surface" if calm else f"{hero.state}.soft"), color(edge))
        room, small = box.width() - 28, font(12, 400)
        draw_text(painter, 14, px(20), elided(hero.label, font(13), room), font(13), color("text2"))
        figure = font(28, 600, True)
        wide = draw_text(painter, 14, px(46), hero.value, figure, color(TONES[hero.state]))
        if not calm:
            icon = "alert-triangle" if hero.state == "broken" else "arrow-up"
            paint_icon(painter, icon, 14 + wide + 8, px(46) - px(10), px(20), color(TONES[hero.state]))
        draw_text(painter, 14, px(74), elided(hero.goal, small, room), small, color("text2"))


class _TileDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, QListView)
        return view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile = index.data(TILE)
        assert isinstance(tile, Tile)
        painter.save()
        box = QRectF(option.rect).adjusted(0, 0, -8, -8)
        floor = index.model()
        chosen = isinstance(floor, FloorViewModel) and tile.agent_id == floor.chosen
        broken = tile.limit == "broken"
        ground = "sel" if chosen else ("broken.soft" if broken else "surface")
        edge = "ink" if chosen else ("broken.tone" if broken else "border")
        draw_ground(painter, box, 6, color(ground), color(edge), 2 if chosen else 1)
        self._paint_icon(painter, box, tile)
        left = box.x() + 8 + px(34) + 8
        room = box.right() - left - 6
        face, figure, small = font(14, 600), font(13, 600, True), font(12)
        draw_text(painter, left, box.y() + px(19), elided(tile.name, face, room), face, color("text"))
        wide = 0.0
        if tile.time:
            wide = draw_text(painter, left, box.y() + px(40), tile.time, figure, color(TONES[tile.limit])) + 6
        words = elided(tile.detail, small, room - wide)
        draw_text(painter, left + wide, box.y() + px(40), words, small, color("text2"))
        if option.state & QStyle.StateFlag.State_HasFocus and not chosen:
            draw_focus(painter, box)
        painter.restore()

    def _paint_icon(self, painter: QPainter, box: QRectF, tile: Tile) -> None:
        side = px(34)
        square = QRectF(box.x() + 8, box.center().y() - side / 2, side, side)
        solid = tile.limit == "broken" or tile.state == "ringing"
        hue = "broken" if tile.limit == "broken" else tile.state
        draw_ground(painter, square, 6, color(f"{hue}.fill" if solid else f"{hue}.soft"))
        tone = color("white") if solid else color(f"{hue}.tone")
        paint_icon(
            painter, ICONS.get(tile.state, "user"), square.x() + px(8), square.y() + px(8), px(18), tone
        )


class AgentTiles(QListView):
    """Letters act here, because nothing is typed: L listen, W whisper, B barge."""

    def __init__(self, model: FloorViewModel, label: str) -> None:
        super().__init__()
        self.setObjectName("agent_tiles")
        self.setAccessibleName(label)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._floor = model
        self._marking = False
        self.setModel(model)
        self.setItemDelegate(_TileDelegate(self))
        self.selectionModel().currentChanged.connect(self._tile_chosen)

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self._fill_rows()

    def _fill_rows(self) -> None:
        """As many columns as have room at the least width, together as wide as the list."""
        room = self.viewport().width() - 2
        least = px(136 if language() == "zh_CN" else 168)
        self.setGridSize(QSize(room // max(1, room // least), px(66)))

    def mark(self) -> None:
        """Tiles change places as their states do: the mark goes with the agent, never with the place."""
        row = self._floor.row_of(self._floor.chosen)
        if row != self.currentIndex().row():
            self._marking = True
            self.setCurrentIndex(self._floor.index(row) if row >= 0 else QModelIndex())
            self._marking = False

    def _tile_chosen(self, index: QModelIndex) -> None:
        tile = index.data(TILE)
        if isinstance(tile, Tile) and not self._marking:
            self._floor.choose(tile.agent_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = {"L": "Listen", "W": "Whisper", "B": "Barge"}.get(event.text().upper())
        if command and self._floor.can_supervise():
            self._floor.supervise(command)
        else:
            super().keyPressEvent(event)


class FloorView(QWidget):
    def __init__(self, model: FloorViewModel) -> None:
        super().__init__()
        self.setObjectName("floor_panel")
        self._model = model
        self._showing = False
        self._figures = [FigureTile() for _ in model.figures()]
        figures = QHBoxLayout()
        figures.setSpacing(10)
        for tile in self._figures:
            figures.addWidget(tile)
        queues = Card(self.tr("队列"), "floor_queues")
        queues.setFixedWidth(px(300))
        self._queues = QVBoxLayout()
        self._queues.setSpacing(0)
        queues.add(self._queues)
        queues.add(None)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(queues)
        centre = QVBoxLayout()
        centre.setSpacing(12)
        centre.addWidget(self._agents(), 3)
        centre.addWidget(self._calls_card(), 2)
        below.addLayout(centre, 1)
        self._chosen = ChosenCallView(model)
        below.addWidget(self._chosen)
        self._queues_card = queues
        made = QVBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(12)
        made.addLayout(figures)
        made.addLayout(below, 1)
        self._rows: list[WallRow] = []
        model.figures_changed.connect(self.show_all)
        model.chosen_changed.connect(self._show_keys)
        model.chosen_changed.connect(self._fold)
        model.chosen_changed.connect(self._show_calls)
        model.look_up_calls()
        self.show_all()
        self._fold()

    def _agents(self) -> Card:
        self._buttons = {
            "Listen": Button("floor_listen", self.tr("监听"), key="L", height="small"),
            "Whisper": Button("floor_whisper", self.tr("耳语"), key="W", height="small"),
            "Barge": Button("floor_barge", self.tr("插话"), key="B", height="small"),
            "StopListening": Button("floor_stop", self.tr("停止"), height="small"),
        }
        acts = QWidget()
        acts.setLayout(row(*self._buttons.values(), gap=6))
        for command, button in self._buttons.items():
            button.clicked.connect(lambda _=False, command=command: self._model.supervise(command))
        count = str(self._model.rowCount())
        card = Card(self.tr("坐席"), "floor_agents", count=count, aside=acts)
        self._chips = {
            state: Chip("", state, ICONS[state], tabular=True) for state, _ in self._model.counts()
        }
        chips = row(*self._chips.values(), None, gap=6)
        self._count = card.count
        self._tiles = AgentTiles(self._model, self.tr("坐席"))
        card.add(chips)
        card.body.addWidget(self._tiles, 1)
        return card

    def _calls_card(self) -> Card:
        self._calls = CallsModel(
            [self.tr("开始"), self.tr("客户"), self.tr("队列 · 坐席"), self.tr("状态"), self.tr("时长")]
        )
        self._table = RecentCalls(self._calls, self.tr("进行中的电话"), "live_calls")
        self._table.selectionModel().currentRowChanged.connect(self._call_chosen)
        self._no_calls = Text(self.tr("现在没有电话。"), 13, 400, "text2")
        card = Card(self.tr("进行中的电话"), "floor_calls", count="0")
        self._calls_count = card.count
        card.body.addWidget(self._table, 1)
        card.body.addWidget(self._no_calls)
        return card

    def _call_chosen(self, index: QModelIndex) -> None:
        calls = self._model.live_calls()
        if 0 <= index.row() < len(calls) and not self._showing:
            self._model.choose_call(str(calls[index.row()]["call_id"]))

    def _show_calls(self) -> None:
        """The chosen call keeps its mark while others come and go above it."""
        self._showing = True
        rows = self._model.call_rows()
        self._calls.show(rows)
        self._table.setVisible(bool(rows))
        self._no_calls.setVisible(not rows)
        if self._calls_count is not None:
            self._calls_count.show_text(str(len(rows)))
        ids = [str(call["call_id"]) for call in self._model.live_calls()]
        chosen = self._model.call.call_id
        if chosen in ids:
            self._table.selectRow(ids.index(chosen))
        else:
            self._table.clearSelection()
        self._showing = False

    def _fold(self) -> None:
        """Narrow: the chosen call takes the queues' place, and gives it back."""
        narrow = self.width() / look().factor < NARROW
        chosen = bool(self._model.call.call_id)
        self._chosen.setVisible(not narrow or chosen)
        self._queues_card.setVisible(not narrow or not chosen)

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self._fold()

    def show_all(self) -> None:
        if not self.isVisible() and self._rows:
            return
        for tile, hero in zip(self._figures, self._model.figures(), strict=True):
            tile.show_hero(hero)
        for state, number in self._model.counts():
            self._chips[state].show_as(f"{state_word(state)} {number}", state, ICONS[state])
        if self._count is not None:
            self._count.show_text(str(self._model.rowCount()))
        rows = self._model.queue_rows()
        if rows != self._rows:
            self._rows = rows
            self._show_queues()
        self._show_calls()
        self._tiles.mark()
        self._show_keys()

    def _show_queues(self) -> None:
        clear(self._queues)
        self._queues.addWidget(
            self._queue(self.tr("队列"), self.tr("等待"), self.tr("最长"), self.tr("服务水平"), None)
        )
        for each in self._rows:
            self._queues.addWidget(line())
            self._queues.addWidget(self._queue(each.name, each.waiting, each.longest, each.level, each))

    def _queue(self, name: str, waiting: str, longest: str, level: str, state: WallRow | None) -> QWidget:
        """One line of the table; only the cell over its limit is coloured."""
        right = Qt.AlignmentFlag.AlignRight
        head = state is None
        size, tone = (12, "text2") if head else (13, "text")
        cells = [
            Text(waiting, size, 400 if head else 600, tone, tabular=True, align=right),
            Text(
                longest,
                size,
                500,
                tone if state is None else TONES[state.longest_state],
                tabular=True,
                align=right,
            ),
            Text(
                level,
                size,
                500,
                tone if state is None else TONES[state.level_state],
                tabular=True,
                align=right,
            ),
        ]
        for cell, width in zip(cells, (40, 56, 56), strict=True):
            cell.setFixedWidth(px(width))
        made = QWidget()
        made.setLayout(row(Text(name, size, 400 if head else 500, tone, elide=True), *cells, gap=4))
        made.setFixedHeight(line_height(14) + px(14))
        return made

    def _show_keys(self) -> None:
        for button in self._buttons.values():
            button.set_usable(self._model.can_supervise(), self.tr("先选一位通话中的坐席"))

    def showEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().showEvent(event)
        self.show_all()
