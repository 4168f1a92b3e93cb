"""One window brought to one screen, over a scripted server. Used by the tests and by `grab.py`."""

from collections.abc import Iterator
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
    "floor", "consult", "conference", "bar_only",
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
        """Straight to one screen."""
        if screen == "login":
            self._login()
            return
        self._enter(screen)
        if screen in ("idle", "wallboard", "settings", "floor", "bar_only"):
            if screen == "bar_only":
                self.window.show_bar_only(True)
            return
        self._ring(known=screen != "unknown")
        if screen in ("ringing", "unknown"):
            return
        self._talk()
        if screen == "wrap_up":
            self._wrap_up()
        else:
            self._show_over_the_call(screen)
        self.settle()

    def walk(self) -> Iterator[str]:
        """One window through all that a shift brings; the name of each screen when it is there."""
        window = self.window
        self._enter("settings")
        yield "settings"
        window._panel.leave()
        self.settle()
        yield "idle"
        self._ring(known=True)
        yield "ringing"
        self._talk()
        yield "talking"
        for screen in ("consult", "conference"):
            self._show_over_the_call(screen)
            self.settle()
            yield screen
            self.link.say(
                "ConsultEnded", call_id="c417", agent_id="1024", reason="cancelled", with_agent="1003"
            )
        for screen in ("transfer", "keys"):
            self._show_over_the_call(screen)
            self.settle()
            yield screen
            window._panel.leave()
        self.link.lose()
        self.settle()
        yield "lost"
        self.link.come_back()
        self._wrap_up()
        self.settle()
        yield "wrap_up"

    def _login(self) -> None:
        self.preferences["user"], self.preferences["site"] = "1024", self.story.words["site"]
        self.login = LoginViewModel(FakeGate(self.link), self.preferences, self.voice)
        self.login.password = "12345678"
        self.window.show_login(self.login)
        self.window.show()
        self.settle()
        self.window.centralWidget()._show_level()

    def _enter(self, screen: str) -> None:
        window = self.window
        self.story.log_in(
            busy=screen in ("wallboard", "floor"), role="supervisor" if screen == "floor" else "agent"
        )
        window.show_shift(self.shift)
        window.show()
        self.settle()
        if screen == "wallboard":
            window.open_wallboard()
            window.wallboard.resize(1920, 1080)
        if screen == "floor":
            self.shift.floor.choose("1006")
        if screen == "settings":
            window.open_settings()

    def _ring(self, known: bool) -> None:
        self.story.ring(known=known)
        self.story.pop(known=known)
        self.settle()

    def _talk(self) -> None:
        self.story.answer()
        self.settle()
        self.window.shell.bar.show_levels(0.75, 0.35)
        self.window._new_order()
        order = self.shift.order
        order.put("description", self.story.words["says"])
        order.values["fault"] = "not_cooling"
        order.choose_slot(order.slots()[1].key)
        order.put("phone", "138 0000 441")
        order.left("phone")
        self.window.shell.order.show_all()
        self.settle()

    def _show_over_the_call(self, screen: str) -> None:
        if screen == "lost":
            self.link.lose()
        elif screen in ("consult", "conference"):
            self.story.consult()
            self.story.consulted()
            if screen == "conference":
                self.link.say("ConferenceStarted", call_id="c417", agent_id="1024", with_agent="1003")
        elif screen == "transfer":
            self.window.open_picker("blind")
        elif screen == "keys":
            self.window.open_keys()

    def _wrap_up(self) -> None:
        self.shift.order.put("phone", "138 0000 4417")
        self.shift.order.save()
        self.story.end()
        for field, value in (
            ("business_line", "fridge"),
            ("type", "chase"),
            ("status", "dispatched"),
            ("notes", self.story.words["notes"]),
        ):
            self.shift.wrap_up.put(field, value)
        self.shift.wrap_up.changed.emit()

    def grab(self, path: Path, screen: str) -> None:
        self.settle()
        widget = self.window.wallboard if screen == "wallboard" else self.window
        widget.grab().save(str(path))

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.settle()
