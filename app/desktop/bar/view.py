"""The bar on top of every state: block, who, keys. Lays out what its view-model says."""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.bar.viewmodel import Action, BarViewModel
from app.desktop.theme.current import color, look, px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import clear, column, row
from app.desktop.widgets.chip import Chip
from app.desktop.widgets.level import Level
from app.desktop.widgets.state_block import RunningLine, StateBlock
from app.desktop.widgets.text import Text


class WhoView(QWidget):
    """Name, number and how they came: two lines that never move."""

    def __init__(self) -> None:
        super().__init__()
        self.name = Text("", 20, 600, elide=True)
        self.name.setObjectName("caller_name")
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.vip = Chip("VIP", "near", "crown")
        self.number = Text("", 16, 500, tabular=True)
        self.number.setObjectName("caller_number")
        self.place = Text("", 13, 400, "text2")
        self.line = Text("", 14, 400, "text2", tabular=True, elide=True)
        self.line.setObjectName("caller_line")
        self.queue = Text("", 13, 400, "text2")
        self.recording = Chip(self.tr("录音中"), "broken", "circle-dot")
        self.other = Chip("", "talking", "users")
        self.other.setObjectName("consulted")
        self.on_hold = Chip("", "held", "player-pause", tabular=True)
        self.on_hold.setObjectName("customer_on_hold")
        self.theirs = Level("level_caller", self.tr("客户的音量"))
        self.mine = Level("level_agent", self.tr("我的音量"))
        self.levels = QWidget()
        them, me = Text(self.tr("客户"), 12, 400, "text2"), Text(self.tr("我"), 12, 400, "text2")
        self.meters = (them, self.theirs, me, self.mine)
        self.levels.setLayout(row(self.queue, self.recording, self.other, self.on_hold, *self.meters, None))
        first = row(self.name, self.vip, self.number, self.place, None, gap=10)
        self.setLayout(column(None, first, self.line, self.levels, None, gap=4, margins=(20, 0, 12, 0)))

    def set_tight(self, on: bool) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(12 if on else 20, 0, 4 if on else 12, 0)


class BarView(QWidget):
    def __init__(self, model: BarViewModel) -> None:
        super().__init__()
        self.setObjectName("agent_bar")
        self._model = model
        self._shown: list[Action] = []
        self._wordless = self._folded = False
        self.buttons: dict[str, Button] = {}
        self.block = StateBlock()
        self.line = RunningLine()
        self.who = WhoView()
        self._actions = QWidget()
        self._row = QHBoxLayout(self._actions)
        self._row.setContentsMargins(0, 0, 16, 0)
        self._row.setSpacing(8)
        top = row(self.block, self.who, self._actions, gap=0)
        top.setStretch(1, 1)
        holder = QWidget()
        holder.setFixedHeight(px(84))
        holder.setLayout(top)
        made = QVBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(0)
        made.addWidget(holder)
        made.addWidget(self.line)
        self._breath = QTimer(self)
        self._breath.setInterval(50)
        self._breath.timeout.connect(self._breathe)
        self._phase_ms = 0
        self.setAutoFillBackground(True)
        model.changed.connect(self.show_all)
        model.desk.clock.ticked.connect(self.show_time)
        self.show_all()

    def set_narrow(self, folded: bool, wordless: bool) -> None:
        """folded: place and queue leave the middle; wordless: levels too, and call keys lose their words."""
        self._folded, self._wordless = folded, wordless
        self.who.place.setVisible(not folded and bool(self.who.place.text()))
        self.who.queue.setVisible(not folded and bool(self.who.queue.text()) and not self.who.other.text())
        self.who.set_tight(folded)
        for level in self.who.meters:
            level.setVisible(not wordless and not self.who.other.text())
        self._row.setSpacing(4 if folded else 8)
        self._show_words()

    def needs(self) -> int:
        """The least width at which nothing of the bar is cut."""
        parts = (self.who.minimumSizeHint().width(), self._actions.minimumSizeHint().width())
        return self.block.width() + sum(parts)

    def _show_words(self) -> None:
        on = self._wordless
        for name, button in self.buttons.items():
            button.set_wordless(on and name not in ("answer", "hang_up"))

    def show_time(self) -> None:
        model = self._model
        who = model.who()
        self.block.show_state(
            model.hue(), model.icon(), model.word(), model.time(), model.aside(), model.chip(), who.name
        )
        if not self._breath.isActive() or model.share() is None:
            self.line.show_share(model.hue(), model.share())
        if model.desk.phase == "idle":
            self.who.line.show_text(who.line)
        if who.on_hold:
            self.who.on_hold.show_as(who.on_hold, "held", "player-pause")

    def show_all(self) -> None:
        model, who, view = self._model, self._model.who(), self.who
        ground = "ringing.soft" if model.desk.phase == "ringing" else "surface"
        colours = self.palette()
        colours.setColor(self.backgroundRole(), color(ground))
        self.setPalette(colours)
        idle = model.desk.phase == "idle"
        view.name.setFont(Text("", 16 if idle else 20, 600).font())
        view.name.show_text(who.name)
        view.name.setVisible(bool(who.name))
        view.vip.setVisible(who.vip)
        view.number.show_text(who.number)
        view.number.setVisible(bool(who.number))
        view.place.show_text(who.place)
        view.place.setVisible(bool(who.place) and not self._folded)
        view.line.show_text(who.line)
        view.line.setVisible(not who.in_call)
        view.levels.setVisible(who.in_call)
        view.queue.show_text(who.queue)
        view.queue.setVisible(bool(who.queue) and not self._folded and not who.other)
        view.recording.setVisible(who.recording and not who.other)
        view.other.show_as(who.other, "talking", "users")
        view.other.setVisible(bool(who.other))
        view.on_hold.show_as(who.on_hold, "held", "player-pause")
        view.on_hold.setVisible(bool(who.on_hold))
        for meter in view.meters:
            meter.setVisible(not self._wordless and not who.other)
        self._show_actions(model.actions())
        moving = model.share() is not None and look().motion
        if moving and not self._breath.isActive():
            self._breath.start()
        elif not moving:
            self._breath.stop()
            self.block.breathe(1.0)
        self.show_time()

    def show_levels(self, theirs: float, mine: float) -> None:
        self.who.theirs.show_level(theirs)
        self.who.mine.show_level(mine)

    def _breathe(self) -> None:
        self._phase_ms = (self._phase_ms + 50) % 1000
        self.line.show_share(self._model.hue(), self._model.share())
        if self._model.desk.phase == "ringing":
            swing = abs(self._phase_ms - 500) / 500
            self.block.breathe(0.45 + 0.55 * swing)
        else:
            self.block.breathe(1.0)

    def _show_actions(self, actions: list[Action]) -> None:
        if [a.name for a in actions] != [a.name for a in self._shown]:
            parent = self.parentWidget()
            if parent is not None and any(button.hasFocus() for button in self.buttons.values()):
                parent.setFocus()  # else it would wander to the next control
            clear(self._row)
            self.buttons = {}
            for action in actions:
                self._add(action)
            self._show_words()
        for action in actions:
            button = self.buttons[action.name]
            button.say(action.word, action.icon)
            button.set_usable(action.usable, action.why_not)
        self._shown = actions

    def _add(self, action: Action) -> None:
        stacked = self._model.desk.phase == "talking"
        height = {"answer": "answer"}.get(action.kind, "bar" if action.kind != "primary" else "answer")
        if self._model.desk.phase == "idle":
            height = "foot"
        button = Button(
            f"call_{action.name}", action.word, icon=action.icon, key=action.key, kind=action.kind,
            height=height, stacked=stacked, chevron=bool(action.menu),
        )  # fmt: skip
        if action.kind == "answer":
            button.setMinimumWidth(px(184))
        if stacked and action.kind == "danger":
            button.setMinimumWidth(px(92))
            self._row.addSpacing(8)
        if action.menu:
            button.clicked.connect(lambda: self._open_menu(button, action))
        else:
            button.clicked.connect(lambda _=False, name=action.name: self._model.do(name))
        self.buttons[action.name] = button
        self._row.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)
        button.show()  # at once: a hidden one would not count in `needs`

    def _open_menu(self, button: Button, action: Action) -> None:
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for reason, word in action.menu:
            menu.addAction(word, partial(self._model.take_break, reason))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
