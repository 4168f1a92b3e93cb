"""One line of the sound check: a button, what happens now, how it was. Used at the login and in the settings."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.desktop.sound.viewmodel import SoundCheckViewModel
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import row
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text

ICONS = {"ready": "circle-check", "near": "info-circle", "broken": "alert-triangle"}


class SoundCheckView(QWidget):
    def __init__(self, name: str, model: SoundCheckViewModel, device: Callable[[], str]) -> None:
        super().__init__()
        self._model, self._device = model, device
        self.button = Button(name, self.tr("试音"), icon="microphone", height="small", key="Alt+T")
        self.button.setShortcut("Alt+T")
        self.button.clicked.connect(self._begin)
        self._icon = Picture("circle-check", 16)
        self._words = Text("", 12, 500, "text2", elide=True)
        self._words.setObjectName(f"{name}_words")
        inside = row(self.button, self._icon, self._words, gap=8)
        inside.setStretch(2, 1)
        self.setLayout(inside)
        model.changed.connect(self.show_all)
        self.show_all()

    def _begin(self) -> None:
        self._model.begin(self._device())

    def show_all(self) -> None:
        model, hue = self._model, self._model.hue()
        self.button.set_usable(not model.running and bool(self._device()))
        self._icon.setVisible(bool(hue))
        if hue:
            self._icon.show_icon(ICONS[hue], f"{hue}.tone")
        self._words.show_text(model.words(self._device()))
