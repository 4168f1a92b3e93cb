"""The sound check before a shift: say something, hear it again, read how loud it was. No widgets.

Follows what `desk_voice` says it does; a step that does not come is given up.
"""

from PySide6.QtCore import QObject, QTimer, Signal

from app.desktop.link import Voice
from app.desktop.preferences import Preferences

RECORD_S = 3.0
LOOK_EVERY_MS = 80
PATIENCE_MS = 10_000
TOO_QUIET, TOO_LOUD = 0.25, 0.97  # of the meter: about -46 and -8 dBFS RMS


class SoundCheckViewModel(QObject):
    """`changed`: another step. `steps`: "" recording playing good quiet loud silent failed."""

    changed = Signal()

    def __init__(self, voice: Voice | None, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._voice, self._preferences = voice, preferences
        self.step = ""
        self._loud: float | None = None
        self._device = ""
        self._looked_ms = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    @property
    def running(self) -> bool:
        return self.step in ("recording", "playing")

    def is_first_time(self, device: str) -> bool:
        """Whether this headset was never tried here."""
        return bool(device) and device not in self._preferences["checked_devices"].split("\n")

    def begin(self, device: str) -> None:
        if self._voice is None or self.running:
            return
        self._device, self._loud, self._looked_ms = device, None, 0
        self._voice.sound_check(RECORD_S)
        self._show("recording")
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        if self.running:
            self._show("")

    def left_s(self) -> int:
        """Seconds still to speak."""
        return max(0, round(RECORD_S - self._looked_ms / 1000))

    def look(self) -> None:
        """What the voice says by now."""
        assert self._voice is not None
        self._looked_ms += LOOK_EVERY_MS
        step, loud = self._voice.check_step()
        if loud is not None:
            self._loud = loud
        if step == "done":
            self._end(self._verdict())
        elif step == "refused" or self._looked_ms > PATIENCE_MS:
            self._end("failed")
        elif step in ("recording", "playing"):
            self._show(step)

    def _verdict(self) -> str:
        loud = self._loud or 0.0
        if loud <= 0.02:
            return "silent"
        if loud < TOO_QUIET:
            return "quiet"
        return "loud" if loud > TOO_LOUD else "good"

    def _end(self, step: str) -> None:
        self._timer.stop()
        if step == "good":
            known = [d for d in self._preferences["checked_devices"].split("\n") if d]
            self._preferences["checked_devices"] = "\n".join([*known, self._device][-9:])
        self._show(step)

    def _show(self, step: str) -> None:
        self.step = step
        self.changed.emit()

    def loud(self) -> float:
        return self._loud or 0.0

    def words(self, device: str = "") -> str:
        first = self.is_first_time(device)
        return {
            "": self.tr("这副耳机第一次用，请先试音") if first else self.tr("录 3 秒，再放给您听"),
            "recording": self.tr("请说一句话…还有 {n} 秒").format(n=self.left_s()),
            "playing": self.tr("正在放给您听"),
            "good": self.tr("声音正常"),
            "quiet": self.tr("太轻了，请把麦克风靠近些再试"),
            "loud": self.tr("太响了，请把麦克风离远些再试"),
            "silent": self.tr("没有声音，麦克风可能关着"),
            "failed": self.tr("试音没有成功，请检查耳机"),
        }[self.step]

    def hue(self) -> str:
        return {"good": "ready", "quiet": "near", "loud": "near", "silent": "broken", "failed": "broken"}.get(
            self.step, ""
        )
