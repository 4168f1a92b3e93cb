"""What each user chose on this machine: language, theme, text size, motion, sounds, device, server."""

from PySide6.QtCore import QSettings

DEFAULTS: dict[str, str] = {
    "language": "zh_CN",
    "theme": "light",
    "factor": "1.0",
    "motion": "true",
    "ring_volume": "60",
    "checked_devices": "",
    "opens_on_ring": "true",
    "server": "http://127.0.0.1:8080",
    "user": "",
    "site": "",
    "device": "",
    "start_ready": "false",
}


class Preferences:
    """Text values under known names; an unknown name is a bug (KeyError)."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def __getitem__(self, name: str) -> str:
        return str(self._settings.value(name, DEFAULTS[name]))

    def __setitem__(self, name: str, value: str) -> None:
        assert name in DEFAULTS, name
        self._settings.setValue(name, value)

    def yes(self, name: str) -> bool:
        return self[name] == "true"
