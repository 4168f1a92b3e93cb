"""What happened before this call: three facts first, then the timeline. No widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.desktop.desk import Desk
from app.desktop.link import Json
from app.desktop.words import language, month_day
from app.desktop.writing import bar_timer, text_of
from app.domain.records import WORK_ORDER

ENTRY = Qt.ItemDataRole.UserRole + 1
ICONS = {
    "work_order": "tool", "order": "tool", "call": "phone-incoming", "call_in": "phone-incoming", "complaint": "mood-sad",
    "call_out": "phone-outgoing", "follow_up": "phone-outgoing", "sms": "message-circle", "message": "message-circle",
    "delivery": "truck-delivery", "contract": "file-text", "warranty": "file-text", "rating": "star", "voicemail": "record-mail",
}  # fmt: skip
CHIP_HUES = {
    "done": "ready", "active": "ready", "closed": "plain", "waiting_parts": "near", "new": "near", "dispatched": "plain",
    "cancelled": "plain", "abandoned": "broken", "lost": "broken",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    icon: str
    hue: str
    title: str
    detail: str


class TimelineModel(QAbstractListModel):
    """Rows of the timeline; a reader hears date, title, detail and result."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[dict[str, str]] = []

    def show(self, rows: list[dict[str, str]]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        row = self._rows[index.row()]
        if role == ENTRY:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " ".join(
                p for p in (row["day"], row["time"], row["title"], row["detail"], row["chip"]) if p
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return row["detail"] or None
        return None


class HistoryViewModel(QObject):
    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.timeline = TimelineModel(self)
        desk.pop_changed.connect(self.refresh)

    def refresh(self) -> None:
        self.timeline.show(self._rows(self._items()))
        self.changed.emit()

    def _items(self) -> list[Json]:
        """What happened before: this call itself is not history yet."""
        items = (self.desk.pop or {}).get("timeline") or []
        return [item for item in items if item.get("id") != self.desk.call_id]

    def is_empty(self) -> bool:
        return self.desk.pop is not None and self.timeline.rowCount() == 0

    def _rows(self, items: list[Json]) -> list[dict[str, str]]:
        made: list[dict[str, str]] = []
        day_before = None
        for item in items:
            at = self.desk.clock.local(item.get("at"))
            day = at.date() if at else None
            made.append(self._row(item, at, day != day_before))
            day_before = day
        return made

    def _kind(self, item: Mapping[str, Any]) -> str:
        kind = text_of(item, "what")
        if kind == "work_order" and item.get("type") == "complaint":
            return "complaint"
        return "call_out" if kind == "call" and item.get("direction") == "out" else kind

    def _row(self, item: Mapping[str, Any], at: datetime | None, new_day: bool) -> dict[str, str]:
        kind, status = self._kind(item), text_of(item, "status")
        day = ""
        if at and new_day:
            this_year = self.desk.clock.here().year
            day = month_day(at.month, at.day) if at.year == this_year else f"{at.year}-{at.month:02}"
        hue = {"complaint": "broken"}.get(kind, "near" if status in ("waiting_parts", "new") else "")
        return {
            "day": day,
            "time": f"{at:%H:%M}" if at else "",
            "icon": ICONS.get(kind, "circle-dot"),
            "hue": hue,
            "title": self._title(item, kind),
            "detail": self._detail(item),
            "chip": text_of(item, "chip") or self._status_word(status),
            "chip_hue": CHIP_HUES.get(status, "plain"),
        }

    def _title(self, item: Mapping[str, Any], kind: str) -> str:
        words = {
            "work_order": self.tr("工单"), "order": self.tr("工单"), "call": self.tr("来电"), "call_in": self.tr("来电"),
            "complaint": self.tr("投诉"), "call_out": self.tr("去电"), "follow_up": self.tr("回访"), "sms": self.tr("短信"),
            "delivery": self.tr("送货"), "contract": self.tr("合同"), "voicemail": self.tr("留言"),
        }  # fmt: skip
        subject, word = text_of(item, "title"), words.get(kind, "")
        if kind in ("call", "call_out"):
            subject = self.desk.queue_name(subject)
            if item.get("talk_s"):
                subject = f"{subject}  ·  {bar_timer(float(item['talk_s']))}"
        gap = " " if kind in ("work_order", "complaint") else "  ·  "
        return f"{word}{gap}{subject}" if word and subject else word or subject

    def _detail(self, item: Mapping[str, Any]) -> str:
        """The first line of what was written, and who was there."""
        text = text_of(item, "text").partition("\n")[0]
        who = text_of(item, "engineer")
        if who:
            return self.tr("{text}  师傅 {who}").format(text=text, who=who)
        agent = self.desk.agents.get(text_of(item, "agent")) or {}
        if agent.get("name") and text_of(item, "what") == "call":
            return "  ".join(p for p in (text, self.tr("{who}受理").format(who=agent["name"])) if p)
        return text

    def _status_word(self, status: str) -> str:
        for choice in WORK_ORDER.field("status").choices:
            if choice.value == status:
                return choice.label[language()]
        words = {
            "answered": self.tr("已接听"), "abandoned": self.tr("放弃"), "voicemail": self.tr("留言"),
            "self_service": self.tr("自助"), "lost": self.tr("中断"), "delivered": self.tr("送达"), "active": self.tr("有效"),
        }  # fmt: skip
        return words.get(status, status)

    def facts(self) -> list[Fact]:
        """At most three: an open order, the nth call, the last rating; red only for what went wrong."""
        pop = self.desk.pop
        if pop is None:
            return []
        told = {str(fact.get("fact")): fact for fact in pop.get("facts") or []}
        made = (
            self._open_orders(pop),
            self._calls(told.get("calls_recently")),
            self._rating(told.get("last_rating")),
        )
        return [fact for fact in made if fact is not None]

    def _open_orders(self, pop: Json) -> Fact | None:
        orders = pop.get("open_orders") or []
        if not orders:
            return None
        first = orders[0]
        status = self._status_word(text_of(first, "status"))
        opened = self.desk.clock.local(first.get("created_at") or first.get("opened_at"))
        days = int((self.desk.clock.now() - opened.timestamp()) / 86400) if opened else 0
        age = self.tr("{status} {n} 天").format(status=status, n=days) if days else status
        return Fact(icon="tool", hue="near", title=self.tr("%n 张未完工单", "", len(orders)), detail=age)

    def _calls(self, fact: Json | None) -> Fact | None:
        if fact is None:
            return None
        nth = int(fact["count"])
        hue = "near" if nth >= 3 else "plain"
        return Fact(
            icon="repeat",
            hue=hue,
            title=self.tr("{days} 天内第 {n} 次来电").format(days=fact.get("days", 30), n=nth),
            detail=text_of(fact, "text"),
        )

    def _rating(self, fact: Json | None) -> Fact | None:
        if fact is None:
            return None
        rating = int(fact["rating"])
        bad = rating <= 2
        at = self.desk.clock.local(fact.get("at"))
        detail = text_of(fact, "text") or (month_day(at.month, at.day) if at else "")
        return Fact(
            icon="mood-sad" if bad else "mood-smile", hue="broken" if bad else ("plain" if rating == 3 else "ready"),
            title=self.tr("上次满意度 {n} / 5").format(n=rating), detail=detail,
        )  # fmt: skip
