"""The agent's window inside: bar, rail, three columns, status line; which of them are there at which width."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.bar.view import BarView
from app.desktop.customer.view import WIDTH as CUSTOMER_WIDTH
from app.desktop.customer.view import CustomerView
from app.desktop.floor.view import FloorView
from app.desktop.guide.view import WIDTH as GUIDE_WIDTH
from app.desktop.guide.view import GuideView
from app.desktop.history.view import HistoryView
from app.desktop.idle.view import IdleView
from app.desktop.order.view import OrderView
from app.desktop.shift import Shift
from app.desktop.status.view import StatusView
from app.desktop.theme.current import look, px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import Card, row, scrolled
from app.desktop.widgets.empty import Empty
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.rail import Rail
from app.desktop.widgets.tabs import Tabs
from app.desktop.widgets.text import Text
from app.desktop.wrap_up.view import WrapUpView

FOLD_GUIDE, FOLD_CUSTOMER, FOLD_WORDS = 1360, 1180, 1024


class LostStrip(QFrame):
    """28 px over everything while the link is away; typing goes on under it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lost_strip")
        self.setProperty("kind", "warning")
        self.setFixedHeight(px(28))
        words = Text(self.tr("连接中断，正在重连… 已写内容都在"), 13, 500, "near.tone")
        self.setAccessibleName(words.text())
        self.setLayout(row(None, Picture("plug-connected-x", 16, "near.tone"), words, None))


class ShellView(QWidget):
    """`ringing_painted` comes once per call, after the ringing bar was really painted."""

    ringing_painted = Signal(str)
    language_wanted = Signal()
    theme_wanted = Signal()
    keys_wanted = Signal()
    slip_wanted = Signal()
    settings_wanted = Signal()
    place_wanted = Signal(str)

    def __init__(self, shift: Shift, language: str) -> None:
        super().__init__()
        self.setObjectName("shell")
        self._shift, self._desk = shift, shift.desk
        self._tab, self._painted_for, self._awaited, self._phase = "history", "", "", ""
        self._customer_open = False
        self._on_floor = self._desk.is_supervisor
        self.lost = LostStrip()
        self.bar = BarView(shift.bar)
        self.rail = self._rail()
        self.customer, self.guide = CustomerView(shift.customer), GuideView(shift.guide)
        self.history, self.order, self.wrap_up = (
            HistoryView(shift.history),
            OrderView(shift.order),
            WrapUpView(shift.wrap_up),
        )
        self.idle = IdleView(shift.idle)
        self.floor = FloorView(shift.floor) if self._desk.is_supervisor else None
        self.status = StatusView(shift.status, language)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._wire()
        self._lay_out()
        self.show_phase()
        self.show_link()

    def _rail(self) -> Rail:
        places = [("desk", "home", self.tr("工作台"), "Alt+1")]
        if self._desk.is_supervisor:
            places.append(("floor", "layout-dashboard", self.tr("现场"), "Alt+2"))
        places.append(("wallboard", "device-tv", self.tr("大屏"), "Alt+3"))
        made = Rail(places, [("settings", "settings", self.tr("设置"), "Alt+8")])
        made.chosen.connect(self.place_wanted)
        made.show_chosen("desk")
        return made

    def _wire(self) -> None:
        self.status.language_wanted.connect(self.language_wanted)
        self.status.theme_wanted.connect(self.theme_wanted)
        self.status.keys_wanted.connect(self.keys_wanted)
        self.order.slip.clicked.connect(self.slip_wanted)
        self._desk.state_changed.connect(self.show_phase)
        self._desk.link_changed.connect(self.show_link)
        self._shift.bar.changed.connect(self._fold_bar)
        self._desk.pop_changed.connect(self._show_strip)
        self._desk.pop_changed.connect(self._await_paint)

    # ------------------------------------------------------------- laying out

    def _lay_out(self) -> None:
        self._left = scrolled(self.customer, "customer_scroll")
        self._left.setFixedWidth(px(CUSTOMER_WIDTH))
        self._guide_scroll = scrolled(self.guide, "guide_scroll")
        self._idle_side = scrolled(self.idle.side, "idle_scroll")
        self._right = QStackedWidget()
        self._right.addWidget(self._guide_scroll)
        self._right.addWidget(self._idle_side)
        self._right.setFixedWidth(px(GUIDE_WIDTH))
        self._strip = self._customer_strip()
        self._tabs = self._make_tabs()
        self._work = QStackedWidget()
        self._script = self._script_page()
        self._knowledge = self._knowledge_page()
        self._folded_guide = QWidget()
        self._folded = QVBoxLayout(self._folded_guide)
        self._folded.setContentsMargins(0, 0, 0, 0)
        for page in (self.history, self.order, self._script, self._knowledge, self._folded_guide):
            self._work.addWidget(page)
        tabbed = QWidget()
        made = QVBoxLayout(tabbed)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(6)
        made.addWidget(self._tabs)
        made.addWidget(self._work, 1)
        self._middle = QStackedWidget()
        for page in (self.idle, tabbed, self.wrap_up):
            self._middle.addWidget(page)
        if self.floor is not None:
            self._middle.addWidget(self.floor)
        centre = QVBoxLayout()
        centre.setSpacing(8)
        centre.addWidget(self._strip)
        centre.addWidget(self._middle, 1)
        columns = QHBoxLayout()
        columns.setContentsMargins(12, 12, 12, 12)
        columns.setSpacing(12)
        columns.addWidget(self._left)
        columns.addLayout(centre, 1)
        columns.addWidget(self._right)
        self._below = QWidget()
        middle = QHBoxLayout(self._below)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(columns, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.lost)
        whole.addWidget(self.bar)
        whole.addWidget(self._below, 1)
        whole.addWidget(self.status)

    def _make_tabs(self) -> Tabs:
        tabs = Tabs()
        names = (
            ("history", self.tr("历史")), ("order", self.tr("工单")), ("script", self.tr("话术")),
            ("knowledge", self.tr("知识库")), ("guide", self.tr("语音导航")),
        )  # fmt: skip
        for number, (name, word) in enumerate(names, 1):
            tabs.add(name, word, f"Ctrl+{number}")
        tabs.chosen.connect(self.choose_tab)
        tabs.show_chosen("history")
        return tabs

    def _script_page(self) -> QWidget:
        card = Card(self.tr("话术：报修"), "script_page", gap=10)
        for number, (_, sentence) in enumerate(self._shift.guide.script(), 1):
            card.add(
                row(Text(f"{number}", 14, 600, "text2", tabular=True), Text(sentence, 14, 400), None, gap=12)
            )
        card.add(None)
        return card

    def _knowledge_page(self) -> QWidget:
        card = Card("", "knowledge_page")
        card.add(Empty("book", self.tr("还没有知识条目。班长录入后会出现在这里。")))
        return card

    def _customer_strip(self) -> QFrame:
        strip = QFrame()
        strip.setObjectName("customer_strip")
        strip.setProperty("kind", "card")
        strip.setFixedHeight(px(40))
        self._strip_words = Text("", 14, 500, elide=True)
        button = Button(
            "open_customer", self.tr("客户"), icon="user", key="Ctrl+I", kind="ghost", height="small"
        )
        button.clicked.connect(self.toggle_customer)
        strip.setLayout(row(self._strip_words, button, margins=(12, 0, 4, 0)))
        return strip

    # ------------------------------------------------------------- showing

    def show_bar_only(self, on: bool) -> None:
        """Bar mode: the bar stays, everything under it waits."""
        self._below.setVisible(not on)
        self.status.setVisible(not on)

    def choose_tab(self, name: str) -> None:
        if self._desk.phase not in ("ringing", "talking"):
            return
        if name == "guide" and not self._guide_is_tab():
            return
        self._tab = name
        self._tabs.show_chosen(name)
        self._work.setCurrentIndex(list(self._tabs.tabs).index(name))

    def go(self, place: str) -> None:
        """To the floor or back to the desk; from a call there is no way but the call's."""
        self._on_floor = place == "floor" and self.floor is not None and self._desk.phase == "idle"
        self.show_phase()

    def choose_tab_number(self, number: int) -> None:
        names = list(self._tabs.tabs)
        if 1 <= number <= len(names):
            self.choose_tab(names[number - 1])

    @property
    def tab(self) -> str:
        return self._tab

    def toggle_customer(self) -> None:
        self._customer_open = not self._customer_open
        self._fold()

    def show_phase(self) -> None:
        phase = self._desk.phase
        if phase != "idle":
            self._on_floor = False  # a call brings its desk back
        if self._on_floor and self.floor is not None:
            self._middle.setCurrentWidget(self.floor)
        else:
            self._middle.setCurrentIndex({"idle": 0, "ringing": 1, "talking": 1, "wrap_up": 2}[phase])
        self.rail.show_chosen("floor" if self._on_floor else "desk")
        if phase == "idle":
            self._right.setCurrentWidget(self._idle_side)
        elif self._guide_scroll.parentWidget() is not self._folded_guide:
            self._right.setCurrentWidget(self._guide_scroll)
        if phase != self._phase:
            before, self._phase = self._phase, phase
            if phase == "ringing" or before in ("", "idle"):
                self.choose_tab("history")
            if phase == "wrap_up" and before:
                self.wrap_up.focus_notes()
            self._customer_open = False
        self._fold()

    def show_link(self) -> None:
        self.lost.setVisible(self._desk.link_state == "lost")

    def _show_strip(self) -> None:
        who = self._shift.bar.who()
        product = self._shift.customer.product() or {}
        parts = [who.name, who.number, self._shift.customer.about(), str(product.get("name") or "")]
        self._strip_words.show_text("  ·  ".join(p for p in parts if p))

    def _logical_width(self) -> float:
        """The window's width in units of the chosen text size: larger text folds earlier."""
        return self.width() / look().factor

    def _guide_is_tab(self) -> bool:
        return self._logical_width() < FOLD_GUIDE

    def _fold_bar(self) -> None:
        width = self._logical_width()
        self.bar.set_narrow(width < FOLD_CUSTOMER, width < FOLD_WORDS)
        if self.bar.needs() > self.width():  # a long language: words go before keys are cut
            self.bar.set_narrow(True, width < FOLD_WORDS)
        if self.bar.needs() > self.width():
            self.bar.set_narrow(True, True)

    def _fold(self) -> None:
        """Put columns, strip and words where the width allows; the state block never shrinks."""
        width, in_call = self._logical_width(), self._desk.phase != "idle"
        guide_tab, strip = width < FOLD_GUIDE, width < FOLD_CUSTOMER
        self._left.setVisible(in_call and (not strip or self._customer_open))
        self._strip.setVisible(in_call and strip)
        self._right.setVisible(not guide_tab and not self._on_floor)
        self._tabs.tabs["guide"].setVisible(guide_tab)
        if guide_tab and self._guide_scroll.parentWidget() is not self._folded_guide:
            self._folded.addWidget(self._guide_scroll)
            self._guide_scroll.show()
        elif not guide_tab and self._guide_scroll.parentWidget() is self._folded_guide:
            self._right.insertWidget(0, self._guide_scroll)
            self._right.setCurrentWidget(self._idle_side if not in_call else self._guide_scroll)
            if self._tab == "guide":
                self.choose_tab("history")
        self.rail.set_narrow(width < FOLD_WORDS)
        self._fold_bar()
        self.status.set_narrow(width < FOLD_CUSTOMER)

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        done = bool(super().event(event))
        if event.type() == QEvent.Type.Paint:
            self._tell_painted()
        return done

    def _await_paint(self) -> None:
        """The pop is in the widgets: the next paint of the window shows it."""
        call_id = self._desk.call_id
        if self._desk.phase == "ringing" and self._desk.pop is not None and call_id != self._painted_for:
            self._awaited = call_id
            self.update()

    def _tell_painted(self) -> None:
        """Parents paint first: by the loop's next turn the children are painted and flushed too."""
        call_id, self._awaited = self._awaited, ""
        if call_id and call_id != self._painted_for:
            self._painted_for = call_id
            QTimer.singleShot(0, lambda: self.ringing_painted.emit(call_id))
