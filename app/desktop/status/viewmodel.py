"""The line at the bottom: link, headset, who I am, how long; my queues. No widgets."""

from PySide6.QtCore import QObject, Signal

from app.desktop.desk import Desk
from app.desktop.writing import bar_timer, posix, text_of, timer


class StatusViewModel(QObject):
    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.device_name = ""
        for signal in (desk.link_changed, desk.tables_changed, desk.state_changed, desk.desk_line_changed):
            signal.connect(self.changed)

    def set_device(self, name: str) -> None:
        self.device_name = name
        self.changed.emit()

    def link(self) -> tuple[str, str, str]:
        """(icon, tone, words)."""
        if self.desk.online:
            return "plug-connected", "ready.tone", self.tr("已连接")
        if self.desk.lost_at is not None:
            gone = bar_timer(self.desk.clock.now() - self.desk.lost_at)
            return "plug-connected-x", "broken.tone", self.tr("连接中断 {t}").format(t=gone)
        return "plug-connected-x", "near.tone", self.tr("正在连接")

    def headset(self) -> tuple[str, str, str]:
        name = self.device_name or self.tr("耳机")
        if self.desk.desk_line is not None:
            return "headset", "ready.tone", name
        return "headset", "text3", self.tr("{device} · 未接通").format(device=name)

    def me(self) -> str:
        name = text_of(self.desk.user, "display_name") or text_of(self.desk.user, "name")
        return self.tr("{name}  工号 {number}").format(name=name, number=text_of(self.desk.user, "name"))

    def online_for(self) -> str:
        if self.desk.logged_in_at is None:
            return ""
        return self.tr("在线 {t}").format(t=timer(self.desk.clock.now() - self.desk.logged_in_at))

    def queues(self) -> list[tuple[str, int, str]]:
        """(name, waiting, longest) of my queues, at most three."""
        mine = {str(q) for q in (self.desk.agents.get(self.desk.agent_id) or {}).get("queues") or []}
        made = []
        for row in self.desk.queues.values():
            if mine and row["queue_id"] not in mine:
                continue
            waiting = row.get("waiting") or []
            starts = [s for s in (posix(w.get("since")) for w in waiting) if s]
            longest = bar_timer(self.desk.clock.now() - min(starts)) if starts else ""
            made.append((self.desk.queue_name(row["queue_id"]), len(waiting), longest))
        return made[:3]
