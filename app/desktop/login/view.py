"""The login: cord board at the left, four things to fill at the right, the server's health below."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from app.desktop.login.viewmodel import LoginViewModel
from app.desktop.sound.view import SoundCheckView
from app.desktop.theme.current import look, px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import column, row
from app.desktop.widgets.cord_board import CordBoard
from app.desktop.widgets.field import Labelled, LineField
from app.desktop.widgets.level import Level
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text
from app.desktop.widgets.toggles import ToggleGroup

FORM = 400


class LoginView(QWidget):
    language_wanted = Signal()
    theme_wanted = Signal()

    def __init__(self, model: LoginViewModel, language: str, version: str) -> None:
        super().__init__()
        self.setObjectName("login")
        self._model = model
        self._wrong_before = ""
        board = CordBoard(self.tr("总机"), self.tr("Zongji  ·  呼叫中心"), model.preferences["site"])
        self._board = board
        right = QWidget()
        right.setProperty("ground", "surface")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        right.setLayout(
            column(None, self._middle(), None, self._foot(language, version), gap=0, margins=(24, 24, 24, 12))
        )
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(board, 1)
        whole.addWidget(right, 1)
        self._levels = QTimer(self)
        self._levels.setInterval(80)
        self._levels.timeout.connect(self._show_level)
        if model.voice is not None:
            model.voice.check(True)
            self._levels.start()
        model.changed.connect(self.show_all)
        self.show_all()

    def _middle(self) -> QWidget:
        model = self._model
        self.user = LineField("login_user", model.user, icon="user", tabular=True)
        self.user.textChanged.connect(self._typed)
        self.password = LineField("login_password", model.password, icon="lock")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.textChanged.connect(self._typed)
        for line in (self.user, self.password):
            line.returnPressed.connect(model.log_in)
        self._caps = Text(self.tr("大写锁定已打开"), 12, 500, "near.tone")
        self._caps.hide()
        self.password.installEventFilter(self)
        self._user = Labelled(self.tr("工号"), self.user)
        self._password = Labelled(self.tr("密码"), self.password, aside=self._caps)
        after = ToggleGroup(
            "login_after",
            [("break", self.tr("先示忙")), ("ready", self.tr("直接示闲"))],
            "ready" if model.ready_after else "break",
        )
        after.picked.connect(lambda v: model.set_ready_after(v == "ready"))
        self.enter = Button("login_enter", self.tr("登录"), key="Enter", kind="primary", height="foot")
        self.enter.setFixedWidth(px(FORM))
        self.enter.clicked.connect(model.log_in)
        self._sound = SoundCheckView("login_sound_check", model.sound, model.device)
        self._other = Text("", 13, 500, "broken.tone", wrap=True)
        self._other.setObjectName("login_error")
        self._new_server = Text("", 13, 500, "near.tone", wrap=True)
        self._new_server.setObjectName("login_new_server")
        made = QWidget()
        made.setFixedWidth(px(FORM))
        made.setLayout(
            column(
                Text(self.tr("登录"), 28, 600), Text(self.tr("请戴好耳机，先试一下音量。"), 14, 400, "text2"), 8, self._user,
                self._password, Labelled(self.tr("话机"), self._device()), self._sound,
                Labelled(self.tr("登录后"), after), 4, self.enter, self._other, self._new_server, self._health(), gap=8,
            )
        )  # fmt: skip
        holder = QWidget()
        holder.setLayout(row(None, made, None, gap=0))
        return holder

    def _device(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("login_device")
        frame.setProperty("kind", "sunken")
        frame.setFixedHeight(px(56))
        self._device_name = Text("", 14, 500, elide=True)
        self._device_line = Text("", 12, 400, "text2", elide=True)
        self._level = Level("login_level", self.tr("麦克风音量"))
        self._change = Button("login_change_device", self.tr("更换"), kind="ghost", height="small")
        self._change.clicked.connect(self._model.next_device)
        self._device_icon = Picture("headset", 20, "ready.tone")
        words = column(self._device_name, self._device_line, gap=0)
        inside = row(self._device_icon, words, self._level, self._change, gap=10, margins=(12, 0, 8, 0))
        inside.setStretch(1, 1)
        frame.setLayout(inside)
        return frame

    def _health(self) -> QWidget:
        self._health_icon = Picture("plug-connected", 16)
        self._health_words = Text("", 12, 400, "text2", elide=True)
        self._health_words.setObjectName("server_state")
        other = Button("login_server", self.tr("其他服务器"), kind="ghost", height="small")
        self.server = LineField("login_server_address", self._model.server)
        self.server.setAccessibleName(self.tr("服务器地址"))
        self.server.hide()
        other.clicked.connect(self._open_server)
        self.server.editingFinished.connect(lambda: self._model.set_server(self.server.text()))
        made = QWidget()
        made.setLayout(
            column(row(self._health_icon, self._health_words, other), self.server, margins=(0, 4, 0, 0))
        )
        return made

    def _open_server(self) -> None:
        self.server.setVisible(not self.server.isVisible())
        self.server.setFocus()

    def _foot(self, language: str, version: str) -> QWidget:
        dark = look().tokens.name == "dark"
        switch = Button("switch_language", "中文 / English", icon="language", kind="ghost", height="small")
        switch.clicked.connect(self.language_wanted)
        theme = Button(
            "switch_theme",
            self.tr("浅色") if dark else self.tr("深色"),
            icon="sun" if dark else "moon",
            kind="ghost",
            height="small",
        )
        theme.clicked.connect(self.theme_wanted)
        made = QWidget()
        made.setLayout(row(Text(version, 12, 400, "text3"), None, switch, theme))
        return made

    def _typed(self) -> None:
        self._model.user, self._model.password = self.user.text(), self.password.text()

    def show_all(self) -> None:
        model = self._model
        self._user.show_error(model.user_error)
        self._password.show_error(model.password_error)
        if model.password_error and not model.busy and model.password_error != self._wrong_before:
            self.password.setFocus()
            self.password.selectAll()
        self._wrong_before = "" if model.busy else model.password_error
        trouble = model.other_error or model.changed_server
        self._other.show_text(trouble)
        self._other.setVisible(bool(trouble))
        ask = self.tr("第一次连接这台服务器，请向管理员核对它的指纹词：")
        self._new_server.show_text(f"{ask}\n{model.new_words}")
        self._new_server.setVisible(bool(model.new_words) and not model.changed_server)
        self.enter.set_usable(not model.busy)
        self.enter.say(self.tr("正在登录…") if model.busy else self.tr("登录"))
        device = model.device()
        self._device_name.show_text(device or self.tr("没有找到耳机"))
        self._device_line.show_text(
            self.tr("声音由本机收发，对着麦克风说句话") if device else self.tr("可以登录，但不会收到电话")
        )
        self._device_icon.show_icon("headset", "ready.tone" if device else "near.tone")
        self._change.setVisible(bool(device))
        self._level.setVisible(bool(device))
        self._sound.setVisible(bool(device))
        self._sound.show_all()
        hue, words = model.health
        self._health_icon.show_icon("plug-connected" if hue == "ready" else "plug-connected-x", f"{hue}.tone")
        self._health_words.show_text(
            self.tr("服务器 {host}  ·  {state}").format(host=model.server.split("://")[-1], state=words)
        )

    def _show_level(self) -> None:
        if self._model.voice is not None:
            self._level.show_level(self._model.voice.levels()[1])

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self._board.setVisible(self.width() >= px(2 * FORM))

    def eventFilter(self, watched, event) -> bool:  # type: ignore[no-untyped-def]
        """Caps Lock cannot be asked for in Qt: it is seen in what was typed."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            typed, shift = event.text(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if typed.isalpha() and typed.isascii():
                self._caps.setVisible(typed.isupper() != bool(shift))
            elif event.key() == Qt.Key.Key_CapsLock:
                self._caps.setVisible(not self._caps.isVisible())
        return bool(super().eventFilter(watched, event))
