"""One window brought to one screen, over a scripted server. Used by the tests and by `grab.py`."""

from pathlib import Path

from PySide6.QtCore import QEvent, QSettings

from app.desktop.clock import Clock
from app.desktop.desk import Desk
from app.desktop.drafts import DraftFolder
from app.desktop.login.viewmodel import LoginViewModel
from app.desktop.main_window import MainWindow
from app.desktop.preferences import Preferences
from app.desktop.settings.viewmodel import SettingsViewModel
from app.desktop.shift import Shift
from app.desktop.widgets.application import application
from tests.fakes.desk_link import NOW, FakeGate, FakeLink, FakeVoice, Story

SCREENS = (
    "login", "idle", "ringing", "unknown", "talking", "wrap_up", "wallboard", "lost", "transfer", "keys", "settings",
    "floor", "consult", "conference",
)  # fmt: skip


class Scene:
    """One window brought to one screen."""

    def __init__(
        self, folder: Path, language: str, theme: str, size: tuple[int, int], factor: str = "1.0"
    ) -> None:
        self.app = application()
        settings = QSettings(str(folder / f"{language}-{theme}.ini"), QSettings.Format.IniFormat)
        settings.clear()
        self.preferences = Preferences(settings)
        self.preferences["language"], self.preferences["theme"], self.preferences["factor"] = (
            language,
            theme,
            factor,
        )
        self.preferences["motion"] = "false"
        self.link = FakeLink()
        self.story = Story(self.link, language)
        self.voice = FakeVoice()
        self.window = MainWindow(SettingsViewModel(self.preferences), self.voice)
        self.window.resize(*size)
        self.clock = Clock(lambda: NOW)
        self.desk = Desk(self.link, self.clock)
        self.drafts = DraftFolder(folder / "drafts")
        self.shift = Shift(self.desk, self.drafts)

    def settle(self) -> None:
        for _ in range(4):
            self.app.processEvents()
            self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def show(self, screen: str) -> None:
        story, window = self.story, self.window
        if screen == "login":
            self.preferences["user"], self.preferences["site"] = "1024", story.words["site"]
            self.login = LoginViewModel(FakeGate(self.link), self.preferences, self.voice)
            self.login.password = "12345678"
            window.show_login(self.login)
            window.show()
            self.settle()
            window.centralWidget()._show_level()
            return
        story.log_in(
            busy=screen in ("wallboard", "floor"), role="supervisor" if screen == "floor" else "agent"
        )
        window.show_shift(self.shift)
        window.show()
        self.settle()
        if screen in ("idle", "wallboard", "settings", "floor"):
            if screen == "wallboard":
                window.open_wallboard()
                window.wallboard.resize(1920, 1080)
            if screen == "floor":
                self.shift.floor.choose("1006")
            if screen == "settings":
                window.open_settings()
            return
        story.ring(known=screen != "unknown")
        story.pop(known=screen != "unknown")
        self.settle()
        if screen in ("ringing", "unknown"):
            return
        story.answer()
        self.settle()
        window.shell.bar.show_levels(0.75, 0.35)
        window._new_order()
        order = self.shift.order
        order.put("description", story.words["says"])
        order.values["fault"] = "not_cooling"
        order.choose_slot(order.slots()[1].key)
        order.put("phone", "138 0000 441")
        order.left("phone")
        window.shell.order.show_all()
        self.settle()
        if screen == "lost":
            self.link.lose()
        elif screen in ("consult", "conference"):
            story.consult()
            story.consulted()
            if screen == "conference":
                self.link.say("ConferenceStarted", call_id="c417", agent_id="1024", with_agent="1003")
        elif screen == "transfer":
            window.open_picker("blind")
        elif screen == "keys":
            window.open_keys()
        if screen != "wrap_up":
            self.settle()
            return
        order.put("phone", "138 0000 4417")
        order.save()
        story.end()
        for field, value in (
            ("business_line", "fridge"),
            ("type", "chase"),
            ("status", "dispatched"),
            ("notes", story.words["notes"]),
        ):
            self.shift.wrap_up.put(field, value)
        self.shift.wrap_up.changed.emit()
        self.settle()

    def grab(self, path: Path, screen: str) -> None:
        self.settle()
        widget = self.window.wallboard if screen == "wallboard" else self.window
        widget.grab().save(str(path))

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.settle()
