"""One run of the desktop: window, background client, voice, drafts; from login to the window's end."""

import argparse
import contextlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Qt, QTimer, Signal

from app.cli.desktop_voice import DeskVoiceProcess
from app.client.background import BackgroundClient, BackgroundLink
from app.client.trust import Trust
from app.desktop.clock import Clock
from app.desktop.desk import Desk
from app.desktop.drafts import DraftFolder
from app.desktop.instance import Instance
from app.desktop.login.viewmodel import LoginViewModel
from app.desktop.main_window import MainWindow
from app.desktop.preferences import Preferences
from app.desktop.settings.viewmodel import SettingsViewModel
from app.desktop.shift import Shift
from app.desktop.theme.fonts import has_chinese
from app.desktop.widgets.application import application

CLIENT = "desktop 0.1"
LOOK_AGAIN_MS = 100


class _Drain(QObject):
    """Hops from the client's thread to Qt's: one queued signal wakes one drain of all that waits."""

    woken = Signal()


class DesktopSession:
    def __init__(self, arguments: argparse.Namespace, trust: Trust) -> None:
        self.app = application()
        self._arguments = arguments
        self.preferences = self._preferences(arguments)
        self._instance = Instance(self.preferences["server"], self.preferences["user"])
        self._instance.called.connect(self._come_forward)
        self._drain = _Drain()
        self.client = BackgroundClient(self._drain.woken.emit, client=CLIENT, trust=trust)
        self._drain.woken.connect(self.client.drain, Qt.ConnectionType.QueuedConnection)
        self.voice = None if arguments.no_voice else DeskVoiceProcess(arguments.simulated_voice)
        self.window = MainWindow(SettingsViewModel(self.preferences), self.voice)
        self.window.closing.connect(self.quit)
        self.window.logged_in.connect(self._logged_in)
        self.link: BackgroundLink | None = None
        self.shift: Shift | None = None
        self._asked_log_in = False
        # Python's signal handlers run only between bytecodes: let the loop turn now and then.
        self._beat = QTimer()
        self._beat.start(250)
        self._beat.timeout.connect(lambda: None)

    def run(self) -> int:
        if not self._instance.claim():
            return 0  # the first one has come forward
        self.login = LoginViewModel(self.client, self.preferences, self.voice)
        if self._arguments.ready:
            self.login.ready_after = True
        self.window.show_login(self.login)
        self.window.show()
        if not has_chinese():
            self.window.toast(
                "没有中文字体 · No Chinese font: install fonts-noto-cjk or fonts-wqy-microhei", "near", True
            )
        if self._arguments.password_file is not None:
            self.login.password = self._arguments.password_file.read_text("utf-8").strip()
            self.login.log_in()
        code = int(self.app.exec())
        self.client.close()
        if self.voice is not None:
            self.voice.close()
        return code

    def _come_forward(self) -> None:
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def quit(self) -> None:
        if self.shift is not None:
            self.shift.order.keep_now()
        self.app.quit()

    # ------------------------------------------------------------- logged in

    def _logged_in(self, token: str, user: str) -> None:
        self.link = self.client.open(self.login.server, token, self.preferences["language"])
        clock = Clock(parent=self.window)
        desk = Desk(self.link, clock, self.window)
        self.shift = Shift(desk, DraftFolder(_draft_folder(user)), self.window)
        desk.state_changed.connect(self._take_a_seat)
        desk.desk_line_changed.connect(self._voice_line)
        desk.state_changed.connect(self._mute_voice)
        self.window.show_shift(self.shift)
        clock.start()
        self.link.start()
        if self._arguments.wallboard:
            self._open_wallboard()

    def _open_wallboard(self) -> None:
        """Whole on a second screen where there is one; else behind the agent's window."""
        self.window.open_wallboard()
        others = [screen for screen in self.app.screens() if screen is not self.window.screen()]
        if others and self.window.wallboard is not None:
            self.window.wallboard.setGeometry(others[0].geometry())
            self.window.wallboard.showFullScreen()
        self.window.raise_()
        self.window.activateWindow()

    def _take_a_seat(self) -> None:
        """After the first snapshot: an agent who is not on the floor goes there, as he chose at the login."""
        assert self.shift is not None
        desk = self.shift.desk
        if self._asked_log_in or not desk.user or not desk.online:
            return
        if self.voice is not None and not self.voice.has_looked:
            QTimer.singleShot(LOOK_AGAIN_MS, self._take_a_seat)
            return
        self._asked_log_in = True
        self.preferences["site"] = str(desk.site.get("name") or "")
        if desk.state == "logged_out" and desk.agent_id in desk.agents:
            # Without a headset nobody would hear the caller: the login has said that no calls come.
            phone = "headset" if self.voice is not None and self.voice.devices() else "none"
            desk.ask("LogIn", phone=phone, ready=self.login.ready_after)
        device = self.login.device()
        if device:
            self.shift.status.set_device(device)
        self.shift.idle.look_up()

    def _voice_line(self) -> None:
        assert self.shift is not None
        line = self.shift.desk.desk_line
        if self.voice is None:
            return
        if line is None:
            self.voice.stop()
        else:
            self.voice.start(
                str(line["host"]), int(line["port"]), str(line["token"]), str(line.get("codec") or "PCMA"),
                bool(line.get("srtp")),
            )  # fmt: skip

    def _mute_voice(self) -> None:
        """Muting is the board's; the headset only stops metering between calls."""
        if self.voice is not None and self.shift is not None and self.shift.desk.phase == "talking":
            self.voice.check(True)

    @staticmethod
    def _preferences(arguments: argparse.Namespace) -> Preferences:
        preferences = Preferences(
            QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "zongji", "desktop")
        )
        for name in ("server", "user", "language", "theme"):
            if given := getattr(arguments, name):
                preferences[name] = given
        return preferences


def _draft_folder(user: str) -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    folder = Path(place or Path.home() / ".zongji") / "drafts" / user
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chmod(folder, 0o700)
    return folder
