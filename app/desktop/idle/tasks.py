"""Who was not served and waits for our call: one row a number, the most urgent first. No widgets."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.client.answers import Reply
from app.desktop.desk import Desk
from app.desktop.idle.names import CustomerNames
from app.desktop.link import Json
from app.desktop.writing import phone, posix, text_of

SHOWN = 3
ASKED = 50
CALL_BACK_WITHIN_S, NEAR_S = 1800.0, 600.0
ASK_AFTER_MS = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    task_id: str
    icon: str
    title: str
    detail: str
    due: str
    hue: str
    number: str


class TasksViewModel(QObject):
    """`changed`: another list. Asked again after each call and when somebody of the queues was lost."""

    changed = Signal()

    def __init__(self, desk: Desk, names: CustomerNames, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk, self._names = desk, names
        self._tasks: list[Json] = []
        self._lost = -1
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self.look_up)
        desk.tables_changed.connect(self._count)

    def _count(self) -> None:
        """The tables say how many were lost today: one more means a task more."""
        names = ("abandoned", "overflowed", "lost", "voicemail")
        today = [row.get("today") or {} for row in self.desk.queues.values()]
        lost = sum(int(one.get(name) or 0) for one in today for name in names)
        if self._lost >= 0 and lost != self._lost:
            self._timer.start()
        self._lost = lost

    def look_up(self) -> None:
        def read(reply: Reply) -> None:
            if reply.ok and isinstance(reply.json, dict):
                self._tasks = list(reply.json.get("items") or [])
                self.changed.emit()

        self.desk.link.get(f"/api/v1/tasks?state=open&limit={ASKED}", read)

    def mine(self) -> list[Json]:
        """Of my queues, the oldest first: he has waited longest."""
        queues = (self.desk.agents.get(self.desk.agent_id) or {}).get("queues") or []
        mine = [t for t in self._tasks if t.get("number") and (not t.get("queue") or t["queue"] in queues)]
        return sorted(mine, key=lambda task: str(task.get("created_at")))

    def rows(self) -> list[TaskRow]:
        return [self._row(task) for task in self.mine()[:SHOWN]]

    def _row(self, task: Json) -> TaskRow:
        number, created = text_of(task, "number"), posix(task.get("created_at")) or self.desk.clock.now()
        due_at = created + CALL_BACK_WITHIN_S
        left = due_at - self.desk.clock.now()
        reasons = {
            "abandoned": self.tr("排队时挂断"), "overflowed": self.tr("等得太久"), "lost": self.tr("线路中断"),
            "failed": self.tr("没有接通"), "voicemail": self.tr("有留言"),
        }  # fmt: skip
        at = self.desk.clock.here(created)
        today = at.date() == self.desk.clock.here().date()
        parts = [
            self.desk.queue_name(task.get("queue")), reasons.get(text_of(task, "reason"), ""),
            f"{at:%H:%M}" if today else f"{at:%m-%d %H:%M}",
        ]  # fmt: skip
        title = self.tr("回拨 {who}").format(
            who="  ".join(p for p in (self._names.of_number(number), phone(number)) if p)
        )
        return TaskRow(
            task_id=text_of(task, "task_id"), number=number, title=title,
            icon="record-mail" if task.get("kind") == "voicemail" else "phone-incoming",
            detail="  ·  ".join(p for p in parts if p),
            due=self.tr("应于 {t} 前").format(t=f"{self.desk.clock.here(due_at):%H:%M}"),
            hue="broken" if left <= 0 else ("near" if left <= NEAR_S else "plain"),
        )  # fmt: skip

    def call_back(self, number: str = "") -> None:
        """Dial this one, or the most urgent."""
        rows = self.rows()
        wanted = number or (rows[0].number if rows else "")
        if wanted and self.desk.phase == "idle" and self.desk.online:
            self.desk.ask("Dial", number=wanted)
