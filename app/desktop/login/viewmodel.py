"""Logging in: staff number, password, headset, then-state; the server's health below. No widgets."""

import contextlib

from PySide6.QtCore import QObject, QTimer, Signal

from app.client.answers import Reply
from app.client.urls import server_url
from app.desktop.link import Gate, Voice
from app.desktop.preferences import Preferences
from app.desktop.sound.viewmodel import SoundCheckViewModel
from app.wire.fingerprint import words as fingerprint_words

HEALTH_EVERY_MS = 3000


class LoginViewModel(QObject):
    """`opened` carries token and user when the server let him in."""

    changed = Signal()
    opened = Signal(str, str)

    def __init__(
        self, gate: Gate, preferences: Preferences, voice: Voice | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._gate, self.preferences, self.voice = gate, preferences, voice
        self.sound = SoundCheckViewModel(voice, preferences, self)
        self.server = preferences["server"]
        self.user = preferences["user"]
        self.password = ""
        self.ready_after = preferences.yes("start_ready")
        self.busy = False
        self.user_error = ""
        self.password_error = ""
        self.other_error = ""
        self.changed_server = ""  # why nothing is sent to it
        self.new_words = ""  # how a server is known that was never met; to be compared
        self.health: tuple[str, str] = ("near", self.tr("正在找服务器"))
        self._timer = QTimer(self)
        self._timer.setInterval(HEALTH_EVERY_MS)
        self._timer.timeout.connect(self.look_at_server)

    def start(self) -> None:
        self._timer.start()
        self.look_at_server()

    def stop(self) -> None:
        self._timer.stop()
        self.sound.stop()
        if self.voice is not None:
            self.voice.check(False)

    def set_server(self, server: str) -> None:
        server = server.strip().rstrip("/")
        with contextlib.suppress(ValueError):  # then it cannot be reached, and that is said
            server = server_url(server)
        if server and server != self.server:
            self.server = server
            self.health = ("near", self.tr("正在找服务器"))
            self.changed_server = self.new_words = self.other_error = ""
            self.changed.emit()
            self.look_at_server()

    def look_at_server(self) -> None:
        server = self.server

        def read(reply: Reply) -> None:
            if server != self.server:
                return
            state = reply.json.get("status") if isinstance(reply.json, dict) else None
            words = {
                "ok": ("ready", self.tr("已连接")), "degraded": ("near", self.tr("部分功能不可用")),
                "down": ("broken", self.tr("服务暂停")),
            }  # fmt: skip
            self.health = words.get(str(state), ("broken", self.tr("连不上")))
            self.changed_server = self._changed(reply)
            self.new_words = fingerprint_words(self._gate.new_pin(server), self.preferences["language"])
            self.changed.emit()

        self._gate.health(server, read)

    def _changed(self, reply: Reply) -> str:
        """The sentence of a server that is not the one that was met before; else ""."""
        told = reply.json if isinstance(reply.json, dict) else {}
        if told.get("error") != "certificate_changed":
            return ""
        return str(told["sentences"][self.preferences["language"]])

    def device(self) -> str:
        devices = self.voice.devices() if self.voice is not None else []
        chosen = self.preferences["device"]
        return next((d["name"] for d in devices if d["id"] == chosen), devices[0]["name"] if devices else "")

    def next_device(self) -> None:
        if self.voice is None or not (devices := self.voice.devices()):
            return
        ids = [d["id"] for d in devices]
        chosen = self.preferences["device"]
        after = ids[(ids.index(chosen) + 1) % len(ids)] if chosen in ids else ids[-1]
        self.preferences["device"] = after
        self.voice.choose(after)
        self.changed.emit()

    def set_ready_after(self, ready: bool) -> None:
        self.ready_after = ready
        self.preferences["start_ready"] = "true" if ready else "false"

    def log_in(self) -> None:
        if self.busy:
            return
        self.user_error = "" if self.user.strip() else self.tr("请输入工号")
        self.password_error = "" if self.password else self.tr("请输入密码")
        self.other_error = ""
        if self.user_error or self.password_error:
            self.changed.emit()
            return
        self.busy = True
        self.changed.emit()
        self._gate.log_in(self.server, self.user.strip(), self.password, self._answered)

    def _answered(self, reply: Reply) -> None:
        self.busy = False
        body = reply.json if isinstance(reply.json, dict) else {}
        if reply.ok and body.get("token"):
            self.preferences["user"], self.preferences["server"] = self.user.strip(), self.server
            self.password = ""
            self.stop()
            self.opened.emit(str(body["token"]), self.user.strip())
            return
        if reply.status == 0:
            self.other_error = self._changed(reply) or self.tr("连不上服务器，请检查网络或换一台服务器")
        elif body.get("error") == "wrong_password" or reply.status == 401:
            self.password_error = self.tr("工号或密码不对")  # the server does not know the language yet
        else:
            self.other_error = str(body.get("message") or self.tr("暂时不能登录"))
        self.changed.emit()
