"""The desktop's window: login, then the shift; shortcuts of the whole application; language and theme.

Views are built anew when the look changes; what was typed lives in the view-models.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QPlainTextEdit, QWidget

from app.desktop.keys.view import KeysPanel
from app.desktop.link import Voice
from app.desktop.login.view import LoginView
from app.desktop.login.viewmodel import LoginViewModel
from app.desktop.picker.view import PickerPanel
from app.desktop.picker.viewmodel import Purpose
from app.desktop.settings.view import SettingsPanel
from app.desktop.settings.viewmodel import SettingsViewModel
from app.desktop.shell.view import ShellView
from app.desktop.shift import Shift
from app.desktop.slip.view import SlipPanel
from app.desktop.sound.viewmodel import SoundCheckViewModel
from app.desktop.wallboard.view import WallboardView
from app.desktop.widgets.application import dress, speak
from app.desktop.widgets.field import APPLICATION_KEYS
from app.desktop.widgets.keypad import KeypadPanel
from app.desktop.widgets.panel import Panel
from app.desktop.widgets.toast import announce, show_toast

CALL_KEYS = ("F2", "Shift+F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "Shift+F9", "F12")
CALL_PANELS = ("picker", "keypad")
LEVELS_EVERY_MS = 80
LEAST_WIDTH, LEAST_HEIGHT = 960, 540
WIDGET_MOST = 16_777_215  # Qt's QWIDGETSIZE_MAX
RING_ONCE_MS = 1200
VERSION = "Zongji 0.1"


def log_line(event: str, **facts: object) -> None:
    """One JSON line on stderr, as every process of the house writes."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    print(
        json.dumps({"at": at, "level": "info", "event": event, **facts}, ensure_ascii=False),
        file=sys.stderr,
        flush=True,
    )


class MainWindow(QMainWindow):
    """`closing`: the user closes the window; the voice stays with its own process."""

    closing = Signal()
    logged_in = Signal(str, str)

    def __init__(self, settings: SettingsViewModel, voice: Voice | None = None) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.resize(1440, 900)
        self._settings, self._voice = settings, voice
        self._sound = SoundCheckViewModel(voice, settings.preferences, self)
        self._ringing = False
        self._login: LoginViewModel | None = None
        self.shift: Shift | None = None
        self.shell: ShellView | None = None
        self.wallboard: WallboardView | None = None
        self._panel: Panel | None = None
        self._phase = ""
        self._bar_only = False
        self._size_before = self.size()
        self._shortcuts: list[QShortcut] = []
        self._add_shortcuts()
        settings.look_changed.connect(self.rebuild)
        settings.ring_changed.connect(self._ring_once)
        self._levels = QTimer(self)
        self._levels.setInterval(LEVELS_EVERY_MS)
        self._levels.timeout.connect(self._show_levels)
        self.dress()

    # ------------------------------------------------------------- what is shown

    def dress(self) -> None:
        speak(self._settings.language)
        dress(self._settings.look())

    def show_login(self, model: LoginViewModel) -> None:
        self.shift, self.shell = None, None
        self._login = model
        model.opened.connect(self.logged_in)
        self._build()
        model.start()

    def show_shift(self, shift: Shift) -> None:
        self._login = None
        self.shift = shift
        shift.desk.refused.connect(self._show_refusal)
        shift.desk.state_changed.connect(self._state_changed)
        shift.desk.link_changed.connect(self._link_changed)
        shift.desk.call_changed.connect(self._role_known)
        shift.desk.broadcast.connect(
            lambda text, by: self.toast(f"{by}：{text}" if by else text, "talking", True)
        )
        shift.desk.consult_ended.connect(self._consult_ended)
        shift.bar.transfer_wanted.connect(self.open_picker)
        shift.bar.find_wanted.connect(lambda: self.open_picker("find"))
        shift.bar.dial_wanted.connect(lambda: self.open_picker("dial"))
        shift.bar.keypad_wanted.connect(self.open_keypad)
        shift.guide.wanted.connect(self._likely)
        shift.order.saved.connect(self._order_saved)
        shift.picker.order_wanted.connect(self._open_slip_of)
        self._levels.start()
        self._build()

    def rebuild(self) -> None:
        """Another language, theme or text size: new views over the same models, focus where it was."""
        focused = QApplication.focusWidget()
        name = focused.objectName() if focused is not None else ""
        cursor = focused.cursorPosition() if isinstance(focused, QLineEdit) else None
        tab = self.shell.tab if self.shell is not None else ""
        panel = self._panel
        reopen = panel.objectName() if panel is not None else ""
        if panel is not None:
            panel.leave()
        self.dress()
        self._build()
        if self.shell is not None and tab:
            self.shell.choose_tab(tab)
        if reopen == "settings":
            self.open_settings()
        found = self.findChild(QWidget, name) if name else None
        if found is not None:
            found.setFocus()
            if cursor is not None and isinstance(found, QLineEdit):
                found.setCursorPosition(cursor)
        if self.wallboard is not None:
            self.wallboard.update()

    def _build(self) -> None:
        old = self.takeCentralWidget()
        if old is not None:
            old.hide()
            old.deleteLater()
        if self.shift is not None:
            self.setCentralWidget(self._build_shell(self.shift))
        elif self._login is not None:
            view = LoginView(self._login, self._settings.language, VERSION)
            view.language_wanted.connect(self._settings.other_language)
            view.theme_wanted.connect(self._settings.other_theme)
            self.setCentralWidget(view)
            (view.password if self._login.user else view.user).setFocus()
        self.setWindowTitle(self.tr("总机"))

    def _build_shell(self, shift: Shift) -> ShellView:
        shell = ShellView(shift, self._settings.language)
        shell.language_wanted.connect(self._settings.other_language)
        shell.theme_wanted.connect(self._settings.other_theme)
        shell.keys_wanted.connect(self.open_keys)
        shell.slip_wanted.connect(self.open_slip)
        shell.place_wanted.connect(self._go)
        shell.ringing_painted.connect(self._ringing_painted)
        self.shell = shell
        shell.show_bar_only(self._bar_only)
        QTimer.singleShot(0, lambda: shell.setFocus() if self.focusWidget() is None else None)
        return shell

    # ------------------------------------------------------------- keys

    def _add_shortcuts(self) -> None:
        for key in CALL_KEYS:
            self._key(key, partial(self._call_key, key))
        self._key("Ctrl+D", lambda: self._call_key("Ctrl+D"))
        self._key("Ctrl+K", lambda: self.open_picker("find"))
        self._key("Ctrl+N", self._new_order)
        self._key("Ctrl+B", lambda: self.shift.idle.tasks.call_back() if self.shift else None)
        self._key("Ctrl+U", lambda: self._likely("chase"))
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            self._key(key, self._commit)
        self._key("Ctrl+S", self._save)
        self._key("Ctrl+P", self._slip_key)
        self._key("Ctrl+I", lambda: self.shell.toggle_customer() if self.shell else None)
        for number in range(1, 6):
            self._key(f"Ctrl+{number}", partial(self._tab_key, number))
        for key, place in (
            ("Alt+1", "desk"),
            ("Alt+2", "floor"),
            ("Alt+3", "wallboard"),
            ("Alt+8", "settings"),
        ):
            self._key(key, partial(self._go, place))
        self._key("F1", self.open_keys)
        self._key("F11", self._full_screen)
        self._key("Ctrl+Shift+M", lambda: self.show_bar_only(not self._bar_only))
        self._key("Ctrl+Z", self._undo)
        APPLICATION_KEYS.update(shortcut.key().toString() for shortcut in self._shortcuts)

    def _key(self, key: str, act: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(lambda: act())
        self._shortcuts.append(shortcut)

    def _call_key(self, key: str) -> None:
        if self.shift is not None:
            self.shift.bar.press(key)

    def _tab_key(self, number: int) -> None:
        if self.shell is not None:
            self.shell.choose_tab_number(number)

    def _commit(self) -> None:
        if self.shift is None or self.shell is None:
            return
        if self.shift.desk.phase == "wrap_up":
            self.shift.bar.press("Ctrl+Enter")
        elif self.shell.tab == "order":
            self.shift.order.save()

    def _save(self) -> None:
        if self.shift is None:
            return
        if self.shift.customer.is_unknown:
            self.shift.customer.save_new()
        else:
            self.shift.order.keep_now()

    def _new_order(self) -> None:
        if (
            self.shell is not None
            and self.shift is not None
            and self.shift.desk.phase in ("ringing", "talking")
        ):
            self.shell.choose_tab("order")
            first = self.shell.findChild(QPlainTextEdit, "order_description")
            if first is not None:
                first.setFocus()

    def _likely(self, name: str) -> None:
        if name == "new_order":
            self._new_order()
        elif name == "find":
            self.open_picker("find")
        elif name == "slip":
            self.open_slip()
        elif name == "chase" and self.shift is not None and self.shell is not None:
            orders = (self.shift.desk.pop or {}).get("open_orders") or []
            if orders and self.shift.desk.phase in ("ringing", "talking"):
                self.shell.choose_tab("order")
                self.shift.order.put("type", "repair")
                self.shift.order.put(
                    "description", self.tr("催单：{number}").format(number=orders[0].get("number"))
                )
                self.shift.order.changed.emit()

    def _slip_key(self) -> None:
        if isinstance(self._panel, SlipPanel):
            self._panel.ask_printer()
        else:
            self.open_slip()

    def _full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_bar_only(self, on: bool) -> None:
        """Only the bar, over the other programs' windows; and back to what it was."""
        if self.shell is None or on == self._bar_only:
            return
        if on:
            if self._panel is not None:
                self._panel.leave()
            self.setWindowState(
                self.windowState() & ~(Qt.WindowState.WindowFullScreen | Qt.WindowState.WindowMaximized)
            )
            self._size_before = self.size()
        self._bar_only = on
        self.shell.show_bar_only(on)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, on)
        tall = self.shell.bar.sizeHint().height()
        self.setMinimumSize(LEAST_WIDTH, tall if on else LEAST_HEIGHT)
        self.setMaximumHeight(tall if on else WIDGET_MOST)
        self.resize(
            self.width() if on else self._size_before.width(), tall if on else self._size_before.height()
        )
        self.show()  # a window whose flags change is hidden by Qt

    def _undo(self) -> None:
        """The last choice of the form; in a text field its own words come first."""
        if self.shift is None or self.shell is None:
            return
        focused = QApplication.focusWidget()
        if (isinstance(focused, QLineEdit) and focused.isUndoAvailable()) or (
            isinstance(focused, QPlainTextEdit) and focused.document().isUndoAvailable()
        ):
            focused.undo()
        elif self.shift.desk.phase == "wrap_up":
            self.shift.wrap_up.undo()
        elif self.shell.tab == "order":
            self.shift.order.undo()

    # ------------------------------------------------------------- panels

    def _show_panel(self, made: Panel) -> None:
        self.show_bar_only(False)
        if self._panel is not None and self._panel is not made:
            self._panel.leave()
        self._panel = made
        made.closed.connect(lambda: self._panel_closed(made))

    def _panel_closed(self, panel: Panel) -> None:
        if self._panel is panel:
            self._panel = None

    def open_picker(self, purpose: Purpose) -> None:
        if self.shift is not None and self.shift.desk.online:
            self.shift.picker.open(purpose)
            self._show_panel(PickerPanel(self, self.shift.picker))

    def open_keypad(self) -> None:
        if self.shift is not None:
            panel = KeypadPanel(self, self.tr("键盘"), self.tr("关闭"))
            panel.pressed.connect(self.shift.bar.send_digits)
            self._show_panel(panel)

    def open_keys(self) -> None:
        if self.shift is not None:
            self._show_panel(KeysPanel(self, self.shift.bar))

    def open_settings(self) -> None:
        self._show_panel(SettingsPanel(self, self._settings, self._sound, self._device))

    def open_slip(self) -> None:
        if self.shift is not None and self.shift.order.order is not None:
            self._open_slip_of(str(self.shift.order.order["id"]))

    def _open_slip_of(self, order_id: str) -> None:
        assert self.shift is not None
        self.shift.slip.open(order_id)
        self._show_panel(SlipPanel(self, self.shift.slip))

    def _go(self, place: str) -> None:
        if place == "wallboard":
            self.open_wallboard()
        elif place == "settings":
            self.open_settings()
        elif self.shell is not None:
            self.shell.go(place)
            return
        if self.shell is not None:
            self.shell.show_phase()

    def open_wallboard(self) -> None:
        if self.shift is None:
            return
        if self.wallboard is None:
            self.wallboard = WallboardView(self.shift.wallboard)
        self.wallboard.show()
        self.wallboard.raise_()

    def toast(self, words: str, hue: str = "talking", stays: bool = False) -> None:
        show_toast(self, words, self.tr("关闭"), hue, stays)

    # ------------------------------------------------------------- what happens

    def _show_refusal(self, words: str) -> None:
        self.toast(words, "broken", True)

    def _order_saved(self) -> None:
        assert self.shift is not None
        number = (self.shift.order.order or {}).get("number", "")
        self.toast(self.tr("工单 {number} 已派工").format(number=number), "ready")

    def _state_changed(self) -> None:
        assert self.shift is not None
        phase = self.shift.desk.phase
        if phase == self._phase:
            return
        before, self._phase = self._phase, phase
        self._ring(self._rings_now())
        if self._panel is not None and (phase == "ringing" or self._panel.objectName() in CALL_PANELS):
            self._panel.leave()  # nothing lies over a call that rings
        if phase == "ringing":
            if self._settings.opens_on_ring:
                self.show_bar_only(False)
            self._call_attention()
        elif before == "talking":
            announce(self, self.tr("通话结束"))

    def _call_attention(self) -> None:
        assert self.shift is not None
        QApplication.alert(self)
        who = self.shift.bar.who()
        announce(self, self.tr("来电 {who}").format(who=who.name or who.number))

    def _device(self) -> str:
        """The headset in use; empty without one."""
        devices = self._voice.devices() if self._voice is not None else []
        chosen = self._settings.preferences["device"]
        names = {d["id"]: d["name"] for d in devices}
        return str(names.get(chosen) or next(iter(names.values()), ""))

    def _ring(self, on: bool) -> None:
        """In the headset; what the eye sees of it is the bar."""
        volume = self._settings.ring_volume if on else 0.0
        if self._voice is not None and (volume > 0 or self._ringing):
            self._voice.ring(volume)
            self._ringing = volume > 0

    def _ring_once(self) -> None:
        """So that a volume can be chosen by ear."""
        self._ring(True)
        QTimer.singleShot(RING_ONCE_MS, lambda: self._ring(self._rings_now()))

    def _rings_now(self) -> bool:
        desk = self.shift.desk if self.shift is not None else None
        return desk is not None and desk.phase == "ringing" and (desk.call or {}).get("direction") != "out"

    def _consult_ended(self, reason: str) -> None:
        """Only what the agent did not do himself needs a word: he is with the customer again."""
        words = {
            "no_answer": self.tr("对方没有接听，已接回客户"),
            "refused": self.tr("对方没有接听，已接回客户"),
            "gone": self.tr("对方已挂断，已接回客户"),
        }
        if reason in words:
            self.toast(words[reason], "near")

    def _role_known(self) -> None:
        """The first snapshot says who he is: a supervisor's window has a floor."""
        shift, shell = self.shift, self.shell
        if shift is not None and shell is not None and shift.desk.is_supervisor and shell.floor is None:
            self._build()

    def _link_changed(self) -> None:
        assert self.shift is not None
        if self.shift.desk.link_state == "lost":
            announce(self, self.tr("连接中断"))

    def _ringing_painted(self, call_id: str) -> None:
        shown = time.time()
        offered = self.shift.desk.offered_at if self.shift is not None else None
        at = datetime.fromtimestamp(shown, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        log_line("screen_pop_shown", call_id=call_id, offered_at=offered, shown_at=at)

    def _show_levels(self) -> None:
        if (
            self._voice is not None
            and self.shell is not None
            and self.shift is not None
            and self.shift.desk.phase == "talking"
        ):
            self.shell.bar.show_levels(*self._voice.levels())

    def closeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        if self.shift is not None:
            self.shift.order.keep_now()
        if self.wallboard is not None:
            self.wallboard.close()
        self.closing.emit()
        super().closeEvent(event)
