"""Finding someone: whom to transfer to, whom to dial, which customer it was. No widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from PySide6.QtCore import QObject, QTimer, Signal

from app.client.answers import Reply
from app.desktop.desk import Desk
from app.desktop.words import state_word
from app.desktop.writing import phone, text_of
from app.domain.numbers import plain, spoken, to_e164

Purpose = Literal["blind", "consult", "conference", "dial", "find"]
MOST = 8
ASK_AFTER_MS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Someone or something found; `to` as the commands take it."""

    to: str
    icon: str
    name: str
    detail: str


class PickerViewModel(QObject):
    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.purpose: Purpose = "find"
        self.words = ""
        self._customers: list[Mapping[str, Any]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        desk.tables_changed.connect(self.changed)

    def open(self, purpose: Purpose) -> None:
        self.purpose, self.words, self._customers = purpose, "", []
        self.changed.emit()

    def type_words(self, words: str) -> None:
        self.words = words.strip()
        if self.purpose in ("find", "dial"):
            self._timer.start()
        self.changed.emit()

    def _ask(self) -> None:
        words = self.words
        if not words:
            self._customers = []
            self.changed.emit()
            return

        def read(reply: Reply) -> None:
            if reply.ok and isinstance(reply.json, dict) and words == self.words:
                self._customers = list(reply.json.get("items") or [])
                self.changed.emit()

        self.desk.link.get(f"/api/v1/records/customer?q={quote(words)}&limit={MOST}", read)

    def targets(self) -> list[Target]:
        if self.purpose in ("find", "dial"):
            return [*self._typed_number(), *self._found_customers()][:MOST]
        return [*self._inside(), *self._typed_number()][:MOST]

    def _typed_number(self) -> list[Target]:
        digits = plain(self.words)
        if len(digits) < 3 or not digits.lstrip("+").isdigit():
            return []
        number = to_e164(self.words) or digits
        return [
            Target(
                to=f"number:{number}",
                icon="phone-outgoing",
                name=spoken(number),
                detail=self.tr("拨这个号码"),
            )
        ]

    def _found_customers(self) -> list[Target]:
        return [
            Target(to=f"number:{c.get('phone')}", icon="user", name=text_of(c, "name"),
                   detail="  ".join(x for x in (phone(c.get("phone")), text_of(c, "region")) if x))
            for c in self._customers if c.get("phone")
        ]  # fmt: skip

    def _inside(self) -> list[Target]:
        words = self.words.lower()
        agents = [
            Target(to=f"agent:{a['agent_id']}", icon="headset", name=text_of(a, "name") or a["agent_id"],
                   detail=f"{a['agent_id']}  ·  {state_word(str(a.get('state')))}")
            for a in sorted(self.desk.agents.values(), key=lambda a: (a.get("state") != "ready", a["agent_id"]))
            if a["agent_id"] != self.desk.agent_id and a.get("state") not in ("logged_out",)
        ]  # fmt: skip
        queues = [
            Target(to=f"queue:{q['queue_id']}", icon="users", name=self.desk.queue_name(q["queue_id"]),
                   detail=self.tr("队列  ·  {n} 人等待").format(n=len(q.get("waiting") or [])))
            for q in self.desk.queues.values()
            if self.purpose == "blind"  # a queue cannot be asked anything
        ]  # fmt: skip
        return [t for t in (*queues, *agents) if words in f"{t.name} {t.to}".lower()]

    def pick(self, target: Target) -> None:
        """Do what the picker was opened for."""
        if self.purpose in ("dial", "find"):
            self.desk.ask("Dial", number=target.to.partition(":")[2])
        else:
            self.desk.transfer(target.to, self.purpose)
