"""Grabs every picture of the desktop into a folder: `python tests/desktop/grab.py DIR [--only NAME]`.

Real widgets over a scripted server; both languages, both themes, 1440×900, and 1280×720 at 150 %
in a process of its own (the scale factor is fixed when Qt starts).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TZ"] = "Asia/Shanghai"
time.tzset()
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEvent, QSettings  # noqa: E402

from app.desktop.clock import Clock  # noqa: E402
from app.desktop.desk import Desk  # noqa: E402
from app.desktop.drafts import DraftFolder  # noqa: E402
from app.desktop.login.viewmodel import LoginViewModel  # noqa: E402
from app.desktop.main_window import MainWindow  # noqa: E402
from app.desktop.preferences import Preferences  # noqa: E402
from app.desktop.settings.viewmodel import SettingsViewModel  # noqa: E402
from app.desktop.shift import Shift  # noqa: E402
from app.desktop.widgets.application import application  # noqa: E402
from tests.fakes.desk_link import NOW, FakeGate, FakeLink, FakeVoice, Story  # noqa: E402

SCREENS = (
    "login",
    "idle",
    "ringing",
    "unknown",
    "talking",
    "wrap_up",
    "wallboard",
    "lost",
    "transfer",
    "keys",
    "settings",
)


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
        self.window = MainWindow(SettingsViewModel(self.preferences), FakeVoice())
        self.window.resize(*size)
        self.clock = Clock(lambda: NOW)
        self.desk = Desk(self.link, self.clock)
        self.drafts = DraftFolder(Path(tempfile.mkdtemp()))
        self.shift = Shift(self.desk, self.drafts)

    def settle(self) -> None:
        for _ in range(4):
            self.app.processEvents()
            self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def show(self, screen: str) -> None:
        story, window = self.story, self.window
        if screen == "login":
            self.preferences["user"] = "1024"
            self.login = LoginViewModel(FakeGate(self.link), self.preferences, FakeVoice())
            self.login.password = "12345678"
            window.show_login(self.login)
            window.show()
            self.settle()
            window.centralWidget()._show_level()
            return
        story.log_in(busy=screen == "wallboard")
        window.show_shift(self.shift)
        window.show()
        self.settle()
        if screen in ("idle", "wallboard", "settings"):
            if screen == "wallboard":
                window.open_wallboard()
                window.wallboard.resize(1920, 1080)
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--scaled", action="store_true")
    parser.add_argument("--size", default="")
    parser.add_argument("--factor", default="1.0")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    screens = [s for s in SCREENS if not chosen.only or s in chosen.only.split(",")]
    size = (1280, 720) if chosen.scaled else (1440, 900)
    if chosen.size:
        size = tuple(int(n) for n in chosen.size.split("x"))
    mark = ("-1280-at-150" if chosen.scaled else "") + (f"-{chosen.size}" if chosen.size else "")
    mark += f"-x{chosen.factor}" if chosen.factor != "1.0" else ""
    for screen in screens:
        for language in ("zh_CN", "en"):
            for theme in ("light", "dark"):
                scene = Scene(chosen.folder, language, theme, size, chosen.factor)
                scene.show(screen)
                scene.grab(chosen.folder / f"{screen}-{language[:2]}-{theme}{mark}.png", screen)
                scene.close()
    for left in chosen.folder.glob("*.ini"):
        left.unlink()
    if not chosen.scaled and not chosen.only and not chosen.size:
        again = [sys.executable, __file__, str(chosen.folder), "--scaled"]
        subprocess.run(again, check=True, env={**os.environ, "QT_SCALE_FACTOR": "1.5"})


if __name__ == "__main__":
    main()
