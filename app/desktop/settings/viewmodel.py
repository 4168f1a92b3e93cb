"""What the user may set for himself: language, theme, text size, motion, ring. No widgets."""

from PySide6.QtCore import QObject, Signal

from app.desktop.preferences import Preferences
from app.desktop.theme.current import FACTORS, Look
from app.desktop.theme.tokens import THEMES

VOLUMES = ("0", "30", "60", "100")


class SettingsViewModel(QObject):
    """`look_changed`: views must be built anew; `ring_changed`: let him hear how loud it is."""

    look_changed = Signal()
    ring_changed = Signal()

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preferences = preferences

    @property
    def language(self) -> str:
        chosen = self.preferences["language"]
        return chosen if chosen in ("zh_CN", "en") else "zh_CN"

    @property
    def theme(self) -> str:
        chosen = self.preferences["theme"]
        return chosen if chosen in THEMES else "light"

    @property
    def factor(self) -> float:
        try:
            chosen = float(self.preferences["factor"])
        except ValueError:
            return 1.0
        return chosen if chosen in FACTORS else 1.0

    @property
    def motion(self) -> bool:
        return self.preferences.yes("motion")

    @property
    def ring_volume(self) -> float:
        """0.0 (off) … 1.0."""
        chosen = self.preferences["ring_volume"]
        return int(chosen) / 100 if chosen in VOLUMES else 0.6

    @property
    def opens_on_ring(self) -> bool:
        """Whether a call that rings opens the window again out of the bar."""
        return self.preferences.yes("opens_on_ring")

    def choose_opens_on_ring(self, value: str | None) -> None:
        if value is not None:
            self.preferences["opens_on_ring"] = value

    def choose_ring(self, value: str | None) -> None:
        if value is not None and value != self.preferences["ring_volume"]:
            self.preferences["ring_volume"] = value
            self.ring_changed.emit()

    def look(self) -> Look:
        return Look(tokens=THEMES[self.theme], factor=self.factor, motion=self.motion)

    def choose(self, name: str, value: str | None) -> None:
        if value is not None and self.preferences[name] != value:
            self.preferences[name] = value
            self.look_changed.emit()

    def other_language(self) -> None:
        self.choose("language", "en" if self.language == "zh_CN" else "zh_CN")

    def other_theme(self) -> None:
        self.choose("theme", "dark" if self.theme == "light" else "light")
