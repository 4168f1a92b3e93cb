"""What the user may set for himself: language, theme, text size, motion. No widgets."""

from PySide6.QtCore import QObject, Signal

from app.desktop.preferences import Preferences
from app.desktop.theme.current import FACTORS, Look
from app.desktop.theme.tokens import THEMES


class SettingsViewModel(QObject):
    """`look_changed`: views must be built anew."""

    look_changed = Signal()

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences

    @property
    def language(self) -> str:
        chosen = self._preferences["language"]
        return chosen if chosen in ("zh_CN", "en") else "zh_CN"

    @property
    def theme(self) -> str:
        chosen = self._preferences["theme"]
        return chosen if chosen in THEMES else "light"

    @property
    def factor(self) -> float:
        try:
            chosen = float(self._preferences["factor"])
        except ValueError:
            return 1.0
        return chosen if chosen in FACTORS else 1.0

    @property
    def motion(self) -> bool:
        return self._preferences.yes("motion")

    def look(self) -> Look:
        return Look(tokens=THEMES[self.theme], factor=self.factor, motion=self.motion)

    def choose(self, name: str, value: str | None) -> None:
        if value is not None and self._preferences[name] != value:
            self._preferences[name] = value
            self.look_changed.emit()

    def other_language(self) -> None:
        self.choose("language", "en" if self.language == "zh_CN" else "zh_CN")

    def other_theme(self) -> None:
        self.choose("theme", "dark" if self.theme == "light" else "light")
